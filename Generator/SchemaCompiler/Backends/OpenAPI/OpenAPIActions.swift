// The actions of the API: requests besides those on collections and objects. They are the same for every schema but for the property names
// that take part in `prop-collection-update`, and are given as data: a call, what goes in, what comes out.

struct OpenAPIActions {
    static let tag = "actions"

    let model: Model

    /// A member of a request or reply.
    struct Member {
        let name: String
        let isRequired: Bool
        let description: String
        let schema: (inout JSONPrinter) -> Void

        init(_ name: String, required: Bool = false, _ description: String, _ schema: @escaping (inout JSONPrinter) -> Void) {
            self.name = name
            isRequired = required
            self.description = description
            self.schema = schema
        }

        init(_ name: String, required: Bool = false, _ schema: @escaping (inout JSONPrinter) -> Void) {
            self.init(name, required: required, "", schema)
        }
    }

    struct Parameter {
        let name: String
        /// `path`, `query`, `header`; `shared`: it is among the components, by its name.
        let location: String
        let isRequired: Bool
        let description: String
        let schema: (inout JSONPrinter) -> Void
    }

    struct Operation {
        let path: String
        let method: String
        let identifier: String
        let summary: String
        var description = ""
        var parameters: [Parameter] = []
        var body: [Member]?
        /// Members beyond those listed are allowed in the body.
        var isBodyOpen = false
        /// The status of success; nil: there is none, as the server only says that it does not have the action.
        var status: Int? = 200
        /// The media type of the reply.
        var content = "application/json"
        /// The members of a JSON object; nil: the reply has no members that could be named.
        var reply: [Member]?
        var failures: [Int]
        /// Whether it changes objects, so that the reply may have a revision.
        var isChange = false
    }

    func write(to printer: inout JSONPrinter) {
        writeHomePage(to: &printer)
        // Operations on one path stand together.
        let operations = all
        var index = operations.startIndex
        while index < operations.endIndex {
            let path = operations[index].path
            let next = operations[index...].firstIndex { $0.path != path } ?? operations.endIndex
            printer.object(path) { printer in for operation in operations[index..<next] { write(operation, to: &printer) } }
            index = next
        }
        writeWatch(to: &printer)
    }

    private func write(_ operation: Operation, to printer: inout JSONPrinter) {
        printer.object(operation.method) { printer in
            printer.member("operationId", operation.identifier)
            printer.member("tags", [Self.tag])
            printer.member("summary", operation.summary)
            if !operation.description.isEmpty { printer.member("description", operation.description) }
            if !operation.parameters.isEmpty {
                printer.array("parameters") { printer in for parameter in operation.parameters { write(parameter, to: &printer) } }
            }
            if let body = operation.body {
                printer.object("requestBody") { printer in
                    printer.member("required", true)
                    printer.jsonContent { printer in
                        write(body, to: &printer)
                        if operation.isBodyOpen { printer.object("additionalProperties", inline: true) { _ in } }
                    }
                }
            }
            if operation.status == nil { printer.member("deprecated", true) }
            printer.object("responses") { printer in
                if let status = operation.status { writeSuccess(status, of: operation, to: &printer) }
                printer.failures(operation.failures)
            }
        }
    }

    private func writeSuccess(_ status: Int, of operation: Operation, to printer: inout JSONPrinter) {
        printer.object(String(status)) { printer in
            printer.member("description", "Done")
            if operation.isChange { printer.revisionHeader() }
            printer.object("content") { printer in
                printer.object(operation.content) { printer in
                    printer.object("schema") { printer in
                        if operation.content == "application/json" {
                            write(operation.reply ?? [], to: &printer)
                        } else {
                            printer.member("type", "string")
                        }
                    }
                }
            }
        }
    }

    private func write(_ members: [Member], to printer: inout JSONPrinter) {
        printer.member("type", "object")
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { printer.member("required", required) }
        printer.object("properties") { printer in
            for member in members {
                printer.object(member.name) { printer in
                    member.schema(&printer)
                    if !member.description.isEmpty { printer.member("description", member.description) }
                }
            }
        }
    }

