// Objects of two versions of a schema, side by side: which exist, where they live, what they hold, what they refer to.

/// Walks over two models and notes what differs.
struct Comparer {
    let old: Model
    let new: Model
    private(set) var changes: [SchemaChange] = []
    /// Pairs of structures of different names that have been compared, or are being: a property that changed its type leads to them.
    var compared: Set<[String]> = []

    init(old: Model, new: Model) {
        self.old = old
        self.new = new
    }

    mutating func note(_ impact: SchemaChange.Impact, _ path: String, _ message: String, _ location: SourceLocation) {
        changes.append(SchemaChange(impact: impact, path: path, message: message, location: location))
    }

    mutating func compare() {
        compareProperties(old.commonProperties, new.commonProperties, of: "every object")
        for object in old.objects {
            if let successor = new.object(object.name) {
                compare(object, successor)
            } else {
                note(.breaksStoredData, object.name, "object removed: those stored can no longer be read", object.location)
            }
        }
        for object in new.objects where old.object(object.name) == nil {
            note(.compatible, object.name, "object added", object.location)
        }
        compareTypes()
    }

    private mutating func compare(_ old: ObjectType, _ new: ObjectType) {
        compareParents(old, new)
        compareProperties(old.properties, new.properties, of: old.name)
        compareReferences(old, new)
    }

    // MARK: Parents

    private mutating func compareParents(_ old: ObjectType, _ new: ObjectType) {
        if old.parents.isEmpty, let first = new.parents.first {
            note(.breaksStoredData, old.name, "no longer lives below the root: stored ones have no parent", first.location)
        } else if !old.parents.isEmpty, new.parents.isEmpty {
            note(.breaksStoredData, old.name, "now lives below the root: stored ones have a parent", new.location)
        }
        for parent in old.parents where !new.parents.isEmpty {
            guard let successor = new.parents.first(where: { $0.parent == parent.parent }) else {
                note(
                    .breaksStoredData, old.name, "no longer a child of \(parent.parent): stored ones below it have no place",
                    parent.location)
                continue
            }
            if parent.derived != successor.derived {
                let message =
                    successor.derived
                    ? "no longer keeps its parent \(parent.parent) from being deleted"
                    : "now keeps its parent \(parent.parent) from being deleted"
                note(.breaksClients, old.name, message, successor.location)
            }
            compareLink(parent.link, successor.link, at: old.name, successor.location)
        }
        guard !old.parents.isEmpty else { return }
        for parent in new.parents where !old.parents.contains(where: { $0.parent == parent.parent }) {
            if old.parents.count == 1 {
                note(
                    .breaksClients, old.name,
                    "can also be a child of \(parent.parent): with one possible parent clients could leave out parent_type", parent.location
                )
            } else {
                note(.compatible, old.name, "can also be a child of \(parent.parent)", parent.location)
            }
        }
    }

    private mutating func compareLink(_ old: String, _ new: String, at path: String, _ location: SourceLocation) {
        guard old != new else { return }
        note(.breaksClients, path, "the link \(old) is now called \(new), which agents and control nodes see", location)
    }

    // MARK: Properties

