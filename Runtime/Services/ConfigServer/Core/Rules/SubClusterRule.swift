// sub-cluster: the AS number of a part of the platform, and a number of its own that routes carry beside it.

import ConfigurationModel

struct SubClusterRule: UpgradingRule {
    let type = "sub-cluster"

    static let space = "sub-clusters"
    private static let identifier = "sub_cluster_id"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled(["sub_cluster_asn"], since: before)
        // The community that carries both numbers has six bytes for them.
        let system = try RouteTargets.system(in: draft)
        let numbers: ClosedRange<UInt64> = system.number > 0xFFFF ? 1...0xFFFF : 1...0xFFFF_FFFF
        guard let number = try object.value(Self.identifier, as: UInt64.self) else {
            let held = object.allocations.first { $0.space == Self.space }?.number
            let given = if let held { held } else { try draft.allocate(Self.space, numbers, to: &object) }
            object.setValue(Self.identifier, given)
            return
        }
        guard numbers ~= number else {
            throw Refusal(
                400,
                "Requested ID \(number) is out of the range: \(Self.identifier) must be from 1 to \(numbers.upperBound) with the global "
                    + "autonomous system \(system.number)")
        }
        guard draft.exchange(Self.space, for: number, of: &object) else {
            throw Refusal(
                400, "Sub-cluster ID '\(number)' is already used, choose another one, or leave \(Self.identifier) out to be given one")
        }
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool { state.allocations.isEmpty }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard !object.allocations.contains(where: { $0.space == Self.space }) else { return }
        var completed = object
        try complete(&completed, replacing: draft.state(object.identity.uuid), in: &draft)
        try draft.save(completed)
    }
}
