// What an agent says to its control nodes: the routing instances and the configuration that it subscribes to, the routes that it announces.
// Kept as what is wanted, so that a control node that comes back, or a second one, is told all of it by the same code.

/// All that an agent says, and how it says a change of it.
public struct AgentStatements: Sendable {
    private var instances: [String: Subscription] = [:]
    private var configuration: Set<String> = []
    /// By instance and name, so that those of an instance are found.
    private var routes: [String: [String: [UInt8]]] = [:]
    /// Everything that the agent has was said here.
    public private(set) var isComplete: Bool

    /// - Parameter isComplete: false for an agent that has just started and does not know yet what it will say. Control nodes remember what it said before
    ///   it was started, until they are told that it has said everything.
    public init(isComplete: Bool = true) { self.isComplete = isComplete }

    /// The agent has said everything that it has.
    public mutating func complete() -> [Stanza.Payload] {
        guard !isComplete else { return [] }
        isComplete = true
        return [.endOfRIB]
    }

    public var routeCount: Int { routes.values.reduce(0) { $0 + $1.count } }

    // MARK: Routes

    /// Subscribes to a routing instance. With other options than before the subscription is made anew, and its routes announced again: a
    /// control node closes the session of who subscribes twice.
    public mutating func subscribe(instance: String, id: UInt32?, isSourceOnly: Bool = false) -> [Stanza.Payload] {
        let subscription = Subscription(node: instance, instanceID: id, isSourceOnly: isSourceOnly)
        let old = instances.updateValue(subscription, forKey: instance)
        guard old != subscription else { return [] }
        let again = old.map { [Stanza.Payload.unsubscribe($0)] } ?? []
        return again + [.subscribe(subscription)] + announcements(of: instance)
    }

    /// Ends a subscription; the control node withdraws the instance's routes, and they are forgotten here.
    public mutating func unsubscribe(instance: String) -> [Stanza.Payload] {
        routes[instance] = nil
        guard let old = instances.removeValue(forKey: instance) else { return [] }
        return [.unsubscribe(old)]
    }

    /// Announces a route, or announces it with another entry. Before its instance is subscribed to, nothing is said.
    ///
    /// - Parameter entry: `<entry>…</entry>`.
    public mutating func announce(_ node: RouteNode, entry: [UInt8]) -> [Stanza.Payload] {
        let instance = node.table.instance
        let name = node.description
        let old = routes[instance, default: [:]].updateValue(entry, forKey: name)
        guard old != entry, instances[instance] != nil else { return [] }
        return Self.announcement(instance, name, entry)
    }

    /// Withdraws a route. The publication is repeated: a control node that exists wants both halves.
    public mutating func withdraw(_ node: RouteNode) -> [Stanza.Payload] {
        let instance = node.table.instance
        let name = node.description
        guard let entry = routes[instance]?.removeValue(forKey: name) else { return [] }
        guard instances[instance] != nil else { return [] }
        return [
            .publish(Publication(node: name, entries: [entry])), .dissociate(instance: instance, node: name),
        ]
    }

    private static func announcement(_ instance: String, _ name: String, _ entry: [UInt8]) -> [Stanza.Payload] {
        [.publish(Publication(node: name, entries: [entry])), .associate(instance: instance, node: name)]
    }

    private func announcements(of instance: String) -> [Stanza.Payload] {
        (routes[instance] ?? [:]).sorted { $0.key < $1.key }.flatMap { Self.announcement(instance, $0.key, $0.value) }
    }

    /// Everything about routes, for a control node that knows nothing: subscriptions, announcements, and if this is all, the end.
    public func routesFromTheBeginning() -> [Stanza.Payload] {
        let subscriptions = instances.sorted { $0.key < $1.key }
        return subscriptions.map { .subscribe($0.value) } + subscriptions.flatMap { announcements(of: $0.key) }
            + (isComplete ? [.endOfRIB] : [])
    }

    // MARK: Configuration

    public mutating func subscribe(configuration subscription: Subscription) -> [Stanza.Payload] {
        configuration.insert(subscription.node).inserted ? [.subscribe(subscription)] : []
    }

    public mutating func unsubscribe(configuration subscription: Subscription) -> [Stanza.Payload] {
        configuration.remove(subscription.node) != nil ? [.unsubscribe(subscription)] : []
    }

    /// Everything about configuration. Virtual routers come first: control nodes that exist look at nothing before.
    public func configurationFromTheBeginning() -> [Stanza.Payload] {
        func isRouter(_ node: String) -> Bool { node.hasPrefix(Subscription.virtualRouterPrefix) }
        return configuration.sorted { (isRouter($0) ? 0 : 1, $0) < (isRouter($1) ? 0 : 1, $1) }.map { .subscribe(Subscription(node: $0)) }
    }
}
