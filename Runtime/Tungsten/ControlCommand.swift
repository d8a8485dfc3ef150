// `tungsten control`: the control node by itself, and what it says of itself.

import ArgumentParser
import ControlNode
import Foundation
import Glibc
import Logging
import NetworkTypes
import ObjectCommands

struct ControlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "Run a control node, or ask one for its state.",
        subcommands: [ControlRunCommand.self, ControlShowCommand.self], defaultSubcommand: ControlRunCommand.self)
}

struct ControlRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a control node.",
        discussion: """
            It exchanges routes with BGP speakers and with agents. Routing instances, peers and what agents are told of the configuration come \
            from the configuration server:

              tungsten control --server 192.0.2.10:8082 --name control-1

            What is given here instead is static, and goes before the configuration's:

              tungsten control --as 64512 --router-id 192.0.2.1 --peer 192.0.2.9 \\
                --instance blue,target=target:64512:1,network=5 \\
                --route blue,10.1.0.0/24,next-hop=192.0.2.1,label=17,encapsulation=mpls-over-udp

            SIGTERM and Ctrl-C stop it after its peers were told.
            """)

    @Option(
        name: .customLong("listen-bgp"),
        help: ArgumentHelp("Where to listen for BGP. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "0.0.0.0", port: 179)

    @Option(
        name: .customLong("listen-xmpp"),
        help: ArgumentHelp(
            "Where to listen for agents. Without it none are served, or with --server those that come to 0.0.0.0:5269. Port 0 takes any free port.",
            valueName: "host:port"))
    var listenXMPP: ListenAddress?

    @Option(
        name: .customLong("stale-time"),
        help: ArgumentHelp("How long the routes of a lost agent are used on; 0 forgets them at once.", valueName: "seconds"))
    var staleTime = 300.0

    @Option(help: ArgumentHelp("The name of this control node's bgp-router in the configuration; this host's when it is left out."))
    var name: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The autonomous system. Left out with --server, it is the configuration's.", valueName: "number"))
    var system: String?

    @Option(
        help: ArgumentHelp(
            "This speaker's BGP identifier, an IPv4 address. Left out with --server, it is the configuration's, else the address of --listen-bgp.",
            valueName: "address"))
    var routerID: String?

    @Option(help: ArgumentHelp("Reflects routes between internal speakers, with this cluster id.", valueName: "address"))
    var clusterID: String?

    @Option(
        name: .customLong("peer"), parsing: .singleValue,
        help: ArgumentHelp(
            "A BGP speaker; fields that follow its address: as=, port=, families=inet-vpn+e-vpn, hold=, restart=, passive, password-file=. Repeat it for more.",
            valueName: "address,…"))
    var peers: [String] = []

    @Option(
        name: .customLong("instance"), parsing: .singleValue,
        help: ArgumentHelp("A routing instance; fields: target=, import=, export=, network=. Repeat it for more.", valueName: "name,…"))
    var instances: [String] = []

    @Option(
        name: .customLong("route"), parsing: .singleValue,
        help: ArgumentHelp(
            "A route of an instance; fields: a prefix, mac= with ip=, multicast= or evpn=; next-hop=, label=, encapsulation=, community=.",
            valueName: "instance,…"))
    var routes: [String] = []

    @Option(help: ArgumentHelp("Where questions about its state are answered.", valueName: "host:port"))
    var introspection = ListenAddress(host: "127.0.0.1", port: 8083)

    @Option(help: ArgumentHelp("How many partitions the tables have; 0 for one a core.", valueName: "count"))
    var partitions = 0

    @OptionGroup(title: "Configuration server, to take routing instances and peers from; none unless it is named") var api: APIOptions

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let stop = common.makeStopSignal()
        let logger = common.makeLogger("control")
        let configuration = try configurationOptions()
        guard var options = try await makeOptions(configuration, stop, logger) else { return }
        options.host = listen.host
        options.port = listen.port
        options.configuration = configuration
        options.peers = try peers.map { try BGPPeerOptions(parsing: $0, localAS: options.system) }
        options.instances = try instances.map { try InstanceOptions(parsing: $0) }
        options.routes = try routes.map { try StaticRouteOptions(parsing: $0) }
        options.introspectionHost = introspection.host
        options.introspectionPort = introspection.port
        options.partitionCount = partitions
        let agentAddress = listenXMPP ?? (configuration == nil ? nil : ListenAddress(host: "0.0.0.0", port: 5269))
        options.agents = agentAddress.map { listen in
            var agents = AgentServiceOptions()
            agents.host = listen.host
            agents.port = listen.port
            agents.staleSeconds = max(staleTime, 0)
            return agents
        }
        let node = try await ControlNode.start(options, logger)
        print("control node listens for BGP on \(node.address), answers on http://\(node.introspectionAddress)")
        if let agents = node.agentAddress { print("agents are served on \(agents)") }
        if let configuration { print("the configuration comes from \(configuration.servers), for \(configuration.name)") }
        fflush(nil)
        await stop.requested()
        try await node.stop()
    }

    private func configurationOptions() throws -> ConfigurationOptions? {
        let settings = try api.roleSettings()
        guard settings.server != nil else { return nil }
        return ConfigurationOptions(
            try settings.transport(), servers: settings.place, name: name ?? ProcessInfo.processInfo.hostName)
    }

    /// With who this control node is, as far as that is not given, from the configuration. Nil when it was stopped before that was known.
    private func makeOptions(
        _ configuration: ConfigurationOptions?, _ stop: StopSignal, _ logger: Logger
    ) async throws -> ControlNodeOptions? {
        let givenSystem = try system.map { try ASNumber(parsing: $0) }
        let givenID = try routerID.map { try IPv4Address(parsing: $0) }
        let givenCluster = try clusterID.map { try IPv4Address(parsing: $0) }
        if let givenSystem, let givenID {
            var options = ControlNodeOptions(system: givenSystem, routerID: givenID)
            options.clusterID = givenCluster
            return options
        }
        guard let configuration else {
            throw ValidationError("--as and --router-id are needed; with --server they can come from the configuration")
        }
        print("waiting for the configuration of \(configuration.name) from \(configuration.servers)")
        fflush(nil)
        // One that listens on every address has none of its own.
        let fallback = givenID ?? (try? IPv4Address(parsing: listen.host)).flatMap { $0 == .any ? nil : $0 }
        let identity = Task { try await ControlNodeOptions.waiting(for: configuration, or: fallback, logger) }
        stop.whenRequested { identity.cancel() }
        guard var options = try await identity.value else { return nil }
        options.system = givenSystem ?? options.system
        options.routerID = givenID ?? options.routerID
        options.clusterID = givenCluster ?? options.clusterID
        return options
    }
}

struct ControlShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a control node's neighbors, instances, routes, agents, or where its configuration stands.")

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case neighbors, instances, routes, agents, configuration
    }

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "What to show.")
    var subject: Subject

    @Option(name: .shortAndLong, help: "How it is written.")
    var output = Output.text

    @Option(help: "Routes of this routing instance; the tables of VPN routes when it is left out.")
    var instance: String?

    @Option(help: "Routes of this family, such as inet or inet-vpn.")
    var family: String?

    @Option(help: "The route to this prefix.")
    var prefix: String?

    @Option(help: ArgumentHelp("Where the control node answers.", valueName: "host:port"))
    var introspection = ListenAddress(host: "127.0.0.1", port: 8083)

    func run() async throws {
        var query: [String] = output == .text ? ["format=text"] : []
        for (name, value) in [("instance", instance), ("family", family), ("prefix", prefix)] {
            if let value { query.append("\(name)=\(Self.escaped(value))") }
        }
        let uri = "/\(subject.rawValue)?\(query.joined(separator: "&"))"
        let text = try await IntrospectionClient.get(uri, host: introspection.host, port: introspection.port)
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default: return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
