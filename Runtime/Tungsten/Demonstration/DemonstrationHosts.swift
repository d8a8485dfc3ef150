// Makes the demonstration's hosts on this machine and takes them away again: namespaces and links, the roles of each host in its namespace, and
// workloads that are plugged in and ask for their addresses. Everything has a name of the plan's, so that what an earlier run left behind is
// found and removed.

import Foundation
import Glibc
import NetworkTypes
import Supervision

public struct DemonstrationHosts: Sendable {
    private let plan: DemonstrationPlan
    private let network: HostNetwork
    /// Where the hosts' sockets, data and the DHCP client's script are.
    private let folder: String
    private let program: String
    private let forwarder: String

    /// - Parameters:
    ///   - program: `tungsten`; the forwarder is beside it.
    public init(_ plan: DemonstrationPlan, folder: String, program: String) {
        self.plan = plan
        self.folder = folder
        self.program = program
        network = HostNetwork(plan)
        forwarder = (program as NSString).deletingLastPathComponent + "/tungsten-vrouter"
    }

    // MARK: What is lacking

    /// Why the demonstration cannot be made here, and what would help; nil: it can.
    public func obstacle() async -> String? {
        if geteuid() != 0 { return "it makes network namespaces, which only root may; run this as root" }
        if Tool.find("ip") == nil { return "iproute2 is not installed; apt-get install iproute2" }
        if Tool.find("busybox") == nil {
            return "busybox, whose DHCP client the workloads use, is not installed; apt-get install busybox-static"
        }
        if access(forwarder, X_OK) != 0 { return "the forwarder is not at \(forwarder); swift build --product tungsten-vrouter" }
        if access("/dev/net/tun", R_OK | W_OK) != 0 { return "there is no /dev/net/tun here; a container may need --device /dev/net/tun" }
        let probe = "tungsten-probe-\(getpid())"
        guard let made = try? await Tool.run("ip", ["netns", "add", probe]), made.isSuccess else {
            return "this machine does not let it make network namespaces; a container may need --privileged"
        }
        _ = try? await Tool.run("ip", ["netns", "delete", probe])
        return nil
    }

    // MARK: Networks

