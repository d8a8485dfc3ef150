// Every action, in the order of the document. Status codes that any request can meet (401, 403, 500, 503) are added to those of a row.

extension OpenAPIActions {
    typealias Schema = (inout JSONPrinter) -> Void

    var all: [Operation] {
        let addresses = model.object("virtual-network") == nil ? [] : Self.addresses
        return Self.names + Self.references + collections + Self.access + addresses + Self.others + Self.operating + Self.absent
    }

    static func uuid(_ printer: inout JSONPrinter) { printer.reference("object.uuid") }
    static func name(_ printer: inout JSONPrinter) { printer.reference("object.name") }
    static func string(_ printer: inout JSONPrinter) { printer.member("type", "string") }
    static func integer(_ printer: inout JSONPrinter) { printer.member("type", "integer") }
    static func boolean(_ printer: inout JSONPrinter) { printer.member("type", "boolean") }
    static func anything(_ printer: inout JSONPrinter) {}
    static func strings(_ printer: inout JSONPrinter) {
        printer.member("type", "array")
        printer.object("items", inline: true) { $0.member("type", "string") }
    }
    static func choice(_ values: String...) -> Schema { { $0.member("enum", values) } }

    static func action(
        _ method: String, _ path: String, _ summary: String, _ description: String = "", parameters: [Parameter] = [],
        body: [Member]? = nil, open: Bool = false, status: Int? = 200, content: String = "application/json", reply: [Member]? = nil,
        failures: [Int] = []
    ) -> Operation {
        let isRead = method == "get"
        let words = path.split(separator: "/").filter { !$0.hasPrefix("{") }.map { Naming.jsonKey(String($0)) }
        let common = isRead ? [400, 401, 403, 414, 431, 500, 503] : [400, 401, 403, 413, 414, 415, 431, 500, 503]
        return Operation(
            path: path, method: method,
            identifier: words.joined(separator: "_") + (isRead && readable.contains(path) ? "_read" : ""),
            summary: summary, description: description, parameters: parameters, body: body, isBodyOpen: open, status: status,
            content: content, reply: reply, failures: (common + failures).sorted(), isChange: changes.contains(path))
    }

    /// Those that change objects.
    private static let changes: Set = [
        "/ref-update", "/ref-relax-for-delete", "/prop-collection-update", "/chown", "/chmod", "/set-tag", "/bulk",
    ]

    /// Addresses with several methods, one of which reads.
    private static let readable: Set = ["/aaa-mode", "/obj-cache", "/v3/auth/tokens"]

    // MARK: Names

    private static var names: [Operation] {
        [
            action(
                "post", "/fqname-to-id", "Find the UUID of an object by its name",
                body: [
                    Member("type", required: true, "A type, such as `virtual-network`.", string), Member("fq_name", required: true, name),
                ],
                reply: [Member("uuid", required: true, uuid)], failures: [404]),
            action(
                "post", "/id-to-fqname", "Find the name and type of an object by its UUID", body: [Member("uuid", required: true, uuid)],
                reply: [Member("fq_name", required: true, name), Member("type", required: true, string)], failures: [404]),
        ]
    }

    // MARK: References

    private static var references: [Operation] {
        [
            action(
                "post", "/ref-update", "Add, change or delete one reference",
                "Leaves the other references of the object as they are, which an update of the object does not. The target is named by `ref-uuid` or `ref-fq-name`.",
                body: [
                    Member("type", required: true, "The type of the object that refers.", string),
                    Member("uuid", required: true, "The object that refers.", uuid),
                    Member("ref-type", required: true, "The type of the target.", string),
                    Member("ref-uuid", "The target by UUID.") { $0.nullable("object.uuid") },
                    Member("ref-fq-name", "The target by name.") { $0.nullable("object.name") },
                    Member("operation", required: true, "ADD also changes the data of a reference that exists.", choice("ADD", "DELETE")),
                    Member("attr", "The data of the reference; see the type of its member.", anything),
                    Member("relax_ref_for_delete", "The reference does not keep its target from being deleted.") {
                        $0.member("type", ["boolean", "null"])
                    },
                ],
                reply: [Member("uuid", required: true, uuid)], failures: [404, 409]),
            action(
                "post", "/ref-relax-for-delete", "Let the target of a reference be deleted",
                "The reference stays; it no longer keeps its target from being deleted.",
                body: [
                    Member("uuid", required: true, "The object that refers.", uuid),
                    Member("ref-uuid", required: true, "The target.", uuid),
                ],
                reply: [Member("uuid", required: true, uuid)], failures: [404]),
        ]
    }

