// The configuration graph as this control node has it, on an event loop; what follows from it for instances and peers; and how it is with the
// server that it comes from. When that is lost the control node goes on with what it has, and says so.

import Client
import ConfigurationGraph
import ControlNodeCore
import Graph
import GraphFeed
import Logging
import NIOCore
import NetworkTypes

/// Where the configuration comes from.
public struct ConfigurationOptions: Sendable {
    public var transport: any ClientTransport
    /// For people: the servers' addresses.
    public var servers: String
    /// The name of this control node's BGP router in the configuration.
    public var name: String
    public var pauses = WatchPauses()

    public init(_ transport: any ClientTransport, servers: String, name: String) {
        self.transport = transport
        self.servers = servers
        self.name = name
    }
}

/// `@unchecked`: every variable is touched by tasks of `loop` only; entries from outside hop there.
final class ConfigurationState: @unchecked Sendable {
    enum Phase: String, Sendable {
        /// Nothing is followed: what was given on the command line is all there is.
        case `static`
        /// The configuration has not been read to its end yet. Agents are not served.
        case reading
        case complete
        /// It was read, and the server cannot be reached now.
        case disconnected
        /// It was read, and the server does not want to be followed now.
        case refused
    }

    static let schema = ConfigurationGraph.schema

    let loop: any EventLoop
    private(set) var graph = GraphStore()
    private var mirror = GraphMirror(schema)
    private var wanted: ControlConfiguration?
    private let options: ConfigurationOptions?
    private let identity: RouteEngine.Identity
    private let logger: Logger
    private var phase: Phase
    private var isComplete = false
    private var revision: UInt64 = 0
    private var lastError = ""
    private var effectListeners: [@Sendable ([GraphEffect], GraphStore) -> Void] = []
    private var performer: (@Sendable ([ControlConfiguration.Action]) -> Void)?
    private var completion: (@Sendable (_ routers: Set<String>) -> Void)?
    /// The hosts that have agents, by name.
    private var routers: Set<String> = []
    private static let routerType = "virtual-router"

    init(
        _ options: ConfigurationOptions?, _ wanted: ControlConfiguration?, _ identity: RouteEngine.Identity, on loop: any EventLoop,
        _ logger: Logger
    ) {
        self.options = options
        self.wanted = wanted
        self.identity = identity
        self.loop = loop
        self.logger = logger
        phase = options == nil ? .static : .reading
    }

    // MARK: Listeners, all called on the loop

    func onEffects(_ body: @escaping @Sendable ([GraphEffect], GraphStore) -> Void) { loop.execute { self.effectListeners.append(body) } }

    /// Who carries out what follows from the configuration.
    func onActions(_ body: @escaping @Sendable ([ControlConfiguration.Action]) -> Void) { loop.execute { self.performer = body } }

    /// Called once, when the configuration was read to its end and what follows from it was handed on, with the names of the hosts that it has.
    func onCompletion(_ body: @escaping @Sendable (_ routers: Set<String>) -> Void) { loop.execute { self.completion = body } }

    // MARK: What happens

    func apply(_ changes: [GraphChange]) {
        loop.execute {
            let effects = changes.flatMap { self.graph.apply($0) }
            self.changed(effects)
            self.act()
        }
    }

    /// Follows the server until the task is cancelled.
    func follow(_ options: ConfigurationOptions) async {
        let client = ConfigurationClient(transport: options.transport)
        var failures = 0
        while !Task.isCancelled {
            var watch = client.watch(pauses: options.pauses).makeAsyncIterator()
            do throws(ClientError) {
                while let events = try await watch.nextBatch() {
                    failures = 0
                    guard await take(events) else { return }
                }
                return
            } catch {
                // The server refuses, as one that is being replaced by another version may. It is asked again, from the beginning.
                failures += 1
                refused(error)
                do { try await Task.sleep(for: options.pauses.pause(afterFailures: failures + 4)) } catch { return }
            }
        }
    }

