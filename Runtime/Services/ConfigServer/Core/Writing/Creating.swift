// Making objects. The order of the checks is the older platform's, as clients meet the first error, not the last.

import ConfigurationModel
import NetworkTypes

extension Draft {
    /// Types of which every possible parent gets a child named `default-<type>` when it is made.
    private static let typesWithDefaults = ["namespace", "project", "virtual-network", "network-ipam"]

    /// Makes the object that a request describes, what belongs to it by the rules of its type, and its default children.
    @discardableResult
    ///
    /// - Parameter asCaller: the caller must have the permissions that this takes; not where the server makes something of itself.
    mutating func create(_ type: TypeEntry, _ request: ObjectBody, asCaller: Bool = false) throws(Refusal) -> Identity {
        guard type.name != TypeTable.rootTypeName else {
            throw Refusal(
                400,
                "Bad Request, the \(TypeTable.rootTypeName) exists once and cannot be created; it is the parent of objects without another")
        }
        let rule = rules[type.number]
        var body = request
        try rule?.prepare(&body, type)
        let elements = try checkedName(body.name, type)
        let properties = try body.checkedProperties(type, "Bad property in create: ")
        let requests = try body.checkedReferences(type, "Bad reference in create: ")
        let name = FullyQualifiedName.json(elements)
        if let existing = identity(type.number, named: name) {
            throw Refusal(409, "\(elements.joined(separator: ":")) already exists with uuid: \(existing.uuid)")
        }
        let parentEntry = try parentEntry(body.parentType, of: elements, type)
        let uuid = try checkedUUID(body.uuid)
        let parent = try parent(parentEntry, of: elements, type)
        if asCaller, let parent { try requireRoom(below: parent) }

        var object = ObjectDraft(newIdentity(type, name: name, parent: parent, uuid: uuid), type)
        for (index, value) in properties { object.properties[index] = value }
        try addDefaults(&object, name: elements.last ?? "", asCaller: asCaller)
        for (_, list) in requests.sorted(by: { $0.key < $1.key }) { try addReferences(list, to: &object, asCaller: asCaller) }
        try rule?.complete(&object, replacing: nil, in: &self)
        try Tags.check(object, types)
        try checkQuota(of: object)
        try save(object)
        try rule?.made(object, in: &self)
        try createDefaultChildren(of: object.identity, elements, type)
        return object.identity
    }

    // MARK: Names and places

    private func checkedName(_ name: [String]?, _ type: TypeEntry) throws(Refusal) -> [String] {
        guard let name, !name.isEmpty else { throw Refusal(400, "Bad Request, no fq_name in POST body") }
        guard name.count <= 32, name.allSatisfy({ $0.utf8.count <= 4096 }) else {
            throw Refusal(400, "Bad Request, fq_name has more than 32 elements or an element of more than 4096 bytes")
        }
        for element in name {
            guard !element.isEmpty else { throw Refusal(400, "Bad Request, fq_name has an empty element") }
            guard element.unicodeScalars.allSatisfy(\.isAllowedInXML) else {
                throw Refusal(400, "Bad Request, fq_name has characters that XML does not allow, such as control characters")
            }
            if element.utf8.contains(UInt8(ascii: ":")), !type.allowsColons {
                throw Refusal(400, "Bad Request, fq_name element '\(element)' contains ':', which separates the elements of a name")
            }
        }
        return name
    }

    private func parentEntry(
        _ requested: String?, of elements: [String], _ type: TypeEntry
    ) throws(Refusal) -> TypeEntry.Parent {
        let possible = type.parents.map(\.name).joined(separator: ", ")
        guard let requested else {
            // A name of one element leaves no other place.
            if elements.count == 1, let root = type.parents.first(where: { $0.type == nil }) { return root }
            guard type.parents.count == 1, let only = type.parents.first else {
                throw Refusal(400, "Missing parent type: \(type.name) can be below several types; parent_type must be one of: \(possible)")
            }
            return only
        }
        let wanted = types.type(named: requested)?.name ?? requested
        guard let parent = type.parents.first(where: { $0.name == wanted }) else {
            throw Refusal(400, "Invalid parent type: \(type.name) cannot be below \(requested); parent_type must be one of: \(possible)")
        }
        return parent
    }

