// The header of BGP messages (RFC 4271 §4.1), and the cutting of a stream of bytes into messages.
//
//      0                   1                   2                   3
//      +---------------------------------------------------------------+
//      |                  marker: 16 bytes, all ones                   |
//      +-------------------------------+---------------+---------------+
//      |  length, with this header     |     type      |
//      +-------------------------------+---------------+

/// A kind of message. Any byte is a value; those without a name are refused when they come in.
public struct BGPMessageType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let open = BGPMessageType(rawValue: 1)
    public static let update = BGPMessageType(rawValue: 2)
    public static let notification = BGPMessageType(rawValue: 3)
    public static let keepalive = BGPMessageType(rawValue: 4)
    /// RFC 2918.
    public static let routeRefresh = BGPMessageType(rawValue: 5)

    /// The shortest message of the kind, with the header.
    var shortest: Int? {
        switch self {
        case .open: 29
        case .update: 23
        case .notification: 21
        case .keepalive: 19
        case .routeRefresh: 23
        default: nil
        }
    }
}

/// A message whose body is yet to be read.
public struct BGPFrame: Sendable {
    public static let headerLength = 19
    /// RFC 8654 allows more; it is not offered to peers.
    public static let greatestLength = 4096

    public let type: BGPMessageType
    public let body: WireReader

    /// A header with room for a length, which `finish` fills in.
    static func begin(_ type: BGPMessageType) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(greatestLength)
        bytes.append(contentsOf: repeatElement(0xFF, count: 16))
        bytes.append16(0)
        bytes.append(type.rawValue)
        return bytes
    }

    static func finish(_ bytes: inout [UInt8]) {
        precondition(bytes.count <= greatestLength, "a BGP message has \(greatestLength) bytes at most, not \(bytes.count)")
        bytes.patch16(bytes.count, at: 16)
    }

    public static let keepalive: [UInt8] = {
        var bytes = begin(.keepalive)
        finish(&bytes)
        return bytes
    }()
}

/// Finds the messages in a stream. Holds no more than one message's worth of bytes beyond what was handed in last.
public struct BGPFrameSplitter: Sendable {
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that were handed out already.
    private var consumed = 0

    public init() {}

    /// Takes bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if consumed == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else if consumed > 0 {
            buffer.removeFirst(consumed)
        }
        consumed = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message; nil until more bytes arrive. A header that cannot be right is refused as soon as it is there.
    public mutating func next() throws(BGPProtocolError) -> BGPFrame? {
        guard buffer.count - consumed >= BGPFrame.headerLength else { return nil }
        for index in consumed..<consumed + 16 where buffer[index] != 0xFF {
            throw BGPProtocolError(.notSynchronized, "byte \(index - consumed) of a message's marker is \(buffer[index]) instead of 255")
        }
        let length = Int(buffer[consumed + 16]) << 8 | Int(buffer[consumed + 17])
        let type = BGPMessageType(rawValue: buffer[consumed + 18])
        guard let shortest = type.shortest else {
            throw BGPProtocolError(.badType(type.rawValue), "\(type.rawValue) is no type of message")
        }
        guard length >= shortest, length <= BGPFrame.greatestLength, type != .keepalive || length == shortest else {
            throw BGPProtocolError(
                .badLength(UInt16(length)),
                "a message of type \(type.rawValue) says that it has \(length) bytes instead of \(shortest)"
                    + (type == .keepalive ? "" : " to \(BGPFrame.greatestLength)"))
        }
        guard buffer.count - consumed >= length else { return nil }
        let start = consumed
        consumed += length
        return BGPFrame(type: type, body: WireReader(buffer, start + BGPFrame.headerLength..<start + length))
    }
}
