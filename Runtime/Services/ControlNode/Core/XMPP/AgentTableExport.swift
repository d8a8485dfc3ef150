// The routes of a table as its agents are told of them, encoded once for all of them.

import NetworkTypes

/// What the agents of a table are told.
struct AgentTableExport: Sendable {
    var subscribers: Set<PeerID> = []
    /// `<entry>…</entry>` of every route that can be used.
    var entries: [RouteKey: [UInt8]] = [:]
    /// Who wants the broadcasts of the network, by Ethernet tag.
    var members: [UInt32: [RouteKey: Path]] = [:]

    /// The name under which an agent's part in a flood is in its output: it stands for all memberships of the tag.
    static func floodKey(_ tag: UInt32) -> RouteKey { RouteKey(.evpn(.inclusiveMulticast(ethernetTag: tag, originator: .v4(.any)))) }
}
