// From the rules of the configuration to rules that can be looked at.

import ConfigurationModel
import Graph
import NetworkTypes

extension AccessList {
    /// - Parameters:
    ///   - rules: the entries of an access list.
    ///   - groups: the numbers of security groups by name, for rules that name a group instead of a number.
    public init(_ rules: [AclRuleType], groups: [String: UInt32]) {
        self.init(rules.map { PolicyRule($0, groups: groups) })
    }
}

extension PolicyRule {
    init(_ rule: AclRuleType, groups: [String: UInt32]) {
        self.init(rule.actionList?.simpleAction?.rawValue == "pass" ? .pass : .deny, identifier: rule.ruleUuid ?? "")
        guard let match = rule.matchCondition else { return }
        source = PolicyAddress(match.srcAddress, groups: groups)
        destination = PolicyAddress(match.dstAddress, groups: groups)
        sourcePorts = Self.ports(match.srcPort)
        destinationPorts = Self.ports(match.dstPort)
        switch match.ethertype?.rawValue {
        case "IPv4": isIPv6 = false
        case "IPv6": isIPv6 = true
        default: break
        }
        switch match.protocol?.lowercased() {
        case nil, "any", "": break
        case "tcp": number = .tcp
        case "udp": number = .udp
        case "icmp": number = .icmp
        case "icmp6", "icmpv6": number = .icmpv6
        case "sctp": number = .sctp
        case .some(let text):
            if let value = UInt8(text) { number = IPProtocol(rawValue: value) } else { source.isImpossible = true }
        }
    }

    private static func ports(_ ports: PortType?) -> ClosedRange<UInt16> {
        guard let ports else { return 0...65535 }
        // -1 to -1 means any, as the older platform wrote it.
        let first = ports.startPort.flatMap { UInt16(exactly: $0) } ?? 0
        let last = ports.endPort.flatMap { UInt16(exactly: $0) } ?? 65535
        return first <= last ? first...last : last...first
    }
}

extension PolicyAddress {
    init(_ address: AddressType?, groups: [String: UInt32]) {
        self.init()
        guard let address else { return }
        for subnet in (address.subnet.map { [$0] } ?? []) + (address.subnetList ?? []) {
            guard let text = subnet.ipPrefix, let length = subnet.ipPrefixLen, let network = try? IPAddress(parsing: text),
                0...network.bitCount ~= length
            else {
                isImpossible = true
                continue
            }
            prefixes.append(IPPrefix(network, length: length))
        }
        if let name = address.virtualNetwork, name != "any" { network = name }
        switch address.securityGroup {
        case nil, "any", "": break
        case .some(let text):
            // The transformer writes numbers; -1 stands for any.
            if text == "-1" { break }
            if let number = UInt32(text) ?? groups[text] { securityGroup = number } else { isImpossible = true }
        }
    }
}

extension AgentConfiguration {
    /// Group names and numbers.
    var groupNumbers: [String: UInt32] {
        Dictionary(securityGroups.values.map { ($0.name.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    /// The rules that apply on the side of an interface of this host.
    public func policySide(of interface: InterfaceConfiguration) -> PolicyQuestion.Side {
        let numbers = groupNumbers
        let network = (networks[interface.network]?.accessLists ?? []).map { AccessList(accessLists[$0] ?? [], groups: numbers) }
        guard interface.hasPortSecurity, !interface.securityGroups.isEmpty else { return PolicyQuestion.Side(network: network) }
        // Groups are alternatives: what one of them allows is allowed.
        let groups = interface.securityGroups.compactMap { securityGroups[$0] }
        return PolicyQuestion.Side(
            network: network, egress: AccessList(groups.flatMap(\.egress), groups: numbers),
            ingress: AccessList(groups.flatMap(\.ingress), groups: numbers))
    }
}
