// Policy as a table: who talks to whom with which rules on which side, and what comes of it.

import AgentCore
import Coding
import ConfigurationModel
import NetworkTypes
import Testing

private let alice = PolicyEnd(.v4(IPv4Address(10, 1, 1, 3)), port: 40000, network: "d:p:blue", securityGroups: [8_000_001])
private let bob = PolicyEnd(.v4(IPv4Address(10, 2, 1, 3)), port: 80, network: "d:p:red", securityGroups: [8_000_002])

private func rule(_ action: PolicyRule.Action, _ name: String, _ change: (inout PolicyRule) -> Void = { _ in }) -> PolicyRule {
    var rule = PolicyRule(action, identifier: name)
    change(&rule)
    return rule
}

private let all = AccessList([rule(.pass, "all")])
private let none = AccessList([])
private let web = AccessList([
    rule(.pass, "web") {
        $0.number = .tcp
        $0.destinationPorts = 80...80
    }
])
private let fromGroup1 = AccessList([rule(.pass, "group") { $0.source.securityGroup = 8_000_001 }])
private let fromGroup9 = AccessList([rule(.pass, "group") { $0.source.securityGroup = 9 }])
private let blueToRed = AccessList([
    rule(.pass, "blue-red") {
        $0.source.network = "d:p:blue"
        $0.destination.network = "d:p:red"
    }
])
private let denyThenAll = AccessList([
    rule(.deny, "no-ten-two") { $0.destination.prefixes = [.v4(IPv4Prefix(IPv4Address(10, 2, 0, 0), length: 16))] }, rule(.pass, "all"),
])

private typealias Side = PolicyQuestion.Side

@Suite struct PolicyTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let number: IPProtocol
        let source: Side?
        let destination: Side?
        let verdict: PolicyVerdict
        var testDescription: String { name }
    }

    private static let rows: [Row] = [
        Row(name: "no rules at all", number: .tcp, source: Side(), destination: Side(), verdict: .pass),
        Row(name: "two sides elsewhere", number: .tcp, source: nil, destination: nil, verdict: .pass),
        Row(
            name: "a group without rules allows nothing", number: .tcp, source: Side(egress: none), destination: Side(),
            verdict: .deny(.securityGroup, rule: nil)),
        Row(name: "out of one, into the other", number: .tcp, source: Side(egress: all), destination: Side(ingress: web), verdict: .pass),
        Row(
            name: "another protocol", number: .udp, source: Side(egress: all), destination: Side(ingress: web),
            verdict: .deny(.outSecurityGroup, rule: nil)),
        Row(name: "ingress is not asked at the source", number: .tcp, source: Side(ingress: none), destination: nil, verdict: .pass),
        Row(name: "egress is not asked at the destination", number: .tcp, source: nil, destination: Side(egress: none), verdict: .pass),
        Row(name: "from a group", number: .tcp, source: nil, destination: Side(ingress: fromGroup1), verdict: .pass),
        Row(
            name: "from another group", number: .tcp, source: nil, destination: Side(ingress: fromGroup9),
            verdict: .deny(.outSecurityGroup, rule: nil)),
        Row(
            name: "between networks", number: .tcp, source: Side(network: [blueToRed]), destination: Side(network: [blueToRed]),
            verdict: .pass),
        Row(
            name: "the first rule decides", number: .tcp, source: Side(network: [denyThenAll]), destination: nil,
            verdict: .deny(.networkPolicy, rule: "no-ten-two")),
        Row(
            name: "a list without a rule for it", number: .tcp, source: nil, destination: Side(network: [none]),
            verdict: .deny(.outNetworkPolicy, rule: nil)),
        Row(
            name: "every list must allow", number: .tcp, source: Side(network: [all, none]), destination: nil,
            verdict: .deny(.networkPolicy, rule: nil)),
        Row(
            name: "network policy goes before groups", number: .tcp, source: Side(egress: none),
            destination: Side(network: [none], ingress: none), verdict: .deny(.outNetworkPolicy, rule: nil)),
    ]

    @Test(arguments: rows) private func verdict(row: Row) {
        #expect(PolicyQuestion(row.number, from: alice, row.source, to: bob, row.destination).verdict == row.verdict)
    }

    @Test func protocolsWithoutPortsAreNotMeasuredByPorts() {
        let ports = AccessList([rule(.pass, "ports") { $0.destinationPorts = 80...80 }])
        var ping = bob
        ping.port = 0
        #expect(PolicyQuestion(.icmp, from: alice, nil, to: ping, Side(ingress: ports)).verdict == .pass)
        #expect(PolicyQuestion(.tcp, from: alice, nil, to: ping, Side(ingress: ports)).verdict == .deny(.outSecurityGroup, rule: nil))
    }

    private func compiled(_ xml: String) throws -> AccessList {
        let entries = try AclEntriesType(xml: Array("<value>\(xml)</value>".utf8), unknownElements: .skip)
        return AccessList(entries.aclRule ?? [], groups: ["d:p:web": 8_000_001])
    }

    @Test func rulesAreCompiledAsTheTransformerWritesThem() throws {
        let list = try compiled(
            """
            <acl-rule><match-condition><protocol>6</protocol><src-address><security-group>8000001</security-group></src-address>\
            <src-port><start-port>0</start-port><end-port>65535</end-port></src-port><dst-address/>\
            <dst-port><start-port>80</start-port><end-port>81</end-port></dst-port><ethertype>IPv4</ethertype></match-condition>\
            <action-list><simple-action>pass</simple-action></action-list><rule-uuid>7c9e6679-7425-40de-944b-e07fc1f90ae7</rule-uuid></acl-rule>
            """)
        #expect(list.rules.count == 1)
        #expect(list.rules[0].identifier == "7c9e6679-7425-40de-944b-e07fc1f90ae7")
        #expect(list.rules[0].destinationPorts == 80...81)
        #expect(PolicyQuestion(.tcp, from: alice, nil, to: bob, Side(ingress: list)).verdict == .pass)
        #expect(PolicyQuestion(.udp, from: alice, nil, to: bob, Side(ingress: list)).verdict == .deny(.outSecurityGroup, rule: nil))
        #expect(PolicyQuestion(.tcp, from: bob, nil, to: alice, Side(ingress: list)).verdict == .deny(.outSecurityGroup, rule: nil))
    }

    @Test(arguments: [
        "<protocol>no-such</protocol>", "<src-address><security-group>unknown</security-group></src-address>",
        "<src-address><subnet><ip-prefix>10.1</ip-prefix><ip-prefix-len>8</ip-prefix-len></subnet></src-address>",
    ])
    func whatIsNotUnderstoodAllowsNobody(condition: String) throws {
        let list = try compiled(
            "<acl-rule><match-condition>\(condition)</match-condition><action-list><simple-action>pass</simple-action></action-list></acl-rule>"
        )
        #expect(PolicyQuestion(.tcp, from: alice, nil, to: bob, Side(ingress: list)).verdict == .deny(.outSecurityGroup, rule: nil))
    }

    @Test func namesOfGroupsAreResolved() throws {
        let list = try compiled(
            """
            <acl-rule><match-condition><protocol>any</protocol><src-address><security-group>d:p:web</security-group></src-address>\
            </match-condition><action-list><simple-action>pass</simple-action></action-list></acl-rule>
            """)
        #expect(PolicyQuestion(.udp, from: alice, nil, to: bob, Side(ingress: list)).verdict == .pass)
    }
}
