// The section of an object's page that shows it in use: the request, and the same in Python and Swift.

extension ManualPrinter {
    mutating func example(of object: ObjectType, _ model: Model) {
        let builder = ExampleBuilder(model: model)
        let example = ManualExample(example: builder.object(object), builder: builder)
        heading(2, ManualTitles.example)
        if object.name == "config-root" {
            block("The root exists in every system and is neither made nor deleted.")
            code("sh", "curl http://localhost:8082/\(Naming.collection(object.name))\n")
            return
        }
        block(Text(example.introduction))
        code("json", example.request)
        block("As `\(object.name).json`, with `curl`:")
        code("sh", example.commands)
        block("The same in Python:")
        code("python", example.python)
        block("and in Swift:")
        code("swift", example.swift)
    }
}

struct ManualExample {
    let example: ExampleObject
    let builder: ExampleBuilder

    private var object: ObjectType { example.object }
    private var isSingleton: Bool { example.name == nil }
    private var model: Model { builder.model }

    var introduction: String {
        isSingleton ? "Every system has one, made when the server is first started. To change it:" : "To make one:"
    }

    var request: Text {
        var printer = JSONPrinter()
        printer.object { example.body.write(object.name, to: &$0) }
        return Text(bytes: printer.finish())
    }

    /// Python's `_read` and Swift's `read(name:)` look the UUID up themselves.
    var commands: Text {
        let base = "http://localhost:8082"
        let send = "-H 'Content-Type: application/json' -d @\(object.name).json"
        guard isSingleton else {
            return "curl \(send) \(base)/\(Naming.collection(object.name))\ncurl '\(base)/\(Naming.collection(object.name))?detail=true'\n"
        }
        let name = builder.existingName(of: object.name).map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            uuid=$(curl -s -H 'Content-Type: application/json' -d '{"type": "\(object.name)", "fq_name": [\(name)]}' \\
                \(base)/fqname-to-id | sed 's/.*"uuid": *"\\([^"]*\\)".*/\\1/')
            curl -X PUT \(send) \(base)/\(object.name)/$uuid
            curl \(base)/\(object.name)/$uuid

            """
    }

    // MARK: Python

    var python: Text {
        let key = Naming.jsonKey(object.name)
        let variable = Self.variable(object.name)
        var lines: [Text] = ["from vnc_api import vnc_api", "", "vnc = vnc_api.VncApi(api_server_host=\"localhost\")"]
        if isSingleton {
            let name = ManualSnippet.names(builder.existingName(of: object.name))
            lines.append(ManualSnippet.call("vnc.\(key)_read", [("fq_name", name)]).text(after: "\(variable) = ", .python))
            for (property, value) in values(.python) {
                lines.append(value.text(after: "\(variable).\(Naming.pythonField(property.name)) = ", .python))
            }
            lines.append("vnc.\(key)_update(\(variable))")
            return lines.joined(separator: "\n")
        }
        var arguments: [(label: String?, value: ManualSnippet)] = [(nil, .atom(ManualSnippet.quoted(ExampleWords.newObject(object.name))))]
        if let parent = object.parents.first?.parent, parent != "config-root" {
            let name = Self.variable(parent) == variable ? "parent" : Self.variable(parent)
            let read = ManualSnippet.call("vnc.\(Naming.jsonKey(parent))_read", [("fq_name", .names(builder.existingName(of: parent)))])
            lines.append(read.text(after: "\(name) = ", .python))
            arguments.append(("parent_obj", .atom(name)))
        }
        for (property, value) in values(.python) { arguments.append((Naming.pythonField(property.name), value)) }
        lines.append(ManualSnippet.call("vnc_api.\(Naming.pythonClass(object.name))", arguments).text(after: "\(variable) = ", .python))
        for (reference, name, value) in example.references {
            let target = Naming.jsonKey(reference.to)
            let read = ManualSnippet.call("vnc.\(target)_read", [("fq_name", .names(name))])
            var arguments: [(label: String?, value: ManualSnippet)] = [(nil, read)]
            if let data = reference.data, let value {
                arguments.append((nil, ManualSnippet(value, of: .structure(data), in: model, .python)))
            }
            lines.append(ManualSnippet.call("\(variable).add_\(target)", arguments).text(after: "", .python))
        }
        lines.append("vnc.\(key)_create(\(variable))")
        return lines.joined(separator: "\n")
    }

    // MARK: Swift

    var swift: Text {
        let variable = Self.variable(object.name)
        let collection = "client.\(Naming.swiftCollection(object.name))"
        var lines: [Text] = []
        if let name = example.name {
            lines.append("var \(variable) = \(Naming.swiftType(object.name))()")
            var arguments: [(label: String?, value: ManualSnippet)] = [(nil, .names(name))]
            if let parent = object.parents.first?.parent { arguments.append(("parentType", .atom(ManualSnippet.quoted(parent)))) }
            lines.append(ManualSnippet.call("ObjectIdentity", arguments).text(after: "\(variable).identity = ", .swift))
        } else {
            let name = ManualSnippet.names(builder.existingName(of: object.name))
            lines.append(ManualSnippet.call("\(collection).read", [("name", name)]).text(after: "var \(variable) = try await ", .swift))
        }
        for (property, value) in values(.swift) {
            lines.append(value.text(after: "\(variable).\(Naming.swiftMember(property.name)) = ", .swift))
        }
        for (reference, name, value) in example.references {
            var arguments: [(label: String?, value: ManualSnippet)] = [("to", .names(name))]
            if let data = reference.data, let value {
                arguments.append(("data", ManualSnippet(value, of: .structure(data), in: model, .swift)))
            }
            let field = Naming.swiftMember(Naming.referenceField(to: reference.to))
            lines.append(ManualSnippet.list([.call("Reference", arguments)]).text(after: "\(variable).\(field) = ", .swift))
        }
        lines.append(isSingleton ? "try await \(collection).update(\(variable))" : "let made = try await \(collection).create(\(variable))")
        return lines.joined(separator: "\n")
    }

    // MARK: Parts

    private func values(_ language: ManualSnippet.Language) -> [(Property, ManualSnippet)] {
        example.properties.map { property, value in (property, ManualSnippet(value, of: property.type, in: model, language)) }
    }

    /// The last word of a noun, unless it means something else to Python, Swift or their readers.
    private static func variable(_ noun: String) -> String {
        let last =
            noun.utf8.lastIndex { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.map { String(noun[noun.utf8.index(after: $0)...]) }
            ?? noun
        return (taken.contains(last.lowercased()) ? Naming.jsonKey(noun) : last).lowercased()
    }

    private static let taken: Set<String> = [
        "class", "set", "type", "map", "object", "property", "import", "list", "dns", "made", "client", "vnc",
    ]
}
