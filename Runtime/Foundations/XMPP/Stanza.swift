// What agents and control nodes say to each other, as values: subscriptions to routing instances and to configuration, publications of
// routes in their two halves, events that carry routes to agents, configuration. The basis is draft-ietf-l3vpn-end-system on the nodes of
// XEP-0060; the forms are those of the systems that exist.

/// One stanza.
public struct Stanza: Hashable, Sendable {
    public var from: Address
    public var to: Address
    /// Only a label: nothing is ever answered.
    public var id: String?
    public var payload: Payload

    public init(from: Address, to: Address, id: String? = nil, payload: Payload) {
        self.from = from
        self.to = to
        self.id = id
        self.payload = payload
    }

    public enum Payload: Hashable, Sendable {
        /// To a routing instance (`/bgp-peer`), or to the configuration around a virtual router or virtual machine (`/config`).
        case subscribe(Subscription)
        case unsubscribe(Subscription)
        /// The first half of an announcement or withdrawal: what the route is.
        case publish(Publication)
        /// The second half of an announcement: the route named by `node` belongs to `instance` now.
        case associate(instance: String, node: String)
        /// The second half of a withdrawal.
        case dissociate(instance: String, node: String)
        /// Routes from a control node.
        case event(RouteEvent)
        /// All routes that the sender had when the session came up were sent.
        case endOfRIB
        /// Configuration from a control node; the order counts.
        case configuration([ConfigurationStatement])
        /// Something else, named by its element: to be ignored.
        case unknown(String)
    }
}

/// A subscription, or its end.
public struct Subscription: Hashable, Sendable {
    /// A routing instance by name, or `virtual-router:NAME`, or `virtual-machine:UUID`.
    public var node: String
    /// The agent's index of the routing instance, which becomes part of route distinguishers.
    public var instanceID: UInt32?
    /// The agent only publishes: no routes are to be sent to it.
    public var isSourceOnly: Bool

    public init(node: String, instanceID: UInt32? = nil, isSourceOnly: Bool = false) {
        self.node = node
        self.instanceID = instanceID
        self.isSourceOnly = isSourceOnly
    }

    /// What follows `virtual-router:` in the name of a virtual router's configuration.
    public static let virtualRouterPrefix = "virtual-router:"
    public static let virtualMachinePrefix = "virtual-machine:"

    /// To the configuration around a virtual router.
    ///
    /// - Parameter virtualRouter: its fully qualified name joined with colons.
    public static func configuration(virtualRouter: String) -> Subscription { Subscription(node: virtualRouterPrefix + virtualRouter) }
    /// To the configuration around a virtual machine.
    public static func configuration(virtualMachine uuid: String) -> Subscription { Subscription(node: virtualMachinePrefix + uuid) }
}

/// The first half of an announcement or a withdrawal.
public struct Publication: Hashable, Sendable {
    /// The route's name: see RouteNode.
    public var node: String
    /// `<entry>…</entry>`, one for each item; in practice there is one.
    public var entries: [[UInt8]]

    public init(node: String, entries: [[UInt8]]) {
        self.node = node
        self.entries = entries
    }
}

/// Routes of one table from a control node: new or changed ones, and ones that are gone.
public struct RouteEvent: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// The control node's name of the route: of a unicast route its prefix.
        public var id: String
        /// `<entry>…</entry>`.
        public var entry: [UInt8]

        public init(id: String, entry: [UInt8]) {
            self.id = id
            self.entry = entry
        }
    }
    /// The table: see TableNode.
    public var node: String
    public var items: [Item]
    /// Names of routes that are gone.
    public var retracts: [String]

    public init(node: String, items: [Item] = [], retracts: [String] = []) {
        self.node = node
        self.items = items
        self.retracts = retracts
    }
}
