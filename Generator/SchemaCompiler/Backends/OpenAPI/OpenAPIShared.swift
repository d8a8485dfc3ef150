// What all object types share: the members that identify an object, references and relatives, list parameters, errors, and security.

enum OpenAPIShared {
    // MARK: Schemas

    static func writeObjectSchemas(to printer: inout JSONPrinter) {
        writeNames(to: &printer)
        writeRequests(to: &printer)
        writeReplies(to: &printer)
        writeRelations(to: &printer)
        writeProblem(to: &printer)
        printer.object("list.count") { printer in
            printer.member("type", "object")
            printer.member("description", "The number of objects, in place of the objects.")
            printer.member("required", ["count"])
            printer.object("properties") { $0.object("count", inline: true) { $0.nonNegativeInteger() } }
        }
        printer.object("list.marker") { printer in
            printer.member("type", ["string", "null"])
            printer.member("description", "Present in pages of a list: the `page_marker` of the next page, null after the last.")
        }
    }

    private static func writeNames(to printer: inout JSONPrinter) {
        printer.object("object.name") { printer in
            printer.member("type", "array")
            printer.member("description", OpenAPIProse.fullyQualifiedName)
            printer.member("minItems", 1)
            printer.member("maxItems", 32)
            printer.object("items", inline: true) { printer in
                printer.member("type", "string")
                printer.member("minLength", 1)
                printer.member("maxLength", 1024)
                printer.member("pattern", "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\uFFFE\\uFFFF]*$")
            }
        }
        printer.object("object.uuid", inline: true) { $0.uuid() }
    }

    /// What a request says about an object besides its fields. Members that a server writes are ignored, so that an object can be sent
    /// back as it was read.
    private static func writeRequests(to printer: inout JSONPrinter) {
        printer.object("object.new") { printer in
            printer.member("type", "object")
            printer.member("description", "Who an object is to be.")
            printer.member("required", ["fq_name"])
            printer.object("properties") { printer in
                printer.object("fq_name", inline: true) { $0.reference("object.name") }
                printer.object("parent_type") { printer in
                    printer.member("type", ["string", "null"])
                    printer.member(
                        "description", "The type of the parent; needed when there are several. Its name is the beginning of `fq_name`.")
                }
                printer.object("uuid") { printer in
                    printer.nullable("object.uuid")
                    printer.member("description", "Chosen by the server when it is left out.")
                }
            }
        }
        printer.object("object.changed") { printer in
            printer.member("type", "object")
            printer.member("description", "Name, parent and UUID never change; where they are given they must be those of the object.")
            printer.object("properties") { printer in
                printer.object("fq_name", inline: true) { $0.nullable("object.name") }
                printer.object("uuid", inline: true) { $0.nullable("object.uuid") }
            }
        }
    }

    private static func writeReplies(to printer: inout JSONPrinter) {
        printer.object("object.identity") { printer in
            printer.member("type", "object")
            printer.member("description", "Who an object is and where it lives. Set when it is made; unchanged until it is deleted.")
            printer.object("properties") { printer in
                printer.object("uuid", inline: true) { $0.reference("object.uuid") }
                printer.object("name", inline: true) { $0.text("The last element of `fq_name`.") }
                printer.object("fq_name", inline: true) { $0.reference("object.name") }
                printer.object("parent_type", inline: true) { $0.text("Absent directly below the root.") }
                printer.object("parent_uuid", inline: true) { $0.reference("object.uuid") }
                printer.object("parent_href", inline: true) { $0.location("The address of the parent.") }
                printer.object("href", inline: true) { $0.location("The address of the object.") }
            }
        }
        printer.object("object.created", inline: true) { printer in
            printer.reference("object.identity")
            printer.member("required", ["uuid", "name", "fq_name", "href"])
        }
        printer.object("object.updated") { printer in
            printer.member("type", "object")
            printer.member("required", ["uuid", "href"])
            printer.object("properties") { printer in
                printer.object("uuid", inline: true) { $0.reference("object.uuid") }
                printer.object("href", inline: true) { $0.location("The address of the object.") }
            }
        }
    }

