// Domain names (RFC 1035 §3.1), compared without regard to case (RFC 4343).

/// A name of at most 255 bytes on the wire and labels of at most 63, without the dot at its end. The root has no labels.
public struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, the least specific last.
    public let labels: [String]

    public static let root = DNSName(labels: [])

    private init(labels: [String]) { self.labels = labels }

    /// `www.example.net`, with or without a dot at the end. Nil for an empty label, a label or name that is too long, or anything but letters, digits,
    /// '-' and '_'.
    public init?(_ text: String) {
        let text = text.hasSuffix(".") ? text.dropLast() : text[...]
        let labels = text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map { $0.lowercased() }
        guard labels.allSatisfy(Self.isPlain) else { return nil }
        self.init(checked: labels)
    }

    private init?(checked labels: [String]) {
        guard labels.reduce(1, { $0 + $1.utf8.count + 1 }) <= 255 else { return nil }
        self.labels = labels
    }

    /// A label that host names may have.
    static func isPlain(_ label: String) -> Bool {
        1...63 ~= label.utf8.count
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Reads a name, following pointers (RFC 1035 §4.1.4) backwards only, so that reading ends.
    init(from reader: inout PacketReader, _ field: String) throws(PacketError) {
        var labels: [String] = []
        var count = 1
        var after: Int?
        var limit = reader.position
        while true {
            let start = reader.position
            let length = Int(try reader.integer(field, as: UInt8.self))
            switch length >> 6 {
            case 0:
                if length == 0 {
                    if let after { try reader.seek(toEnd: after, field) }
                    self.labels = labels
                    return
                }
                count += 1 + length
                guard count <= 255 else { throw reader.refused(field, "the name is longer than 255 bytes", at: start) }
                labels.append(Self.text(try reader.take(length, field)))
            case 3:
                let low: UInt8 = try reader.integer(field)
                let target = (length & 0x3F) << 8 | Int(low)
                guard target < limit else { throw reader.refused(field, "it points to byte \(target), which is not before it", at: start) }
                if after == nil { after = reader.position }
                limit = target
                try reader.seek(to: target, field)
            default: throw reader.refused(field, "a label begins with \(length), which is neither a length nor a pointer", at: start)
            }
        }
    }

    /// Labels are text here. Bytes that host names do not have are written as RFC 1035 §5.1 does, so that no two labels become one.
    private static func text(_ label: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in label {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): text.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            case UInt8(ascii: "."), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
            case 0x21...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return text
    }

    private static func bytes(ofLabel label: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(label.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let next = rest.first {
                if 0x30...0x39 ~= next, rest.count >= 3, let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self)) {
                    bytes.append(value)
                    rest = rest.dropFirst(3)
                } else {
                    bytes.append(next)
                    rest = rest.dropFirst()
                }
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// On the wire, without compression.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for label in labels {
            let part = Self.bytes(ofLabel: label)
            bytes.append(UInt8(part.count))
            bytes += part
        }
        bytes.append(0)
        return bytes
    }

    public var description: String { labels.isEmpty ? "." : labels.joined(separator: ".") }

    /// What is left of the name when a suffix is taken off; nil if it does not end so.
    func dropping(_ suffix: DNSName) -> [String]? {
        guard labels.count >= suffix.labels.count, labels.suffix(suffix.labels.count).elementsEqual(suffix.labels) else { return nil }
        return Array(labels.dropLast(suffix.labels.count))
    }
}

extension PacketReader {
    /// Goes on behind a pointer, which may be where the packet ends.
    mutating func seek(toEnd offset: Int, _ field: String) throws(PacketError) {
        if offset == position + left {
            _ = rest()
        } else {
            try seek(to: offset, field)
        }
    }
}
