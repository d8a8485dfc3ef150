// Input that nobody sends in earnest: every request ends in a reply that says what is wrong, and none changes anything by accident.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct HostileInputTests {
    var server = TestServer()

    private static let name = #""fq_name": ["default-domain", "default-project", "x"]"#

    @Test(arguments: [
        "", " ", "null", "7", "[]", "\"virtual-network\"", "{", "{}", "}", "{\"virtual-network\"", "{\"virtual-network\": ",
        "{\"virtual-network\": 1}",
        "{\"virtual-network\": []}", "{\"virtual-network\": null}", "{\"virtual-network\": {\(name)}} trailing",
        "{\"virtual-network\": {\(name),}}",
        "{'virtual-network': {}}", "{\"virtual-network\": {\"fq_name\": [1]}}", "{\"virtual-network\": {\"fq_name\": [[\"a\"]]}}",
        "{\"virtual-network\": {\"fq_name\": [\"a\", null]}}", "{\"virtual-network\": {\(name), \"parent_type\": 7}}",
        "{\"virtual-network\": {\(name), \"uuid\": {}}}", "{\"virtual-network\": {\(name), \"virtual_network_properties\": \"x\"}}",
        "{\"virtual-network\": {\(name), \"mtu\": 1e999}}", "{\"virtual-network\": {\(name), \"mtu\": 99999999999999999999999}}",
        "{\"virtual-network\": {\(name), \"mtu\": 01}}", "{\"virtual-network\": {\(name), \"mtu\": NaN}}",
        "{\"virtual-network\": {\(name), \"mtu\": \"1500x\"}}",
        "{\"virtual-network\": {\(name), \"id_perms\": []}}", "{\"virtual-network\": {\(name), \"perms2\": {\"owner_access\": 99}}}",
        "{\"virtual-network\": {\(name), \"display_name\": \"\\ud800\"}}", "{\"virtual-network\": {\(name), \"network_ipam_refs\": [[]]}}",
        "{\"virtual-network\": {\(name), \"network_ipam_refs\": [{\"to\": \"x\"}]}}",
        "{\"virtual-network\": {\(name), \"network_ipam_refs\": [{\"uuid\": 7}]}}",
    ]) mutating func wrongBodiesAreRefused(body: String) {
        let reply = server.send(.post, "/virtual-networks", body)
        #expect(reply.status == 400 && !reply.text.isEmpty && reply.contentType == .text, "\(reply.status) \(reply.text)")
    }

    @Test mutating func nestingIsLimited() {
        for depth in [65, 1_000, 100_000] {
            let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
            for value in [value, objects] {
                let inProperty = server.send(
                    .post, "/virtual-networks", "{\"virtual-network\": {\(Self.name), \"virtual_network_properties\": \(value)}}")
                #expect(inProperty.status == 400)
                #expect(server.send(.post, "/virtual-networks", value).status == 400)
                #expect(server.send(.post, "/ref-update", value).status == 400)
                #expect(
                    server.send(.post, "/useragent-kv", "{\"operation\": \"STORE\", \"key\": \"k\", \"value\": \(value)}").status == 400)
            }
        }
        #expect(server.send(.get, "/virtual-networks?filters=a==" + String(repeating: "[", count: 30_000)).status == 400)
    }

    @Test mutating func bytesThatAreNotTextAreRefused() throws {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x00]] {
            let body = Array("{\"virtual-network\": {\"display_name\": \"".utf8) + bytes + Array("\", \(Self.name)}}".utf8)
            let request = Request(.post, try RequestTarget("/virtual-networks"), base: TestServer.base, body: body)
            let decision = server.service.decide(
                try server.service.operation(request), server.image, now: server.now, random: SequenceGenerator())
            #expect(decision.reply.status == 400 && decision.transaction.isEmpty, "\(bytes): \(decision.reply.text)")
        }
    }

    /// The later of two members counts, as in the older platform's reader.
    @Test mutating func doubledMembers() {
        let reply = server.send(
            .post, "/virtual-machines",
            #"{"virtual-machine": {"fq_name": ["a"], "fq_name": ["b"], "display_name": 7, "display_name": "x"}}"#)
        #expect(reply.status == 200)
        #expect(
            server.get("/virtual-machines?fq_names=b&fields=display_name")["virtual-machines"]?.elements.first?["display_name"]
                == .string("x"))
    }

    @Test mutating func names() throws {
        for name in [
            "\"", "\\", "a\"b", "<&>", "'; DROP TABLE objects; --", "../../etc/passwd", "%s%n", "\u{202E}x", "é", "e\u{301}",
            String(repeating: "x", count: 4096),
        ] {
            let uuid = server.create("virtual-machine", [name])
            #expect(server.object("virtual-machine", uuid)["name"] == .string(name), "\(name)")
        }
        // Two spellings that look the same are two names.
        #expect(server.get("/virtual-machines?fq_names=%C3%A9")["virtual-machines"]?.elements.count == 1)
        let long = String(repeating: "x", count: 4097)
        #expect(server.send(.post, "/virtual-machines", "{\"virtual-machine\": {\"fq_name\": [\"\(long)\"]}}").status == 400)
        let many = Array(repeating: "\"x\"", count: 33).joined(separator: ",")
        #expect(server.send(.post, "/virtual-machines", "{\"virtual-machine\": {\"fq_name\": [\(many)]}}").status == 400)
        try server.expectReloadsAsItIs()
    }

    /// Bodies of real requests with bytes changed, dropped, doubled and cut off: a reply each, and an image that is never damaged.
    @Test(arguments: [1, 2, 3, 4]) mutating func damagedRequests(seed: UInt64) throws {
        var random = SequenceGenerator(seed: seed)
        let uuid = server.create("virtual-network", project + ["v"], parent: "project")
        let policy = server.create("network-policy", project + ["p"])
        let port = server.createPort("m")
        let requests: [(Request.Method, String, String)] = [
            (
                .post, "/virtual-networks",
                "{\"virtual-network\": {\(Self.name), \"parent_type\": \"project\", \"virtual_network_properties\": {\"forwarding_mode\": \"l3\", \"vxlan_network_identifier\": 7}, \"network_ipam_refs\": [{\"to\": [\"default-domain\", \"default-project\", \"default-network-ipam\"], \"attr\": {\"ipam_subnets\": [{\"subnet\": {\"ip_prefix\": \"10.0.0.0\", \"ip_prefix_len\": 8}}]}}]}}"
            ),
            (
                .put, "/virtual-network/\(uuid)",
                #"{"virtual-network": {"display_name": "é\u00e9", "mtu": 1500, "perms2": {"owner": "o", "share": [{"tenant": "t", "tenant_access": 7}]}, "route_target_list": {"route_target": ["target:1:2"]}}}"#
            ),
            (
                .post, "/ref-update",
                "{\"type\": \"virtual-network\", \"uuid\": \"\(uuid)\", \"ref-type\": \"network-policy\", \"ref-uuid\": \"\(policy)\", \"operation\": \"ADD\", \"attr\": {\"sequence\": {\"major\": 1, \"minor\": 2}}}"
            ),
            (
                .post, "/prop-collection-update",
                "{\"uuid\": \"\(port)\", \"updates\": [{\"field\": \"virtual_machine_interface_fat_flow_protocols\", \"operation\": \"add\", \"value\": {\"protocol\": \"tcp\", \"port\": 1}, \"position\": \"3\"}]}"
            ),
            (.post, "/chmod", "{\"uuid\": \"\(uuid)\", \"global_access\": 5, \"share\": [{\"tenant\": \"t\", \"tenant_access\": 7}]}"),
            (.post, "/useragent-kv", #"{"operation": "STORE", "key": "k", "value": {"a": [1, 2.5e3, null, true]}}"#),
            (
                .post, "/list-bulk-collection",
                "{\"type\": \"virtual-network\", \"obj_uuids\": \"\(uuid)\", \"filters\": \"mtu==1500,x==[1]\", \"page_limit\": 3}"
            ),
            (
                .get,
                "/virtual-networks?filters=display_name==%22x%22&page_limit=3&parent_fq_name_str=default-domain:default-project&fields=mtu",
                ""
            ),
        ]
        for round in 0..<1_500 {
            var (method, uri, body) = requests[round % requests.count]
            var bytes = Array((method == .get ? uri : body).utf8)
            for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(bytes[index], at: index)
                case 3: bytes.removeLast(bytes.count - index)
                default: bytes[index] = Array(#"{}[]",:\0-e"#.utf8)[Int.random(in: 0..<11, using: &random)]
                }
            }
            do throws(Refusal) {
                if method == .get { uri = String(decoding: bytes, as: UTF8.self) }
                let request = Request(method, try RequestTarget(uri), base: TestServer.base, body: method == .get ? [] : bytes)
                let operation = try server.service.operation(request)
                if operation.isWriting {
                    let decision = server.service.decide(operation, server.image, now: server.now, random: random)
                    #expect(decision.reply.status < 500 || decision.reply.status == 501, "\(decision.reply.text)")
                    if decision.reply.status != 200 { #expect(decision.transaction.isEmpty) }
                    server.accept(decision.transaction)
                } else {
                    let reply = server.service.read(operation, server.image)
                    #expect(reply.status < 500 || reply.status == 501, "\(reply.text)")
                }
            } catch {
                #expect((400..<500).contains(error.status))
            }
        }
        try server.expectReloadsAsItIs()
    }
}
