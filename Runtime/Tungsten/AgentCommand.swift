// `tungsten agent`: the agent of a compute host.

import Agent
import AgentCore
import ArgumentParser
import Glibc
import NetworkTypes

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run the agent of a compute host.",
        discussion: """
            It tells the host's forwarder, which must run beside it, what is to become of packets: from the ports that orchestrators \
            attach (see `tungsten port`), and from the configuration and the routes of up to two control nodes.

              tungsten-vrouter &
              tungsten agent --address 192.0.2.11/24 --gateway 192.0.2.1 --device eth0 --control-node 192.0.2.5:5269

            With --vrouter-socket netlink it works with the forwarder in the kernel, whose module may be loaded before or after:

              modprobe vrouter
              tungsten agent --vrouter-socket netlink --address 192.0.2.11/24 --device eth0 --control-node 192.0.2.5:5269

            The host's own traffic moves from the device to the interface that --vhost names, which the forwarder makes: give it the \
            host's address. Stopping the agent, or starting it anew, does not touch the forwarder's tables: traffic goes on. \
            The port API does not authenticate, which is why it listens on the loopback interface unless told otherwise.

            SIGTERM and Ctrl-C stop it; a second one at once.
            """)

    @Option(help: ArgumentHelp("The virtual router's name in the configuration; the host's name when left out.", valueName: "host"))
    var name: String?

    @Option(
        name: .customLong("control-node"), parsing: .singleValue,
        help: ArgumentHelp(
            "A control node; port 5269 when left out. Repeat it, or separate several by commas: two at a time are used, the first first.",
            valueName: "host:port"))
    var controlNodes: [String] = []

    @Option(
        help: ArgumentHelp(
            "The host's address in the underlay, where its tunnels end, with the network's length.", valueName: "address/length"))
    var address: String

    @Option(help: ArgumentHelp("Where tunnels to hosts beyond that network are sent.", valueName: "address"))
    var gateway: String?

    @Option(help: ArgumentHelp("The network device towards the underlay.", valueName: "device"))
    var device = "eth0"

    @Option(help: ArgumentHelp("The device's MAC address; that which the system gives it when left out.", valueName: "mac"))
    var mac: String?

    @Option(help: ArgumentHelp("The host's own interface, which the forwarder makes.", valueName: "device"))
    var vhost = "vhost0"

    @Option(
        name: .customLong("vrouter-socket"),
        help: ArgumentHelp("The socket of the forwarder, or netlink for the one in the kernel.", valueName: "path"))
    var forwarderSocket = ForwarderSocket.standardPath

    @Option(
        name: .customLong("packet-socket"),
        help: ArgumentHelp(
            """
            The socket that the forwarder makes for packets to the agent; a plain name is beside the forwarder's socket. With netlink, the \
            device that it makes for them.
            """, valueName: "path"))
    var packetSocket = "pkt0"

    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp("Where ports and numbers are kept. Made if it is missing, and readable by its user only.", valueName: "dir"))
    var dataDirectory = DataFolder.standard + "/agent"

    @Option(help: ArgumentHelp("Where the port API listens. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 9091)

    @Option(
        name: .customLong("name-server"), parsing: .singleValue,
        help: ArgumentHelp(
            "Who answers names that are none of the platform's. Repeat it for more; those of /etc/resolv.conf when left out.",
            valueName: "address[:port]"))
    var nameServers: [String] = []

    @Option(
        name: .customLong("name-service"), parsing: .singleValue,
        help: ArgumentHelp(
            "A name server of the platform (see `tungsten names`), which knows the workloads of other hosts. Repeat it for more.",
            valueName: "address[:port]"))
    var nameServices: [String] = []

    @Option(help: ArgumentHelp("The subcluster that the host is in.", valueName: "name"))
    var subcluster: String?

    @OptionGroup var process: ProcessOptions

    func run() async throws {
        let stop = process.makeStopSignal()
        let agent = try await Agent.start(try options(), process.makeLogger("agent"))
        print("agent \(try hostName()) serves ports on http://\(agent.address)")
        fflush(nil)
        await stop.requested()
        try await agent.stop()
    }

    // MARK: Reading

    private func options() throws -> AgentOptions {
        guard let prefix = Self.interface(address) else {
            throw ValidationError("--address: '\(address)' is not an address with its network's length; write it as 192.0.2.11/24")
        }
        var host = HostParameters(
            name: try hostName(), address: prefix.address, prefixLength: prefix.length, mac: try hardwareAddress(), physicalDevice: device)
        host.gateway = try gateway.map { text in
            guard let gateway = try? IPv4Address(parsing: text) else {
                throw ValidationError("--gateway: '\(text)' is not an IPv4 address")
            }
            return gateway
        }
        let packetDevice = forwarderSocket == ForwarderSocket.netlink ? [("--packet-socket", packetSocket)] : []
        for (option, name) in [("--device", device), ("--vhost", vhost)] + packetDevice where !Self.isDeviceName(name) {
            throw ValidationError("\(option): '\(name)' cannot be a device's name: 1 to 15 characters, without slash and space")
        }
        host.hostDevice = vhost
        var engine = AgentEngineOptions(host: host, controlNodes: try servers())
        engine.subcluster = subcluster
        engine.build = "tungsten"
        var options = AgentOptions(
            engine, forwarderSocket: forwarderSocket, packetSocket: packetSocket, dataDirectory: dataDirectory)
        options.host = listen.host
        options.port = listen.port
        options.nameServers = try nameServers.map { try Self.nameServer($0, "--name-server") }
        options.nameServices = try nameServices.map { try Self.nameServer($0, "--name-service") }
        return options
    }

    private static func nameServer(_ text: String, _ option: String) throws -> NameServer {
        guard let server = NameServer(text) else {
            throw ValidationError("\(option): '\(text)' is not an IP address, or one with a port such as 192.0.2.53:53")
        }
        return server
    }

    private func hostName() throws -> String {
        if let name {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ":") }) else {
                throw ValidationError("--name: '\(name)' is not a name: no spaces and colons")
            }
            return name
        }
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { throw ValidationError("the host has no name; give one with --name") }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func servers() throws -> [String] {
        try controlNodes.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { text in
            guard let address = ServerAddress(String(text), defaultPort: 5269) else {
                throw ValidationError("--control-node: '\(text)' is not an address; write HOST:PORT, with an IPv6 address in brackets")
            }
            return address.description
        }
    }

    private func hardwareAddress() throws -> MACAddress {
        if let mac {
            guard let address = try? MACAddress(parsing: mac), !address.isMulticast, address != .zero else {
                throw ValidationError("--mac: '\(mac)' is not one device's address; write it as 02:00:00:00:00:01")
            }
            return address
        }
        guard let address = HostDevice.hardwareAddress(of: device) else {
            throw ValidationError("there is no device \(device) with a MAC address here; name the device with --device, or give --mac")
        }
        return address
    }

    private static func isDeviceName(_ name: String) -> Bool {
        1...15 ~= name.utf8.count && name != "." && name != ".." && !name.contains { $0 == "/" || $0.isWhitespace }
    }

    private static func interface(_ text: String) -> (address: IPv4Address, length: Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = try? IPv4Address(parsing: String(parts[0])), !address.isUnspecified,
            let length = Int(parts[1]), 1...32 ~= length
        else { return nil }
        return (address, length)
    }
}
