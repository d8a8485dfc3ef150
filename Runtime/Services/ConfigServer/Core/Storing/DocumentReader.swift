// Walks through a JSON document that comes in pieces and may be larger than the memory: the containers that the caller enters are read
// here, and each value in them is handed over as its bytes, for the JSON reader to look into. Promises to hold one value at a time, that
// the syntax of all that it passes is checked, and errors that name the line and the byte.

import Coding
import Glibc

/// Reads one document, value by value, as `JSONReader` does.
///
/// After `nextMember` or `nextElement` said that there is one, its value must be read, entered or skipped before asking for the next.
public struct DocumentReader {
    /// The next piece of the document; empty when there is no more.
    public typealias Source = () throws(StoreError) -> [UInt8]

    /// No object of a configuration is nearly as large: what is, is no export.
    public static let greatestValue = 64 << 20

    private let source: Source
    private var buffer: [UInt8] = []
    /// The next byte to look at, in the buffer.
    private var position = 0
    /// How much of the document went before the buffer.
    private var passedBytes = 0
    /// How many lines end before a place in the buffer.
    private var lines = 0
    private var countedTo = 0
    private var atFirst = false
    private var hasEnded = false

    public init(_ source: @escaping Source) { self.source = source }

    // MARK: Places

    /// Bytes from the start of the document.
    private var offset: Int { passedBytes + position }

    /// Lines count from 1. The position must not be before the place up to which they were counted.
    private func line(at position: Int) -> Int { 1 + lines + newlines(countedTo..<max(position, countedTo)) }

    private mutating func countLines(to position: Int) {
        lines += newlines(countedTo..<position)
        countedTo = position
    }

    private func newlines(_ range: Range<Int>) -> Int {
        buffer.withUnsafeBytes { bytes in
            guard var start = bytes.baseAddress.map({ $0 + range.lowerBound }) else { return 0 }
            let end = start + range.count
            var count = 0
            while let found = memchr(start, 0x0A, end - start) {
                count += 1
                start = UnsafeRawPointer(found) + 1
            }
            return count
        }
    }

    /// An error about the place that comes next.
    public func failure(_ message: String) -> StoreError {
        StoreError(.unusable, "the file cannot be read: line \(line(at: position)), byte \(offset): \(message)")
    }

    /// What the JSON reader said about a value that was handed over last.
    public func failure(_ error: CodingError, in value: Value) -> StoreError {
        let path = error.path.isEmpty ? "" : error.path + ": "
        let hint = error.hint.map { "; " + $0 } ?? ""
        return StoreError(
            .unusable, "the file cannot be read: line \(value.line), byte \(value.offset + error.offset): \(path)\(error.message)\(hint)")
    }

    // MARK: Bytes

    /// Fetches more; false at the end. Bytes from `start` on are kept, and the position moves with them.
    private mutating func fetch(keeping start: Int) throws(StoreError) -> Bool {
        guard !hasEnded else { return false }
        let piece = try source()
        guard !piece.isEmpty else {
            hasEnded = true
            return false
        }
        countLines(to: start)
        passedBytes += start
        buffer.removeFirst(start)
        position -= start
        countedTo = 0
        buffer += piece
        return true
    }

