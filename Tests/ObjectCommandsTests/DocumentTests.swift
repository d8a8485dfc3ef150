// Files of objects: every form that is read, and what is said of every mistake.

import Coding
import ObjectCommands
import Resources
import Testing

@Suite struct DocumentTests {
    @Test func theFormsMeanTheSame() throws {
        let forms = [
            "kind: virtual-network\nname: front\nparent: default-domain:default-project\nmtu: 9000\n",
            "kind: vn\nfq_name: [default-domain, default-project, front]\nparent_type: project\nmtu: 9000\n",
            "kind: virtual_networks\nfq_name: default-domain:default-project:front\nmtu: '9000'\n",
            #"{"virtual-network": {"fq_name": ["default-domain", "default-project", "front"], "mtu": 9000, "href": "http://x"}}"#,
            #"{"virtual-networks": [{"virtual-network": {"fq_name": ["default-domain", "default-project", "front"], "mtu": 9000}}]}"#,
            #"[{"kind": "virtual-network", "fq_name": ["default-domain", "default-project", "front"], "mtu": 9000}]"#,
        ]
        for form in forms {
            let read = try documents(form)
            #expect(read.count == 1)
            #expect(read[0].title == "virtual-network default-domain:default-project:front")
            #expect(read[0].parentType == "project")
            #expect(read[0].members == [.init(key: "mtu", value: .number("9000"))], "\(form)")
        }
    }

