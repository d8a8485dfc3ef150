// Writes JSON without blanks, members in the order of the calls. Commas are the writer's business, balanced brackets the caller's:
// generated code cannot get them wrong, and checking would cost every reply. Escapes only what RFC 8259 demands: quote, backslash and
// control characters; `/` and everything outside ASCII stand as they are.

/// Appends JSON to an array of bytes.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    /// A value was written, so that whatever comes next in the same container needs a comma first. One flag serves all levels.
    private var needsComma = false

    public init(reservingCapacity capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Continues after `bytes`, which are not looked at. No comma is written between them and what follows.
    public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    /// Ends writing and gives all bytes, without copying them.
    public consuming func finish() -> [UInt8] { bytes }

    // MARK: Containers

    public mutating func beginObject() { open(ASCII.openBrace) }
    public mutating func endObject() { close(ASCII.closeBrace) }
    public mutating func beginArray() { open(ASCII.openBracket) }
    public mutating func endArray() { close(ASCII.closeBracket) }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// The name of the member whose value is written next. A name from the schema: it must need no escaping.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count &+ 4) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    var position = 0
                    if needsComma {
                        buffer[0] = ASCII.comma
                        position = 1
                    }
                    buffer[position] = ASCII.quote
                    position &+= 1
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[position...])
                        .copyMemory(from: UnsafeRawBufferPointer(name))
                    position &+= name.count
                    buffer[position] = ASCII.quote
                    buffer[position &+ 1] = ASCII.colon
                    count = position &+ 2
                }
            }
        }
        needsComma = false
    }

    /// The name of the member whose value is written next, escaped as necessary.
    public mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(ASCII.colon)
        needsComma = false
    }

    // MARK: Values

    public mutating func value(_ value: Bool) { appendLiteral(value ? "true" : "false") }

    public mutating func null() { appendLiteral("null") }

    public mutating func value(_ value: Int) { appendInteger(value) }

    public mutating func value(_ value: UInt64) { appendInteger(value) }

    /// The shortest decimal number that reads back as the same value. JSON has no infinities and no NaN: they become null, which a reader
    /// of numbers then refuses.
    public mutating func value(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: value.description.utf8)
        needsComma = true
    }

    public mutating func value(_ value: String) {
        separate()
        appendQuoted(value)
        needsComma = true
    }

    /// One value that is JSON already, such as a stored one. Not checked.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(ASCII.comma) }
    }

    private mutating func appendLiteral(_ literal: StaticString) {
        separate()
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    mutating func appendInteger(_ value: some FixedWidthInteger) {
        separate()
        DecimalDigits.append(value, to: &bytes)
        needsComma = true
    }

    private mutating func appendQuoted(_ string: String) {
        // Native strings, all there are outside Apple's systems, lend their bytes.
        let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { appendQuoted(UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(string.utf8).withUnsafeBytes { appendQuoted($0) } }
    }

    private mutating func appendQuoted(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress, !text.isEmpty else {
            bytes.append(ASCII.quote)
            bytes.append(ASCII.quote)
            return
        }
        let firstSpecial = StringScan.firstSpecial(base, from: 0, to: text.count)
        guard firstSpecial == text.count else { return appendEscaped(text, base, firstSpecial) }
        bytes.append(addingCapacity: text.count &+ 2) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                buffer[0] = ASCII.quote
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[1...]).copyMemory(from: text)
                buffer[text.count &+ 1] = ASCII.quote
                count = text.count &+ 2
            }
        }
    }

    private mutating func appendEscaped(_ text: UnsafeRawBufferPointer, _ base: UnsafeRawPointer, _ firstSpecial: Int) {
        bytes.append(ASCII.quote)
        var start = 0
        var stop = firstSpecial
        while true {
            bytes.append(contentsOf: text[start..<stop])
            if stop == text.count { break }
            appendEscape(of: text[stop])
            start = stop + 1
            stop = StringScan.firstSpecial(base, from: start, to: text.count)
        }
        bytes.append(ASCII.quote)
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: bytes.append(byte)
        case ASCII.lineFeed: bytes.append(UInt8(ascii: "n"))
        case ASCII.carriageReturn: bytes.append(UInt8(ascii: "r"))
        case ASCII.tab: bytes.append(UInt8(ascii: "t"))
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        default:
            let digits: StaticString = "0123456789ABCDEF"
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
