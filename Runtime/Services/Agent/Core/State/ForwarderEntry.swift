// Entries of the forwarder's tables as values that can be compared: what the agent wants, what the forwarder says it has, and the requests that
// turn the one into the other.

import Attributes
import ForwarderMessages
import NetworkTypes

/// Which entry: a table, and its key in the table. The order is that in which entries can be written.
public enum EntryKey: Hashable, Comparable, Sendable {
    case vrf(UInt32)
    case interface(UInt32)
    case nextHop(UInt32)
    case label(UInt32)
    case vxlanNetwork(UInt32)
    case route(vrf: UInt32, IPPrefix)
    case bridge(vrf: UInt32, MACAddress)
}

/// An entry without what belongs to a request: operation, generation, counters.
public struct ForwarderEntry: Sendable, Equatable {
    public enum Message: Sendable {
        case vrf(VrfMessage)
        case interface(InterfaceMessage)
        case nextHop(NextHopMessage)
        case label(LabelMessage)
        case vxlanNetwork(VxlanNetworkMessage)
        case route(RouteMessage)
    }

    public let key: EntryKey
    public let message: Message
    /// The entry as attributes, with defaults filled in: equal entries have equal bytes.
    private let canonical: [UInt8]

    /// Nil for a message that is no entry: without its key, or with values that cannot be sent.
    public init?(_ message: Message) {
        guard let key = message.key else { return nil }
        let normal = message.normalised
        guard let bytes = try? normal.request(.add, generation: nil) else { return nil }
        self.key = key
        self.message = normal
        canonical = bytes
    }

    public static func == (left: ForwarderEntry, right: ForwarderEntry) -> Bool {
        left.key == right.key && left.canonical == right.canonical
    }

    /// The entries that must exist for this one to be written.
    public var references: [EntryKey] {
        switch message {
        case .vrf: return []
        case .interface(let interface):
            return [.vrf(interface.vrf ?? 0)] + (interface.nextHop.map { $0 == 0 ? [] : [.nextHop($0)] } ?? [])
        case .nextHop(let nextHop):
            let members = (nextHop.members ?? []).compactMap { $0.nextHop }.filter { $0 != 0 }.map { EntryKey.nextHop($0) }
            return [.vrf(nextHop.vrf ?? 0)] + (nextHop.interface.map { [.interface($0)] } ?? []) + members
        case .label(let label): return label.nextHop.map { $0 == 0 ? [] : [.nextHop($0)] } ?? []
        case .vxlanNetwork(let network): return network.nextHop.map { $0 == 0 ? [] : [.nextHop($0)] } ?? []
        case .route(let route): return [.vrf(route.vrf ?? 0)] + (route.nextHop.map { $0 == 0 ? [] : [.nextHop($0)] } ?? [])
        }
    }
}

extension ForwarderEntry.Message {
    public var command: UInt8 {
        switch self {
        case .vrf: VrfMessage.command
        case .interface: InterfaceMessage.command
        case .nextHop: NextHopMessage.command
        case .label: LabelMessage.command
        case .vxlanNetwork: VxlanNetworkMessage.command
        case .route: RouteMessage.command
        }
    }

    var key: EntryKey? {
        switch self {
        case .vrf(let vrf): return vrf.index.map { .vrf($0) }
        case .interface(let interface): return interface.index.map { .interface($0) }
        case .nextHop(let nextHop): return nextHop.index.map { .nextHop($0) }
        case .label(let label): return label.label.map { .label($0) }
        case .vxlanNetwork(let network): return network.identifier.map { .vxlanNetwork($0) }
        case .route(let route):
            guard let vrf = route.vrf else { return nil }
            switch route.family {
            case .inet: return route.ipv4Prefix.flatMap { Self.prefix(.v4($0), route.prefixLength).map { .route(vrf: vrf, $0) } }
            case .inet6: return route.ipv6Prefix.flatMap { Self.prefix(.v6($0), route.prefixLength).map { .route(vrf: vrf, $0) } }
            case .bridge: return route.macAddress.map { .bridge(vrf: vrf, $0) }
            }
        }
    }

    private static func prefix(_ address: IPAddress, _ length: UInt8?) -> IPPrefix? {
        let length = length.map(Int.init) ?? address.bitCount
        return length <= address.bitCount ? IPPrefix(address, length: length) : nil
    }

