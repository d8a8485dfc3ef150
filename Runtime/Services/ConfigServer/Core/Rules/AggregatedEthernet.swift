// Aggregated Ethernet interfaces: `ae3` bundles ports of one device. Each device has its own numbers, which bundles of virtual port groups
// get and interfaces that are named so have.

import Coding
import ConfigurationModel
import NetworkTypes

enum AggregatedEthernet {
    private static let numbers: ClosedRange<UInt64> = 0...127
    private static let prefix = "ae"

    static func space(_ device: Identity) -> String { "aggregated-ethernet/\(device.uuid)" }

    /// An interface by the name of a bundle has its number. nil when nothing changes.
    static func takeNumber(of interface: ObjectDraft, on device: Identity, in draft: inout Draft) throws(Refusal) -> ObjectDraft? {
        guard let number = number(ofName: interface)?.number else { return nil }
        var interface = interface
        guard draft.exchange(space(device), for: number, of: &interface) else {
            throw Refusal(
                403,
                "Interface \(interface.identity.shortName) can't get AE-ID \(number) because it is already occupied on \(device.shortName) "
                    + "physical router: choose another number")
        }
        return interface
    }

    /// The number that an interface has by its name: `ae3`. Nil for any other name, and for one on no device.
    static func number(ofName interface: ObjectDraft) -> Allocation? {
        let name = interface.identity.shortName.lowercased()
        guard let device = interface.identity.parent, name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.utf8.count)),
            numbers ~= number
        else { return nil }
        return Allocation(space: space(device), number: number)
    }

    /// Gives a group of ports one number on each of their devices; a single port needs none.
    static func number(_ group: inout ObjectDraft, in draft: inout Draft) throws(Refusal) {
        let ports = group.references(to: "physical-interface", draft.types)
        var held: [UUIDValue: UInt64] = [:]
        var kept: Set<String> = []
        if ports.count >= 2 {
            for device in ports.compactMap(\.target.parent) where held[device.uuid] == nil {
                let space = space(device)
                kept.insert(space)
                let number = group.allocations.first { $0.space == space }?.number
                held[device.uuid] = if let number { number } else { try draft.allocate(space, numbers, to: &group) }
            }
        }
        group.allocations.removeAll { $0.space.hasPrefix("aggregated-ethernet/") && !kept.contains($0.space) }
        for index in group.references.indices where draft.types[group.references[index].target.type].name == "physical-interface" {
            let number = group.references[index].target.parent.flatMap { held[$0.uuid] }
            var data = try group.references[index].value(as: VpgInterfaceParametersType.self)
            guard data?.aeNum != number.map(Int.init) else { continue }
            data = data ?? VpgInterfaceParametersType()
            data?.aeNum = number.map(Int.init)
            group.references[index].data = data?.json()
        }
    }
}
