// Where the parts of JSON text end, without checking it: quotes, escapes and nesting are followed, and nothing else is looked at. Whatever
// the bytes are, scanning stays inside them and ends.

enum JSONScan {
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
