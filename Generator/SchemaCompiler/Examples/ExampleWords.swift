// What a value might be, told from its name: an address looks like an address and a VLAN is not 1. Nouns are general networking vocabulary;
// a wrong guess makes an example odd, never invalid, since every guess is checked against the type before it is used.

enum ExampleWords {
    /// A plausible text for a member of this name and type: what is known for the longest end of the name, or else for any of its words.
    /// Nil when the name says nothing.
    static func text(for noun: String, type: String? = nil) -> String? { value(for: noun, type, in: texts) }

    /// A plausible number, likewise.
    static func number(for noun: String, type: String? = nil) -> Int? { value(for: noun, type, in: numbers) }

    /// The name itself as text: better than nothing where some text is required.
    static func plainText(for noun: String) -> String { words(noun).joined(separator: " ") }

    private static func value<Value>(for noun: String, _ type: String?, in table: [String: Value]) -> Value? {
        let words = words(noun)
        // The longest known key has few words; the single last one is among the words below.
        for start in max(0, words.count - longestKey)..<max(0, words.count - 1) {
            if let value = table[words[start...].joined(separator: "-")] { return value }
        }
        for word in words.reversed() {
            if let value = table[word] { return value }
        }
        // A type's name often says what the member's leaves out: `DscpValueType`.
        for word in type.map(camelWords) ?? [] {
            if let value = table[word] { return value }
        }
        return nil
    }

    /// The last element of the name of an object that exists: the one that every system has, if there is one.
    static func existingObject(_ type: String) -> String { namesAtStart[type] ?? newObject(type) }

    /// The last element of the name of an object that is being made: `network-1` for a virtual network.
    static func newObject(_ type: String) -> String { namesWithForm[type] ?? "\(words(type).last ?? "object")-1" }

    /// There is one object of the type, made at start; people change it and make no other.
    static func isSingleton(_ type: String) -> Bool { type == "config-root" || namesAtStart[type]?.hasPrefix("default-global-") ?? false }

    private static func words(_ noun: String) -> [String] {
        noun.utf8.split { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.map(lowered)
    }

    private static func camelWords(_ name: String) -> [String] {
        let bytes = Array(name.utf8)
        let starts = bytes.indices.filter { $0 == 0 || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[$0]) }
        return zip(starts, starts.dropFirst() + [bytes.count]).map { lowered(bytes[$0..<$1]) }
    }

