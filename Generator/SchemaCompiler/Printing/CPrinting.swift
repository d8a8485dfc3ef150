// What backends for C print alike: comments, the head of a file, string literals.

extension CodePrinter {
    /// A block comment; on one line if it fits. What would end the comment early is broken up.
    mutating func cComment(_ text: String, width: Int = 132) {
        let safe = Self.withoutCommentMarks(text)
        let paragraphs = Prose.paragraphs(safe)
        if paragraphs.count == 1, let only = paragraphs.first, only.utf8.count <= width - 12 {
            line("/* \(only) */")
        } else if !paragraphs.isEmpty {
            line("/*")
            prose(safe, prefix: " * ", width: width)
            line(" */")
        }
    }

    private static func withoutCommentMarks(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            // "*/" would end the comment, and compilers warn of "/*" inside one.
            if let last = bytes.last,
                last == UInt8(ascii: "*") && byte == UInt8(ascii: "/") || last == UInt8(ascii: "/") && byte == UInt8(ascii: "*")
            {
                bytes.append(UInt8(ascii: " "))
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

enum CLiteral {
    /// A string literal. Bytes outside ASCII are written in octal, which, unlike hexadecimal, ends after three digits.
    static func string(_ text: String) -> String {
        var result = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += "\\\""
            case UInt8(ascii: "\\"): result += "\\\\"
            case UInt8(ascii: "?"): result += "\\?"
            case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let octal = String(byte, radix: 8)
                result += "\\" + String(repeating: "0", count: 3 - octal.utf8.count) + octal
            }
        }
        return result + "\""
    }
}
