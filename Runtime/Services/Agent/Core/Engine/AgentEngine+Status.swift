// The agent's state for people and tools.

import Coding
import ForwarderMessages
import Graph
import NetworkTypes
import XMPP

/// Why an interface does not have its network yet, in the order in which things come.
public enum InterfaceState: String, Sendable {
    case up
    /// The port was disabled by `PUT /disable-port`.
    case disabled
    case waitsForConfiguration = "waits for its configuration"
    case waitsForAddress = "waits for an address"
    case waitsForForwarder = "waits for the forwarder"
    case waitsForDevice = "waits for its device"
    case refused = "refused by the forwarder"
}

extension AgentEngine {
    /// The state of a port that is plugged in.
    public func state(of port: Port) -> (InterfaceState, reason: String) {
        guard port.isLinkUp else { return (.disabled, "PUT /enable-port/\(port.id) enables it") }
        guard let interface = plan.interfaces.values.first(where: { $0.id == port.id }), let configuration = interface.configuration else {
            let source = sessions.configurationSource == nil ? "; no control node is connected" : ""
            return (.waitsForConfiguration, "no control node has told of the virtual machine interface \(port.id)\(source)")
        }
        guard !configuration.addresses.isEmpty else {
            return (.waitsForAddress, "the virtual machine interface \(port.id) has no instance-ip")
        }
        guard link.isRunning else { return (.waitsForForwarder, "the forwarder is not connected") }
        if let refusal = link.refusals[.interface(interface.index)] { return (.refused, refusal) }
        guard link.actual[.interface(interface.index)] != nil else {
            return (.waitsForForwarder, isFrozen ? "tables stay as they are until routes have arrived" : "it is being told")
        }
        guard link.links[interface.index] != false else { return (.waitsForDevice, "the device \(port.device) is not there or not up") }
        return (.up, "")
    }

    /// The state as JSON.
    public var status: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", options.host.name)
        writer.member("address", options.host.address.description)
        writer.member("build", options.build)
        writer.member("settled", isSettled)
        writeForwarder(&writer)
        writeControlNodes(&writer)
        writePorts(&writer)
        writeNetworks(&writer)
        writeCounts(&writer)
        writer.key("problems")
        writer.beginArray()
        for problem in problems { writer.value(problem) }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    /// Everything that is wrong at the moment.
    public var problems: [String] {
        var problems = plan.problems
        if !link.isRunning { problems.append("the forwarder is not connected") }
        if controllers.isEmpty { problems.append("no control node is connected") }
        if isFrozen { problems.append("the tables are an earlier agent's until configuration and routes have arrived") }
        problems += link.refusals.values.sorted().map { "the forwarder refuses \($0)" }
        problems += wantedNeighbours.filter { inputs.neighbours[$0] == nil }.sorted().map { "nobody in the underlay answers for \($0)" }
        return problems
    }

    private func writeForwarder(_ writer: inout JSONWriter) {
        writer.key("forwarder")
        writer.beginObject()
        let phase =
            switch link.phase {
            case .disconnected: "disconnected"
            case .greeting: "greeting"
            case .reading: "reading"
            case .running: isFrozen ? "frozen" : "running"
            }
        writer.member("state", phase)
        writer.member("entries", link.actual.count)
        writer.member("wanted-entries", plan.tables.count)
        writer.member("unanswered", link.waitingCount)
        writer.member("refused", link.refusals.count)
        writer.endObject()
    }

    private func writeControlNodes(_ writer: inout JSONWriter) {
        writer.key("control-nodes")
        writer.beginArray()
        for (session, (server, state)) in sessions.states.enumerated() {
            writer.beginObject()
            writer.member("server", server)
            writer.member("state", "\(state)")
            writer.member("configuration-source", sessions.configurationSource == session)
            writer.member("routes-complete", controllers[session]?.isComplete ?? false)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writePorts(_ writer: inout JSONWriter) {
        let byID = Dictionary(plan.interfaces.values.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        writer.key("ports")
        writer.beginArray()
        for port in inputs.ports.values.sorted(by: { $0.id < $1.id }) {
            let (state, reason) = state(of: port)
            let interface = byID[port.id]
            writer.beginObject()
            writer.member("id", port.id.description)
            writer.member("workload", port.instance.description)
            writer.member("device", port.device)
            writer.member("mac", port.mac.description)
            writer.member("state", state.rawValue)
            if !reason.isEmpty { writer.member("reason", reason) }
            writer.member("interface", (interface?.index).map(Int.init))
            writer.member("vrf", (interface?.vrf).map(Int.init))
            writer.member("network", interface?.configuration?.network.name)
            writer.key("addresses")
            writer.beginArray()
            for address in interface?.configuration?.addresses ?? [] { writer.value(address.description) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeNetworks(_ writer: inout JSONWriter) {
        writer.key("vrfs")
        writer.beginArray()
        for vrf in plan.vrfs.values.sorted(by: { $0.index < $1.index }) {
            writer.beginObject()
            writer.member("index", Int(vrf.index))
            writer.member("instance", vrf.instance)
            writer.member("network", vrf.network?.name)
            writer.member("routes", vrf.routes.count)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeCounts(_ writer: inout JSONWriter) {
        writer.key("counts")
        writer.beginObject()
        writer.member("flows", flows.pairs.count)
        writer.member("flows-begun", counters.flowsBegun)
        writer.member("flows-ended", counters.flowsEnded)
        writer.member("routes-received", inputs.routes.count)
        writer.member("routes-announced", announced.count)
        writer.member("routes-unreadable", counters.badRoutes)
        writer.member("plans", counters.plans)
        writer.member("requests", counters.requests)
        writer.member("refusals", counters.refusals)
        writer.member("packets", counters.packets)
        writer.member("packets-ignored", counters.packetsIgnored)
        writer.member("source-mismatches", counters.sourceMismatches)
        writer.endObject()
    }
}
