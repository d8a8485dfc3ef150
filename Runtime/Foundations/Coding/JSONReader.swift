// A pull reader for JSON (RFC 8259): the caller says what it expects and gets it, or an error with byte, member and advice. Nothing is
// built in between, and nothing is read twice except to describe an error. The bytes stay the caller's; `read` keeps the reader from
// outliving them, as a reader cannot be copied or made elsewhere. Every access is below `count`: `byte(_:)` is called nowhere without
// that comparison before it. Whatever the bytes are, the reader ends with a value or a `CodingError`.

/// Reads one JSON document, value by value.
///
/// After `nextMember` or `nextElement` said that there is one, its value must be read (or skipped) before asking for the next.
public struct JSONReader: ~Copyable {
    /// The type of the value that comes next.
    public enum Kind: Sendable {
        case object
        case array
        case string
        case number
        case boolean
        case null
    }

    /// More nesting than this is refused whatever the caller asks for: generated types are read by recursion, which needs stack.
    public static let greatestDepth = 512

    let base: UnsafeRawPointer
    let count: Int
    /// The next byte to look at. At most `count`.
    var position = 0
    /// A container was opened, and nothing of it read yet: no comma is due. One flag serves all levels, as a container that was read to
    /// its end leaves its parent behind a value.
    var atFirst = false
    var depth = 0
    /// A guess at the number of the next member, as members mostly come in the order of their table. May be anything.
    var expectedIndex = 0
    let maximumDepth: Int
    /// What becomes of members that a `MemberTable` does not have.
    public let unknownMembers: UnknownMembers
    /// The names seen in each open object; nil when duplicates are allowed.
    var namesSeen: [Set<String>]?

    var document: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    private init(
        _ base: UnsafeRawPointer, count: Int, unknownMembers: UnknownMembers, duplicateMembers: DuplicateMembers, maximumDepth: Int
    ) {
        self.base = base
        self.count = count
        self.unknownMembers = unknownMembers
        self.maximumDepth = min(max(maximumDepth, 1), Self.greatestDepth)
        switch duplicateMembers {
        case .lastWins: namesSeen = nil
        case .reject: namesSeen = []
        }
    }

    /// Reads one document: `body` reads its value, then only blanks may follow.
    public static func read<R>(
        _ bytes: [UInt8], unknownMembers: UnknownMembers = .reject, duplicateMembers: DuplicateMembers = .lastWins, maximumDepth: Int = 64,
        _ body: (inout JSONReader) throws(CodingError) -> R
    ) throws(CodingError) -> R {
        try bytes.withUnsafeBufferPointer { buffer throws(CodingError) -> R in
            try read(
                UnsafeRawBufferPointer(buffer), unknownMembers: unknownMembers, duplicateMembers: duplicateMembers,
                maximumDepth: maximumDepth, body)
        }
    }

