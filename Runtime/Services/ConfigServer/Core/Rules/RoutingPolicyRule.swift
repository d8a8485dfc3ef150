// routing-policy: terms that control nodes, or physical routers, hold against routes. What devices are told must be in their notation.

import ConfigurationModel
import NetworkTypes

struct RoutingPolicyRule: Rule {
    let type = "routing-policy"

    static let kind = "term_type"
    private static let entries = "routing_policy_entries"
    /// Kinds of EVPN routes that devices know by number.
    private static let routeTypes = 1...10

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled([Self.kind], since: before, onceSet: true, status: 403)
        let isOfDevices = try object.value(Self.kind, as: TermType.self) == .networkDevice
        let system = try RouteTargets.system(in: draft).number
        for (index, term) in (try object.value(Self.entries, as: PolicyStatementType.self)?.term ?? []).enumerated() {
            let place = "\(Self.entries).term[\(index)]"
            for number in term.termActionList?.update?.asPath?.expand?.asnList ?? [] where number == system {
                throw Refusal(
                    400, "ASN can't be same as global system config asn \(system): \(place).term_action_list.update.as_path.expand.asn_list"
                )
            }
            if isOfDevices { try checkForDevices(term, place) }
        }
    }

    private func checkForDevices(_ term: PolicyTermType, _ place: String) throws(Refusal) {
        let actions = term.termActionList
        for (key, path) in [("as_path_expand", actions?.asPathExpand), ("as_path_prepend", actions?.asPathPrepend)] {
            guard let path, !path.isEmpty, !Self.isPath(path) else { continue }
            throw Refusal(400, "\(place).term_action_list.\(key) has invalid value \(path): write AS numbers separated by single blanks")
        }
        let condition = term.termMatchCondition
        for number in condition?.nlriRouteType ?? [] where !(Self.routeTypes ~= number) {
            throw Refusal(
                400,
                "\(number) is not a valid nlri_route_type (\(place).term_match_condition): it must be from 1 to \(Self.routeTypes.upperBound)"
            )
        }
        for (index, filter) in (condition?.routeFilter?.routeFilterProperties ?? []).enumerated() {
            try check(filter, "\(place).term_match_condition.route_filter.route_filter_properties[\(index)]")
        }
    }

    private static func isPath(_ text: String) -> Bool {
        text.split(separator: " ", omittingEmptySubsequences: false).allSatisfy { UInt32($0) != nil && $0.first != "+" }
    }

    private func check(_ filter: RouteFilterProperties, _ place: String) throws(Refusal) {
        guard let route = filter.route, !route.isEmpty else {
            throw Refusal(400, "\(place).route must be a prefix such as 10.1.0.0/16")
        }
        let prefix = try Subnets.prefix(route, "\(place).route")
        guard let kind = filter.routeType else {
            throw Refusal(400, "\(place).route_type is missing: it says how routes are compared with \(route)")
        }
        let value = filter.routeTypeValue ?? ""
        switch kind {
        case .prefixLengthRange:
            let bounds = value.split(separator: "-", omittingEmptySubsequences: false).map { Self.length(String($0), of: prefix) }
            guard bounds.count == 2, let low = bounds[0], let high = bounds[1], low <= high else {
                throw Refusal(
                    400, "\(place).route_type_value \(value) is not a range of lengths, in the form /24-/28, for prefix-length-range")
            }
        case .upto:
            guard Self.length(value, of: prefix) != nil else {
                throw Refusal(400, "\(place).route_type_value \(value) is not a length, in the form /28, for upto")
            }
        case .through: _ = try Subnets.prefix(value, "\(place).route_type_value")
        default: break
        }
    }

    /// The number behind a slash.
    private static func length(_ text: String, of prefix: IPPrefix) -> Int? {
        guard text.hasPrefix("/"), let length = Int(text.dropFirst()), 0...prefix.network.bitCount ~= length else { return nil }
        return length
    }
}
