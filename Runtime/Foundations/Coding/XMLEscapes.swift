// Which characters of a value cannot stand in XML as they are, and what stands for them.

enum XMLEscapes {
    /// What to write instead of the character at `index`, and how many bytes that replaces. Nil when it can stay.
    @inline(__always)
    static func escape(
        at index: Int, in text: UnsafeBufferPointer<UInt8>, inAttribute: Bool
    ) -> (text: StaticString, length: Int)? {
        let byte = text[index]
        // Letters and digits are above all of the special characters but U+FFFE and U+FFFF, which begin with EF.
        if byte > ASCII.greaterThan, byte != 0xEF { return nil }
        switch byte {
        case ASCII.ampersand: return ("&amp;", 1)
        case ASCII.lessThan: return ("&lt;", 1)
        case ASCII.greaterThan: return ("&gt;", 1)
        case ASCII.quote where inAttribute: return ("&quot;", 1)
        case ASCII.apostrophe where inAttribute: return ("&apos;", 1)
        // Parsers turn line ends into line feeds, and in attributes all blanks into spaces, unless they are references.
        case ASCII.carriageReturn: return ("&#xD;", 1)
        case ASCII.lineFeed: return inAttribute ? ("&#xA;", 1) : nil
        case ASCII.tab: return inAttribute ? ("&#x9;", 1) : nil
        case 0..<ASCII.space: return ("\u{FFFD}", 1)
        case 0xEF where index + 2 < text.count && text[index + 1] == 0xBF && text[index + 2] >= 0xBE: return ("\u{FFFD}", 3)
        default: return nil
        }
    }
}
