// Address families as BGP numbers them (RFC 4760, IANA's registries of AFI and SAFI). The channel to agents uses other numbers for some of
// them; they are translated at its edge and never seen here.

import NetworkTypes

/// What kind of routes a table holds or a session carries.
public struct AddressFamily: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Address family identifier.
    public let afi: UInt16
    /// Subsequent address family identifier.
    public let safi: UInt8

    public init(afi: UInt16, safi: UInt8) {
        self.afi = afi
        self.safi = safi
    }

    public static let inet = AddressFamily(afi: 1, safi: 1)
    public static let inetLabelled = AddressFamily(afi: 1, safi: 4)
    public static let inetMVPN = AddressFamily(afi: 1, safi: 5)
    /// RFC 4364.
    public static let inetVPN = AddressFamily(afi: 1, safi: 128)
    /// RFC 4684.
    public static let routeTarget = AddressFamily(afi: 1, safi: 132)
    /// Edge-replicated multicast; a private number.
    public static let ermVPN = AddressFamily(afi: 1, safi: 243)
    public static let inet6 = AddressFamily(afi: 2, safi: 1)
    /// RFC 4659.
    public static let inet6VPN = AddressFamily(afi: 2, safi: 128)
    /// RFC 7432.
    public static let evpn = AddressFamily(afi: 25, safi: 70)

    private static let names: [(family: AddressFamily, name: String, table: String)] = [
        (.inet, "inet", "inet.0"), (.inetLabelled, "inet-labeled", "inet.3"), (.inetMVPN, "inet-mvpn", "mvpn.0"),
        (.inetVPN, "inet-vpn", "l3vpn.0"), (.routeTarget, "route-target", "rtarget.0"), (.ermVPN, "erm-vpn", "ermvpn.0"),
        (.inet6, "inet6", "inet6.0"), (.inet6VPN, "inet6-vpn", "l3vpn-inet6.0"), (.evpn, "e-vpn", "evpn.0"),
    ]

    /// The families whose routes this speaker can read, keep and write.
    public static let supported: [AddressFamily] = [.inet, .inetVPN, .inet6, .inet6VPN, .evpn, .routeTarget]

    /// As the configuration spells it: `inet-vpn`. Nil for a name that is none.
    public init?(name: String) {
        guard let known = Self.names.first(where: { $0.name == name }) else { return nil }
        self = known.family
    }

    /// The configuration's name, or `afi/safi` for a family without one.
    public var description: String { Self.names.first { $0.family == self }?.name ?? "\(afi)/\(safi)" }

    /// The last part of a table's name: `inet.0`.
    public var tableSuffix: String { Self.names.first { $0.family == self }?.table ?? "\(afi).\(safi)" }

    /// The family whose routes carry a distinguisher and go between routers, for a family of routes of one routing instance.
    public var vpnFamily: AddressFamily? {
        switch self {
        case .inet: .inetVPN
        case .inet6: .inet6VPN
        case .evpn: .evpn
        default: nil
        }
    }

    /// The family of a routing instance's own table that routes of this one are imported into.
    public var instanceFamily: AddressFamily? {
        switch self {
        case .inetVPN: .inet
        case .inet6VPN: .inet6
        case .evpn: .evpn
        default: nil
        }
    }

    public static func < (left: AddressFamily, right: AddressFamily) -> Bool { (left.afi, left.safi) < (right.afi, right.safi) }
}
