// An agent's connection: carries out what AgentConnection decides, hands requests to the partitions, and asks the sources for what the agent
// is to be told while the connection can carry it. Requests that were read together are handed on together; when the partitions have not
// done with earlier ones, nothing more is read, so that a fast agent fills its own window and not our memory.

import ControlNodeCore
import Logging
import NIOCore
import NetworkTypes
import XMPP

/// `@unchecked`: every variable is touched on the channel's event loop only; entries from outside hop there.
final class AgentSession: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How many batches the partitions may have to do before nothing more is read.
    private static let greatestBacklog = 16

    private let service: AgentService
    private let loop: any EventLoop
    private var logger: Logger
    private var connection: AgentConnection
    private var speech: AgentSpeech
    private var context: ChannelHandlerContext?
    private var timers: [AgentConnection.Timer: Scheduled<Void>] = [:]
    private var id: PeerID?
    private var address = Address("")
    private var sources = AgentSourceQueue()
    /// Partitions of which everything was told that there was at the beginning.
    private var ends = 0
    private var outstanding = 0
    private var readIsDue = false

    init(number: Int, _ service: AgentService, on loop: any EventLoop) {
        self.service = service
        self.loop = loop
        logger = service.logger
        connection = AgentConnection(number: number, holdSeconds: service.settings.holdSeconds)
        speech = AgentSpeech(system: service.settings.system)
    }

    // MARK: From outside

    func close(_ reason: String) { loop.execute { self.perform(self.connection.close(reason)) } }

    func hasOutput(from source: Int) {
        loop.execute {
            self.sources.hasOutput(source)
            self.pull()
        }
    }

    // MARK: The channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        logger[metadataKey: "address"] = "\(context.remoteAddress?.description ?? "?")"
        guard service.isServing else { return perform(connection.close("the configuration is not complete yet")) }
        perform(connection.handle(.accepted))
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        perform(connection.handle(.received(Array(buffer.readableBytesView))))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        if outstanding < Self.greatestBacklog { context.read() } else { readIsDue = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { pull() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { perform(connection.close("\(error)")) }

    func channelInactive(context: ChannelHandlerContext) {
        perform(connection.close("the connection ended"))
        self.context = nil
        for timer in timers.values { timer.cancel() }
        timers = [:]
        guard let id, service.directory.close(id, self) else { return }
        service.ended(id)
    }

    // MARK: Actions

    private func perform(_ actions: [AgentConnection.Action]) {
        var requests: [AgentRequest] = []
        for action in actions {
            switch action {
            case .send(let bytes): write(bytes)
            case .startTimer(let timer, let seconds):
                timers.removeValue(forKey: timer)?.cancel()
                timers[timer] = loop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
                    self.perform(self.connection.handle(.timer(timer)))
                    self.context?.flush()
                }
            case .stopTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
            case .opened(let header): open(header)
            case .stanza(let stanza):
                do throws(AgentViolation) {
                    if let request = try speech.request(stanza.payload) { requests.append(request) }
                } catch {
                    hand(requests)
                    return perform(connection.close(error.description))
                }
            case .close(let reason):
                logger.info("agent's session closed: \(reason)")
                context?.close(promise: nil)
            }
        }
        hand(requests)
    }

    private func open(_ header: StreamHeader) {
        address = Address(header.from, resource: Address.routes)
        logger[metadataKey: "agent"] = "\(header.from)"
        let (id, former) = service.directory.open(header.from, self)
        self.id = id
        former?.close("the agent has opened another session")
        logger.info("agent's session opened")
        service.began(id, header.from, context?.remoteAddress)
    }

    private func hand(_ requests: [AgentRequest]) {
        guard let id, !requests.isEmpty else { return }
        for request in requests {
            if case .refused(let node, let reason) = request { logger.warning("route refused: \(node): \(reason)") }
        }
        outstanding += 1
        service.handle(requests, from: id, name: address.name) {
            self.loop.execute {
                self.outstanding -= 1
                guard self.readIsDue, self.outstanding < Self.greatestBacklog else { return }
                self.readIsDue = false
                self.context?.read()
            }
        }
    }

    // MARK: Telling

    private func write(_ bytes: [UInt8]) {
        guard let context else { return }
        context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        if outstanding == 0 { context.flush() }
    }

    private func pull() {
        guard let id, let context, context.channel.isWritable, let source = sources.next() else { return }
        service.sources[source].take(id, for: self).hop(to: loop).whenSuccess { pull in
            self.sources.answered(source, hasMore: pull.hasMore)
            self.tell(pull)
            self.pull()
        }
    }

    private func tell(_ pull: AgentPull) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 0)
        for body in pull.bodies { buffer.writeBytes(Stanza.message(from: .controlNode, to: address, body: body)) }
        for stanza in pull.stanzas { buffer.writeBytes(stanza) }
        if pull.isEnd {
            ends += 1
            if ends == service.partitionCount { buffer.writeBytes(Stanza(from: .controlNode, to: address, payload: .endOfRIB).bytes) }
        }
        guard buffer.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