    // MARK: Collections of elements and objects

    private var collections: [Operation] {
        let fields = elementProperties
        let field: Schema = { printer in if fields.isEmpty { printer.member("type", "string") } else { printer.member("enum", fields) } }
        return [
            Self.action(
                "post", "/prop-collection-update", "Change elements of list and map properties",
                "Lists take `add`, `modify` and `delete`, with the position of the element; maps take `set` and `delete`, with its key. The updates are applied in order, all or none.",
                body: [
                    Member("uuid", required: true, Self.uuid),
                    Member("updates", required: true) { printer in
                        printer.member("type", "array")
                        printer.object("items") { printer in
                            printer.member("type", "object")
                            printer.member("required", ["field", "operation"])
                            printer.object("properties") { printer in
                                printer.object("field") { field(&$0) }
                                printer.object("operation", inline: true) { $0.member("enum", ["add", "modify", "delete", "set"]) }
                                printer.object("value", inline: true) { $0.member("description", "The element, in full.") }
                                printer.object("position", inline: true) { printer in
                                    printer.member("type", ["string", "integer", "null"])
                                    printer.member(
                                        "description", "Which element: a position that `prop-collection-get` shows, or the key in a map.")
                                }
                            }
                        }
                    },
                ],
                reply: [Member("uuid", required: true, Self.uuid)], failures: [404, 409]),
            Self.action(
                "get", "/prop-collection-get", "Read elements of list and map properties with their positions",
                parameters: [
                    Self.query("uuid", required: true, "The object.", Self.uuid),
                    Self.query("fields", required: true, "List and map properties, separated by commas.") { $0.commaSeparated() },
                    Self.query("position", "Only the element at this position.", Self.string),
                ],
                reply: [], failures: [404]),
            Self.action(
                "post", "/list-bulk-collection", "List objects of a type, with the query in the body",
                "Means what the list of the type's own address means, for queries that are too long for an address.",
                body: [
                    Member("type", required: true, "The type to list.", Self.string), Member("parent_id", Self.separated),
                    Member("parent_fq_name_str", Self.optionalString), Member("parent_type", Self.optionalString),
                    Member("back_ref_id", Self.separated), Member("obj_uuids", Self.separated), Member("fq_names", Self.separated),
                    Member("fields", Self.separated), Member("filters", Self.optionalString), Member("detail", Self.flag),
                    Member("count", Self.flag),
                    Member("shared", Self.flag), Member("exclude_hrefs", Self.flag),
                    Member("page_limit") { printer in
                        printer.member("type", ["integer", "null"])
                        printer.member("minimum", 1)
                        printer.member("maximum", Int.max)
                    },
                    Member("page_marker", Self.optionalString),
                ],
                reply: [], failures: [404]),
        ]
    }

    /// Comma-separated text or an array of strings.
    private static func separated(_ printer: inout JSONPrinter) {
        printer.member("type", ["string", "array", "null"])
        printer.object("items", inline: true) { $0.member("type", "string") }
    }
    private static func optionalString(_ printer: inout JSONPrinter) { printer.member("type", ["string", "null"]) }
    private static func flag(_ printer: inout JSONPrinter) { printer.member("type", ["boolean", "string", "null"]) }

    /// Properties whose elements are stored one by one, in every type that has them.
    private var elementProperties: [String] {
        let properties = model.commonProperties + model.objects.flatMap(\.properties)
        let keys = properties.compactMap { property -> String? in
            if case .single = property.collection { nil } else { Naming.jsonKey(property.name) }
        }
        return Set(keys).sorted()
    }

    // MARK: Access

