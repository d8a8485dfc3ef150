// The two paths of every object type: the collection, to list and create, and one object, to read, update and delete.

struct OpenAPIObjectPaths {
    let model: Model

    func write(_ object: ObjectType, tag: String, to printer: inout JSONPrinter) {
        let names = Names(object, tag: tag)
        printer.object("/\(names.collection)") { printer in
            writeList(names, to: &printer)
            // The root exists, and is not made by anybody.
            if object.name != "config-root" { writeCreate(object, names, to: &printer) }
        }
        printer.object("/\(object.name)/{uuid}") { printer in
            printer.array("parameters", inline: true) { $0.parameter("uuid") }
            writeRead(names, to: &printer)
            writeUpdate("put", object, names, to: &printer)
            writeUpdate("patch", object, names, to: &printer)
            writeDelete(names, to: &printer)
        }
    }

    /// Spellings that recur within the paths of one type.
    private struct Names {
        let object: String
        let collection: String
        let key: String
        let schema: Text
        let fields: Text
        let tag: String
        /// Changes may be collected as drafts, which is answered with a status of its own.
        let hasDrafts: Bool

        init(_ object: ObjectType, tag: String) {
            self.object = object.name
            self.tag = tag
            collection = Naming.collection(object.name)
            key = Naming.jsonKey(object.name)
            let name = Naming.swiftType(object.name)
            schema = OpenAPIBackend.schema(name)
            fields = OpenAPIBackend.schema("\(name).fields")
            hasDrafts = object.properties.contains { $0.name == "draft-mode-state" }
        }
    }

    // MARK: The collection

    private func writeList(_ names: Names, to printer: inout JSONPrinter) {
        operation("get", "\(names.key)s_list", "List objects of type \(names.object)", names, to: &printer) { printer in
            printer.array("parameters") { printer in for name in OpenAPIShared.listParameters { printer.parameter(name) } }
            printer.object("responses") { printer in
                printer.object("200") { printer in
                    printer.member("description", "Summaries, whole objects with `detail`, or their number with `count`")
                    printer.jsonContent { writeListSchema(names, to: &$0) }
                }
                printer.failures([400, 401, 403, 404, 414, 431, 500, 503])
            }
        }
    }

    private func writeListSchema(_ names: Names, to printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("required", [names.collection])
        printer.object("properties") { printer in
            printer.object(names.collection) { printer in
                printer.array("anyOf") { printer in
                    printer.object { printer in
                        printer.member("type", "array")
                        printer.object("items", inline: true) { printer in
                            printer.member("$ref", names.schema)
                            printer.member("required", ["uuid", "fq_name"])
                        }
                    }
                    printer.object { printer in
                        printer.member("type", "array")
                        printer.object("items") { writeEnvelope(names, to: &$0) }
                    }
                    printer.object(inline: true) { $0.member("$ref", OpenAPIBackend.schema("list.count")) }
                }
            }
            printer.object("marker", inline: true) { $0.member("$ref", OpenAPIBackend.schema("list.marker")) }
        }
    }

    private func writeCreate(_ object: ObjectType, _ names: Names, to printer: inout JSONPrinter) {
        operation("post", "\(names.key)_create", "Create a \(names.object)", names, to: &printer) { printer in
            printer.array("parameters") { printer in for name in ["If-None-Match", "dry_run"] { printer.parameter(name) } }
            printer.object("requestBody") { printer in
                printer.member("required", true)
                printer.jsonContent { printer in
                    writeEnvelope(names, to: &printer) { printer in
                        printer.array("allOf", inline: true) { printer in
                            for part in [OpenAPIBackend.schema("object.new"), OpenAPIBackend.schema("object.common"), names.fields] {
                                printer.object { $0.member("$ref", part) }
                            }
                        }
                        let parents = object.parents.isEmpty ? ["config-root"] : object.parents.map(\.parent)
                        printer.object("properties") { printer in
                            printer.object("parent_type", inline: true) { printer in
                                printer.array("enum") { printer in
                                    for parent in parents { printer.value(parent) }
                                    if parents.count == 1 { printer.null() }
                                }
                            }
                        }
                        // A name says where the object lives, but not in which of several types of parent.
                        if parents.count > 1 { printer.member("required", ["parent_type"]) }
                    }
                }
            }
            printer.object("responses") { printer in
                for (status, description) in success("Created; the reply names the object", names) {
                    printer.object(status) { printer in
                        printer.member("description", description)
                        printer.revisionHeader()
                        printer.jsonContent { writeEnvelope(names, of: OpenAPIBackend.schema("object.created"), to: &$0) }
                        if status == "200" { writeLinks(names, to: &printer) }
                    }
                }
                printer.failures([400, 401, 403, 404, 409, 412, 413, 414, 415, 431, 500, 503])
            }
        }
    }

    /// Where a client goes from a created object; tools that test sequences of calls follow these.
    private func writeLinks(_ names: Names, to printer: inout JSONPrinter) {
        printer.object("links") { printer in
            for operation in ["read", "update", "delete"] {
                printer.object(operation, inline: true) { printer in
                    printer.member("operationId", "\(names.key)_\(operation)")
                    printer.object("parameters") { $0.member("uuid", "$response.body#/\(names.object)/uuid") }
                }
            }
        }
    }

    // MARK: One object

