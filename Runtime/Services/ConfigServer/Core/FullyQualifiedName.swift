// Fully qualified names: in requests an array of strings, in memory that array as JSON text, in queries and messages its elements joined
// with colons.

import Coding

enum FullyQualifiedName {
    /// The one spelling that names are stored and compared in.
    static func json(_ elements: [String]) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 64)
        writer.array(elements)
        return writer.finish()
    }

    /// The elements of a name that `json` wrote.
    static func elements(_ name: [UInt8]) -> [String] {
        // A damaged row may hold anything; its name is then shown as it is.
        do {
            return try JSONReader.read(name) { reader throws(CodingError) in try reader.array(String.self) }
        } catch {
            return [String(decoding: name, as: UTF8.self)]
        }
    }

    static func joined(_ name: [UInt8]) -> String { elements(name).joined(separator: ":") }

    /// Elements from the form joined with colons. Route targets are the one type whose names hold colons; theirs have one element.
    static func split(_ joined: String, of type: TypeEntry) -> [String] {
        type.allowsColons ? [joined] : joined.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }

    /// The last element as a JSON string.
    static func lastElement(_ name: [UInt8]) -> ArraySlice<UInt8> {
        var start = 0
        var end = 0
        var position = 0
        while position < name.count {
            if name[position] == UInt8(ascii: "\"") {
                start = position
                position += 1
                while position < name.count, name[position] != UInt8(ascii: "\"") {
                    position += name[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                end = min(position + 1, name.count)
            }
            position += 1
        }
        return name[start..<max(start, end)]
    }
}

extension TypeEntry {
    /// `target:64512:8000000` is one name.
    var allowsColons: Bool { name == "route-target" }
}

extension Identity {
    var elements: [String] { FullyQualifiedName.elements(name) }
    var joinedName: String { FullyQualifiedName.joined(name) }
    var shortName: String { elements.last ?? "" }
}
