// Cuts the bytes of an XMPP stream (RFC 6120) into its parts: the opening tag of the stream, whole stanzas, the closing tag. A value type
// without input of its own: bytes come in as they arrive, in pieces of any size. It counts tags and knows quotes and CDATA sections, so
// that text inside a stanza never ends it; whether a stanza is well-formed XML is for its reader to find out.
//
// It promises to look at every byte once, to hold no more than one stanza of the allowed length beyond what was handed in last, and to
// refuse what cannot be part of a stream (another protocol, a comment, a document type) as soon as the first telling byte is there.

/// Finds the parts of a stream.
public struct StanzaSplitter: Sendable {
    /// One part of a stream, as it was received.
    public enum Part: Hashable, Sendable {
        /// `<stream:stream …>`, which stays open as long as the stream.
        case streamOpening([UInt8])
        /// A whole element below the stream.
        case stanza([UInt8])
        /// `</stream:stream>`. Agents and control nodes that exist close the connection without it.
        case streamClosing
    }

    /// The stream cannot be made sense of from here on: the connection is to be closed.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Where in the stream, in bytes from its beginning.
        public let offset: Int
        public let problem: String
        public var description: String { "byte \(offset) of the stream: \(problem)" }
    }

    /// Where the scan stands.
    private enum Place: Hashable {
        /// Between the parts, where only filler may be.
        case between
        /// In an element's content.
        case text
        /// In a start tag, outside quotes.
        case startTag
        case quoted(UInt8)
        case endTag
        case characterData
        /// In `<?xml …?>`.
        case declaration
    }

    /// The longest stanza that is accepted, in bytes.
    public let maximumLength: Int
    private var buffer: [UInt8] = []
    /// Bytes of the stream before `buffer`.
    private var passed = 0
    /// Where the part at hand begins; everything before was handed out.
    private var start = 0
    /// Everything before was looked at.
    private var position = 0
    private var place = Place.between
    /// Elements open within the part at hand.
    private var depth = 0
    private var failure: Failure?

    /// - Parameter maximumLength: what a peer may make us keep before its stanza is complete. The largest that peers have reason to send is
    ///   a message of 32 routes with many next hops each.
    public init(maximumLength: Int = 4 << 20) { self.maximumLength = maximumLength }

    /// Bytes that wait for the rest of their stanza.
    public var pendingCount: Int { buffer.count - start }

    /// Takes bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            passed += start
            position -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole part; nil until more bytes arrive. After a failure, the same failure again.
    public mutating func next() throws(Failure) -> Part? {
        if let failure { throw failure }
        do throws(Failure) {
            return try scan()
        } catch {
            failure = error
            throw error
        }
    }

    private func failed(_ problem: String, at index: Int) -> Failure { Failure(offset: passed + index, problem: problem) }

    private mutating func scan() throws(Failure) -> Part? {
        while position < buffer.count {
            let before = position
            if let part = try step() { return part }
            if position - start > maximumLength {
                throw failed("a stanza of more than the \(maximumLength) bytes allowed begins here", at: start)
            }
            if position == before { return nil }
        }
        return nil
    }

    /// Looks at the next bytes. A position that did not move says that more are needed.
    private mutating func step() throws(Failure) -> Part? {
        let byte = buffer[position]
        switch place {
        case .between:
            if byte == UInt8(ascii: "<") {
                start = position
                try openMarkup()
            } else {
                try skipFiller(byte)
                start = position
            }
        case .text:
            if byte == UInt8(ascii: "<") { try openMarkup() } else { skip(to: UInt8(ascii: "<")) }
        case .startTag:
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): place = .quoted(byte)
            case UInt8(ascii: "<"): throw failed("'<' inside a tag", at: position - 1)
            case UInt8(ascii: ">"): return closeStartTag()
            default: break
            }
        case .quoted(let quote):
            skip(to: quote)
            if position < buffer.count {
                position += 1
                place = .startTag
            }
        case .endTag:
            position += 1
            if byte == UInt8(ascii: "<") { throw failed("'<' inside a tag", at: position - 1) }
            if byte == UInt8(ascii: ">") { return try closeEndTag() }
        case .characterData:
            if position + 2 < buffer.count {
                let ends = byte == UInt8(ascii: "]") && buffer[position + 1] == byte && buffer[position + 2] == UInt8(ascii: ">")
                position += ends ? 3 : 1
                if ends { place = .text }
            }
        case .declaration:
            if position + 1 < buffer.count {
                let ends = byte == UInt8(ascii: "?") && buffer[position + 1] == UInt8(ascii: ">")
                position += ends ? 2 : 1
                if ends {
                    place = .between
                    start = position
                }
            }
        }
        return nil
    }

    private mutating func skip(to byte: UInt8) {
        position = buffer[position...].firstIndex(of: byte) ?? buffer.count
    }

    /// Blanks, and U+0200, which agents and control nodes send as a sign of life. More is between stanzas than this document type allows.
    private mutating func skipFiller(_ byte: UInt8) throws(Failure) {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09: position += 1
        case 0xC8:
            guard position + 1 < buffer.count else { return }
            guard buffer[position + 1] == 0x80 else { throw failed("a byte between stanzas that is no blank: 0xC8", at: position) }
            position += 2
        default:
            let shown = byte > 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "0x\(String(byte, radix: 16, uppercase: true))"
            throw failed("a stanza begins with '<', here is \(shown)", at: position)
        }
    }

    /// `<` is at the position; which kind of markup it begins may need bytes that are not there yet.
    private mutating func openMarkup() throws(Failure) {
        guard position + 1 < buffer.count else { return }
        switch buffer[position + 1] {
        case UInt8(ascii: "/"):
            position += 2
            place = .endTag
        case UInt8(ascii: "!"):
            // RFC 6120 §11.1: neither comments nor document types, only sections of text.
            guard depth > 0 else { throw failed("a comment or a document type, which streams may not have", at: position) }
            let opening = Array("<![CDATA[".utf8)
            let available = min(opening.count, buffer.count - position)
            for index in 0..<available where buffer[position + index] != opening[index] {
                throw failed("a comment or a document type, which streams may not have", at: position)
            }
            guard available == opening.count else { return }
            position += opening.count
            place = .characterData
        case UInt8(ascii: "?"):
            guard depth == 0 else { throw failed("a processing instruction, which streams may not have", at: position) }
            position += 2
            place = .declaration
        case let byte where byte == UInt8(ascii: "_") || byte >= 0x80 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A:
            position += 1
            place = .startTag
        default:
            throw failed("'<' is not followed by a name", at: position)
        }
    }

    private mutating func closeStartTag() -> Part? {
        if depth == 0, isStreamTag(at: start + 1) { return .streamOpening(take()) }
        if buffer[position - 2] == UInt8(ascii: "/") {
            place = .text
            return depth == 0 ? .stanza(take()) : nil
        }
        depth += 1
        place = .text
        return nil
    }

    private mutating func closeEndTag() throws(Failure) -> Part? {
        if depth == 0 {
            guard isStreamTag(at: start + 2) else { throw failed("an end tag without a stanza", at: start) }
            _ = take()
            return .streamClosing
        }
        depth -= 1
        place = .text
        return depth == 0 ? .stanza(take()) : nil
    }

    private func isStreamTag(at index: Int) -> Bool {
        let name = Array("stream:stream".utf8)
        guard index + name.count < position, buffer[index..<index + name.count].elementsEqual(name) else { return false }
        // What follows ends the name.
        return [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ">"), UInt8(ascii: "/")].contains(buffer[index + name.count])
    }

    private mutating func take() -> [UInt8] {
        let part = Array(buffer[start..<position])
        start = position
        place = .between
        return part
    }
}
