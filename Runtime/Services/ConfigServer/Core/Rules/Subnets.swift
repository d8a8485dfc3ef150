// What virtual networks and IP address managements do with their subnets: one normal form, and defaults for what is left out.

import ConfigurationModel
import NetworkTypes

enum Subnets {
    /// Completes a subnet and checks that everything in it lies in it. Returns its prefix; nil when it has none, as for networks whose
    /// addresses come from elsewhere.
    static func complete(_ subnet: inout IpamSubnetType, _ place: String, _ draft: inout Draft) throws(Refusal) -> IPPrefix? {
        if (subnet.subnetUuid ?? "").isEmpty { subnet.subnetUuid = draft.newUUID().description }
        subnet.created = subnet.created ?? draft.now.text
        subnet.lastModified = subnet.lastModified ?? draft.now.text
        if let unit = subnet.allocUnit, unit < 1 || unit & (unit - 1) != 0 {
            throw Refusal(400, "\(place): alloc_unit \(unit) is not a power of two")
        }
        guard let prefix = try prefix(subnet.subnet, "\(place).subnet") else { return nil }
        subnet.subnet = SubnetType(ipPrefix: prefix.network.description, ipPrefixLen: prefix.length)
        subnet.enableDhcp = subnet.enableDhcp ?? true
        try completeAddresses(&subnet, prefix, place)
        for pool in subnet.allocationPools ?? [] {
            let start = try address(pool.start, in: prefix, "\(place).allocation_pools.start")
            let end = try address(pool.end, in: prefix, "\(place).allocation_pools.end")
            if let start, let end, end < start {
                throw Refusal(400, "\(place).allocation_pools: the end \(end) comes before the start \(start)")
            }
        }
        return prefix
    }

    /// The gateway is the last address but one, and the service address the one before; the first ones with `addr_from_start`. Prefixes
    /// with fewer than four addresses have none to spare.
    private static func completeAddresses(_ subnet: inout IpamSubnetType, _ prefix: IPPrefix, _ place: String) throws(Refusal) {
        let fromStart = subnet.addrFromStart ?? false
        let hasRoom = prefix.network.bitCount - prefix.length >= 2
        func standard(_ distance: Int) -> String? {
            guard hasRoom else { return nil }
            return (fromStart ? prefix.first.advanced(by: distance) : prefix.last.advanced(by: -distance))?.description
        }
        if let gateway = try address(subnet.defaultGateway, in: prefix, "\(place).default_gateway") {
            subnet.defaultGateway = gateway.description
        } else {
            subnet.defaultGateway = standard(1)
        }
        if let service = try address(subnet.dnsServerAddress, in: prefix, "\(place).dns_server_address") {
            subnet.dnsServerAddress = service.description
        } else {
            subnet.dnsServerAddress = standard(2)
        }
    }

    /// Refuses to drop a subnet of which somebody has an address.
    static func checkKept(_ before: [AddressPlan.Subnet], _ prefixes: [IPPrefix], _ draft: Draft) throws(Refusal) {
        for subnet in before where !prefixes.contains(subnet.prefix) && draft.isInUse(subnet) {
            throw Refusal(
                409,
                "Cannot Delete IP Block, IP(\(subnet.prefix)) is in use: delete the instance-ips, floating-ips and alias-ips in it first")
        }
    }

    static func prefix(_ subnet: SubnetType?, _ place: String) throws(Refusal) -> IPPrefix? {
        guard let subnet, let text = subnet.ipPrefix, !text.isEmpty else { return nil }
        let address = try parse(text, "\(place).ip_prefix")
        guard let length = subnet.ipPrefixLen, 0...address.bitCount ~= length else {
            throw Refusal(400, "\(place).ip_prefix_len must be an integer from 0 to \(address.bitCount)")
        }
        return IPPrefix(address, length: length)
    }

    /// A prefix in one text, `10.1.0.0/16`.
    static func prefix(_ text: String, _ place: String) throws(Refusal) -> IPPrefix {
        do { return try IPPrefix(parsing: text) } catch { throw Refusal(400, "Invalid prefix \(text): \(place): \(error)") }
    }

    /// nil when absent. All zeros stand for "no such address".
    private static func address(_ text: String?, in prefix: IPPrefix, _ place: String) throws(Refusal) -> IPAddress? {
        guard let text, !text.isEmpty else { return nil }
        let address = try parse(text, place)
        guard address.isUnspecified || prefix.contains(address) else {
            throw Refusal(400, "\(place): \(address) is not in the subnet \(prefix)")
        }
        return address
    }

    private static func parse(_ text: String, _ place: String) throws(Refusal) -> IPAddress {
        do {
            return try IPAddress(parsing: text)
        } catch {
            throw Refusal(400, "\(place): \(error)")
        }
    }
}
