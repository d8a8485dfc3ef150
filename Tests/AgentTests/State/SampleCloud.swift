// A small cloud as control nodes describe it: networks, groups and workloads, as statements about the graph.

import AgentCore
import Coding
import ConfigurationModel
import Graph
import NetworkTypes

/// The blue network's routing instance, and the addresses of the workloads 1 and 2, which are in it; 3 is in red.
let blueInstance = SampleCloud.instance(SampleCloud.blue)
let web1 = IPv4Address(10, 1, 1, 3)
let web2 = IPv4Address(10, 1, 1, 4)
let red3 = IPv4Address(10, 2, 1, 3)

func tcp(_ source: IPv4Address, _ sourcePort: UInt16 = 40000, to destination: IPv4Address, _ port: UInt16) -> FlowTuple {
    FlowTuple(.v4(source), sourcePort, to: .v4(destination), port, .tcp)
}

struct SampleCloud {
    static let blue = NodeName(type: "virtual-network", name: "default-domain:shop:blue")
    static let red = NodeName(type: "virtual-network", name: "default-domain:shop:red")
    static let web = NodeName(type: "security-group", name: "default-domain:shop:web")
    static func instance(_ network: NodeName) -> String { network.name + ":" + (network.name.split(separator: ":").last ?? "") }

    static let host = {
        var host = HostParameters(
            name: "host-1", address: IPv4Address(192, 0, 2, 1), prefixLength: 24, mac: MACAddress(2, 0, 0, 0, 1, 1),
            physicalDevice: "no-uplink0")
        // Devices that no machine has: a forwarder that is given these tables waits for them, and touches nothing.
        host.hostDevice = "no-vhost0"
        host.gateway = IPv4Address(192, 0, 2, 254)
        return host
    }()

    /// The text of a value of the schema without its outermost element.
    static func content(_ value: some XMLCodable) -> [UInt8] {
        let bytes = value.xml(root: "value")
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("<value>"), text.hasSuffix("</value>") else { return [] }
        return Array(text.dropFirst(7).dropLast(8).utf8)
    }

    static func permissions(_ id: UUIDValue) -> [UInt8] {
        Array("<enable>true</enable><uuid><uuid-mslong>\(id.high)</uuid-mslong><uuid-lslong>\(id.low)</uuid-lslong></uuid>".utf8)
    }

    static func network(_ node: NodeName, number: Int, subnet: String, gateway: String, service: String) -> [GraphChange] {
        let ipam = NodeName(type: "network-ipam", name: "default-domain:shop:ipam")
        let instance = NodeName(type: "routing-instance", name: instance(node))
        let subnets = """
            <ipam-subnets><subnet><ip-prefix>\(subnet)</ip-prefix><ip-prefix-len>24</ip-prefix-len></subnet>\
            <default-gateway>\(gateway)</default-gateway><dns-server-address>\(service)</dns-server-address>\
            <enable-dhcp>true</enable-dhcp></ipam-subnets>
            """
        return [
            .node(node, properties: ["virtual-network-network-id": Array("\(number)".utf8)]), .node(ipam, properties: [:]),
            .node(instance, properties: [:]), .link(LinkName("virtual-network-routing-instance", node, instance), data: nil),
            .link(LinkName("virtual-network-network-ipam", node, ipam), data: Array(subnets.utf8)),
        ]
    }

    static func group(_ node: NodeName, number: Int, ingress: String, egress: String) -> [GraphChange] {
        var changes: [GraphChange] = [.node(node, properties: ["security-group-id": Array("\(number)".utf8)])]
        for (suffix, rules) in [("ingress", ingress), ("egress", egress)] {
            let list = NodeName(type: "access-control-list", name: "\(node.name):\(suffix)-access-control-list")
            changes.append(.node(list, properties: ["access-control-list-entries": Array(rules.utf8)]))
            changes.append(.link(LinkName("security-group-access-control-list", node, list), data: nil))
        }
        return changes
    }

    static func interface(
        _ number: UInt8, _ network: NodeName, _ address: String, groups: [NodeName] = [], properties: [String: [UInt8]] = [:]
    ) -> [GraphChange] {
        let id = id(number)
        let node = NodeName(type: "virtual-machine-interface", name: "default-domain:shop:port-\(number)")
        let workload = NodeName(type: "virtual-machine", name: workload(number).description)
        let instance = NodeName(type: "instance-ip", name: "ip-\(number)")
        var all: [String: [UInt8]] = [
            "id-perms": permissions(id), "display-name": Array("vm\(number)".utf8),
            "virtual-machine-interface-mac-addresses": Array("<mac-address>\(mac(number))</mac-address>".utf8),
        ]
        all.merge(properties) { $1 }
        var changes: [GraphChange] = [
            .node(node, properties: all), .node(workload, properties: [:]),
            .node(instance, properties: ["instance-ip-address": Array(address.utf8)]),
            .link(LinkName("virtual-machine-interface-virtual-network", node, network), data: nil),
            .link(LinkName("virtual-machine-interface-virtual-machine", node, workload), data: nil),
            .link(LinkName("instance-ip-virtual-machine-interface", instance, node), data: nil),
        ]
        for group in groups { changes.append(.link(LinkName("virtual-machine-interface-security-group", node, group), data: nil)) }
        return changes
    }

    static func id(_ number: UInt8) -> UUIDValue { UUIDValue(high: 0x1111_2222_3333_4444, low: 0x8000_0000_0000_0000 | UInt64(number)) }
    static func workload(_ number: UInt8) -> UUIDValue { UUIDValue(high: 0x5555, low: UInt64(number)) }
    static func mac(_ number: UInt8) -> MACAddress { MACAddress(2, 0, 0x5E, 0x10, 0, number) }
    static func port(_ number: UInt8) -> AgentCore.Port {
        AgentCore.Port(id: id(number), instance: workload(number), device: "no-tap\(number)", mac: mac(number))
    }

    static func rules(_ rules: [String]) -> String { rules.map { "<acl-rule>\($0)</acl-rule>" }.joined() }

    static let anywhere = "<subnet-list><ip-prefix>0.0.0.0</ip-prefix><ip-prefix-len>0</ip-prefix-len></subnet-list>"

    /// Passes one protocol between the workload and a remote end.
    static func pass(_ number: String, _ ports: ClosedRange<Int> = 0...65535, remote: String = anywhere, ingress: Bool) -> String {
        let (source, destination) = ingress ? (remote, "") : ("", remote)
        return """
            <match-condition><protocol>\(number)</protocol><src-address>\(source)</src-address>\
            <src-port><start-port>0</start-port><end-port>65535</end-port></src-port><dst-address>\(destination)</dst-address>\
            <dst-port><start-port>\(ports.lowerBound)</start-port><end-port>\(ports.upperBound)</end-port></dst-port>\
            <ethertype>IPv4</ethertype></match-condition><action-list><simple-action>pass</simple-action></action-list>
            """
    }

    /// Two networks, a group that lets everything out and port 80 in, three workloads.
    static var graph: [GraphChange] {
        network(blue, number: 5, subnet: "10.1.1.0", gateway: "10.1.1.1", service: "10.1.1.2")
            + network(red, number: 6, subnet: "10.2.1.0", gateway: "10.2.1.1", service: "10.2.1.2")
            + group(
                web, number: 8_000_001, ingress: rules([pass("6", 80...80, ingress: true)]), egress: rules([pass("any", ingress: false)]))
            + interface(1, blue, "10.1.1.3", groups: [web]) + interface(2, blue, "10.1.1.4", groups: [web])
            + interface(3, red, "10.2.1.3", groups: [web])
    }
}
