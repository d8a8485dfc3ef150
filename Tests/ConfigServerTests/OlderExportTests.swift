// Exports of the older platform: what they hold is there afterwards, under the same UUIDs, and what they cannot say is refused in words.

import Coding
import Foundation
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

private let domain = "aaaaaaaa-0000-4000-8000-000000000001"
private let tenant = "aaaaaaaa-0000-4000-8000-000000000002"
private let ipam = "aaaaaaaa-0000-4000-8000-000000000003"
private let network = "aaaaaaaa-0000-4000-8000-000000000004"
private let policy = "aaaaaaaa-0000-4000-8000-000000000005"
private let address = "aaaaaaaa-0000-4000-8000-000000000006"
private let peer = "aaaaaaaa-0000-4000-8000-000000000007"
private let routes = "aaaaaaaa-0000-4000-8000-000000000008"

/// Columns in the form of the export: the text of a value, and when it was written.
private func row(_ type: String, _ name: [String], parent: String? = nil, _ columns: [String: Any] = [:], at time: Int) throws -> [String:
    Any]
{
    var cells: [String: Any] = ["type": type, "fq_name": name]
    if let parent { cells["parent:" + parent] = NSNull() }
    cells["META:latest_col_ts"] = NSNull()
    cells.merge(columns) { $1 }
    return try cells.mapValues { value in
        let text = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
        return [String(decoding: text, as: UTF8.self), 1_500_000_000_000_000 + time] as [Any]
    }
}

private func export(_ change: (inout [String: [String: Any]]) throws -> Void = { _ in }) throws -> [UInt8] {
    let subnets: [String: Any] = [
        "ipam_subnets": [
            [
                "subnet": ["ip_prefix": "10.9.0.0", "ip_prefix_len": 24], "default_gateway": "10.9.0.1", "dns_server_address": "10.9.0.2",
                "subnet_uuid": "bbbbbbbb-0000-4000-8000-000000000001", "addr_from_start": true, "enable_dhcp": true,
            ]
        ]
    ]
    var table: [String: [String: Any]] = [
        "cccccccc-0000-4000-8000-000000000001": try row("config_root", ["config-root"], ["children:domain:\(domain)": NSNull()], at: 0),
        // Later than its children, as clocks have it.
        domain: try row("domain", ["default-domain"], parent: "config_root:cccccccc-0000-4000-8000-000000000001", at: 90),
        tenant: try row("project", ["default-domain", "shop"], parent: "domain:\(domain)", at: 10),
        ipam: try row("network_ipam", ["default-domain", "shop", "ipam"], parent: "project:\(tenant)", at: 20),
        policy: try row(
            "network_policy", ["default-domain", "shop", "allow"], parent: "project:\(tenant)", ["relaxbackref:\(network)": NSNull()],
            at: 25),
        network: try row(
            "virtual_network", ["default-domain", "shop", "red"], parent: "project:\(tenant)",
            [
                "prop:virtual_network_network_id": 17, "prop:display_name": "Red é",
                "prop:id_perms": [
                    "enable": true, "created": "2020-01-01T00:00:00",
                    "uuid": ["uuid_mslong": 12_297_829_382_473_016_320 as UInt64, "uuid_lslong": 9_223_372_036_854_775_812 as UInt64],
                ],
                "prop:perms2": ["owner": "cloud-admin", "owner_access": 7, "global_access": 0, "share": [] as [Any]],
                "propm:annotations:b": ["key": "b", "value": "2"], "propm:annotations:a": ["key": "a", "value": "1"],
                "propl:virtual_network_fat_flow_protocols:10": ["protocol": "tcp", "port": 2],
                "propl:virtual_network_fat_flow_protocols:9": ["protocol": "udp", "port": 1],
                "ref:network_ipam:\(ipam)": ["attr": subnets, "is_weakref": false],
                "ref:network_policy:\(policy)": ["attr": ["sequence": ["major": 0, "minor": 0]], "is_weakref": false],
                "ref:virtual_network:\(peer)": ["attr": NSNull(), "is_weakref": false],
                "backref:instance_ip:\(address)": ["attr": NSNull(), "is_weakref": false],
            ] as [String: Any], at: 30),
        peer: try row(
            "virtual_network", ["default-domain", "shop", "blue"], parent: "project:\(tenant)",
            ["prop:virtual_network_network_id": 18, "ref:virtual_network:\(network)": ["attr": NSNull(), "is_weakref": false]]
                as [String: Any],
            at: 31),
        address: try row(
            "instance_ip", ["one"],
            ["prop:instance_ip_address": "10.9.0.7", "ref:virtual_network:\(network)": ["attr": NSNull(), "is_weakref": false]]
                as [String: Any],
            at: 40),
        routes: try row(
            "route_table", ["default-domain", "shop", "routes"], parent: "project:\(tenant)", at: 50),
    ]
    try change(&table)
    let document: [String: Any] = [
        "cassandra": [
            "config_db_uuid": ["obj_uuid_table": table, "obj_fq_name_table": [:] as [String: Any]],
            "useragent": ["useragent_keyval_table": ["key": ["value": ["text \"é\"", 1]]]],
        ], "zookeeper": "[]",
    ]
    return Array(try JSONSerialization.data(withJSONObject: document))
}

@Suite struct OlderExportTests {
    private func imported(_ text: [UInt8]) throws -> TestServer {
        let server = TestServer()
        let older = try OlderExport(parsing: text, server.service)
        #expect(older.problems == [])
        var loaded = server
        loaded.image = try Self.image(older.archive, server.service)
        return loaded
    }

