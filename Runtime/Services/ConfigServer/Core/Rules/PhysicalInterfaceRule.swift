// physical-interface: a port of a device, known by its name there.

import ConfigurationModel

struct PhysicalInterfaceRule: UpgradingRule {
    let type = "physical-interface"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled(["display_name"], since: before, status: 403)
        try object.checkSettled(["physical_interface_type"], since: before, onceSet: true)
        if let device = object.identity.parent {
            if before == nil { try InterfaceNames.check(object, on: device, in: draft) }
            try AggregatedEthernet.takeNumber(of: object, on: device, in: &draft).map { object = $0 }
        }
        guard let segment = try object.value(EthernetSegments.identifier, as: String.self), !segment.isEmpty else { return }
        try EthernetSegments.check(segment)
        guard let logical = draft.types.type(named: "logical-interface") else { return }
        let interfaces = draft.children(of: object.identity, logical.number).map { ObjectDraft($0, logical) }
        if !interfaces.isEmpty { try EthernetSegments.check(interfaces, of: object.identity, segment, in: draft) }
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool { state.allocations.isEmpty }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard object.allocations.isEmpty, let device = object.identity.parent,
            let completed = try AggregatedEthernet.takeNumber(of: object, on: device, in: &draft)
        else { return }
        try draft.save(completed)
    }
}

enum InterfaceNames {
    /// The name that a device knows an interface by is that of no physical interface of it.
    static func check(_ object: ObjectDraft, on device: Identity, in draft: Draft) throws(Refusal) {
        guard let type = draft.types.type(named: "physical-interface"), let name = try object.value("display_name", as: String.self) else {
            return
        }
        for other in draft.children(of: device, type.number) where other.identity !== object.identity {
            guard try ObjectDraft(other, type).value("display_name", as: String.self) == name else { continue }
            throw Refusal(
                403, "Display name already used in another interface: \(other.identity.uuid) of \(device.shortName) is called \(name), too")
        }
    }
}
