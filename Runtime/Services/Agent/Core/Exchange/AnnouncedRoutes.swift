// What was announced, and what has to be said when the plan changes. Only routes that differ are written anew.

import XMPP

public struct AnnouncedRoutes: Sendable {
    private var publications: Set<RoutePublication> = []
    /// A name can belong to several publications: workloads here that share an address. The control node is told one of them.
    private var byNode: [RouteNode: Set<RoutePublication>] = [:]

    public init() {}

    public var count: Int { byNode.count }

    /// Says the difference between what was announced and what shall be.
    public mutating func change(to wanted: Set<RoutePublication>, _ statements: inout AgentStatements) -> [Stanza.Payload] {
        let gone = publications.subtracting(wanted)
        let new = wanted.subtracting(publications)
        publications = wanted
        var touched: Set<RouteNode> = []
        for publication in gone {
            let node = RouteNode(publication)
            touched.insert(node)
            byNode[node]?.remove(publication)
            if byNode[node]?.isEmpty == true { byNode[node] = nil }
        }
        for publication in new {
            let node = RouteNode(publication)
            touched.insert(node)
            byNode[node, default: []].insert(publication)
        }
        return touched.map { ($0.description, $0) }.sorted { $0.0 < $1.0 }.flatMap { _, node in
            if let best = byNode[node]?.min(by: Self.isPreferred) {
                statements.announce(node, entry: RouteAnnouncement(best).entry)
            } else {
                statements.withdraw(node)
            }
        }
    }

    /// The address that is known to be in use, else the lowest label: the same choice whatever the order of things.
    private static func isPreferred(_ a: RoutePublication, _ b: RoutePublication) -> Bool {
        (-a.preference, a.nextHop.label, a.network) < (-b.preference, b.nextHop.label, b.network)
    }
}
