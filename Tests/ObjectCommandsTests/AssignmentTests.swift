// Members set on a command line, and objects found by the names that people give.

import Coding
import ObjectCommands
import Resources
import Testing

@Suite struct AssignmentTests {
    private func set(_ access: ObjectAccess, _ type: String, _ name: String, _ words: String...) async throws -> JSONValue {
        let type = try schema.type(type)
        let object = try await access.read(type, name)
        try await access.write(try await access.changes(try words.map { try Assignment($0) }, of: type, current: object.value), to: object)
        return try await access.read(type, name).value
    }

    private func make(_ access: ObjectAccess, _ type: String, _ name: String, below: String? = nil, _ words: String...) async throws
        -> ObjectName
    {
        let type = try schema.type(type)
        let parent: ObjectName? = if let below { try await access.parent(of: type, below) } else { nil }
        return try await access.create(type, try await access.newObject(type, name, below: parent, try words.map { try Assignment($0) }))
    }

    @Test func membersAreSetAddedAndRemoved() async throws {
        try await withServer { access, _ in
            _ = try await make(access, "vn", "front", below: "default-project", "mtu=9000")
            var now = try await set(access, "vn", "front", "virtual_network_properties.vxlan_network_identifier=100", "mtu-")
            #expect(now["virtual_network_properties"]?["vxlan_network_identifier"]?.integer == 100)
            #expect(now["mtu"] == nil || now["mtu"] == .null)
            now = try await set(access, "vn", "front", "virtual-network-properties={forwarding_mode: l3}", "display_name=10")
            #expect(now["virtual_network_properties"]?["forwarding_mode"]?.string == "l3")
            #expect(now["display_name"]?.string == "10")
            now = try await set(access, "vn", "front", "route_target_list+=target:64512:100", "route_target_list+=target:64512:101")
            #expect(now["route_target_list"]?["route_target"]?.elements.count == 2)
            now = try await set(access, "vn", "front", "route_target_list-=target:64512:100")
            #expect(now["route_target_list"]?["route_target"]?.elements.compactMap(\.string) == ["target:64512:101"])
            now = try await set(access, "vn", "front", "route_target_list.route_target[1]=target:64512:7")
            #expect(now["route_target_list"]?["route_target"]?.elements.compactMap(\.string) == ["target:64512:101", "target:64512:7"])
            _ = try await make(access, "network-policy", "one", below: "default-project")
            _ = try await make(access, "network-policy", "two", below: "default-project")
            now = try await set(access, "vn", "front", "network_policy_refs=one,two")
            #expect(now["network_policy_refs"]?.elements.count == 2)
            now = try await set(access, "vn", "front", "network_policy_refs-=one")
            #expect(now["network_policy_refs"]?.elements.first?["to"]?.elements.last?.string == "two")
            now = try await set(access, "vn", "front", "network_policy_refs-")
            let left = now["network_policy_refs"]?.elements ?? []
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: [
        ("mtu", "'mtu' says nothing to set"),
        ("mtu=many", "mtu: expected a whole number, found 'many'"),
        ("mtu=99999", "mtu: 99999 is outside 0…9216"),
        ("mtuu=1", "virtual-network has no member 'mtuu'; did you mean mtu?"),
        ("mtu.x=1", "mtu has no members: leave .x out"),
        ("mtu[0]=1", "mtu is no list"),
        ("mtu+=1", "mtu is no list: write mtu=1"),
        ("virtual_network_properties.vxlan=1", "virtual_network_properties has no member 'vxlan'"),
        ("virtual_network_properties={a", "the value is not YAML"),
        ("virtual_network_properties={forwarding_mode: l7}", "'l7' is not a value of it"),
        ("route_target_list.route_target[7]=target:1:1", "has 0 elements; [0] adds one"),
        ("route_target_list-=target:1:1", "route_target_list.route_target has no element target:1:1"),
        ("route_target_list=3", "route_target_list: expected members (route_target), found '3'"),
        ("route_target_list.x[y]=3", "expected a number in brackets"),
        (".=3", "the path has an empty part"),
        ("network_policy_refs=nosuch", "there is no network-policy 'nosuch'"),
        ("network_policy_refs[0]=x", "data of references are set with `tungsten edit`"),
    ]) func wrongWordsAreAnswered(_ word: String, _ words: String) async throws {
        try await withServer { access, _ in
            let type = try schema.type("vn")
            let said = await complaint { _ = try await access.changes([try Assignment(word)], of: type, current: .object([])) }
            #expect(said.contains(words), "\(said)")
        }
    }

    @Test func portsGetAddressesByNamesAlone() async throws {
        try await withServer { access, _ in
            _ = try await make(
                access, "vn", "front", below: "default-project",
                "network_ipam_refs={to: default-network-ipam, attr: {ipam_subnets: [{subnet: {ip_prefix: 10.1.0.0, ip_prefix_len: 24}}]}}")
            _ = try await make(access, "vmi", "p1", below: "default-project", "virtual_network_refs=front")
            let made = try await make(access, "iip", "a1", "virtual_network_refs=front", "virtual_machine_interface_refs=p1")
            let address = try await access.read(try schema.type("iip"), made.uuid)
            #expect(address.value["instance_ip_address"]?.string?.hasPrefix("10.1.0.") == true)
            let table = ObjectTable.make([address], of: address.type, schema, wide: false)
            #expect(table.columns.contains("address"))
            #expect(table.columns.contains("virtual-network"))
            let port = try await access.read(try schema.type("vmi"), "p1", relatives: true)
            let text = try ObjectDescription.text(port, schema)
            #expect(text.contains("virtual-network default-domain:default-project:front"))
            #expect(text.contains("Referred to by:\n  instance-ip a1"))
            let said = await complaint { try await access.delete(try await access.read(try schema.type("vn"), "front").name) }
            #expect(
                said.contains("still in use. Delete or detach these first:")
                    && said.contains("virtual-machine-interface default-domain:default-project:p1"), "\(said)")
            var lines: [String] = []
            try await access.tree(try await access.read(try schema.type("project"), "default-project").name, depth: 1) { lines.append($0) }
            #expect(lines.contains { $0.hasSuffix("virtual-network front") })
            let relations = ObjectAccess.relations(of: port, schema)
            #expect(relations.rows.contains { $0.prefix(3) == ["referred to by", "instance-ip", "a1"] })
        }
    }

