// Actions beyond the older platform's, those for whoever runs the server, and those of the older platform that this one does not have.

extension OpenAPIActions {
    // MARK: Many changes at once, and what changed

    static var operating: [Operation] {
        [
            action(
                "post", "/bulk", "Make several changes, all or none",
                "Each request is decided on what those before it have come to, so that it may refer to what they make. When one is refused, all are: with its status, and a text that begins with its place in the list.",
                parameters: [Self.shared("dry_run")],
                body: [
                    Member("requests", required: true) { printer in
                        printer.member("type", "array")
                        printer.member("maxItems", 10_000)
                        printer.object("items", bulkRequest)
                    }
                ],
                reply: [
                    Member("replies", required: true, "In the order of the requests.") { printer in
                        printer.member("type", "array")
                        printer.object("items") { printer in
                            printer.member("type", "object")
                            printer.member("required", ["status"])
                            printer.object("properties") { printer in
                                printer.object("status", inline: true) { $0.member("type", "integer") }
                                printer.object("body", inline: true) { $0.member("type", "object") }
                                printer.object("warning", inline: true) { $0.member("type", "string") }
                            }
                        }
                    }
                ],
                failures: [404, 405, 409, 412, 501]),
            action(
                "get", "/audit", "Read who changed what", "Newest first, as far back as changes are held.",
                parameters: [
                    query("uuid", "Only changes of this object.", uuid), query("type", "Only changes of objects of this type.", string),
                    query("user", "Only changes that this user made.", string),
                    query("since", "Only changes after this revision.") { $0.nonNegativeInteger() },
                    query("limit", "How many; 100 when left out.") { printer in
                        printer.member("type", "integer")
                        printer.member("minimum", 1)
                        printer.member("maximum", 1000)
                    },
                ],
                reply: [
                    Member("changes", required: true) { printer in
                        printer.member("type", "array")
                        printer.object("items", auditedChange)
                    },
                    Member("held_after", required: true, "All changes after this revision are held.") { $0.nonNegativeInteger() },
                ],
                failures: [404]),
        ] + tokens + looking
    }

    private static func bulkRequest(_ printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("required", ["method", "path"])
        printer.member("additionalProperties", false)
        printer.object("properties") { printer in
            printer.object("method", inline: true) { $0.member("enum", ["POST", "PUT", "PATCH", "DELETE"]) }
            printer.object("path", inline: true) { $0.text("As in a request by itself: `/virtual-networks`.") }
            printer.object("body", inline: true) { $0.member("description", "The body that a request by itself would have.") }
            printer.object("if_match", inline: true) { printer in
                printer.member("type", ["string", "null"])
                printer.member("description", "As the header If-Match.")
            }
        }
    }

    private static func auditedChange(_ printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("required", ["revision", "kind", "type", "uuid", "fq_name"])
        printer.object("properties") { printer in
            printer.object("revision", inline: true) { $0.nonNegativeInteger() }
            printer.object("kind", inline: true) { $0.member("enum", ["create", "update", "delete"]) }
            printer.object("type", inline: true) { $0.member("type", "string") }
            printer.object("uuid", inline: true) { $0.reference("object.uuid") }
            printer.object("fq_name", inline: true) { $0.reference("object.name") }
            for (name, description) in [
                ("time", "When."), ("user", "Who; absent where nobody is asked who they are."), ("project", "In which project."),
                ("address", "From where."), ("request", "The identifier of the request."), ("call", "Method and path of the request."),
            ] {
                printer.object(name, inline: true) { printer in
                    printer.member("type", ["string", "null"])
                    printer.member("description", description)
                }
            }
            for (name, description) in [("before", "The members that changed, as they were."), ("after", "The same as they are now.")] {
                printer.object(name, inline: true) { printer in
                    printer.member("type", ["object", "null"])
                    printer.member("description", description)
                }
            }
        }
    }

    // MARK: Tokens

