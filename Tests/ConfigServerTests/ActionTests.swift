// Actions: collections, names, permissions, values, and what is not there yet.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct ActionTests {
    var server = TestServer()

    // MARK: Elements of lists and maps

    private mutating func update(_ uuid: String, _ field: String, _ operation: String, value: String? = nil, position: String? = nil)
        -> Reply
    {
        let valueMember = value.map { ", \"value\": \($0)" } ?? ""
        let positionMember = position.map { ", \"position\": \"\($0)\"" } ?? ""
        let change = "{\"field\": \"\(field)\", \"operation\": \"\(operation)\"\(valueMember)\(positionMember)}"
        return server.send(.post, "/prop-collection-update", "{\"uuid\": \"\(uuid)\", \"updates\": [\(change)]}")
    }

    private mutating func elements(_ uuid: String, _ field: String, _ query: String = "") -> [String] {
        let reply = server.get("/prop-collection-get?uuid=\(uuid)&fields=\(field)\(query)")
        return reply[field]?.elements.map { pair in
            "\(pair.elements[0]["port"]?.integer ?? -1)@\(pair.elements[1].string ?? "")"
        } ?? []
    }

    @Test mutating func listElementsKeepTheirPositions() throws {
        let field = "virtual_machine_interface_fat_flow_protocols"
        let port = server.createPort(
            "port",
            "\"\(field)\": {\"fat_flow_protocol\": [{\"protocol\": \"tcp\", \"port\": 1}, {\"protocol\": \"tcp\", \"port\": 2}]}")
        #expect(elements(port, field) == ["1@0", "2@1"])
        for number in 3...12 { #expect(update(port, field, "add", value: "{\"protocol\": \"tcp\", \"port\": \(number)}").status == 200) }
        // Ten comes after nine, not after one.
        #expect(elements(port, field).suffix(3) == ["10@9", "11@10", "12@11"])
        #expect(update(port, field, "delete", position: "1").status == 200)
        #expect(update(port, field, "delete", position: "1").status == 200)
        #expect(elements(port, field).prefix(3) == ["1@0", "3@2", "4@3"])
        #expect(update(port, field, "modify", value: #"{"protocol": "udp", "port": 99}"#, position: "2").status == 200)
        #expect(update(port, field, "add", value: #"{"protocol": "udp", "port": 50}"#, position: "x").status == 200)
        #expect(elements(port, field).contains("99@2") && elements(port, field).last == "50@x")
        #expect(elements(port, field, "&position=2") == ["99@2"])
        let array = server.object("virtual-machine-interface", port)[field]?["fat_flow_protocol"]?.elements.map { $0["port"]?.integer }
        #expect(array == [1, 99, 4, 5, 6, 7, 8, 9, 10, 11, 12, 50])
        try server.expectReloadsAsItIs()
        // A list that is replaced as a whole is numbered anew.
        _ = server.send(
            .put, "/virtual-machine-interface/\(port)",
            "{\"virtual-machine-interface\": {\"\(field)\": {\"fat_flow_protocol\": [{\"protocol\": \"tcp\", \"port\": 7}]}}}")
        #expect(elements(port, field) == ["7@0"])
        #expect(update(port, field, "delete", position: "0").status == 200)
        #expect(server.object("virtual-machine-interface", port)[field] == nil)
    }

    @Test mutating func mapElementsAreFoundByTheirKeys() throws {
        let field = "virtual_machine_interface_bindings"
        let port = server.createPort("port")
        for (key, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
            #expect(update(port, field, "set", value: "{\"key\": \"\(key)\", \"value\": \"\(value)\"}").status == 200)
        }
        let pairs = server.get("/prop-collection-get?uuid=\(port)&fields=\(field)")[field]?.elements ?? []
        #expect(
            pairs.map { "\($0.elements[0]["value"]?.string ?? "")@\($0.elements[1].string ?? "")" }
                == ["vrouter@vif_type", "normal@vnic_type", "3@a", "2@b"])
        #expect(update(port, field, "delete", position: "a").status == 200)
        #expect(server.object("virtual-machine-interface", port)[field]?["key_value_pair"]?.elements.count == 3)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func refusesWrongUpdates() {
        let port = server.createPort("port")
        let list = "virtual_machine_interface_fat_flow_protocols"
        let map = "virtual_machine_interface_bindings"
        let cases: [(Reply, Int, String)] = [
            (update(port, "display_name", "add", value: "1"), 400, "not a list or map property"),
            (update(port, list, "set", value: "{}"), 400, "add, modify, delete"),
            (update(port, map, "add", value: "{}"), 400, "set, delete"),
            (update(port, list, "add"), 400, "needs a value"), (update(port, list, "delete"), 400, "needs the position"),
            (update(port, list, "modify", value: "{}", position: "5"), 404, "no element has the position 5"),
            (update(port, list, "add", value: #"{"port": "x"}"#), 400, "value.port"), (update(port, list, "add", value: "7"), 400, "value"),
            (update(port, map, "set", value: #"{"value": "x"}"#), 400, "must have a key"),
            (update(port, map, "set", value: #"{"key": "x"}"#, position: "y"), 400, "is not the element's key"),
            (update("nonsense", map, "set", value: "{}"), 404, "No object found"),
            (server.send(.post, "/prop-collection-update", "{\"uuid\": \"\(port)\"}"), 400, "updates must be"),
            (
                server.send(.post, "/prop-collection-update", "{\"uuid\": \"\(port)\", \"updates\": [1]}"), 400,
                "updates[0]: field and operation"
            ),
            (server.send(.get, "/prop-collection-get?uuid=\(port)"), 400, "uuid and fields"),
            (server.send(.get, "/prop-collection-get?uuid=\(port)&fields=display_name"), 400, "not a list or map"),
        ]
        for (reply, status, text) in cases { #expect(reply.status == status && reply.text.contains(text), "\(reply.status) \(reply.text)") }
    }

    // MARK: Names

    @Test mutating func namesAndIdentifiersLeadToEachOther() {
        let uuid = server.create("virtual-machine", ["vm"])
        #expect(server.post("/fqname-to-id", #"{"type": "virtual-machine", "fq_name": ["vm"]}"#)["uuid"] == .string(uuid))
        #expect(server.post("/fqname-to-id", #"{"type": "virtual_machine", "fq_name": ["vm"]}"#)["uuid"] == .string(uuid))
        let name = server.post("/id-to-fqname", "{\"uuid\": \"\(uuid)\"}")
        #expect(name["fq_name"] == .array([.string("vm")]) && name["type"] == .string("virtual-machine"))
        #expect(server.send(.post, "/fqname-to-id", #"{"type": "virtual-machine", "fq_name": ["x"]}"#).status == 404)
        #expect(server.send(.post, "/fqname-to-id", #"{"type": "nonsense", "fq_name": ["x"]}"#).status == 404)
        #expect(server.send(.post, "/fqname-to-id", #"{"type": "virtual-machine"}"#).status == 400)
        #expect(server.send(.post, "/fqname-to-id", #"{"type": "virtual-machine", "fq_name": [1]}"#).status == 404)
        #expect(server.send(.post, "/id-to-fqname", #"{"uuid": "x"}"#).status == 404)
        #expect(server.send(.post, "/id-to-fqname", "{}").status == 400)
    }

    // MARK: Permissions

    @Test mutating func ownersAndModesChange() throws {
        let uuid = server.create("virtual-machine", ["vm"])
        #expect(server.send(.post, "/chown", "{\"uuid\": \"\(uuid)\", \"owner\": \"me\"}").status == 200)
        #expect(
            server.send(
                .post, "/chmod", "{\"uuid\": \"\(uuid)\", \"owner_access\": 6, \"share\": [{\"tenant\": \"t\", \"tenant_access\": 5}]}"
            ).status == 200)
        let permissions = server.object("virtual-machine", uuid)["perms2"]
        #expect(permissions?["owner"] == .string("me") && permissions?["owner_access"] == .number("6"))
        #expect(permissions?["share"]?.elements.first?["tenant_access"] == .number("5") && permissions?["global_access"] == .number("0"))
        for body in [
            #""global_access": 8"#, #""owner_access": "x""#, #""share": [{"tenant_access": 1}]"#,
            #""share": [{"tenant": "t", "tenant_access": -1}]"#,
        ] {
            #expect(server.send(.post, "/chmod", "{\"uuid\": \"\(uuid)\", \(body)}").status == 400, "\(body)")
        }
        #expect(server.send(.post, "/chown", "{\"uuid\": \"\(uuid)\"}").status == 400)
        #expect(server.send(.post, "/chown", #"{"uuid": "x", "owner": "y"}"#).status == 404)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func withoutAuthenticationEverybodyMay() {
        let uuid = server.create("virtual-machine", ["vm"])
        let reply = server.send(.get, "/obj-perms?uuid=\(uuid)")
        #expect(reply.text == #"{"token_info":null,"is_cloud_admin_role":false,"is_global_read_only_role":false,"permissions":"RWX"}"#)
        #expect(server.send(.get, "/obj-perms?uuid=x").status == 404)
        #expect(server.send(.get, "/aaa-mode").text == #"{"aaa-mode":"no-auth"}"#)
        #expect(server.send(.put, "/aaa-mode", #"{"aaa-mode": "no-auth"}"#).status == 200)
        #expect(server.send(.put, "/aaa-mode", #"{"aaa-mode": "rbac"}"#).status == 400)
        #expect(server.send(.put, "/aaa-mode", #"{"aaa-mode": "x"}"#).status == 400)
    }

    // MARK: Values

    @Test mutating func clientsKeepValues() throws {
        func run(_ operation: String, _ members: String) -> Reply {
            server.send(.post, "/useragent-kv", "{\"operation\": \"\(operation)\", \(members)}")
        }
        for key in ["a", "b"] { #expect(run("STORE", "\"key\": \"\(key)\", \"value\": \"of \(key)\"").status == 200) }
        #expect(run("RETRIEVE", #""key": "a""#).text == #"{"value":"of a"}"#)
        #expect(run("RETRIEVE", #""key": ["b", "none", "a"]"#).text == #"{"value":["of b","of a"]}"#)
        #expect(run("RETRIEVE", #""key": null"#).text == #"{"value":[{"key":"a","value":"of a"},{"key":"b","value":"of b"}]}"#)
        try server.expectReloadsAsItIs()
        #expect(run("DELETE", #""key": "a""#).status == 200)
        #expect(run("RETRIEVE", #""key": "a""#).status == 404)
        #expect(run("STORE", #""value": 1"#).status == 400 && run("SHOW", #""key": "a""#).status == 400)
        try server.expectReloadsAsItIs()
    }

    // MARK: Addresses

    @Test mutating func theHomePageHasEveryLink() throws {
        let links = server.get("/")["links"]?.elements.compactMap { $0["link"] } ?? []
        #expect(server.get("/")["href"] == .string("http://server:8082"))
        func hrefs(_ relation: String) -> [String: String] {
            Dictionary(
                links.filter { $0["rel"] == .string(relation) }.map { ($0["name"]?.string ?? "", $0["href"]?.string ?? "") },
                uniquingKeysWith: { first, _ in first })
        }
        #expect(hrefs("collection").count == 126 && hrefs("resource-base").count == 126)
        #expect(hrefs("collection")["network-policy"] == "http://server:8082/network-policys")
        #expect(hrefs("resource-base")["network-policy"] == "http://server:8082/network-policy")
        #expect(hrefs("action")["name-to-id"] == "http://server:8082/fqname-to-id")
        #expect(hrefs("action")["virtual-network-ip-alloc"] == "http://server:8082/virtual-network/%s/ip-alloc")
        #expect(hrefs("action").count == Action.allCases.count + 3 && hrefs("root").count == 1)
        let modes = links.filter { $0["name"] == .string("aaa-mode") }.compactMap { $0["method"]?.string }
        #expect(modes == ["PUT", "GET"])
    }

    @Test(arguments: [
        ("abort-job", "there is no job runner"), ("amqp-publish", "there is no message bus"), ("amqp-request", "there is no message bus"),
        ("fetch-records", "`tungsten db export`"), ("start-profile", "`perf record -p`"), ("stop-profile", "`perf record -p`"),
        ("hbs-get", "manifests for host-based services are not made here"),
    ])
    mutating func saysWhatItDoesNotHave(action: String, text: String) {
        server.expectRefused(.post, "/\(action)", "{}", status: 501, text)
    }

    @Test mutating func jobsHaveNoRunner() {
        let template = server.create("job-template", ["default-global-system-config", "t"])
        server.expectRefused(.post, "/execute-job", "{}", "job_template_id or job_template_fq_name required")
        server.expectRefused(
            .post, "/execute-job", #"{"job_template_fq_name": ["default-global-system-config", "x"]}"#, status: 404,
            "No job-template object")
        server.expectRefused(.post, "/execute-job", "{\"job_template_id\": \"\(template)\"}", status: 501, "there is no job runner")
        server.expectRefused(
            .post, "/execute-job", #"{"job_template_fq_name": ["default-global-system-config", "t"]}"#, status: 501,
            "there is no job runner")
    }

    @Test mutating func tellsHowMuchThereIs() {
        let sizes = server.get("/obj-cache")
        #expect(sizes["objects"]?.integer == server.image.objectCount)
        #expect(
            sizes["types"]?["virtual-network"]?.integer == server.get("/virtual-networks?count=true")["virtual-networks"]?["count"]?.integer
        )
        let network = server.uuid("virtual-network", "default-domain:default-project:ip-fabric")
        let asked = server.post("/obj-cache", "{\"uuids\": [\"\(network)\", \"x\"]}")["objects"]?.elements ?? []
        #expect(asked.count == 1 && asked[0]["type"]?.string == "virtual-network" && asked[0]["property_bytes"]?.integer ?? 0 > 0)
        #expect(server.post("/obj-cache", #"{"count": 3}"#)["objects"]?.elements.count == 3)
        server.expectRefused(.post, "/obj-cache", #"{"count": 1001}"#, "count must be from 0 to 1000")
    }

    @Test mutating func checksItsData() {
        _ = server.createPort("p")
        let sound = server.post("/db-check", "{}")
        #expect(sound["count"]?.integer == 0 && sound["results"]?.elements.isEmpty ?? false)
        // A port whose network is gone, as no request can make it.
        var transaction = Transaction()
        if let state = server.image.state(
            UUIDValue(anySpelling: server.uuid("virtual-network", "default-domain:default-project:default-virtual-network"))!)
        {
            transaction.changes = [.remove(state.identity)]
        }
        server.accept(transaction)
        let results = server.post("/db-check", "{}")["results"]?.elements.compactMap(\.string) ?? []
        #expect(results.contains { $0.hasPrefix("virtual-machine-interface") && $0.contains("refers to virtual-network") })
        #expect(results.contains { $0.hasPrefix("routing-instance") && $0.contains("which is not there") })
    }

    @Test mutating func knowsItsAddressesAndMethods() {
        for path in [
            "/nonsense", "/virtual-network", "/virtual-network/a/b", "/virtual-network/a/ip-alloc/b", "/virtual_networks",
        ] {
            #expect(server.send(.get, path).status == 404, "\(path)")
        }
        let cases = [
            (Request.Method.put, "/virtual-networks", "GET, HEAD, POST, OPTIONS"), (.post, "/", "GET, HEAD, OPTIONS"),
            (.get, "/ref-update", "POST, OPTIONS"),
            (.post, "/virtual-network/x", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"), (.post, "/aaa-mode", "PUT, GET, HEAD, OPTIONS"),
        ]
        for (method, path, allow) in cases {
            let reply = server.send(method, path)
            #expect(reply.status == 405 && reply.allow == allow, "\(path): \(reply.status) \(reply.allow ?? "")")
        }
    }

    @Test mutating func documentationListsEveryType() {
        let reply = server.send(.get, "/documentation/index.html")
        #expect(reply.contentType == .html)
        for type in server.service.types.entries { #expect(reply.text.contains("<h2 id=\"\(type.name)\">")) }
    }
}
