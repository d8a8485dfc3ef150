// JSON text for documents that people read and compare: members in the order of the calls, two blanks a level, small objects on one
// line where the caller says so. Relies on nothing; promises RFC 8259 for any text.

/// Appends JSON to a buffer of bytes. Commas, line breaks and escapes are its business; pairing keys with values is the caller's.
public struct JSONPrinter {
    public private(set) var bytes: Bytes
    private var depth = 0
    /// The depth at which the outermost container that is written on one line began; nil outside such a container.
    private var inlineDepth: Int?
    private var followsItem = false
    private var followsKey = false

    public init(reservingCapacity capacity: Int = 1 << 12) { bytes = Bytes(capacity: capacity) }

    /// The document with the line end that a text file closes with.
    public consuming func finish() -> Bytes {
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    // MARK: Containers

    /// An object, as the value of `key` or as the next value.
    public mutating func object(_ key: String? = nil, inline: Bool = false, _ body: (inout JSONPrinter) -> Void) {
        container(UInt8(ascii: "{"), UInt8(ascii: "}"), key, inline, body)
    }

    /// An array, as the value of `key` or as the next value.
    public mutating func array(_ key: String? = nil, inline: Bool = false, _ body: (inout JSONPrinter) -> Void) {
        container(UInt8(ascii: "["), UInt8(ascii: "]"), key, inline, body)
    }

    private mutating func container(_ opening: UInt8, _ closing: UInt8, _ key: String?, _ inline: Bool, _ body: (inout JSONPrinter) -> Void)
    {
        if let key { self.key(key) }
        beginValue()
        bytes.append(opening)
        depth += 1
        if inline, inlineDepth == nil { inlineDepth = depth }
        followsItem = false
        body(&self)
        depth -= 1
        if let inlineDepth {
            if depth < inlineDepth { self.inlineDepth = nil }
        } else if followsItem {
            newline()
        }
        bytes.append(closing)
        followsItem = true
    }

    // MARK: Members

    public mutating func key(_ key: String) {
        beginItem()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        followsKey = true
    }

    public mutating func member(_ key: String, _ value: String) {
        self.key(key)
        self.value(value)
    }

    public mutating func member(_ key: String, _ value: Text) {
        self.key(key)
        self.value(value)
    }

    public mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        self.value(value)
    }

    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        self.value(value)
    }

    /// An array of strings on one line.
    public mutating func member(_ key: String, _ values: [String]) {
        array(key, inline: true) { printer in for value in values { printer.value(value) } }
    }

    // MARK: Values

    public mutating func value(_ value: String) {
        beginValue()
        quote(value)
        followsItem = true
    }

    public mutating func value(_ value: Text) {
        beginValue()
        value.withUTF8 { quote($0) }
        followsItem = true
    }

    public mutating func value(_ value: Int) { literal(String(value)) }

    public mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

    public mutating func null() { literal("null") }

    /// A value that is JSON already, such as a number beyond the range of Int.
    public mutating func literal(_ text: String) {
        beginValue()
        bytes.append(text)
        followsItem = true
    }

    // MARK: Layout and escapes

    private mutating func beginValue() {
        if followsKey { followsKey = false } else if depth > 0 { beginItem() }
    }

    private mutating func beginItem() {
        if followsItem { bytes.append(UInt8(ascii: ",")) }
        if inlineDepth == nil { newline() } else if followsItem { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(repeating: UInt8(ascii: " "), count: 2 * depth)
    }

    private mutating func quote(_ text: String) {
        var text = text
        text.withUTF8 { quote($0) }
    }

    private mutating func quote(_ utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes.append(UnsafeBufferPointer(rebasing: utf8[start..<index]))
            escape(byte)
            start = index + 1
        }
        bytes.append(UnsafeBufferPointer(rebasing: utf8[start...]))
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        case ..<0x20:
            bytes.append("u00")
            for digit in [byte >> 4, byte & 0xF] { bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")) }
        default: bytes.append(byte)
        }
    }
}
