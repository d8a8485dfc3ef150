// The global settings, and the route targets that depend on them.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct GlobalSystemConfigRuleTests {
    var server = TestServer()

    private mutating func system() -> String { server.uuid("global-system-config", "default-global-system-config") }

    @Test mutating func thereIsOne() {
        server.expectNotCreated(
            "global-system-config", ["another"], "", "Global System Config already exists with name default-global-system-config")
    }

    @Test mutating func numbersOfAutonomousSystemsHaveARange() {
        let system = system()
        for number in [0, 65_536] {
            server.expectNotChanged(
                "global-system-config", system, "\"autonomous_system\": \(number)", "ASN out of range, should be between 1-0xFFFF")
        }
        server.change("global-system-config", system, #""autonomous_system": 65536, "enable_4byte_as": true"#)
        server.expectNotChanged("global-system-config", system, #""enable_4byte_as": false"#, "ASN out of range")
        server.change("global-system-config", system, #""autonomous_system": 64512, "enable_4byte_as": false"#)
    }

    @Test mutating func portsDoNotShrinkUnderSessions() {
        let system = system()
        server.expectNotChanged(
            "global-system-config", system, #""bgpaas_parameters": {"port_start": 50001, "port_end": 50000}"#,
            "Invalid Port range specified")
        server.change("global-system-config", system, #""bgpaas_parameters": {"port_start": 50100, "port_end": 50200}"#)
        _ = server.create("bgp-as-a-service", project + ["b"], parent: "project")
        for ports in [#""port_start": 50101, "port_end": 50200"#, #""port_start": 50100, "port_end": 50199"#] {
            server.expectNotChanged(
                "global-system-config", system, "\"bgpaas_parameters\": {\(ports)}", "BGP Port range cannot be shrunk")
        }
        server.change("global-system-config", system, #""bgpaas_parameters": {"port_start": 50000, "port_end": 50200}"#)
    }

    @Test mutating func patternsOfLogsAreExpressions() {
        server.expectNotChanged(
            "global-system-config", system(), #""user_defined_log_statistics": {"statlist": [{"name": "a", "pattern": "(x"}]}"#,
            "Regex error in user-defined-log-statistics at a: (x")
        server.change(
            "global-system-config", system(), #""user_defined_log_statistics": {"statlist": [{"name": "a", "pattern": "x.*[0-9]+"}]}"#)
    }

    // MARK: Route targets

    private func list(_ target: String) -> String { "\"route_target_list\": {\"route_target\": [\"\(target)\"]}" }

    @Test(arguments: ["target:64512:8000000", "target:64512:16777216"]) mutating func theSystemsTargetsAreNotForUsers(target: String) {
        server.expectNotCreated(
            "virtual-network", project + ["n"], parent: "project", list(target),
            "Configured route target must use ASN that is different from global ASN or route target value must be less than 8000000")
        server.expectNotCreated(
            "logical-router", project + ["r"], parent: "project",
            "\"configured_route_target_list\": {\"route_target\": [\"\(target)\"]}", "Configured route target must use ASN")
    }

    @Test(arguments: ["target:64512:7999999", "target:64512:16777217", "target:64513:8000000", "target:10.0.0.1:5"])
    mutating func otherTargetsAreForUsers(target: String) {
        #expect(!server.create("virtual-network", project + ["n"], parent: "project", list(target)).isEmpty)
    }

    @Test mutating func targetsHaveAForm() {
        for target in ["64512:1", "target:x:1", "target:64512", "target:64512:x"] {
            server.expectNotCreated(
                "virtual-network", project + ["n"], parent: "project", list(target), "Route target must be of the format")
            server.expectNotCreated("route-target", [target], "", "Route target must be of the format")
        }
        server.expectNotCreated(
            "virtual-network", project + ["n"], parent: "project", list("target:4200000000:1"), "ASN out of range")
    }

    @Test mutating func aNewNumberMustNotMeetTargets() {
        let network = server.create("virtual-network", project + ["n"], parent: "project", list("target:64999:8000001"))
        server.expectNotChanged(
            "global-system-config", system(), #""autonomous_system": 64999"#,
            "virtual-network default-domain:default-project:n (\(network)) is configured with a route target with this ASN 64999")
        server.change("virtual-network", network, #""route_target_list": null"#)
        server.change("global-system-config", system(), #""autonomous_system": 64999"#)
    }
}
