// What the stanzas of one session ask for. An announcement or withdrawal comes in two halves: the publication, which says what the route is,
// and the association or dissociation, which says what becomes of it. They are put together here, by the name that both carry, and the entry
// is read, so that the work is done where the connection is and not where the tables are.

import NetworkTypes
import XMPP

/// What an agent asks for.
public enum AgentRequest: Sendable {
    case subscribe(Subscription)
    case unsubscribe(Subscription)
    case announce(RouteNode, AgentRoute)
    case withdraw(RouteNode, AgentRoute)
    case endOfRIB
    /// To configuration, named by virtual router or virtual machine.
    case subscribeConfiguration(node: String)
    case unsubscribeConfiguration(node: String)
    /// A route that makes no sense. The session goes on without it: one route must not cost all the others.
    case refused(node: String, reason: String)
}

/// Why a session cannot go on.
public struct AgentViolation: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// The stanzas of one session, in their order.
public struct AgentSpeech: Sendable {
    /// What may have been published without being completed.
    static let maximumHalves = 4096

    private let system: ASNumber
    private var halves: [String: Publication] = [:]

    /// - Parameter system: the AS that numbers security groups and tags.
    public init(system: ASNumber) { self.system = system }

    /// What a stanza asks for; nil when it asks for nothing yet, or is of a kind that is passed over.
    public mutating func request(_ payload: Stanza.Payload) throws(AgentViolation) -> AgentRequest? {
        switch payload {
        case .subscribe(let subscription):
            return ConfigurationPush.isConfiguration(subscription)
                ? .subscribeConfiguration(node: subscription.node) : .subscribe(subscription)
        case .unsubscribe(let subscription):
            return ConfigurationPush.isConfiguration(subscription)
                ? .unsubscribeConfiguration(node: subscription.node) : .unsubscribe(subscription)
        case .publish(let publication):
            guard halves.count < Self.maximumHalves else {
                throw AgentViolation("\(Self.maximumHalves) publications without the request that completes them")
            }
            halves[publication.node] = publication
            return nil
        case .associate(let instance, let node): return try complete(instance, node) { .announce($0, $1) }
        case .dissociate(let instance, let node): return try complete(instance, node) { .withdraw($0, $1) }
        case .endOfRIB: return .endOfRIB
        case .event, .configuration, .unknown: return nil
        }
    }

    private mutating func complete(
        _ instance: String, _ text: String, _ make: (RouteNode, AgentRoute) -> AgentRequest
    ) throws(AgentViolation) -> AgentRequest {
        guard let publication = halves.removeValue(forKey: text) else {
            throw AgentViolation("\(text) is announced or withdrawn without being published")
        }
        guard let node = RouteNode(text, instance: instance) else {
            return .refused(node: text, reason: "the name is none of a route of \(instance)")
        }
        guard let entry = publication.entries.first else { return .refused(node: text, reason: "the publication has no entry") }
        do {
            return make(node, try AgentRoute(family: node.table.family, entry: entry, system: system))
        } catch {
            return .refused(node: text, reason: "\(error)")
        }
    }
}
