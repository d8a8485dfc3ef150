// Writes netlink attributes. Relies on NetworkTypes for addresses; promises to write what the C codec writes, byte for byte, and to refuse a value that a
// reader would refuse.

import NetworkTypes

/// Writes the attributes of a message. Nothing is written for a value that is nil.
public struct AttributeWriter {
    public private(set) var bytes: [UInt8] = []
    private var set: StaticString

    /// - Parameter set: what the schema calls the message; errors begin with it.
    public init(of set: StaticString) { self.set = set }

    // MARK: Attributes

    /// Writes a header, what `body` writes, the length of both into the header, and zero bytes up to a multiple of four.
    private mutating func attribute(_ word: UInt16, _ body: (inout AttributeWriter) throws(AttributeError) -> Void) throws(AttributeError) {
        let start = bytes.count
        bytes.append(contentsOf: [0, 0])
        appendHostOrder(word)
        try body(&self)
        // The schema's maxima see to it that the length has 16 bits.
        withUnsafeBytes(of: UInt16(truncatingIfNeeded: bytes.count - start)) { length in
            bytes[start] = length[0]
            bytes[start + 1] = length[1]
        }
        while bytes.count & 3 != 0 { bytes.append(0) }
    }

    private mutating func appendHostOrder<T: FixedWidthInteger & BitwiseCopyable>(_ number: T) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    private func refused(_ reason: AttributeError.Reason, _ number: AttributeNumber, _ name: StaticString, _ detail: String)
        -> AttributeError
    {
        AttributeError(reason, set: "\(set)", attribute: "\(name)", number: number.number, offset: bytes.count, detail: detail)
    }