    private func write(_ parameter: Parameter, to printer: inout JSONPrinter) {
        guard parameter.location != "shared" else { return printer.parameter(parameter.name) }
        printer.object { printer in
            printer.member("name", parameter.name)
            printer.member("in", parameter.location)
            if parameter.isRequired { printer.member("required", true) }
            printer.member("description", parameter.description)
            printer.object("schema", inline: true, parameter.schema)
        }
    }

    private func writeHomePage(to printer: inout JSONPrinter) {
        printer.object("/") { printer in
            printer.object("get") { printer in
                printer.member("operationId", "home")
                printer.member("tags", [Self.tag])
                printer.member("summary", "List all addresses")
                printer.member(
                    "description", "Clients build addresses from these links: each `href` less the `href` of the page is a path.")
                printer.object("responses") { printer in
                    printer.object("200") { printer in
                        printer.member("description", "Links to the collections, objects and actions")
                        printer.jsonContent { writeHomeSchema(to: &$0) }
                    }
                    printer.failures([400, 401, 414, 431, 500, 503])
                }
            }
        }
    }

    private func writeHomeSchema(to printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("required", ["href", "links"])
        printer.object("properties") { printer in
            printer.object("href", inline: true) { $0.location("The address of the server.") }
            printer.object("links") { printer in
                printer.member("type", "array")
                printer.object("items") { printer in
                    printer.member("type", "object")
                    printer.member("required", ["link"])
                    printer.object("properties") { printer in
                        printer.object("link") { printer in
                            printer.member("type", "object")
                            printer.member("required", ["rel", "href", "name", "method"])
                            printer.object("properties") { printer in
                                printer.object("rel", inline: true) {
                                    $0.member("enum", ["root", "collection", "resource-base", "action", "documentation"])
                                }
                                // Addresses of actions on one network hold a place for its UUID and are no URI before it is filled.
                                printer.object("href", inline: true) { $0.text("An address; `%s` in it stands for a UUID.") }
                                printer.object("name", inline: true) { $0.text("A type, or the name of an action.") }
                                printer.object("method", inline: true) { printer in
                                    printer.member("type", ["string", "null"])
                                    printer.member("description", "Given for actions.")
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func writeWatch(to printer: inout JSONPrinter) {
        printer.object("/watch") { printer in
            printer.object("get") { printer in
                printer.member("operationId", "watch")
                printer.member("tags", [Self.tag])
                printer.member("summary", "Follow changes as they are made")
                printer.member("description", Self.watchDescription)
                printer.array("parameters") { printer in
                    for parameter in Self.watchParameters { write(parameter, to: &printer) }
                }
                printer.object("responses") { printer in
                    printer.object("200") { printer in
                        printer.member("description", "A stream of server-sent events that ends when the client or the server closes it")
                        printer.object("content", inline: true) {
                            $0.object("text/event-stream") { $0.object("schema") { $0.member("type", "string") } }
                        }
                    }
                    printer.failures([400, 401, 403, 404, 410, 414, 431, 500, 503])
                }
            }
        }
    }

    private static var watchParameters: [Parameter] {
        [
            query("resource_type", "The types to follow, separated by commas; all types when left out.") { $0.commaSeparated() },
            query("revision", "Sends what changed after this revision, in place of `init` events.") { $0.nonNegativeInteger() },
            query("init_limit", "The greatest number of objects in one `init` event; all of a type when left out.") { printer in
                printer.member("type", "integer")
                printer.member("minimum", 1)
            },
            Parameter(
                name: "Last-Event-ID", location: "header", isRequired: false,
                description: "The id of the last event seen, sent when reconnecting: as `revision`, and counts more.",
                schema: { $0.nonNegativeInteger() }),
        ]
    }

    static func query(_ name: String, required: Bool = false, _ description: String, _ schema: @escaping (inout JSONPrinter) -> Void)
        -> Parameter
    {
        Parameter(name: name, location: "query", isRequired: required, description: description, schema: schema)
    }

    private static let watchDescription = """
        Events are `init` (the objects that exist, once for each type), `create`, `update`, `delete` and `stop`; the data of an event is an object \
        in its envelope. `<type>_fields` limits the members that are shown for one type. A line with a colon keeps an idle connection open. \
        The id of an event is the revision of its change; a watch that begins there misses nothing.
        """
}