    private static var tokens: [Operation] {
        let token: [Member] = [
            Member("token", required: true) { printer in
                printer.member("type", "object")
                printer.member("required", ["user", "roles", "issued_at", "expires_at"])
            }
        ]
        return [
            action(
                "post", "/v3/auth/tokens", "Log in",
                "As in Keystone's Identity API v3. The token is in the header X-Subject-Token of the reply. A server that does not keep users itself answers 404.",
                body: [
                    Member("auth", required: true) { printer in
                        printer.member("type", "object")
                        printer.member("required", ["identity"])
                        printer.object("properties") { printer in
                            printer.object("identity", inline: true) { $0.member("type", "object") }
                            printer.object("scope", inline: true) { $0.member("type", "object") }
                        }
                    }
                ],
                status: 201, reply: token, failures: [404]),
            action(
                "get", "/v3/auth/tokens", "Look at a token",
                parameters: [
                    Parameter(
                        name: "X-Subject-Token", location: "header", isRequired: false, description: "The token to look at.", schema: string
                    )
                ],
                reply: token, failures: [404]),
        ]
    }

    // MARK: Looking after the server

    private static var looking: [Operation] {
        [
            action(
                "get", "/obj-cache", "Count what the server keeps",
                reply: ["objects", "relations", "allocations", "values"].map { Member($0, required: true) { $0.nonNegativeInteger() } } + [
                    Member("types", required: true) { $0.member("type", "object") }
                ]),
            action(
                "post", "/obj-cache", "Measure objects",
                body: [
                    Member("uuids", "These objects.", strings),
                    Member("count", "The first so many objects, when `uuids` is left out; 10 otherwise.") { printer in
                        printer.member("type", ["integer", "null"])
                        printer.member("minimum", 0)
                        printer.member("maximum", 1000)
                    },
                ],
                reply: [
                    Member("objects", required: true) { printer in
                        printer.member("type", "array")
                        printer.object("items", inline: true) { $0.member("type", "object") }
                    }
                ]),
            action(
                "post", "/db-check", "Check that the configuration hangs together", "Nothing is changed.",
                reply: [
                    Member("results", required: true, strings), Member("count", required: true) { $0.nonNegativeInteger() },
                    Member("objects", required: true) { $0.nonNegativeInteger() },
                ]),
            action("get", "/healthz", "Ask whether the server lives", content: "text/plain"),
            action("get", "/readyz", "Ask whether the server answers requests and takes changes", content: "text/plain"),
            action("get", "/metrics", "Read the server's counters", "In the text format of Prometheus.", content: "text/plain"),
            action("get", "/documentation", "Read about the types, in a browser", content: "text/html"),
            action("get", "/documentation/index.html", "Read about the types, in a browser", content: "text/html"),
            action(
                "get", "/openapi.json", "Read this document", parameters: [shared("If-None-Match")],
                reply: ["openapi", "info", "paths", "components"].map { Member($0, required: true, anything) }, failures: [304]),
        ]
    }

    // MARK: What is not there

    /// Known from the older platform: the reply says what to do instead.
    static var absent: [Operation] {
        [
            ("fetch-records", "Read records of the store"), ("start-profile", "Profile the server"),
            ("stop-profile", "Profile the server no more"),
            ("execute-job", "Start a job on devices"), ("abort-job", "Stop a job"), ("amqp-publish", "Put a message on the bus"),
            ("amqp-request", "Put a message on the bus and wait for the answer"), ("hbs-get", "Read manifests of host-based services"),
        ].map { path, summary in
            action(
                "post", "/\(path)", summary, "Not part of this server: the reply says what to do instead.", status: nil,
                failures: [404, 501])
        }
    }

    /// A parameter that the document has in its components.
    private static func shared(_ name: String) -> Parameter {
        Parameter(name: name, location: "shared", isRequired: false, description: "", schema: { _ in })
    }
}