    /// The attributes of a request about the entry.
    public func request(_ operation: TableOperation, generation: UInt32?) throws(AttributeError) -> [UInt8] {
        switch self {
        case .vrf(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        case .interface(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        case .nextHop(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        case .label(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        case .vxlanNetwork(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        case .route(var message):
            (message.operation, message.generation) = (operation, generation)
            return try message.attributes()
        }
    }

    /// Only what names the entry: all that a request to delete it needs.
    var keyOnly: Self {
        switch self {
        case .vrf(let message): return .vrf(VrfMessage(operation: .delete, index: message.index))
        case .interface(let message): return .interface(InterfaceMessage(operation: .delete, index: message.index))
        case .nextHop(let message): return .nextHop(NextHopMessage(operation: .delete, index: message.index))
        case .label(let message): return .label(LabelMessage(operation: .delete, label: message.label))
        case .vxlanNetwork(let message):
            return .vxlanNetwork(VxlanNetworkMessage(operation: .delete, identifier: message.identifier))
        case .route(let message):
            var key = RouteMessage(operation: .delete, vrf: message.vrf, family: message.family)
            key.ipv4Prefix = message.ipv4Prefix
            key.ipv6Prefix = message.ipv6Prefix
            key.prefixLength = message.prefixLength
            key.macAddress = message.macAddress
            return .route(key)
        }
    }

    /// Without what only answers have, and with what absence means. The MTU is the device's: the agent leaves it to the forwarder, which tells it.
    var normalised: Self {
        switch self {
        case .vrf(let message):
            return .vrf(VrfMessage(operation: .add, index: message.index, name: message.name, flags: message.flags ?? []))
        case .interface(let message):
            return .interface(
                InterfaceMessage(
                    operation: .add, index: message.index, type: message.type, transport: message.transport ?? .virtual,
                    flags: message.flags ?? [], name: message.name, vrf: message.vrf ?? 0, multicastVrf: message.multicastVrf,
                    nextHop: message.nextHop == 0 ? nil : message.nextHop, mac: message.mac,
                    ipv4Address: message.ipv4Address, ipv6Address: message.ipv6Address, parent: message.parent, vlan: message.vlan,
                    outerVlan: message.outerVlan, crossConnects: message.crossConnects?.isEmpty == true ? nil : message.crossConnects,
                    mirror: message.mirror, qosMap: message.qosMap))
        case .nextHop(let message):
            return .nextHop(
                NextHopMessage(
                    operation: .add, index: message.index, type: message.type, family: message.family ?? .inet,
                    flags: message.flags ?? [], vrf: message.vrf ?? 0, interface: message.interface,
                    encapsulation: message.encapsulation?.isEmpty == true ? nil : message.encapsulation, tunnel: message.tunnel,
                    sourceIpv4: message.sourceIpv4, destinationIpv4: message.destinationIpv4, sourceIpv6: message.sourceIpv6,
                    destinationIpv6: message.destinationIpv6, sourcePort: message.sourcePort,
                    destinationPort: message.destinationPort, composite: message.composite,
                    hashFields: message.composite == .ecmp ? message.hashFields ?? HashFields(rawValue: 0x1F) : nil,
                    members: message.composite == nil ? nil : message.members ?? [], rewriteMac: message.rewriteMac))
        case .label(let message):
            return .label(LabelMessage(operation: .add, label: message.label, nextHop: message.nextHop))
        case .vxlanNetwork(let message):
            return .vxlanNetwork(VxlanNetworkMessage(operation: .add, identifier: message.identifier, nextHop: message.nextHop))
        case .route(let message): return .route(Self.normalised(message))
        }
    }

    private static func normalised(_ message: RouteMessage) -> RouteMessage {
        var normal = RouteMessage(operation: .add, vrf: message.vrf, family: message.family)
        switch (message.family, Self.route(message).key) {
        case (.bridge, _):
            normal.macAddress = message.macAddress
            normal.bridgeFlags = (message.bridgeFlags ?? []).intersection([.floodDhcp, .controlWord])
        case (_, .route(_, .v4(let prefix))):
            normal.ipv4Prefix = prefix.network
            normal.prefixLength = UInt8(prefix.length)
            normal.routeFlags = message.routeFlags ?? []
        case (_, .route(_, .v6(let prefix))):
            normal.ipv6Prefix = prefix.network
            normal.prefixLength = UInt8(prefix.length)
            normal.routeFlags = message.routeFlags ?? []
        default: break
        }
        normal.nextHop = message.nextHop
        normal.label = message.label
        normal.stitchedMac = message.stitchedMac == .zero ? nil : message.stitchedMac
        return normal
    }
}

/// The tables, desired or actual.
public typealias ForwarderTables = [EntryKey: ForwarderEntry]
