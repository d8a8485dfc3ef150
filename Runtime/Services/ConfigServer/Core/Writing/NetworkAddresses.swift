// The actions on a network's addresses: taking some without an object, giving them back, counting those in use. What is taken this way
// belongs to the network itself and goes with it.

import Coding
import NetworkTypes

extension Draft {
    /// More in one request would be a mistake of the client.
    private static let mostAddresses = 1 << 16

    mutating func perform(_ action: NetworkAction, on network: ObjectState, _ body: JSONValue) throws(Refusal) -> Reply {
        switch action {
        case .allocate: try allocateAddresses(of: network, body)
        case .free: try freeAddresses(of: network, body)
        case .count: try countAddresses(of: network, body)
        }
    }

    /// `{count, subnet, family}`: as many addresses, of the subnet with that uuid or of any.
    private mutating func allocateAddresses(of network: ObjectState, _ body: JSONValue) throws(Refusal) -> Reply {
        let count = try Self.count(body["count"])
        let plan = try addressPlan(of: network)
        var wish = Addresses.Wish()
        wish.subnet = body["subnet"]?.string
        if let uuid = wish.subnet, let subnet = plan.subnets.first(where: { $0.uuid == uuid }) {
            wish.isIPv6 = subnet.prefix.network.bitCount == 128
        } else {
            wish.isIPv6 = body["family"]?.string == "v6"
        }
        var object = ObjectDraft(network, types[network.identity.type])
        var taken: [String] = []
        for _ in 0..<count {
            let gift = try Addresses.take(wish, from: plan, of: network.identity.joinedName, for: &object, in: &self)
            taken.append(gift.address.description)
        }
        try save(object)
        return .object { $0.member("ip_addr", taken) }
    }

    private static func count(_ value: JSONValue?) throws(Refusal) -> Int {
        guard let value, value != .null else { return 1 }
        guard let count = value.integer, 1...mostAddresses ~= count else {
            throw Refusal(400, "Bad Request, count must be an integer from 1 to \(mostAddresses)")
        }
        return count
    }

    /// `{ip_addr: […]}`: those that the network holds are given back, those that nobody holds are passed over.
    private mutating func freeAddresses(of network: ObjectState, _ body: JSONValue) throws(Refusal) -> Reply {
        guard case .array(let list)? = body["ip_addr"] else {
            throw Refusal(400, "Bad Request, ip_addr must be an array of addresses")
        }
        let plan = try addressPlan(of: network)
        var object = ObjectDraft(network, types[network.identity.type])
        for (index, entry) in list.enumerated() {
            guard let address = try Addresses.parse(entry.string, "ip_addr[\(index)]"), let subnet = plan.subnet(containing: address) else {
                continue
            }
            let allocation = address.allocation(of: subnet.owner)
            if object.allocations.contains(allocation) {
                object.allocations.removeAll { $0 == allocation }
            } else if image.isAllocated(allocation.number, in: allocation.space) {
                throw Refusal(409, "\(address) belongs to an object: delete its instance-ip, floating-ip or alias-ip instead")
            }
        }
        try save(object)
        return .object { _ in }
    }

    /// `{subnet_list: [prefix, …]}`: how many addresses of each are in use.
    private func countAddresses(of network: ObjectState, _ body: JSONValue) throws(Refusal) -> Reply {
        guard case .array(let list)? = body["subnet_list"] else {
            throw Refusal(400, "Bad Request, subnet_list must be an array of prefixes such as 10.1.0.0/24")
        }
        let plan = try addressPlan(of: network)
        var counts: [Int] = []
        for (index, entry) in list.enumerated() {
            let prefix: IPPrefix
            do { prefix = try IPPrefix(parsing: entry.string ?? "") } catch {
                throw Refusal(400, "subnet_list[\(index)]: \(error)")
            }
            let owner = plan.subnet(containing: prefix.network)?.owner ?? network.identity.uuid
            counts.append(addressesInUse(in: prefix, of: owner))
        }
        return .object { $0.member("ip_count_list", counts) }
    }
}
