// What `schemac list` prints: the nouns of a schema, a line each, for people and for programs.

/// A table of nouns.
public struct Listing {
    public enum Kind: String, CaseIterable, Sendable {
        case objects
        case types
        case properties
        case references
        /// Every link with each pair of objects that it joins, also those that the API does not show.
        case links
    }

    /// The columns, by the names that JSON shows.
    let columns: [String]
    let rows: [[String]]

    public init(_ kind: Kind, of model: Model) {
        switch kind {
        case .objects:
            columns = ["object", "parents", "schema"]
            rows = model.objects.map { object in
                [object.name, object.parents.map(\.parent).joined(separator: ","), object.location.reference]
            }
        case .types:
            columns = ["type", "kind", "schema"]
            rows =
                model.structures.map { [$0.name, "structure", $0.location.reference] }
                + model.simpleTypes.map { [$0.name, $0.isEnumeration ? "enumeration" : $0.base.rawValue, $0.location.reference] }
        case .properties:
            columns = ["object", "property", "type", "stored", "presence", "operations", "schema"]
            let row = { (object: String, property: Property) in
                [
                    object, property.name, Self.name(of: property.type), Self.word(for: property.collection), property.presence.rawValue,
                    property.operations.letters, property.location.reference,
                ]
            }
            rows =
                model.commonProperties.map { row("all", $0) }
                + model.objects.flatMap { object in object.properties.map { row(object.name, $0) } }
        case .references:
            columns = ["from", "to", "data", "link", "schema"]
            rows = model.objects.flatMap { object in
                object.references.map { [$0.from, $0.to, $0.data ?? "", $0.link, $0.location.reference] }
            }
        case .links:
            columns = ["link", "kind", "from", "to", "data", "derived", "schema"]
            rows = model.links.flatMap { link in
                link.ends.map {
                    [link.name, $0.kind.rawValue, $0.from, $0.to, link.data ?? "", $0.derived ? "derived" : "", link.location.reference]
                }
            }
        }
    }

    /// Whether a property is stored as one value or element by element.
    private static func word(for collection: Property.Collection) -> String {
        switch collection {
        case .single: "whole"
        case .list: "list"
        case .map: "map"
        }
    }

    private static func name(of type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): scalar.rawValue
        case .simple(let name), .structure(let name): name
        }
    }

    /// Columns two blanks apart; an empty cell is a hyphen, so that `awk` finds every column at its place.
    public func text() -> String {
        let cells = rows.map { row in row.map { $0.isEmpty ? "-" : $0 } }
        let widths = columns.indices.map { column in cells.map { $0[column].utf8.count }.max() ?? 0 }
        return cells.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] + 2 - cell.utf8.count)
            }.joined() + "\n"
        }.joined()
    }

    /// An array of objects, one a line.
    public func json() -> String {
        JSONText.array(rows.map { row in zip(columns, row).map { ($0, JSONText.string($1)) } })
    }
}

/// The little JSON that commands print.
enum JSONText {
    /// An array of objects of members in the order given, one object a line.
    static func array(_ objects: [[(key: String, value: String)]]) -> String {
        guard !objects.isEmpty else { return "[]\n" }
        let lines = objects.map { members in "  {" + members.map { "\(string($0.key)): \($0.value)" }.joined(separator: ", ") + "}" }
        return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }

    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
