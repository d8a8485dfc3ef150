// Reads a run of netlink attributes, one after another. Relies on NetworkTypes for addresses; promises never to look outside the range it was given, and
// to refuse exactly what the C codec refuses, for the same reason and at the same offset.

import NetworkTypes

/// Reads the attributes of one message or structure. Generated code asks for the next attribute's number, then for its value:
///
///     while let number = try reader.next() {
///         switch number {
///         case 3: index = try reader.number("index")
///         default: try reader.skip()
///         }
///     }
public struct AttributeReader {
    private let bytes: [UInt8]
    /// Where the message begins, from which offsets in errors count.
    private let start: Int
    private let end: Int
    private var cursor: Int
    private let set: StaticString
    /// Bit `number - 1`: the attribute was read.
    private var present: UInt64 = 0

    // The attribute at hand.
    private var place: Int
    private var word: UInt16 = 0
    private var value: Range<Int>

    /// - Parameter set: what the schema calls the message; errors begin with it.
    public init(_ bytes: [UInt8], in range: Range<Int>, of set: StaticString) {
        self.init(bytes, range.clamped(to: bytes.indices), start: range.lowerBound, set)
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>, start: Int, _ set: StaticString) {
        self.bytes = bytes
        self.start = start
        self.set = set
        end = range.upperBound
        cursor = range.lowerBound
        place = range.lowerBound
        value = range.lowerBound..<range.lowerBound
    }

    // MARK: One after another

    /// Goes to the next attribute and gives its number; nil at the end.
    public mutating func next() throws(AttributeError) -> Int? {
        guard try advance(in: nil) else { return nil }
        return Int(word & AttributeHeader.numberMask)
    }

    /// Passes over an attribute whose number is not known, unless its sender said that it must be understood.
    public mutating func skip() throws(AttributeError) {
        if word & AttributeHeader.mustUnderstand != 0 {
            throw refused(.unknown, nil, "the attribute is not known here and must not be skipped: the sender is newer")
        }
    }

    /// The value of an attribute that must be there.
    public func required<T>(_ value: T?, _ number: Int, _ name: StaticString) throws(AttributeError) -> T {
        if let value { return value }
        throw AttributeError(
            .missing, set: "\(set)", attribute: "\(name)", number: number, offset: end - start, detail: "the attribute must be there")
    }

    /// - Parameter list: the attribute whose elements are being read, which errors then name.
    private mutating func advance(in list: (name: StaticString, number: Int)?) throws(AttributeError) -> Bool {
        place = cursor
        let left = end - cursor
        if left == 0 { return false }
        var length = 0
        if left >= AttributeHeader.bytes {
            length = Int(hostOrder(cursor, as: UInt16.self))
            word = hostOrder(cursor + 2, as: UInt16.self)
        }
        guard length >= AttributeHeader.bytes, length <= left else {
            throw AttributeError(
                .truncated, set: "\(set)", attribute: list.map { "\($0.name)" }, number: list?.number ?? 0, offset: place - start,
                detail: left < AttributeHeader.bytes
                    ? "\(left) bytes are left, fewer than a header of \(AttributeHeader.bytes)"
                    : "the length \(length) is not from \(AttributeHeader.bytes) to the \(left) bytes that are left")
        }
        value = cursor + AttributeHeader.bytes..<cursor + length
        cursor = min(cursor + (length + 3) & ~3, end)
        return true
    }

    private func hostOrder<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    private func refused(_ reason: AttributeError.Reason, _ name: StaticString?, _ detail: String) -> AttributeError {
        AttributeError(
            reason, set: "\(set)", attribute: name.map { "\($0)" }, number: Int(word & AttributeHeader.numberMask), offset: place - start,
            detail: detail)
    }

    /// Every value begins here: an attribute may occur once.
    private mutating func once(_ name: StaticString) throws(AttributeError) {
        let bit = UInt64(1) << UInt64((word & AttributeHeader.numberMask) - 1)
        guard present & bit == 0 else { throw refused(.repeated, name, "the attribute is there a second time") }
        present |= bit
    }

    private func exactly(_ count: Int, _ name: StaticString) throws(AttributeError) {
        guard value.count == count else { throw refused(.length, name, "the value has \(value.count) bytes instead of \(count)") }
    }

