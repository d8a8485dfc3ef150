// What the model knows: plain dictionaries. The words are those of the structures in Runtime/Forwarder/include.

import NetworkTypes

public struct Tables {
    var interfaces: [UInt32: Interface] = [:]
    /// VRF 0, the underlay's, always exists. The value: it has no routes, only bridge entries.
    var vrfs: [UInt32: Bool] = [0: false]
    /// Next hop 0 always exists and discards.
    var nextHops: [UInt32: NextHop] = [0: NextHop(action: .discard)]
    /// By VRF, in any order.
    var routes: [UInt32: [Route]] = [:]
    var bridgeEntries: [BridgeKey: BridgeEntry] = [:]
    var labels: [UInt32: Label] = [:]
    /// VXLAN network to next hop.
    var networks: [UInt32: UInt32] = [:]

    /// The route that says most about an address: of all that contain it the longest.
    func route(to address: IPAddress, in vrf: UInt32) -> Route? {
        (routes[vrf] ?? []).filter { $0.contains(address) }.max { $0.length < $1.length }
    }

    func bridgeEntry(for mac: MACAddress, in vrf: UInt32) -> BridgeEntry? { bridgeEntries[BridgeKey(vrf: vrf, mac: mac)] }

    func subInterface(of parent: UInt32, vlan: UInt16) -> Interface? {
        interfaces.values.first { $0.parent == parent && $0.vlan == vlan }
    }

    var agent: Interface? { interfaces.values.first { $0.type == .agent } }

    mutating func set(_ route: Route, in vrf: UInt32) {
        delete(route.address, route.length, in: vrf)
        routes[vrf, default: []].append(route)
    }

    @discardableResult
    mutating func delete(_ address: IPAddress, _ length: Int, in vrf: UInt32) -> Bool {
        let before = routes[vrf]?.count ?? 0
        routes[vrf]?.removeAll { $0.isSamePrefix(address, length) }
        return routes[vrf]?.count ?? 0 < before
    }
}

struct Interface {
    enum Kind: String { case host, agent, physical, virtual, gateway, virtualVLAN = "virtual-vlan", vlan }

    enum Flag: String {
        case policy
        case crossConnect = "cross-connect"
        case service
        case routed = "l3"
        case bridged = "l2"
        case dhcp
        case noARPProxy = "no-arp-proxy"
        case floodUnknown = "flood-unknown"
        case dropNewFlows = "drop-new-flows"
        case macProxy = "mac-proxy"
        case igmp
    }

    var index: UInt32
    var type: Kind
    var flags: Set<Flag> = []
    var vrf: UInt32 = 0
    var multicastVRF: UInt32?
    /// What stands for the interface in the keys of flows.
    var nextHop: UInt32?
    /// The largest packet without its Ethernet header.
    var mtu: Int?
    var parent: UInt32?
    var vlan: UInt16?
    var mac = MACAddress.zero
    var crossConnects: [UInt32] = []
}

struct NextHop {
    enum Flag: String {
        case invalid, policy, relaxed
        case floodUnknown = "flood-unknown"
        case controlWord = "control-word"
        case vxlanRouting = "vxlan-routing"
        case validateSource = "validate-source"
    }

    enum Action {
        case receive(interface: UInt32)
        /// `header`: for routed packets; frames have theirs.
        case encapsulate(interface: UInt32, header: EthernetFrame?)
        case tunnel(Tunnel)
        case resolve
        case discard
        case composite(CompositeKind, members: [Member?])
        case translate
        case bridgeReceive
    }

    enum CompositeKind: String { case ecmp, multicast, local, fabric, evpn, `switch` }

    /// A position of a composite that is not empty.
    struct Member {
        var nextHop: UInt32
        var label: UInt32?
    }

    var action: Action
    /// Labels of this next hop carry frames, not packets.
    var isOfFrames = false
    var vrf: UInt32 = 0
    var flags: Set<Flag> = []

    var tunnel: Tunnel? { if case .tunnel(let tunnel) = action { tunnel } else { nil } }
    var isReceive: Bool { if case .receive = action { true } else { false } }
    var isDiscard: Bool { if case .discard = action { true } else { false } }
    var isEncapsulate: Bool { if case .encapsulate = action { true } else { false } }
    var isComposite: Bool { if case .composite = action { true } else { false } }

    /// Where it leaves, if there is one such interface.
    var interface: UInt32? {
        switch action {
        case .receive(let interface), .encapsulate(let interface, _): interface
        case .tunnel(let tunnel): tunnel.interface
        default: nil
        }
    }
}

struct Tunnel {
    enum Kind: String { case gre, udp, vxlan }

    var kind: Kind
    var interface: UInt32
    var source: IPv4Address
    var destination: IPv4Address
    /// In front of the outer IP packet.
    var header: EthernetFrame
    /// The other end's router, where routed packets may travel in VXLAN.
    var routerMAC: MACAddress?
}

struct Route {
    enum Flag: String { case proxy, trap, flood }

    var address: IPAddress
    var length: Int
    var nextHop: UInt32
    var label: UInt32?
    var flags: Set<Flag> = []
    /// Belongs to the address of a host route.
    var mac: MACAddress?

    /// Bits beyond the length say nothing.
    func contains(_ other: IPAddress) -> Bool { Self.bits(of: address, length) == Self.bits(of: other, length) }

    func isSamePrefix(_ other: IPAddress, _ otherLength: Int) -> Bool { length == otherLength && contains(other) }

    private static func bits(of address: IPAddress, _ length: Int) -> [Bool] {
        let bits: [Bool] = address.bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } }
        // A first bit for the version: no IPv4 prefix contains an IPv6 address.
        return [bits.count == 32] + bits.prefix(length)
    }
}

struct BridgeKey: Hashable {
    var vrf: UInt32
    var mac: MACAddress
}

struct BridgeEntry {
    enum Flag: String { case floodDHCP = "flood-dhcp", controlWord = "control-word" }

    var nextHop: UInt32
    var label: UInt32?
    var flags: Set<Flag> = []
}

struct Label {
    var nextHop: UInt32
    /// A replication tree's: behind the label stand a control word and a VXLAN header.
    var isTree = false
}
