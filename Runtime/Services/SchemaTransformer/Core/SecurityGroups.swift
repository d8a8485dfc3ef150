// The access lists of a security group: what may come in, and what may go out. Rules name other groups by number, as packets do.

import Coding
import ConfigurationModel
import Graph

enum SecurityGroups {
    static let ingress = "ingress-access-control-list"
    static let egress = "egress-access-control-list"
    /// The number that stands for every group.
    private static let anyGroup = "-1"

    static func rules(of group: NodeName, _ evaluation: inout Evaluation) -> (ingress: [AccessRule], egress: [AccessRule]) {
        var ingress: [AccessRule] = []
        var egress: [AccessRule] = []
        let entries = evaluation.value(of: group, "security-group-entries", as: PolicyEntriesType.self)
        for rule in entries?.policyRule ?? [] {
            for source in rule.srcAddresses ?? [] {
                for destination in rule.dstAddresses ?? [] {
                    if destination.isLocal {
                        ingress += made(rule, source: source, destination: nil, group, &evaluation)
                    } else if source.isLocal {
                        egress += made(rule, source: nil, destination: destination, group, &evaluation)
                    } else {
                        evaluation.problems.append("\(group): a rule without 'local' on either side is left out")
                    }
                }
            }
        }
        return (ingress, egress)
    }

    /// nil: the members of the group itself, which need no address.
    private static func made(
        _ rule: PolicyRuleType, source: AddressType?, destination: AddressType?, _ group: NodeName, _ evaluation: inout Evaluation
    ) -> [AccessRule] {
        guard let sourceSide = side(source, &evaluation), let destinationSide = side(destination, &evaluation) else { return [] }
        let isIPv6 = rule.ethertype == .iPv6
        guard let number = RuleProtocol.number(rule.`protocol` ?? "any", isIPv6: isIPv6) else {
            evaluation.problems.append("\(group): no protocol has the name '\(rule.`protocol` ?? "")'; the rule is left out")
            return []
        }
        return ranges(rule.srcPorts).flatMap { sourcePorts in
            ranges(rule.dstPorts).map { destinationPorts in
                var rule = AccessRule(
                    ipProtocol: number, source: sourceSide, destination: destinationSide, ethertype: rule.ethertype?.rawValue,
                    actions: AccessRule.pass, identifier: rule.ruleUuid)
                rule.source.ports = sourcePorts
                rule.destination.ports = destinationPorts
                return rule
            }
        }
    }

    private static func ranges(_ ports: [PortType]?) -> [PortRange] {
        let ranges = (ports ?? []).map(PortRange.init)
        return ranges.isEmpty ? [.all] : ranges
    }

    /// nil when the group that is named does not exist: nothing matches then.
    private static func side(_ address: AddressType?, _ evaluation: inout Evaluation) -> RuleSide? {
        guard let address else { return RuleSide() }
        let subnets = ([address.subnet].compactMap { $0 } + (address.subnetList ?? [])).compactMap { RuleSubnet($0) }
        guard let name = address.securityGroup, !name.isEmpty else { return RuleSide(subnets: subnets) }
        guard name != "any" else { return RuleSide(subnets: subnets, securityGroup: anyGroup) }
        let named = NodeName(type: "security-group", name: name)
        guard let number = evaluation.value(of: named, "security-group-id", as: Int.self) else { return nil }
        return RuleSide(subnets: subnets, securityGroup: String(number))
    }
}

extension AddressType {
    fileprivate var isLocal: Bool { securityGroup == "local" }
}
