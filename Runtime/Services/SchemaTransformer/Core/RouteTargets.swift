// Route targets: one of its own for every routing instance, from a range that is the system's, and those that a network is configured with.
//
// Nothing remembers who has which number but the configuration itself: a number is taken when the route target of that name exists, and
// belongs to the instance that refers to it. Creating the object claims the number, as names are unique; so two transformers can never give
// out one number, and one that dies between claiming and referring leaves an object that nobody refers to, which is deleted.

import ConfigurationModel
import Graph
import NetworkTypes

/// The part of the route targets of an autonomous system that is given out.
public struct RouteTargetRange: Hashable, Sendable {
    public let autonomousSystem: UInt32
    let numbers: ClosedRange<UInt32>

    /// An AS number of four bytes leaves two for the rest.
    public init(autonomousSystem: UInt32) {
        self.autonomousSystem = autonomousSystem
        numbers = autonomousSystem > 0xFFFF ? 8000...(1 << 15) : 8_000_000...(1 << 24)
    }

    func name(_ number: UInt32) -> String { "target:\(autonomousSystem):\(number)" }

    /// The number of a route target of this range; nil for any other.
    func number(_ name: String) -> UInt32? {
        let prefix = "target:\(autonomousSystem):"
        guard name.hasPrefix(prefix), let number = UInt32(name.dropFirst(prefix.count)), numbers.contains(number), self.name(number) == name
        else { return nil }
        return number
    }

    /// The route target to try when this one turns out to be taken.
    public func successor(of name: String) -> String? {
        guard let number = number(name), number < numbers.upperBound else { return nil }
        return self.name(number + 1)
    }
}

/// The route targets that exist, to find free ones.
struct RouteTargetNames: Sendable {
    private var taken: Set<String> = []
    /// Every number below it is taken.
    private var lowest: [RouteTargetRange: UInt32] = [:]

    mutating func insert(_ name: String) { taken.insert(name) }

    mutating func remove(_ name: String) {
        taken.remove(name)
        for (range, number) in lowest {
            if let freed = range.number(name), freed < number { lowest[range] = freed }
        }
    }

    /// The lowest free one, not given out again; nil when all are taken.
    mutating func take(from range: RouteTargetRange, notAmong reserved: inout Set<String>) -> String? {
        var number = lowest[range] ?? range.numbers.lowerBound
        while range.numbers.contains(number), taken.contains(range.name(number)) { number += 1 }
        lowest[range] = number
        while range.numbers.contains(number), taken.contains(range.name(number)) || reserved.contains(range.name(number)) { number += 1 }
        guard range.numbers.contains(number) else { return nil }
        reserved.insert(range.name(number))
        return range.name(number)
    }
}

enum RouteTargets {
    static let link = "instance-target"
    static let routerLink = "logical-router-target"
    static let system = NodeName(type: "global-system-config", name: "default-global-system-config")
    private static let standardAutonomousSystem = 64_512

    /// Instances that are not for virtual networks.
    static let exempt: Set<String> = [
        "default-domain:default-project:ip-fabric:__default__", "default-domain:default-project:__link_local__:__link_local__",
    ]

    static func range(_ evaluation: inout Evaluation) -> RouteTargetRange {
        let number = evaluation.value(of: system, "autonomous-system", as: Int.self) ?? standardAutonomousSystem
        return RouteTargetRange(autonomousSystem: UInt32(clamping: number))
    }

    /// `import`, `export` or nil for both, by the names of the targets that a network is configured with.
    static func configured(_ network: NodeName, _ evaluation: inout Evaluation) -> [String: String?] {
        func list(_ property: String, _ evaluation: inout Evaluation) -> Set<String> {
            let names = evaluation.value(of: network, property, as: RouteTargetList.self)?.routeTarget ?? []
            for name in names where (try? RouteTarget(parsing: name)) == nil {
                evaluation.problems.append("\(network): '\(name)' is no route target and is left out")
            }
            return Set(names.filter { (try? RouteTarget(parsing: $0)) != nil })
        }
        let both = list("route-target-list", &evaluation)
        let imported = list("import-route-target-list", &evaluation)
        let exported = list("export-route-target-list", &evaluation)
        var targets: [String: String?] = [:]
        for name in imported { targets[name] = .some("import") }
        for name in exported { targets[name] = .some("export") }
        for name in both.union(imported.intersection(exported)) { targets[name] = .some(nil) }
        return targets
    }
}
