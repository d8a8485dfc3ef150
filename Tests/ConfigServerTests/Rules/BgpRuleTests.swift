// BGP speakers, BGP for workloads, and VPNs of the outside world.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct BgpRuleTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]
    private static let fabric = project + ["ip-fabric", "__default__"]

    private mutating func zone(_ name: String) -> String { server.create("control-node-zone", Self.system + [name]) }

    // MARK: bgp-as-a-service

    private mutating func expectNoService(
        _ members: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        server.expectNotCreated(
            "bgp-as-a-service", project + ["refused"], parent: "project", members, text, sourceLocation: sourceLocation)
    }

    @Test mutating func sharedServicesHaveAnAddress() {
        expectNoService(#""bgpaas_shared": true"#, "BGPaaS IP Address needs to be configured if BGPaaS is shared")
        let shared = server.create(
            "bgp-as-a-service", project + ["a"], #""bgpaas_shared": true, "bgpaas_ip_address": "10.0.0.1""#)
        server.expectNotChanged("bgp-as-a-service", shared, #""bgpaas_shared": false"#, "bgpaas_shared of a bgp-as-a-service is settled")
        let own = server.create("bgp-as-a-service", project + ["b"])
        server.change("bgp-as-a-service", own, #""bgpaas_shared": false"#)
        server.expectNotChanged(
            "bgp-as-a-service", own, #""bgpaas_shared": true, "bgpaas_ip_address": "10.0.0.1""#,
            "bgpaas_shared of a bgp-as-a-service is settled")
    }

    @Test mutating func aServiceHasOneZoneOfEachKind() {
        let zones = [zone("a"), zone("b")]
        func references(_ kinds: [String]) -> String {
            let list = zip(zones, kinds).map { "{\"uuid\": \"\($0)\", \"attr\": {\"bgpaas_control_node_zone_type\": \"\($1)\"}}" }
            return "\"control_node_zone_refs\": [\(list.joined(separator: ", "))]"
        }
        expectNoService(references(["primary", "primary"]), "BGPaaS has configured with more than one primary control-node-zones")
        #expect(!server.create("bgp-as-a-service", project + ["a"], references(["primary", "secondary"])).isEmpty)
    }

    @Test(arguments: [1, 2]) mutating func holdTimesAreLong(seconds: Int) {
        expectNoService("\"bgpaas_session_attributes\": {\"hold_time\": \(seconds)}", "hold_time must be 0, or from 3 to 65535 seconds")
    }

    @Test(arguments: [0, 3, 65535]) mutating func holdTimesAreNoneOrLong(seconds: Int) {
        #expect(
            !server.create("bgp-as-a-service", project + ["a"], "\"bgpaas_session_attributes\": {\"hold_time\": \(seconds)}").isEmpty)
    }

    @Test mutating func numbersOfServicesAreAutonomousSystems() {
        expectNoService(#""autonomous_system": 65536"#, "ASN out of range")
        expectNoService(#""bgpaas_session_attributes": {"local_autonomous_system": 65536}"#, "ASN out of range")
        #expect(!server.create("bgp-as-a-service", project + ["a"], #""autonomous_system": 65535"#).isEmpty)
    }

    // MARK: bgp-router

    private static func parameters(_ members: String) -> String { "\"bgp_router_parameters\": {\(members)}" }

    @Test mutating func routersAreOfAKind() {
        let made = server.create("bgp-router", Self.fabric + ["a"], Self.parameters(#""vendor": "contrail""#))
        #expect(server.object("bgp-router", made)["bgp_router_parameters"]?["router_type"]?.string == "control-node")
        let other = server.create("bgp-router", Self.fabric + ["b"], Self.parameters(#""vendor": "mx""#))
        #expect(server.object("bgp-router", other)["bgp_router_parameters"]?["router_type"]?.string == "router")
        let said = server.create("bgp-router", Self.fabric + ["c"], Self.parameters(#""vendor": "contrail", "router_type": "router""#))
        #expect(server.object("bgp-router", said)["bgp_router_parameters"]?["router_type"]?.string == "router")
    }

    @Test mutating func controlNodesAreInOneZone() {
        let zones = [zone("a"), zone("b")].map { "{\"uuid\": \"\($0)\"}" }
        let node = Self.parameters(#""router_type": "control-node""#)
        server.expectNotCreated(
            "bgp-router", Self.fabric + ["x"], node + ", \"control_node_zone_refs\": [\(zones.joined(separator: ", "))]",
            "BgpRouter should refer only one control-node-zone")
        server.expectNotCreated(
            "bgp-router", Self.fabric + ["x"], Self.parameters(#""router_type": "router""#) + ", \"control_node_zone_refs\": [\(zones[0])]",
            "BgpRouter type should be 'control-node' to refer control-node-zone")
        #expect(!server.create("bgp-router", Self.fabric + ["a"], node + ", \"control_node_zone_refs\": [\(zones[0])]").isEmpty)
    }

    @Test mutating func routersHaveTheNumberOfTheirSubCluster() {
        let cluster = server.create("sub-cluster", ["s"], #""sub_cluster_asn": 64600"#)
        let reference = "\"sub_cluster_refs\": [{\"uuid\": \"\(cluster)\"}], "
        server.expectNotCreated(
            "bgp-router", Self.fabric + ["x"], reference + Self.parameters(#""autonomous_system": 64601"#),
            "Subcluster asn and bgp asn should be same")
        let made = server.create("bgp-router", Self.fabric + ["a"], reference + Self.parameters(#""autonomous_system": 64600"#))
        server.expectNotChanged(
            "bgp-router", made, Self.parameters(#""autonomous_system": 1"#), "Subcluster asn and bgp asn should be same")
    }

    // MARK: sub-cluster

    @Test mutating func subClustersHaveNumbersOfTheirOwn() throws {
        let first = server.create("sub-cluster", ["a"], #""sub_cluster_asn": 64600"#)
        let second = server.create("sub-cluster", ["b"], #""sub_cluster_asn": 64601"#)
        #expect([first, second].map { server.object("sub-cluster", $0)["sub_cluster_id"]?.integer } == [1, 2])
        server.expectNotCreated(
            "sub-cluster", ["c"], #""sub_cluster_asn": 64602, "sub_cluster_id": 2"#, "Sub-cluster ID '2' is already used")
        server.expectNotChanged("sub-cluster", first, #""sub_cluster_asn": 64602"#, "sub_cluster_asn of a sub-cluster is settled")
        server.change("sub-cluster", second, #""sub_cluster_id": 70000"#)
        server.change("sub-cluster", first, #""sub_cluster_id": 2"#)
        server.send(.delete, "/sub-cluster/\(first)")
        #expect(!server.create("sub-cluster", ["c"], #""sub_cluster_asn": 64602, "sub_cluster_id": 2"#).isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func subClustersOfLongSystemsHaveShortNumbers() {
        let system = server.uuid("global-system-config", "default-global-system-config")
        server.change("global-system-config", system, #""enable_4byte_as": true, "autonomous_system": 70000"#)
        server.expectNotCreated(
            "sub-cluster", ["c"], #""sub_cluster_asn": 64602, "sub_cluster_id": 65536"#, "Requested ID 65536 is out of the range")
        #expect(!server.create("sub-cluster", ["c"], #""sub_cluster_asn": 64602, "sub_cluster_id": 65535"#).isEmpty)
    }

    // MARK: bgpvpn

    @Test mutating func networksAreInVPNsOfTheirKind() {
        let bridged = server.create("bgpvpn", project + ["l2"], #""bgpvpn_type": "l2""#)
        let routed = server.create("bgpvpn", project + ["l3"], #""bgpvpn_type": "l3""#)
        func members(_ mode: String, _ vpn: String) -> String {
            "\"virtual_network_properties\": {\"forwarding_mode\": \"\(mode)\"}, \"bgpvpn_refs\": [{\"uuid\": \"\(vpn)\"}]"
        }
        func expectRefused(_ mode: String, _ vpn: String, _ server: inout TestServer) {
            server.expectNotCreated(
                "virtual-network", project + ["x"], parent: "project", members(mode, vpn),
                "with a virtual network in forwarding mode '\(mode)'")
        }
        expectRefused("l3", bridged, &server)
        expectRefused("l2", routed, &server)
        for (name, mode, vpn) in [("a", "l2", bridged), ("b", "l3", routed), ("c", "l2_l3", bridged), ("d", "l2_l3", routed)] {
            #expect(!server.create("virtual-network", project + [name], parent: "project", members(mode, vpn)).isEmpty)
        }
        server.expectNotCreated(
            "logical-router", project + ["r"], parent: "project", "\"bgpvpn_refs\": [{\"uuid\": \"\(bridged)\"}]",
            "Only bgpvpn type 'l3' can be associated to a logical router")
        #expect(
            !server.create("logical-router", project + ["r"], parent: "project", "\"bgpvpn_refs\": [{\"uuid\": \"\(routed)\"}]").isEmpty)
        server.expectNotChanged("bgpvpn", routed, #""bgpvpn_type": "l2""#, "bgpvpn_type of a bgpvpn is settled")
    }

    @Test mutating func aVPNIsOfANetworkOrOfItsRouter() {
        let vpn = server.create("bgpvpn", project + ["v"])
        let member = "\"bgpvpn_refs\": [{\"uuid\": \"\(vpn)\"}]"
        let network = server.create("virtual-network", project + ["n"], parent: "project")
        let port = server.create(
            "virtual-machine-interface", project + ["p"], parent: "project", "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]")
        let router = server.create(
            "logical-router", project + ["r"], parent: "project", "\"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]")
        let text = "remove one of the two from bgpvpn_refs"
        server.change("logical-router", router, member)
        server.expectNotChanged("virtual-network", network, member, text)
        server.change("logical-router", router, "\"bgpvpn_refs\": []")
        server.change("virtual-network", network, member)
        server.expectNotChanged("logical-router", router, member, text)
    }
}
