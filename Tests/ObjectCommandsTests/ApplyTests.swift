// Files applied to a real server: created once, changed as far as they differ, in an order that works, never over somebody else's change.

import Client
import Coding
import ObjectCommands
import Resources
import Testing

private let network = """
    kind: virtual-network
    name: front
    parent: default-domain:web
    network_ipam_refs:
    - to: default-ipam
      attr: {ipam_subnets: [{subnet: {ip_prefix: 10.1.0.0, ip_prefix_len: 24}}]}
    network_policy_refs:
    - to: open
      attr: {sequence: {major: 0, minor: 0}}
    ---
    kind: network-policy
    name: open
    parent: default-domain:web
    ---
    kind: network-ipam
    name: default-ipam
    parent: default-domain:web
    ---
    kind: project
    name: web
    parent: default-domain
    """

@Suite struct ApplyTests {
    @Test func shortNamesAreThoseOfTheProjectOfWhoeverRefers() async throws {
        try await withServer { access, _ in
            for project in ["one", "two"] {
                _ = try await access.applied("{kind: project, name: \(project), parent: default-domain}")
                _ = try await access.applied("{kind: network-policy, name: open, parent: 'default-domain:\(project)'}")
            }
            let two = "fq_name: 'default-domain:two:front', kind: virtual-network, network_policy_refs: [{to: open}]"
            _ = try await access.create(try #require(try documents("{\(two)}").first), trial: false)
            let type = try #require(schema.catalogue["virtual-network"])
            let front = try await access.read(type, "front")
            #expect(front.value["network_policy_refs"]?.elements.first?["to"]?.elements[1] == .string("two"))
            let changes = try await access.changes([try Assignment("network_policy_refs=open")], of: type, current: front.value)
            #expect(changes.first?.after.elements.first?["to"]?.elements[1] == .string("two"))
            #expect(try await access.applied("{\(two)}") == ["virtual-network default-domain:two:front unchanged"])
        }
    }

    @Test func filesAreAppliedInAnOrderThatWorksAndOnce() async throws {
        try await withServer { access, _ in
            #expect(try await access.applied(network, trial: true).allSatisfy { $0.hasSuffix(" created") })
            let lines = try await access.applied(network)
            #expect(lines.first == "project default-domain:web created")
            #expect(lines.last == "virtual-network default-domain:web:front created")
            // The server has filled in gateway, subnet UUID and more: the file still says the same.
            #expect(try await access.applied(network).allSatisfy { $0.hasSuffix(" unchanged") })
            #expect(try await access.differences(try documents(network)).isEmpty)
            let changed = network.replacing("10.1.0.0", with: "10.2.0.0").replacing("name: front", with: "name: front\nmtu: 9000")
            let difference = try #require(try await access.differences(try documents(changed)).first)
            let text = try DifferenceText.text(difference, colour: false)
            #expect(text.contains("+ mtu: 9000"))
            #expect(text.split(separator: "\n").contains { $0.hasPrefix("- ") && $0.hasSuffix(" ip_prefix: 10.1.0.0") }, "\(text)")
            #expect(text.split(separator: "\n").contains { $0.hasPrefix("+ ") && $0.hasSuffix(" ip_prefix: 10.2.0.0") }, "\(text)")
            #expect(!text.contains("\u{1B}"))
            #expect(try await access.applied(changed).last == "virtual-network default-domain:web:front changed (mtu, network_ipam_refs)")
            #expect(try await access.applied(changed).allSatisfy { $0.hasSuffix(" unchanged") })
            #expect(
                try await access.applied("{kind: vn, fq_name: default-domain:web:front, mtu: null}").last?.hasSuffix("changed (mtu)")
                    == true)
            var deleted: [String] = []
            try await access.delete(try documents(network)) { deleted.append($0.line) }
            #expect(deleted.first == "virtual-network default-domain:web:front deleted")
            #expect(deleted.last == "project default-domain:web deleted")
        }
    }

    @Test func whatIsPrintedIsAppliedUnchangedForEveryObjectOfAServer() async throws {
        try await withServer { access, _ in
            _ = try await access.applied(network)
            for type in schema.catalogue.types {
                let objects = try await access.list(type)
                guard !objects.isEmpty else { continue }
                #expect(try await access.applied(try ObjectText.yaml(objects, schema)).allSatisfy { $0.hasSuffix(" unchanged") })
                #expect(try await access.applied(ObjectText.json(objects, schema, asList: true)).allSatisfy { $0.hasSuffix(" unchanged") })
            }
        }
    }

