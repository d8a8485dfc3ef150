// Objects, references and relatives as replies show them. The parts of an object are text already; this puts them in order and adds the
// addresses, which depend on the name that the client used for the server.

import Coding
import NetworkTypes
import Resources

/// Which parts of an object a reply shows beside its names.
struct Selection {
    /// All properties and references.
    var hasAllOwn = true
    var hasChildren = false
    var hasBackReferences = false
    /// Members by name, besides.
    var fields: [String] = []
}

/// Writes replies about objects.
struct ReplyWriter {
    var json: JSONWriter
    private let types: TypeTable
    private let image: Image
    /// The beginning of a JSON string with the address of an object: `"http://host:8082/`.
    private let locationStart: [UInt8]
    private let hasLocations: Bool
    /// Whom the reply is for: relatives that they may not read are left out.
    private let permissions: ObjectPermissions
    /// Differs when other relatives were shown, or others' references with other data, or these in another order; 0 when there were none.
    private(set) var relatives: UInt64 = 0

    init(
        _ types: TypeTable, _ image: Image, base: String, hasLocations: Bool = true, for permissions: ObjectPermissions = .unlimited,
        reserving capacity: Int = 4096
    ) {
        json = JSONWriter(reservingCapacity: capacity)
        self.types = types
        self.image = image
        locationStart = Array("\"\(base)/".utf8)
        self.hasLocations = hasLocations
        self.permissions = permissions
    }

    consuming func finish() -> [UInt8] { json.finish() }

    // MARK: Objects

    /// The object with its envelope: `{"virtual-network":{…}}`.
    mutating func object(_ state: ObjectState, _ selection: Selection) {
        let identity = state.identity
        let type = types[identity.type]
        json.beginObject()
        json.key(type.name)
        json.beginObject()
        json.key("uuid")
        uuid(identity.uuid)
        json.key("name")
        json.raw(FullyQualifiedName.lastElement(identity.name))
        json.key("fq_name")
        json.raw(identity.name)
        parent(of: identity)
        location("href", identity)
        if selection.hasAllOwn {
            if !state.properties.members.isEmpty { json.raw(state.properties.members) }
            references(state, type)
        }
        if selection.hasChildren { relations(of: identity, backReferences: false) }
        if selection.hasBackReferences { relations(of: identity, backReferences: true) }
        for field in selection.fields { member(field, state, type, omittingOwn: selection.hasAllOwn) }
        json.endObject()
        json.endObject()
    }

    /// One line of a list.
    mutating func summary(_ identity: Identity, fields: [String]) {
        let type = types[identity.type]
        json.beginObject()
        json.key("uuid")
        uuid(identity.uuid)
        json.key("fq_name")
        json.raw(identity.name)
        location("href", identity)
        if !fields.isEmpty, let state = image.state(identity.uuid) {
            for field in fields { member(field, state, type) }
        }
        json.endObject()
    }

    func typeName(_ identity: Identity) -> String { types[identity.type].name }

    mutating func parent(of identity: Identity) {
        guard let parent = identity.parent else { return }
        json.key("parent_type")
        json.value(types[parent.type].name)
        json.key("parent_uuid")
        uuid(parent.uuid)
        location("parent_href", parent)
    }

    // MARK: Members

    /// A member by name, if the object has it. Names that the type does not have are nobody's fault: older clients ask for them.
    private mutating func member(_ name: String, _ state: ObjectState, _ type: TypeEntry, omittingOwn: Bool = false) {
        switch type.members[name] {
        case .property where omittingOwn, .reference where omittingOwn:
            break
        case .property:
            guard let value = state.properties[name] else { return }
            json.key(name)
            json.raw(value)
        case .reference(let index):
            let target = type.references[index].target
            let references = state.references.filter { $0.target.type == target }
            if !references.isEmpty { self.references(references[...], key: name) }
        case .children(let child):
            relatives(of: state.identity, .children(child), key: name)
        case .backReferences(let source):
            relatives(of: state.identity, .backReferences(source), key: name)
        case .parentType, .parentUUID, .uuid, .fullyQualifiedName, .derived, nil:
            break
        }
    }

    /// References are kept together by type; each run is a member.
    private mutating func references(_ state: ObjectState, _ type: TypeEntry) {
        var rest = state.references[...]
        while let first = rest.first {
            let run = rest.prefix { $0.target.type == first.target.type }
            if let index = type.referenceByTarget[first.target.type] { references(run, key: type.references[index].descriptor.key) }
            rest = rest.dropFirst(run.count)
        }
    }

