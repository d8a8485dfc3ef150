// One rule of an access list while it is being made: values that can be compared, before they become the schema's types.

import Coding
import ConfigurationModel
import NetworkTypes

/// A range of ports; -1 to -1 is any.
struct PortRange: Hashable, Sendable {
    var start: Int
    var end: Int

    static let any = PortRange(start: -1, end: -1)
    static let all = PortRange(start: 0, end: 65_535)

    func covers(_ other: PortRange) -> Bool {
        self == .any || self == .all || (other != .any && start <= other.start && end >= other.end)
    }

    var encoded: PortType { PortType(startPort: start, endPort: end) }
}

extension PortRange {
    init(_ port: PortType) { self.init(start: port.startPort ?? -1, end: port.endPort ?? port.startPort ?? -1) }
}

/// One end of the traffic that a rule is about.
struct RuleSide: Hashable, Sendable {
    static let anyNetwork = "any"

    /// The fully qualified name of a network, or `any`; nil when only addresses matter.
    var network: String?
    var subnets: [RuleSubnet] = []
    /// The number of a security group as text.
    var securityGroup: String?
    var ports = PortRange.any

    static let any = RuleSide(network: anyNetwork)

    func covers(_ other: RuleSide) -> Bool {
        guard ports.covers(other.ports), securityGroup == other.securityGroup else { return false }
        if network == Self.anyNetwork, subnets.isEmpty { return true }
        return network == other.network && (subnets.isEmpty || subnets == other.subnets)
    }

    /// Whether the traffic of a network may be meant.
    func mentions(_ name: String) -> Bool { network == name || network == Self.anyNetwork }

    var encodedAddress: AddressType {
        let list = subnets.map { SubnetType(ipPrefix: $0.prefix, ipPrefixLen: $0.length) }
        return AddressType(
            subnet: list.count == 1 ? list.first : nil, virtualNetwork: network, securityGroup: securityGroup,
            subnetList: list.count > 1 ? list : nil)
    }
}

struct RuleSubnet: Hashable, Sendable {
    var prefix: String
    var length: Int

    var isIPv6: Bool { prefix.contains(":") }

    init?(_ subnet: SubnetType) {
        guard let prefix = subnet.ipPrefix, !prefix.isEmpty else { return nil }
        self.prefix = prefix
        length = subnet.ipPrefixLen ?? (prefix.contains(":") ? 128 : 32)
    }
}

struct AccessRule: Hashable, Sendable {
    /// The number of an IP protocol as text, or `any`.
    var ipProtocol: String
    var source: RuleSide
    var destination: RuleSide
    var ethertype: String?
    /// `ActionListType` as JSON.
    var actions: [UInt8]
    var identifier: String?
    var direction: String?

    static let pass = ActionListType(simpleAction: .pass).json()
    static let deny = ActionListType(simpleAction: .deny).json()
    /// The identifiers of rules that nobody wrote.
    static let implicitPass = "00000000-0000-0000-0000-100000000001"
    static let implicitDeny = "00000000-0000-0000-0000-100000000002"

    static func passing(_ source: RuleSide, _ destination: RuleSide) -> AccessRule {
        AccessRule(
            ipProtocol: "any", source: source, destination: destination, actions: pass, identifier: implicitPass, direction: "<>")
    }

    static func denying(_ source: RuleSide, _ destination: RuleSide) -> AccessRule {
        AccessRule(
            ipProtocol: "any", source: source, destination: destination, actions: deny, identifier: implicitDeny, direction: "<>")
    }

    /// Whether no packet that the other one is about gets past this one.
    func covers(_ other: AccessRule) -> Bool {
        (ipProtocol == "any" || ipProtocol == other.ipProtocol) && (ethertype == nil || ethertype == other.ethertype)
            && (direction == other.direction || direction == "<>")
            && (source.covers(other.source) && destination.covers(other.destination)
                || direction == "<>" && source.covers(other.destination) && destination.covers(other.source))
    }

    var encoded: AclRuleType {
        get throws(CodingError) {
            AclRuleType(
                matchCondition: MatchConditionType(
                    protocol: ipProtocol, srcAddress: source.encodedAddress, srcPort: source.ports.encoded,
                    dstAddress: destination.encodedAddress, dstPort: destination.ports.encoded,
                    ethertype: ethertype.map { EtherType(rawValue: $0) }),
                actionList: try ActionListType(json: actions), ruleUuid: identifier,
                direction: direction.map { DirectionType(rawValue: $0) })
        }
    }
}

extension [AccessRule] {
    /// Adds a rule unless the earlier ones leave it nothing to decide.
    mutating func appendUncovered(_ rule: AccessRule) {
        if !contains(where: { $0.covers(rule) }) { append(rule) }
    }

    /// The rules as an access list holds them, as JSON.
    func entries(isDynamic: Bool = false) throws(CodingError) -> [UInt8] {
        var rules: [AclRuleType] = []
        for rule in self { rules.append(try rule.encoded) }
        return AclEntriesType(dynamic: isDynamic ? true : nil, aclRule: rules).json()
    }
}

/// The protocols of rules, as access lists have them.
enum RuleProtocol {
    /// The number as text; `any` stays. nil for a name that nobody knows.
    static func number(_ name: String, isIPv6: Bool) -> String? {
        let name = name.lowercased()
        if name == "any" || name.isEmpty { return "any" }
        if name == "icmp", isIPv6 { return "58" }
        return IPProtocolNames.number(name).map(String.init)
    }
}
