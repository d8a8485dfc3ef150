// Rules of types that have one or two: alarms, forwarding classes, marks of packets, bridge domains, ports.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct SmallRuleTests {
    var server = TestServer()

    // MARK: alarm

    private static func condition(_ operation: String, _ operand: String) -> String {
        "\"alarm_rules\": {\"or_list\": [{\"and_list\": [{\"operation\": \"\(operation)\", \"operand1\": \"a\", \"operand2\": \(operand)}]}]}"
    }

    @Test(arguments: [
        ("\"alarm_severity\": 1", "alarm_rules not specified or null"),
        (condition("==", #"{"json_value": "{"}"#), "Invalid json_value '{' specified in alarm_rules"),
        (condition("==", #"{"json_value": "1", "uve_attribute": "b"}"#), "either 'uve_attribute' or 'json_value', not both"),
        (condition("==", "{}"), "operand2 should have 'uve_attribute' or 'json_value' (alarm_rules.or_list[0].and_list[0])"),
        (condition("range", #"{"uve_attribute": "b"}"#), "json_value not specified for 'range' operation"),
        (condition("range", #"{"json_value": "[2, 1]"}"#), "should be specified as '[x, y]', where x < y"),
        (condition("range", #"{"json_value": "[1, 2, \"a\"]"}"#.replacing("\"a\"", with: "3")), "should be specified as '[x, y]'"),
    ]) mutating func alarmsAreUnderstood(members: String, text: String) {
        server.expectNotCreated("alarm", project + ["a"], parent: "project", members, text)
    }

    @Test mutating func alarmsKeepTheirRules() {
        let alarm = server.create("alarm", project + ["a"], parent: "project", Self.condition("range", #"{"json_value": "[1, 2.5]"}"#))
        server.expectNotChanged("alarm", alarm, "\"alarm_rules\": null", "alarm_rules cannot be removed")
    }

    // MARK: loadbalancer-healthmonitor

    @Test mutating func monitorsSayWhatTheyAsk() {
        server.expectNotCreated(
            "loadbalancer-healthmonitor", project + ["m"], parent: "project", "",
            "A loadbalancer-healthmonitor needs loadbalancer_healthmonitor_properties")
        let properties = #""loadbalancer_healthmonitor_properties": {"monitor_type": "PING", "delay": 5, "timeout": 2, "max_retries": 3}"#
        let made = server.create("loadbalancer-healthmonitor", project + ["m"], parent: "project", properties)
        server.change("loadbalancer-healthmonitor", made, #""display_name": "n""#)
        server.expectNotChanged(
            "loadbalancer-healthmonitor", made, #""loadbalancer_healthmonitor_properties": null"#,
            "loadbalancer_healthmonitor_properties cannot be removed")
    }

    // MARK: forwarding-class, qos-config

    @Test mutating func forwardingClassesHaveNumbersOfTheirOwn() throws {
        let parent = ["default-global-system-config", "default-global-qos-config"]
        let first = server.create("forwarding-class", parent + ["a"], "\"forwarding_class_id\": 1")
        server.expectNotCreated(
            "forwarding-class", parent + ["b"], "\"forwarding_class_id\": 1", "Another forwarding class is configured with a id 1")
        let second = server.create("forwarding-class", parent + ["b"], "\"forwarding_class_id\": 2")
        server.expectNotChanged("forwarding-class", second, "\"forwarding_class_id\": 1", "configured with a id 1")
        server.change("forwarding-class", first, "\"forwarding_class_id\": 3")
        server.change("forwarding-class", second, "\"forwarding_class_id\": 1")
        try server.expectReloadsAsItIs()
    }

    @Test(arguments: [
        ("dscp_entries", 64, "Invalid DSCP value 64"), ("vlan_priority_entries", 8, "Invalid 802.1p value 8"),
        ("mpls_exp_entries", -1, "Invalid MPLS EXP value -1"),
    ])
    mutating func marksHaveRanges(key: String, mark: Int, text: String) {
        func members(_ mark: Int) -> String {
            "\"\(key)\": {\"qos_id_forwarding_class_pair\": [{\"key\": \(mark), \"forwarding_class_id\": 1}]}"
        }
        server.expectNotCreated("qos-config", project + ["q"], parent: "project", members(mark), text)
        let made = server.create("qos-config", project + ["q"], parent: "project", members(7))
        #expect(server.object("qos-config", made)["global_system_config_refs"]?.names == ["default-global-system-config"])
    }

    // MARK: bridge-domain

    @Test mutating func aNetworkHasOneBridgeDomain() {
        let name = project + ["default-virtual-network"]
        let first = server.create("bridge-domain", name + ["a"])
        server.expectNotCreated("bridge-domain", name + ["b"], "", "can have only one bridge domain. Bridge domain(\(first))")
        server.send(.delete, "/bridge-domain/\(first)")
        #expect(!server.create("bridge-domain", name + ["b"]).isEmpty)
    }

    // MARK: virtual-machine-interface

    private static func tagged(_ tag: Int, below primary: String) -> String {
        "\"virtual_machine_interface_properties\": {\"sub_interface_vlan_tag\": \(tag)}, \"virtual_machine_interface_refs\": [{\"uuid\": \"\(primary)\"}]"
    }

    private mutating func expectNoPort(_ members: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let network = #""virtual_network_refs": [{"to": ["default-domain", "default-project", "default-virtual-network"]}], "#
        server.expectNotCreated(
            "virtual-machine-interface", project + ["refused"], parent: "project", network + members, text, sourceLocation: sourceLocation)
    }

    @Test mutating func subInterfacesHaveTagsOfTheirOwn() {
        let primary = server.createPort("p")
        let other = server.createPort("o")
        let sub = server.createPort("s", Self.tagged(5, below: primary))
        #expect(!sub.isEmpty && !server.createPort("t", Self.tagged(6, below: primary)).isEmpty)
        #expect(!server.createPort("u", Self.tagged(5, below: other)).isEmpty)
        expectNoPort(Self.tagged(5, below: primary), "Two sub interfaces under same primary port can't have same Vlan tag")
        expectNoPort(Self.tagged(7, below: sub), "sub interface can't have another sub interface as it's primary port")
        // A port with sub interfaces stays a port that can be changed.
        server.change("virtual-machine-interface", sub, "\"display_name\": \"x\"")
        server.change("virtual-machine-interface", primary, "\"display_name\": \"x\"")
    }

    @Test mutating func addressPairsNeedPortSecurity() {
        func pairs(_ prefix: String, _ length: Int, _ mode: String) -> String {
            "\"virtual_machine_interface_allowed_address_pairs\": {\"allowed_address_pair\": [{\"ip\": {\"ip_prefix\": \"\(prefix)\", \"ip_prefix_len\": \(length)}, \"address_mode\": \"\(mode)\"}]}"
        }
        expectNoPort(
            "\"port_security_enabled\": false, " + pairs("10.0.0.0", 32, "active-active"),
            "Allowed address pairs are not allowed when port security is disabled")
        expectNoPort(pairs("10.0.0.0", 23, "active-standby"), "IP Prefix length lesser than 24 is not acceptable")
        expectNoPort(pairs("2001:db8::", 119, "active-standby"), "IP Prefix length lesser than 120 is not acceptable")
        let port = server.createPort("p", pairs("10.0.0.0", 24, "active-standby"))
        server.expectNotChanged("virtual-machine-interface", port, "\"port_security_enabled\": false", "Allowed address pairs")
        server.change("virtual-machine-interface", port, pairs("10.0.0.0", 8, "active-active"))
    }
}
