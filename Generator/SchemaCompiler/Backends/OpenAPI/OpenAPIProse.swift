// The words of the OpenAPI document that do not come from the schema: how the API behaves, whatever the type.

enum OpenAPIProse {
    static let introduction = """
        Everything that is configured is an object with a type, a UUID and a fully qualified name. Objects form a tree: each lives below a \
        parent, and its name begins with the name of the parent. Besides that they refer to each other, and a reference may carry data.

        Each type has two addresses: `/virtual-networks` lists and creates, `/virtual-network/{uuid}` reads, changes and deletes. Requests and \
        replies wrap an object in an envelope with its type: `{"virtual-network": {…}}`. `GET /` lists all addresses.

        What a reader of this document should know about values:

        - **Nothing is required** but `fq_name`, when an object is created. `x-presence` says what an object of the type is meant to have, and \
        `x-operations` what is meant to be done with it (create, read, update, delete); neither is enforced.
        - **Null** stands for an absent value. In an update it removes the property.
        - **Integers** may be sent in strings (`"64"`); replies always have numbers.
        - **Zero and the empty string** pass any range, pattern and list of values.
        - **Unknown members** of a structured value are refused. Unknown members of an object itself are ignored, and the reply says so in a \
        `Warning` header.
        - **Times** are in UTC, as ISO 8601 text without a zone: `2025-01-31T12:00:00.000000`.

        Errors are plain text: a sentence that says what is wrong and, where possible, how to mend it. A client that sends \
        `Accept: application/problem+json` gets the sentence as `detail` of a document (RFC 9457). Apart from that every address has one \
        representation and sends it whatever `Accept` says, as RFC 9110 allows (§12.5.1): nothing is answered with 406.
        """

    static let actions = """
        Requests that are not about one object's own address: names and UUIDs, single references, elements of lists and maps, access rights, \
        addresses of a virtual network.
        """

    static let fullyQualifiedName = """
        The names from the root of the tree down to the object: `["default-domain", "admin", "blue"]`. Unique within the type. The last element \
        contains no `:`, but for route targets, whose name is the target.
        """

    /// Query parameters that are lists separated by commas.
    static let listFilters = [
        ("parent_id", "Only children of these objects, by UUID; separated by commas."),
        ("back_ref_id", "Only objects that refer to these, by UUID; separated by commas."),
        ("obj_uuids", "Only these objects, by UUID; separated by commas. Unknown ones are passed over."),
        ("fq_names", "Only these objects, by name: elements joined by `:`, names separated by commas."),
        (
            "fields",
            "Members to show, separated by commas: properties, references, children, back references. Names that the type does not have are passed over."
        ),
    ]

    static let flags = [
        ("detail", "Whole objects with properties and references. True when the text contains `true`, in any case."),
        ("count", "The number of objects instead of the objects. True when the text contains `true`, in any case."),
        ("shared", "Also objects that others share with the caller. True when the text contains `true`, in any case."),
        ("exclude_hrefs", "Leaves out addresses. Being present counts, whatever the value."),
        ("exclude_back_refs", "Leaves out the objects that refer to this one. Being present counts, whatever the value."),
        (
            "dry_run",
            "Makes all checks and answers as if, but changes nothing: identifiers in the reply are not kept. True when the text contains `true`."
        ),
        ("exclude_children", "Leaves out children. Being present counts, whatever the value."),
    ]

    static let marks = [
        ("parent_fq_name_str", "Only children of this object, by name: its elements joined by `:`."),
        ("parent_type", "The type that `parent_fq_name_str` names; needed when the listed type has several parents."),
        (
            "filters",
            "Only objects whose members have these values: `name==value` separated by commas, values in JSON. Values for one name are alternatives; different names must all match. An object matches one that has all its members."
        ),
        ("page_marker", "Where the page begins: `marker` of the page before."),
    ]

    static let headers = [
        (
            "ETag",
            "In quotes: the time of the last change to the object, `id_perms.last_modified`, and, where the reply shows children or objects "
                + "that refer to it, `+` and a mark of these. It differs when anything differs that the reply shows."
        ),
        ("Allow", "The methods that the address takes."),
        ("X-Configuration-Revision", "The revision of the change; absent when nothing changed. A watch has it as the id of the event."),
    ]

    static let failures = [
        (400, "The request cannot be understood or breaks a rule; the text names the member."),
        (401, "A token is needed, and none or an invalid one was sent."),
        (403, "The caller may not do this, or the object does not allow it."),
        (404, "No such object, or no such address."),
        (405, "The address does not take the method."),
        (409, "In conflict with what exists: a name or UUID in use, children or references that are left, an address that is taken."),
        (410, "The changes after that revision are no longer held; watch without one to have everything listed first."),
        (412, "A quota of the project would be exceeded, or the object is not as `If-Match` says."),
        (413, "The body is larger than the server takes."),
        (414, "The address is longer than the server takes; `POST /list-bulk-collection` has no such limit."),
        (415, "The body is in a format that the server does not read, or compressed."),
        (431, "A header, or all of them together, are larger than the server takes."),
        (500, "A mistake of the server."),
        (501, "The server knows the action and does not offer it."),
        (503, "The server is starting, or its store cannot be reached. Try again."),
    ]
}
