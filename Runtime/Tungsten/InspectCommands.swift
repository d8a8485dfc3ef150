// The operator's commands that read the forwarder's tables: vif, nh, rt, mpls, flow, dropstats. All take --socket and -o.

import Agent
import AgentCore
import ArgumentParser
import Attributes
import ForwarderMessages
import NetworkTypes

/// What every one of them takes.
struct InspectOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    static let socketHelp = ArgumentHelp(
        """
        The socket of the forwarder, or netlink for the one in the kernel. (default: netlink if its module is loaded, else \
        \(ForwarderSocket.standardPath))
        """, valueName: "path")

    @Option(help: InspectOptions.socketHelp)
    var socket: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("table: columns to read. json: an array with an object for each entry.", valueName: "format"))
    var output = Output.table

    func connect() throws -> ForwarderSocket { try ForwarderSocket(path: socket) }

    func show(_ table: InspectionTable) { print(output == .json ? table.json : table.text, terminator: "") }
}

struct InterfaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vif",
        abstract: "Show the forwarder's interfaces and what passed through them.",
        discussion: """
            Received means into the forwarder: what a workload sends is received. A link that is down is a device that does not exist or \
            has no carrier. `tungsten dropstats --interface N` says why packets that arrived on an interface were dropped.
            """)

    @Argument(help: ArgumentHelp("Only this interface.", valueName: "index"))
    var index: UInt32?

    @OptionGroup var options: InspectOptions

    func run() throws {
        let forwarder = try options.connect()
        let messages = try index.map { try forwarder.ask(InterfaceMessage(operation: .get, index: $0)) } ?? forwarder.interfaces()
        options.show(.interfaces(messages))
    }
}

struct NextHopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nh",
        abstract: "Show the forwarder's next hops: what is done with packets.",
        discussion: """
            Members of a composite are next hops with the label that packets get in parentheses, in their positions; flows remember \
            positions, so that a member that went leaves `empty` behind. Next hop 0 discards.
            """)

    @Argument(help: ArgumentHelp("Only this next hop.", valueName: "index"))
    var index: UInt32?

    @OptionGroup var options: InspectOptions

    func run() throws {
        let forwarder = try options.connect()
        let messages = try index.map { try forwarder.ask(NextHopMessage(operation: .get, index: $0)) } ?? forwarder.nextHops()
        options.show(.nextHops(messages))
    }
}

struct RouteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rt",
        abstract: "Show the forwarder's routes, or the one that an address takes.",
        discussion: """
            `tungsten rt --vrf 2 10.1.1.3` shows the longest match for an address, and with a MAC address its bridge entry. Without an \
            address all routes of all VRFs are shown, or those of one with --vrf.
            """)

    enum Family: String, ExpressibleByArgument, CaseIterable {
        case inet
        case inet6
        case bridge

        var value: AddressFamily {
            switch self {
            case .inet: .inet
            case .inet6: .inet6
            case .bridge: .bridge
            }
        }
    }

    @Argument(help: ArgumentHelp("An IP or MAC address to look up; needs --vrf.", valueName: "address"))
    var address: String?

    @Option(help: ArgumentHelp("Only this VRF.", valueName: "index"))
    var vrf: UInt32?

    @Option(help: "Only routes of this family.")
    var family: Family?

    @OptionGroup var options: InspectOptions

    func validate() throws {
        if address != nil, vrf == nil { throw ValidationError("an address is looked up in a VRF: name it with --vrf") }
        if let address, (try? IPAddress(parsing: address)) == nil, (try? MACAddress(parsing: address)) == nil {
            throw ValidationError("'\(address)' is neither an IP address nor a MAC address")
        }
    }

    func run() throws {
        let forwarder = try options.connect()
        if let address, let vrf { return options.show(.routes(try forwarder.ask(question(address, vrf)))) }
        let vrfs = try vrf.map { [$0] } ?? forwarder.vrfs().compactMap(\.index).sorted()
        let families = family.map { [$0] } ?? Family.allCases
        var messages: [RouteMessage] = []
        for vrf in vrfs { for family in families { messages += try forwarder.routes(vrf: vrf, family.value) } }
        options.show(.routes(messages))
    }

    private func question(_ address: String, _ vrf: UInt32) -> RouteMessage {
        var message = RouteMessage(operation: .get, vrf: vrf, family: .bridge)
        switch try? IPAddress(parsing: address) {
        case .v4(let address): (message.family, message.ipv4Prefix) = (.inet, address)
        case .v6(let address): (message.family, message.ipv6Prefix) = (.inet6, address)
        case nil: message.macAddress = try? MACAddress(parsing: address)
        }
        return message
    }
}

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mpls", abstract: "Show the forwarder's incoming MPLS labels: the next hop that each stands for.")

    @Argument(help: ArgumentHelp("Only this label.", valueName: "label"))
    var label: UInt32?

    @OptionGroup var options: InspectOptions

    func run() throws {
        let forwarder = try options.connect()
        options.show(.labels(try label.map { try forwarder.ask(LabelMessage(operation: .get, label: $0)) } ?? forwarder.labels()))
    }
}

struct FlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow",
        abstract: "Show the forwarder's flows: what was decided about conversations, and why packets of some are dropped.",
        discussion: """
            Each direction has an entry; `reverse` is the other's index. The next hop stands for where packets come from, and tells tenants \
            with the same addresses apart. Of ICMP echo the port is the identifier. A flow with the action hold waits for the agent.
            """)

    @Option(help: ArgumentHelp("Only flows from or to this address.", valueName: "address"))
    var match: String?

    @Flag(help: "Only flows whose packets are dropped.")
    var dropped = false

    @OptionGroup var options: InspectOptions

    func validate() throws {
        if let match, (try? IPAddress(parsing: match)) == nil { throw ValidationError("'\(match)' is not an IP address") }
    }

    func run() throws {
        var flows = try options.connect().flows()
        if let address = match.flatMap({ try? IPAddress(parsing: $0) }) {
            flows.removeAll { flow in
                guard let tuple = flow.key.flatMap({ FlowKeyed($0) })?.tuple else { return true }
                return tuple.source != address && tuple.destination != address
            }
        }
        if dropped { flows.removeAll { $0.action != .drop } }
        options.show(.flows(flows))
    }
}

struct DropStatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dropstats",
        abstract: "Show how many packets the forwarder dropped, and for which reasons.",
        discussion: "Reasons that did not occur are not shown. `tungsten flow --dropped` says which rule is behind flow-action-drop.")

    @Option(help: ArgumentHelp("Only packets that arrived on this interface.", valueName: "index"))
    var interface: UInt32?

    @Flag(help: "Set the counters to zero after showing them.")
    var reset = false

    @OptionGroup var options: InspectOptions

    func run() throws {
        let request = DropStatisticsMessage(operation: reset ? .reset : .get, interface: interface)
        let messages = try options.connect().ask(request)
        options.show(messages.first.map { .drops($0) } ?? .drops(DropStatisticsMessage(operation: .get)))
    }
}
