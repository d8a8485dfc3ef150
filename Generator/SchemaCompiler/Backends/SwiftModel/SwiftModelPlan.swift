// The plan of the Swift model backend: the declarations of one file, already named. Printing it needs no further decision.

struct SwiftModelPlan {
    struct Enumeration {
        let name: String
        let cases: [(name: String, value: String, documentation: String)]
        let documentation: String
        let location: SourceLocation
    }
    /// A restriction without a type of its own: a namespace for its range, length or pattern.
    struct Restriction {
        let name: String
        let declaration: String
        let documentation: String
        let location: SourceLocation
    }
    struct Field {
        let name: String
        let json: String
        let xml: String
        let value: SwiftValue
        let isMany: Bool
        let form: Member.Form
        let documentation: String
        let location: SourceLocation?

        var typeName: String { isMany ? "[\(value.typeName)]" : value.typeName }
    }
    struct Structure {
        let name: String
        let fields: [Field]
        let documentation: String
        let location: SourceLocation
    }
    struct Object {
        let schemaName: String
        let name: String
        let fields: [Field]
        /// JSON members that carry related objects: children and back references.
        let related: [String]
        let documentation: String
        let location: SourceLocation
    }

    let source: String
    var enumerations: [Enumeration] = []
    var restrictions: [Restriction] = []
    var structures: [Structure] = []
    var objects: [Object] = []
    /// Set in the plan of the file that declares them: properties that every object has.
    /// What every object has; nil but in the one file that declares it.
    var common: [Field]?
}

/// Names everything that one schema file contributes to the Swift model.
struct SwiftModelPlanner {
    let model: Model

    func plan(_ file: ModelFile) -> SwiftModelPlan {
        var plan = SwiftModelPlan(source: file.file.path.split(separator: "/").last.map(String.init) ?? file.name)
        for simple in file.simpleTypes.compactMap(model.simpleType) { add(simple, to: &plan) }
        for structure in file.structures.compactMap(model.structure) {
            plan.structures.append(
                .init(
                    name: Naming.swiftType(structure.name), fields: structure.members.map(field), documentation: structure.documentation,
                    location: structure.location))
        }
        plan.objects = file.objects.compactMap(model.object).map(object)
        let home = model.commonProperties.first?.location.file ?? model.objects.first?.location.file
        if home === file.file { plan.common = model.commonProperties.map(field) }
        return plan
    }

    private func add(_ simple: SimpleType, to plan: inout SwiftModelPlan) {
        let name = Naming.swiftType(simple.name)
        func restrict(_ declaration: String) {
            plan.restrictions.append(
                .init(name: name, declaration: declaration, documentation: simple.documentation, location: simple.location))
        }
        switch SwiftValue(simple) {
        case .coded where simple.isEnumeration && !simple.base.isNumeric:
            plan.enumerations.append(
                .init(
                    name: name, cases: simple.enumeration.map { (Naming.swiftCase($0.value), $0.value, $0.documentation) },
                    documentation: simple.documentation, location: simple.location))
        case .coded: break
        case .bounded: restrict("public static var range: ClosedRange<Int> { \(simple.swiftRange) }")
        case .sized: restrict("public static var length: ClosedRange<Int> { \(simple.swiftLength) }")
        case .patterned, .united:
            let meaning = Self.meaning(of: simple).map { ", meaning: \(SwiftLiteral.string($0))" } ?? ""
            restrict("public static let pattern = Pattern(\(SwiftLiteral.string(simple.combinedPattern))\(meaning))")
        }
    }

    /// The first sentence of the type's documentation, as it can stand behind "expected:".
    private static func meaning(of simple: SimpleType) -> String? {
        var sentence = Prose.summary(simple.documentation)
        if sentence.hasSuffix(".") { sentence.removeLast() }
        guard let first = sentence.first else { return nil }
        // "An address" becomes "an address"; "MAC address" stays as it is.
        let startsWord = sentence.dropFirst().first.map { $0.isLowercase || $0 == " " } ?? false
        return startsWord ? first.lowercased() + sentence.dropFirst() : sentence
    }

    private func field(_ member: Member) -> SwiftModelPlan.Field {
        .init(
            name: Naming.swiftMember(member.name), json: Naming.jsonKey(member.name), xml: member.name,
            value: SwiftValue(member.type, in: model),
            isMany: member.isMany, form: member.form, documentation: member.documentation, location: member.location)
    }

    private func field(_ property: Property) -> SwiftModelPlan.Field {
        .init(
            name: Naming.swiftMember(property.name), json: Naming.jsonKey(property.name), xml: property.name,
            value: SwiftValue(property.type, in: model), isMany: false, form: .element, documentation: property.documentation,
            location: property.location)
    }

    private func object(_ object: ObjectType) -> SwiftModelPlan.Object {
        let references = object.references.map { reference in
            let key = Naming.referenceField(to: reference.to)
            return SwiftModelPlan.Field(
                name: Naming.swiftMember(key), json: key, xml: reference.link,
                value: .coded("Reference<\(reference.data.map(Naming.swiftType) ?? "NoData")>"), isMany: true, form: .element,
                documentation: reference.documentation, location: reference.location)
        }
        return .init(
            schemaName: object.name, name: Naming.swiftType(object.name), fields: object.properties.map(field) + references,
            related: object.children.map { Naming.childField($0.child) }
                + object.backReferences.map { Naming.backReferenceField(from: $0.from) },
            documentation: object.documentation, location: object.location)
    }
}
