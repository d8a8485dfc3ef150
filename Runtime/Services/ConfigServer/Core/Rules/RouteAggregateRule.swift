// route-aggregate: prefixes that stand for the routes of a service chain.

import ConfigurationModel
import NetworkTypes

struct RouteAggregateRule: Rule {
    let type = "route-aggregate"

    private static let entries = "aggregate_route_entries"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let services = object.targets("service-instance", draft.types)
        guard services.count <= 1 else {
            throw Refusal(
                400,
                "Route-Aggregate objects can refer to only one service instance: it has "
                    + services.map(\.joinedName).joined(separator: ", "))
        }
        var first: IPPrefix?
        for (index, text) in (try object.value(Self.entries, as: RouteListType.self)?.route ?? []).enumerated() {
            let prefix = try Subnets.prefix(text, "\(Self.entries).route[\(index)]")
            if let first, first.network.bitCount != prefix.network.bitCount {
                throw Refusal(400, "All prefixes in a route aggregate object must be of same ip family: \(first) and \(prefix)")
            }
            first = prefix
        }
    }
}
