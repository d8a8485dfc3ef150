// Examples of objects and values, made from the types: what somebody would send to create a first object of a kind. An example is short,
// so it holds what is required and the first few things that are not, and it is valid: whatever bounds or patterns a type has, it keeps.

/// What somebody would send to create a first object of a kind.
struct ExampleObject {
    let object: ObjectType
    /// Nil of a type that has one object only: it exists, and the example changes it.
    let name: [String]?
    let properties: [(property: Property, value: ExampleValue)]
    let references: [(reference: ReferenceRelation, target: [String], data: ExampleValue?)]

    /// The body of the request, inside its envelope.
    var body: ExampleValue {
        var members: [(String, ExampleValue)] = []
        if let name {
            members.append(("fq_name", .array(name.map { .string($0) })))
            if let parent = object.parents.first { members.append(("parent_type", .string(parent.parent))) }
        }
        for (property, value) in properties { members.append((Naming.jsonKey(property.name), value)) }
        for (reference, target, data) in references {
            let entry: [(String, ExampleValue)] = [("to", .array(target.map { .string($0) }))] + (data.map { [("attr", $0)] } ?? [])
            members.append((Naming.referenceField(to: reference.to), .array([.object(entry)])))
        }
        return .object(members)
    }
}

/// Makes examples for documentation.
struct ExampleBuilder {
    let model: Model
    /// An example is for reading. Beyond what is required, this many properties are enough, and none that takes more than a glance.
    private static let propertyCount = 2
    private static let propertyLeafCount = 3
    /// A structure needs this many values before it says something.
    private static let structureLeafCount = 3

    // MARK: Objects

    func object(_ object: ObjectType) -> ExampleObject {
        let properties = properties(of: object)
        let references = chosenReferences(of: object, besides: properties.count).map { reference in
            (reference, targetName(of: reference), reference.data.flatMap(model.structure).flatMap { structure($0, below: []) })
        }
        let name = (object.parents.first.map { existingName(of: $0.parent) } ?? []) + [ExampleWords.newObject(object.name)]
        return ExampleObject(
            object: object, name: ExampleWords.isSingleton(object.name) ? nil : name, properties: properties, references: references)
    }

    /// From the root to an object that exists, by way of the first parent of each: `["default-domain", "default-project"]`. What lies below
    /// the root does not name it.
    func existingName(of type: String) -> [String] {
        var names: [String] = []
        var next: String? = type
        var visited: Set<String> = []
        while let current = next, current != "config-root", visited.insert(current).inserted {
            names.append(ExampleWords.existingObject(current))
            next = model.object(current)?.parents.first?.parent
        }
        return names.reversed()
    }

    /// Required properties, then short optional ones that users set, those that carry the object's name first.
    private func properties(of object: ObjectType) -> [(property: Property, value: ExampleValue)] {
        var chosen: [(property: Property, value: ExampleValue)] = []
        let writable = object.properties.filter { $0.presence != .systemOnly && $0.operations.contains(.create) }
        for property in writable where property.presence == .required {
            if let value = value(of: property) { chosen.append((property, value)) }
        }
        for carriesName in [true, false] {
            for property in writable where property.presence != .required && property.name.hasPrefix(object.name) == carriesName {
                if chosen.count >= Self.propertyCount { return chosen }
                guard saysSomething(property.type, named: property.name, property.defaultValue) else { continue }
                if let value = value(of: property), value.leafCount <= Self.propertyLeafCount { chosen.append((property, value)) }
            }
        }
        return chosen
    }

    /// Required references. If an object that has little else requires none, the first that carries data, or else the first.
    private func chosenReferences(of object: ObjectType, besides propertyCount: Int) -> [ReferenceRelation] {
        let writable = object.references.filter {
            $0.presence != .systemOnly && $0.operations.contains(.create) && !$0.link.hasSuffix("-tag")
        }
        let required = writable.filter { $0.presence == .required }
        if !required.isEmpty || propertyCount > Self.propertyCount { return required }
        return (writable.first { $0.data != nil } ?? writable.first).map { [$0] } ?? []
    }

    /// The name of an object that is referred to. An object does not refer to itself.
    private func targetName(of reference: ReferenceRelation) -> [String] {
        var name = existingName(of: reference.to)
        if reference.to == reference.from, let last = name.popLast() {
            name.append(last.hasSuffix("-1") ? last.dropLast() + "2" : last + "-2")
        }
        return name
    }

    // MARK: Values

    private func value(of property: Property) -> ExampleValue? {
        value(property.type, named: property.name, defaultValue: property.defaultValue, below: [])
    }

    private func value(_ member: Member, below path: [String]) -> ExampleValue? {
        guard let one = value(member.type, named: member.name, defaultValue: member.defaultValue, below: path) else { return nil }
        return member.isMany ? .array([one]) : one
    }

    /// Nil where an example would have no end or say nothing.
    private func value(_ type: TypeReference, named noun: String, defaultValue: String?, below path: [String]) -> ExampleValue? {
        switch type {
        case .structure(let name):
            guard let structure = model.structure(name) else { return nil }
            return self.structure(structure, below: path)
        case .scalar(let scalar): return scalarValue(scalar, noun, defaultValue)
        case .simple(let name):
            guard let simple = model.simpleType(name) else { return nil }
            return value(of: simple, noun, defaultValue)
        }
    }