    /// Makes namespaces and links, after removing what there is of them.
    public func makeNetworks() async throws(SupervisorError) {
        await removeNetworks()
        for command in network.making { try await run(command) }
        for workload in plan.workloads {
            let file = WorkloadAddress.nameServerFile(workload)
            do {
                try FileManager.default.createDirectory(
                    atPath: WorkloadAddress.nameServerFolder(workload), withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: file))
            } catch {
                throw SupervisorError(message: "cannot write \(file): \(error.localizedDescription)")
            }
        }
    }

    /// Removes what there is of the demonstration's namespaces and links; returns how many things there were.
    @discardableResult
    public func removeNetworks() async -> Int {
        var count = 0
        for command in network.removing {
            if let result = try? await Tool.run(command.arguments[0], Array(command.arguments.dropFirst())), result.isSuccess { count += 1 }
        }
        for workload in plan.workloads { try? FileManager.default.removeItem(atPath: WorkloadAddress.nameServerFolder(workload)) }
        return count
    }

    private func run(_ command: HostNetwork.Command) async throws(SupervisorError) {
        let result = try await Tool.run(command.arguments[0], Array(command.arguments.dropFirst()))
        guard result.isSuccess else {
            let reason = result.errors.trimmingCharacters(in: .whitespacesAndNewlines)
            throw SupervisorError(message: "'\(command)' failed: \(reason)")
        }
    }

    // MARK: Roles

    /// The forwarder's socket of a host.
    public func socket(of host: DemonstrationPlan.Host) -> String { "\(folder)/\(host.name)/vrouter.sock" }

    /// The roles of a host, in the order in which they start.
    /// - Parameter common: arguments that all roles of `tungsten` take.
    public func roles(of host: DemonstrationPlan.Host, common: [String]) throws(SupervisorError) -> [Role] {
        guard let ip = Tool.find("ip") else { throw SupervisorError(message: "iproute2 is not installed") }
        let hostFolder = "\(folder)/\(host.name)"
        do {
            try FileManager.default.createDirectory(
                atPath: hostFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SupervisorError(message: "cannot make \(hostFolder): \(error.localizedDescription)")
        }
        let inside = ["netns", "exec", host.namespace]
        let agent =
            [program, "agent"] + common + [
                "--data-dir", hostFolder + "/agent", "--name", host.name, "--address", "\(host.address)/\(plan.underlay.length)",
                "--device",
                DemonstrationPlan.Host.uplink, "--vhost", DemonstrationPlan.Host.hostDevice, "--mac", host.mac.description,
                "--vrouter-socket",
                socket(of: host), "--control-node", "\(plan.controlAddress):5269", "--name-service", "\(plan.controlAddress):53",
            ]
        return [
            Role("\(host.name)-vrouter", program: ip, arguments: inside + [forwarder, "--socket", socket(of: host)], announcement: nil),
            Role("\(host.name)-agent", program: ip, arguments: inside + agent, announcement: "serves ports"),
        ]
    }

    // MARK: Workloads

    /// Plugs a workload in: its device gets the port's hardware address, and the host's agent is told of the port.
    public func plug(_ port: DemonstrationObjects.Port) async throws(SupervisorError) {
        for command in network.connecting(port.workload, port.mac) { try await run(command) }
        let result = try await Tool.run(
            "ip",
            [
                "netns", "exec", port.workload.host.namespace, program, "port", "add", "--uuid", port.interface, "--instance", port.machine,
                "--network", port.network, "--project", port.project, "--device", port.workload.tap, "--mac", port.mac.description,
                "--name",
                port.workload.fullName, "--address", port.address.description,
            ])
        guard result.isSuccess else {
            throw SupervisorError(
                message: "the agent of \(port.workload.host.name) does not take the port \(port.workload.fullName): \(result.errors)")
        }
    }

    /// Waits until the agent has connected a port: the first answers to DHCP, from before, are provisional.
    public func waitUntilUp(_ port: DemonstrationObjects.Port, patience: Duration = .seconds(30)) async throws {
        struct Report: Decodable {
            struct Port: Decodable {
                let id: String
                let state: String
                let reason: String?
            }
            let ports: [Port]
        }
        let deadline = ContinuousClock.now + patience
        var last = "its agent does not answer"
        while ContinuousClock.now < deadline {
            try Task.checkCancellation()
            let asked = try await Tool.run("ip", ["netns", "exec", port.workload.host.namespace, program, "status", "--agent-only"])
            let report = try? JSONDecoder().decode(Report.self, from: Data(asked.output.utf8))
            if let found = report?.ports.first(where: { $0.id == port.interface }) {
                if found.state == "up" { return }
                last = "\(found.state): \(found.reason ?? "")"
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw SupervisorError(message: "the port \(port.workload.fullName) is not connected after \(patience): \(last)")
    }

    /// Lets a workload ask for its address.
    public func configure(_ workload: DemonstrationPlan.Workload) async throws(SupervisorError) {
        let script = "\(folder)/dhcp-event"
        do {
            if !FileManager.default.fileExists(atPath: script) {
                try Data(WorkloadAddress.script.utf8).write(to: URL(filePath: script))
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
            }
        } catch {
            throw SupervisorError(message: "cannot write \(script): \(error.localizedDescription)")
        }
        // busybox starts the script where it was started: a relative path would do, an absolute one does everywhere.
        let path = URL(filePath: script).path
        let result = try await Tool.run("ip", WorkloadAddress.client(workload, script: path))
        guard result.isSuccess else {
            throw SupervisorError(
                message: "\(workload.fullName) gets no address from \(workload.host.name): \(result.errors.suffix(300))")
        }
    }
}
