// Conditional requests as RFC 9110 §13 has them, what addresses take, and refusals as documents that point to the mistake.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct ConditionTests {
    private var server = TestServer()

    @Test(arguments: [
        ("\"a\"", true, true), ("\"b\", \"a\"", true, true), ("\"b,\",\"a\"", true, true), ("W/\"a\"", false, true), ("*", true, true),
        (" * ", true, true), ("a", true, true), ("b, a", true, true), ("W/\"b\", W/\"a\"", false, true), ("\"b\"", false, false),
        ("\"a", false, false), ("\"*\"", false, false), ("", false, false), (",,", false, false), ("w/\"a\"", false, false),
        ("\"b\",*", true, true), ("\"x,a,\"", false, false),
    ]) func tagsAreCompared(text: String, strongly: Bool, weakly: Bool) {
        let tags = EntityTags(text)
        // A star counts only by itself.
        let isStarInList = text == "\"b\",*"
        #expect(tags.include("a", weakly: false) == (strongly && !isStarInList), "\(text)")
        #expect(tags.include("a", weakly: true) == (weakly && !isStarInList), "\(text)")
    }

    @Test mutating func conditionsOfObjects() throws {
        let uuid = server.create("virtual-machine", ["m"])
        let path = "/virtual-machine/\(uuid)"
        let tag = "\"\(try #require(server.send(.get, path).entityTag))\""
        #expect(server.send(.get, path, ifMatch: tag).status == 200)
        #expect(server.send(.get, path, ifMatch: "\"other\"").status == 412)
        #expect(server.send(.get, path, ifMatch: "W/\(tag)").status == 412)
        #expect(server.send(.get, path, ifNoneMatch: "\"other\", W/\(tag)").status == 304)
        // If-Match comes first (§13.2.2).
        #expect(server.send(.get, path, ifMatch: "\"other\"", ifNoneMatch: tag).status == 412)
        let change = "{\"virtual-machine\": {\"display_name\": \"x\"}}"
        for method in [Request.Method.put, .patch] {
            #expect(server.send(method, path, change, ifNoneMatch: tag).status == 412)
            #expect(server.send(method, path, change, ifNoneMatch: "*").status == 412)
            #expect(server.send(method, path, change, ifMatch: "W/\(tag)").status == 412)
        }
        #expect(server.send(.delete, path, ifNoneMatch: "*").status == 412)
        #expect(server.send(.put, path, change, ifNoneMatch: "\"other\"").status == 200)
    }

    /// A read compares all that it shows, a change what it is about.
    @Test mutating func tagsCoverRelatives() throws {
        let name = project + ["v"]
        let network = server.create("virtual-network", name, parent: "project")
        let path = "/virtual-network/\(network)"
        let alone = "/virtual-network/\(network)?exclude_children=1&exclude_back_refs=1"
        let own = try #require(server.send(.get, alone).entityTag)
        var known: Set<String> = []
        /// The tag of what is shown now: of nothing that was shown before.
        func changed(_ what: Comment) throws -> String {
            let tag = try #require(server.send(.get, path).entityTag)
            #expect(known.insert(tag).inserted, what)
            for old in known {
                #expect(server.send(.get, path, ifNoneMatch: "\"\(old)\"").status == (old == tag ? 304 : 200), what)
            }
            // The object itself did not change.
            #expect(server.send(.get, alone, ifNoneMatch: "\"\(own)\"").status == 304, what)
            #expect(server.send(.get, path, ifMatch: "\"\(tag)\"").status == 200, what)
            return tag
        }
        let first = try changed("nothing refers to it")
        let address = server.create(
            "instance-ip", ["i"], "\"instance_ip_address\": \"10.7.7.7\", \"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]")
        let referred = try changed("something refers to it")
        #expect(referred.hasPrefix(own + "+"))
        let pool = server.create("floating-ip-pool", name + ["p"], parent: "virtual-network")
        _ = try changed("it has a child")
        // The fields are asked for by name.
        let children = server.send(.get, path + "?fields=floating_ip_pools").entityTag
        let others = server.send(.get, path + "?fields=instance_ip_back_refs").entityTag
        #expect(others?.hasPrefix(own + "+") == true && children != others && children != own)
        #expect(server.send(.delete, "/floating-ip-pool/\(pool)").status == 200)
        #expect(server.send(.get, path).entityTag == referred)
        #expect(server.send(.delete, "/instance-ip/\(address)").status == 200)
        #expect(server.send(.get, path).entityTag == first)

        // The data of others' references is shown, too.
        let ipam = server.create("network-ipam", project + ["ipam"], parent: "project")
        let ipamPath = "/network-ipam/\(ipam)"
        func refer(_ prefix: String) -> String {
            "{\"virtual-network\": {\"network_ipam_refs\": [{\"uuid\": \"\(ipam)\", \"attr\": {\"ipam_subnets\": "
                + "[{\"subnet\": {\"ip_prefix\": \"\(prefix)\", \"ip_prefix_len\": 24}}]}}]}}"
        }
        #expect(server.send(.put, path, refer("10.1.0.0")).status == 200)
        let before = try #require(server.send(.get, ipamPath).entityTag)
        #expect(server.send(.put, path, refer("10.2.0.0")).status == 200)
        #expect(server.send(.get, ipamPath, ifNoneMatch: "\"\(before)\"").status == 200)
        // Who changes the object does not mind.
        let change = "{\"network-ipam\": {\"display_name\": \"x\"}}"
        #expect(server.send(.put, ipamPath, change, ifMatch: "\"\(before)\"").status == 200)
        #expect(server.send(.put, ipamPath, change, ifMatch: "\"\(before)\"").status == 412)
        #expect(server.send(.delete, path, ifNoneMatch: "\"\(own)+1\"").status == 200)
    }

    /// `If-None-Match: *` makes something only if it is not there.
    @Test mutating func conditionsOfCreation() {
        let body = "{\"virtual-machine\": {\"fq_name\": [\"m\"]}}"
        #expect(server.send(.post, "/virtual-machines", body, ifNoneMatch: "*").status == 200)
        let refused = server.send(.post, "/virtual-machines", body, ifNoneMatch: "*")
        #expect(refused.status == 412 && refused.text.contains("virtual-machine m is there already"), "\(refused.text)")
        #expect(server.send(.post, "/virtual-machines", body).status == 409)
        // A list has no tag, so none can be the one that is asked for.
        let other = "{\"virtual-machine\": {\"fq_name\": [\"n\"]}}"
        #expect(server.send(.post, "/virtual-machines", other, ifMatch: "\"a\"").status == 412)
        #expect(server.send(.post, "/virtual-machines", other, ifMatch: "*").status == 200)
    }

    @Test(arguments: [
        ("/virtual-networks", "GET, HEAD, POST, OPTIONS"), ("/", "GET, HEAD, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS"),
        ("/virtual-network/x", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"), ("/bulk", "POST, OPTIONS"),
    ]) func optionsSayWhatAnAddressTakes(path: String, allow: String) throws {
        let reply = server.service.options(try RequestTarget(path))
        #expect(reply.status == 204 && reply.allow == allow && reply.body.isEmpty)
    }

    @Test func optionsOfTheServerAndOfNothing() throws {
        #expect(server.service.options(nil).allow == ConfigurationService.allMethods)
        #expect(server.service.options(try RequestTarget("/nothing")).status == 404)
    }

    // MARK: Documents

    private mutating func problem(_ method: Request.Method, _ path: String, _ body: String) throws -> JSONValue {
        let reply = server.send(method, path, body).asProblem(title: "title", requestBody: Array(body.utf8))
        #expect(reply.contentType == .problem, "\(reply.text)")
        return try JSONValue(parsing: reply.body)
    }

    @Test mutating func documentsPointToTheMistake() throws {
        let network = server.create("virtual-network", ["default-domain", "default-project", "v"], parent: "project")
        let name = "\"fq_name\": [\"default-domain\", \"default-project\", \"w\"], \"parent_type\": \"project\""
        for (method, path, body, pointer) in [
            // Types, ranges and members that do not exist, found by the readers of bodies.
            (Request.Method.post, "/virtual-networks", "{\"virtual-network\": {\(name), \"mtu\": \"wide\"}}", "/virtual-network/mtu"),
            (.post, "/virtual-networks", "{\"virtual-network\": {\"fq_name\": [\"a\", 7]}}", "/virtual-network/fq_name/1"),
            (
                .put, "/virtual-network/\(network)", "{\"virtual-network\": {\"virtual_network_properties\": {\"colour\": 1}}}",
                "/virtual-network/virtual_network_properties/colour"
            ),
            // What is missing is pointed to where it should be.
            (.post, "/ref-relax-for-delete", "{\"uuid\": \"\(network)\"}", "/ref-uuid"),
            (.post, "/chmod", "{\"uuid\": \"\(network)\", \"owner_access\": 9}", "/owner_access"),
            // Rules name the member in their sentence.
            (
                .post, "/virtual-networks",
                "{\"virtual-network\": {\(name), \"network_ipam_refs\": [{\"to\": [\"nobody\"], \"attr\": {\"ipam_subnets\": []}}]}}",
                "/virtual-network/network_ipam_refs"
            ),
            // In a bulk the part comes first.
            (
                .post, "/bulk",
                "{\"requests\": [{\"method\": \"DELETE\", \"path\": \"/virtual-network/\(network)\"}, {\"method\": \"POST\", \"path\": \"/virtual-networks\", \"body\": {\"virtual-network\": {\(name), \"mtu\": []}}}]}",
                "/requests/1/body/virtual-network/mtu"
            ),
            (.post, "/bulk", "{\"requests\": [{\"method\": \"DELETE\", \"path\": \"/virtual-network/x\"}]}", "/requests/0"),
        ] {
            let found = try problem(method, path, body)["pointer"]?.string ?? "none"
            #expect(found == pointer || found.hasPrefix(pointer + "/"), "\(path) \(body): \(found)")
        }
    }

    @Test mutating func documentsSayHowToMendIt() throws {
        let missing = try problem(.post, "/virtual-machines", "{}")
        #expect(missing["hint"]?.string?.contains("write {\"virtual-machine\"") == true, "\(missing)")
        let unknown = try problem(.get, "/nothing", "")
        #expect(unknown["hint"]?.string == "GET / lists what there is" && unknown["pointer"] == nil && unknown["status"]?.integer == 404)
        // What is no JSON cannot be pointed into.
        #expect(try problem(.post, "/virtual-machines", "{").members.map(\.key).contains("pointer") == false)
    }

    @Test func pointersAreEscaped() {
        let cause = CodingError(.type, "wrong", path: "a/b[0].c~d")
        #expect(Pointer.find(cause, "", in: Array(#"{"a/b": [{"c~d": 1}]}"#.utf8)) == "/a~1b/0/c~0d")
    }

    @Test(arguments: [
        ("application/problem+json", true), ("application/json, Application/Problem+JSON;q=0.5", true), ("*/*", false), ("", false),
        ("application/problem+json;q=0", false), ("application/problem+json; q=0.000", false), ("application/problem+jsonx", false),
    ]) func documentsAreAskedFor(accept: String, asked: Bool) { #expect(Reply.acceptsProblems(accept) == asked) }
}
