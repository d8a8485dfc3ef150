// What the image's indexes are made of, and the order of each.

import NetworkTypes

/// Objects by UUID.
struct ObjectEntry: Comparable, Sendable {
    let uuid: UUIDValue
    let state: ObjectState

    static func < (left: ObjectEntry, right: ObjectEntry) -> Bool { left.uuid < right.uuid }
    static func == (left: ObjectEntry, right: ObjectEntry) -> Bool { left.uuid == right.uuid }
}

/// Objects by type and name: finds a name, and lists a type in a stable order.
struct NameEntry: Comparable, Sendable {
    let identity: Identity

    static func < (left: NameEntry, right: NameEntry) -> Bool {
        left.identity.isNamed(before: right.identity.type, right.identity.name)
    }
    static func == (left: NameEntry, right: NameEntry) -> Bool {
        left.identity.type == right.identity.type && left.identity.name == right.identity.name
    }
}

extension Identity {
    /// Whether this object comes before a name in the order of types, and in a type in the order of the name's bytes.
    func isNamed(before otherType: TypeNumber, _ otherName: [UInt8]) -> Bool {
        type != otherType ? type < otherType : name.precedes(otherName)
    }
}

extension [UInt8] {
    /// In the order of the bytes, a shorter one before those it begins.
    func precedes(_ other: [UInt8]) -> Bool {
        withUnsafeBufferPointer { own in
            other.withUnsafeBufferPointer { other in
                let common = Swift.min(own.count, other.count)
                for index in 0..<common where own[index] != other[index] { return own[index] < other[index] }
                return own.count < other.count
            }
        }
    }
}

/// A child seen from its parent, or a referring object seen from its target.
struct Relation: Comparable, Sendable {
    /// Children come first, by type; then those who refer to the object, by type.
    struct Kind: Comparable, Sendable {
        let code: UInt16

        private static let backReference: UInt16 = 0x8000

        static func children(_ type: TypeNumber) -> Kind { Kind(code: type) }
        static func backReferences(_ type: TypeNumber) -> Kind { Kind(code: type | backReference) }

        var isBackReference: Bool { code & Self.backReference != 0 }
        var type: TypeNumber { code & ~Self.backReference }

        static func < (left: Kind, right: Kind) -> Bool { left.code < right.code }
    }

    /// `Identity.number` of the parent or target.
    let owner: UInt64
    let kind: Kind
    /// When the child or the reference was made.
    let number: UInt64
    let relative: Identity

    func isBefore(_ owner: UInt64, _ kind: Kind, _ number: UInt64 = 0) -> Bool {
        if self.owner != owner { return self.owner < owner }
        if self.kind != kind { return self.kind < kind }
        return self.number < number
    }

    static func < (left: Relation, right: Relation) -> Bool { left.isBefore(right.owner, right.kind, right.number) }
    static func == (left: Relation, right: Relation) -> Bool {
        left.owner == right.owner && left.kind == right.kind && left.number == right.number
    }
}

/// A number in use, and by whom.
struct AllocationEntry: Comparable, Sendable {
    let space: String
    let number: UInt64
    let owner: UUIDValue

    func isBefore(_ space: String, _ number: UInt64) -> Bool {
        self.space != space ? self.space < space : self.number < number
    }

    static func < (left: AllocationEntry, right: AllocationEntry) -> Bool { left.isBefore(right.space, right.number) }
    static func == (left: AllocationEntry, right: AllocationEntry) -> Bool { left.space == right.space && left.number == right.number }
}

/// What clients keep here for themselves (`/useragent-kv`).
struct ValueEntry: Comparable, Sendable {
    let key: String
    /// JSON text: clients keep strings, but nothing stops them from keeping more.
    let value: [UInt8]

    static func < (left: ValueEntry, right: ValueEntry) -> Bool { left.key < right.key }
    static func == (left: ValueEntry, right: ValueEntry) -> Bool { left.key == right.key }
}
