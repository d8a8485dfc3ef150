// Where the addresses of a virtual network come from: its own subnets, and those of the flat IP address managements that it refers to.
//
// An address in use is an allocation of the object that has it, so it is taken and given back in the same transaction as the object. The
// space of an allocation names who owns the subnet: two networks may use the same addresses, two networks on one flat IP address
// management may not.

import Coding
import ConfigurationModel
import NetworkTypes

/// The subnets that an address can be taken from, in the order in which they are tried.
struct AddressPlan {
    struct Subnet {
        let uuid: String
        let prefix: IPPrefix
        let gateway: IPAddress?
        let service: IPAddress?
        /// What may be given out unasked. Anything else in the prefix can be asked for.
        var pools: [ClosedRange<IPAddress>]
        let fromStart: Bool
        /// Addresses are given out in blocks of so many, of which the first stands for all: a power of two.
        let unit: UInt64
        /// The virtual network, or the flat IP address management.
        let owner: UUIDValue

        /// Never given out; asking for the gateway or the service address by name shares it.
        var reserved: [IPAddress] {
            // The first and last address mean the subnet itself and everybody in it, unless it has only one or two.
            let ends = prefix.network.bitCount - prefix.length >= 2 ? [prefix.first, prefix.last] : []
            return ends + [gateway, service].compactMap { $0 }
        }

        func shares(_ address: IPAddress) -> Bool { address == gateway || address == service }
    }

    let subnets: [Subnet]

    func subnet(containing address: IPAddress) -> Subnet? { subnets.first { $0.prefix.contains(address) } }

    /// The flat subnets of one IP address management.
    init(flat ipam: ObjectState, _ types: TypeTable) throws(Refusal) {
        let stored = try ObjectDraft(ipam, types[ipam.identity.type]).value("ipam_subnets", as: IpamSubnets.self)
        subnets = (stored?.subnets ?? []).compactMap { Subnet($0, owner: ipam.identity.uuid) }
    }

    /// The subnets of a network with these references, as its mode of address allocation orders them.
    init(
        network: UUIDValue, _ references: [ObjectReference], mode: AddressAllocationModeType?, in draft: Draft
    ) throws(Refusal) {
        var own: [Subnet] = []
        var flat: [Subnet] = []
        for reference in references where draft.types[reference.target.type].name == "network-ipam" {
            if let data = reference.data {
                let subnets: VnSubnetsType
                do { subnets = try VnSubnetsType(json: data) } catch {
                    throw Refusal("The stored reference is damaged: ", error, in: "network_ipam_refs")
                }
                own += (subnets.ipamSubnets ?? []).compactMap { Subnet($0, owner: network) }
            }
            if let ipam = draft.state(reference.target.uuid) { flat += try AddressPlan(flat: ipam, draft.types).subnets }
        }
        subnets =
            switch mode {
            case .flatSubnetOnly: flat
            case .flatSubnetPreferred: flat + own
            case .userDefinedSubnetOnly: own
            default: own + flat
            }
    }
}

extension AddressPlan.Subnet {
    /// A completed subnet (Subnets.swift); nil when it has no prefix.
    init?(_ subnet: IpamSubnetType, owner: UUIDValue) {
        func address(_ text: String?) -> IPAddress? {
            // Stored subnets were checked when they were written; all zeros mean that there is no such address.
            guard let text, let address = try? IPAddress(parsing: text), !address.isUnspecified else { return nil }
            return address
        }
        guard let network = subnet.subnet.flatMap({ $0.ipPrefix }).flatMap({ try? IPAddress(parsing: $0) }),
            let length = subnet.subnet?.ipPrefixLen, 0...network.bitCount ~= length
        else { return nil }
        prefix = IPPrefix(network, length: length)
        uuid = subnet.subnetUuid ?? ""
        gateway = address(subnet.defaultGateway)
        service = address(subnet.dnsServerAddress)
        fromStart = subnet.addrFromStart ?? false
        unit = UInt64(max(1, subnet.allocUnit ?? 1))
        // Pools for vRouters to hand out themselves are not the server's.
        let ranges = (subnet.allocationPools ?? []).filter { $0.vrouterSpecificPool != true }.compactMap(\.range)
        pools = ranges.isEmpty ? [prefix.first...prefix.last] : ranges
        self.owner = owner
    }
}

