// Tags, their types, and set-tag.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct TagRuleTests {
    var server = TestServer()

    private mutating func tag(_ type: String, _ value: String, project isOfProject: Bool = true, _ members: String = "") -> String {
        server.create(
            "tag", (isOfProject ? project : []) + ["anything"], parent: isOfProject ? "project" : nil,
            "\"tag_type_name\": \"\(type)\", \"tag_value\": \"\(value)\"" + (members.isEmpty ? "" : ", " + members))
    }

    // MARK: tag

    @Test mutating func areNamedAfterTypeAndValue() throws {
        let read = server.object("tag", tag("Tier", "web"))
        #expect(read["fq_name"]?.elements.last == .string("tier=web") && read["display_name"] == .string("tier=web"))
        #expect(read["tag_type_name"] == .string("tier") && read["tag_id"] == .string("0x00020001"))
        #expect(read["tag_type_refs"]?.elements.first?["to"]?.elements == [.string("tier")])
        // The same value elsewhere is another tag.
        #expect(server.object("tag", tag("tier", "web", project: false))["tag_id"] == .string("0x00020002"))
        #expect(server.object("tag", tag("site", "web"))["tag_id"] == .string("0x00040001"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func giveTheirNumbersBack() throws {
        let first = tag("tier", "a")
        _ = tag("tier", "b")
        #expect(server.send(.delete, "/tag/\(first)").status == 200)
        #expect(server.object("tag", tag("tier", "c"))["tag_id"] == .string("0x00020001"))
        try server.expectReloadsAsItIs()
    }

    @Test(arguments: [#""tag_value": "x""#, #""tag_type_name": "tier""#, #""tag_type_name": "", "tag_value": "x""#])
    mutating func needTypeAndValue(members: String) {
        server.expectNotCreated("tag", ["x"], members, "Tag must be created with a type and a value")
    }

    @Test mutating func comeOnce() {
        _ = tag("tier", "web")
        server.expectNotCreated(
            "tag", project + ["other"], parent: "project", #""tag_type_name": "tier", "tag_value": "web""#, status: 409, "already exists")
    }

    @Test mutating func makeAndRemoveTheirTypes() throws {
        let first = tag("colour", "red")
        #expect(server.object("tag", first)["tag_id"] == .string("0x00ff0001"))
        let second = tag("colour", "blue")
        let type = server.uuid("tag-type", "colour")
        let read = server.object("tag-type", type)
        #expect(read["tag_type_id"] == .string("0x00ff") && read["id_perms"]?["user_visible"] == .boolean(false))
        #expect(server.send(.delete, "/tag-type/\(type)").status == 409)
        server.send(.delete, "/tag/\(first)")
        #expect(!server.uuid("tag-type", "colour").isEmpty)
        server.send(.delete, "/tag/\(second)")
        #expect(server.uuid("tag-type", "colour").isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func predefinedTypesStay() {
        let only = tag("tier", "web")
        server.send(.delete, "/tag/\(only)")
        #expect(!server.uuid("tag-type", "tier").isEmpty)
    }

    @Test mutating func numbersCanBeChosen() {
        let chosen = tag("tier", "web", #""tag_id": "0x00028001""#)
        #expect(server.object("tag", chosen)["tag_id"] == .string("0x00028001"))
        func members(_ value: String, _ id: String) -> String {
            "\"tag_type_name\": \"tier\", \"tag_value\": \"\(value)\", \"tag_id\": \"\(id)\""
        }
        server.expectNotCreated("tag", ["x"], members("db", "0x00028001"), "Requested Tag id is already allocated")
        server.expectNotCreated("tag", ["x"], members("db", "0x00020005"), "Tag id can be set only for user defined tags")
        server.expectNotCreated("tag", ["x"], members("db", "0x2"), "tag_id")
        // The leading digits are those of a type that comes with the tag.
        let made = tag("colour", "red", #""tag_id": "0x80018002""#)
        #expect(server.object("tag", made)["tag_id"] == .string("0x80018002"))
        server.expectNotCreated(
            "tag", ["x"], #""tag_type_name": "shape", "tag_value": "round", "tag_id": "0x01008002""#,
            "Tag type can be set only with user defined id")
    }

    @Test(arguments: [#""display_name": "x""#, #""tag_value": "x""#, #""tag_type_name": "site""#, #""tag_id": "0x00028000""#])
    mutating func stayAsTheyAre(members: String) {
        let uuid = tag("tier", "web")
        server.expectNotChanged("tag", uuid, members, "Tag name, type, value or ID cannot be updated")
        server.change("tag", uuid, #""tag_value": "web", "annotations": {"key_value_pair": [{"key": "a", "value": "b"}]}"#)
    }

    @Test mutating func referToTheirTypeAlone() {
        let site = server.uuid("tag-type", "site")
        server.expectNotCreated(
            "tag", ["x"], "\"tag_type_name\": \"tier\", \"tag_value\": \"x\", \"tag_type_refs\": [{\"uuid\": \"\(site)\"}]",
            "Tag Type reference is not setable")
        server.expectNotChanged("tag", tag("tier", "web"), "\"tag_type_refs\": []", "Tag-type reference cannot be updated")
    }

    // MARK: tag-type

    @Test mutating func typesHaveNumbers() {
        #expect(server.object("tag-type", server.create("tag-type", ["a"]))["tag_type_id"] == .string("0x00ff"))
        #expect(server.object("tag-type", server.create("tag-type", ["b"]))["tag_type_id"] == .string("0x0100"))
        let chosen = server.create("tag-type", ["c"], #""tag_type_id": "0x8000""#)
        #expect(server.object("tag-type", chosen)["tag_type_id"] == .string("0x8000"))
        server.expectNotCreated("tag-type", ["d"], #""tag_type_id": "0x8000""#, "Tag Type with same Id already exists")
        server.expectNotCreated("tag-type", ["d"], #""tag_type_id": "0x0001""#, "in range 32768-65535")
        server.expectNotChanged("tag-type", chosen, #""tag_type_id": "0x8001""#, "Tag Type value or ID cannot be updated")
        server.expectNotChanged("tag-type", chosen, #""display_name": "x""#, "Tag Type value or ID cannot be updated")
    }

    // MARK: References

    @Test mutating func anObjectHasOneTagOfAType() {
        let tags = [tag("tier", "a"), tag("tier", "b"), tag("label", "a"), tag("label", "b")]
        func references(_ indices: Int...) -> String {
            "\"tag_refs\": [\(indices.map { "{\"uuid\": \"\(tags[$0])\"}" }.joined(separator: ", "))]"
        }
        let text = "Tag type 'tier' cannot be set multiple times on the same virtual-network"
        server.expectNotCreated("virtual-network", project + ["n"], parent: "project", references(0, 1), text)
        let network = server.create("virtual-network", project + ["n"], parent: "project", references(0, 2, 3))
        server.expectRefused(
            .post, "/ref-update",
            "{\"type\": \"virtual-network\", \"uuid\": \"\(network)\", \"ref-type\": \"tag\", \"ref-uuid\": \"\(tags[1])\", \"operation\": \"ADD\"}",
            text)
        server.expectNotCreated(
            "address-group", project + ["g"], parent: "project", references(0), "Invalid tag type tier for object type address-group")
    }

    // MARK: set-tag

    private func request(_ type: String, _ uuid: String, _ members: String) -> String {
        "{\"obj_type\": \"\(type)\", \"obj_uuid\": \"\(uuid)\", \(members)}"
    }

    private mutating func tags(_ type: String, _ uuid: String) -> Set<String> {
        Set(server.object(type, uuid)["tag_refs"]?.names ?? [])
    }

    @Test mutating func areAttachedByValue() throws {
        for (type, value) in [("tier", "web"), ("tier", "db"), ("label", "a"), ("label", "b"), ("label", "c")] { _ = tag(type, value) }
        _ = tag("site", "here", project: false)
        let network = server.create("virtual-network", project + ["n"], parent: "project")
        func set(_ members: String) { _ = server.post("/set-tag", request("virtual-network", network, members)) }
        set(#""tier": {"value": "web"}, "label": {"value": "a", "add_values": ["b"]}, "site": {"value": "here", "is_global": true}"#)
        #expect(tags("virtual-network", network) == ["tier=web", "label=a", "label=b", "site=here"])
        set(#""tier": {"value": "db"}, "label": {"add_values": ["c"], "delete_values": ["a"]}"#)
        #expect(tags("virtual-network", network) == ["tier=db", "label=b", "label=c", "site=here"])
        set(#""Tier": null, "label": null"#)
        #expect(tags("virtual-network", network) == ["site=here"])
        let tier = tag("tier", "own")
        _ = server.post(
            "/set-tag", request("project", server.uuid("project", project.joined(separator: ":")), #""tier": {"value": "own"}"#))
        #expect(server.send(.delete, "/tag/\(tier)").status == 409)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func theOwnersTagsAreAttachedToWhatHasNoProject() {
        _ = tag("tier", "web")
        let machine = server.create("virtual-machine", ["m"])
        server.expectRefused(
            .post, "/set-tag", request("virtual-machine", machine, #""tier": {"value": "web"}"#), status: 404,
            "Not able to determine the scope of the tag 'tier=web'")
        let owner = server.uuid("project", project.joined(separator: ":"))
        server.send(.post, "/chown", "{\"uuid\": \"\(machine)\", \"owner\": \"\(owner)\"}")
        _ = server.post("/set-tag", request("virtual-machine", machine, #""tier": {"value": "web"}"#))
        #expect(tags("virtual-machine", machine) == ["tier=web"])
    }

    @Test mutating func refusesToAttach() {
        let network = server.create("virtual-network", project + ["n"], parent: "project")
        for (members, status, text) in [
            (#""tier": {"value": "web"}"#, 404, "Tag with FQName default-domain:default-project:tier=web not found"),
            (#""tier": {"add_values": ["web"]}"#, 400, "Tag type tier cannot be set multiple times on a same object"),
            (#""tier": {"value": ["web"]}"#, 400, "No valid value provided for tag type tier"),
            (#""tier": {}"#, 400, "No valid value provided"), (#""tier": "web""#, 400, "tier must be null, or an object"),
            (#""label": {"add_values": "web"}"#, 400, "label.add_values must be an array of strings"),
        ] {
            server.expectRefused(.post, "/set-tag", request("virtual-network", network, members), status: status, text)
        }
        server.expectRefused(.post, "/set-tag", "{}", "Object type and UUID must be specified")
        server.expectRefused(.post, "/set-tag", request("nothing", network, #""tier": null"#), "there is no type 'nothing'")
        server.expectRefused(.post, "/set-tag", request("project", network, #""tier": null"#), status: 404, "No project object found")
        let group = server.create("address-group", project + ["g"], parent: "project")
        server.expectRefused(.post, "/set-tag", request("address-group", group, #""tier": {"value": "a"}"#), "Invalid tag type tier")
    }
}
