// An agent's sessions with its control nodes: up to two at a time, out of a list of servers. Routes are exchanged with both; configuration
// comes from one of them, the first that came up, and from the other when that one is lost. A server that cannot be reached makes room for
// the next of the list that is not in use.

/// All sessions of an agent, as one machine: events in, actions out.
public struct ControlNodeSessions: Sendable {
    /// The most sessions at a time.
    public static let maximumSessions = 2

    public enum Action: Hashable, Sendable {
        case connect(session: Int, server: String)
        /// To be done for one session.
        case session(Int, ClientSession.Action)
        /// The session that configuration comes from from now on; nil while there is none. What the former sent is to be kept until the
        /// new one has sent its own.
        case configurationSource(Int?)
    }

    private struct Slot: Sendable {
        var session: ClientSession
        var server: Int
    }

    public private(set) var statements: AgentStatements
    private let servers: [String]
    private let name: String
    private var slots: [Slot]
    public private(set) var configurationSource: Int?
    private var stanzaNumber = 0

    /// - Parameters:
    ///   - servers: addresses with ports, the preferred first; their order is the caller's way to spread the agents.
    ///   - isComplete: see AgentStatements.
    public init(servers: [String], settings: ClientSession.Settings, isComplete: Bool = true) {
        self.servers = servers
        statements = AgentStatements(isComplete: isComplete)
        name = settings.name
        slots = (0..<min(servers.count, Self.maximumSessions)).map { Slot(session: ClientSession(settings), server: $0) }
    }

    public var states: [(server: String, state: ClientSession.State)] { slots.map { (servers[$0.server], $0.session.state) } }

    public mutating func start() -> [Action] { slots.indices.flatMap { handle(.start, session: $0) } }
    public mutating func stop() -> [Action] { slots.indices.flatMap { handle(.stop, session: $0) } }

    /// - Parameter jitter: see ClientSession.
    public mutating func handle(_ event: ClientSession.Event, session index: Int, jitter: Double = 0) -> [Action] {
        guard slots.indices.contains(index) else { return [] }
        var actions: [Action] = []
        for action in slots[index].session.handle(event, jitter: jitter) {
            switch action {
            case .connect: actions.append(.connect(session: index, server: servers[slots[index].server]))
            case .established:
                actions.append(.session(index, action))
                actions += send(statements.routesFromTheBeginning(), to: index)
                if configurationSource == nil { actions += takeConfiguration(from: index) }
            case .lost:
                actions.append(.session(index, action))
                moveOn(index)
                if configurationSource == index { actions += takeConfiguration(from: firstEstablished) }
            default: actions.append(.session(index, action))
            }
        }
        return actions
    }

    private var firstEstablished: Int? { slots.firstIndex { $0.session.state == .established } }

    /// The next server of the list that no session uses.
    private mutating func moveOn(_ index: Int) {
        for step in 1..<max(servers.count, 1) {
            let next = (slots[index].server + step) % servers.count
            guard slots.contains(where: { $0.server == next }) else {
                slots[index].server = next
                return
            }
        }
    }

    private mutating func takeConfiguration(from index: Int?) -> [Action] {
        configurationSource = index
        guard let index else { return [.configurationSource(nil)] }
        return [.configurationSource(index)] + send(statements.configurationFromTheBeginning(), to: index)
    }

    // MARK: Saying things

    /// Changes what is said about routes, and says it to all sessions that are up.
    public mutating func change(_ edit: (inout AgentStatements) -> [Stanza.Payload]) -> [Action] {
        let payloads = edit(&statements)
        guard !payloads.isEmpty else { return [] }
        return slots.indices.filter { slots[$0].session.state == .established }.flatMap { send(payloads, to: $0) }
    }

    /// Changes what configuration is subscribed to, and tells the session that configuration comes from.
    public mutating func changeConfiguration(_ edit: (inout AgentStatements) -> [Stanza.Payload]) -> [Action] {
        let payloads = edit(&statements)
        guard let configurationSource, !payloads.isEmpty else { return [] }
        return send(payloads, to: configurationSource)
    }

    private mutating func send(_ payloads: [Stanza.Payload], to index: Int) -> [Action] {
        payloads.map { payload in
            stanzaNumber += 1
            let stanza = Stanza.fromAgent(name, payload, number: stanzaNumber)
            return .session(index, .send(stanza.bytes))
        }
    }
}

extension Stanza {
    /// What an agent sends, with the receiver that the payload has and an identifier of the form that control nodes and people who read
    /// captures expect.
    public static func fromAgent(_ name: String, _ payload: Payload, number: Int) -> Stanza {
        var resource = Address.routes
        var label: String?
        switch payload {
        case .subscribe(let subscription), .unsubscribe(let subscription):
            let isConfiguration = [Subscription.virtualRouterPrefix, Subscription.virtualMachinePrefix].contains {
                subscription.node.hasPrefix($0)
            }
            if isConfiguration { resource = Address.configuration }
            if case .subscribe = payload { label = "subscribe" } else { label = "unsubscribe" }
        case .publish(let publication): label = "pubsub" + familyMark(publication.node)
        case .associate(_, let node), .dissociate(_, let node): label = "collection" + familyMark(node)
        case .configuration: resource = Address.configuration
        case .event, .endOfRIB, .unknown: break
        }
        return Stanza(
            from: Address(name), to: Address.controlNode.with(resource: resource), id: label.map { "\($0)\(number)" }, payload: payload)
    }

    private static func familyMark(_ node: String) -> String {
        switch TableNode.split(node)?.0 {
        case .ethernet: "_l2"
        case .multicast, .inetMulticastVPN: "_b"
        default: ""
        }
    }
}
