// The catalogue of the schema in the form the server works with: types, properties and references by number, and what every JSON member
// of an object means. Built once at start from the generated descriptors; knows no type by name but `config-root`, the unseen root.

import Resources

/// A type's place in the table; small, because every object of the image carries one. Never stored: rows carry the type's name.
public typealias TypeNumber = UInt16

/// What a member of an object's JSON means.
enum ObjectMember: Sendable {
    case property(Int)
    case reference(Int)
    case children(TypeNumber)
    case backReferences(TypeNumber)
    case uuid
    case fullyQualifiedName
    case parentType
    case parentUUID
    /// Written by the server, ignored in requests: name, href, parent_href.
    case derived
}

/// One object type, its relations resolved to numbers. A class: what works on an object looks its type up again and again, and copying all
/// these tables' references each time would cost more than the work.
public final class TypeEntry: Sendable {
    struct Parent: Sendable {
        /// nil: directly below the root.
        let type: TypeNumber?
        let name: String
        let isDerived: Bool
    }

    struct Reference: Sendable {
        let target: TypeNumber
        let descriptor: ReferenceDescriptor
    }

    let number: TypeNumber
    public let resource: ResourceType
    let parents: [Parent]
    let references: [Reference]
    let members: [String: ObjectMember]
    /// Types of children, in the order of the catalogue.
    let childTypes: [(type: TypeNumber, isDerived: Bool)]
    /// By the number of the type referred to: which of `references`.
    let referenceByTarget: [TypeNumber: Int]
    /// The members that hold this type's objects when seen from a parent and from an object referred to.
    let childrenKey: String
    let backReferencesKey: String
    let identityPermissions: Int?
    let sharingPermissions: Int?
    let displayName: Int?

    /// What the address of an object has before the UUID: `virtual-network/`.
    let path: [UInt8]

    var name: String { resource.name }

    fileprivate init(_ number: TypeNumber, _ type: ResourceType, _ catalogue: ResourceCatalogue, _ numbers: [String: TypeNumber]) {
        let references = type.references.compactMap { descriptor in
            numbers[descriptor.target].map { Reference(target: $0, descriptor: descriptor) }
        }
        let children = catalogue.children(of: type.name)
        var members: [String: ObjectMember] = [
            "uuid": .uuid, "fq_name": .fullyQualifiedName, "parent_type": .parentType, "parent_uuid": .parentUUID,
            "name": .derived, "href": .derived, "parent_href": .derived,
        ]
        for child in children { members[child.key] = numbers[child.type].map { .children($0) } }
        for back in catalogue.backReferences(to: type.name) { members[back.key] = numbers[back.type].map { .backReferences($0) } }
        for (index, reference) in references.enumerated() { members[reference.descriptor.key] = .reference(index) }
        for (index, property) in type.properties.enumerated() { members[property.key] = .property(index) }
        func property(_ key: String) -> Int? { type.properties.firstIndex { $0.key == key } }
        let parents = type.parents.map { parent in
            Parent(
                type: parent.type == TypeTable.rootTypeName ? nil : numbers[parent.type], name: parent.type, isDerived: parent.isDerived)
        }
        self.number = number
        resource = type
        self.parents = parents.isEmpty ? [Parent(type: nil, name: TypeTable.rootTypeName, isDerived: false)] : parents
        self.references = references
        self.members = members
        childTypes = children.compactMap { child in numbers[child.type].map { (type: $0, isDerived: child.isDerived) } }
        referenceByTarget = Dictionary(
            references.enumerated().map { ($0.element.target, $0.offset) }, uniquingKeysWith: { first, _ in first })
        childrenKey = type.key + "s"
        backReferencesKey = type.key + "_back_refs"
        identityPermissions = property("id_perms")
        sharingPermissions = property("perms2")
        displayName = property("display_name")
        path = Array("\(type.name)/".utf8)
    }
}

/// All types of the schema.
public struct TypeTable: Sendable {
    static let rootTypeName = "config-root"

    public let entries: [TypeEntry]
    private let byName: [String: TypeNumber]
    private let byCollection: [String: TypeNumber]

    public init(_ catalogue: ResourceCatalogue) {
        let types = catalogue.types
        precondition(types.count < Int(TypeNumber.max) / 2, "the schema has more object types than a type number can tell apart")
        let numbers = Dictionary(
            types.enumerated().map { ($0.element.name, TypeNumber($0.offset)) }, uniquingKeysWith: { first, _ in first })
        entries = types.enumerated().map { offset, type in TypeEntry(TypeNumber(offset), type, catalogue, numbers) }
        byName = numbers
        byCollection = Dictionary(entries.map { ($0.resource.collection, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(number: TypeNumber) -> TypeEntry { entries[Int(number)] }

    /// By the schema's noun, `virtual-network`; the older spelling with underscores means the same.
    func type(named name: String) -> TypeEntry? {
        if let number = byName[name] { return self[number] }
        guard name.utf8.contains(UInt8(ascii: "_")) else { return nil }
        return byName[String(name.map { $0 == "_" ? "-" : $0 })].map { self[$0] }
    }

    /// By the path of its list, `virtual-networks`.
    func type(collection: String) -> TypeEntry? { byCollection[collection].map { self[$0] } }
}