    private mutating func compareProperties(_ old: [Property], _ new: [Property], of owner: String) {
        var successors = Dictionary(new.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for property in old {
            let path = "\(owner).\(property.name)"
            if let successor = successors.removeValue(forKey: property.name) {
                compare(property, successor, path)
            } else {
                note(.breaksStoredData, path, "property removed: stored objects hold it", property.location)
            }
        }
        for property in new where successors[property.name] != nil {
            let isRequired = property.presence == .required
            note(
                isRequired ? .breaksClients : .compatible, "\(owner).\(property.name)",
                isRequired ? "required property added: clients do not send it" : "property added", property.location)
        }
    }

    private mutating func compare(_ old: Property, _ new: Property, _ path: String) {
        compare(old.type, new.type, path, new.location)
        compareDefaults(old.defaultValue, new.defaultValue, path, new.location)
        comparePresence(old.presence, new.presence, path, new.location)
        compareOperations(old.operations, new.operations, path, new.location)
        switch (old.collection, new.collection) {
        case (.single, .single), (.list, .list): break
        case (.map(_, let before), .map(_, let after)):
            if before != after {
                note(
                    .breaksStoredData, path, "elements are found by \(after) instead of \(before): stored ones lie under the other key",
                    new.location)
            }
        default:
            note(
                .breaksStoredData, path, "stored \(Self.words(new.collection)) instead of \(Self.words(old.collection))", new.location)
        }
    }

    private static func words(_ collection: Property.Collection) -> String {
        switch collection {
        case .single: "as one value"
        case .list: "element by element"
        case .map: "element by element under a key"
        }
    }

    // MARK: References

    private mutating func compareReferences(_ old: ObjectType, _ new: ObjectType) {
        var successors = Dictionary(new.references.map { ($0.to, $0) }, uniquingKeysWith: { first, _ in first })
        for reference in old.references {
            let path = "\(old.name).\(Naming.referenceField(to: reference.to))"
            if let successor = successors.removeValue(forKey: reference.to) {
                compare(reference, successor, path)
            } else {
                note(.breaksStoredData, path, "reference removed: stored objects hold it", reference.location)
            }
        }
        for reference in new.references where successors[reference.to] != nil {
            let isRequired = reference.presence == .required
            note(
                isRequired ? .breaksClients : .compatible, "\(old.name).\(Naming.referenceField(to: reference.to))",
                isRequired ? "required reference added: clients do not send it" : "reference added", reference.location)
        }
    }

    private mutating func compare(_ old: ReferenceRelation, _ new: ReferenceRelation, _ path: String) {
        switch (old.data, new.data) {
        case (nil, nil): break
        case (nil, let data?): note(.compatible, path, "can carry \(data)", new.location)
        case (let data?, nil): note(.breaksStoredData, path, "no longer carries \(data): stored references hold it", new.location)
        case (let before?, let after?): compare(.structure(before), .structure(after), path, new.location)
        }
        if old.derived != new.derived {
            let message = new.derived ? "no longer keeps its target from being deleted" : "now keeps its target from being deleted"
            note(.breaksClients, path, message, new.location)
        }
        comparePresence(old.presence, new.presence, path, new.location)
        compareOperations(old.operations, new.operations, path, new.location)
        compareLink(old.link, new.link, at: path, new.location)
    }

    // MARK: What properties, members and references share

    mutating func compareDefaults(_ old: String?, _ new: String?, _ path: String, _ location: SourceLocation) {
        switch (old, new) {
        case (nil, nil): break
        case (nil, let value?): note(.compatible, path, "has a default, \"\(value)\"", location)
        case (let value?, nil):
            note(.breaksClients, path, "no longer has the default \"\(value)\" that clients rely on when they leave it out", location)
        case (let before?, let after?):
            if before != after {
                note(
                    .breaksClients, path, "the default is \"\(after)\" instead of \"\(before)\": leaving it out means something else",
                    location)
            }
        }
    }

    mutating func comparePresence(_ old: Presence, _ new: Presence, _ path: String, _ location: SourceLocation) {
        guard old != new else { return }
        // From "users must" over "users may" to "users may not".
        let isRelaxed = new == .optional || (old == .systemOnly && new == .adminOnly)
        note(
            isRelaxed ? .compatible : .breaksClients, path,
            "\(new.rawValue) instead of \(old.rawValue)" + (isRelaxed ? "" : ": what clients send may be refused"), location)
    }

    mutating func compareOperations(_ old: Operations, _ new: Operations, _ path: String, _ location: SourceLocation) {
        let lost = old.subtracting(new)
        let gained = new.subtracting(old)
        if !lost.isEmpty { note(.breaksClients, path, "users can no longer \(Explainer.words(lost)) it", location) }
        if !gained.isEmpty { note(.compatible, path, "users can now \(Explainer.words(gained)) it", location) }
    }
}
