// Entries of routes in the form in which agents and control nodes exchange them: the bytes are given, since other systems read them.

import Coding
import RouteMessages
import Testing

@Suite struct EntryTests {
    /// What an agent says about an active address of a workload with a security group and two tags.
    static let unicast =
        "<entry><nlri><af>1</af><safi>1</safi><address>10.1.1.3/32</address></nlri>"
        + "<next-hops><next-hop><af>1</af><address>192.0.2.11</address><mac>00:25:90:aa:bb:cc</mac><label>25</label><vni>0</vni>"
        + "<tunnel-encapsulation-list><tunnel-encapsulation>gre</tunnel-encapsulation>"
        + "<tunnel-encapsulation>udp</tunnel-encapsulation></tunnel-encapsulation-list>"
        + "<virtual-network>default-domain:admin:blue</virtual-network><tag-list><tag>65537</tag><tag>131073</tag></tag-list>"
        + "<local-sequence-number>0</local-sequence-number></next-hop></next-hops><version>1</version>"
        + "<virtual-network>default-domain:admin:blue</virtual-network><mobility seqno=\"2\" sticky=\"false\">2</mobility>"
        + "<sequence-number>2</sequence-number><security-group-list><security-group>8000001</security-group></security-group-list>"
        + "<community-tag-list><community-tag>no-export</community-tag></community-tag-list>"
        + "<local-preference>200</local-preference><med>0</med><load-balance><load-balance-fields>"
        + "<load-balance-field-list>l3-source-address</load-balance-field-list></load-balance-fields>"
        + "<load-balance-decision>field-hash</load-balance-decision></load-balance><sub-protocol>interface</sub-protocol></entry>"

    @Test func aUnicastEntryHasTheOrderAndNamesOfTheChannel() throws {
        let entry = UnicastEntry(
            nlri: UnicastDestination(af: 1, safi: 1, address: "10.1.1.3/32"),
            nextHops: UnicastNextHopList(nextHop: [
                UnicastNextHop(
                    af: 1, address: "192.0.2.11", mac: "00:25:90:aa:bb:cc", label: 25, vni: 0,
                    tunnelEncapsulationList: TunnelEncapsulationList(tunnelEncapsulation: ["gre", "udp"]),
                    virtualNetwork: "default-domain:admin:blue", tagList: TagList(tag: [65537, 131073]), localSequenceNumber: 0)
            ]),
            version: 1, virtualNetwork: "default-domain:admin:blue", mobility: Mobility(value: 2, seqno: 2, sticky: false),
            sequenceNumber: 2, securityGroupList: SecurityGroupList(securityGroup: [8_000_001]),
            communityTagList: CommunityTagList(communityTag: ["no-export"]), localPreference: 200, med: 0,
            loadBalance: LoadBalance(
                loadBalanceFields: LoadBalanceFields(loadBalanceFieldList: ["l3-source-address"]), loadBalanceDecision: "field-hash"),
            subProtocol: "interface")
        #expect(entry.xmlString(root: "entry") == Self.unicast)
        let read = try UnicastEntry(xml: Self.unicast)
        #expect(read.mobility?.value == 2 && read.mobility?.seqno == 2 && read.mobility?.sticky == false)
        #expect(read.nextHops?.nextHop?.first?.tunnelEncapsulationList?.tunnelEncapsulation == ["gre", "udp"])
        #expect(read.xmlString(root: "entry") == Self.unicast)
    }

    /// MAC address and IP address of a workload in a network that uses VXLAN.
    static let ethernet =
        "<entry><nlri><af>25</af><safi>242</safi><ethernet-tag>4100</ethernet-tag><mac>02:00:00:00:00:01</mac>"
        + "<address>10.1.1.3/32</address></nlri><next-hops><next-hop><af>1</af><address>192.0.2.11</address><label>4100</label>"
        + "<l3-label>27</l3-label><tunnel-encapsulation-list><tunnel-encapsulation>vxlan</tunnel-encapsulation>"
        + "</tunnel-encapsulation-list></next-hop></next-hops><virtual-network>default-domain:admin:blue</virtual-network>"
        + "<local-preference>100</local-preference><med>0</med><edge-replication-not-supported>false</edge-replication-not-supported>"
        + "<etree-leaf>true</etree-leaf></entry>"
    /// The place of an agent in the tree of everything that is flooded.
    static let multicast =
        "<entry><nlri><af>1</af><safi>241</safi><group>255.255.255.255</group><source>0.0.0.0</source><source-label>4609</source-label>"
        + "</nlri><olist><next-hop><af>1</af><address>192.0.2.12</address><label>4611</label><tunnel-encapsulation-list>"
        + "<tunnel-encapsulation>gre</tunnel-encapsulation></tunnel-encapsulation-list></next-hop></olist></entry>"
    static let multicastVPN =
        "<entry><nlri><af>1</af><safi>5</safi><group>232.1.1.1</group><source>10.1.1.9</source><route-type>7</route-type></nlri>"
        + "<next-hop><af>1</af><address>192.0.2.11</address><label>31</label></next-hop></entry>"

    @Test func entriesOfAllFamiliesReadAndWriteTheSame() throws {
        #expect(try EthernetEntry(xml: Self.ethernet).xmlString(root: "entry") == Self.ethernet)
        #expect(try MulticastEntry(xml: Self.multicast).xmlString(root: "entry") == Self.multicast)
        #expect(try MulticastVPNEntry(xml: Self.multicastVPN).xmlString(root: "entry") == Self.multicastVPN)
        #expect(try EthernetEntry(xml: Self.ethernet).nlri?.ethernetTag == 4100)
        #expect(try MulticastEntry(xml: Self.multicast).olist?.nextHop?.first?.label == "4611")
        #expect(try MulticastVPNEntry(xml: Self.multicastVPN).nextHop?.label == 31)
    }

    @Test func mobilityMayLackItsTextOrItsAttributes() throws {
        for (text, value, seqno, sticky) in [
            ("<mobility>7</mobility>", 7, nil, nil), ("<mobility seqno=\"7\"/>", nil, 7, nil),
            ("<mobility seqno=\"7\" sticky=\"true\"></mobility>", nil, 7, true), ("<mobility></mobility>", nil, nil, nil),
        ] as [(String, Int?, Int?, Bool?)] {
            let mobility = try Mobility(xml: text)
            #expect(mobility.value == value && mobility.seqno == seqno && mobility.sticky == sticky, "\(text)")
            #expect(try Mobility(xml: mobility.xml(root: "mobility")).seqno == seqno)
        }
    }

    @Test(arguments: [
        ("<entry><nlri><af>one</af></nlri></entry>", "entry.nlri.af"),
        ("<entry><next-hops><next-hop><label>16777216</label></next-hop></next-hops></entry>", "entry.next-hops.next-hop.label"),
        ("<entry><mobility seqno=\"-1\">1</mobility></entry>", "entry.mobility.seqno"),
        ("<entry><mobility sticky=\"maybe\">1</mobility></entry>", "entry.mobility.sticky"),
        ("<entry><mobility>many</mobility></entry>", "entry.mobility"),
    ])
    func aWrongValueIsRefusedByName(_ text: String, _ path: String) {
        let error = #expect(throws: CodingError.self) { _ = try UnicastEntry(xml: text, unknownElements: .skip) }
        #expect(error?.path == path, "\(error.map { "\($0)" } ?? "")")
    }
}
