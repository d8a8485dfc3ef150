// One object while a request changes it: its properties apart, so that they can be replaced and looked into.

import Coding
import ConfigurationModel
import NetworkTypes
import Resources

struct ObjectDraft {
    let identity: Identity
    let type: TypeEntry
    /// JSON by property number.
    var properties: [Int: [UInt8]] = [:]
    /// Stored properties that the schema does not have (any more). Kept as they are.
    private var foreign: [(key: String, value: [UInt8])] = []
    var references: [ObjectReference] = []
    var positions: [String: [String]] = [:]
    var allocations: [Allocation] = []

    /// A new object.
    init(_ identity: Identity, _ type: TypeEntry) {
        self.identity = identity
        self.type = type
    }

    /// An object as it is.
    init(_ state: ObjectState, _ type: TypeEntry) {
        identity = state.identity
        self.type = type
        for (key, value) in state.properties.all {
            if case .property(let index)? = type.members[key] { properties[index] = value } else { foreign.append((key, value)) }
        }
        references = state.references
        positions = state.positions
        allocations = state.allocations
    }

    /// The object's next version: `id_perms` first, as reads look for its time stamp, then in the schema's order.
    var state: ObjectState {
        let first = type.identityPermissions
        let ordered = properties.sorted { left, right in
            left.key == first ? right.key != first : right.key != first && left.key < right.key
        }
        let members = ordered.map { (key: type.resource.properties[$0.key].key, value: $0.value) }
        return ObjectState(
            identity, properties: PropertySet(members + foreign), references: grouped(), positions: positions, allocations: allocations)
    }

    /// References of one member together, in the order of the schema, as replies show them.
    private func grouped() -> [ObjectReference] {
        guard references.count > 1 else { return references }
        func place(_ reference: ObjectReference) -> Int { type.referenceByTarget[reference.target.type] ?? Int.max }
        return references.enumerated()
            .sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .map(\.element)
    }

    // MARK: What rules look at and change

    /// A property's value by its member name.
    func value<Value: JSONCodable>(_ key: String, as type: Value.Type = Value.self) throws(Refusal) -> Value? {
        guard case .property(let index)? = self.type.members[key], let bytes = properties[index] else { return nil }
        do {
            return try Value(json: bytes)
        } catch {
            throw Refusal("The stored property is damaged: ", error, in: key)
        }
    }

    /// Sets a property; nil removes it. A schema without the property has no use for the value.
    mutating func setValue<Value: JSONCodable>(_ key: String, _ value: Value?) {
        guard case .property(let index)? = type.members[key] else { return }
        properties[index] = value?.json()
    }

    /// Notes that the object changed: its entity tag does too.
    mutating func touch(_ now: Timestamp) throws(Refusal) {
        guard var permissions = try value(IdPermsType.key, as: IdPermsType.self) else { return }
        permissions.lastModified = now.text
        setValue(IdPermsType.key, permissions)
    }
}
