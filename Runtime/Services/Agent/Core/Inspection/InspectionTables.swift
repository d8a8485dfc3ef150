// The forwarder's tables as an operator reads them.

import Attributes
import ForwarderMessages
import NetworkTypes

extension InspectionTable.Cell {
    static func number(_ value: (some FixedWidthInteger)?) -> Self { value.map { .number(UInt64(truncatingIfNeeded: $0)) } ?? .none }
    static func text(_ value: (some CustomStringConvertible)?) -> Self { value.map { .text($0.description) } ?? .none }
    static func words(_ value: [String]?) -> Self { value.map { $0.isEmpty ? .none : .list($0) } ?? .none }
}

extension InspectionTable {
    public static func interfaces(_ messages: [InterfaceMessage]) -> InspectionTable {
        var table = InspectionTable([
            "index", "name", "type", "vrf", "next-hop", "mac", "address", "link", "rx-packets", "rx-bytes", "tx-packets", "tx-bytes",
            "dropped",
            "flags",
        ])
        for message in messages.sorted(by: { ($0.index ?? 0) < ($1.index ?? 0) }) {
            let counters = message.counters
            table.rows.append([
                .number(message.index), .text(message.name), .text(message.type?.name), .number(message.vrf), .number(message.nextHop),
                .text(message.mac), .text(message.ipv4Address), .text(message.linkUp == true ? "up" : "down"),
                .number(counters?.receivedPackets), .number(counters?.receivedBytes), .number(counters?.transmittedPackets),
                .number(counters?.transmittedBytes), .number(counters?.droppedPackets), .words(message.flags?.names),
            ])
        }
        return table
    }

    public static func nextHops(_ messages: [NextHopMessage]) -> InspectionTable {
        var table = InspectionTable([
            "index", "type", "family", "vrf", "interface", "tunnel", "source", "destination", "mac", "members", "flags", "references",
        ])
        for message in messages.sorted(by: { ($0.index ?? 0) < ($1.index ?? 0) }) {
            let kind = message.composite.map { "\(message.type?.name ?? "composite") \($0.name)" } ?? message.type?.name
            let mac = message.encapsulation.flatMap { MACAddress(bytes: $0.prefix(6)) }
            // The position of a member is what flows remember, so that empty ones are shown.
            let members = message.members?.map { member in
                member.nextHop.map { "\($0)" + (member.label.map { "(\($0))" } ?? "") } ?? "empty"
            }
            table.rows.append([
                .number(message.index), .text(kind), .text(message.family?.name), .number(message.vrf), .number(message.interface),
                .text(message.tunnel?.name), .text(message.sourceIpv4), .text(message.destinationIpv4), .text(mac), .words(members),
                .words(message.flags?.names), .number(message.referenceCount),
            ])
        }
        return table
    }

    public static func routes(_ messages: [RouteMessage]) -> InspectionTable {
        var table = InspectionTable(["vrf", "destination", "next-hop", "label", "mac", "flags", "packets"])
        for message in messages {
            let destination: String? =
                switch message.family {
                case .inet: message.ipv4Prefix.map { "\($0)/\(message.prefixLength ?? 32)" }
                case .inet6: message.ipv6Prefix.map { "\($0)/\(message.prefixLength ?? 128)" }
                case .bridge: message.macAddress?.description
                }
            table.rows.append([
                .number(message.vrf), .text(destination), .number(message.nextHop), .number(message.label), .text(message.stitchedMac),
                .words((message.routeFlags?.names ?? []) + (message.bridgeFlags?.names ?? [])), .number(message.packets),
            ])
        }
        return table
    }

    public static func labels(_ labels: [LabelMessage]) -> InspectionTable {
        var table = InspectionTable(["label", "next-hop"])
        for message in labels.sorted(by: { ($0.label ?? 0) < ($1.label ?? 0) }) {
            table.rows.append([.number(message.label), .number(message.nextHop)])
        }
        return table
    }

    public static func flows(_ messages: [FlowMessage]) -> InspectionTable {
        var table = InspectionTable([
            "index", "reverse", "protocol", "source", "destination", "vrf", "next-hop", "action", "reason", "packets", "bytes", "idle-ms",
            "flags",
        ])
        for message in messages.sorted(by: { ($0.index ?? 0) < ($1.index ?? 0) }) {
            let key = message.key
            let source = key?.sourceIpv4.map { IPAddress.v4($0) } ?? key?.sourceIpv6.map { IPAddress.v6($0) }
            let destination = key?.destinationIpv4.map { IPAddress.v4($0) } ?? key?.destinationIpv6.map { IPAddress.v6($0) }
            table.rows.append([
                .number(message.index), .number(message.reverseIndex), .text(key.map { protocolName($0.protocol) }),
                .text(source.map { end($0, key?.sourcePort ?? 0) }), .text(destination.map { end($0, key?.destinationPort ?? 0) }),
                .number(message.vrf), .number(key?.nextHop), .text(message.action?.name),
                .text(message.action == .drop ? message.dropReason?.name : nil as String?), .number(message.statistics?.packets),
                .number(message.statistics?.bytes), .number(message.idle), .words(message.flags?.names),
            ])
        }
        return table
    }

    public static func drops(_ message: DropStatisticsMessage) -> InspectionTable {
        var table = InspectionTable(["reason", "packets", "meaning"])
        for count in message.counts ?? [] {
            table.rows.append([.text(count.reason.name), .number(count.packets), .text(count.reason.sentence)])
        }
        return table
    }

    private static func protocolName(_ number: UInt8) -> String {
        switch IPProtocol(rawValue: number) {
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmp: "icmp"
        case .icmpv6: "icmpv6"
        case .sctp: "sctp"
        default: "\(number)"
        }
    }

    private static func end(_ address: IPAddress, _ port: UInt16) -> String {
        address.bitCount == 128 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