    /// As above, on memory that the caller keeps alive and unchanged during the call.
    public static func read<R>(
        _ bytes: UnsafeRawBufferPointer, unknownMembers: UnknownMembers = .reject, duplicateMembers: DuplicateMembers = .lastWins,
        maximumDepth: Int = 64, _ body: (inout JSONReader) throws(CodingError) -> R
    ) throws(CodingError) -> R {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            throw CodingError(.unexpectedEnd, "expected a JSON value, found an empty document")
        }
        var reader = JSONReader(
            base, count: bytes.count, unknownMembers: unknownMembers, duplicateMembers: duplicateMembers, maximumDepth: maximumDepth)
        let result = try body(&reader)
        reader.skipBlanks()
        guard reader.position == reader.count else {
            throw reader.unexpected(sign: "the end of the document", hint: "a JSON document is one value; nothing may follow it")
        }
        return result
    }

    // MARK: Containers

    /// Enters an object. Its members are then read with `nextMember` until that returns nil.
    public mutating func beginObject() throws(CodingError) {
        guard next() == ASCII.openBrace else { throw unexpected(value: "an object") }
        try enter()
        expectedIndex = 0
        namesSeen?.append([])
    }

    /// The number in `table` of the next member, whose value must be read now; nil when the object has ended.
    ///
    /// Members that the table does not have are refused or skipped, as `read` was told.
    public mutating func nextMember(_ table: MemberTable) throws(CodingError) -> Int? {
        while try nextName() {
            let start = position
            let index: Int?
            if hasExpectedName(table) {
                index = expectedIndex
                position = start &+ table.length(of: expectedIndex) &+ 2
            } else if let end = plainNameEnd() {
                index = table.index(of: UnsafeRawBufferPointer(start: base + start + 1, count: end &- start &- 1))
                position = end &+ 1
            } else {
                index = table.index(of: try string())
            }
            if namesSeen != nil { try noteName(at: start) }
            try colon()
            if let index {
                expectedIndex = index &+ 1
                return index
            }
            guard unknownMembers == .skip else { throw try unknownMember(at: start, table) }
            try skipValue()
        }
        return nil
    }

    /// The name of the next member, whatever it is; nil when the object has ended.
    public mutating func nextMember() throws(CodingError) -> String? {
        guard try nextName() else { return nil }
        let start = position
        let name = try string()
        if namesSeen != nil { try noteName(at: start) }
        try colon()
        return name
    }

    /// Enters an array. Its elements are then read while `nextElement` returns true.
    public mutating func beginArray() throws(CodingError) {
        guard next() == ASCII.openBracket else { throw unexpected(value: "an array") }
        try enter()
    }

    /// Whether there is another element, which must be read now; false when the array has ended.
    public mutating func nextElement() throws(CodingError) -> Bool {
        let isFirst = atFirst
        atFirst = false
        let byte = next()
        if byte == ASCII.closeBracket {
            leave()
            return false
        }
        if isFirst { return true }
        guard byte == ASCII.comma else { throw unexpected(sign: "',' or ']' after an element of an array") }
        position &+= 1
        return true
    }

    /// Reads ahead: whatever `body` reads is there to be read again afterwards.
    public mutating func lookAhead<R>(_ body: (inout JSONReader) throws(CodingError) -> R) throws(CodingError) -> R {
        let (position, atFirst, depth, namesSeen) = (position, atFirst, depth, namesSeen)
        defer { (self.position, self.atFirst, self.depth, self.namesSeen) = (position, atFirst, depth, namesSeen) }
        return try body(&self)
    }

    // MARK: Steps

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    @inline(__always)
    mutating func skipBlanks() {
        while position < count, ASCII.isBlank(byte(position)) { position &+= 1 }
    }

    /// The next byte that is not blank, not consumed; 0, which begins no value, at the end of the document.
    @inline(__always)
    mutating func next() -> UInt8 {
        if position < count {
            let byte = byte(position)
            if byte > ASCII.space { return byte }
        }
        skipBlanks()
        return position < count ? byte(position) : 0
    }

    @inline(__always)
    private mutating func enter() throws(CodingError) {
        guard depth < maximumDepth else { throw tooDeep(at: position) }
        depth &+= 1
        position &+= 1
        atFirst = true
    }

    @inline(__always)
    private mutating func leave() {
        position &+= 1
        depth &-= 1
    }

    /// Moves to the quote that begins the next member's name. False, and the brace consumed, when the object ends.
    @inline(__always)
    mutating func nextName() throws(CodingError) -> Bool {
        let isFirst = atFirst
        atFirst = false
        var byte = next()
        if byte == ASCII.closeBrace {
            leave()
            _ = namesSeen?.popLast()
            return false
        }
        if !isFirst {
            guard byte == ASCII.comma else { throw unexpected(sign: "',' or '}' after a member of an object") }
            position &+= 1
            byte = next()
        }
        guard byte == ASCII.quote else { throw unexpected(sign: "a member's name in double quotes") }
        return true
    }

    @inline(__always)
    mutating func colon() throws(CodingError) {
        guard next() == ASCII.colon else { throw unexpected(sign: "':' after a member's name") }
        position &+= 1
    }

    /// Whether the name whose quote is at the position is the expected one. Names in tables need no escapes, so equal bytes are equal names.
    @inline(__always)
    private func hasExpectedName(_ table: MemberTable) -> Bool {
        guard expectedIndex < table.count else { return false }
        let start = position &+ 1
        let length = table.length(of: expectedIndex)
        guard start &+ length < count, byte(start &+ length) == ASCII.quote else { return false }
        return table.isName(expectedIndex, UnsafeRawBufferPointer(start: base + start, count: length))
    }

    /// The closing quote of a name that holds neither escapes nor anything but ASCII; nil for all others.
    @inline(__always)
    private func plainNameEnd() -> Int? {
        let stop = StringScan.firstSpecialOrNonASCII(base, from: position &+ 1, to: count)
        return stop < count && byte(stop) == ASCII.quote ? stop : nil
    }
}
