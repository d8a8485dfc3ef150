// Base64 (RFC 4648 §4), in which etcd's JSON gateway carries keys and values. Written here because Foundation's costs every program that
// links it, and this is all that is needed of it.

public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// The value of each character; 255 for those that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            let word =
                UInt32(bytes[index]) << 16 | (rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0) | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
            text.append(alphabet[Int(word >> 18)])
            text.append(alphabet[Int(word >> 12 & 63)])
            text.append(rest > 1 ? alphabet[Int(word >> 6 & 63)] : padding)
            text.append(rest > 2 ? alphabet[Int(word & 63)] : padding)
            index += 3
        }
        return text
    }

    /// nil when the text is not base64.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var (word, bits, padded, count) = (UInt32(0), 0, 0, 0)
        for character in text {
            count += 1
            if character == padding {
                padded += 1
                continue
            }
            let value = values[Int(character)]
            guard value != 255, padded == 0 else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        guard count % 4 == 0, padded <= 2 else { return nil }
        return bytes
    }
}
