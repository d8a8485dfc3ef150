// Finds what a user means by `virtual-network.virtual-network-properties.rpf`, in a configuration schema, and explains it.

/// Explains the nouns of a configuration model.
public struct Explainer {
    /// Nothing has this name.
    public struct NotFound: Error {
        public let message: String
        public let hint: String
    }

    /// What a dotted path has led to.
    enum Subject {
        case object(ObjectType)
        case property(Property, of: [ObjectType])
        case child(ParentRelation)
        case reference(ReferenceRelation)
        case backReference(ReferenceRelation)
        case link(Link)
        case structure(StructuredType)
        case member(Member, of: StructuredType)
        case simple(SimpleType)
    }

    let model: Model

    public init(model: Model) { self.model = model }

    /// Explains the noun at a dotted path. Each step may be written as in the schema, in JSON, in Swift or in Python: case and the signs
    /// between words do not matter.
    public func explain(_ path: String) throws(NotFound) -> Explanation {
        // A path of the API names an object, too.
        var steps = path.drop { $0 == "/" }.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let first = steps.removeFirst()
        guard var subject = root(first) else { throw notFound(first, in: "the schema", rootNames(), see: "schemac list") }
        var trail = Self.name(of: subject)
        for step in steps {
            let inside = contents(of: subject)
            if inside.isEmpty {
                throw NotFound(message: "\(trail) has no members", hint: "ask for \(trail) itself: schemac explain \(trail)")
            }
            guard let next = Self.find(step, in: inside) else {
                throw notFound(step, in: trail, inside.map(\.name), see: "schemac explain \(trail)")
            }
            subject = next
            trail += "." + Self.name(of: next)
        }
        return explanation(of: subject, at: trail)
    }

    /// - Parameter command: shows what names there are.
    private func notFound(_ name: String, in place: String, _ names: [String], see command: String) -> NotFound {
        let folded = Dictionary(names.map { (Self.folded($0), $0) }, uniquingKeysWith: { a, _ in a })
        let near = Spelling.nearest(Self.folded(name), in: Array(folded.keys)).flatMap { folded[$0] }
        let wanted = Self.folded(name)
        let longer =
            wanted.utf8.count < 3
            ? [] : names.filter { Self.folded($0).contains(wanted) }.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        let list = names.count <= 12 ? "it has \(names.joined(separator: ", "))" : "see `\(command)`"
        return NotFound(
            message: "nothing is named \"\(name)\" in \(place)",
            hint: longer.isEmpty ? near.map { "did you mean \($0)?" } ?? list : "there is \(longer.prefix(5).joined(separator: ", "))")
    }

    // MARK: Finding

    /// `virtual-network`, `virtual_network`, `VirtualNetwork` are one name.
    static func folded(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }, as: UTF8.self).lowercased()
    }

    private typealias Named = (name: String, subject: Subject)

    /// An exact name first, since two nouns may differ in case only in a language we do not generate.
    private static func find(_ name: String, in subjects: [Named]) -> Subject? {
        if let exact = subjects.first(where: { $0.name == name }) { return exact.subject }
        let wanted = folded(name)
        return subjects.first { folded($0.name) == wanted }?.subject
    }

    private func root(_ name: String) -> Subject? {
        if let subject = Self.find(name, in: roots()) { return subject }
        // `virtual-networks`, as a path of the API shows it.
        return model.objects.first { Self.folded(Naming.collection($0.name)) == Self.folded(name) }.map(Subject.object)
    }

    private func roots() -> [Named] {
        var result: [Named] = model.objects.map { ($0.name, .object($0)) }
        result += model.structures.map { ($0.name, .structure($0)) }
        result += model.simpleTypes.map { ($0.name, .simple($0)) }
        var properties: [String: [ObjectType]] = [:]
        for object in model.objects {
            for property in object.properties { properties[property.name, default: []].append(object) }
        }
        for object in model.objects {
            for property in object.properties where properties[property.name]?.first?.name == object.name {
                result.append((property.name, .property(property, of: properties[property.name] ?? [])))
            }
        }
        result += model.commonProperties.map { ($0.name, .property($0, of: [])) }
        result += model.links.map { ($0.name, .link($0)) }
        return result
    }

    private func rootNames() -> [String] { roots().map(\.name) }

    /// What may follow after a dot.
    private func contents(of subject: Subject) -> [Named] {
        switch subject {
        case .object(let object):
            // A reference answers to its field and to the name of its target.
            var result: [Named] = (object.properties + model.commonProperties).map { ($0.name, .property($0, of: [object])) }
            result += object.references.map { (Naming.referenceField(to: $0.to), .reference($0)) }
            result += object.children.map { (Naming.childField($0.child), .child($0)) }
            result += object.backReferences.map { (Naming.backReferenceField(from: $0.from), .backReference($0)) }
            result += object.references.map { ($0.to, .reference($0)) } + object.references.map { ($0.link, .reference($0)) }
            result += object.children.map { ($0.child, .child($0)) }
            return result
        case .property(let property, _): return members(of: property.type)
        case .member(let member, _): return members(of: member.type)
        case .reference(let relation), .backReference(let relation): return members(of: relation.data.map(TypeReference.structure))
        case .link(let link): return members(of: link.data.map(TypeReference.structure))
        case .structure(let structure): return members(of: .structure(structure.name))
        case .child, .simple: return []
        }
    }

    private func members(of type: TypeReference?) -> [Named] {
        guard case .structure(let name) = type, let structure = model.structure(name) else { return [] }
        return structure.members.map { ($0.name, .member($0, of: structure)) }
    }

    /// A step as the title spells it.
    private static func name(of subject: Subject) -> String {
        switch subject {
        case .object(let object): object.name
        case .property(let property, _): property.name
        case .child(let relation): Naming.childField(relation.child)
        case .reference(let relation): Naming.referenceField(to: relation.to)
        case .backReference(let relation): Naming.backReferenceField(from: relation.from)
        case .link(let link): link.name
        case .structure(let structure): structure.name
        case .member(let member, _): member.name
        case .simple(let simple): simple.name
        }
    }
}