    @Test func aDeletedObjectComesBackFromWhatWasPrinted() async throws {
        try await withServer { access, _ in
            _ = try await access.applied(network)
            let type = try schema.type("vn")
            let before = try await access.read(type, "front")
            let text = try ObjectText.yaml([before], schema)
            try await access.delete(before.name)
            #expect(try await access.applied(text) == ["virtual-network default-domain:web:front created"])
            #expect(try await access.read(type, "front").name == before.name)
        }
    }

    @Test func circlesOfReferencesAreClosedAtTheEnd() async throws {
        try await withServer { access, _ in
            let text = """
                - {kind: feature, fq_name: default-global-system-config:a, feature_refs: ['default-global-system-config:b']}
                - {kind: feature, fq_name: default-global-system-config:b, feature_refs: ['default-global-system-config:a']}
                """
            _ = try await access.applied(text)
            for (name, other) in [("a", "b"), ("b", "a")] {
                let read = try await access.read(try schema.type("feature"), name)
                #expect(read.value["feature_refs"]?.elements.first?["to"]?.elements.last?.string == other)
            }
            #expect(try await access.applied(text).allSatisfy { $0.hasSuffix(" unchanged") })
        }
    }

    @Test func mistakesNameTheObjectAndItsLine() async throws {
        try await withServer { access, _ in
            let missing = "kind: vn\nfq_name: default-domain:nowhere:x\n"
            let said = await complaint { _ = try await access.applied(missing) }
            #expect(said.hasPrefix("file.yaml:1: cannot create virtual-network default-domain:nowhere:x: "), "\(said)")
            let twice = "{kind: vn, fq_name: a:b:c}\n---\n{kind: vn, fq_name: a:b:c}\n"
            #expect(await complaint { _ = try await access.applied(twice) }.contains("is in file.yaml:1 as well; keep one"))
            let reference = "kind: vn\nfq_name: default-domain:default-project:x\nnetwork_policy_refs: [nosuch]\n"
            #expect(
                await complaint { _ = try await access.applied(reference) }.contains(
                    "network_policy_refs[0]: there is no network-policy 'nosuch'"))
            _ = try await access.applied("{kind: vn, fq_name: default-domain:default-project:x}")
            let other = "{kind: vn, fq_name: default-domain:default-project:x, uuid: 00000000-0000-4000-8000-000000000001}"
            #expect(await complaint { _ = try await access.applied(other) }.contains("exists with another UUID"))
        }
    }

    @Test func whatSomebodyElseChangedIsNotOverwritten() async throws {
        try await withServer { access, _ in
            _ = try await access.applied("{kind: vn, fq_name: default-domain:default-project:x, mtu: 1500}")
            let type = try schema.type("vn")
            let mine = try await access.read(type, "x")
            let theirs = try await access.read(type, "x")
            let changes = try await access.changes([Assignment("mtu=9000")], of: type, current: mine.value)
            try await access.write(try await access.changes([Assignment("mtu=1400")], of: type, current: theirs.value), to: theirs)
            do throws(CommandError) {
                try await access.write(changes, to: mine)
                Issue.record("the other change is lost")
            } catch {
                #expect(error.kind == .conflict)
                #expect(error.message.contains("somebody changed it meanwhile"))
            }
            #expect(try await access.read(type, "x").value["mtu"]?.integer == 1400)
        }
    }

    @Test func anEditorRemovesWhatItsTextDoesNotHave() async throws {
        try await withServer { access, _ in
            _ = try await access.applied(
                "{kind: vn, fq_name: default-domain:default-project:x, mtu: 1500, is_shared: true, virtual_network_properties: {rpf: enable, forwarding_mode: l3}}"
            )
            let type = try schema.type("vn")
            let object = try await access.read(type, "x")
            let before = try ObjectText.yaml([object], schema)
            let after = before.replacing("mtu: 1500\n", with: "").replacing("  rpf: enable\n", with: "")
            let changes = try await access.edited(object, from: before, to: after, file: "x.yaml")
            #expect(changes.map(\.key) == ["virtual_network_properties", "mtu"])
            try await access.write(changes, to: object)
            let now = try await access.read(type, "x").value
            #expect(now["mtu"] == nil || now["mtu"] == .null)
            #expect(now["virtual_network_properties"] == .object([.init(key: "forwarding_mode", value: .string("l3"))]))
            let renamed = before.replacing("default-project, x", with: "default-project, y")
            #expect(
                await complaint { _ = try await access.edited(object, from: before, to: renamed, file: "x.yaml") }.contains("cannot change")
            )
        }
    }
}
