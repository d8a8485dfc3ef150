// To a forwarder in the kernel: a socket of generic netlink, of which the event loop reads and which is written directly, for the kernel carries out a
// request while it takes it. Devices that come and go, and the module's end, are told to groups that the socket is in.
//
// Whatever was lost, because there was no room for it or it was cut, may have been an answer: the connection ends, and whoever makes the next one
// reads all tables anew.

import AgentCore
import Glibc
import NIOCore
import NIOPosix

final class NetlinkConnection: ForwarderConnection {
    private let family: String
    private let group: String
    private let loop: any EventLoop
    private let gate: ReadGate
    private let room: CInt
    private let most: Int?
    private var session: Session?
    /// Counts connections, so that nothing of an earlier one is reported.
    private var count = 0

    /// What an answer may take of the kernel's memory at most, a part of a dump with all that is around it.
    private static let greatestAnswer = 1 << 17
    /// More requests at a time make nothing faster.
    private static let mostRequests = 64

    /// - Parameters:
    ///   - group: its group that is told of devices.
    ///   - room: how many bytes of the kernel's memory its answers may wait in.
    ///   - most: how many requests may be unanswered at a time; nil: as many as the room is enough for.
    init(
        family: String = NetlinkSocket.standardFamily, group: String = "interfaces", room: CInt = 8 << 20, most: Int? = nil,
        on loop: any EventLoop, _ gate: ReadGate
    ) {
        self.family = family
        self.group = group
        self.room = room
        self.most = most
        self.loop = loop
        self.gate = gate
    }

    func connect(_ report: @escaping (StreamConnection.Event) -> Void) {
        session?.close()
        session = nil
        count += 1
        let number = count
        do throws(ForwarderError) {
            let (socket, queue) = try open()
            let session = Session(socket, queue, on: loop, gate, report)
            self.session = session
            session.open()
        } catch {
            loop.assumeIsolated().execute { if self.count == number { report(.ended(reason: error.message)) } }
        }
    }

    private func open() throws(ForwarderError) -> (NetlinkSocket, NetlinkQueue) {
        let socket = try NetlinkSocket()
        let most = min(socket.makeRoom(room) / Self.greatestAnswer, Self.mostRequests)
        // In this order: a module that goes meanwhile is either not found or told of.
        if let notices = try socket.family(NetlinkSocket.controller).groups["notify"] { try socket.join(notices) }
        let found = try socket.family(family)
        guard let devices = found.groups[group] else {
            throw ForwarderError("the kernel's family \(family) has no group \(group): the module is of another version than this agent")
        }
        try socket.join(devices)
        return (socket, NetlinkQueue(family: found.number, most: self.most ?? most))
    }

    func send(_ bytes: [UInt8]) { session?.send(bytes) }

    func flush() { session?.flush() }

    func finish() -> EventLoopFuture<Void> {
        session?.finish()
        session = nil
        return loop.makeSucceededVoidFuture()
    }

    /// One connection, from its beginning to its end.
    private final class Session: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let socket: NetlinkSocket
        private var queue: NetlinkQueue
        private let loop: any EventLoop
        private let gate: ReadGate
        private var report: ((StreamConnection.Event) -> Void)?
        private var channel: (any Channel)?
        private var reason: String?

        init(
            _ socket: NetlinkSocket, _ queue: NetlinkQueue, on loop: any EventLoop, _ gate: ReadGate,
            _ report: @escaping (StreamConnection.Event) -> Void
        ) {
            self.socket = socket
            self.queue = queue
            self.loop = loop
            self.gate = gate
            self.report = report
        }

        func open() {
            // The loop's own descriptor of the socket, which goes with its channel.
            let reader = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0)
            NIOPipeBootstrap(group: loop)
                .channelOption(.autoRead, value: false)
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: NetlinkSocket.greatestDatagram))
                .takingOwnershipOfDescriptor(input: reader)
                .hop(to: loop).assumeIsolated()
                .whenComplete { self.opened($0, reader) }
        }

        private func opened(_ result: Result<any Channel, any Error>, _ reader: CInt) {
            switch result {
            case .failure(let error):
                if reader >= 0 { Glibc.close(reader) }
                end(SocketReason.text(error))
            case .success(let channel):
                guard report != nil else { return channel.close(promise: nil) }
                do {
                    try channel.pipeline.syncOperations.addHandler(self)
                } catch {
                    channel.close(promise: nil)
                    return end(SocketReason.text(error))
                }
                self.channel = channel
                report?(.connected)
                proceed()
            }
        }

        func send(_ bytes: [UInt8]) { queue.append(bytes) }

        /// Sends what may be sent now.
        func flush() {
            while channel != nil, let datagram = queue.next() {
                do throws(ForwarderError) {
                    try socket.send(datagram)
                } catch {
                    return fail(error.message)
                }
            }
        }

        /// Sends everything, closes, and reports nothing any more.
        func finish() {
            if channel != nil { while let datagram = queue.next(isLast: true), (try? socket.send(datagram)) != nil {} }
            close()
        }

        func close() {
            report = nil
            channel?.close(promise: nil)
            channel = nil
        }

        private func proceed() {
            gate.pass { [weak self] in self?.channel?.read() }
        }

        private func fail(_ reason: String) {
            let channel = channel
            end(reason)
            channel?.close(promise: nil)
        }

        private func end(_ reason: String) {
            channel = nil
            let report = report
            self.report = nil
            report?(.ended(reason: reason))
        }

        // MARK: What the loop says

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard report != nil else { return }
            let datagram = Array(unwrapInboundIn(data).readableBytesView)
            guard datagram.count < NetlinkSocket.greatestDatagram else { return fail(NetlinkSocket.cut) }
            let bytes: [UInt8]
            do throws(ForwarderStreamError) {
                bytes = try queue.received(datagram)
            } catch {
                return fail(error.description)
            }
            if !bytes.isEmpty { report?(.received(bytes)) }
            flush()
        }

        func channelReadComplete(context: ChannelHandlerContext) { proceed() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            reason = (error as? IOError)?.errnoCode == ENOBUFS ? NetlinkSocket.overrun : SocketReason.text(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            // An error that the loop saw before it read says so here only.
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            let pending =
                code == 0 ? "netlink's socket was closed" : code == ENOBUFS ? NetlinkSocket.overrun : SocketReason.text(errno: code)
            end(reason ?? pending)
        }
    }
}
