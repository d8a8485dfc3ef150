// global-system-config: there is one, and what it says about AS numbers and ports must suit what is there.

import Coding
import ConfigurationModel
import NetworkTypes

struct GlobalSystemConfigRule: Rule {
    let type = "global-system-config"

    private static let number = "autonomous_system"
    private static let hasLongNumbers = "enable_4byte_as"
    private static let ports = "bgpaas_parameters"
    private static let statistics = "user_defined_log_statistics"
    private static let standardPorts = 50000...50512

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if before == nil {
            var other: Identity?
            draft.image.forEachObject(of: object.type.number) { identity in
                other = identity
                return false
            }
            if let other { throw Refusal(400, "Global System Config already exists with name \(other.joinedName) (\(other.uuid))") }
        }
        let stored = before.map { ObjectDraft($0, object.type) }
        try checkNumber(object, stored, in: draft)
        try checkPorts(object, stored, in: draft)
        try checkStatistics(object)
        try SecurityDrafts.complete(object, replacing: before, in: &draft)
    }

    private func checkNumber(_ object: ObjectDraft, _ stored: ObjectDraft?, in draft: Draft) throws(Refusal) {
        var system = RouteTargets.System()
        system.hasLongNumbers = try object.value(Self.hasLongNumbers, as: Bool.self) ?? false
        guard let number = try object.value(Self.number, as: Int.self) else { return }
        system.number = number
        try system.checkRange(number)
        guard let stored, try number != stored.value(Self.number, as: Int.self) else { return }
        for (name, keys) in RouteTargets.holders {
            guard let type = draft.types.type(named: name) else { continue }
            var holders: [Identity] = []
            draft.image.forEachObject(of: type.number) { identity in
                holders.append(identity)
                return true
            }
            for holder in holders { try checkTargets(of: holder, type, keys, system, in: draft) }
        }
    }

    private func checkTargets(
        of holder: Identity, _ type: TypeEntry, _ keys: [String], _ system: RouteTargets.System, in draft: Draft
    ) throws(Refusal) {
        guard let state = draft.state(holder.uuid) else { return }
        for key in keys where state.properties[key] != nil {
            let targets = try ObjectDraft(state, type).value(key, as: RouteTargetList.self)?.routeTarget ?? []
            for text in targets where try !RouteTargets.isFree(RouteTargets.parse(text, key), system) {
                throw Refusal(
                    400,
                    "\(type.name) \(holder.joinedName) (\(holder.uuid)) is configured with a route target with this ASN \(system.number) and "
                        + "a value in the same range as used by automatically allocated route targets: \(text) in \(key)")
            }
        }
    }

    private func checkPorts(_ object: ObjectDraft, _ stored: ObjectDraft?, in draft: Draft) throws(Refusal) {
        guard let wanted = try object.value(Self.ports, as: BGPaaServiceParametersType.self) else { return }
        let start = wanted.portStart ?? Self.standardPorts.lowerBound
        let end = wanted.portEnd ?? Self.standardPorts.upperBound
        guard start <= end else {
            throw Refusal(400, "Invalid Port range specified: \(Self.ports).port_start \(start) is above port_end \(end)")
        }
        let old = try stored?.value(Self.ports, as: BGPaaServiceParametersType.self)
        guard start > old?.portStart ?? Self.standardPorts.lowerBound || end < old?.portEnd ?? Self.standardPorts.upperBound,
            let services = draft.types.type(named: "bgp-as-a-service"), draft.image.objectCount(of: services.number) > 0
        else { return }
        throw Refusal(400, "BGP Port range cannot be shrunk while there is a bgp-as-a-service, whose sessions may use the ports")
    }

    private func checkStatistics(_ object: ObjectDraft) throws(Refusal) {
        for entry in try object.value(Self.statistics, as: UserDefinedLogStatList.self)?.statlist ?? [] {
            guard let pattern = entry.pattern else { continue }
            do { _ = try Regex(pattern) } catch {
                throw Refusal(
                    400,
                    "Regex error in user-defined-log-statistics at \(entry.name ?? ""): \(pattern) is not a regular expression (\(error))")
            }
        }
    }
}
