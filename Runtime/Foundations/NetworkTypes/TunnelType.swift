// BGP tunnel types (RFC 5512, RFC 9012, IANA's registry of BGP tunnel encapsulations): how packets for a route are wrapped.

/// A kind of tunnel.
public struct TunnelType: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// GRE without MPLS.
    public static let gre = TunnelType(rawValue: 2)
    public static let ipInIP = TunnelType(rawValue: 7)
    /// RFC 7348. The MPLS label field holds a VXLAN network identifier.
    public static let vxlan = TunnelType(rawValue: 8)
    public static let nvgre = TunnelType(rawValue: 9)
    public static let mpls = TunnelType(rawValue: 10)
    /// RFC 4023.
    public static let mplsOverGRE = TunnelType(rawValue: 11)
    public static let vxlanGPE = TunnelType(rawValue: 12)
    /// RFC 7510.
    public static let mplsOverUDP = TunnelType(rawValue: 13)
    /// No tunnel: packets go as they are.
    public static let native = TunnelType(rawValue: 16)
    /// RFC 8926.
    public static let geneve = TunnelType(rawValue: 19)

    private static let names: [(type: TunnelType, name: String)] = [
        (.gre, "gre"), (.ipInIP, "ip-in-ip"), (.vxlan, "vxlan"), (.nvgre, "nvgre"), (.mpls, "mpls"), (.mplsOverGRE, "mpls-over-gre"),
        (.vxlanGPE, "vxlan-gpe"), (.mplsOverUDP, "mpls-over-udp"), (.native, "native"), (.geneve, "geneve"),
    ]

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> TunnelType {
        if let known = names.first(where: { text.elementsEqual($0.name.utf8) }) { return known.type }
        guard let first = text.first, (0x30...0x39).contains(first) else {
            throw NotationProblem(
                "\(NotationProblem.quoted(text)) is not a tunnel type",
                hint: "write a number or one of \(names.map(\.name).joined(separator: ", "))")
        }
        return TunnelType(rawValue: UInt16(try NumberNotation.decimal(text, maximum: 0xFFFF, "tunnel type")))
    }

    /// The name, or the number of a type without one.
    public var description: String { Self.names.first { $0.type == self }?.name ?? String(rawValue) }

    public static func < (left: TunnelType, right: TunnelType) -> Bool { left.rawValue < right.rawValue }
}
