// The question of a trace as it goes out, and the entries that its steps lead to.

import AgentCore
import ForwarderMessages
import NetworkTypes
import Testing

@Suite struct PacketTraceTests {
    @Test func theQuestionIsAnEchoRequest() throws {
        let source = TraceEnd(address: IPv4Address(10, 1, 1, 3), mac: MACAddress(2, 0, 0, 0, 0, 3))
        let frame = PacketTrace.question(from: source, to: IPv4Address(10, 1, 2, 4), through: .gateway, identifier: 77)
        let parsed = try EthernetFrame(parsing: frame[...])
        #expect(parsed.destination == .gateway)
        #expect(parsed.source == source.mac)
        let packet = try IPv4Packet(parsing: parsed.payload)
        #expect(packet.source == source.address)
        #expect(packet.destination == IPv4Address(10, 1, 2, 4))
        guard case .echoRequest(let identifier, _, _) = try ICMPMessage(in: packet) else {
            Issue.record("no echo request")
            return
        }
        #expect(identifier == 77)
    }

    @Test func stepsLeadToEntries() {
        func entry(_ step: String, _ values: UInt32...) -> TraceEntry? {
            PacketTrace.entry(of: TraceStep(step: step, sentence: "", values: values))
        }
        #expect(entry("received", 3, 98) == .interface(3))
        #expect(entry("routed", 2, 0x0A01_0204, 32) == .route(vrf: 2, IPv4Address(10, 1, 2, 4)))
        #expect(entry("bridged", 2, 0x0200, 0x0000_0004) == .bridge(vrf: 2, MACAddress(2, 0, 0, 0, 0, 4)))
        #expect(entry("ecmp", 9, 1, 12) == .nextHop(12))
        #expect(entry("held", 5, 0) == .flow(5))
        #expect(entry("ttl", 63) == nil)
        #expect(entry("routed", 2) == nil)
        #expect(PacketTrace.entry(of: TraceStep(step: "next-hop", sentence: "")) == nil)
    }

    @Test func theTunnelIsTheLastOne() {
        let steps = [
            TraceStep(step: "encapsulated", sentence: "", values: [2, 17, 0xC612_000C]),
            TraceStep(step: "transmitted", sentence: "", values: [0, 140]),
        ]
        #expect(
            PacketTrace.tunnel(steps)
                == TraceTunnel(encapsulation: .mplsOverUdp, label: 17, destination: IPv4Address(198, 18, 0, 12)))
        #expect(PacketTrace.tunnel([TraceStep(step: "encapsulated", sentence: "", values: [99, 17, 1])]) == nil)
        #expect(PacketTrace.end(steps)?.step == "transmitted")
        #expect(!PacketTrace.isHeld(steps))
        #expect(PacketTrace.isHeld([TraceStep(step: "held", sentence: "")]))
    }
}
