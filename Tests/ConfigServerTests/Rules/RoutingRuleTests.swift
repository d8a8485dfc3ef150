// Routing: aggregates, policies, interconnects of data centres; and appliances and services on hosts.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct RoutingRuleTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]

    // MARK: route-aggregate

    private static func aggregate(_ routes: String) -> String { "\"aggregate_route_entries\": {\"route\": [\(routes)]}" }

    @Test(arguments: [
        (#""10.0.0.0/8", "x""#, "Invalid prefix x: aggregate_route_entries.route[1]"),
        (#""10.0.0.0/8", "2001:db8::/32""#, "must be of same ip family"),
    ])
    mutating func aggregatesAreOfOneFamily(routes: String, text: String) {
        server.expectNotCreated("route-aggregate", project + ["a"], Self.aggregate(routes), text)
        #expect(!server.create("route-aggregate", project + ["a"], Self.aggregate(#""10.0.0.0/8", "11.0.0.0/8""#)).isEmpty)
    }

    @Test mutating func aggregatesAreOfOneService() {
        let services = ["a", "b"].map { "{\"uuid\": \"\(server.create("service-instance", project + [$0]))\"}" }
        server.expectNotCreated(
            "route-aggregate", project + ["a"], "\"service_instance_refs\": [\(services.joined(separator: ", "))]",
            "can refer to only one service instance")
        #expect(!server.create("route-aggregate", project + ["a"], "\"service_instance_refs\": [\(services[0])]").isEmpty)
    }

    // MARK: routing-policy

    private static func policy(_ term: String, _ kind: String = "network-device") -> String {
        "\"term_type\": \"\(kind)\", \"routing_policy_entries\": {\"term\": [{\(term)}]}"
    }

    private static func filter(_ members: String) -> String {
        policy("\"term_match_condition\": {\"route_filter\": {\"route_filter_properties\": [{\(members)}]}}")
    }

    @Test(arguments: [
        (policy(#""term_action_list": {"as_path_expand": "1,2"}"#), "as_path_expand has invalid value 1,2"),
        (policy(#""term_action_list": {"as_path_prepend": "1  2"}"#), "as_path_prepend has invalid value"),
        (policy(#""term_match_condition": {"nlri_route_type": [11]}"#), "11 is not a valid nlri_route_type"),
        (filter(#""route_type": "exact""#), "route must be"), (filter(#""route": "10.0.0.0/8""#), "route_type is missing"),
        (filter(#""route": "x", "route_type": "exact""#), "Invalid prefix x"),
        (filter(#""route": "10.0.0.0/8", "route_type": "prefix-length-range", "route_type_value": "24-28""#), "in the form /24-/28"),
        (filter(#""route": "10.0.0.0/8", "route_type": "prefix-length-range", "route_type_value": "/28-/24""#), "in the form /24-/28"),
        (filter(#""route": "10.0.0.0/8", "route_type": "upto", "route_type_value": "/33""#), "in the form /28, for upto"),
        (filter(#""route": "10.0.0.0/8", "route_type": "through""#), "Invalid prefix"),
        (
            policy(#""term_action_list": {"update": {"as_path": {"expand": {"asn_list": [1, 64512]}}}}"#, "vrouter"),
            "ASN can't be same as global system config asn 64512"
        ),
    ])
    mutating func policiesSayWhatDevicesUnderstand(members: String, text: String) {
        server.expectNotCreated("routing-policy", project + ["p"], members, text)
    }

    @Test(arguments: [
        policy(#""term_action_list": {"as_path_expand": "1 2", "as_path_prepend": "65000"}"#),
        policy(#""term_match_condition": {"nlri_route_type": [1, 10]}"#),
        filter(#""route": "10.0.0.0/8", "route_type": "prefix-length-range", "route_type_value": "/24-/28""#),
        filter(#""route": "2001:db8::/32", "route_type": "upto", "route_type_value": "/128""#),
        filter(#""route": "10.0.0.0/8", "route_type": "through", "route_type_value": "10.1.0.0/16""#),
        // Control nodes have another notation.
        policy(#""term_action_list": {"as_path_expand": "last-as"}"#, "vrouter"),
        policy(#""term_action_list": {"update": {"as_path": {"expand": {"asn_list": [1]}}}}"#),
    ])
    mutating func policiesOfDevices(members: String) {
        let made = server.create("routing-policy", project + ["p"], members)
        let other = members.contains("\"vrouter\"") ? "network-device" : "vrouter"
        server.expectNotChanged(
            "routing-policy", made, "\"term_type\": \"\(other)\"", status: 403, "term_type of a routing-policy is settled")
    }

    // MARK: data-center-interconnect

    private mutating func device(_ name: String, _ fabric: String?) -> String {
        server.create(
            "physical-router", Self.system + [name], fabric.map { "\"fabric_refs\": [{\"uuid\": \"\($0)\"}]" } ?? "")
    }

    private mutating func router(_ name: String, _ devices: [String] = []) -> String {
        let list = devices.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ")
        return server.create("logical-router", project + [name], parent: "project", "\"physical_router_refs\": [\(list)]")
    }

    private static func list(_ key: String, _ uuids: [String]) -> String {
        "\"\(key)_refs\": [" + uuids.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ") + "]"
    }

    private mutating func interconnect(_ name: String, _ members: String) -> String {
        server.create("data-center-interconnect", Self.system + [name], members)
    }

    private mutating func expectNone(_ members: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        server.expectNotCreated("data-center-interconnect", Self.system + ["x"], members, text, sourceLocation: sourceLocation)
    }

    @Test mutating func bridgesReachTwoFabrics() {
        let fabrics = ["f", "g"].map { server.create("fabric", Self.system + [$0]) }
        let network = server.create("virtual-network", project + ["v"], parent: "project")
        let routed = server.create("virtual-network", project + ["r"], parent: "project", #""virtual_network_category": "routed""#)
        let mode = #""data_center_interconnect_mode": "l2", "#
        func members(_ fabrics: [String], _ networks: [String]) -> String {
            mode + Self.list("fabric", fabrics) + ", " + Self.list("virtual_network", networks)
        }
        expectNone(members([fabrics[0]], [network]), "DCI Mode L2 requires minimum two fabric")
        expectNone(members(fabrics, []), "DCI Mode L2 requires minimum one virtual network")
        expectNone(members(fabrics, [routed]), "is a routed VN")
        expectNone(members(fabrics, [network]), "requires a device with the role DCI-Gateway in each fabric, and fabric f has none")
        let devices = zip(["d", "e"], fabrics).map { device($0, $1) }
        let roles = #""routing_bridging_roles": {"rb_roles": ["CRB-Gateway", "DCI-Gateway"]}"#
        server.change("physical-router", devices[0], roles)
        expectNone(members(fabrics, [network]), "fabric g has none")
        server.change("physical-router", devices[1], roles)
        let made = interconnect("a", members(fabrics, [network]))
        server.expectNotChanged(
            "data-center-interconnect", made, #""data_center_interconnect_mode": "l3""#, status: 403, "data_center_interconnect_mode")
        server.expectNotChanged(
            "data-center-interconnect", made, #""data_center_interconnect_type": "intra_fabric""#, status: 403,
            "data_center_interconnect_type")
        server.expectNotChanged("data-center-interconnect", made, Self.list("fabric", []), "DCI Mode L2 requires minimum two fabric")
    }

    @Test mutating func routersAreInOneInterconnect() {
        let fabrics = ["f", "g"].map { server.create("fabric", Self.system + [$0]) }
        let devices = [device("d", fabrics[0]), device("e", fabrics[1]), device("h", fabrics[0]), device("alone", nil)]
        let routers = [router("a", [devices[0]]), router("b", [devices[1]]), router("c", [devices[2]])]
        expectNone(Self.list("logical_router", [routers[0], routers[2]]), "must be in different fabrics")
        expectNone(Self.list("logical_router", [router("both", [devices[0], devices[1]])]), "PRs from different Fabrics")
        #expect(!interconnect("a", Self.list("logical_router", [routers[0], routers[1]])).isEmpty)
        expectNone(Self.list("logical_router", [routers[0]]), "can be in only one inter_fabric DCI: a has it already")
        #expect(!interconnect("b", Self.list("logical_router", [routers[2]])).isEmpty)
        // The routers of an interconnect stay in their fabrics.
        server.expectNotChanged(
            "logical-router", routers[0], Self.list("physical_router", [devices[0], devices[1]]), "PRs from different Fabrics")
        server.expectNotChanged("logical-router", routers[0], Self.list("physical_router", [devices[3]]), "not part of any Fabrics")
        server.change("logical-router", routers[0], Self.list("physical_router", [devices[0], devices[2]]))
    }

    @Test mutating func policiesOfInterconnectsAreForDevices() {
        let own = server.create("routing-policy", project + ["p"], #""term_type": "vrouter""#)
        let forDevices = server.create("routing-policy", project + ["q"], #""term_type": "network-device""#)
        expectNone(Self.list("routing_policy", [own]), "is not for devices")
        #expect(!interconnect("a", Self.list("routing_policy", [forDevices])).isEmpty)
    }

    @Test mutating func insideAFabricOneRouterGivesToOthers() {
        let routers = ["a", "b"].map { router($0) }
        let network = server.create("virtual-network", project + ["v"], parent: "project")
        let policy = server.create("routing-policy", project + ["q"], #""term_type": "network-device""#)
        let device = device("d", nil)
        func destination(_ router: String, _ devices: String) -> String {
            "{\"logical_router_uuid\": \"\(router)\", \"physical_router_uuid_list\": [\(devices)]}"
        }
        func members(_ routers: [String], _ destinations: [String], _ rest: String) -> String {
            #""data_center_interconnect_type": "intra_fabric", "# + Self.list("logical_router", routers)
                + ", \"destination_physical_router_list\": {\"logical_router_list\": [\(destinations.joined(separator: ", "))]}, " + rest
        }
        let networks = Self.list("virtual_network", [network])
        let policies = Self.list("routing_policy", [policy])
        let good = destination(routers[1], "\"\(device)\"")
        expectNone(members(routers, [], networks), "has one source LR and at least one destination")
        expectNone(members([routers[1]], [good], networks), "has one source LR and at least one destination")
        expectNone(members(routers, [destination("x", "\"\(device)\"")], networks), "'x' does not exist in logical_router_refs")
        expectNone(members(routers, [good, good], networks), "is specified more than once")
        expectNone(members(routers, [destination(routers[1], "")], networks), "does not have any physical_router")
        expectNone(members(routers, [good], networks + ", " + policies), "needs either routing_policy_refs or virtual_network_refs")
        expectNone(members(routers, [good], Self.list("virtual_network", [])), "needs either routing_policy_refs or virtual_network_refs")
        #expect(!interconnect("a", members(routers, [good], networks)).isEmpty)
    }

    // MARK: service-appliance-set, host-based-service

    @Test mutating func setsInUseStayAsTheyAre() {
        let set = server.create("service-appliance-set", Self.system + ["s"])
        server.change("service-appliance-set", set, #""service_appliance_driver": "x""#)
        let pool = server.create("loadbalancer-pool", project + ["p"], Self.list("service_appliance_set", [set]))
        server.expectNotChanged(
            "service-appliance-set", set, #""service_appliance_driver": "y""#, status: 409,
            "Service appliance set can not be updated as loadbalancer pools are using it")
        server.send(.delete, "/loadbalancer-pool/\(pool)")
        server.change("service-appliance-set", set, #""service_appliance_driver": "y""#)
    }

    @Test mutating func hostServicesHaveOneNetworkOfEachSide() {
        server.change("project", server.uuid("project", "default-domain:default-project"), #""quota": {"host_based_service": 1}"#)
        let networks = ["l", "r"].map { server.create("virtual-network", project + [$0], parent: "project") }
        func members(_ sides: [String]) -> String {
            let list = zip(networks, sides).map { "{\"uuid\": \"\($0)\", \"attr\": {\"virtual_network_type\": \"\($1)\"}}" }
            return "\"virtual_network_refs\": [\(list.joined(separator: ", "))]"
        }
        server.expectNotCreated(
            "host-based-service", project + ["h"], members(["left", "left"]),
            "Virtual network type left cannot be referenced by more than one")
        let made = server.create("host-based-service", project + ["h"], members(["left", "right"]))
        server.change("host-based-service", made, #""host_based_service_type": "firewall""#)
        server.expectNotCreated(
            "host-based-service", project + ["i"], "", status: 412, "quota limit (1) exceeded for resource host_based_service")
    }
}
