// Which agent has which number, and which session at the moment. Read and written from every event loop.

import ControlNodeCore
import Synchronization

/// The agents of a control node by name and number.
final class AgentDirectory: Sendable {
    private struct Entries {
        var ids: [String: PeerID] = [:]
        var sessions: [PeerID: AgentSession] = [:]
    }
    private let entries = Mutex(Entries())

    /// An agent opened its stream. Its number is the same each time; the session that it had is returned, to be closed.
    func open(_ name: String, _ session: AgentSession) -> (id: PeerID, former: AgentSession?) {
        entries.withLock { entries in
            let id = entries.ids[name] ?? PeerID(AgentExchange.firstPeer + UInt32(entries.ids.count))
            entries.ids[name] = id
            return (id, entries.sessions.updateValue(session, forKey: id))
        }
    }

    /// A session ended. False: the agent has another one by now.
    func close(_ id: PeerID, _ session: AgentSession) -> Bool {
        entries.withLock { entries in
            guard entries.sessions[id] === session else { return false }
            entries.sessions[id] = nil
            return true
        }
    }

    func session(_ id: PeerID) -> AgentSession? { entries.withLock { $0.sessions[id] } }

    var count: Int { entries.withLock { $0.sessions.count } }
}
