// Packets between forwarder and agent: a UNIX socket of the kind SOCK_SEQPACKET that a forwarder in user space makes for the agent's interface, a
// message a packet, or the network device that the one in the kernel makes for it. It exists once the engine has made that interface, so the channel
// looks for it until it is there, and again when it went.
//
// A packet that the forwarder cannot take now is dropped, as a full wire would drop it: its sender repeats it.

import Glibc
import Logging
import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop.
final class PacketChannel {
    private let place: PacketPlace
    private let loop: any EventLoop
    private let gate: ReadGate
    private let logger: Logger
    private let received: ([UInt8]) -> Void

    private var channel: (any Channel)?
    /// A descriptor of the same socket: NIO writes streams, and would put two packets into one message.
    private var sender: CInt?
    private var retry: Scheduled<Void>?
    private var pause = PacketChannel.shortestPause
    private var isWanted = false
    private var lastRefusal: CInt = 0

    /// Packets that were not taken.
    private(set) var droppedCount: UInt64 = 0
    var isOpen: Bool { sender != nil }

    private static let shortestPause = TimeAmount.milliseconds(20)
    /// Short: while it is looked for, packets that begin flows are lost.
    private static let longestPause = TimeAmount.milliseconds(250)
    /// A super-packet of 64 KiB with everything in front of it. What is longer arrives cut, and is refused by whoever reads it.
    private static let greatestPacket = 66 << 10

    init(_ place: PacketPlace, on loop: any EventLoop, _ gate: ReadGate, _ logger: Logger, received: @escaping ([UInt8]) -> Void) {
        self.place = place
        self.loop = loop
        self.gate = gate
        self.logger = logger
        self.received = received
    }

    /// The forwarder is there: its socket is there soon.
    func start() {
        isWanted = true
        pause = Self.shortestPause
        guard channel == nil else { return }
        retry?.cancel()
        attempt()
    }

    /// The forwarder has gone: nobody makes a socket.
    func pauseAttempts() {
        isWanted = false
        retry?.cancel()
    }

    func send(_ packet: [UInt8]) {
        guard let sender else {
            droppedCount += 1
            return
        }
        let count = packet.withUnsafeBytes { Glibc.send(sender, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)) }
        if count < 0 { droppedCount += 1 }
    }

    func close() -> EventLoopFuture<Void> {
        pauseAttempts()
        return channel?.close().inAnyCase ?? loop.makeSucceededVoidFuture()
    }

    // MARK: Connecting

    private func attempt() {
        let descriptor: CInt
        do throws(PacketPlaceFailure) {
            descriptor = try place.open()
        } catch {
            // It is not there yet: that is usual, and not worth a line each time.
            if error.code != lastRefusal, ![ENOENT, ECONNREFUSED, ENODEV].contains(error.code) {
                logger.warning("no packets from the forwarder: cannot open \(place): \(SocketReason.text(errno: error.code))")
            }
            lastRefusal = error.code
            return later()
        }
        lastRefusal = 0
        let second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else {
            Glibc.close(descriptor)
            return later()
        }
        channel(of: descriptor).hop(to: loop).assumeIsolated().whenComplete { self.connected($0, second) }
    }

    private func channel(of descriptor: CInt) -> EventLoopFuture<any Channel> {
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.greatestPacket)
        switch place {
        case .socket:
            return ClientBootstrap(group: loop)
                .channelOption(.autoRead, value: false)
                .channelOption(.maxMessagesPerRead, value: 16)
                .channelOption(.recvAllocator, value: allocator)
                .withConnectedSocket(descriptor)
        // As a pipe: addresses of its kind are nothing that the library knows.
        case .device:
            return NIOPipeBootstrap(group: loop)
                .channelOption(.autoRead, value: false)
                .channelOption(.maxMessagesPerRead, value: 16)
                .channelOption(.recvAllocator, value: allocator)
                .takingOwnershipOfDescriptor(input: descriptor)
                .flatMapErrorThrowing {
                    Glibc.close(descriptor)
                    throw $0
                }
        }
    }

    private func connected(_ result: Result<any Channel, any Error>, _ second: CInt) {
        do {
            let channel = try result.get()
            try channel.pipeline.syncOperations.addHandler(Handler(self))
            self.channel = channel
            sender = second
            pause = Self.shortestPause
            logger.info("packets come through \(place)")
            proceed()
        } catch {
            Glibc.close(second)
            logger.warning("no packets from the forwarder: \(place): \(SocketReason.text(error))")
            later()
        }
    }

    private func later() {
        guard isWanted else { return }
        retry = loop.assumeIsolated().scheduleTask(in: pause) { self.attempt() }
        pause = min(pause * 2, Self.longestPause)
    }

    private func proceed() {
        gate.pass { [weak self] in self?.channel?.read() }
    }

    private func ended() {
        channel = nil
        if let sender { Glibc.close(sender) }
        sender = nil
        logger.notice("no packets come through \(place) any more")
        later()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let packets: PacketChannel

        init(_ packets: PacketChannel) { self.packets = packets }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            packets.received(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelReadComplete(context: ChannelHandlerContext) { packets.proceed() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) { packets.ended() }
    }
}
