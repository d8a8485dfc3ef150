// Writes JSON without blanks, members in the order of the calls. Commas are the writer's business, balanced brackets the caller's:
// generated code cannot get them wrong, and checking would cost every reply. Escapes only what RFC 8259 demands: quote, backslash and
// control characters; `/` and everything outside ASCII stand as they are.

/// Appends JSON to an array of bytes.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    /// A value was written, so that whatever comes next in the same container needs a comma first. One flag serves all levels.
    private var needsComma = false

    public init(reservingCapacity capacity: Int = 1024) {
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
        let comma = needsComma
        append(atMost: Self.keyCapacity(name)) { buffer in Self.writeKey(name, comma: comma, to: buffer) }
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
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// One value that is JSON already, or several members of an object with commas between them. Not checked.
    public mutating func raw(_ json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// One value that the caller writes as JSON. Not checked.
    ///
    /// - Parameters:
    ///   - capacity: how much room there is for it, in bytes.
    ///   - write: writes to the room lent and returns how much of it was needed.
    public mutating func raw(atMost capacity: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
        separate()
        append(atMost: capacity, write)
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
        append(atMost: DecimalDigits.maximumLength) { buffer in DecimalDigits.write(value, to: buffer) }
        needsComma = true
    }

    /// A member with an integer in one step.
    mutating func appendMember(_ name: StaticString, _ value: Int) {
        let comma = needsComma
        append(atMost: Self.keyCapacity(name) &+ DecimalDigits.maximumLength) { buffer in
            let length = Self.writeKey(name, comma: comma, to: buffer)
            return length &+ DecimalDigits.write(value, to: buffer + length)
        }
        needsComma = true
    }

    private mutating func appendQuoted(_ string: String) {
        Self.withUTF8(of: string) { text in
            if Self.isPlain(text) {
                append(atMost: text.count &+ 2) { buffer in Self.writeQuoted(text, to: buffer) }
            } else {
                appendEscaped(text)
            }
        }
    }

    /// A member with a string in one step, as most members are.
    mutating func appendMember(_ name: StaticString, _ value: String) {
        let comma = needsComma
        Self.withUTF8(of: value) { text in
            if Self.isPlain(text) {
                append(atMost: Self.keyCapacity(name) &+ text.count &+ 2) { buffer in
                    let length = Self.writeKey(name, comma: comma, to: buffer)
                    return length &+ Self.writeQuoted(text, to: buffer + length)
                }
            } else {
                key(name)
                appendEscaped(text)
            }
        }
        needsComma = true
    }

    /// Lends `write` room for so many bytes at the end, and keeps as many as it says.
    @inline(__always)
    private mutating func append(atMost capacity: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
        bytes.append(addingCapacity: capacity) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let base = buffer.baseAddress else { return }
                count = write(UnsafeMutableRawPointer(base))
            }
        }
    }

    @inline(__always)
    private static func keyCapacity(_ name: StaticString) -> Int { name.utf8CodeUnitCount &+ 4 }

    /// Writes `,"name":` and returns its length, which is at most `keyCapacity`.
    @inline(__always)
    private static func writeKey(_ name: StaticString, comma: Bool, to buffer: UnsafeMutableRawPointer) -> Int {
        var position = 0
        if comma {
            buffer.storeBytes(of: ASCII.comma, as: UInt8.self)
            position = 1
        }
        let length = name.utf8CodeUnitCount
        buffer.storeBytes(of: ASCII.quote, toByteOffset: position, as: UInt8.self)
        (buffer + position + 1).copyMemory(from: name.utf8Start, byteCount: length)
        position &+= length &+ 1
        buffer.storeBytes(of: ASCII.quote, toByteOffset: position, as: UInt8.self)
        buffer.storeBytes(of: ASCII.colon, toByteOffset: position &+ 1, as: UInt8.self)
        return position &+ 2
    }

    /// Writes a string that needs no escapes, with its quotes; returns the length.
    @inline(__always)
    private static func writeQuoted(_ text: UnsafeRawBufferPointer, to buffer: UnsafeMutableRawPointer) -> Int {
        buffer.storeBytes(of: ASCII.quote, as: UInt8.self)
        if let base = text.baseAddress { (buffer + 1).copyMemory(from: base, byteCount: text.count) }
        buffer.storeBytes(of: ASCII.quote, toByteOffset: text.count &+ 1, as: UInt8.self)
        return text.count &+ 2
    }

    @inline(__always)
    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let base = text.baseAddress else { return true }
        return StringScan.firstSpecial(base, from: 0, to: text.count) == text.count
    }

    @inline(__always)
    private static func withUTF8(of string: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        // Native strings, all there are outside Apple's systems, lend their bytes.
        let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(string.utf8).withUnsafeBytes { body($0) } }
    }

    private mutating func appendEscaped(_ text: UnsafeRawBufferPointer) {
        bytes.append(ASCII.quote)
        var start = 0
        while let base = text.baseAddress {
            let stop = StringScan.firstSpecial(base, from: start, to: text.count)
            bytes.append(contentsOf: text[start..<stop])
            if stop == text.count { break }
            appendEscape(of: text[stop])
            start = stop + 1
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
