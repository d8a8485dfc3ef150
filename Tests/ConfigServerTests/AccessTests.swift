// Who may do what: the modes, access lists, and the permissions of objects.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct AccessTests {
    private static let red = CallerScope(id: "11111111222233334444555555555555", name: "red")
    private static let blue = CallerScope(id: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", name: "blue")
    private static let domain = CallerScope(id: "default", name: "Default")

    /// Two projects; the default access list, and one that lets members do everything with everything.
    private var server: TestServer

    init() {
        server = TestServer()
        for project in [Self.red, Self.blue] {
            _ = server.post(
                "/projects", "{\"project\": {\"fq_name\": [\"default-domain\", \"\(project.name)\"], \"uuid\": \"\(project.id)\"}}")
        }
        _ = server.create(
            "api-access-list", ["default-global-system-config", "members"], parent: "global-system-config",
            """
            "api_access_list_entries": {"rbac_rule": [{"rule_object": "*", "rule_field": "",
                "rule_perms": [{"role_name": "member", "role_crud": "CRUD"}, {"role_name": "guest", "role_crud": "R"}]}]}
            """)
    }

    private func access(
        _ mode: AuthorizationMode = .roles, _ roles: [String] = ["member"], in project: CallerScope? = red
    ) -> Access {
        var special = Access.SpecialRoles()
        special.reader = "auditor"
        return Access(
            mode: mode, caller: Caller(user: "u", roles: roles, project: project, domain: project.map { _ in Self.domain }), special)
    }

    private mutating func network(_ name: String, in project: String, _ members: String = "") -> String {
        server.create("virtual-network", ["default-domain", project, name], parent: "project", members)
    }

    private mutating func status(_ method: Request.Method, _ uri: String, _ body: String = "") -> Int {
        server.send(method, uri, body).status
    }

    // MARK: Modes

    @Test mutating func cloudAdminIsForAdministrators() {
        server.access = access(.cloudAdmin)
        #expect(status(.get, "/projects") == 403)
        #expect(status(.get, "/") == 200 && status(.get, "/documentation") == 200)
        server.access = access(.cloudAdmin, ["member", "admin"])
        #expect(status(.get, "/projects") == 200)
        _ = network("n", in: "red")
        server.access = access(.cloudAdmin, ["auditor"])
        #expect(server.get("/virtual-networks?count=true")["virtual-networks"]?["count"] != .number("0"))
        #expect(status(.post, "/virtual-networks", #"{"virtual-network": {"fq_name": ["default-domain", "red", "x"]}}"#) == 403)
        #expect(status(.put, "/aaa-mode", #"{"aaa-mode": "no-auth"}"#) == 403)
    }

    @Test mutating func nobodyAndNoRoleAreRefused() {
        server.access = Access(mode: .roles, caller: nil)
        #expect(status(.get, "/projects") == 401)
        server.access = access(.roles, [])
        #expect(server.send(.get, "/projects").text.hasPrefix("roles empty!!"))
        #expect(status(.get, "/projects") == 401)
    }

    @Test mutating func theModeIsAnAdministratorsToChange() {
        server.access = access()
        #expect(server.send(.get, "/aaa-mode").text == #"{"aaa-mode":"rbac"}"#)
        #expect(status(.put, "/aaa-mode", #"{"aaa-mode": "no-auth"}"#) == 403)
        server.access = access(.roles, ["admin"])
        #expect(server.send(.put, "/aaa-mode", #"{"aaa-mode": "cloud-admin"}"#).text == #"{"aaa-mode":"cloud-admin"}"#)
    }

    // MARK: Access lists

    @Test mutating func theMostSpecificRuleDecides() {
        _ = server.create(
            "api-access-list", ["default-domain", "red", "ours"], parent: "project",
            """
            "api_access_list_entries": {"rbac_rule": [
                {"rule_object": "virtual-network", "rule_perms": [{"role_name": "guest", "role_crud": "CR"}]},
                {"rule_object": "virtual-network", "rule_field": "display_name", "rule_perms": [{"role_name": "guest", "role_crud": "U"}]},
                {"rule_object": "virtual-network", "rule_field": "is_shared", "rule_perms": [{"role_name": "*", "role_crud": ""}]}
            ]}
            """)
        server.access = access(.roles, ["guest"])
        let uuid = network("mine", in: "red")
        #expect(!uuid.isEmpty)
        func put(_ members: String) -> Int {
            server.send(.put, "/virtual-network/\(uuid)", "{\"virtual-network\": {\(members)}}").status
        }
        #expect(put(#""uuid": "\#(uuid)", "display_name": "x""#) == 200)
        #expect(put(#""display_name": "x", "port_security_enabled": true"#) == 403)
        #expect(put(#""is_shared": true"#) == 403)
        #expect(status(.delete, "/virtual-network/\(uuid)") == 403)
        // Their rules are the project's own: another project has none of them.
        server.access = access(.roles, ["guest"], in: Self.blue)
        #expect(
            status(
                .post, "/virtual-networks", #"{"virtual-network": {"fq_name": ["default-domain", "blue", "x"], "parent_type": "project"}}"#)
                == 403)
        #expect(status(.get, "/virtual-networks") == 200)
    }

    @Test mutating func anybodyMayAskForNamesByTheDefaultList() {
        server.access = access(.roles, ["stranger"])
        #expect(status(.get, "/projects") == 403)
        #expect(status(.post, "/fqname-to-id", #"{"type": "project", "fq_name": ["default-domain", "red"]}"#) == 200)
        #expect(status(.post, "/fqname-to-id", #"{"type": "project", "fq_name": ["default-domain", "blue"]}"#) == 403)
        #expect(status(.post, "/ref-update", "{}") == 403)
    }

    // MARK: Objects

    @Test mutating func projectsSeeTheirOwn() throws {
        server.access = access()
        let red = network("n", in: "red")
        #expect(server.object("virtual-network", red)["perms2"]?["owner"] == .string(Self.red.id))
        // What the server makes along with it is theirs as well.
        let instance = server.object("virtual-network", red, "?fields=routing_instances")["routing_instances"]?.elements.first?["uuid"]
        #expect(server.object("routing-instance", instance?.string ?? "")["perms2"]?["owner"] == .string(Self.red.id))
        server.access = access(in: Self.blue)
        #expect(status(.get, "/virtual-network/\(red)") == 403)
        #expect(status(.put, "/virtual-network/\(red)", #"{"virtual-network": {"display_name": "x"}}"#) == 403)
        #expect(status(.delete, "/virtual-network/\(red)") == 403)
        #expect(status(.post, "/id-to-fqname", "{\"uuid\": \"\(red)\"}") == 403)
        #expect(server.get("/virtual-networks?obj_uuids=\(red)")["virtual-networks"]?.elements.isEmpty == true)
        #expect(server.get("/virtual-networks?obj_uuids=\(red)&count=true")["virtual-networks"]?["count"] == .number("0"))
        // Nor may they put anything below the other's project.
        let body = #"{"virtual-network": {"fq_name": ["default-domain", "red", "x"], "parent_type": "project"}}"#
        #expect(server.send(.post, "/virtual-networks", body).status == 403)
        let perms = server.get("/obj-perms?uuid=\(red)")
        #expect(perms["permissions"] == .string("") && perms["token_info"]?["token"]?["project"]?["name"] == .string("blue"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func sharedObjectsMayBeUsedAsTheySay() {
        server.access = access()
        let network = network("n", in: "red")
        func share(_ tenant: String, _ access: Int) {
            let body = "{\"uuid\": \"\(network)\", \"share\": [{\"tenant\": \"\(tenant)\", \"tenant_access\": \(access)}]}"
            #expect(server.send(.post, "/chmod", body).status == 200)
        }
        func policy() -> Int {
            let body = """
                {"virtual-machine-interface": {"fq_name": ["default-domain", "blue", "p"], "parent_type": "project",
                    "virtual_network_refs": [{"uuid": "\(network)"}]}}
                """
            return server.send(.post, "/virtual-machine-interfaces?dry_run=true", body).status
        }
        for (tenant, access, read, write, refer) in [
            ("tenant:\(Self.blue.id)", 5, 200, 403, 200), (Self.blue.id, 6, 200, 200, 403), ("tenant:\(Self.red.id)", 7, 403, 403, 403),
            ("domain:\(server.uuid("domain", "default-domain"))", 4, 200, 403, 403), ("domain:default", 1, 403, 403, 200),
        ] {
            server.access = self.access()
            share(tenant, access)
            server.access = self.access(in: Self.blue)
            #expect(status(.get, "/virtual-network/\(network)") == read, "\(tenant) \(access)")
            #expect(status(.put, "/virtual-network/\(network)", #"{"virtual-network": {"display_name": "x"}}"#) == write, "\(tenant)")
            #expect(policy() == refer, "\(tenant) \(access)")
            #expect(status(.delete, "/virtual-network/\(network)") == 403)
        }
        server.access = self.access()
        #expect(status(.post, "/chmod", "{\"uuid\": \"\(network)\", \"global_access\": 4, \"share\": []}") == 200)
        server.access = self.access(in: Self.blue)
        #expect(server.get("/virtual-networks")["virtual-networks"]?.uuids.contains(network) == true)
        #expect(status(.post, "/chown", "{\"uuid\": \"\(network)\", \"owner\": \"\(Self.blue.id)\"}") == 403)
        server.access = self.access()
        #expect(status(.post, "/chown", "{\"uuid\": \"\(network)\", \"owner\": \"\(Self.blue.id)\"}") == 200)
        server.access = self.access(in: Self.blue)
        #expect(status(.put, "/virtual-network/\(network)", #"{"virtual-network": {"display_name": "x"}}"#) == 200)
    }

    @Test mutating func repliesLeaveOutWhatMayNotBeRead() {
        let mine = network("mine", in: "red", #""perms2": {"owner": "\#(Self.red.id)"}"#)
        let policy = server.create("network-policy", ["default-domain", "red", "theirs"], parent: "project")
        server.change(
            "virtual-network", mine, #""network_policy_refs": [{"uuid": "\#(policy)", "attr": {"sequence": {"major": 0, "minor": 0}}}]"#)
        #expect(server.object("virtual-network", mine)["network_policy_refs"] != nil)
        server.access = access()
        #expect(server.object("virtual-network", mine)["network_policy_refs"] == nil)
        // A list that is sent back as it was seen names the policy to keep it, without a right to refer to it anew.
        let list = #""network_policy_refs": [{"uuid": "\#(policy)", "attr": {"sequence": {"major": 1, "minor": 0}}}]"#
        #expect(status(.put, "/virtual-network/\(mine)", "{\"virtual-network\": {\(list)}}") == 200)
        let project = server.object("project", Self.red.id.withDashes)
        #expect(project["virtual_networks"]?.elements.count == 1)
        #expect(project["network_policys"] == nil)
    }

    @Test mutating func objectsOfTheSystemAreNotSeen() {
        server.access = access()
        let body = #"{"virtual-machine": {"fq_name": ["v"], "id_perms": {"enable": true, "user_visible": false}}}"#
        #expect(status(.post, "/virtual-machines", body) == 403)
        server.access = access(.roles, ["admin"], in: Self.red)
        let uuid = server.post("/virtual-machines", body)["virtual-machine"]?["uuid"]?.string ?? ""
        #expect(server.object("virtual-machine", uuid)["perms2"]?["owner"] == .string(Self.red.id))
        server.access = access()
        #expect(status(.get, "/virtual-machine/\(uuid)") == 403)
        #expect(server.get("/virtual-machines")["virtual-machines"]?.elements.isEmpty == true)
    }

    @Test mutating func watchersHearOfWhatTheyMayRead() throws {
        server.access = access(in: Self.blue)
        let target = try RequestTarget("/watch?resource_type=virtual-network")
        var request = Request(.get, target, base: TestServer.base)
        request.access = server.access
        let operation = try server.service.operation(request)
        let query = try server.service.watchQuery(operation, server.image)
        let mine = network("mine", in: "blue")
        let other = server.uuidOfDefaultNetwork
        let seen = try #require(UUIDValue(anySpelling: mine).flatMap(server.image.state))
        let hidden = try #require(UUIDValue(anySpelling: other).flatMap(server.image.state))
        #expect(query.includes(ObjectChange(revision: 1, kind: .update, identity: seen.identity, state: seen)))
        #expect(!query.includes(ObjectChange(revision: 1, kind: .update, identity: hidden.identity, state: hidden)))
        #expect(query.includes(ObjectChange(revision: 1, kind: .delete, identity: seen.identity, state: nil, removed: seen)))
        #expect(!query.includes(ObjectChange(revision: 1, kind: .delete, identity: seen.identity, state: nil)))
        var list = InitialEvents(query, server.service, server.image, revision: 1)
        let event = list.next()
        let text = String(decoding: event?.text ?? [], as: UTF8.self)
        #expect(text.contains(mine) && !text.contains("default-virtual-network"))
    }
}

extension TestServer {
    /// As the server's owner sees it.
    fileprivate var uuidOfDefaultNetwork: String {
        var server = self
        server.access = .open
        return server.uuid("virtual-network", "default-domain:default-project:default-virtual-network")
    }
}

extension String {
    fileprivate var withDashes: String { UUIDValue(anySpelling: self)?.description ?? self }
}