    /// The next byte that is not blank, not consumed; 0, which begins no value, at the end.
    private mutating func next() throws(StoreError) -> UInt8 {
        while true {
            while position < buffer.count {
                let byte = buffer[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                position += 1
            }
            guard try fetch(keeping: position) else { return 0 }
        }
    }

    private func unexpected(_ byte: UInt8, _ expected: String) -> StoreError {
        guard position < buffer.count else {
            return failure("expected \(expected), found the end of the document; it was cut off, or a bracket is not closed")
        }
        let found = 0x21...0x7E ~= byte ? "'\(Character(UnicodeScalar(byte)))'" : "the byte \(byte)"
        return failure("expected \(expected), found \(found)")
    }

    // MARK: Containers

    public mutating func beginObject() throws(StoreError) { try enter(UInt8(ascii: "{"), "an object") }
    public mutating func beginArray() throws(StoreError) { try enter(UInt8(ascii: "["), "an array") }

    private mutating func enter(_ bracket: UInt8, _ expected: String) throws(StoreError) {
        let byte = try next()
        guard byte == bracket else { throw unexpected(byte, expected) }
        position += 1
        atFirst = true
    }

    /// The name of the next member; nil when the object has ended.
    public mutating func nextMember() throws(StoreError) -> String? {
        guard try isMore(UInt8(ascii: "}"), "',' or '}' after a member of an object") else { return nil }
        let byte = try next()
        guard byte == UInt8(ascii: "\"") else { throw unexpected(byte, "a member's name in double quotes") }
        let name = try read { reader throws(CodingError) in try reader.string() }
        let colon = try next()
        guard colon == UInt8(ascii: ":") else { throw unexpected(colon, "':' after a member's name") }
        position += 1
        return name
    }

    /// Whether there is another element; false when the array has ended.
    public mutating func nextElement() throws(StoreError) -> Bool {
        try isMore(UInt8(ascii: "]"), "',' or ']' after an element of an array")
    }

    private mutating func isMore(_ end: UInt8, _ expected: String) throws(StoreError) -> Bool {
        let isFirst = atFirst
        atFirst = false
        let byte = try next()
        if byte == end {
            position += 1
            return false
        }
        if isFirst { return true }
        guard byte == UInt8(ascii: ",") else { throw unexpected(byte, expected) }
        position += 1
        return true
    }

    /// Nothing but blanks may follow the document.
    public mutating func end() throws(StoreError) {
        let byte = try next()
        guard position == buffer.count else { throw unexpected(byte, "the end of the document") }
    }

    // MARK: Values

    /// The bytes of a value, and where it is.
    public struct Value {
        public let bytes: [UInt8]
        public let offset: Int
        public let line: Int
    }

    /// The next value, whatever it is: where its brackets match and its strings end, unless the document does, and no more is known of it.
    public mutating func value() throws(StoreError) -> Value {
        let byte = try next()
        guard position < buffer.count else { throw unexpected(byte, "a value") }
        let range = try endOfValue()
        countLines(to: range.lowerBound)
        return Value(bytes: Array(buffer[range]), offset: passedBytes + range.lowerBound, line: lines + 1)
    }

    /// Reads the next value with the JSON reader.
    public mutating func read<R>(_ body: (inout JSONReader) throws(CodingError) -> R) throws(StoreError) -> R {
        let value = try value()
        do { return try JSONReader.read(value.bytes, duplicateMembers: .reject, body) } catch { throw failure(error, in: value) }
    }

    /// Moves past the next value, however large, checking its syntax.
    public mutating func skip() throws(StoreError) { try skip(depth: 0) }

    private mutating func skip(depth: Int) throws(StoreError) {
        guard depth < 64 else { throw failure("more than \(depth) objects and arrays lie in each other") }
        switch try next() {
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextMember() != nil { try skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skip(depth: depth + 1) }
        default: try read { reader throws(CodingError) in try reader.skipValue() }
        }
    }

    /// Where the value that begins at the position is; the position is then behind it.
    private mutating func endOfValue() throws(StoreError) -> Range<Int> {
        var scan = ValueScan()
        var length = 0
        while true {
            let start = position
            let end = buffer.withUnsafeBufferPointer { scan.end(in: UnsafeBufferPointer(rebasing: $0[(start + length)...])) }
            if let end {
                position = start + length + end
                return start..<position
            }
            length = buffer.count - start
            guard length <= Self.greatestValue else {
                throw failure("a value of more than \(Self.greatestValue >> 20) MB; this is no export")
            }
            if try !fetch(keeping: start) {
                // The JSON reader says what is missing, if anything is.
                position = buffer.count
                return start..<position
            }
        }
    }
}

/// Looks for the end of a value in pieces of it.
private struct ValueScan {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isScalar = false

    /// How many of these bytes belong to the value; nil when all do and it goes on.
    mutating func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position &+= 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if depth == 0 { return position }
                } else if byte == 0x0A {
                    // No string has a line break in it: a quote is missing, and the JSON reader says where.
                    return position
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if isScalar { return position &- 1 }
                depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // Of what is around it.
                if depth == 0 { return position &- 1 }
                depth &-= 1
                if depth == 0 { return position }
            case UInt8(ascii: "\""):
                if isScalar { return position &- 1 }
                isInString = true
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 { return position &- 1 }
            default:
                if depth == 0 { isScalar = true }
            }
        }
        return nil
    }
}
