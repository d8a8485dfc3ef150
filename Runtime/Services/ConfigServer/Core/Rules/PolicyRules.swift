// The rules of network policies and security groups: identifiers, by which logs and other objects name them, and what a rule must say.

import Coding
import ConfigurationModel
import NetworkTypes

enum PolicyRules {
    /// Whose rules they are.
    enum Kind {
        case networkPolicy
        case securityGroup
    }

    /// Gives every rule that has no `rule_uuid` a new one.
    ///
    /// Rules that the change leaves as they were stored are not checked again: they may be older than the checks.
    static func complete(
        _ object: inout ObjectDraft, _ key: String, _ kind: Kind, replacing before: ObjectState?, in draft: inout Draft
    ) throws(Refusal) {
        guard var entries = try object.value(key, as: PolicyEntriesType.self), var rules = entries.policyRule else { return }
        let stored = try before.flatMap { state throws(Refusal) in
            try ObjectDraft(state, object.type).value(key, as: PolicyEntriesType.self)
        }
        if stored?.json() != entries.json() {
            try checkDifferent(rules)
            for (index, rule) in rules.enumerated() { try check(rule, "\(key).policy_rule[\(index)]", kind) }
        }
        for index in rules.indices where (rules[index].ruleUuid ?? "").isEmpty {
            rules[index].ruleUuid = draft.newUUID().description
        }
        entries.policyRule = rules
        object.setValue(key, entries)
    }

    /// Two rules that say the same thing are a mistake: removing one of them later would change nothing.
    private static func checkDifferent(_ rules: [PolicyRuleType]) throws(Refusal) {
        var seen: [[UInt8]: String] = [:]
        for rule in rules {
            var content = rule
            content.ruleUuid = nil
            content.created = nil
            content.lastModified = nil
            let identifier = rule.ruleUuid ?? ""
            if let other = seen.updateValue(identifier, forKey: content.json()) {
                throw Refusal(409, "Rule already exists : \(other.isEmpty ? "two rules of the request say the same" : other)")
            }
        }
    }

    private static func check(_ rule: PolicyRuleType, _ place: String, _ kind: Kind) throws(Refusal) {
        let name = rule.protocol ?? ""
        guard name.lowercased() == "any" || IPProtocolNames.number(name) != nil else {
            throw Refusal(
                400, "Rule with invalid protocol : \(name); \(place).protocol must be any, a name such as tcp, or a number from 0 to 255")
        }
        switch kind {
        case .networkPolicy: try checkPolicy(rule, place)
        case .securityGroup: try checkGroup(rule, place)
        }
    }

    private static func checkPolicy(_ rule: PolicyRuleType, _ place: String) throws(Refusal) {
        guard rule.actionList != nil else {
            throw Refusal(400, "Action is required: \(place).action_list says what to do, such as {\"simple_action\": \"pass\"}")
        }
        for address in (rule.srcAddresses ?? []) + (rule.dstAddresses ?? []) where !(address.securityGroup ?? "").isEmpty {
            throw Refusal(400, "Config Error: policy rule refering to security group is not allowed (\(place))")
        }
    }

    /// The group is one side of each of its rules: the word `local` says which.
    private static func checkGroup(_ rule: PolicyRuleType, _ place: String) throws(Refusal) {
        let addresses = (rule.srcAddresses ?? []) + (rule.dstAddresses ?? [])
        if let type = rule.ethertype {
            for address in addresses {
                guard let prefix = try Subnets.prefix(address.subnet, "\(place).subnet") else { continue }
                guard type.rawValue == (prefix.network.bitCount == 128 ? "IPv6" : "IPv4") else {
                    throw Refusal(400, "Rule subnet \(prefix) doesn't match ethertype \(type.rawValue) (\(place))")
                }
            }
        }
        guard addresses.contains(where: { $0.securityGroup == "local" }) else {
            throw Refusal(400, "At least one of source or destination addresses must be 'local': set security_group of it (\(place))")
        }
    }
}
