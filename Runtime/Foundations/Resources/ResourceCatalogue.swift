// All object types of a schema, with the relations seen from the other end. Built once from the generated descriptors.

/// Finds object types by any of their names, and knows children and back references, which are parents and references read backwards.
public struct ResourceCatalogue: Sendable {
    /// Children of one type below a parent: the member `virtual_networks` of a project.
    public struct Child: Sendable {
        public let type: String
        public let key: String
        public let isDerived: Bool
    }

    /// References to a type, seen from it: the member `virtual_network_back_refs` of a network IPAM.
    public struct BackReference: Sendable {
        public let type: String
        public let key: String
        public let isWeak: Bool
    }

    public let types: [ResourceType]
    private let byName: [String: Int]
    private let byKey: [String: Int]
    private let byCollection: [String: Int]
    private let childrenByType: [String: [Child]]
    private let backReferencesByType: [String: [BackReference]]

    public init(_ types: [ResourceType]) {
        self.types = types
        func index(_ name: (ResourceType) -> String) -> [String: Int] {
            Dictionary(types.enumerated().map { (name($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first })
        }
        byName = index(\.name)
        byKey = index(\.key)
        byCollection = index(\.collection)
        var children: [String: [Child]] = [:]
        var backReferences: [String: [BackReference]] = [:]
        for type in types {
            let key = type.key
            for parent in type.parents {
                children[parent.type, default: []].append(Child(type: type.name, key: key + "s", isDerived: parent.isDerived))
            }
            for reference in type.references {
                backReferences[reference.target, default: []].append(
                    BackReference(type: type.name, key: key + "_back_refs", isWeak: reference.isWeak))
            }
        }
        childrenByType = children
        backReferencesByType = backReferences
    }

    /// By the schema's noun, `virtual-network`.
    public subscript(name: String) -> ResourceType? { byName[name].map { types[$0] } }
    /// By the JSON member, `virtual_network`.
    public func type(key: String) -> ResourceType? { byKey[key].map { types[$0] } }
    /// By the path of its list, `virtual-networks`.
    public func type(collection: String) -> ResourceType? { byCollection[collection].map { types[$0] } }

    public func children(of type: String) -> [Child] { childrenByType[type] ?? [] }
    public func backReferences(to type: String) -> [BackReference] { backReferencesByType[type] ?? [] }
}
