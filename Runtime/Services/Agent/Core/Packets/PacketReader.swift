// A cursor over a packet. Everything that reads what workloads send goes through it, so that no length is believed before it was checked.

import NetworkTypes

/// Reads fields in network byte order, one after another, and never past the end of the bytes that it was given.
public struct PacketReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private let layer: String
    /// The next byte, counted from the first that was given.
    public private(set) var position = 0

    /// - Parameter layer: the protocol's name, with which errors begin.
    public init(_ bytes: ArraySlice<UInt8>, of layer: String) {
        self.bytes = bytes
        self.layer = layer
    }

    /// How many bytes are left.
    public var left: Int { bytes.count - position }

    /// An error about the field at hand.
    public func refused(_ field: String, _ problem: String, at offset: Int? = nil) -> PacketError {
        PacketError("\(layer).\(field)", at: offset ?? position, problem)
    }

    public mutating func take(_ count: Int, _ field: String) throws(PacketError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= left else { throw refused(field, "it has \(count) bytes, and \(left) are left") }
        let start = bytes.startIndex + position
        position += count
        return bytes[start..<start + count]
    }

    public mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_ field: String, as type: T.Type = T.self) throws(PacketError) -> T
    {
        try take(T.bitWidth / 8, field).reduce(0) { $0 << 8 | T($1) }
    }

    public mutating func address<T: FixedWidthNetworkValue>(_ field: String, as type: T.Type = T.self) throws(PacketError) -> T {
        let offset = position
        let part = try take(T.byteCount, field)
        guard let value = T(bytes: part) else { throw refused(field, "the bytes are not \(T.notation.name)", at: offset) }
        return value
    }

    /// Everything that is left.
    public mutating func rest() -> ArraySlice<UInt8> {
        defer { position = bytes.count }
        return bytes.dropFirst(position)
    }

    /// Goes to a place that the packet itself names, such as a compressed domain name's.
    public mutating func seek(to offset: Int, _ field: String) throws(PacketError) {
        guard 0..<bytes.count ~= offset else { throw refused(field, "it leads to byte \(offset) of \(bytes.count)") }
        position = offset
    }

    /// Leaves out bytes at the end, such as padding.
    public func limited(to count: Int, _ field: String) throws(PacketError) -> PacketReader {
        guard count >= position, count <= bytes.count else {
            throw refused(field, "it says \(count) bytes, and there are \(bytes.count), of which \(position) are header")
        }
        var limited = PacketReader(bytes.prefix(count), of: layer)
        limited.position = position
        return limited
    }
}

extension [UInt8] {
    /// Appends a number in network byte order.
    mutating func append<T: FixedWidthInteger & UnsignedInteger>(bigEndian value: T) {
        for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> T(shift))) }
    }

    mutating func append(_ value: some FixedWidthNetworkValue) { value.append(to: &self) }

    /// Writes a 16-bit number over two bytes that exist already: a checksum or length that was not known before.
    mutating func overwrite(_ value: UInt16, at index: Int) {
        self[index] = UInt8(value >> 8)
        self[index + 1] = UInt8(truncatingIfNeeded: value)
    }
}
