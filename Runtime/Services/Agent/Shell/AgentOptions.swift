// What an agent's process is told when it starts.

import AgentCore
import NIOCore

public struct AgentOptions: Sendable {
    public var engine: AgentEngineOptions
    /// The socket of a forwarder in user space, or ``ForwarderSocket/netlink`` for the one in the kernel.
    public var forwarderSocket: String
    /// Where packets come and go: a socket of the forwarder in user space, or a device of that in the kernel.
    var packetPlace: PacketPlace
    public var dataDirectory: String
    /// Where the port API listens. It does not authenticate.
    public var host = "127.0.0.1"
    /// 0: any free port.
    public var port = 9091
    /// Name servers to ask; empty: those of /etc/resolv.conf.
    public var nameServers: [NameServer] = []
    /// The platform's name servers, which know the names of all workloads.
    public var nameServices: [NameServer] = [] { didSet { engine.hasNameService = !nameServices.isEmpty } }

    /// - Parameter packetSocket: the socket or device of packets; nil: `pkt0`, which as a socket is beside the forwarder's.
    public init(_ engine: AgentEngineOptions, forwarderSocket: String, packetSocket: String? = nil, dataDirectory: String) {
        var engine = engine
        if let packetSocket { engine.host.agentDevice = packetSocket }
        let isInKernel = forwarderSocket == ForwarderSocket.netlink
        engine.host.agentTransport = isInKernel ? .device : .socket
        self.engine = engine
        self.forwarderSocket = forwarderSocket
        self.dataDirectory = dataDirectory
        let name = engine.host.agentDevice
        guard !isInKernel else {
            packetPlace = .device(name)
            return
        }
        // The forwarder puts a socket with a plain name beside its own.
        let folder = forwarderSocket.lastIndex(of: "/").map { String(forwarderSocket[...$0]) } ?? ""
        packetPlace = .socket(name.hasPrefix("/") ? name : folder + name)
    }
}
