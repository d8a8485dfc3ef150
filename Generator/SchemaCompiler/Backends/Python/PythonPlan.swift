// What a generated Python module holds, already named: the planner decides, the printers print.

/// The module of one schema file.
struct PythonModulePlan {
    /// `address_types`
    let name: String
    /// `address-types.xsd`
    let source: String
    let documentation: String
    /// Names that only annotations need, by module.
    let imports: [(module: String, names: [String])]
    let simpleTypes: [PythonSimpleType]
    let structures: [PythonStructure]
    let objects: [PythonObject]
}

/// A simple type: an enumeration becomes a `Literal`; every one is made known to the runtime with what it restricts.
struct PythonSimpleType {
    let schemaName: String
    /// The name of the `Literal`; nil when the type is no enumeration or has no name to be spelled by.
    let name: String?
    let values: [(literal: String, documentation: String)]
    let base: Scalar
    let minimum: Int?
    let maximum: Int?
    let documentation: String
    let location: SourceLocation
}

/// A class for a structured type.
struct PythonStructure {
    struct Member {
        /// In Python.
        let name: String
        /// In JSON, where that differs.
        let key: String?
        let typeName: String
        /// The annotation of one value: `SubnetType`.
        let annotation: String
        let isMany: Bool
        let defaultLiteral: String?
        let presence: Presence?
        let operations: Operations?
        let documentation: String
        let location: SourceLocation
    }

    let name: String
    /// Given where the class could not have the schema's name.
    let schemaName: String?
    let members: [Member]
    let documentation: String
    let location: SourceLocation
}

/// A class for an object type, or the one that all of them share.
struct PythonObject {
    struct Property {
        let name: String
        /// In JSON, where that differs.
        let key: String?
        let typeName: String
        let annotation: String
        /// The list inside the value whose elements are stored one by one: its Python name, its annotation, and the key for maps.
        let element: (name: String, annotation: String, key: String?)?
        let defaultLiteral: String?
        let presence: Presence
        let operations: Operations
        let documentation: String
        let location: SourceLocation
    }

    struct Reference {
        /// `network_ipam`: the part of method names.
        let noun: String
        let target: String
        /// The class referred to.
        let targetClass: String
        let data: (typeName: String, annotation: String)?
        let isDerived: Bool
        /// The metadata name, where it is not `<from>-<to>`.
        let link: String?
        let documentation: String
        let location: SourceLocation
    }

    struct Related {
        let field: String
        let other: String
        let data: String?
        let isDerived: Bool
        let link: String?
    }

    let name: String
    let schemaName: String
    let parents: [(type: String, className: String)]
    let properties: [Property]
    let references: [Reference]
    let children: [Related]
    let backReferences: [Related]
    /// Has an uncommitted version beside the committed one.
    let hasDraft: Bool
    let documentation: String
    let location: SourceLocation
}
