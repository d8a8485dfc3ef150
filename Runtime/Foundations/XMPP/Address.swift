// Who is who on the channel between agents and control nodes. The addresses look like those of XMPP but are plain names: there is no
// server that routes by them.

/// A party and, after a slash, the service of it that is meant.
public struct Address: Hashable, Sendable, CustomStringConvertible {
    /// Name of the party: of an agent, its host.
    public var name: String
    /// What follows the slash.
    public var resource: String?

    public init(_ name: String, resource: String? = nil) {
        self.name = name
        self.resource = resource
    }

    /// Divides at the first slash.
    public init(text: String) {
        guard let slash = text.firstIndex(of: "/") else {
            self.init(text)
            return
        }
        self.init(String(text[..<slash]), resource: String(text[text.index(after: slash)...]))
    }

    public var description: String { resource.map { "\(name)/\($0)" } ?? name }

    /// Every control node, whatever its name.
    public static let controlNode = Address("network-control@contrailsystems.com")
    /// The service that exchanges routes.
    public static let routes = "bgp-peer"
    /// The service that hands out configuration.
    public static let configuration = "config"

    /// The same party with another service.
    public func with(resource: String) -> Address { Address(name, resource: resource) }
}
