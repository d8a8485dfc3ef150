// What should be, less what is, one kind of object at a time.

import Coding
import ConfigurationModel
import Graph

extension Transformer {
    // MARK: Route targets

    /// The target of an instance's own, and for a network's default instance those that the network is configured with.
    static func targets(
        of instance: NodeName, _ names: inout RouteTargetNames, _ reserved: inout Set<String>, _ evaluation: inout Evaluation
    ) -> [Write] {
        guard evaluation.reader.contains(instance), !RouteTargets.exempt.contains(instance.name) else { return [] }
        let range = RouteTargets.range(&evaluation)
        var desired: [String: String?] = [:]
        var actual: [String: String?] = [:]
        for target in evaluation.reader.neighbours(of: instance, along: RouteTargets.link) {
            let data = evaluation.data(of: LinkName(RouteTargets.link, instance, target), as: InstanceTargetType.self)
            actual[target.name] = .some(data?.importExport?.rawValue)
        }
        var writes: [Write] = []
        // Should two instances ever have one number, the first keeps it.
        let own = actual.keys.filter { name in
            guard range.number(name) != nil else { return false }
            let users = evaluation.reader.neighbours(of: NodeName(type: "route-target", name: name), along: RouteTargets.link)
            return users.first == instance
        }
        if let kept = own.min() {
            desired[kept] = .some(nil)
        } else if let proposal = names.take(from: range, notAmong: &reserved) {
            writes.append(.allocateTarget(instance: instance, proposal: proposal, range: range))
        } else {
            evaluation.problems.append("\(instance): every route target of AS \(range.autonomousSystem) is taken")
        }
        if let network = instance.networkOfDefaultInstance {
            for (name, use) in RouteTargets.configured(network, &evaluation) { desired[name] = use }
        } else {
            // What else such an instance uses is the business of whoever made it.
            for (name, use) in actual where range.number(name) == nil { desired[name] = use }
        }
        for (name, use) in desired where actual[name] != .some(use) {
            let target = NodeName(type: "route-target", name: name)
            if !evaluation.reader.contains(target) { writes.append(.createTarget(target)) }
            writes.append(.addTarget(instance: instance, target: target, use: use))
        }
        for name in actual.keys where desired[name] == nil {
            writes.append(.removeTarget(instance: instance, target: NodeName(type: "route-target", name: name)))
        }
        return writes
    }

    // MARK: Connections

    /// Of the two networks of a connection, the one whose name comes first sees to it.
    static func connections(of network: NodeName, _ partners: Set<NodeName>, _ evaluation: inout Evaluation) -> [Write] {
        let instance = network.defaultInstance
        guard evaluation.reader.contains(instance) else { return [] }
        var writes: [Write] = []
        let actual = evaluation.reader.neighbours(of: instance, along: connectionLink)
        for other in partners.sorted() where network < other {
            let target = other.defaultInstance
            if evaluation.reader.contains(target), !actual.contains(target) { writes.append(.connect(instance, target)) }
        }
        for target in actual where instance < target {
            // Connections of other instances belong to service chains.
            guard let other = target.networkOfDefaultInstance, !partners.contains(other) else { continue }
            writes.append(.disconnect(instance, target))
        }
        return writes
    }

    // MARK: Access lists

    /// - Parameter rules: nil when there must be no such list.
    static func difference(
        below parent: NodeName, _ link: String, _ name: String, _ rules: [AccessRule]?, isDynamic: Bool, _ evaluation: inout Evaluation
    ) -> [Write] {
        guard evaluation.reader.contains(parent) else { return [] }
        let list = NodeName(type: "access-control-list", name: "\(parent.name):\(name)")
        let exists = evaluation.reader.neighbours(of: parent, along: link).contains(list)
        guard let rules else { return exists ? [.deleteAccessList(list)] : [] }
        let desired: [UInt8]
        do {
            desired = try rules.entries(isDynamic: isDynamic)
        } catch {
            evaluation.problems.append("\(list): cannot be written: \(error)")
            return []
        }
        let actual = exists ? evaluation.value(of: list, "access-control-list-entries", as: AclEntriesType.self)?.json() : nil
        return actual == desired ? [] : [.putAccessList(list, below: parent, entries: desired)]
    }
}
