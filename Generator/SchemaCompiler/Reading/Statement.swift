// What an annotation says, whichever dialect it is written in.

/// The namespace of our annotations inside xs:appinfo.
let annotationNamespace = "urn:tungsten:annotations"
let xsdNamespace = "http://www.w3.org/2001/XMLSchema"

/// A statement about an element of the schema.
struct Statement {
    enum Body {
        case property(of: String, shape: Shape)
        case reference(from: String, to: String, kind: Link.Kind, derived: Bool)
    }
    enum Shape: Equatable {
        case single
        case list
        case map(key: String)
    }
    let element: String
    let body: Body
    let presence: Presence
    let operations: Operations
    /// Only the older dialect documents in the statement itself.
    let documentation: String
    /// Where the statement stands.
    let location: SourceLocation
    /// The element of our own dialect that makes the statement.
    let annotation: Element?

    var isReference: Bool { if case .reference = body { true } else { false } }

    /// Where a message about one attribute points.
    func location(of attribute: String) -> SourceLocation { annotation?.location(of: attribute) ?? location }
}

/// Reads the annotations of our own dialect: elements of our namespace in an element's xs:appinfo.
struct AnnotationReader {
    let diagnostics: Diagnostics

    /// Whether an element carries any annotation of ours, right or wrong.
    static func isAnnotated(_ element: Element) -> Bool { !annotations(of: element).isEmpty }

    func statements(about element: Element, named name: String, isObject: Bool) -> [Statement] {
        let annotations = Self.annotations(of: element)
        if isObject, let annotation = annotations.first {
            diagnostics.error(
                "misplaced-annotation", at: annotation.location, "\(name) is an object and carries no annotation",
                hint: "annotate the element of the property or reference")
            return []
        }
        let statements: [Statement] = annotations.compactMap { annotation in
            switch annotation.name {
            case "property": property(annotation, name, .single)
            case "list-property": property(annotation, name, .list)
            case "map-property":
                required("key", annotation).flatMap { property(annotation, name, .map(key: $0), allowing: ["key"]) }
            case "reference": reference(annotation, name)
            case "member":
                misplaced(annotation, "t:member belongs to a member of a complexType")
            default:
                misplaced(annotation, "there is no annotation t:\(annotation.name)")
            }
        }
        if let first = statements.first, let other = statements.first(where: { $0.isReference != first.isReference }) {
            diagnostics.error(
                "misplaced-annotation", at: other.location, "\(name) is both a property and a reference",
                hint: "declare an element for each")
            return []
        }
        return statements
    }

    private func misplaced(_ annotation: Element, _ message: String) -> Statement? {
        diagnostics.error(
            "unknown-annotation", at: annotation.location, message,
            hint: Spelling.suggestion(for: annotation.name, in: ["property", "list-property", "map-property", "reference"])
                ?? "elements carry t:property, t:list-property, t:map-property or t:reference")
        return nil
    }

    /// Presence and operations of a structure's member.
    func member(_ element: Element) -> (presence: Presence?, operations: Operations?) {
        var result: (Presence?, Operations?) = (nil, nil)
        for annotation in Self.annotations(of: element) {
            guard annotation.name == "member" else {
                diagnostics.error(
                    "unknown-annotation", at: annotation.location, "t:\(annotation.name) does not belong to a member",
                    hint: "members carry t:member")
                continue
            }
            check(annotation, allowing: [])
            if annotation["presence"] != nil { result.0 = presence(annotation) }
            if annotation["operations"] != nil { result.1 = operations(annotation) }
        }
        return result
    }

    private static func annotations(of element: Element) -> [Element] {
        var result: [Element] = []
        for annotation in element.children where annotation.name == "annotation" {
            for appinfo in annotation.children where appinfo.name == "appinfo" {
                for child in appinfo.children where child.namespace == annotationNamespace { result.append(child) }
            }
        }
        return result
    }

    private func property(_ annotation: Element, _ name: String, _ shape: Statement.Shape, allowing extra: [String] = []) -> Statement? {
        check(annotation, allowing: ["of"] + extra)
        guard let object = required("of", annotation) else { return nil }
        return Statement(
            element: name, body: .property(of: object, shape: shape), presence: presence(annotation), operations: operations(annotation),
            documentation: "", location: annotation.location, annotation: annotation)
    }

    private func reference(_ annotation: Element, _ name: String) -> Statement? {
        check(annotation, allowing: ["from", "to", "kind", "derived"])
        guard let from = required("from", annotation), let to = required("to", annotation), let kindText = required("kind", annotation)
        else {
            return nil
        }
        guard let kind = Link.Kind(rawValue: kindText) else {
            diagnostics.error(
                "bad-value", at: annotation.location(of: "kind"), "kind is \"\(kindText)\"",
                hint: "\"has\" joins parent and child, \"ref\" is a reference, \"link\" an edge of the graph only")
            return nil
        }
        var derived = false
        if let text = annotation["derived"] {
            switch text {
            case "true": derived = true
            case "false": break
            default:
                diagnostics.error(
                    "bad-value", at: annotation.location(of: "derived"), "derived is \"\(text)\"", hint: "write true or false")
            }
        }
        return Statement(
            element: name, body: .reference(from: from, to: to, kind: kind, derived: derived), presence: presence(annotation),
            operations: operations(annotation), documentation: "", location: annotation.location, annotation: annotation)
    }

    private func required(_ attribute: String, _ annotation: Element) -> String? {
        if let value = annotation[attribute], !value.isEmpty { return value }
        diagnostics.error(
            "missing-attribute", at: annotation.location, "t:\(annotation.name) without \(attribute)", hint: "add \(attribute)=\"…\"")
        return nil
    }

    private func check(_ annotation: Element, allowing allowed: [String]) {
        let known = allowed + ["presence", "operations"]
        for attribute in annotation.attributes where attribute.namespace.isEmpty && !known.contains(attribute.name) {
            diagnostics.error(
                "unknown-attribute", at: annotation.location(of: attribute.name), "t:\(annotation.name) has no attribute \(attribute.name)",
                hint: Spelling.suggestion(for: attribute.name, in: known) ?? "it may have \(known.joined(separator: ", "))")
        }
        if let place = annotation.children.first?.location ?? annotation.textLocation {
            diagnostics.error(
                "stray-text", at: place, "t:\(annotation.name) holds nothing but attributes",
                hint: "documentation goes into xs:documentation")
        }
    }

    private func presence(_ annotation: Element) -> Presence {
        guard let text = annotation["presence"] else { return .optional }
        let isMember = annotation.name == "member"
        if let presence = Presence(rawValue: text), presence != .exclusive || isMember { return presence }
        diagnostics.error(
            "bad-value", at: annotation.location(of: "presence"), "presence is \"\(text)\"",
            hint: "write required, optional, system-only\(isMember ? ", admin-only or exclusive" : " or admin-only")")
        return .optional
    }

    private func operations(_ annotation: Element) -> Operations {
        guard let text = annotation["operations"] else { return .all }
        if let operations = Operations(letters: text) { return operations }
        diagnostics.error(
            "bad-value", at: annotation.location(of: "operations"), "operations is \"\(text)\"",
            hint: "write letters of CRUD, such as \"CR\"")
        return .all
    }
}