    /// Takes in events and waits until that is done, so that not more of them is read than can be used.
    private func take(_ events: [WatchEvent]) async -> Bool {
        do {
            try await loop.submit {
                for update in self.mirror.take(events, into: &self.graph) { self.took(update) }
            }.get()
            return true
        } catch {
            // The loop has ended, and the control node with it.
            return false
        }
    }

    private func took(_ update: GraphUpdate) {
        revision = update.revision
        changed(update.effects)
        switch update.occasion {
        case .synchronized:
            let isFirst = !isComplete
            isComplete = true
            reached()
            act()
            guard isFirst else { return }
            logger.info("configuration read", metadata: ["revision": "\(revision)"])
            completion?(routers)
        case .changed:
            reached()
            if isComplete { act() }
        case .resumed:
            reached()
        case .disconnected(let error):
            lastError = error.description
            if phase == .complete || phase == .refused {
                phase = .disconnected
                logger.warning("the configuration server is lost; going on with what is known", metadata: ["error": "\(error)"])
            } else if phase == .reading {
                logger.warning("the configuration server cannot be reached; trying again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func reached() {
        if phase == .disconnected || phase == .refused { logger.info("the configuration server answers again") }
        phase = isComplete ? .complete : .reading
        lastError = ""
    }

    private func refused(_ error: ClientError) {
        loop.execute {
            if self.phase != .reading { self.phase = .refused }
            self.lastError = error.description
            self.logger.error("the configuration server refuses to be followed; trying again", metadata: ["error": "\(error)"])
        }
    }

    private func changed(_ effects: [GraphEffect]) {
        guard !effects.isEmpty else { return }
        wanted?.take(effects)
        for effect in effects {
            switch effect {
            case .nodeAdded(let node) where node.type == Self.routerType: routers.insert(Self.hostName(node))
            case .nodeRemoved(let node) where node.type == Self.routerType: routers.remove(Self.hostName(node))
            default: break
            }
        }
        for listener in effectListeners { listener(effects, graph) }
    }

    /// The last part of a virtual router's name: what its agent calls itself.
    private static func hostName(_ router: NodeName) -> String { router.name.split(separator: ":").last.map(String.init) ?? router.name }

    /// What follows for instances and peers. Not before everything was read: what is only not known yet would be taken for gone.
    private func act() {
        guard let actions = wanted?.update(graph) else { return }
        for problem in wanted?.takeProblems() ?? [] { logger.warning("\(problem)") }
        if !actions.isEmpty { performer?(actions) }
    }

    // MARK: For people

    func table() -> EventLoopFuture<Table> {
        loop.submit {
            var table = Table(
                "configuration",
                ["state", "servers", "revision", "objects", "instances", "peers", "name", "as", "router_id", "problems", "last_error"])
            var problems = self.wanted?.problems ?? []
            if let difference = self.identityDifference { problems.append(difference) }
            table.add([
                .text(self.phase.rawValue), .text(self.options?.servers ?? ""),
                .number(Int(clamping: self.revision)), .number(self.graph.nodeCount), .number(self.wanted?.instances.count ?? 0),
                .number(self.wanted?.peers.count ?? 0), .text(self.options?.name ?? ""), .number(Int(self.identity.system.rawValue)),
                .text("\(self.identity.routerID)"), .list(problems), .text(self.lastError),
            ])
            return table
        }
    }

    /// Who a control node is runs through everything that it has told others: it is decided when it starts.
    private var identityDifference: String? {
        guard let router = wanted?.router else { return nil }
        let current = identity
        guard router.system != current.system || router.identifier != current.routerID || router.clusterID != current.clusterID else {
            return nil
        }
        return
            "the configuration has AS \(router.system) and the identifier \(router.identifier) for this control node, which runs with AS "
            + "\(current.system) and \(current.routerID); they are used when it is started again"
    }
}