    /// RFC 9457, and three members of ours.
    private static func writeProblem(to printer: inout JSONPrinter) {
        printer.object("problem") { printer in
            printer.member("type", "object")
            printer.member("description", "Why a request was refused, for clients that accept it.")
            printer.member("required", ["type", "title", "status", "detail"])
            printer.object("properties") { printer in
                printer.object("type", inline: true) { $0.member("type", "string") }
                printer.object("title", inline: true) { $0.text("What the status is called.") }
                printer.object("status", inline: true) { $0.member("type", "integer") }
                printer.object("detail", inline: true) { $0.text("The sentence that others get as the whole reply.") }
                printer.object("pointer", inline: true) { $0.text("Where in the body of the request the mistake is (RFC 6901).") }
                printer.object("hint", inline: true) { $0.text("How to mend it.") }
                printer.object("request_id", inline: true) { $0.text("What the log of the server calls the request.") }
            }
        }
    }

    private static func writeRelations(to printer: inout JSONPrinter) {
        printer.object("object.reference") { printer in
            printer.member("type", "object")
            printer.member(
                "description", "A reference to another object, which must exist: by UUID or by name. A UUID decides when both are given.")
            printer.object("properties") { printer in
                printer.object("to", inline: true) { $0.nullable("object.name") }
                printer.object("uuid", inline: true) { $0.nullable("object.uuid") }
                printer.object("href", inline: true) { $0.location("The address of the target; ignored in requests.") }
                printer.object("attr", inline: true) { $0.member("description", "The data of the reference; null where it carries none.") }
            }
            printer.array("anyOf", inline: true) { printer in
                for (key, schema) in [("uuid", "object.uuid"), ("to", "object.name")] {
                    printer.object { printer in
                        printer.member("required", [key])
                        printer.object("properties") { $0.object(key) { $0.reference(schema) } }
                    }
                }
            }
        }
        printer.object("object.relative") { printer in
            printer.member("type", "object")
            printer.member("description", "A child, or an object that refers to this one.")
            printer.member("required", ["to", "uuid"])
            printer.object("properties") { printer in
                printer.object("to", inline: true) { $0.reference("object.name") }
                printer.object("uuid", inline: true) { $0.reference("object.uuid") }
                printer.object("href", inline: true) { $0.location("Its address.") }
                printer.object("attr", inline: true) {
                    $0.member("description", "The data of its reference; null where it carries none, absent from children.")
                }
            }
        }
    }

    // MARK: Parameters

    static let readParameters = ["fields", "exclude_back_refs", "exclude_children", "exclude_hrefs", "If-Match", "If-None-Match"]
    static let changeParameters = ["If-Match", "If-None-Match", "dry_run"]
    static let listParameters = [
        "parent_id", "parent_fq_name_str", "parent_type", "back_ref_id", "obj_uuids", "fq_names", "detail", "count", "fields", "filters",
        "shared",
        "exclude_hrefs", "page_limit", "page_marker",
    ]

    static func writeParameters(to printer: inout JSONPrinter) {
        printer.object("parameters") { printer in
            printer.object("uuid") { printer in
                printer.member("name", "uuid")
                printer.member("in", "path")
                printer.member("required", true)
                printer.member("description", "The UUID of the object.")
                printer.object("schema", inline: true) { $0.reference("object.uuid") }
            }
            for (name, description) in OpenAPIProse.listFilters { writeQuery(name, description, to: &printer) { $0.commaSeparated() } }
            for (name, description) in OpenAPIProse.flags { writeQuery(name, description, to: &printer) { $0.queryBoolean() } }
            for (name, description) in OpenAPIProse.marks { writeQuery(name, description, to: &printer) { $0.member("type", "string") } }
            writeQuery("page_limit", "How many objects a page holds.", to: &printer) { printer in
                printer.member("type", "integer")
                printer.member("minimum", 1)
                printer.member("maximum", Int.max)
            }
            printer.object("If-None-Match") { printer in
                printer.member("name", "If-None-Match")
                printer.member("in", "header")
                printer.member(
                    "description",
                    "The `ETag` of an earlier reply, or several. While everything is as that reply showed it, children and objects that refer to it too, a read is answered with 304 and without a body. A change is answered with 412 while the object itself is as it was. `*` makes a create fail with 412 when there is such an object."
                )
                printer.object("schema", inline: true) { $0.member("type", "string") }
            }
            printer.object("If-Match") { printer in
                printer.member("name", "If-Match")
                printer.member("in", "header")
                printer.member(
                    "description",
                    "The `ETag` of an earlier reply, or several. The request is carried out only if the object itself is as it was then, whatever children it has got and whatever refers to it; otherwise it is answered with 412."
                )
                printer.object("schema", inline: true) { $0.member("type", "string") }
            }
        }
    }

