// What happens to an agent, and what it does: the seam between its engine, which decides, and its shell, which owns sockets, files, the clock
// and chance. Everything that the agent ever does comes out of the engine as an action; the shell carries actions out in their order.

import ForwarderMessages
import NetworkTypes
import XMPP

/// Something happened. The shell adds the time and chance, see `AgentEngine.handle`.
public enum AgentEvent: Sendable {
    /// The connection to the forwarder is there; nothing has been said on it.
    case forwarderConnected
    /// The connection to the forwarder ended, or did not come about. The shell tries again when `connectForwarder` says so.
    case forwarderLost(reason: String)
    /// Bytes of the forwarder's stream, in any portions.
    case forwarderReceived([UInt8])
    /// A frame from the packet channel: header and packet, see `AgentPacket`.
    case packetArrived([UInt8])
    /// Something happened to the session with a control node: `connected`, `closed`, `received` or one of its timers.
    case controlNode(session: Int, ClientSession.Event)
    /// A request to the port API. Answered by `reply` with its number.
    case portRequest(PortRequest, number: Int)
    /// A name server answered a question that `askNameServer` or `askNameService` put, or nil: it did not within its time.
    case nameServerAnswered(question: Int, [UInt8]?)
    /// The time that `wake` named has come.
    case woken
    /// The process is going to stop: what is owed is said, and nothing is taken out of the forwarder.
    case stop
}

/// Something to do.
public enum AgentAction: Equatable, Sendable {
    /// Connect to the forwarder, after a pause. Nothing follows on the old connection; if it is open it is closed.
    case connectForwarder(afterMilliseconds: UInt64)
    /// To the forwarder.
    case sendForwarder([UInt8])
    /// Into the packet channel.
    case sendPacket([UInt8])
    /// Connect a session to a control node, `host:port`.
    case connectControlNode(session: Int, server: String)
    case closeControlNode(session: Int)
    case sendControlNode(session: Int, [UInt8])
    case startTimer(session: Int, ClientSession.Timer, milliseconds: UInt64)
    case stopTimer(session: Int, ClientSession.Timer)
    /// Files are replaced as a whole or not at all, and are on disk before the next action is carried out. Names are relative to the data folder.
    case writeFile(name: String, [UInt8])
    case removeFile(name: String)
    case reply(number: Int, PortReply)
    /// Ask the host's name server, and report the answer with the same number.
    case askNameServer(question: Int, message: [UInt8])
    /// Ask the platform's name server, likewise.
    case askNameService(question: Int, message: [UInt8])
    /// Report `woken` at this time at the latest, milliseconds of the clock of `handle`. Replaces the time that was named before; nil: never.
    case wake(at: UInt64?)
    case log(AgentLog, String)
}

/// How important a line of the log is.
public enum AgentLog: Equatable, Sendable {
    case debug
    case info
    case warning
    case error
}
