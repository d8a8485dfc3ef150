// Drafts of firewall objects: what they hide, what they refuse, and how they come true together.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct SecurityDraftTests {
    var server = TestServer()
    private static let management = "draft-policy-management"
    private static let anything = """
        "service": {"protocol": "tcp"}, "endpoint_2": {"any": true}, "direction": "<>", "action_list": {"simple_action": "pass"}
        """

    private var scope: String { mutating get { server.uuid("project", project.joined(separator: ":")) } }

    private mutating func setDraftMode(_ isOn: Bool) { server.change("project", scope, "\"enable_security_policy_draft\": \(isOn)") }

    /// Sends a change that must become a draft.
    private mutating func expectPending(
        _ method: Request.Method, _ uri: String, _ body: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) -> JSONValue {
        let reply = server.send(method, uri, body)
        #expect(reply.status == 202, "\(reply.status) \(reply.text)", sourceLocation: sourceLocation)
        do { return reply.body.isEmpty ? .null : try JSONValue(parsing: reply.body) } catch { return .null }
    }

    private mutating func create(_ type: String, _ name: String, _ members: String = "") -> JSONValue {
        expectPending(
            .post, "/\(type)s",
            """
            {"\(type)": {"fq_name": ["default-domain", "default-project", "\(name)"], "parent_type": "project"\(members.isEmpty ? "" : ", " + members)}}
            """)[type] ?? .null
    }

    private mutating func finish(_ action: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let reply = server.send(.post, "/security-policy-draft", "{\"scope_uuid\": \"\(scope)\", \"action\": \"\(action)\"}")
        #expect(reply.status == 200 && reply.text == "{}", "\(reply.text)", sourceLocation: sourceLocation)
    }

    /// The draft of an object, as `<type>_read_draft` of the Python package finds it.
    private mutating func draft(_ type: String, _ name: String) -> JSONValue {
        let uuid = server.uuid(type, (project + [Self.management, name]).joined(separator: ":"))
        return uuid.isEmpty ? .null : server.object(type, uuid)
    }

    // MARK: Turning on and off

    @Test mutating func aScopeHoldsDraftsWhileItSaysSo() throws {
        #expect(!server.create("address-group", project + ["before"], parent: "project").isEmpty)
        setDraftMode(true)
        #expect(!server.uuid("policy-management", (project + [Self.management]).joined(separator: ":")).isEmpty)
        _ = create("address-group", "a")
        server.expectNotChanged(
            "project", scope, #""enable_security_policy_draft": false"#, status: 409,
            "Cannot disable security draft mode on default-domain:default-project")
        // Other scopes go on as before.
        let other = server.create("project", ["default-domain", "other"])
        #expect(!server.create("address-group", ["default-domain", "other", "a"], parent: "project").isEmpty)
        #expect(!server.create("address-group", ["default-policy-management", "a"], parent: "policy-management").isEmpty)
        finish("discard")
        setDraftMode(false)
        #expect(server.uuid("policy-management", (project + [Self.management]).joined(separator: ":")).isEmpty)
        server.expectRefused(
            .post, "/security-policy-draft", "{\"scope_uuid\": \"\(other)\", \"action\": \"commit\"}", "Security draft mode is not enabled")
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aProjectMayBeginWithDrafts() {
        let made = server.create("project", ["default-domain", "p"], #""enable_security_policy_draft": true"#)
        #expect(server.object("project", made)["policy_managements"]?.names == [Self.management])
        // Its own set for all applications is there all the same.
        #expect(server.object("project", made)["application_policy_sets"]?.names == ["default-application-policy-set"])
        #expect(server.send(.delete, "/project/\(made)").status == 200)
    }

    @Test mutating func theWholeSystemIsAScope() throws {
        let system = server.uuid("global-system-config", "default-global-system-config")
        server.change("global-system-config", system, #""enable_security_policy_draft": true"#)
        let made = expectPending(
            .post, "/address-groups",
            #"{"address-group": {"fq_name": ["default-policy-management", "g"], "parent_type": "policy-management"}}"#)
        #expect(made["address-group"]?["fq_name"]?.elements.compactMap(\.string) == [Self.management, "g"])
        server.send(.post, "/security-policy-draft", "{\"scope_uuid\": \"\(system)\", \"action\": \"commit\"}")
        #expect(!server.uuid("address-group", "default-policy-management:g").isEmpty)
        try server.expectReloadsAsItIs()
    }

    // MARK: Creating

    @Test mutating func whatIsCreatedComesWithTheCommit() throws {
        setDraftMode(true)
        let group = create("address-group", "a", #""address_group_prefix": {"subnet": [{"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}]}"#)
        let uuid = try #require(group["uuid"]?.string)
        #expect(group["fq_name"]?.elements.last?.string == "a" && group["parent_type"]?.string == "policy-management")
        let rule = create(
            "firewall-rule", "r",
            #""endpoint_1": {"address_group": "default-domain:default-project:draft-policy-management:a"}, "# + Self.anything)
        let policy = create(
            "firewall-policy", "p",
            "\"firewall_rule_refs\": [{\"uuid\": \"\(rule["uuid"]?.string ?? "")\", \"attr\": {\"sequence\": \"1.0\"}}]")
        #expect(draft("firewall-policy", "p")["draft_mode_state"]?.string == "created")
        #expect(server.uuid("address-group", "default-domain:default-project:a").isEmpty)

        finish("commit")
        let made = server.object("address-group", uuid)
        #expect(made["parent_type"]?.string == "project" && made["draft_mode_state"] == nil)
        #expect(made["address_group_prefix"]?["subnet"]?.elements.count == 1)
        let enforced = server.object("firewall-rule", rule["uuid"]?.string ?? "")
        #expect(enforced["endpoint_1"]?["address_group"]?.string == "default-domain:default-project:a")
        #expect(enforced["address_group_refs"]?.uuids == [uuid])
        #expect(server.object("firewall-policy", policy["uuid"]?.string ?? "")["firewall_rule_refs"]?.uuids == [rule["uuid"]?.string ?? ""])
        #expect(draft("address-group", "a") == .null)
        setDraftMode(false)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func watchersSeeOneGoAndAnotherCome() throws {
        setDraftMode(true)
        let uuid = create("address-group", "a")["uuid"]?.string ?? ""
        let body = "{\"scope_uuid\": \"\(scope)\", \"action\": \"commit\"}"
        let request = Request(.post, try RequestTarget("/security-policy-draft"), base: TestServer.base, body: Array(body.utf8))
        let decision = server.service.decide(
            try server.service.operation(request), server.image, now: server.now, random: SequenceGenerator(seed: 9))
        let changes = server.service.changes(of: decision.transaction, to: server.image, after: 0)
        #expect(changes.map(\.kind) == [.delete, .create] && changes.allSatisfy { $0.identity.uuid.description == uuid })
    }

    @Test mutating func aNameIsDraftedOnce() {
        #expect(!server.create("address-group", project + ["there"], parent: "project").isEmpty)
        setDraftMode(true)
        _ = create("address-group", "a")
        server.expectNotCreated(
            "address-group", project + ["a"], parent: "project", "", "was already created and is pending to be committed or discarded")
        server.expectNotCreated("address-group", project + ["there"], parent: "project", "", status: 409, "already exists with uuid")
    }

    @Test mutating func theStateIsOnlyReadable() {
        let text = "Security resource property 'draft_mode_state' is only readable"
        server.expectNotCreated("service-group", project + ["s"], parent: "project", #""draft_mode_state": "created""#, text)
        let group = server.create("service-group", project + ["s"], parent: "project")
        server.expectNotChanged("service-group", group, #""draft_mode_state": "deleted""#, text)
        setDraftMode(true)
        _ = create("service-group", "t")
        let pending = draft("service-group", "t")
        server.expectNotChanged("service-group", pending["uuid"]?.string ?? "", #""draft_mode_state": null"#, text)
        server.change("service-group", pending["uuid"]?.string ?? "", #""draft_mode_state": "created""#)
    }

    // MARK: Changing

    @Test mutating func whatIsChangedStaysUntilTheCommit() throws {
        let tier = server.create("tag", project + ["tier=web"], parent: "project", #""tag_type_name": "tier", "tag_value": "web""#)
        let rule = server.create("firewall-rule", project + ["r"], parent: "project", "\"endpoint_1\": {\"any\": true}, " + Self.anything)
        let first = server.create("firewall-policy", project + ["p"], parent: "project")
        setDraftMode(true)
        _ = expectPending(.put, "/firewall-rule/\(rule)", #"{"firewall-rule": {"endpoint_1": {"tags": ["tier=web"]}}}"#)
        let body = """
            {"type": "firewall-policy", "uuid": "\(first)", "ref-type": "firewall-rule", "ref-uuid": "\(rule)", "operation": "ADD",
            "attr": {"sequence": "1.0"}}
            """
        #expect(expectPending(.post, "/ref-update", body)["uuid"]?.string == first)
        #expect(server.object("firewall-rule", rule)["endpoint_1"]?["any"] == .boolean(true))
        #expect(server.object("firewall-policy", first)["firewall_rule_refs"] == nil)
        let pending = draft("firewall-rule", "r")
        #expect(pending["draft_mode_state"]?.string == "updated" && pending["tag_refs"]?.uuids == [tier])
        // A second change goes to the same draft.
        _ = expectPending(.put, "/firewall-rule/\(rule)", #"{"firewall-rule": {"display_name": "x"}}"#)

        finish("commit")
        let enforced = server.object("firewall-rule", rule)
        #expect(enforced["endpoint_1"]?["tags"]?.elements == [.string("tier=web")] && enforced["display_name"]?.string == "x")
        #expect(enforced["tag_refs"]?.uuids == [tier] && enforced["draft_mode_state"] == nil)
        #expect(server.object("firewall-policy", first)["firewall_rule_refs"]?.uuids == [rule])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func patchesGoOnFromTheDraft() {
        let group = server.create("address-group", project + ["a"], parent: "project")
        setDraftMode(true)
        for (name, value) in [("a", "1"), ("b", "2")] {
            _ = expectPending(
                .patch, "/address-group/\(group)",
                "{\"address-group\": {\"annotations\": {\"key_value_pair\": [{\"key\": \"\(name)\", \"value\": \"\(value)\"}]}, \"display_name\": \"x\"}}"
            )
        }
        let pending = draft("address-group", "a")
        #expect(pending["annotations"]?["key_value_pair"]?.elements.count == 1 && pending["display_name"]?.string == "x")
        #expect(server.object("address-group", group)["annotations"] == nil)
    }

    @Test mutating func aBulkMayMakeDraftsAndCommitThem() throws {
        setDraftMode(true)
        let make = #"{"address-group": {"fq_name": ["default-domain", "default-project", "a"], "parent_type": "project"}}"#
        let commit = "{\"scope_uuid\": \"\(scope)\", \"action\": \"commit\"}"
        let requests = [("/address-groups", make), ("/security-policy-draft", commit)].map {
            "{\"method\": \"POST\", \"path\": \"\($0)\", \"body\": \($1)}"
        }
        let reply = server.post("/bulk", "{\"requests\": [\(requests.joined(separator: ", "))]}")
        #expect(reply["replies"]?.elements.map { $0["status"]?.integer } == [202, 200])
        let made = server.uuid("address-group", "default-domain:default-project:a")
        #expect(made == reply["replies"]?.elements.first?["body"]?["address-group"]?["uuid"]?.string)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func whatIsRefusedIsRefusedInADraft() {
        let rule = server.create("firewall-rule", project + ["r"], parent: "project", "\"endpoint_1\": {\"any\": true}, " + Self.anything)
        setDraftMode(true)
        server.expectNotChanged("firewall-rule", rule, #""endpoint_1": {"tags": ["tier=unknown"]}"#, status: 404, "No tag object found")
        #expect(draft("firewall-rule", "r") == .null)
    }

    // MARK: Deleting

    @Test mutating func whatIsDeletedGoesWithTheCommit() throws {
        let group = server.create("address-group", project + ["a"], parent: "project")
        let rule = server.create(
            "firewall-rule", project + ["r"], parent: "project",
            #""endpoint_1": {"address_group": "default-domain:default-project:a"}, "# + Self.anything)
        setDraftMode(true)
        server.expectRefused(.delete, "/address-group/\(group)", status: 409, "Delete when resource still referred")
        _ = expectPending(.delete, "/firewall-rule/\(rule)")
        _ = expectPending(.delete, "/address-group/\(group)")
        #expect(draft("address-group", "a")["draft_mode_state"]?.string == "deleted")
        server.expectNotChanged("firewall-rule", rule, #""display_name": "x""#, "is in pending delete, cannot be updated")
        server.expectNotCreated(
            "firewall-policy", project + ["p"], parent: "project", "\"firewall_rule_refs\": [{\"uuid\": \"\(rule)\"}]",
            "is in pending delete and cannot be referenced")
        #expect(server.object("firewall-rule", rule)["uuid"]?.string == rule)

        finish("commit")
        #expect(server.send(.get, "/firewall-rule/\(rule)").status == 404)
        #expect(server.send(.get, "/address-group/\(group)").status == 404)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func discardingLeavesEverythingAsItWas() throws {
        let group = server.create("address-group", project + ["a"], parent: "project")
        let other = server.create("address-group", project + ["b"], parent: "project")
        setDraftMode(true)
        _ = expectPending(.delete, "/address-group/\(group)")
        _ = expectPending(.put, "/address-group/\(other)", #"{"address-group": {"display_name": "x"}}"#)
        _ = create("address-group", "c")
        finish("discard")
        #expect(server.object("address-group", other)["display_name"]?.string == "b")
        #expect(server.object("address-group", group)["uuid"]?.string == group)
        #expect(server.uuid("address-group", "default-domain:default-project:c").isEmpty)
        setDraftMode(false)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aDraftThatIsDeletedIsForgotten() {
        let group = server.create("address-group", project + ["a"], parent: "project")
        setDraftMode(true)
        _ = expectPending(.delete, "/address-group/\(group)")
        #expect(server.send(.delete, "/address-group/\(draft("address-group", "a")["uuid"]?.string ?? "")").status == 200)
        finish("commit")
        #expect(server.object("address-group", group)["uuid"]?.string == group)
    }

    @Test mutating func whoRefersToADraftRefersToWhatBecomesOfIt() throws {
        setDraftMode(true)
        let set = create("application-policy-set", "s")["uuid"]?.string ?? ""
        server.change("project", scope, "\"application_policy_set_refs\": [{\"uuid\": \"\(set)\"}]")
        finish("commit")
        #expect(server.object("project", scope)["application_policy_set_refs"]?.names == ["s"])
        try server.expectReloadsAsItIs()
    }

    @Test(arguments: [
        (#"{"scope_uuid": "00000000-0000-4000-8000-000000000000", "action": "commit"}"#, 404, "Cannot find scope"),
        (#"{"action": "commit"}"#, 400, "no scope_uuid in POST body"),
    ])
    mutating func aScopeIsNamed(body: String, status: Int, text: String) {
        server.expectRefused(.post, "/security-policy-draft", body, status: status, text)
    }

    @Test mutating func theActionIsOneOfTwo() {
        setDraftMode(true)
        server.expectRefused(
            .post, "/security-policy-draft", "{\"scope_uuid\": \"\(scope)\", \"action\": \"forget\"}", "Only 'commit' or 'discard'")
    }
}
