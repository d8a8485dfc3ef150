// What all types of this module have in common: one canonical text, and for most a fixed form on the wire.

/// A value with a canonical text, which is its `description`, and an order.
public protocol NetworkValue: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// How values are written.
    static var notation: Notation { get }
    /// Reads any accepted spelling. `description` is accepted and gives an equal value.
    init(parsing text: String) throws(NotationError)
}

/// A value with a fixed number of bytes on the wire, most significant first.
public protocol FixedWidthNetworkValue: NetworkValue {
    static var byteCount: Int { get }
    /// Nil when the number of bytes is not `byteCount`, or no value has these bytes.
    init?(bytes: some Collection<UInt8>)
    /// Appends `byteCount` bytes.
    func append(to bytes: inout [UInt8])
}

extension FixedWidthNetworkValue {
    /// The value as it is on the wire.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }
}
