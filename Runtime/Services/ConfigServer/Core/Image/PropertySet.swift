// The properties of an object as the members of one JSON object, in text. Most reads send all of them and most writes replace a few, so
// keeping the text beats keeping a tree: it is small, it is copied in one piece, and no read encodes anything.
//
// The text was written by this program from checked values, and is scanned accordingly (JSONScan).

/// Properties by JSON member, in one text: `{"id_perms":{…},"display_name":"blue"}`.
struct PropertySet: Sendable {
    /// Valid JSON when it came from `init(_:)` or the store.
    let text: [UInt8]

    static let empty = PropertySet(text: Array("{}".utf8))

    init(text: [UInt8]) { self.text = text }

    /// From members whose values are JSON.
    init(_ members: [(key: String, value: [UInt8])]) {
        var text: [UInt8] = []
        text.reserveCapacity(members.reduce(2) { $0 + $1.key.utf8.count + $1.value.count + 4 })
        text.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            text.append(contentsOf: member.key.utf8)
            text.append(UInt8(ascii: "\""))
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: member.value)
        }
        text.append(UInt8(ascii: "}"))
        self.text = text
    }

    /// The members without the braces, to be copied into a reply after other members; empty when there are none.
    var members: ArraySlice<UInt8> { text.count > 2 ? text[1..<(text.count - 1)] : [] }

    /// The JSON text of one property; nil when the object does not have it.
    subscript(key: String) -> ArraySlice<UInt8>? {
        var found: Range<Int>?
        forEach { name, value in
            guard text[name].elementsEqual(key.utf8) else { return true }
            found = value
            return false
        }
        return found.map { text[$0] }
    }

    /// All properties: the names as the catalogue spells them, the values as JSON text.
    var all: [(key: String, value: [UInt8])] {
        var members: [(key: String, value: [UInt8])] = []
        forEach { name, value in
            members.append((String(decoding: text[name], as: UTF8.self), Array(text[value])))
            return true
        }
        return members
    }

    /// Calls `body` with where each name (without quotes) and value is, until it returns false.
    func forEach(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) {
        text.withUnsafeBufferPointer { text in
            var position = 1
            while position < text.count, text[position] == UInt8(ascii: "\"") {
                let nameEnd = JSONScan.endOfString(text, from: position)
                let value = nameEnd + 1
                guard value < text.count else { return }
                let end = JSONScan.endOfValue(text, from: value)
                guard body((position + 1)..<max(position + 1, nameEnd - 1), value..<end) else { return }
                position = end + 1
            }
        }
    }
}