    private static func writeQuery(
        _ name: String, _ description: String, to printer: inout JSONPrinter, _ schema: (inout JSONPrinter) -> Void
    ) {
        printer.object(name) { printer in
            printer.member("name", name)
            printer.member("in", "query")
            printer.member("description", description)
            printer.object("schema", inline: true, schema)
        }
    }

    // MARK: Headers, responses, security

    static func writeHeaders(to printer: inout JSONPrinter) {
        printer.object("headers") { printer in
            for (name, description) in OpenAPIProse.headers {
                printer.object(name) { printer in
                    printer.member("description", description)
                    printer.object("schema", inline: true) { $0.member("type", "string") }
                }
            }
        }
    }

    static func writeResponses(to printer: inout JSONPrinter) {
        printer.object("responses") { printer in
            printer.object("304") { printer in
                printer.member("description", "The object is as `If-None-Match` says.")
                printer.object("headers", inline: true) { $0.object("ETag") { $0.member("$ref", "#/components/headers/ETag") } }
            }
            for (status, description) in OpenAPIProse.failures {
                printer.object(String(status)) { printer in
                    printer.member("description", description)
                    if status == 405 {
                        printer.object("headers", inline: true) { $0.object("Allow") { $0.member("$ref", "#/components/headers/Allow") } }
                    }
                    printer.object("content") { printer in
                        printer.object("text/plain", inline: true) { $0.object("schema") { $0.member("type", "string") } }
                        printer.object("application/problem+json", inline: true) { $0.object("schema") { $0.reference("problem") } }
                        // Where tokens are given, what is refused is refused in Keystone's form.
                        if [400, 401, 404, 503].contains(status) {
                            printer.object("application/json", inline: true) { $0.object("schema") { $0.member("type", "object") } }
                        }
                    }
                }
            }
        }
    }

    static func writeSecurity(to printer: inout JSONPrinter) {
        printer.object("securitySchemes") { printer in
            printer.object("token") { printer in
                printer.member("type", "apiKey")
                printer.member("in", "header")
                printer.member("name", "X-Auth-Token")
                printer.member("description", "A token of the identity service. Servers that run without authentication ignore it.")
            }
        }
    }
}

/// Schemas that recur; each fills the object that is open.
extension JSONPrinter {
    mutating func reference(_ schema: String) { member("$ref", OpenAPIBackend.schema(schema)) }

    mutating func nullable(_ schema: String) {
        array("anyOf", inline: true) { printer in
            printer.object { $0.reference(schema) }
            printer.object { $0.member("type", "null") }
        }
    }

    mutating func text(_ description: String) {
        member("type", "string")
        member("description", description)
    }

    mutating func location(_ description: String) {
        member("type", ["string", "null"])
        member("format", "uri")
        member("description", description)
    }

    mutating func uuid() {
        member("type", "string")
        member("format", "uuid")
    }

    mutating func nonNegativeInteger() {
        member("type", "integer")
        member("minimum", 0)
    }

    mutating func commaSeparated() { member("type", "string") }

    /// Any text is a boolean in a query: true when it contains `true`, as Python's clients write `True`.
    mutating func queryBoolean() {
        member("type", "string")
        member("examples", ["true", "True", "false"])
    }
}
