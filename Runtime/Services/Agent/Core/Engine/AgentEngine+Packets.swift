// Packets that the forwarder shows: first packets of flows, what is for the platform, ARP, and what could not be sent on.

import Graph
import Attributes
import ForwarderMessages
import NetworkTypes

/// A question of a workload that a name server was asked.
struct Question: Sendable {
    let interface: UInt32
    let workload: UUIDValue
    let query: ForwardedQuery
    /// The platform's name server is being asked; if it is nobody's name of the platform, the host's is asked next.
    var isToPlatform: Bool
}

extension AgentEngine {
    /// More questions than these do not wait at the same time.
    private static let mostQuestions = 1024

    mutating func packetArrived(_ bytes: ArraySlice<UInt8>, _ now: UInt64) {
        counters.packets += 1
        let packet: AgentPacket
        do throws(PacketError) {
            packet = try AgentPacket(parsing: bytes)
        } catch {
            counters.packetsIgnored += 1
            return
        }
        guard case .trap(let reason) = packet.command else {
            counters.packetsIgnored += 1
            return
        }
        switch reason {
        case .arp where UInt32(packet.interface) == AgentIndexes.physical: heardInUnderlay(packet.frame, now)
        case .arp, .platform: answer(packet)
        case .resolve(let nextHop): resolve(nextHop, now)
        case .flowMiss(let index, let nextHop, let incarnation, _, _):
            beginFlow(packet, index: index, nextHop: nextHop, incarnation: incarnation, now)
        case .sourceMismatch: counters.sourceMismatches += 1
        case .tooLarge(let mtu, _): answer(packet, .tooLarge(mtu: UInt16(clamping: mtu)))
        case .zeroTTL: answer(packet, .timeExceeded)
        }
    }

    private mutating func send(_ frame: [UInt8], to interface: UInt32, vrf: UInt32) {
        let packet = AgentPacket(
            interface: UInt16(truncatingIfNeeded: interface), vrf: UInt16(truncatingIfNeeded: vrf), .send, frame: frame[...])
        actions.append(.sendPacket(packet.bytes))
    }

    // MARK: Flows

    private mutating func beginFlow(_ packet: AgentPacket, index: UInt32, nextHop: UInt32, incarnation: UInt8, _ now: UInt64) {
        // As long as the agent knows less than the one before it, new conversations wait. The forwarder shows them again.
        guard !isFrozen, link.isRunning else { return }
        let tuple: FlowTuple
        do throws(PacketError) {
            switch try FlowPacket(parsing: packet.frame) {
            case .tuple(let of), .error(let of): tuple = of
            case .laterFragment:
                guard let attributes = try? FlowMessage(operation: .get, index: index, incarnation: incarnation).attributes() else {
                    return
                }
                link.request(
                    FlowMessage.command, attributes,
                    .flowOfFragment(interface: UInt32(packet.interface), vrf: UInt32(packet.vrf)))
                return
            }
        } catch {
            counters.packetsIgnored += 1
            return
        }
        beginFlow(
            FlowArrival(
                interface: UInt32(packet.interface), vrf: UInt32(packet.vrf), index: index, incarnation: incarnation, nextHop: nextHop,
                tuple: tuple), now)
    }

    private mutating func beginFlow(_ arrival: FlowArrival, _ now: UInt64) {
        counters.flowsBegun += 1
        perform(flows.arrived(arrival, plan, at: now))
        // A workload that sends from its address has it.
        if let interface = plan.interfaces[arrival.interface] { seen(arrival.tuple.source, at: interface) }
    }

    mutating func fragmentAnswered(_ interface: UInt32, _ vrf: UInt32, _ answer: ForwarderAnswer, _ now: UInt64) {
        guard answer.error == 0, let bytes = answer.entries.first, let message = try? FlowMessage(attributes: bytes),
            message.action == .hold, let index = message.index, let incarnation = message.incarnation,
            let key = message.key.flatMap({ FlowKeyed($0) })
        else { return }
        beginFlow(
            FlowArrival(
                interface: interface, vrf: vrf, index: index, incarnation: incarnation, nextHop: key.nextHop, tuple: key.tuple), now)
    }

    /// A workload is known to use an address of its own.
    private mutating func seen(_ address: IPAddress, at interface: PlannedInterface) {
        guard let configuration = interface.configuration, configuration.addresses.contains(address) else { return }
        if inputs.activeAddresses.insert(.init(interface.id, address)).inserted { needsPlan = true }
    }

    // MARK: The platform's answers

    /// The interface that a packet came from, if it is known what it is.
    private func interface(of packet: AgentPacket) -> PlannedInterface? {
        guard let interface = plan.interfaces[UInt32(packet.interface)] else { return nil }
        guard isFrozen else { return interface }
        // The number is the earlier agent's, and its workload may not be the one that has it now; without configuration an answer would be a guess.
        guard case .interface(let entry) = link.actual[.interface(interface.index)]?.message, interface.configuration != nil,
            let port = inputs.ports[interface.id], port.device == entry.name
        else { return nil }
        return interface
    }