    private func check<T: FixedWidthInteger>(_ number: T, _ range: ClosedRange<T>?, _ name: StaticString) throws(AttributeError) {
        if let range, !range.contains(number) {
            throw refused(.value, name, "\(number) is not from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    // MARK: Values

    /// Being there is all that it says.
    public mutating func flag(_ name: StaticString) throws(AttributeError) -> Bool {
        try once(name)
        try exactly(0, name)
        return true
    }

    /// A number in host byte order.
    public mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, in range: ClosedRange<T>? = nil)
        throws(AttributeError) -> T
    {
        try once(name)
        try exactly(MemoryLayout<T>.size, name)
        let number = hostOrder(value.lowerBound, as: T.self)
        try check(number, range, name)
        return number
    }

    /// A number in network byte order.
    public mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, in range: ClosedRange<T>? = nil)
        throws(AttributeError) -> T
    {
        try once(name)
        try exactly(MemoryLayout<T>.size, name)
        let number = T(bigEndian: hostOrder(value.lowerBound, as: T.self))
        try check(number, range, name)
        return number
    }

    /// A value of an enumeration, or flags.
    public mutating func enumeration<T: AttributeEnumeration>(_ name: StaticString) throws(AttributeError) -> T {
        try once(name)
        try exactly(MemoryLayout<T.RawValue>.size, name)
        return try enumeration(at: value.lowerBound, name)
    }

    private func enumeration<T: AttributeEnumeration>(at offset: Int, _ name: StaticString) throws(AttributeError) -> T {
        let number = hostOrder(offset, as: T.RawValue.self)
        guard let value = T(checking: number) else { throw refused(.value, name, "\(number) has no meaning as a \(T.self)") }
        return value
    }

    /// An address.
    public mutating func value<T: FixedWidthNetworkValue>(_ name: StaticString) throws(AttributeError) -> T {
        try once(name)
        try exactly(T.byteCount, name)
        return try address(at: value.lowerBound, name)
    }

    private func address<T: FixedWidthNetworkValue>(at offset: Int, _ name: StaticString) throws(AttributeError) -> T {
        guard let address = T(bytes: bytes[offset..<offset + T.byteCount]) else {
            throw refused(.value, name, "the bytes are not \(T.notation.name)")
        }
        return address
    }

    /// Text, whose terminating zero byte may be missing.
    public mutating func string(_ name: StaticString, atMost maximum: Int) throws(AttributeError) -> String {
        try once(name)
        var text = bytes[value]
        if text.last == 0 { text.removeLast() }
        guard text.count <= maximum else { throw refused(.length, name, "the text has \(text.count) bytes, more than \(maximum)") }
        guard !text.contains(0), let string = String(validating: text, as: UTF8.self) else {
            throw refused(.text, name, "the text is not UTF-8 or has a zero byte inside")
        }
        return string
    }

    /// Bytes without a meaning to the codec.
    public mutating func bytes(_ name: StaticString, atMost maximum: Int) throws(AttributeError) -> [UInt8] {
        try once(name)
        guard value.count <= maximum else { throw refused(.length, name, "the value has \(value.count) bytes, more than \(maximum)") }
        return Array(bytes[value])
    }

    /// Attributes within the attribute.
    public mutating func structure<T: AttributeCodable>(_ name: StaticString) throws(AttributeError) -> T {
        try once(name)
        var inner = AttributeReader(bytes, value, start: start, T.attributeSet)
        return try T(from: &inner)
    }

    // MARK: Lists

    /// Where the elements of a packed list begin.
    private func packed(_ size: Int, _ maximum: Int, _ name: StaticString) throws(AttributeError) -> StrideTo<Int> {
        guard value.count % size == 0 else {
            throw refused(.length, name, "\(value.count) bytes are no whole number of elements of \(size)")
        }
        guard value.count / size <= maximum else {
            throw refused(.tooMany, name, "\(value.count / size) elements are more than \(maximum)")
        }
        return stride(from: value.lowerBound, to: value.upperBound, by: size)
    }

    /// Numbers in host byte order.
    public mutating func numbers<T: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, atMost maximum: Int, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) -> [T] {
        try once(name)
        var list: [T] = []
        for offset in try packed(MemoryLayout<T>.size, maximum, name) {
            let number = hostOrder(offset, as: T.self)
            try check(number, range, name)
            list.append(number)
        }
        return list
    }

    /// Numbers in network byte order.
    public mutating func bigEndians<T: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, atMost maximum: Int, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) -> [T] {
        try once(name)
        var list: [T] = []
        for offset in try packed(MemoryLayout<T>.size, maximum, name) {
            let number = T(bigEndian: hostOrder(offset, as: T.self))
            try check(number, range, name)
            list.append(number)
        }
        return list
    }

    /// Values of an enumeration, or flags.
    public mutating func enumerations<T: AttributeEnumeration>(_ name: StaticString, atMost maximum: Int) throws(AttributeError) -> [T] {
        try once(name)
        var list: [T] = []
        for offset in try packed(MemoryLayout<T.RawValue>.size, maximum, name) { list.append(try enumeration(at: offset, name)) }
        return list
    }

    /// Addresses.
    public mutating func values<T: FixedWidthNetworkValue>(_ name: StaticString, atMost maximum: Int) throws(AttributeError) -> [T] {
        try once(name)
        var list: [T] = []
        for offset in try packed(T.byteCount, maximum, name) { list.append(try address(at: offset, name)) }
        return list
    }

    /// Structures, each an attribute within the attribute.
    public mutating func structures<T: AttributeCodable>(_ name: StaticString, atMost maximum: Int) throws(AttributeError) -> [T] {
        try once(name)
        let number = Int(word & AttributeHeader.numberMask)
        var list: [T] = []
        var elements = AttributeReader(bytes, value, start: start, set)
        while try elements.advance(in: (name, number)) {
            func refusal(_ reason: AttributeError.Reason, _ detail: String) -> AttributeError {
                AttributeError(reason, set: "\(set)", attribute: "\(name)", number: number, offset: elements.place - start, detail: detail)
            }
            guard elements.word & AttributeHeader.numberMask == AttributeHeader.element else {
                if elements.word & AttributeHeader.mustUnderstand != 0 {
                    throw refusal(.unknown, "the list holds something that is not known here and must not be skipped: the sender is newer")
                }
                continue
            }
            if list.count == maximum { throw refusal(.tooMany, "there are more than \(maximum) elements") }
            var inner = AttributeReader(bytes, elements.value, start: start, T.attributeSet)
            list.append(try T(from: &inner))
        }
        return list
    }
}
