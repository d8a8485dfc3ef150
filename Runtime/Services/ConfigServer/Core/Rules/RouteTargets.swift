// Route targets that users configure, beside those that the system gives out: both are numbers below the system's own AS number, so the
// range that the system uses is closed to users.

import ConfigurationModel
import NetworkTypes

enum RouteTargets {
    static let networkLists = ["route_target_list", "import_route_target_list", "export_route_target_list"]
    static let routerLists = ["configured_route_target_list"]

    /// The types whose objects have such lists.
    static let holders = [("virtual-network", networkLists), ("logical-router", routerLists)]

    /// What the global settings say about AS numbers.
    struct System {
        var number = 64512
        var hasLongNumbers = false

        var greatestNumber: Int { hasLongNumbers ? 0xFFFF_FFFF : 0xFFFF }

        func checkRange(_ number: Int) throws(Refusal) {
            guard 1...greatestNumber ~= number else {
                let advice = hasLongNumbers ? "" : "; set enable_4byte_as of the global-system-config for larger ones"
                throw Refusal(400, "ASN out of range, should be between 1-\(hasLongNumbers ? "0xFFFFFFFF" : "0xFFFF"): \(number)\(advice)")
            }
        }

        /// Numbers that the system gives out itself.
        var ownTargets: ClosedRange<UInt32> { number > 0xFFFF || hasLongNumbers ? 8000...(1 << 15) : 8_000_000...(1 << 24) }
    }

    static func system(in draft: Draft) throws(Refusal) -> System {
        var system = System()
        guard let object = draft.globalSystem.flatMap({ draft.current($0) }) else { return system }
        system.number = try object.value("autonomous_system", as: Int.self) ?? system.number
        system.hasLongNumbers = try object.value("enable_4byte_as", as: Bool.self) ?? false
        return system
    }

    /// Checks the lists that a change touches.
    static func check(_ object: ObjectDraft, _ keys: [String], replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        for key in keys {
            guard case .property(let index)? = object.type.members[key], let list = object.properties[index],
                before?.properties[key].map({ $0.elementsEqual(list) }) != true,
                let targets = try object.value(key, as: RouteTargetList.self)?.routeTarget
            else { continue }
            let system = try system(in: draft)
            for text in targets {
                let target = try parse(text, key)
                if let number = autonomousSystem(target) { try system.checkRange(number) }
                guard isFree(target, system) else {
                    throw Refusal(
                        400,
                        "Configured route target must use ASN that is different from global ASN or route target value must be less than "
                            + "\(system.ownTargets.lowerBound) or greater than \(system.ownTargets.upperBound): \(key) has \(text)")
                }
            }
        }
    }

    static func parse(_ text: String, _ place: String) throws(Refusal) -> NetworkTypes.RouteTarget {
        do { return try NetworkTypes.RouteTarget(parsing: text) } catch {
            throw Refusal(
                400, "Route target must be of the format 'target:<asn>:<number>' or 'target:<ip>:<number>': \(place) has \(text)")
        }
    }

    static func isFree(_ target: NetworkTypes.RouteTarget, _ system: System) -> Bool {
        autonomousSystem(target) != system.number || !(system.ownTargets ~= target.number.number)
    }

    private static func autonomousSystem(_ target: NetworkTypes.RouteTarget) -> Int? {
        switch target.number {
        case .autonomousSystem2(let number, _): Int(number)
        case .autonomousSystem4(let number, _): Int(number.rawValue)
        case .address: nil
        }
    }
}