    @Test func severalDocumentsAndListsAreRead() throws {
        let text =
            "---\nkind: project\nname: p\nparent: default-domain\n---\n- {kind: vn, name: a, parent: 'default-domain:p'}\n- {kind: vn, name: b, parent: 'default-domain:p'}\n---\n"
        #expect(
            try documents(text).map(\.title) == [
                "project default-domain:p", "virtual-network default-domain:p:a", "virtual-network default-domain:p:b",
            ])
    }

    @Test func theSchemaDecidesWhatATextIs() throws {
        let read = try documents("kind: vn\nfq_name: a:b:c\ndisplay_name: on\nis_shared: yes\nigmp_enable: null\n")[0]
        #expect(
            read.members == [
                .init(key: "display_name", value: .string("on")), .init(key: "is_shared", value: .boolean(true)),
                .init(key: "igmp_enable", value: .null),
            ])
    }

    @Test func referencesAreNamesOrNamesWithData() throws {
        let read = try documents(
            """
            kind: vn
            fq_name: a:b:c
            network_policy_refs:
            - a:b:web
            - to: [a, b, other]
              uuid: 00000000-0000-4000-8000-000000000001
              attr: {sequence: {major: 1, minor: 0}}
            """)[0]
        #expect(
            String(decoding: read.members[0].value.bytes, as: UTF8.self)
                == #"[{"to":["a","b","web"]},{"to":["a","b","other"],"attr":{"sequence":{"major":1,"minor":0}}}]"#)
    }

    @Test(arguments: [
        ("a: [", "file.yaml: line "),
        ("", "file.yaml: there is no object in it"),
        ("name: x", "file.yaml:1: there is no type 'name'"),
        ("name: x\nparent: y", "file.yaml:1: an object needs its type: add `kind: virtual-network`"),
        ("42", "file.yaml:1: expected an object, found '42'"),
        ("kind: virtual-netwrk\nname: x", "file.yaml:1: there is no type 'virtual-netwrk'; did you mean virtual-network?"),
        ("kind: vn\nname: x\n", "'x' needs a parent, a project"),
        ("kind: vn\nfq_name: a:b:c\nmtuu: 1", "file.yaml:3: virtual-network has no member 'mtuu'; did you mean mtu?"),
        ("kind: vn\nfq_name: a:b:c\nmtu: many", "file.yaml:3: mtu: expected a whole number, found 'many'"),
        ("kind: vn\nfq_name: a:b:c\nmtu: 99999", "file.yaml:3: mtu: 99999 is outside 0…9216"),
        ("kind: vn\nfq_name: a:b:c\nis_shared: maybe", "is_shared: expected true or false, found 'maybe'"),
        (
            "kind: vn\nfq_name: a:b:c\nvirtual_network_properties:\n  forwarding_mode: l7",
            "file.yaml:4: virtual_network_properties.forwarding_mode: 'l7' is not"
        ),
        ("kind: vn\nfq_name: a:b:c\nvirtual_network_properties: 3", "virtual_network_properties: expected members ("),
        ("kind: vn\nfq_name: a:b:c\nnetwork_ipam_refs: x", "write `network_ipam_refs: [NAME]`"),
        ("kind: vn\nfq_name: a:b:c\nnetwork_ipam_refs: [{too: x}]", "network_ipam_refs[0] has no member 'too'"),
        ("kind: vn\nfq_name: a:b:c\nqos_config_refs: [{to: x, attr: {a: 1}}]", "this reference carries no data"),
        ("kind: vn\nfq_name: a:b:c\nparent_type: domain", "it cannot live below a domain, only below project"),
        ("kind: vn\nfq_name: c", "'c' is not its whole name"),
        ("kind: firewall-policy\nfq_name: a:b:c:d:e", "the parent of"),
        ("kind: vn\nfq_name: a:b:c\nroute_target_list: {route_target: target:1:2}", "expected a list"),
        ("kind: vn\nkind: vn\nfq_name: a:b:c", "the same member twice"),
    ]) func mistakesAreSaidWithPlaceAndRemedy(_ text: String, _ words: String) async {
        let said = await complaint { _ = try documents(text) }
        #expect(said.contains(words), "\(said)")
    }

    @Test func hostileFilesEndInAnError() async {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let last = "*a\(level - 1)"
            bomb += "a\(level): &a\(level) [\([String](repeating: last, count: 10).joined(separator: ", "))]\n"
        }
        let texts = [
            bomb, "kind: vn\nfq_name: a:b:c\nannotations:\n  key_value_pair: &a [{key: x, value: *a}]\n",
            String(repeating: "[", count: 20_000), String(repeating: "{a: ", count: 5_000), "\u{0}\u{1}", "kind: !!binary x\n",
            "kind: vn\nfq_name: []", "kind: vn\nfq_name: {a: b}", "? [a]\n: b\n", "kind: [vn]\nname: x",
            "kind: vn\nfq_name: a:b:c\nmtu: 99999999999999999999999999",
        ]
        for text in texts { #expect(await complaint { _ = try documents(text) } != "nothing was thrown", "\(text.prefix(60))") }
        // The same with aliases where values are read.
        let values = "kind: vn\nfq_name: a:b:c\n" + bomb.split(separator: "\n").map { "x-\($0)" }.joined(separator: "\n")
        #expect(await complaint { _ = try documents(values) } != "nothing was thrown")
    }

    @Test func aReadMistakeNeverDependsOnTheOrderOfBytes() async {
        let text = Array("kind: vn\nfq_name: [a, b, c]\nmtu: 9000\nnetwork_ipam_refs: [{to: [a, b, i], attr: {ipam_subnets: []}}]\n".utf8)
        var state: UInt64 = 7
        for _ in 0..<3_000 {
            var bytes = text
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            // Whatever it is, it ends: with objects or with an error.
            _ = try? documents(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func addressesOfServersAreUnderstood() throws {
        func servers(_ text: String, _ more: (inout ServerContext) -> Void = { _ in }) throws -> [String] {
            var context = ServerContext()
            context.server = text
            more(&context)
            return try context.servers().map(\.description)
        }
        #expect(try servers("api1,http://api2:9/, [::1]") == ["http://api1:8082", "http://api2:9", "http://[::1]:8082"])
        #expect(try servers("https://api1,https://[fe80::1]:443") == ["https://api1:8082", "https://[fe80::1]:443"])
        for wrong in [
            "", ",", "http://", "ftp://a", "a:b", "a:0", "a:70000", "::1", "[::1", "a b", "https://user:secret@a", "https://a/path",
            "https://a,b",
        ] {
            #expect(throws: CommandError.self, "\(wrong)") { try servers(wrong) }
        }
        #expect(throws: CommandError.self) { try servers("https://a") { $0.tlsKey = "key" } }
        #expect(throws: CommandError.self) { try servers("a") { $0.tlsAuthorities = "ca" } }
        #expect(try servers("a") { ($0.tlsAuthorities, $0.identityURL) = ("ca", "https://k") } == ["http://a:8082"])
        var context = ServerContext()
        (context.identityURL, context.project) = ("https://k:5000", "blue")
        #expect(try context.identityService()?.description == "https://k:5000/v3")
        #expect(context.projectName == ["default-domain", "blue"])
        #expect(context.arguments == ["--project", "blue", "--identity-url", "https://k:5000"])
        for time in ["7", "30m", "7d", "2026-03-01", "2026-03-01T12:00", "2026-03-01 12:00:59Z", "2026-03-01T12:00:00.000123"] {
            #expect(HistoryStart(time) != nil, "\(time)")
        }
        for time in ["", "m", "-1h", "2026-3-1", "2026-03-01T12", "2026-03-01T12:00:00.0000001", "1e3s"] {
            #expect(HistoryStart(time) == nil, "\(time)")
        }
    }

    @Test func contextsAreReadAndWritten() throws {
        var file = ContextFile()
        var context = ServerContext()
        (context.server, context.user, context.passwordFile) = ("lab1:8082,lab2", "grace", "/home/grace/.lab")
        (file.contexts["lab"], file.current) = (context, "lab")
        let again = try ContextFile(try file.text(), path: "contexts.yaml")
        #expect(again == file)
        #expect(try again.context(nil) == context)
        #expect(try context.servers().map(\.address) == ["lab1:8082", "lab2:8082"])
        var options = ServerContext(environment: ["TUNGSTEN_SERVER": "http://other:9/", "TUNGSTEN_PASSWORD_FILE": "/x"])
        #expect(try options.servers().map(\.description) == ["http://other:9"])
        options.user = "ada"
        #expect(context.overridden(by: options).user == "ada")
        #expect(throws: CommandError.self) { try file.context("nope") }
        #expect(throws: CommandError.self) { try ContextFile("contexts: {a: {password: x}}", path: "contexts.yaml") }
    }
}
