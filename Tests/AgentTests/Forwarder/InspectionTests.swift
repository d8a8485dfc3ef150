// What operators read: the whole text of each table.

import AgentCore
import ForwarderMessages
import NetworkTypes
import Testing

@Suite struct InspectionTests {
    @Test func nextHops() {
        let mac = MACAddress(2, 0, 0, 0, 0, 9)
        let tunnel = NextHopMessage(
            operation: .dump, index: 9, type: .tunnel, family: .inet, flags: .valid, vrf: 0, interface: 0,
            encapsulation: mac.bytes + MACAddress.gateway.bytes + [8, 0], tunnel: .mplsOverUdp, sourceIpv4: IPv4Address(192, 0, 2, 1),
            destinationIpv4: IPv4Address(192, 0, 2, 9), referenceCount: 2)
        let ecmp = NextHopMessage(
            operation: .dump, index: 10, type: .composite, flags: .valid, vrf: 2, composite: .ecmp,
            members: [NextHopMember(nextHop: 9, label: 17), NextHopMember(), NextHopMember(nextHop: 4)])
        #expect(
            InspectionTable.nextHops([ecmp, tunnel]).text == """
                INDEX  TYPE            FAMILY  VRF  INTERFACE  TUNNEL         SOURCE     DESTINATION  MAC                MEMBERS        FLAGS  REFERENCES
                    9  tunnel          inet      0          0  mpls-over-udp  192.0.2.1  192.0.2.9    02:00:00:00:00:09  -              valid           2
                   10  composite ecmp  -         2          -  -              -          -            -                  9(17),empty,4  valid           -

                """)
    }

    @Test func flows() {
        var flow = FlowMessage(operation: .dump, index: 7)
        flow.key =
            FlowKeyed(
                nextHop: 12,
                tuple: FlowTuple(.v4(IPv4Address(10, 1, 1, 3)), 40000, to: .v4(IPv4Address(10, 1, 1, 4)), 22, .tcp)
            ).message
        flow.action = .drop
        flow.dropReason = .securityGroup
        flow.statistics = FlowStatistics(packets: 3, bytes: 180)
        #expect(
            InspectionTable.flows([flow]).text == """
                INDEX  REVERSE  PROTOCOL  SOURCE          DESTINATION  VRF  NEXT-HOP  ACTION  REASON          PACKETS  BYTES  IDLE-MS  FLAGS
                    7  -        tcp       10.1.1.3:40000  10.1.1.4:22  -          12  drop    security-group        3    180  -        -

                """)
        let json = InspectionTable.flows([flow]).json.replacing(" ", with: "")
        #expect(json.contains(#""source":"10.1.1.3:40000""#) && json.contains(#""packets":3"#) && !json.contains("reverse"))
    }

    @Test func dropsAreExplained() {
        let table = InspectionTable.drops(
            DropStatisticsMessage(operation: .get, counts: [DropCount(reason: .flowActionDrop, packets: 12)]))
        #expect(table.text.contains("flow-action-drop       12  The flow was decided to be dropped."))
    }

    @Test func anEmptyTableHasItsHead() {
        #expect(InspectionTable.labels([]).text == "LABEL  NEXT-HOP\n")
        #expect(InspectionTable.labels([]).json.filter { !$0.isWhitespace } == "[]")
    }
}
