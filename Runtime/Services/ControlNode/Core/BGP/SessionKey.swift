// The secret that signs a session's segments (RFC 2385). Shown nowhere: neither in logs nor in what is printed of the values that hold it.

public struct SessionKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What the system's interface has room for.
    public static let greatestLength = 80

    public let bytes: [UInt8]

    /// Nil for a key that cannot be used: an empty one, or one of more than 80 bytes.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard 1...Self.greatestLength ~= bytes.count else { return nil }
        self.bytes = bytes
    }

    public var description: String { "(a key)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
