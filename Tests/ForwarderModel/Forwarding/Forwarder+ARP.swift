// ARP (RFC 826) on behalf of everybody: the route to the address that is asked for says whether to answer, and with which MAC address.
// Runtime/Forwarder/include/route.h and interface.h say what its flags mean.

import NetworkTypes

extension Forwarder {
    mutating func answerWorkload(_ message: ARPMessage, _ journey: Journey) throws(Drop) {
        guard let frame = journey.frame else { throw .invalidPacket }
        if message.isRequest { return try answerRequest(message, frame, journey) }
        // Answers to what the agent asked in the gateway's name.
        if frame.destination == .gateway || frame.destination == journey.arrival.mac { return try trap(journey, .arp) }
        guard frame.isForMany else { return try bridge(journey) }
        showCopy(of: journey, .arp)
        try flood(journey)
    }

    private mutating func answerRequest(_ message: ARPMessage, _ frame: EthernetFrame, _ journey: Journey) throws(Drop) {
        let flags = journey.arrival.flags
        let route = tables.route(to: .v4(message.target), in: journey.vrf)
        if message.sender == message.target {
            // Gratuitous: not a question but news.
            if flags.contains(.macProxy) { throw .discard }
            if route?.flags.contains(.trap) == true { showCopy(of: journey, .arp) }
            return try flood(journey)
        }
        var mac = journey.arrival.mac
        if !flags.contains(.macProxy) {
            guard let route, route.flags.contains(.proxy) else { return try flood(journey) }
            if flags.contains(.noARPProxy), !isGateway(route) { throw .discard }
            if let stitched = route.mac {
                mac = stitched
            } else if route.flags.contains(.flood) {
                return try flood(journey)
            }
        }
        // Whoever makes sure that nobody has its address must hear nothing.
        guard mac != message.senderMAC else { throw .invalidARP }
        try transmit(answer(to: message, with: mac).bytes, on: journey.arrival)
    }

    /// A frame from a tunnel that asks for a workload here is answered; returns false if it is to be bridged like any frame.
    mutating func answerTunnel(_ frame: EthernetFrame, _ journey: Journey) throws(Drop) -> Bool {
        let message = try ARPMessage(frame.payload)
        guard message.isRequest, message.sender != message.target,
            let route = tables.route(to: .v4(message.target), in: journey.vrf), route.flags.contains(.proxy)
        else { return false }
        // Each host has a gateway of its own.
        if isGateway(route) { throw .discard }
        guard let mac = route.mac, tables.nextHops[route.nextHop]?.isEncapsulate == true else { return false }
        var back = journey
        back.load = .frame(answer(to: message, with: mac), nil)
        try bridge(back)
        return true
    }

    private func isGateway(_ route: Route) -> Bool { tables.nextHops[route.nextHop]?.isReceive == true }

    private func answer(to message: ARPMessage, with mac: MACAddress) -> EthernetFrame {
        EthernetFrame(destination: message.senderMAC, source: mac, type: EtherType.arp, payload: message.answered(with: mac).bytes)
    }

    private mutating func flood(_ journey: Journey) throws(Drop) {
        if journey.arrival.flags.contains(.service) { throw .discard }
        try bridge(journey)
    }
}
