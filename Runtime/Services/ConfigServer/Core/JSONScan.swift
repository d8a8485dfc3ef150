// Where the parts of JSON text end, without checking it: quotes, escapes and nesting are followed, and nothing else is looked at. Whatever
// the bytes are, scanning stays inside them and ends.

import Glibc

enum JSONScan {
    /// Where the value of a member is in the object that begins at `start`; nil when the object does not have it.
    static func member(_ name: StaticString, _ text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
        var position = start + 1
        while position < text.count, text[position] == UInt8(ascii: "\"") {
            let value = endOfString(text, from: position) + 1
            guard value < text.count else { return nil }
            let end = endOfValue(text, from: value)
            // Between the quotes.
            let length = value - position - 3
            if length == name.utf8CodeUnitCount, let base = text.baseAddress,
                memcmp(base + position + 1, name.utf8Start, length) == 0
            {
                return value..<end
            }
            position = end + 1
        }
        return nil
    }

    /// The offset after the closing quote of the string that starts at `start`.
    static func endOfString(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start + 1
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return text.count
    }

    /// The offset of the comma or brace that ends the member whose value starts at `start`.
    static func endOfValue(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position = endOfString(text, from: position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                return position
            default:
                break
            }
            position += 1
        }
        return text.count
    }
}
