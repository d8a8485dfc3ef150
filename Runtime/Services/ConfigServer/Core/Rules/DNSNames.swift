// Names of the domain name system (RFC 1035 §2.3.1, as relaxed by RFC 1123 §2.1: a label may begin with a digit).

import NetworkTypes

enum DNSNames {
    /// Whether a name, with or without the dot at its end, can be asked for.
    static func isName(_ text: String) -> Bool {
        guard 1...255 ~= text.utf8.count else { return false }
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            1...63 ~= label.utf8.count && label.utf8.allSatisfy(isLetterDigitOrHyphen) && label.first != "-" && label.last != "-"
        }
    }

    static func isLetterDigitOrHyphen(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The number of bits of an address: 32 or 128. nil when the text is none.
    static func addressBits(_ text: String) -> Int? {
        do { return try IPAddress(parsing: text).bitCount } catch { return nil }
    }

    /// How long an answer may be kept, in seconds (RFC 2181 §8).
    static let lifetimes = 0...0x7FFF_FFFF
}