    private mutating func references(_ all: ArraySlice<ObjectReference>, key: String) {
        let references = permissions.readsAll ? all : all.filter { isReadable($0.target) }[...]
        guard !references.isEmpty else { return }
        json.key(key)
        json.beginArray()
        for reference in references {
            // Whom this is for may read other objects than before, though nothing changed here.
            if !permissions.readsAll { note(reference.target.uuid) }
            beginRelative(reference.target)
            json.key("attr")
            if let data = reference.data { json.raw(data) } else { json.null() }
            json.endObject()
        }
        json.endArray()
    }

    /// Children, or those who refer to the object: every kind is a member.
    private mutating func relations(of identity: Identity, backReferences: Bool) {
        var open: Relation.Kind?
        image.forEachRelation(of: identity, from: backReferences ? .backReferences(0) : .children(0)) { relation in
            guard relation.kind.isBackReference == backReferences else { return false }
            guard isReadable(relation.relative) else { return true }
            if relation.kind != open {
                if open != nil { json.endArray() }
                let type = types[relation.kind.type]
                json.key(backReferences ? type.backReferencesKey : type.childrenKey)
                json.beginArray()
                open = relation.kind
            }
            relative(relation.relative, of: identity, relation.kind)
            return true
        }
        if open != nil { json.endArray() }
    }

    private mutating func relatives(of identity: Identity, _ kind: Relation.Kind, key: String) {
        var isOpen = false
        image.forEachRelative(of: identity, kind) { relative in
            guard isReadable(relative) else { return true }
            if !isOpen {
                json.key(key)
                json.beginArray()
                isOpen = true
            }
            self.relative(relative, of: identity, kind)
            return true
        }
        if isOpen { json.endArray() }
    }
}

extension ReplyWriter {
    private func isReadable(_ identity: Identity) -> Bool {
        if permissions.readsAll { return true }
        return image.state(identity.uuid).map(permissions.mayRead) ?? false
    }

    /// A child, or an object that refers to `owner`, with the data of its reference.
    private mutating func relative(_ relative: Identity, of owner: Identity, _ kind: Relation.Kind) {
        note(relative.uuid)
        note(UInt64(kind.code))
        beginRelative(relative)
        if kind.isBackReference {
            json.key("attr")
            let reference = image.state(relative.uuid)?.references.first { $0.target === owner }
            if let data = reference?.data {
                note(data)
                json.raw(data)
            } else {
                json.null()
            }
        }
        json.endObject()
    }

    private mutating func note(_ uuid: UUIDValue) {
        note(uuid.high)
        note(uuid.low)
    }

    /// The same in every process, as several servers answer for one object. The odd number has its bits spread evenly.
    private mutating func note(_ word: UInt64) {
        let mixed = (relatives ^ word) &* 0x9E37_79B9_7F4A_7C15
        relatives = mixed ^ mixed >> 32
    }

    private mutating func note(_ text: [UInt8]) {
        text.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                note(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
                offset += 8
            }
            var last = UInt64(bytes.count)
            while offset < bytes.count {
                last = last << 8 | UInt64(bytes[offset])
                offset += 1
            }
            note(last)
        }
    }

    private mutating func beginRelative(_ identity: Identity) {
        json.beginObject()
        json.key("to")
        json.raw(identity.name)
        json.key("uuid")
        uuid(identity.uuid)
        location("href", identity)
    }

    mutating func uuid(_ uuid: UUIDValue) {
        let length = UUIDValue.textLength
        json.raw(atMost: length + 2) { buffer in
            buffer.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
            uuid.writeText(to: buffer + 1)
            buffer.storeBytes(of: UInt8(ascii: "\""), toByteOffset: length + 1, as: UInt8.self)
            return length + 2
        }
    }

    mutating func location(_ key: StaticString, _ identity: Identity) {
        guard hasLocations else { return }
        let path = types[identity.type].path
        json.key(key)
        json.raw(atMost: locationStart.count + path.count + UUIDValue.textLength + 1) { buffer in
            var end = buffer.append(locationStart).append(path)
            identity.uuid.writeText(to: end)
            end += UUIDValue.textLength
            end.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
            return end - buffer + 1
        }
    }
}

extension UnsafeMutableRawPointer {
    /// Copies bytes to where it points, and returns where they end.
    fileprivate func append(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
        bytes.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { copyMemory(from: base, byteCount: bytes.count) }
        }
        return self + bytes.count
    }
}
