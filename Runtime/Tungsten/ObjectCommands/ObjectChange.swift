// What has to change for an object to be what a file says. A file says what it names and no more: members that it does not name stay as they
// are, and so do members inside of values, which the server may have filled in. null removes.

import Coding
import Resources

/// One member of an object, as it is and as it shall be.
public struct MemberChange: Sendable, Equatable {
    public let key: String
    /// null: it is not there.
    public let before: JSONValue
    /// null: it shall go.
    public let after: JSONValue
}

extension ObjectDocument {
    /// What the file wants otherwise than it is; empty when nothing.
    public func changes(from current: JSONValue) -> [MemberChange] {
        members.compactMap { member in
            let before = current[member.key] ?? .null
            let isReference = type.references.contains { $0.key == member.key }
            let after = isReference ? Self.references(member.value, over: before) : member.value.merged(over: before)
            // The server keeps neither null nor empty lists of references.
            let isAbsent = isReference ? after.elements.isEmpty && before.elements.isEmpty : after == .null && before == .null
            if isAbsent || after == before { return nil }
            return MemberChange(key: member.key, before: before, after: after)
        }
    }

    /// The references that the file lists, each with what is known of it already; in the order of before, as their order means nothing.
    private static func references(_ wanted: JSONValue, over before: JSONValue) -> JSONValue {
        func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
            if let name = one["to"], let otherName = other["to"] { return name == otherName }
            return one["uuid"] != nil && one["uuid"] == other["uuid"]
        }
        var rest = wanted.elements
        var result: [JSONValue] = []
        for present in before.elements {
            guard let index = rest.firstIndex(where: { isSame($0, present) }) else { continue }
            let attribute = rest.remove(at: index)["attr"]?.merged(over: present["attr"] ?? .null) ?? present["attr"]
            var merged = present
            merged["attr"] = attribute
            result.append(merged)
        }
        return .array(result + rest)
    }
}

extension JSONValue {
    /// This value with what it does not say taken from another. Elements of lists are matched by what they say, not by their place.
    func merged(over before: JSONValue) -> JSONValue {
        switch (self, before) {
        case (.object(let members), .object):
            var result = before
            for member in members {
                if member.value == .null {
                    if result[member.key] != nil, result[member.key] != .null { result[member.key] = nil }
                } else {
                    result[member.key] = member.value.merged(over: before[member.key] ?? .null)
                }
            }
            return result
        case (.object(let members), _):
            return .object(members.filter { $0.value != .null }.map { .init(key: $0.key, value: $0.value.merged(over: .null)) })
        case (.array(let elements), _):
            var rest = before.elements
            return .array(
                elements.map { element in
                    guard let index = rest.firstIndex(where: { $0.contains(element) }) else { return element.merged(over: .null) }
                    return element.merged(over: rest.remove(at: index))
                })
        default: return self
        }
    }

    /// Whether this value has all that another says.
    func contains(_ wanted: JSONValue) -> Bool {
        switch (self, wanted) {
        case (.object, .object(let members)):
            members.allSatisfy { member in
                guard let own = self[member.key] else { return member.value == .null }
                return own.contains(member.value)
            }
        case (.array(let own), .array(let elements)):
            own.count == elements.count && zip(own, elements).allSatisfy { $0.contains($1) }
        default: self == wanted
        }
    }
}
