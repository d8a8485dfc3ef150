// How messages reach a forwarder and come back. The engine speaks the messages of Schema/Forwarder whatever carries them.

import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop.
protocol ForwarderConnection: AnyObject {
    /// Connects, after closing what was open. What comes of it is reported; nothing is of an earlier connection.
    func connect(_ report: @escaping (StreamConnection.Event) -> Void)
    /// Bytes of whole messages. They are lost when there is no connection: whoever sends is told of that.
    func send(_ bytes: [UInt8])
    /// Sends what was given to `send` since the last time.
    func flush()
    /// Closes once everything was sent.
    func finish() -> EventLoopFuture<Void>
}

/// To a forwarder in user space: a UNIX socket.
final class ForwarderSocketConnection: ForwarderConnection {
    private let path: String
    private let loop: any EventLoop
    private let gate: ReadGate
    private var stream: StreamConnection?

    /// All tables of a large host, said at once.
    private static let greatestUnsent = 256 << 20

    init(path: String, on loop: any EventLoop, _ gate: ReadGate) {
        self.path = path
        self.loop = loop
        self.gate = gate
    }

    func connect(_ report: @escaping (StreamConnection.Event) -> Void) {
        stream?.close()
        let stream = StreamConnection(on: loop, gate, greatestUnsent: Self.greatestUnsent, report: report)
        self.stream = stream
        stream.open { $0.connect(unixDomainSocketPath: path) }
    }

    func send(_ bytes: [UInt8]) { stream?.send(bytes) }

    func flush() { stream?.flush() }

    func finish() -> EventLoopFuture<Void> {
        defer { stream = nil }
        return stream?.finish() ?? loop.makeSucceededVoidFuture()
    }
}