extension AddressPlan.Subnet {
    /// The subnet with those of some pools that are in it, if there are any.
    func limited(to shares: [AllocationPoolType]) -> AddressPlan.Subnet {
        var subnet = self
        let ranges = shares.compactMap(\.range).filter { prefix.contains($0.lowerBound) && prefix.contains($0.upperBound) }
        if !ranges.isEmpty { subnet.pools = ranges }
        return subnet
    }
}

extension AllocationPoolType {
    /// nil for pools that are none.
    fileprivate var range: ClosedRange<IPAddress>? {
        guard let start = start.flatMap({ try? IPAddress(parsing: $0) }), let end = end.flatMap({ try? IPAddress(parsing: $0) }),
            start.bitCount == end.bitCount, start <= end
        else { return nil }
        return start...end
    }
}

extension IPAddress {
    /// What having the address means: IPv4 addresses are one space, IPv6 addresses one for each 64 leading bits.
    func allocation(of owner: UUIDValue) -> Allocation {
        switch self {
        case .v4(let address): Allocation(space: "address/\(owner)/4", number: UInt64(address.rawValue))
        case .v6(let address): Allocation(space: "address/\(owner)/\(String(address.high, radix: 16))", number: address.low)
        }
    }

    /// The address with the same leading bits whose allocation has another number.
    fileprivate func replacingNumber(_ number: UInt64) -> IPAddress {
        switch self {
        case .v4: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))
        case .v6(let address): .v6(IPv6Address(high: address.high, low: number))
        }
    }
}

extension Draft {
    /// The plan of a network as it is stored.
    func addressPlan(of network: ObjectState) throws(Refusal) -> AddressPlan {
        let mode = try ObjectDraft(network, types[network.identity.type])
            .value("address_allocation_mode", as: AddressAllocationModeType.self)
        return try AddressPlan(network: network.identity.uuid, network.references, mode: mode, in: self)
    }

    /// Gives `object` an address of the subnet that nobody has: the highest one, or the lowest where the subnet says so.
    mutating func takeAddress(from subnet: AddressPlan.Subnet, for object: inout ObjectDraft) -> IPAddress? {
        for pool in subnet.fromStart ? subnet.pools : subnet.pools.reversed() {
            if let address = takeAddress(in: pool, of: subnet, for: &object) { return address }
        }
        return nil
    }

    private mutating func takeAddress(
        in pool: ClosedRange<IPAddress>, of subnet: AddressPlan.Subnet, for object: inout ObjectDraft
    ) -> IPAddress? {
        // A pool that spans several spaces has more addresses than anybody can use up in the one at its end.
        let end = subnet.fromStart ? pool.lowerBound : pool.upperBound
        let space = end.allocation(of: subnet.owner).space
        let lower = pool.lowerBound.allocation(of: subnet.owner)
        let upper = pool.upperBound.allocation(of: subnet.owner)
        var low = lower.space == space ? lower.number : 0
        var high = upper.space == space ? upper.number : UInt64.max
        let mask = ~(subnet.unit - 1)
        while low <= high {
            let found = subnet.fromStart ? image.lowestFree(in: space, low...high) : image.highestFree(in: space, low...high)
            guard let found else { return nil }
            // Blocks begin at multiples of their size.
            let number = subnet.fromStart ? (found & mask == found ? found : (found & mask) &+ subnet.unit) : found & mask
            guard low...high ~= number else { return nil }
            let address = end.replacingNumber(number)
            if !subnet.reserved.contains(address), take(Allocation(space: space, number: number), for: &object) { return address }
            if subnet.fromStart {
                guard number < UInt64.max - subnet.unit else { return nil }
                low = number + subnet.unit
            } else {
                guard number >= subnet.unit else { return nil }
                high = number - 1
            }
        }
        return nil
    }

    /// Whether anybody has an address in the prefix.
    func isInUse(_ subnet: AddressPlan.Subnet) -> Bool { addressesInUse(in: subnet.prefix, of: subnet.owner) > 0 }

    /// How many addresses of the prefix somebody has; of prefixes shorter than /64, those of the first 2^64 addresses.
    func addressesInUse(in prefix: IPPrefix, of owner: UUIDValue) -> Int {
        let first = prefix.first.allocation(of: owner)
        let last = prefix.last.allocation(of: owner)
        return image.allocatedCount(in: first.space, first.number...(last.space == first.space ? last.number : UInt64.max))
    }
}