    private mutating func answer(_ packet: AgentPacket) {
        guard let interface = interface(of: packet), let context = plan.context(of: interface.index, hasNameService: options.hasNameService)
        else {
            counters.packetsIgnored += 1
            return
        }
        switch context.answer(packet.frame) {
        case .answer(let frame), .dhcp(.answer(_, let frame)): send(frame, to: interface.index, vrf: interface.vrf)
        case .ask(let query): ask(query, interface)
        case .seen(let address, let mac): if mac == interface.mac { seen(.v4(address), at: interface) }
        case .conflict(let address, let mac):
            log(.warning, "the workload at \(deviceName(of: interface)) says with \(mac) that it has the platform's address \(address)")
        case .dhcp(.noted): break
        case .dhcp(.ignored), .ignored: counters.packetsIgnored += 1
        }
    }

    func deviceName(of interface: PlannedInterface) -> String { inputs.ports[interface.id]?.device ?? interface.id.description }

    private mutating func answer(_ packet: AgentPacket, _ error: RouterError) {
        guard let interface = interface(of: packet),
            let gateway = interface.gateway ?? interface.ownAddresses.min(),
            let frame = error.answer(packet.frame, from: gateway)
        else {
            counters.packetsIgnored += 1
            return
        }
        send(frame, to: interface.index, vrf: interface.vrf)
    }

    // MARK: Names

    private mutating func ask(_ query: ForwardedQuery, _ interface: PlannedInterface) {
        guard questions.count < Self.mostQuestions else {
            send(query.failure, to: interface.index, vrf: interface.vrf)
            return
        }
        nextQuestion += 1
        let network = options.hasNameService ? interface.configuration?.network.name : nil
        questions[nextQuestion] = Question(interface: interface.index, workload: interface.id, query: query, isToPlatform: network != nil)
        if let network {
            let question = ScopedQuestion(query.query, network: network)
            actions.append(.askNameService(question: nextQuestion, message: question.bytes))
        } else {
            actions.append(.askNameServer(question: nextQuestion, message: query.message))
        }
    }

    mutating func nameServerAnswered(_ number: Int, _ message: [UInt8]?) {
        guard var question = questions.removeValue(forKey: number),
            let interface = plan.interfaces[question.interface], interface.id == question.workload
        else { return }
        // The head's fourth byte ends with the response code (RFC 1035 §4.1.1).
        let code = message.flatMap { $0.count >= 12 ? DNSResponseCode(rawValue: $0[3] & 0x0F) : nil }
        if question.isToPlatform, code == nil || code == .refused {
            question.isToPlatform = false
            questions[number] = question
            actions.append(.askNameServer(question: number, message: question.query.message))
            return
        }
        // The answer has its question's identifier, whoever asked under which.
        let answer = message.flatMap { $0.count >= 12 ? Array(question.query.message.prefix(2)) + $0.dropFirst(2) : nil }
        send(answer.map { question.query.answer($0) } ?? question.query.failure, to: interface.index, vrf: interface.vrf)
    }

    // MARK: The underlay

    private mutating func heardInUnderlay(_ frame: ArraySlice<UInt8>, _ now: UInt64) {
        guard let ethernet = try? EthernetFrame(parsing: frame), ethernet.type == .arp,
            let packet = try? ARPPacket(parsing: ethernet.payload)
        else {
            counters.packetsIgnored += 1
            return
        }
        perform(neighbours.heard(packet.senderAddress, packet.senderMAC, at: now))
    }

    /// Packets wait behind a next hop whose neighbour is not known.
    private mutating func resolve(_ nextHop: UInt32, _ now: UInt64) {
        guard let name = indexes.nextHops.name(of: nextHop), name.hasPrefix("tunnel:"),
            let text = name.split(separator: ":").last, let address = try? IPv4Address(parsing: String(text))
        else { return }
        let network = IPv4Prefix(options.host.address, length: options.host.prefixLength)
        let neighbour = network.contains(address) ? address : options.host.gateway ?? address
        guard wantedNeighbours.contains(neighbour) else { return }
        perform(neighbours.wanted(neighbour, at: now))
    }

    mutating func perform(_ neighbourActions: [NeighbourTable.Action]) {
        for action in neighbourActions {
            switch action {
            case .request(let address):
                let host = options.host
                let packet = ARPPacket(.request, sender: host.mac, host.address, target: .zero, address)
                let frame = EthernetFrame(to: .broadcast, from: host.mac, type: .arp, payload: packet.bytes[...])
                send(frame.bytes, to: AgentIndexes.physical, vrf: 0)
            case .resolved(let address, let mac):
                if inputs.neighbours.updateValue(mac, forKey: address) != mac { needsPlan = true }
            case .failed(let address):
                log(.warning, "nobody in the underlay answers for \(address)")
                if inputs.neighbours.removeValue(forKey: address) != nil { needsPlan = true }
            }
        }
    }

    /// The plan has changed: so may have the addresses that are needed.
    mutating func updateNeighbours(_ now: UInt64) {
        for address in wantedNeighbours.subtracting(plan.wantedNeighbours) {
            neighbours.released(address)
            inputs.neighbours[address] = nil
        }
        let new = plan.wantedNeighbours.subtracting(wantedNeighbours).sorted()
        wantedNeighbours = plan.wantedNeighbours
        for address in new { perform(neighbours.wanted(address, at: now)) }
    }

    /// The forwarder could not send before it had its interfaces, and who did not answer may be there by now.
    mutating func askForNeighbours(_ now: UInt64) {
        for address in wantedNeighbours.sorted() where neighbours[address] == nil { perform(neighbours.wanted(address, at: now)) }
    }
}
