// What the control node says of itself over HTTP: neighbours, routing instances and routes, as JSON for programs and as text for people.
// Reads what is there and changes nothing. It does not authenticate, which is why it listens on the loopback interface unless told otherwise.
//
//     GET /neighbors               GET /instances               GET /agents               GET /configuration
//     GET /routes?instance=blue&family=inet&prefix=10.1.0.0/24     (an empty instance: the tables of VPN routes)
//     any of them with &format=text

import Coding
import ControlNodeCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkTypes

/// A peer as it is now.
struct NeighborStatus: Sendable {
    /// Empty for a peer of the command line.
    let name: String
    let address: IPAddress
    let system: ASNumber
    let state: BGPSession.State
    let identifier: IPv4Address?
    let families: [AddressFamily]
    let holdTime: UInt16?
    let establishedCount: Int
    let received: UInt64
    let sent: UInt64
    let problems: UInt64
    let lastError: String?
    let peer: PeerID
}

struct Introspection: Sendable {
    private let roster: Roster
    private let state: ConfigurationState
    private let agents: AgentService?
    private var engines: [EngineLoop] { roster.engines }

    init(_ roster: Roster, _ state: ConfigurationState, _ agents: AgentService?) {
        self.roster = roster
        self.state = state
        self.agents = agents
    }

    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var isText = false
        var body: [UInt8]
    }

    func listen(_ host: String, _ port: Int, _ group: any EventLoopGroup) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(IntrospectionHandler(self))
                    }
                }
                .bind(host: host, port: port)
                .get()
        } catch {
            throw ControlNodeError("cannot listen on \(host):\(port): \(error); choose another address with --introspection HOST:PORT")
        }
    }

    /// Answers a request for a path with a query.
    func answer(_ uri: String, on loop: any EventLoop) -> EventLoopFuture<Answer> {
        let parts = uri.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(sides[0])] = sides.count > 1 ? Self.decoded(sides[1]) : ""
        }
        let isText = query["format"] == "text"
        let table: EventLoopFuture<Table>
        switch parts.first {
        case "/neighbors": table = neighbors(on: loop)
        case "/instances": table = instanceTable(on: loop)
        case "/configuration": table = state.table().hop(to: loop)
        case "/agents":
            table = agents?.table(on: loop) ?? loop.makeSucceededFuture(Table("agents", ["name"]))
        case "/routes":
            do {
                table = try routes(query, on: loop)
            } catch {
                return loop.makeSucceededFuture(Answer(status: .badRequest, isText: true, body: Array("\(error)\n".utf8)))
            }
        default:
            let text = "there is no \(parts.first ?? "/") here; there are /neighbors, /instances, /routes, /agents and /configuration\n"
            return loop.makeSucceededFuture(Answer(status: .notFound, isText: true, body: Array(text.utf8)))
        }
        return table.map { Answer(isText: isText, body: isText ? Array($0.text.utf8) : $0.json) }
    }

    /// Percent escapes and `+` of a query. What is no escape stays as it is.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Tables

    private func neighbors(on loop: any EventLoop) -> EventLoopFuture<Table> {
        let peers = roster.peers
        let statuses = EventLoopFuture.whenAllSucceed(peers.map { $0.status() }, on: loop)
        let counts = EventLoopFuture.whenAllSucceed(
            engines.map { engine in
                engine.read { engine in
                    peers.map { engine.partition.pathCount(of: $0.id).reduce(0) { $0 + ($1.key.family == .routeTarget ? 0 : $1.value) } }
                }
            }, on: loop)
        return statuses.and(counts).map { statuses, counts in
            var table = Table(
                "neighbors",
                [
                    "address", "as", "state", "router_id", "families", "hold_time", "paths", "received", "sent", "problems",
                    "established_count",
                    "last_error", "name",
                ])
            for (index, status) in statuses.enumerated() {
                table.add([
                    .text("\(status.address)"), .number(Int(status.system.rawValue)), .text("\(status.state)"),
                    .text(status.identifier.map { "\($0)" } ?? ""), .list(status.families.map(\.description)),
                    status.holdTime.map { .number(Int($0)) } ?? .text(""), .number(counts.reduce(0) { $0 + $1[index] }),
                    .number(Int(status.received)), .number(Int(status.sent)), .number(Int(status.problems)),
                    .number(status.establishedCount),
                    .text(status.lastError ?? ""), .text(status.name),
                ])
            }
            return table
        }
    }

    private func instanceTable(on loop: any EventLoop) -> EventLoopFuture<Table> {
        let instances = roster.instances.sorted { $0.name < $1.name }
        let all = engines.map { engine in
            engine.read { engine in
                engine.partition.tableIDs.reduce(into: [TableID: Int]()) { $0[$1] = engine.partition.routeCount($1) }
            }
        }
        return EventLoopFuture.whenAllSucceed(all, on: loop).map { counts in
            var table = Table("instances", ["name", "import", "export", "network_id", "inet", "inet6", "evpn"])
            func routes(_ id: InstanceID, _ family: AddressFamily) -> Table.Cell {
                // Memberships are in every partition; only one of them is counted.
                .number(counts.reduce(0) { $0 + ($1[TableID(id, family)] ?? 0) })
            }
            table.add([
                .text(""), .list([]), .list([]), .number(0), routes(.master, .inetVPN), routes(.master, .inet6VPN), routes(.master, .evpn),
            ])
            for instance in instances {
                table.add([
                    .text(instance.name), .list(instance.importTargets.sorted().map(\.description)),
                    .list(instance.exportTargets.sorted().map(\.description)), .number(Int(instance.virtualNetworkNumber)),
                    routes(instance.id, .inet), routes(instance.id, .inet6), routes(instance.id, .evpn),
                ])
            }
            return table
        }
    }

    private static let greatestRouteCount = 10_000

    private func routes(_ query: [String: String], on loop: any EventLoop) throws -> EventLoopFuture<Table> {
        let name = query["instance"] ?? ""
        let instances = roster.instances
        guard let id = name.isEmpty ? InstanceID.master : instances.first(where: { $0.name == name })?.id else {
            throw ControlNodeError(
                "there is no routing instance '\(name)'; there are \(instances.map(\.name).sorted().joined(separator: ", "))")
        }
        var families = id == .master ? AddressFamily.supported : RoutingInstance.families
        if let text = query["family"] {
            guard let family = AddressFamily(name: text), families.contains(family) else {
                throw ControlNodeError(
                    "'\(text)' is no family of this instance; there are \(families.map(\.description).joined(separator: ", "))")
            }
            families = [family]
        }
        let prefix = query["prefix"]
        let chosen = families
        let all = engines.enumerated().map { index, engine in
            engine.read { engine in
                var rows: [(table: String, key: RouteKey, route: Route)] = []
                for family in chosen where family != .routeTarget || index == 0 {
                    engine.partition.forEachRoute(TableID(id, family)) { key, route in
                        guard rows.count < Self.greatestRouteCount, prefix == nil || key.prefix.description == prefix else { return }
                        rows.append((RoutingInstance.tableName(family, of: name.isEmpty ? "bgp" : name), key, route))
                    }
                }
                return rows
            }
        }
        let peers = Dictionary(roster.peers.map { ($0.id, "\($0.options.address)") }, uniquingKeysWith: { first, _ in first })
        return EventLoopFuture.whenAllSucceed(all, on: loop).map { parts in
            var table = Table(
                "routes",
                [
                    "table", "prefix", "best", "next_hop", "label", "encapsulations", "local_preference", "as_path", "communities",
                    "source",
                    "peer", "flags",
                ])
            for row in parts.joined().sorted(by: { ($0.table, $0.key) < ($1.table, $1.key) }).prefix(Self.greatestRouteCount) {
                for (index, path) in row.route.paths.enumerated() {
                    table.add(self.cells(row.table, row.key, path, index, row.route, peers))
                }
            }
            return table
        }
    }

    private func cells(_ table: String, _ key: RouteKey, _ path: Path, _ index: Int, _ route: Route, _ peers: [PeerID: String]) -> [Table
        .Cell]
    {
        let communities =
            path.attributes.communities.map(\.description)
            + path.attributes.value.extendedCommunities.filter {
                if case .encapsulation = $0.meaning { false } else { true }
            }.map(\.description)
        let peer = peers[path.source.peer] ?? (path.source.peer == .local ? "local" : "")
        var flags = path.infeasibility.description.split(separator: ",").map(String.init)
        if path.isStale { flags.append("stale") }
        if path.isReplica { flags.append("imported") }
        return [
            .text(table), .text("\(key)"), .text(index == 0 && route.isFeasible ? "best" : index < route.equalCount ? "equal" : ""),
            .text("\(path.attributes.nextHop)"), .number(Int(path.label)), .list(path.attributes.encapsulations.map(\.description)),
            .number(Int(path.attributes.localPreference)), .text("\(path.attributes.asPath)"), .list(communities),
            .text("\(path.source.kind)"), .text(peer), .list(flags),
        ]
    }
}

