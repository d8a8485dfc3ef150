// Pieces of a document made fit for an error text: short, and without characters that would disturb a terminal or a log.

enum Excerpt {
    static let maximumCharacters = 48

    /// `"abc"`, cut after 48 characters, control characters as `\u{1B}`.
    static func quoted(_ text: String) -> String { "\"" + plain(text) + "\"" }

    /// As `quoted`, without the quotes.
    static func plain(_ text: some StringProtocol, limit: Int = maximumCharacters) -> String {
        var result = ""
        var length = 0
        for scalar in text.unicodeScalars {
            if length == limit { return result + "…" }
            length += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Bytes that may not be text.
    static func plain(_ bytes: UnsafeRawBufferPointer) -> String {
        // A character has at most four bytes: no more than these can be shown.
        plain(String(decoding: UnsafeRawBufferPointer(rebasing: bytes.prefix(4 * (maximumCharacters + 1))), as: UTF8.self))
    }

    /// What stands at a byte, for "found …": the character in quotes, or its number.
    static func character(at offset: Int, in document: UnsafeRawBufferPointer) -> String {
        guard offset < document.count else { return "the end of the document" }
        guard let (value, _) = UTF8Sequence.decode(document, at: offset), let scalar = Unicode.Scalar(value) else {
            return "the byte 0x" + String(document[offset], radix: 16, uppercase: true)
        }
        return "'" + plain(String(Character(scalar))) + "'"
    }

    /// `a, b, c`, cut after `limit` items.
    static func list(_ items: [String], limit: Int = 24) -> String {
        let shown = items.prefix(limit).map { plain($0) }.joined(separator: ", ")
        return items.count > limit ? "\(shown), … (\(items.count - limit) more)" : shown
    }
}