    private static func lowered(_ word: some Collection<UInt8>) -> String {
        String(decoding: word.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Objects that a server makes when it is first started.
    private static let namesAtStart = [
        "config-root": "config-root", "domain": "default-domain", "fabric": "default-fabric",
        "global-qos-config": "default-global-qos-config",
        "global-system-config": "default-global-system-config", "global-vrouter-config": "default-global-vrouter-config",
        "network-ipam": "default-network-ipam", "policy-management": "default-policy-management", "project": "default-project",
    ]

    /// Objects whose names have a form of their own.
    private static let namesWithForm = [
        "route-target": "target:64512:100", "routing-instance": "network-1", "tag": "application=web", "tag-type": "application",
        "virtual-machine": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b61",
    ]

    /// Words in the longest key of these tables.
    private static let longestKey = 4

    private static let texts = [
        "address": "10.1.0.4", "address-family": "inet", "addresses": "10.1.0.4", "args": "--verbose", "category": "network",
        "chassis": "fixed", "chassis-type": "fixed", "cli-config": "set system host-name leaf-1", "community": "64512:100",
        "community-list": "64512:100", "config-changes": "set system host-name leaf-1", "default-gateway": "10.1.0.1",
        "description": "For the web tier", "destination-instance": "default-domain:default-project:network-2:network-2",
        "device-family": "junos",
        "dhcp-option-name": "domain-name-servers", "dhcp-option-value": "10.1.0.2", "dhcp-option-value-bytes": "0a010002",
        "direction": "<>",
        "display-name": "Web tier", "dns-nameservers": "10.1.0.2", "dns-server-address": "10.1.0.2", "domain-name": "example.net",
        "driver": "native", "dscp-value": "46", "dst-mac": "02:00:5e:10:00:02", "encapsulation": "vxlan", "end": "10.1.0.99",
        "endpoint": "10.1.0.4", "ep-id": "10.1.0.4", "ep-type": "agent", "ethernet-segment-identifier": "00:11:22:33:44:55:66:77:88:99",
        "expected-codes": "200", "extcommunity-list": "target:64512:100", "family": "inet", "feature-release": "1.0",
        "field-names": "message",
        "fqdn": "node-1.example.net", "gateway": "10.1.0.1", "group-address": "239.1.2.3", "health-check-type": "end-to-end",
        "host": "10.1.0.5",
        "hostaddr": "10.1.0.5", "hostname": "node-1", "http-method": "GET", "image-name": "firewall", "instance-name": "instance-1",
        "interface": "eth0", "interface-name": "eth0", "interface-type": "left", "inventory-info": "{}", "ip": "10.1.0.4",
        "ip-prefix": "10.1.0.0",
        "json-value": "\"Up\"", "key": "owner", "label": "rack-7", "location": "room-1", "mac": "02:00:5e:10:00:01",
        "mac-address": "02:00:5e:10:00:01", "mac-addresses": "02:00:5e:10:00:01", "match-tags": "application",
        "md5": "9e107d9d372bb6826bd81d3542a419d6", "monitor-type": "HTTP",
        "network-policy": "default-domain:default-project:policy-1", "next-hop": "10.1.0.1", "nexthop": "10.1.0.1",
        "next-hop-type": "ip-address",
        "operand1": "NodeStatus.process_info.process_state", "os-version": "1.0", "owner": "3ec1b4a2-6f0c-4d52-9a7c-5d1f0c9be210",
        "password": "********", "pattern": "link .* down", "physical-role": "leaf", "platform-name": "switch-48",
        "playbook-uri": "/playbooks/example.yml",
        "prefix": "10.1.0.0/16", "product-name": "switch-48", "protocol": "tcp", "provider": "native", "rb-roles": "CRB-Access",
        "record-data": "10.1.0.4", "record-name": "www", "record-order": "random", "risk": "low", "role-config-config": "{}",
        "role-crud": "CRUD",
        "role-name": "member", "route": "10.1.0.0/16", "route-target": "target:64512:100",
        "rule-field": "*", "rule-object": "virtual-network",
        "security-group": "default-domain:default-project:group-1", "sequence": "1.0", "serial": "SN00012345", "server": "10.1.0.5",
        "serial-num": "SN00012345", "service-instance": "default-domain:default-project:instance-1", "service-mode": "in-network",
        "sha1": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "simple-action": "pass", "sla-params": "{}",
        "source-routing-instance": "default-domain:default-project:network-1:network-1", "start": "10.1.0.10", "subcategory": "web",
        "subnet": "10.1.0.0/24",
        "subnet-name": "web", "tag-list": "application", "tag-type-name": "application", "tag-value": "web", "tags": "application=web",
        "tenant": "3ec1b4a2-6f0c-4d52-9a7c-5d1f0c9be210", "tenantaddr": "10.1.0.0", "time": "2025-01-31T12:00:00", "trunk-port-id": "ae1",
        "url": "https://example.net/", "url-path": "/healthz", "username": "operator", "uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b61",
        "uve-key": "vrouter", "uve-attribute": "NodeStatus.name", "value": "web", "vendor": "Example Networks",
        "vendor-name": "Example Networks",
        "version": "1.0", "virtual-network": "default-domain:default-project:network-1", "zone": "zone-1",
    ]

    private static let numbers = [
        "as": 64512, "asn": 64512, "autonomous": 64512, "bandwidth": 1_000_000, "cost": 10, "defaults": 100, "delay": 5, "dscp": 46,
        "exp": 5,
        "interval": 30, "isid": 5000, "len": 24, "length": 24, "limit": 100, "major": 1, "mb": 4096, "med": 100, "metric": 10, "minor": 0,
        "mtu": 1500,
        "percent": 20, "port": 8080, "pref": 200, "preference": 200, "priority": 3, "rate": 100, "retries": 3, "seconds": 300, "size": 1024,
        "system": 64512, "time": 30, "timeout": 5, "ttl": 64, "usecs": 500, "vlan": 100, "vni": 5000, "vxlan": 5000, "window": 10,
    ]
}
