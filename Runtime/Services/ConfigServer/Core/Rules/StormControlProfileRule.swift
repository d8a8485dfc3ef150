// storm-control-profile: limits for what a port floods.

import ConfigurationModel

struct StormControlProfileRule: Rule {
    let type = "storm-control-profile"

    private static let parameters = "storm_control_parameters"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard let parameters = try object.value(Self.parameters, as: StormControlParameters.self) else { return }
        if let percent = parameters.bandwidthPercent, !(1...100 ~= percent) {
            throw Refusal(400, "Invalid bandwidth percentage \(percent): \(Self.parameters).bandwidth_percent must be from 1 to 100")
        }
        if let seconds = parameters.recoveryTimeout, seconds != 0, !(10...3600 ~= seconds) {
            throw Refusal(400, "Invalid recovery timeout \(seconds): \(Self.parameters).recovery_timeout must be from 10 to 3600 seconds")
        }
        let chosen = [parameters.noMulticast, parameters.noRegisteredMulticast, parameters.noUnregisteredMulticast].filter { $0 ?? false }
        guard chosen.count <= 1 else {
            throw Refusal(
                400,
                "Cannot select more than one multicast traffic option: set one of no_multicast, no_registered_multicast and "
                    + "no_unregistered_multicast of \(Self.parameters)")
        }
    }
}