    private static func image(_ archive: ConfigurationArchive, _ service: ConfigurationService) throws -> Image {
        var loader = ImageLoader(service.types)
        for row in archive.rows { try loader.add(row) }
        for (key, value) in archive.values { loader.addValue(key, value) }
        return try loader.finish()
    }

    @Test func objectsAreThereAfterwards() throws {
        var server = try imported(try export())
        let red = server.object("virtual-network", network)
        #expect(red["fq_name"]?.elements.compactMap(\.string) == ["default-domain", "shop", "red"])
        #expect(red["display_name"]?.string == "Red é" && red["virtual_network_network_id"]?.integer == 17)
        #expect(red["parent_uuid"]?.string == tenant && red["id_perms"]?["created"]?.string == "2020-01-01T00:00:00")
        #expect(red["annotations"]?["key_value_pair"]?.elements.compactMap { $0["key"]?.string } == ["a", "b"])
        // Elements come in the order of their positions as text.
        let flows = red["virtual_network_fat_flow_protocols"]?["fat_flow_protocol"]?.elements ?? []
        #expect(flows.compactMap { $0["port"]?.integer } == [2, 1])
        #expect(red["network_ipam_refs"]?.uuids == [ipam] && red["network_policy_refs"]?.uuids == [policy])
        #expect(red["virtual_network_refs"]?.uuids == [peer])
        #expect(red["network_ipam_refs"]?.elements.first?["attr"]?["ipam_subnets"]?.elements.count == 1)
        #expect(server.object("virtual-network", peer)["virtual_network_refs"]?.uuids == [network])
        #expect(server.object("network-ipam", ipam)["virtual_network_back_refs"]?.uuids == [network])
        #expect(server.object("instance-ip", address)["instance_ip_address"]?.string == "10.9.0.7")
        #expect(server.post("/useragent-kv", #"{"operation": "RETRIEVE", "key": "key"}"#)["value"]?.string == "text \"é\"")
        // A reference that was relaxed does not keep its target.
        #expect(server.send(.delete, "/network-policy/\(policy)").status == 200)
    }

    /// Numbers and addresses in use are not given again.
    @Test func whatIsInUseStaysSo() throws {
        var server = try imported(try export())
        var given: [String] = []
        for number in 0..<7 {
            let made = server.create("instance-ip", ["new-\(number)"], "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]")
            given.append(server.object("instance-ip", made)["instance_ip_address"]?.string ?? "")
        }
        #expect(given.contains("10.9.0.6") && given.contains("10.9.0.8") && !given.contains("10.9.0.7"), "\(given)")
        let reply = server.send(
            .post, "/instance-ips",
            "{\"instance-ip\": {\"fq_name\": [\"again\"], \"instance_ip_address\": \"10.9.0.7\", "
                + "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]}}")
        #expect(reply.status == 409, "\(reply.text)")
        #expect(server.image.isAllocated(17, in: "virtual-networks") && server.image.isAllocated(18, in: "virtual-networks"))
    }

    @Test func whatCannotBeTakenOverIsNamed() throws {
        let service = TestServer().service
        func problems(_ change: (inout [String: [String: Any]]) throws -> Void) throws -> String {
            try OlderExport(parsing: try export(change), service).problems.joined(separator: "\n")
        }
        #expect(try problems { $0["no-uuid"] = [:] }.contains("'no-uuid' is not named by a UUID"))
        #expect(try problems { $0[routes] = try row("teapot", ["a"], at: 1) }.contains("no type teapot"))
        #expect(try problems { $0[tenant] = nil }.contains("its parent \(tenant) is missing"))
        #expect(try problems { $0[policy] = nil }.contains("refers to network_policy:\(policy), which is missing"))
        #expect(try problems { $0[network]?["prop:colour"] = ["1", 2] as [Any] }.contains("no property colour"))
        #expect(try problems { $0[network]?["prop:mtu"] = ["\"wide\"", 2] as [Any] }.contains("mtu"))
        #expect(try problems { $0[network]?["prop:mtu"] = ["{", 2] as [Any] }.contains("the column prop:mtu is not JSON"))
        #expect(try problems { $0[peer]?["prop:virtual_network_network_id"] = ["17", 2] as [Any] }.contains("17 of virtual-networks"))
        for text in ["{\"cassandra\": 1}", "{\"cassandra\": {\"config_db_uuid\": {}}}", "{\"cassandra\": {"] {
            #expect(throws: (any Error).self) { try OlderExport(parsing: Array(text.utf8), service) }
        }
    }

    @Test(arguments: DatabaseUnderTest.all) func isImportedLikeAnyOther(engine: DatabaseUnderTest) throws {
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        let report = try database.importing(try export(), .init())
        #expect(report.objects == 8 && report.notes == [], "\(report.notes)")
        #expect(try database.check().findings.all == [])
        // Something is wrong: refused, or left out when told.
        let damaged = try export { $0[policy] = nil }
        var options = ConfigurationDatabase.ImportOptions()
        options.replaces = true
        do throws(StoreError) {
            _ = try database.importing(damaged, options)
            Issue.record("imported although a reference leads nowhere")
        } catch {
            #expect(error.message.contains("nothing was imported"))
        }
        options.leavesOut = true
        let second = try database.importing(damaged, options)
        #expect(second.objects == 7 && second.removed == 8 && second.notes.count == 1)
    }
}