    @Test func namesAreFoundShortWholeOrByUUID() async throws {
        try await withServer { access, _ in
            let type = try schema.type("vn")
            _ = try await make(access, "project", "other", below: "default-domain")
            let first = try await make(access, "vn", "same", below: "default-project")
            let second = try await make(access, "vn", "same", below: "other")
            #expect(try await access.find(type, first.uuid).uuid == first.uuid)
            #expect(try await access.find(type, "default-domain:other:same").uuid == second.uuid)
            #expect(try await access.find(type, "other:same").uuid == second.uuid)
            let said = await complaint { _ = try await access.find(type, "same") }
            #expect(said.contains("2 virtual-networks are called 'same'") && said.contains(second.uuid))
            let there = ObjectAccess(access.transport, schema, project: ["default-domain", "other"])
            #expect(try await there.find(type, "same").uuid == second.uuid)
            // Names with colons in them.
            let target = try await make(access, "route-target", "target:64512:77")
            #expect(target.fullyQualifiedName == ["target:64512:77"])
            #expect(try await access.find(try schema.type("route-target"), "target:64512:77").uuid == target.uuid)
            do throws(CommandError) {
                _ = try await access.find(type, "smae")
                Issue.record("found what is not there")
            } catch {
                #expect(error.kind == .notFound && error.message.contains("did you mean same?"))
            }
        }
    }
}
