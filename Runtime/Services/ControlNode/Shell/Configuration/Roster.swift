// The routing instances and BGP peers that there are at the moment, those of the command line and those of the configuration. Carries out what
// follows from the configuration; is asked from every event loop.

import ControlNodeCore
import Logging
import NIOCore
import NetworkTypes
import Synchronization

final class Roster: Sendable {
    private struct Entries {
        var instances: [RoutingInstance]
        var peers: [BGPPeer] = []
        /// Peers have numbers from 1, each its own for as long as the process runs: 0 is the control node itself.
        var nextPeer: UInt32 = 1
        var isClosed = false
        /// Where peers connect to, once it is there.
        var listener: (any Channel)?
        /// Peers that are on their way out.
        var ending: [PeerID: EventLoopFuture<Void>] = [:]
    }

    let engines: [EngineLoop]
    private let identity: RouteEngine.Identity
    private let loops: [any EventLoop]
    private let logger: Logger
    private let entries: Mutex<Entries>

    init(
        _ identity: RouteEngine.Identity, _ engines: [EngineLoop], _ instances: [RoutingInstance], on loops: [any EventLoop],
        _ logger: Logger
    ) {
        self.identity = identity
        self.engines = engines
        self.loops = loops
        self.logger = logger
        entries = Mutex(Entries(instances: instances))
    }

    var instances: [RoutingInstance] { entries.withLock { $0.instances } }
    var peers: [BGPPeer] { entries.withLock { $0.peers } }
    func peer(_ address: IPAddress) -> BGPPeer? { entries.withLock { $0.peers.first { $0.options.address == address } } }

    /// Peers connect to this channel from now on, with their keys.
    func listens(_ channel: any Channel) {
        let peers = entries.withLock { entries in
            entries.listener = channel
            return entries.peers
        }
        for peer in peers { sign(peer.options.key, peer.options.address) }
    }

    /// The listening socket knows the key of a peer, or no key any more.
    private func sign(_ key: SessionKey?, _ address: IPAddress) {
        guard let listener = entries.withLock({ $0.listener }) else { return }
        SessionSignature.set(key, of: address, on: listener).whenFailure { [logger] error in
            // A key that was never there need not be removed.
            guard key != nil else { return }
            logger.error("the peer's connections cannot be signed", metadata: ["peer": "\(address)", "error": "\(error)"])
        }
    }

    // MARK: Peers

    /// Adds a peer, which is to be started by the caller. Nil when there is one with that address.
    func add(_ options: BGPPeerOptions) -> BGPPeer? {
        let added = entries.withLock { entries -> BGPPeer? in
            guard !entries.isClosed, !entries.peers.contains(where: { $0.options.address == options.address }) else { return nil }
            let number = entries.nextPeer
            entries.nextPeer += 1
            let peer = BGPPeer(PeerID(number), options, identity, engines, on: loops[Int(number) % loops.count], logger)
            entries.peers.append(peer)
            return peer
        }
        if added != nil, options.key != nil { sign(options.key, options.address) }
        return added
    }

    private func end(_ address: IPAddress) {
        let ending = entries.withLock { entries -> (id: PeerID, end: EventLoopFuture<Void>, isSigned: Bool)? in
            guard let index = entries.peers.firstIndex(where: { $0.options.address == address }) else { return nil }
            let peer = entries.peers.remove(at: index)
            let end = peer.stop(.peerDeconfigured)
            entries.ending[peer.id] = end
            return (peer.id, end, peer.options.key != nil)
        }
        if ending?.isSigned == true { sign(nil, address) }
        if let ending { ending.end.whenComplete { _ in self.entries.withLock { $0.ending[ending.id] = nil } } }
    }

    /// Ends all sessions and begins none any more.
    func close() async throws {
        let (peers, ending) = entries.withLock { entries in
            entries.isClosed = true
            return (entries.peers, Array(entries.ending.values))
        }
        for end in peers.map({ $0.stop(.administrativeShutdown) }) + ending { try await end.get() }
    }

    // MARK: What follows from the configuration

    /// To be called from one loop only, so that engines hear of things in the order in which they happened.
    func perform(_ actions: [ControlConfiguration.Action], _ agents: AgentService?) {
        for action in actions {
            switch action {
            case .remove(let instances):
                let names = Set(instances.map(\.name))
                let numbers = instances.map(\.id)
                entries.withLock { $0.instances.removeAll { names.contains($0.name) } }
                agents?.removed(names.sorted())
                for engine in engines { engine.perform { $0.configure([], removing: numbers) } }
            case .configure(let instances):
                let changed = Dictionary(instances.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
                entries.withLock { entries in
                    let known = Set(entries.instances.map(\.name))
                    entries.instances = entries.instances.map { changed[$0.name] ?? $0 } + instances.filter { !known.contains($0.name) }
                }
                for engine in engines { engine.perform { $0.configure(instances) } }
                agents?.configured(instances)
            case .end(let address):
                logger.info("the peer is not configured any more", metadata: ["peer": "\(address)"])
                end(address)
            case .begin(let peer):
                logger.info("a peer is configured", metadata: ["peer": "\(peer.address)", "name": "\(peer.name)"])
                add(BGPPeerOptions(peer))?.start()
            }
        }
    }
}