    private func writeRead(_ names: Names, to printer: inout JSONPrinter) {
        operation("get", "\(names.key)_read", "Read a \(names.object)", names, to: &printer) { printer in
            printer.array("parameters") { printer in for name in OpenAPIShared.readParameters { printer.parameter(name) } }
            printer.object("responses") { printer in
                printer.object("200") { printer in
                    printer.member("description", "The object")
                    printer.object("headers", inline: true) { printer in
                        printer.object("ETag") { $0.member("$ref", "#/components/headers/ETag") }
                    }
                    printer.jsonContent { writeEnvelope(names, to: &$0) }
                }
                printer.object("304", inline: true) { $0.member("$ref", "#/components/responses/304") }
                printer.failures([400, 401, 403, 404, 412, 414, 431, 500, 503])
            }
        }
    }

    /// PUT takes the members of an object that change, each as a whole; PATCH merges them (RFC 7396).
    private func writeUpdate(_ method: String, _ object: ObjectType, _ names: Names, to printer: inout JSONPrinter) {
        let isMerge = method == "patch"
        operation(
            method, names.key + (isMerge ? "_merge" : "_update"),
            isMerge ? "Change parts of the members of a \(names.object)" : "Change a \(names.object)", names, to: &printer
        ) { printer in
            printer.array("parameters") { printer in for name in OpenAPIShared.changeParameters { printer.parameter(name) } }
            printer.object("requestBody") { printer in
                if isMerge {
                    // A part of a member need not have what the whole must.
                    printer.object("content") { printer in
                        printer.object("application/merge-patch+json") { printer in
                            printer.object("schema") { printer in
                                writeEnvelope(names, to: &printer) { $0.member("$ref", OpenAPIBackend.schema("object.changed")) }
                            }
                        }
                    }
                    return
                }
                printer.jsonContent { printer in
                    writeEnvelope(names, to: &printer) { printer in
                        printer.array("allOf", inline: true) { printer in
                            for part in [OpenAPIBackend.schema("object.changed"), OpenAPIBackend.schema("object.common"), names.fields] {
                                printer.object { $0.member("$ref", part) }
                            }
                        }
                    }
                }
            }
            printer.object("responses") { printer in
                for (status, description) in success("Changed; an empty body changes nothing and is answered with one", names) {
                    printer.object(status) { printer in
                        printer.member("description", description)
                        printer.revisionHeader()
                        printer.jsonContent { writeEnvelope(names, of: OpenAPIBackend.schema("object.updated"), to: &$0) }
                    }
                }
                printer.failures([400, 401, 403, 404, 409, 412, 413, 414, 415, 431, 500, 503])
            }
        }
    }

    private func writeDelete(_ names: Names, to printer: inout JSONPrinter) {
        operation("delete", "\(names.key)_delete", "Delete a \(names.object)", names, to: &printer) { printer in
            printer.array("parameters") { printer in for name in OpenAPIShared.changeParameters { printer.parameter(name) } }
            printer.object("responses") { printer in
                for (status, description) in success("Deleted, with the children that the system made; the reply has no content", names) {
                    printer.object(status) { printer in
                        printer.member("description", description)
                        printer.revisionHeader()
                    }
                }
                printer.failures([400, 401, 403, 404, 409, 412, 413, 414, 431, 500, 503])
            }
        }
    }

    // MARK: Parts

    private func success(_ description: String, _ names: Names) -> [(status: String, description: String)] {
        names.hasDrafts
            ? [("200", description), ("202", "Kept as a draft until the security policy of its scope is committed")]
            : [("200", description)]
    }

    private func operation(
        _ method: String, _ identifier: String, _ summary: String, _ names: Names, to printer: inout JSONPrinter,
        _ body: (inout JSONPrinter) -> Void
    ) {
        printer.object(method) { printer in
            printer.member("operationId", identifier)
            printer.member("tags", [names.tag])
            printer.member("summary", summary)
            body(&printer)
        }
    }

    /// `{"virtual-network": …}`, of the whole object or of another schema.
    private func writeEnvelope(_ names: Names, of schema: Text? = nil, to printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("required", [names.object])
        printer.object("properties", inline: true) { $0.object(names.object) { $0.member("$ref", schema ?? names.schema) } }
    }

    private func writeEnvelope(_ names: Names, to printer: inout JSONPrinter, _ content: (inout JSONPrinter) -> Void) {
        printer.member("type", "object")
        printer.member("required", [names.object])
        printer.object("properties") { $0.object(names.object, content) }
    }
}

extension JSONPrinter {
    /// `content` with a JSON body, whose schema object `schema` fills.
    mutating func jsonContent(_ schema: (inout JSONPrinter) -> Void) {
        object("content") { $0.object("application/json") { $0.object("schema", schema) } }
    }

    /// In the reply to a request that changes something.
    mutating func revisionHeader() {
        object("headers", inline: true) { printer in
            printer.object("X-Configuration-Revision") { $0.member("$ref", "#/components/headers/X-Configuration-Revision") }
        }
    }

    /// A shared parameter, as an element of `parameters`.
    mutating func parameter(_ name: String) {
        object(inline: true) { $0.member("$ref", "#/components/parameters/\(name)" as Text) }
    }

    /// Shared responses for what can go wrong.
    mutating func failures(_ statuses: [Int]) {
        for status in statuses { object(String(status), inline: true) { $0.member("$ref", "#/components/responses/\(status)" as Text) } }
    }
}
