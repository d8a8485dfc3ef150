// Objects: making, reading, changing and deleting them, with the replies and refusals that clients know.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct ObjectTests {
    var server = TestServer()

    @Test mutating func makesAnObject() throws {
        let reply = server.post("/network-policys", #"{"network-policy": {"fq_name": ["default-domain", "default-project", "p"]}}"#)
        let policy = try #require(reply["network-policy"])
        let uuid = try #require(policy["uuid"]?.string)
        #expect(policy.members.map(\.key) == ["name", "fq_name", "uuid", "href", "parent_type", "parent_uuid", "parent_href"])
        #expect(policy["name"] == .string("p") && policy["parent_type"] == .string("project"))
        #expect(policy["href"] == .string("http://server:8082/network-policy/\(uuid)"))
        let read = server.object("network-policy", uuid)
        #expect(read["display_name"] == .string("p"))
        #expect(read["perms2"]?["owner"] == .string("cloud-admin") && read["perms2"]?["owner_access"] == .number("7"))
        #expect(read["perms2"]?["global_access"] == .number("0") && read["perms2"]?["share"] == .array([]))
        let permissions = try #require(read["id_perms"])
        #expect(permissions["enable"] == .boolean(true) && permissions["user_visible"] == .boolean(true))
        #expect(permissions["created"] == permissions["last_modified"])
        #expect(permissions["created"]?.string == server.now.microsecondsBefore(1_000_000).text)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func identifiersAreInIdPermsAsTwoNumbers() throws {
        let uuid = "8f14e45f-ceea-467f-8000-0000000000ff"
        #expect(server.create("policy-management", ["m"], parent: "config-root", "\"uuid\": \"\(uuid)\"") == uuid)
        let permissions = server.object("policy-management", uuid)["id_perms"]?["uuid"]
        #expect(permissions?["uuid_mslong"] == .number("10310116547102393983"))
        #expect(permissions?["uuid_lslong"] == .number("9223372036854776063"))
    }

    @Test mutating func objectsBelowTheRootHaveNoParent() throws {
        let uuid = server.create("virtual-machine", ["vm"])
        let read = server.object("virtual-machine", uuid)
        #expect(read["parent_type"] == nil && read["parent_uuid"] == nil && read["parent_href"] == nil)
    }

    @Test mutating func proposedPermissionsAreKept() throws {
        let uuid = server.create(
            "virtual-machine", ["vm"],
            #""id_perms": {"enable": false, "description": "d", "creator": "c", "created": "1999-01-01T00:00:00", "uuid": {"uuid_mslong": 1}}, "perms2": {"owner": "me", "global_access": 5}, "display_name": "x""#
        )
        let read = server.object("virtual-machine", uuid)
        #expect(read["id_perms"]?["enable"] == .boolean(false) && read["id_perms"]?["description"] == .string("d"))
        #expect(read["id_perms"]?["creator"] == .string("c") && read["id_perms"]?["created"]?.string?.hasPrefix("2026") == true)
        #expect(read["id_perms"]?["uuid"]?["uuid_mslong"] != .number("1"))
        #expect(read["perms2"]?["owner"] == .string("me") && read["perms2"]?["owner_access"] == .number("7"))
        #expect(read["perms2"]?["global_access"] == .number("5") && read["display_name"] == .string("x"))
    }

    @Test mutating func domainsAreSharedWithThemselves() throws {
        let uuid = server.create("domain", ["d"])
        #expect(server.object("domain", uuid)["perms2"]?["share"]?.elements.first?["tenant"] == .string("domain:\(uuid)"))
        let template = server.create("service-template", ["d", "t"], parent: "domain")
        let share = server.object("service-template", template)["perms2"]?["share"]?.elements.first
        #expect(share?["tenant"] == .string("domain:\(uuid)") && share?["tenant_access"] == .number("6"))
    }

    @Test mutating func projectsComeWithTheirDefaults() throws {
        let uuid = server.create("project", ["default-domain", "p"], parent: "domain")
        let read = server.object("project", uuid)
        #expect(read["network_ipams"]?.names == ["default-network-ipam"] && read["virtual_networks"]?.names == ["default-virtual-network"])
        let domain = server.create("domain", ["d"])
        #expect(server.object("domain", domain)["projects"]?.names == ["default-project"])
        #expect(server.object("domain", domain)["namespaces"]?.names == ["default-namespace"])
        try server.expectReloadsAsItIs()
    }

    /// Body after the envelope's name; status; what the text must say.
    @Test(arguments: [
        (#"{}"#, 400, "no fq_name in POST body"), (#"{"fq_name": null}"#, 400, "no fq_name in POST body"),
        (#"{"fq_name": []}"#, 400, "no fq_name in POST body"), (#"{"fq_name": "a"}"#, 400, "fq_name: expected an array"),
        (#"{"fq_name": ["default-domain", "default-project", "a:b"]}"#, 400, "contains ':'"),
        (#"{"fq_name": ["default-domain", "default-project", "a\u0001"]}"#, 400, "characters that XML does not allow"),
        (#"{"fq_name": ["default-domain", "default-project", ""]}"#, 400, "empty element"),
        (#"{"fq_name": ["default-domain", "nowhere", "a"]}"#, 400, "parent project default-domain:nowhere does not exist"),
        (#"{"fq_name": ["a"]}"#, 400, "must begin with the fq_name of its project"),
        (#"{"fq_name": ["default-domain", "default-project", "a"], "parent_type": "domain"}"#, 400, "Invalid parent type"),
        (#"{"fq_name": ["default-domain", "default-project", "a"], "uuid": "zz"}"#, 400, "Invalid UUID format: zz"),
        (
            #"{"fq_name": ["default-domain", "default-project", "ip-fabric"]}"#, 409,
            "default-domain:default-project:ip-fabric already exists with uuid: "
        ),
        (
            #"{"fq_name": ["default-domain", "default-project", "a"], "virtual_network_properties": {"rpf": "maybe"}}"#, 400,
            "Bad property in create: virtual_network_properties.rpf: "
        ),
        (
            #"{"fq_name": ["default-domain", "default-project", "a"], "virtual_network_properties": {"foo": 1}}"#, 400,
            "virtual_network_properties"
        ),
        (
            #"{"fq_name": ["default-domain", "default-project", "a"], "flood_unknown_unicast": "yes"}"#, 400,
            "Bad property in create: flood_unknown_unicast"
        ),
        (
            #"{"fq_name": ["default-domain", "default-project", "a"], "network_ipam_refs": [{"to": ["x"], "attr": {"ipam_subnets": 1}}]}"#,
            400, "Bad reference in create: network_ipam_refs[0].attr.ipam_subnets"
        ),
        (
            #"{"fq_name": ["default-domain", "default-project", "a"], "network_ipam_refs": [{"to": ["x"]}]}"#, 400,
            "no network-ipam has the name x"
        ),
        (#"{"fq_name": ["default-domain", "default-project", "a"], "network_ipam_refs": [{}]}"#, 400, "must have \"to\""),
        (#"{"fq_name": ["default-domain", "default-project", "a"], "network_ipam_refs": {}}"#, 400, "network_ipam_refs: expected an array"),
    ]) mutating func refusesToMake(object: String, status: Int, text: String) {
        let before = server.image.objectCount
        let reply = server.send(.post, "/virtual-networks", "{\"virtual-network\": \(object)}")
        #expect(reply.status == status && reply.text.contains(text), "\(reply.status) \(reply.text)")
        #expect(reply.contentType == .text && server.image.objectCount == before)
    }

    @Test mutating func theParentTypeIsNeededWhereThereAreSeveral() {
        let missing = server.send(
            .post, "/tags",
            #"{"tag": {"fq_name": ["default-domain", "default-project", "x"], "tag_type_name": "application", "tag_value": "x"}}"#)
        #expect(missing.status == 400 && missing.text.contains("one of: ") && missing.text.contains("config-root"))
        let given = server.send(
            .post, "/tags",
            #"{"tag": {"fq_name": ["application=x"], "parent_type": "config-root", "tag_type_name": "application", "tag_value": "x"}}"#)
        #expect(given.status == 200, "\(given.text)")
        // A name of one element can only be below the root.
        let short = server.send(
            .post, "/tags", #"{"tag": {"fq_name": ["application=y"], "tag_type_name": "application", "tag_value": "y"}}"#)
        #expect(short.status == 200, "\(short.text)")
    }

    @Test mutating func objectsBelowTheRootHaveShortNames() {
        let reply = server.send(.post, "/virtual-machines", #"{"virtual-machine": {"fq_name": ["a", "b"]}}"#)
        #expect(reply.status == 400 && reply.text.hasPrefix("Invalid fq-name of an object with no parent: a:b"), "\(reply.text)")
    }

    @Test(arguments: ["config-root", "other"]) mutating func theRootIsNotMade(name: String) {
        let reply = server.send(.post, "/config-roots", "{\"config-root\": {\"fq_name\": [\"\(name)\"]}}")
        #expect(reply.status == 400 && reply.text.contains("cannot be created"), "\(reply.text)")
        #expect(server.get("/config-roots?count=true")["config-roots"]?["count"] == .number("0"))
    }

    @Test mutating func patternsAreExplainedInWords() {
        let reply = server.send(
            .post, "/physical-routers",
            #"{"physical-router": {"fq_name": ["default-global-system-config", "p"], "physical_router_loopback_ip": "1.2.3"}}"#)
        #expect(
            reply.text == "Bad property in create: physical_router_loopback_ip: \"1.2.3\" has the wrong form; "
                + "expected: an IPv4 address in dotted decimal notation or an IPv6 address (RFC 4291 section 2.2)")
    }

    @Test mutating func identifiersAreUnique() throws {
        let uuid = server.create("virtual-machine", ["a"])
        let reply = server.send(.post, "/virtual-machines", "{\"virtual-machine\": {\"fq_name\": [\"b\"], \"uuid\": \"\(uuid)\"}}")
        #expect(reply.status == 409 && reply.text == "\(uuid) already exists with fq_name: a")
    }

    @Test mutating func routeTargetsHaveColons() throws {
        let uuid = server.create("route-target", ["target:64512:8000001"])
        #expect(server.object("route-target", uuid)["name"] == .string("target:64512:8000001"))
        #expect(server.get("/route-targets?fq_names=target:64512:8000001")["route-targets"]?.uuids == [uuid])
    }

    @Test mutating func triesWithoutDoing() throws {
        let count = server.image.objectCount
        let body = #"{"virtual-network": {"fq_name": ["default-domain", "default-project", "n"]}}"#
        let tried = server.send(.post, "/virtual-networks?dry_run=true", body)
        #expect(tried.status == 200 && tried.text.contains("\"name\":\"n\"") && server.image.objectCount == count)
        #expect(server.send(.post, "/virtual-networks?dry_run=true", "{\"virtual-network\": {}}").status == 400)
        let made = server.create("virtual-network", project + ["n"])
        #expect(server.send(.post, "/virtual-networks?dry_run=True", body).status == 409)
        #expect(server.send(.delete, "/virtual-network/\(made)?dry_run=true").status == 200)
        #expect(server.send(.get, "/virtual-network/\(made)").status == 200)
        #expect(server.send(.delete, "/virtual-network/\(made)?dry_run=false").status == 200)
        #expect(server.send(.get, "/virtual-network/\(made)").status == 404)
    }

    // MARK: Reading

    @Test mutating func readsWithEntityTags() throws {
        let uuid = server.create("virtual-machine", ["vm"])
        let reply = server.send(.get, "/virtual-machine/\(uuid)")
        let tag = try #require(reply.entityTag)
        #expect(server.object("virtual-machine", uuid)["id_perms"]?["last_modified"] == .string(tag))
        for condition in ["\"\(tag)\"", tag, "W/\"\(tag)\"", "\"x\", \"\(tag)\"", "*"] {
            let unchanged = server.send(.get, "/virtual-machine/\(uuid)", ifNoneMatch: condition)
            #expect(unchanged.status == 304 && unchanged.body.isEmpty && unchanged.entityTag == tag, "\(condition)")
        }
        #expect(server.send(.get, "/virtual-machine/\(uuid)", ifNoneMatch: "\"other\"").status == 200)
        server.send(.put, "/virtual-machine/\(uuid)", #"{"virtual-machine": {"display_name": "x"}}"#)
        #expect(server.send(.get, "/virtual-machine/\(uuid)", ifNoneMatch: tag).status == 200)
    }

    @Test mutating func changesOnlyTheVersionThatIsMeant() throws {
        let uuid = server.create("virtual-machine", ["vm"])
        func tag() throws -> String { try #require(server.send(.get, "/virtual-machine/\(uuid)").entityTag) }
        let change = #"{"virtual-machine": {"display_name": "x"}}"#
        let first = try tag()
        #expect(server.send(.put, "/virtual-machine/\(uuid)", change, ifMatch: "\"\(first)\"").status == 200)
        for condition in ["\"\(first)\"", "W/\"\(try tag())\"", "\"\""] {
            let refused = server.send(.put, "/virtual-machine/\(uuid)", change, ifMatch: condition)
            #expect(refused.status == 412 && refused.text.contains("read it again"), "\(condition): \(refused.text)")
        }
        #expect(server.send(.delete, "/virtual-machine/\(uuid)", ifMatch: "\"\(first)\"").status == 412)
        #expect(server.send(.put, "/virtual-machine/\(uuid)", change, ifMatch: "*").status == 200)
        #expect(server.send(.delete, "/virtual-machine/\(uuid)", ifMatch: "\"other\", \"\(try tag())\"").status == 200)
    }

    @Test mutating func readsWhatIsAskedFor() throws {
        let ipam = server.create("network-ipam", project + ["i"], parent: "project")
        let uuid = server.create("virtual-network", project + ["v"], parent: "project", "\"network_ipam_refs\": [{\"uuid\": \"\(ipam)\"}]")
        func keys(_ value: JSONValue) -> Set<String> { Set(value.members.map(\.key)) }
        let names: Set = ["uuid", "name", "fq_name", "parent_type", "parent_uuid", "parent_href", "href"]
        let own: Set = ["id_perms", "perms2", "display_name", "virtual_network_network_id", "network_ipam_refs"]
        #expect(keys(server.object("virtual-network", uuid)) == names.union(own).union(["routing_instances"]))
        #expect(keys(server.object("virtual-network", uuid, "?exclude_children=")) == names.union(own))
        #expect(
            keys(server.object("virtual-network", uuid, "?fields=display_name,routing_instances,nonsense,display_name"))
                == names.union(["display_name", "routing_instances"]))
        #expect(keys(server.object("virtual-network", uuid, "?exclude_hrefs=True")).isDisjoint(with: ["href", "parent_href"]))
        let seen = server.object("network-ipam", ipam)
        #expect(seen["virtual_network_back_refs"]?.uuids == [uuid])
        #expect(seen["virtual_network_back_refs"]?.elements.first?["attr"] == .null)
        #expect(server.object("network-ipam", ipam, "?exclude_back_refs")["virtual_network_back_refs"] == nil)
        #expect(server.object("network-ipam", ipam, "?fields=virtual_network_back_refs")["virtual_network_back_refs"]?.uuids == [uuid])
        #expect(
            server.object("network-ipam", ipam)["virtual_network_back_refs"]?.elements.first?["href"]
                == .string("http://server:8082/virtual-network/\(uuid)"))
    }

    @Test(arguments: ["nonsense", "00000000-0000-0000-0000-000000000000"]) mutating func saysWhatIsNotThere(identifier: String) {
        for method in [Request.Method.get, .put, .delete] {
            let reply = server.send(method, "/virtual-network/\(identifier)", #"{"virtual-network": {}}"#)
            #expect(reply.status == 404 && reply.text == "No virtual-network object found for id \(identifier)")
        }
    }

    @Test mutating func anIdentifierOfAnotherTypeIsNotFound() {
        let uuid = server.create("virtual-machine", ["vm"])
        #expect(server.send(.get, "/virtual-network/\(uuid)").status == 404)
    }

    // MARK: Changing

    @Test mutating func replacesAndRemovesProperties() throws {
        let uuid = server.create("virtual-network", project + ["v"], parent: "project", #""mtu": 1500, "is_shared": false"#)
        let reply = server.send(
            .put, "/virtual-network/\(uuid)",
            #"{"virtual-network": {"mtu": null, "display_name": "V", "annotations": {"key_value_pair": [{"key": "k", "value": "v"}]}}}"#)
        #expect(reply.status == 200)
        #expect(reply.text == "{\"virtual-network\":{\"uuid\":\"\(uuid)\",\"href\":\"http://server:8082/virtual-network/\(uuid)\"}}")
        let read = server.object("virtual-network", uuid)
        #expect(read["mtu"] == nil && read["display_name"] == .string("V") && read["is_shared"] == .boolean(false))
        #expect(read["annotations"]?["key_value_pair"]?.elements.count == 1)
        #expect(read["id_perms"]?["last_modified"] != read["id_perms"]?["created"])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func anEmptyBodyChangesNothing() {
        let uuid = server.create("virtual-machine", ["vm"])
        let tag = server.send(.get, "/virtual-machine/\(uuid)").entityTag
        let reply = server.send(.put, "/virtual-machine/\(uuid)")
        #expect(reply.status == 200 && reply.body.isEmpty)
        #expect(server.send(.get, "/virtual-machine/\(uuid)").entityTag == tag)
    }

    @Test mutating func onlyTwoMembersOfIdPermsCanBeWritten() {
        let uuid = server.create("virtual-machine", ["vm"])
        let body =
            #"{"virtual-machine": {"id_perms": {"enable": false, "description": "d", "creator": "c", "created": "1999-01-01T00:00:00"}}}"#
        #expect(server.send(.put, "/virtual-machine/\(uuid)", body).status == 200)
        let permissions = server.object("virtual-machine", uuid)["id_perms"]
        #expect(permissions?["enable"] == .boolean(false) && permissions?["description"] == .string("d") && permissions?["creator"] == nil)
        #expect(permissions?["created"] != .string("1999-01-01T00:00:00"))
    }

    @Test mutating func sharingNeedsAnOwner() {
        let uuid = server.create("virtual-machine", ["vm"])
        let refused = server.send(.put, "/virtual-machine/\(uuid)", #"{"virtual-machine": {"perms2": {"global_access": 7}}}"#)
        #expect(refused.status == 400 && refused.text.contains("owner must be present"))
        #expect(
            server.send(.put, "/virtual-machine/\(uuid)", #"{"virtual-machine": {"perms2": {"owner": "o", "global_access": 7}}}"#).status
                == 200)
        #expect(server.object("virtual-machine", uuid)["perms2"]?["global_access"] == .number("7"))
    }

    @Test(arguments: [
        #""fq_name": ["x"]"#, #""uuid": "8f14e45f-ceea-467f-8000-0000000000ff""#, #""parent_uuid": "8f14e45f-ceea-467f-8000-0000000000ff""#,
    ])
    mutating func whoAnObjectIsDoesNotChange(member: String) {
        let uuid = server.create("network-policy", project + ["p"])
        #expect(server.send(.put, "/network-policy/\(uuid)", "{\"network-policy\": {\(member)}}").status == 400)
    }

    @Test mutating func anObjectCanBeSentBackAsItWasRead() throws {
        let ipam = server.create("network-ipam", project + ["i"], parent: "project")
        let uuid = server.create(
            "virtual-network", project + ["v"], parent: "project",
            "\"network_ipam_refs\": [{\"uuid\": \"\(ipam)\", \"attr\": {\"ipam_subnets\": [{\"subnet\": {\"ip_prefix\": \"10.0.0.0\", \"ip_prefix_len\": 8}}]}}]"
        )
        var before = server.object("virtual-network", uuid)
        let reply = server.send(.put, "/virtual-network/\(uuid)", server.send(.get, "/virtual-network/\(uuid)").text)
        #expect(reply.status == 200 && reply.warning == nil, "\(reply.text)")
        var after = server.object("virtual-network", uuid)
        before["id_perms"] = nil
        after["id_perms"] = nil
        #expect(before == after)
    }

    @Test mutating func membersThatDoNotExistAreNamed() {
        let uuid = server.create("virtual-machine", ["vm"])
        let reply = server.send(.put, "/virtual-machine/\(uuid)", #"{"virtual-machine": {"displayname": "x", "a\"\r\nX: y": 1}}"#)
        #expect(reply.status == 200 && reply.warning == "virtual-machine has no member displayname, aX:y; ignored")
    }

    // MARK: Deleting

    @Test mutating func deletes() throws {
        let uuid = server.create("virtual-machine", ["vm"])
        let reply = server.send(.delete, "/virtual-machine/\(uuid)")
        #expect(reply.status == 200 && reply.body.isEmpty)
        #expect(server.send(.get, "/virtual-machine/\(uuid)").status == 404)
        #expect(server.create("virtual-machine", ["vm"]) != uuid)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func childrenKeepTheirParent() throws {
        let parent = server.create("project", ["default-domain", "p"], parent: "domain")
        let child = server.create("network-policy", ["default-domain", "p", "x"])
        let refused = server.send(.delete, "/project/\(parent)")
        #expect(refused.status == 409)
        #expect(refused.text == "Delete when children still present: ['http://server:8082/network-policy/\(child)']")
        server.send(.delete, "/network-policy/\(child)")
        let count = server.image.objectCount
        #expect(server.send(.delete, "/project/\(parent)").status == 200)
        // The project, its policy set, its default IPAM, its default network and the routing instance of that.
        #expect(server.image.objectCount == count - 5)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func referrersKeepTheirTarget() throws {
        let ipam = server.create("network-ipam", project + ["i"], parent: "project")
        let network = server.create(
            "virtual-network", project + ["v"], parent: "project", "\"network_ipam_refs\": [{\"uuid\": \"\(ipam)\"}]")
        let refused = server.send(.delete, "/network-ipam/\(ipam)")
        #expect(refused.status == 409)
        #expect(refused.text == "Delete when resource still referred: ['http://server:8082/virtual-network/\(network)']")
        #expect(server.send(.put, "/virtual-network/\(network)", #"{"virtual-network": {"network_ipam_refs": []}}"#).status == 200)
        #expect(server.send(.delete, "/network-ipam/\(ipam)").status == 200)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func weakReferencesGoWithTheirTarget() throws {
        let template = server.create("service-template", ["default-domain", "t"], parent: "domain")
        let instance = server.create(
            "service-instance", project + ["s"], parent: "project", "\"service_template_refs\": [{\"uuid\": \"\(template)\"}]")
        let machine = server.create("virtual-machine", ["vm"], "\"service_instance_refs\": [{\"uuid\": \"\(instance)\"}]")
        let tag = server.send(.get, "/virtual-machine/\(machine)").entityTag
        #expect(server.send(.delete, "/service-instance/\(instance)").status == 200)
        #expect(server.object("virtual-machine", machine)["service_instance_refs"] == nil)
        #expect(server.send(.get, "/virtual-machine/\(machine)").entityTag != tag)
        try server.expectReloadsAsItIs()
    }
}

extension Timestamp {
    func microsecondsBefore(_ difference: Int64) -> Timestamp { Timestamp(microseconds: microseconds - difference) }
}