/// Rows with named columns: a list of objects in JSON, columns in text.
struct Table: Sendable {
    enum Cell: Sendable {
        case text(String)
        case number(Int)
        case list([String])

        var text: String {
            switch self {
            case .text(let text): text.isEmpty ? "-" : text
            case .number(let number): String(number)
            case .list(let list): list.isEmpty ? "-" : list.joined(separator: ",")
            }
        }
    }

    let name: String
    let columns: [String]
    private var rows: [[Cell]] = []

    init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    mutating func add(_ row: [Cell]) { rows.append(row) }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            for (column, cell) in zip(columns, row) {
                writer.key(column)
                switch cell {
                case .text(let text): writer.value(text)
                case .number(let number): writer.value(number)
                case .list(let list):
                    writer.beginArray()
                    for item in list { writer.value(item) }
                    writer.endArray()
                }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    var text: String {
        let lines = [columns.map { $0.uppercased() }] + rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column + 1 < line.count { text += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            return text + "\n"
        }.joined()
    }
}

private final class IntrospectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let view: Introspection
    private var head: HTTPRequestHead?

    init(_ view: Introspection) { self.view = view }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            guard head.method == .GET || head.method == .HEAD else {
                let text = "only GET is answered here\n"
                return reply(.init(status: .methodNotAllowed, isText: true, body: Array(text.utf8)), head, context)
            }
            view.answer(head.uri, on: context.eventLoop).whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success(let answer): handler.reply(answer, head, context)
                case .failure(let error):
                    handler.reply(.init(status: .internalServerError, isText: true, body: Array("\(error)\n".utf8)), head, context)
                }
            }
        }
    }

    private func reply(_ answer: Introspection.Answer, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Content-Type": answer.isText ? "text/plain; charset=utf-8" : "application/json", "Content-Length": String(answer.body.count),
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: request.version, status: answer.status, headers: headers))), promise: nil)
        if request.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
