// Which part of the configuration an agent is told: what can be reached from its virtual router and its virtual machines along these links.
// The list keeps an agent from learning of other networks' workloads. It is that of the existing platform, whose agents expect it.

/// The links that are followed from nodes of each type.
enum ConfigurationWhitelist {
    /// The links to follow from a node of a type; nil for types that agents are never told of.
    static func links(from type: String) -> [String]? { table[type] }

    private static let table: [String: [String]] = {
        var table = followed
        for leaf in leaves { table[leaf] = [] }
        return table
    }()

    private static let leaves = [
        "access-control-list", "routing-instance", "namespace", "virtual-DNS-record", "interface-route-table", "subnet",
        "service-health-check", "qos-config", "qos-queue", "bridge-domain", "service-group", "control-node-zone", "provider-attachment",
        "customer-attachment", "policy-management",
    ]

    private static let followed: [String: [String]] = [
        "virtual-router": [
            "physical-router-virtual-router", "virtual-router-virtual-machine", "virtual-router-network-ipam",
            "global-system-config-virtual-router", "provider-attachment-virtual-router", "virtual-router-virtual-machine-interface",
        ],
        "virtual-machine": ["virtual-machine-service-instance", "virtual-machine-interface-virtual-machine", "virtual-machine-tag"],
        "virtual-machine-interface": [
            "virtual-machine-virtual-machine-interface", "virtual-machine-interface-sub-interface",
            "instance-ip-virtual-machine-interface", "virtual-machine-interface-virtual-network",
            "virtual-machine-interface-security-group", "floating-ip-virtual-machine-interface", "alias-ip-virtual-machine-interface",
            "customer-attachment-virtual-machine-interface", "virtual-machine-interface-routing-instance",
            "virtual-machine-interface-route-table", "subnet-virtual-machine-interface", "service-port-health-check",
            "bgpaas-virtual-machine-interface", "virtual-machine-interface-qos-config", "virtual-machine-interface-bridge-domain",
            "virtual-machine-interface-security-logging-object", "project-virtual-machine-interface", "port-tuple-interface",
            "virtual-machine-interface-tag", "virtual-machine-interface-bgp-router",
        ],
        "virtual-network": [
            "virtual-network-floating-ip-pool", "virtual-network-alias-ip-pool", "virtual-network-network-ipam",
            "virtual-network-access-control-list", "virtual-network-routing-instance", "virtual-network-qos-config",
            "virtual-network-bridge-domain", "virtual-network-security-logging-object", "virtual-network-tag",
            "virtual-network-provider-network", "virtual-network-multicast-policy", "vn-health-check",
            "host-based-service-virtual-network",
        ],
        "instance-ip": ["instance-ip-virtual-network"],
        "floating-ip": ["floating-ip-pool-floating-ip", "instance-ip-floating-ip"],
        "alias-ip": ["alias-ip-pool-alias-ip"],
        "floating-ip-pool": ["virtual-network-floating-ip-pool"],
        "alias-ip-pool": ["virtual-network-alias-ip-pool"],
        "security-group": ["security-group-access-control-list"],
        "bgp-router": ["instance-bgp-router", "physical-router-bgp-router", "bgp-router-control-node-zone"],
        "bgp-as-a-service": ["bgpaas-bgp-router", "bgpaas-health-check", "bgpaas-control-node-zone"],
        "global-system-config": [
            "global-system-config-global-vrouter-config", "global-system-config-global-qos-config", "global-system-config-bgp-router",
            "qos-config-global-system-config",
        ],
        "global-vrouter-config": [
            "application-policy-set-global-vrouter-config", "global-vrouter-config-security-logging-object",
        ],
        "service-instance": ["service-instance-service-template", "service-instance-port-tuple"],
        "service-template": ["domain-service-template"],
        "domain": ["domain-namespace", "domain-virtual-DNS"],
        "network-ipam": ["network-ipam-virtual-DNS"],
        "virtual-DNS": ["virtual-DNS-virtual-DNS-record"],
        "physical-router": [
            "physical-router-physical-interface", "physical-router-logical-interface", "physical-router-virtual-network",
        ],
        "physical-interface": ["physical-interface-logical-interface", "virtual-port-group-physical-interface"],
        "logical-interface": ["logical-interface-virtual-machine-interface"],
        "virtual-port-group": ["virtual-port-group-virtual-machine-interface", "virtual-port-group-physical-interface"],
        "logical-router": ["logical-router-virtual-network", "logical-router-interface"],
        "project": ["project-tag", "project-logical-router", "project-host-based-service"],
        "host-based-service": ["host-based-service-virtual-network"],
        "port-tuple": ["service-instance-port-tuple", "port-tuple-interface"],
        "tag": ["application-policy-set-tag"],
        "application-policy-set": ["application-policy-set-firewall-policy", "policy-management-application-policy-set"],
        "firewall-policy": ["firewall-policy-firewall-rule", "firewall-policy-security-logging-object"],
        "firewall-rule": [
            "firewall-rule-tag", "firewall-rule-service-group", "firewall-rule-address-group", "firewall-rule-security-logging-object",
        ],
        "address-group": ["address-group-tag"],
        "security-logging-object": [
            "virtual-network-security-logging-object", "virtual-machine-interface-security-logging-object",
            "global-vrouter-config-security-logging-object", "security-logging-object-network-policy",
            "security-logging-object-security-group",
        ],
        "forwarding-class": ["forwarding-class-qos-queue"],
        "global-qos-config": ["global-qos-config-forwarding-class", "global-qos-config-qos-queue", "global-qos-config-qos-config"],
        "multicast-policy": ["virtual-network-multicast-policy"],
    ]

    /// For a test: all names of links.
    static var linkNames: Set<String> { Set(followed.values.joined()) }
    static var typeNames: Set<String> { Set(table.keys) }
}
