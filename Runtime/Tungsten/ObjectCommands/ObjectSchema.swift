// The schema as people spell it: types in singular, plural or short, members with - or _. Nothing here knows a type.

import Coding
import Resources

/// What there is: types with their members from the generated descriptors, what they mean from the generated dictionary.
public struct ObjectSchema: Sendable {
    public let catalogue: ResourceCatalogue
    public let dictionary: SchemaDictionary

    public init(_ catalogue: ResourceCatalogue, _ dictionary: SchemaDictionary) {
        self.catalogue = catalogue
        self.dictionary = dictionary
    }

    // MARK: Types

    /// The type that somebody means: `virtual-network`, `virtual_networks`, `network-policies`, `vn`.
    public func type(_ spelling: String) throws(CommandError) -> ResourceType {
        let wanted = Self.folded(spelling)
        if let type = catalogue.types.first(where: { Self.spellings($0).contains(wanted) }) { return type }
        let short = catalogue.types.filter { Self.shortNames($0).contains(wanted) }
        if short.count == 1 { return short[0] }
        guard short.isEmpty else {
            throw CommandError(
                .invalid, "'\(spelling)' is short for several types: \(short.map(\.name).joined(separator: ", ")); write one out")
        }
        let parts = catalogue.types.filter { type in wanted.count >= 3 && type.name.lowercased().contains(wanted) }.map(\.name)
        let near = NearestNames.nearest(to: wanted, in: catalogue.types.map(\.name))
        let hint = near.isEmpty ? parts.prefix(8) : near[...]
        throw CommandError(
            .invalid,
            "there is no type '\(spelling)'"
                + (hint.isEmpty ? "; `tungsten explain` lists all types" : "; did you mean \(hint.joined(separator: ", "))?"))
    }

    /// A short name that means one type only; nil when there is none.
    public func shortName(of type: ResourceType) -> String? {
        Self.shortNames(type).sorted { $0.count < $1.count }.first { name in
            catalogue.types.allSatisfy { $0.name == type.name || !Self.shortNames($0).contains(name) && !Self.spellings($0).contains(name) }
        }
    }

    private static func folded(_ text: String) -> String { String(text.lowercased().map { $0 == "_" ? "-" : $0 }) }

    private static func spellings(_ type: ResourceType) -> [String] {
        let name = type.name.lowercased()
        var plural = name + "s"
        if name.hasSuffix("y"), let before = name.dropLast().last, !"aeiou".contains(before) { plural = name.dropLast() + "ies" }
        if name.hasSuffix("s") || name.hasSuffix("x") || name.hasSuffix("ch") { plural = name + "es" }
        return [name, type.collection.lowercased(), plural]
    }

    /// The first letters of the words; also with the last word whole when it is as short as `ip`.
    private static func shortNames(_ type: ResourceType) -> Set<String> {
        let words = type.name.lowercased().split(separator: "-")
        guard words.count > 1, let last = words.last else { return [] }
        let initials = String(words.compactMap(\.first))
        return last.count <= 3 ? [initials, String(initials.dropLast()) + last] : [initials]
    }

    // MARK: Members

    /// What the schema says of the members of an object: its own properties, then those that every object has.
    public func properties(of type: ResourceType) -> [SchemaDictionary.Item] {
        (dictionary[type.name]?.properties ?? []) + dictionary.commonProperties
    }

    /// The JSON member that somebody means.
    ///
    /// - Parameter owner: what has these members, for the error.
    static func member(_ spelling: String, of known: [String], owner: String) throws(CommandError) -> String {
        let wanted = folded(spelling)
        if let exact = known.first(where: { $0 == spelling }) ?? known.first(where: { folded($0) == wanted }) { return exact }
        throw CommandError(
            .invalid, "\(owner) has no member '\(spelling)'; \(NearestNames.hint(for: spelling, known: known, noun: "member"))")
    }

    // MARK: Places

    /// How many names a fully qualified name of this type may have. A type that contains itself, at any depth, has no greatest length.
    func possibleLengths(of type: String, _ visited: Set<String> = []) -> Set<Int> {
        if type == "config-root" { return [0] }
        guard let type = catalogue[type], !visited.contains(type.name) else { return [] }
        if type.parents.isEmpty { return [1] }
        return type.parents.reduce(into: Set()) { lengths, parent in
            lengths.formUnion(possibleLengths(of: parent.type, visited.union([type.name])).map { $0 + 1 })
        }
    }

    /// Types that may contain an object with a name of this length.
    func possibleParents(of type: ResourceType, length: Int) -> [String] {
        if type.parents.isEmpty { return ["config-root"] }
        return type.parents.map(\.type).filter { possibleLengths(of: $0).contains(length - 1) }
    }
}