    private mutating func checkedUUID(_ requested: String?) throws(Refusal) -> UUIDValue {
        guard let requested else { return newUUID() }
        guard let uuid = UUIDValue(anySpelling: requested) else { throw Refusal(400, "Invalid UUID format: \(requested)") }
        if let existing = state(uuid) {
            throw Refusal(409, "\(uuid) already exists with fq_name: \(existing.identity.joinedName)")
        }
        return uuid
    }

    private func parent(_ entry: TypeEntry.Parent, of elements: [String], _ type: TypeEntry) throws(Refusal) -> Identity? {
        guard let parentType = entry.type else {
            guard elements.count == 1 else {
                throw Refusal(
                    400,
                    "Invalid fq-name of an object with no parent: \(elements.joined(separator: ":")); "
                        + "directly below the root a name has one element")
            }
            return nil
        }
        let name = Array(elements.dropLast())
        guard !name.isEmpty else {
            throw Refusal(400, "Bad Request, fq_name of a \(type.name) must begin with the fq_name of its \(entry.name)")
        }
        guard let parent = identity(parentType, named: FullyQualifiedName.json(name)) else {
            throw Refusal(400, "Bad Request, the parent \(entry.name) \(name.joined(separator: ":")) does not exist; create it first")
        }
        return parent
    }

    // MARK: Defaults

    private func addDefaults(_ object: inout ObjectDraft, name: String, asCaller: Bool) throws(Refusal) {
        if let index = object.type.displayName, object.properties[index] == nil { object.setValue("display_name", name) }
        let requested = try object.value(IdPermsType.key, as: IdPermsType.self)
        if requested?.userVisible == false, !permissions.isUnlimited {
            throw Refusal(403, "Permission Denied: only administrators make objects that users do not see (id_perms.user_visible)")
        }
        object.setValue(IdPermsType.key, IdPermsType.new(requested: requested, uuid: object.identity.uuid, now: now))
        var sharing = PermType2.completing(try object.value(PermType2.key), owner: try owner(of: object, asCaller: asCaller))
        if let domain = domain(sharing: object) { sharing.addShare("domain:\(domain)", access: 6) }
        object.setValue(PermType2.key, sharing)
    }

    /// Who owns an object unless the request says so: the caller's project, and a project itself. What is made along with something else
    /// has the same owner as that.
    private func owner(of object: ObjectDraft, asCaller: Bool) throws(Refusal) -> String {
        guard let project = permissions.access.caller?.project else { return IdPermsType.defaultOwner }
        if object.type.name == "project" { return object.identity.uuid.description }
        if !asCaller, let parent = object.identity.parent, let state = state(parent.uuid) {
            return try ObjectDraft(state, types[parent.type]).value(PermType2.key, as: PermType2.self)?.owner ?? project.id
        }
        return project.id
    }

    /// The domain whose members may read and write the object from the start.
    private func domain(sharing object: ObjectDraft) -> UUIDValue? {
        switch object.type.name {
        case "domain": object.identity.uuid
        case "service-template", "virtual-DNS": object.identity.parent?.uuid
        default: nil
        }
    }

    private mutating func createDefaultChildren(of parent: Identity, _ elements: [String], _ type: TypeEntry) throws(Refusal) {
        for (number, isDerived) in type.childTypes where !isDerived {
            let child = types[number]
            guard Self.typesWithDefaults.contains(child.name) else { continue }
            var body = ObjectBody()
            body.name = elements + [child.defaultName]
            body.parentType = type.name
            try create(child, body)
        }
    }
}

extension TypeEntry {
    /// The name of a child that comes and goes with its parent.
    var defaultName: String { "default-\(name)" }
}

extension Unicode.Scalar {
    /// XML 1.0 §2.2: names end up in messages of XMPP.
    fileprivate var isAllowedInXML: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
