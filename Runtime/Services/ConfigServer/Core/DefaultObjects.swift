// The objects that every installation has: made at the first start, and whenever one of them is missing. They are requests like any
// other, so that what belongs to them by the rules of their types comes with them.

import ConfigurationModel
import NetworkTypes
import Resources

/// One object that must exist.
private struct DefaultObject {
    let type: String
    let name: [String]
    var parent = TypeTable.rootTypeName
    /// The other members of a create request, as JSON.
    var members = "{}"
}

extension ConfigurationService {
    /// What makes the missing ones, and completes objects of an older version of the server; empty when all are there.
    public func defaultObjects(
        missingFrom image: Image, now: Timestamp, random: any RandomNumberGenerator
    ) throws(Refusal) -> Transaction {
        var draft = makeDraft(image, now: now, random: random)
        for object in Self.defaults {
            // The schema decides which types there are.
            guard let type = types.type(named: object.type) else { continue }
            let name = FullyQualifiedName.json(object.name)
            guard image.identity(type.number, named: name) == nil else { continue }
            var body = try ObjectBody(Array("{\"\(type.name)\":\(object.members)}".utf8), of: type)
            body.name = object.name
            body.parentType = object.parent
            if let made = draft.identity(type.number, named: name), let state = draft.state(made.uuid) {
                // It came as the default child of another one.
                try draft.update(state, body)
            } else {
                try draft.create(type, body)
            }
        }
        upgrade(&draft)
        return draft.finish()
    }

    private static let project = ["default-domain", "default-project"]
    private static let system = "default-global-system-config"
    private static let policy = "default-policy-management"

    /// Parents first, targets of references before those who refer to them.
    private static let defaults: [DefaultObject] =
        [
            DefaultObject(
                type: "global-system-config", name: [system],
                members: """
                    {"autonomous_system": 64512, "ibgp_auto_mesh": true, "bgpaas_parameters": {"port_start": 50000, "port_end": 50512},
                    "user_defined_log_statistics": {"statlist": [{"name": "RequestSizeLimit", "pattern": ".*body is larger than.*"}]}}
                    """),
            DefaultObject(
                type: "global-vrouter-config", name: [system, "default-global-vrouter-config"], parent: "global-system-config"),
            DefaultObject(type: "global-qos-config", name: [system, "default-global-qos-config"], parent: "global-system-config"),
            DefaultObject(type: "fabric", name: [system, "default-fabric"], parent: "global-system-config"),
            DefaultObject(
                type: "api-access-list", name: [system, "default-api-access-list"], parent: "global-system-config",
                members: accessList),
            DefaultObject(
                type: "alarm", name: [system, "system-defined-bottle-request-size-limit"], parent: "global-system-config",
                members: requestSizeAlarm),
            DefaultObject(type: "domain", name: ["default-domain"]),
            DefaultObject(type: "project", name: project, parent: "domain"),
            DefaultObject(
                type: "network-ipam", name: project + ["default-network-ipam"], parent: "project",
                members: #"{"perms2": {"owner": "cloud-admin", "owner_access": 7, "global_access": 5, "share": []}}"#),
            DefaultObject(
                type: "network-ipam", name: project + ["service-chain-flat-ipam"], parent: "project", members: serviceChainAddresses),
            DefaultObject(type: "policy-management", name: [policy]),
            DefaultObject(
                type: "application-policy-set", name: [policy, "default-application-policy-set"], parent: "policy-management",
                members: """
                    {"all_applications": true, "global_vrouter_config_refs": [{"to": ["\(system)", "default-global-vrouter-config"]}]}
                    """),
            DefaultObject(
                type: "security-group", name: project + ["__no_rule__"], parent: "project",
                members: #"{"id_perms": {"enable": true, "description": "Security group with no rules"}}"#),
            DefaultObject(type: "discovery-service-assignment", name: ["default-discovery-service-assignment"]),
        ] + networks + tagTypes

    /// Each has a routing instance of its own name; two have another for the fabric itself.
    private static let networks: [DefaultObject] =
        ["ip-fabric", "__link_local__", "dci-network", "default-virtual-network"].map { name in
            DefaultObject(
                type: "virtual-network", name: project + [name], parent: "project",
                members: name == "ip-fabric" ? #"{"is_provider_network": true}"# : "{}")
        }
        + ["ip-fabric", "dci-network"].map { name in
            DefaultObject(type: "routing-instance", name: project + [name, "__default__"], parent: "virtual-network")
        }

    private static let tagTypes: [DefaultObject] = TagTypeRule.predefined.sorted { $0.value < $1.value }.map { type in
        DefaultObject(type: "tag-type", name: [type.key])
    }

    /// What everybody may do where access lists are in force.
    private static let accessList: String = {
        let anything = ["fqname-to-id", "id-to-fqname", "useragent-kv"].map { ($0, "*", "CRUD") }
        let reading = ["documentation", "/", "watch"].map { ($0, "*", "R") }
        let rules = (anything + reading + [("logical-router", "logical_router_gateway_external", "R")]).map { object, field, letters in
            """
            {"rule_object": "\(object)", "rule_field": "\(field)", "rule_perms": [{"role_name": "*", "role_crud": "\(letters)"}]}
            """
        }
        return "{\"api_access_list_entries\": {\"rbac_rule\": [\(rules.joined(separator: ", "))]}}"
    }()

    /// Addresses that lead from one service to the next: nobody's, and never seen outside.
    private static let serviceChainAddresses = """
        {"ipam_subnet_method": "flat-subnet", "ipam_subnets": {"subnets": [
            {"subnet": {"ip_prefix": "0.0.0.0", "ip_prefix_len": 8}}, {"subnet": {"ip_prefix": "::ffff", "ip_prefix_len": 104}}
        ]}}
        """

    /// Raised when a configuration node refuses a request because its body is too large: it counts the log lines that say so.
    private static let requestSizeAlarm = """
        {"uve_keys": {"uve_key": ["config-node"]}, "alarm_severity": 1, "alarm_rules": {"or_list": [{"and_list": [
            {"operation": ">=", "operand1": "UserDefinedLogStatistics.RequestSizeLimit.count", "operand2": {"json_value": "1"}}
        ]}]}}
        """
}