    private func check<T: FixedWidthInteger>(
        _ value: T, _ range: ClosedRange<T>?, _ number: AttributeNumber, _ name: StaticString
    ) throws(AttributeError) {
        if let range, !range.contains(value) {
            throw refused(.value, number, name, "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private func checked<T: AttributeEnumeration>(_ value: T, _ number: AttributeNumber, _ name: StaticString) throws(AttributeError)
        -> T.RawValue
    {
        guard T(checking: value.rawValue) != nil else {
            throw refused(.value, number, name, "\(value.rawValue) has no meaning as a \(T.self)")
        }
        return value.rawValue
    }

    private func check(_ count: Int, atMost maximum: Int, _ number: AttributeNumber, _ name: StaticString) throws(AttributeError) {
        if count > maximum { throw refused(.tooMany, number, name, "\(count) elements are more than \(maximum)") }
    }

    // MARK: Values

    /// Being there is all that it says.
    public mutating func flag(_ number: AttributeNumber, _ name: StaticString, _ value: Bool) throws(AttributeError) {
        if value { try attribute(number.word) { _ throws(AttributeError) in } }
    }

    /// A number in host byte order.
    public mutating func number<T: FixedWidthInteger & BitwiseCopyable>(
        _ number: AttributeNumber, _ name: StaticString, _ value: T?, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) {
        guard let value else { return }
        try check(value, range, number, name)
        try attribute(number.word) { out throws(AttributeError) in out.appendHostOrder(value) }
    }

    /// A number in network byte order.
    public mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ number: AttributeNumber, _ name: StaticString, _ value: T?, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) {
        guard let value else { return }
        try check(value, range, number, name)
        try attribute(number.word) { out throws(AttributeError) in out.appendHostOrder(value.bigEndian) }
    }

    /// A value of an enumeration, or flags.
    public mutating func enumeration<T: AttributeEnumeration>(_ number: AttributeNumber, _ name: StaticString, _ value: T?)
        throws(AttributeError)
    {
        guard let value else { return }
        let raw = try checked(value, number, name)
        try attribute(number.word) { out throws(AttributeError) in out.appendHostOrder(raw) }
    }

    /// An address.
    public mutating func value<T: FixedWidthNetworkValue>(_ number: AttributeNumber, _ name: StaticString, _ value: T?)
        throws(AttributeError)
    {
        guard let value else { return }
        try attribute(number.word) { out throws(AttributeError) in value.append(to: &out.bytes) }
    }

    /// Text, and a zero byte after it.
    public mutating func string(_ number: AttributeNumber, _ name: StaticString, _ value: String?, atMost maximum: Int)
        throws(AttributeError)
    {
        guard let value else { return }
        let count = value.utf8.count
        if count > maximum { throw refused(.length, number, name, "the text has \(count) bytes, more than \(maximum)") }
        if value.utf8.contains(0) { throw refused(.text, number, name, "the text has a zero byte inside") }
        try attribute(number.word) { out throws(AttributeError) in
            out.bytes.append(contentsOf: value.utf8)
            out.bytes.append(0)
        }
    }

    /// Bytes without a meaning to the codec.
    public mutating func bytes(_ number: AttributeNumber, _ name: StaticString, _ value: [UInt8]?, atMost maximum: Int)
        throws(AttributeError)
    {
        guard let value else { return }
        if value.count > maximum { throw refused(.length, number, name, "the value has \(value.count) bytes, more than \(maximum)") }
        try attribute(number.word) { out throws(AttributeError) in out.bytes.append(contentsOf: value) }
    }

    /// Attributes within the attribute.
    public mutating func structure<T: AttributeCodable>(_ number: AttributeNumber, _ name: StaticString, _ value: T?) throws(AttributeError)
    {
        guard let value else { return }
        try attribute(number.word | AttributeHeader.nested) { out throws(AttributeError) in try out.nest(value) }
    }

    private mutating func nest<T: AttributeCodable>(_ value: T) throws(AttributeError) {
        let outer = set
        set = T.attributeSet
        try value.encode(to: &self)
        set = outer
    }

    // MARK: Lists

    /// Numbers in host byte order.
    public mutating func numbers<T: FixedWidthInteger & BitwiseCopyable>(
        _ number: AttributeNumber, _ name: StaticString, _ values: [T]?, atMost maximum: Int, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) {
        guard let values else { return }
        try check(values.count, atMost: maximum, number, name)
        for value in values { try check(value, range, number, name) }
        try attribute(number.word) { out throws(AttributeError) in
            for value in values { out.appendHostOrder(value) }
        }
    }

    /// Numbers in network byte order.
    public mutating func bigEndians<T: FixedWidthInteger & BitwiseCopyable>(
        _ number: AttributeNumber, _ name: StaticString, _ values: [T]?, atMost maximum: Int, in range: ClosedRange<T>? = nil
    ) throws(AttributeError) {
        guard let values else { return }
        try check(values.count, atMost: maximum, number, name)
        for value in values { try check(value, range, number, name) }
        try attribute(number.word) { out throws(AttributeError) in
            for value in values { out.appendHostOrder(value.bigEndian) }
        }
    }

    /// Values of an enumeration, or flags.
    public mutating func enumerations<T: AttributeEnumeration>(
        _ number: AttributeNumber, _ name: StaticString, _ values: [T]?, atMost maximum: Int
    ) throws(AttributeError) {
        guard let values else { return }
        try check(values.count, atMost: maximum, number, name)
        var raw: [T.RawValue] = []
        for value in values { raw.append(try checked(value, number, name)) }
        try attribute(number.word) { out throws(AttributeError) in
            for value in raw { out.appendHostOrder(value) }
        }
    }

    /// Addresses.
    public mutating func values<T: FixedWidthNetworkValue>(
        _ number: AttributeNumber, _ name: StaticString, _ values: [T]?, atMost maximum: Int
    ) throws(AttributeError) {
        guard let values else { return }
        try check(values.count, atMost: maximum, number, name)
        try attribute(number.word) { out throws(AttributeError) in
            for value in values { value.append(to: &out.bytes) }
        }
    }

    /// Structures, each an attribute within the attribute.
    public mutating func structures<T: AttributeCodable>(
        _ number: AttributeNumber, _ name: StaticString, _ values: [T]?, atMost maximum: Int
    ) throws(AttributeError) {
        guard let values else { return }
        try check(values.count, atMost: maximum, number, name)
        try attribute(number.word | AttributeHeader.nested) { out throws(AttributeError) in
            for value in values {
                try out.attribute(AttributeHeader.element | AttributeHeader.nested) { out throws(AttributeError) in try out.nest(value) }
            }
        }
    }
}
