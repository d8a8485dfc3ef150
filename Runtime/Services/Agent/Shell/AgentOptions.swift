// What an agent's process is told when it starts.

import AgentCore
import NIOCore

public struct AgentOptions: Sendable {
    public var engine: AgentEngineOptions
    /// The socket of a forwarder in user space.
    public var forwarderSocket: String
    /// The socket that packets come and go through.
    public var packetSocket: String
    public var dataDirectory: String
    /// Where the port API listens. It does not authenticate.
    public var host = "127.0.0.1"
    /// 0: any free port.
    public var port = 9091
    /// Name servers to ask; empty: those of /etc/resolv.conf.
    public var nameServers: [NameServer] = []
    /// The platform's name servers, which know the names of all workloads.
    public var nameServices: [NameServer] = [] { didSet { engine.hasNameService = !nameServices.isEmpty } }

    /// - Parameter packetSocket: the socket of packets; nil: `pkt0`, beside the forwarder's socket.
    public init(_ engine: AgentEngineOptions, forwarderSocket: String, packetSocket: String? = nil, dataDirectory: String) {
        var engine = engine
        if let packetSocket { engine.host.agentDevice = packetSocket }
        engine.host.agentTransport = .socket
        self.engine = engine
        self.forwarderSocket = forwarderSocket
        self.dataDirectory = dataDirectory
        // The forwarder puts a socket with a plain name beside its own.
        let name = engine.host.agentDevice
        let folder = forwarderSocket.lastIndex(of: "/").map { String(forwarderSocket[...$0]) } ?? ""
        self.packetSocket = name.hasPrefix("/") ? name : folder + name
    }
}