    /// Required members and the first optional ones that say something; of alternatives the first.
    private func structure(_ structure: StructuredType, below path: [String]) -> ExampleValue? {
        if path.contains(structure.name) { return nil }
        let candidates = alternatives(in: structure)
        let telling = candidates.filter {
            isRequired($0) || $0.presence == .exclusive || saysSomething($0.type, named: $0.name, $0.defaultValue)
        }
        return assembled(telling, below: path + [structure.name]) ?? assembled(candidates, below: path + [structure.name])
    }

    /// The members that one value can have together.
    private func alternatives(in structure: StructuredType) -> [Member] {
        var choices: Set<Int> = []
        var hasExclusive = false
        return structure.members.filter { member in
            if member.presence == .systemOnly { return false }
            if let choice = member.choice { return choices.insert(choice).inserted }
            guard member.presence == .exclusive else { return true }
            defer { hasExclusive = true }
            return !hasExclusive
        }
    }

    private func isRequired(_ member: Member) -> Bool { member.cardinality == .required || member.presence == .required }

    private func assembled(_ candidates: [Member], below path: [String]) -> ExampleValue? {
        var members: [(String, ExampleValue)] = []
        var leafCount = 0
        for member in candidates {
            if !isRequired(member), member.presence != .exclusive {
                // A few plain values, or one that has parts of its own.
                if case .structure = member.type, leafCount > 0 { continue }
                if leafCount >= Self.structureLeafCount { continue }
            }
            guard let value = value(member, below: path) else { continue }
            members.append((Naming.jsonKey(member.name), value))
            leafCount += value.leafCount
        }
        return members.isEmpty ? nil : .object(members)
    }

    /// Whether an example value would mean something to a reader: not a default that nobody writes, nor a text made of the member's name.
    private func saysSomething(_ type: TypeReference, named noun: String, _ defaultValue: String?) -> Bool {
        switch type {
        case .structure: return true
        case .scalar(let scalar):
            if defaultValue != nil { return false }
            if scalar.isNumeric { return ExampleWords.number(for: noun) != nil }
            return scalar != .string || ExampleWords.text(for: noun) != nil
        case .simple(let name):
            guard let simple = model.simpleType(name), !simple.isEnumeration else { return true }
            if defaultValue != nil { return false }
            if simple.base.isNumeric { return ExampleWords.number(for: noun, type: name) != nil }
            return !simple.patterns.isEmpty || ExampleWords.text(for: noun, type: name) != nil
        }
    }

    private func scalarValue(_ scalar: Scalar, _ noun: String, _ defaultValue: String?) -> ExampleValue {
        switch scalar {
        case .boolean: .boolean(defaultValue.map { $0 == "true" } ?? true)
        case .integer, .unsignedInt, .unsignedShort, .unsignedLong:
            .integer(defaultValue.flatMap { Int($0) } ?? min(ExampleWords.number(for: noun) ?? 1, scalar.bounds.upperBound))
        case .dateTime: .string("2025-01-31T12:00:00")
        case .time: .string("12:00:00")
        case .string: .string(defaultValue ?? ExampleWords.text(for: noun) ?? ExampleWords.plainText(for: noun))
        }
    }

    private func value(of simple: SimpleType, _ noun: String, _ defaultValue: String?) -> ExampleValue {
        if simple.base.isNumeric, simple.unionScalars.isEmpty {
            if let number = defaultValue.flatMap({ Int($0) }) ?? simple.enumeration.first.flatMap({ Int($0.value) }) {
                return .integer(number)
            }
            let low = simple.minimum ?? simple.base.bounds.lowerBound
            let guess = ExampleWords.number(for: noun, type: simple.name) ?? 1
            return .integer(max(low, min(guess, simple.maximum ?? simple.base.bounds.upperBound)))
        }
        let guess = ExampleWords.text(for: noun, type: simple.name)
        if simple.isEnumeration {
            if let guess, simple.enumeration.contains(where: { $0.value == guess }) { return .string(guess) }
            if let value = defaultValue ?? simple.enumeration.first(where: { !$0.value.isEmpty })?.value { return .string(value) }
        }
        if let defaultValue, simple.base != .boolean { return .string(defaultValue) }
        if !simple.patterns.isEmpty { return .string(text(matching: simple.patterns, guess)) }
        guard simple.base == .string else { return scalarValue(simple.base, noun, defaultValue) }
        var text = guess ?? ExampleWords.plainText(for: noun)
        if let maximum = simple.maximumLength { text = String(text.unicodeScalars.prefix(maximum)) }
        let missing = (simple.minimumLength ?? 0) - text.unicodeScalars.count
        if missing > 0 { text += String(repeating: "x", count: min(missing, 1 << 12)) }
        return .string(text)
    }

    /// What the name suggests if a pattern allows it, or something usual, or else the shortest text that the first pattern allows. The
    /// empty text passes every pattern.
    private func text(matching patterns: [String], _ guess: String?) -> String {
        let examples = patterns.compactMap { PatternExample($0) }
        let candidates = [guess, ExampleWords.text(for: "address"), ExampleWords.text(for: "uuid"), ExampleWords.text(for: "mac")]
            .compactMap { $0 }
        for candidate in candidates where examples.contains(where: { $0.matches(candidate) }) { return candidate }
        return examples.first?.shortest ?? ""
    }
}
