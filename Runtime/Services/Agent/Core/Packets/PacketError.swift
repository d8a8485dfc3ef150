// Why bytes are not the packet they were taken for.

/// A header or field that cannot be what it should be. Packets come from workloads, so that this is an everyday event: it is counted, never logged by itself.
public struct PacketError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The protocol and the field: `dhcp.options`.
    public let field: String
    /// Where the field begins, in bytes from the beginning of the protocol's header.
    public let offset: Int
    /// What was found, and what would have been right.
    public let problem: String

    public init(_ field: String, at offset: Int, _ problem: String) {
        self.field = field
        self.offset = offset
        self.problem = problem
    }

    public var description: String { "\(field), at byte \(offset): \(problem)" }
}