    private static var access: [Operation] {
        [
            action(
                "post", "/chown", "Give an object to another owner",
                body: [Member("uuid", required: true, uuid), Member("owner", required: true, "The UUID of a project.", uuid)],
                failures: [404]),
            action(
                "post", "/chmod", "Change who may do what with an object", "Parts that are left out stay as they are.",
                body: [
                    Member("uuid", required: true, uuid), Member("owner", "The UUID of a project.") { $0.nullable("object.uuid") },
                    Member("owner_access", "Rights of the owner: 4 read, 2 write, 1 refer, added.", rights),
                    Member("global_access", "Rights of everybody.", rights),
                    Member("share", "Rights of others; replaces those that were given.") { printer in
                        printer.member("type", ["array", "null"])
                        printer.object("items") { printer in
                            printer.member("type", "object")
                            printer.member("required", ["tenant", "tenant_access"])
                            printer.object("properties") { printer in
                                printer.object("tenant", inline: true) {
                                    $0.text("The UUID of a project, or `domain:` and that of a domain.")
                                }
                                printer.object("tenant_access", inline: true) { rights(&$0) }
                            }
                        }
                    },
                ],
                failures: [404]),
            action(
                "get", "/obj-perms", "Read what the caller may do with an object",
                parameters: [query("uuid", "The object.", uuid)],
                reply: [
                    Member("token_info", "What the identity service says of the token; null without authentication.", anything),
                    Member("is_cloud_admin_role", required: true, boolean), Member("is_global_read_only_role", required: true, boolean),
                    Member("permissions", "Letters of RWX: read, write, refer.", string),
                ],
                failures: [404]),
            action(
                "get", "/aaa-mode", "Read how requests are authorised",
                reply: [Member("aaa-mode", required: true, choice("no-auth", "cloud-admin", "rbac"))]),
            action(
                "put", "/aaa-mode", "Set how requests are authorised",
                body: [Member("aaa-mode", required: true, choice("no-auth", "cloud-admin", "rbac"))],
                reply: [Member("aaa-mode", required: true, choice("no-auth", "cloud-admin", "rbac"))], failures: [501]),
        ]
    }

    private static func rights(_ printer: inout JSONPrinter) {
        printer.member("type", ["integer", "null"])
        printer.member("minimum", 0)
        printer.member("maximum", 7)
    }

    // MARK: Addresses of a network

    private static var network: [Parameter] {
        [Parameter(name: "uuid", location: "path", isRequired: true, description: "The virtual network.", schema: uuid)]
    }

    private static var addresses: [Operation] {
        [
            action(
                "post", "/virtual-network/{uuid}/ip-alloc", "Reserve addresses of a virtual network", parameters: network,
                body: [
                    Member("count", "How many; 1 when left out.", integer),
                    Member("subnet", "The subnet by its UUID; any of the network when left out.", string),
                    Member("family", choice("v4", "v6")),
                ],
                reply: [Member("ip_addr", required: true, strings)], failures: [404, 409, 501]),
            action(
                "post", "/virtual-network/{uuid}/ip-free", "Give reserved addresses back", parameters: network,
                body: [Member("ip_addr", required: true, strings)], failures: [404, 501]),
            action(
                "post", "/virtual-network/{uuid}/subnet-ip-count", "Count the addresses in use in subnets", parameters: network,
                body: [Member("subnet_list", required: true, "Subnets as prefixes: `10.1.0.0/24`.", strings)],
                reply: [
                    Member("ip_count_list", required: true, "In the order of the request.") { printer in
                        printer.member("type", "array")
                        printer.object("items", inline: true) { $0.nonNegativeInteger() }
                    }
                ],
                failures: [404, 501]),
        ]
    }

    // MARK: Others

    private static var others: [Operation] {
        [
            action(
                "post", "/useragent-kv", "Keep text for a client under a key",
                "RETRIEVE takes one key, an array of them, or null for all that there are.",
                body: [
                    Member("operation", required: true, choice("STORE", "RETRIEVE", "DELETE")),
                    Member("key") { printer in
                        printer.member("type", ["string", "array", "null"])
                        printer.object("items", inline: true) { $0.member("type", "string") }
                    },
                    Member("value") { $0.member("type", ["string", "null"]) },
                ],
                reply: [], failures: [404]),
            action(
                "post", "/set-tag", "Attach tags to an object, or take them off",
                "Each further member is a tag type: null takes the tags of that type off, an object with `value` attaches one, `add_values` and `delete_values` change a set. `is_global` means tags of the whole system.",
                body: [Member("obj_type", required: true, string), Member("obj_uuid", required: true, uuid)], open: true, reply: [],
                failures: [404, 501]),
            action(
                "post", "/security-policy-draft", "Commit or discard drafts of the security policy",
                body: [
                    Member("scope_uuid", required: true, "A project, or the policy management of the whole system.", uuid),
                    Member("action", required: true, choice("commit", "discard")),
                ],
                reply: [], failures: [404, 409, 501]),
        ]
    }
}
