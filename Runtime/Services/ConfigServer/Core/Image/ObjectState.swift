// The two halves of an object in memory: what never changes while it lives, and one version of what does. Both are immutable and shared by
// every snapshot that has them. They hold text ready to be sent: a read copies it, and formats only what depends on the request.

import NetworkTypes

/// What an object keeps for life.
///
/// Relatives point at each other's identities, so that a list of children or a reference is written without looking anything up.
public final class Identity: Sendable {
    public let uuid: UUIDValue
    let type: TypeNumber
    /// The fully qualified name as a JSON array: what replies carry, and one spelling for each name to compare.
    let name: [UInt8]
    /// nil: directly below the root.
    let parent: Identity?
    /// Counts objects and references in the order in which they were made; never used twice. Also the row's key.
    let number: UInt64

    init(uuid: UUIDValue, type: TypeNumber, name: [UInt8], parent: Identity?, number: UInt64) {
        self.uuid = uuid
        self.type = type
        self.name = name
        self.parent = parent
        self.number = number
    }
}

/// A reference as its owner holds it.
struct ObjectReference: Sendable {
    let target: Identity
    /// The data of the reference as JSON; nil when it has none.
    var data: [UInt8]?
    /// When it was made, on the scale of `Identity.number`: the order in which the target lists those who refer to it.
    let number: UInt64
    /// It no longer keeps its target from being deleted.
    var isRelaxed = false
}

/// A number that belongs to an object for as long as the object has it in its state.
struct Allocation: Sendable, Hashable {
    let space: String
    let number: UInt64
}

/// One version of an object.
public final class ObjectState: Sendable {
    let identity: Identity
    let properties: PropertySet
    let references: [ObjectReference]
    /// Positions of the elements of list properties by the property's member, where they are not simply 0, 1, 2, ….
    let positions: [String: [String]]
    let allocations: [Allocation]

    init(
        _ identity: Identity, properties: PropertySet, references: [ObjectReference], positions: [String: [String]] = [:],
        allocations: [Allocation] = []
    ) {
        self.identity = identity
        self.properties = properties
        self.references = references
        self.positions = positions
        self.allocations = allocations
    }
}
