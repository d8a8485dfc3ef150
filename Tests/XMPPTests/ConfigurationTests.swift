// A part of the graph through the channel: what is sent puts the same graph together at the other end, in whatever order it comes.

import Graph
import Testing
import XMPP

@Suite struct ConfigurationTests {
    let network = NodeName(type: "virtual-network", name: "d:p:blue")
    let ipam = NodeName(type: "network-ipam", name: "d:p:ipam")

    @Test func aLinkWithDataIsANodeBetweenTwoLinks() throws {
        let link = LinkName("virtual-network-network-ipam", network, ipam)
        let objects = ConfigurationObject.link(link, data: bytes("<a>1</a>"))
        let stanza = Stanza(from: .controlNode, to: agent, payload: .configuration(objects.map { .update($0) }))
        let text = String(decoding: stanza.bytes, as: UTF8.self)
        #expect(
            text.contains(
                "<node type=\"virtual-network-network-ipam\"><name>attr(d:p:blue,d:p:ipam)</name><value><a>1</a></value></node>"))
        #expect(text.components(of: "<metadata type=\"virtual-network-network-ipam\">") == 2)
    }

    @Test(arguments: 0..<20) func theSameGraphComesOutInAnyOrder(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let link = LinkName("virtual-network-network-ipam", network, ipam)
        let instance = NodeName(type: "routing-instance", name: "r")
        let plain = LinkName("a-b", network, instance)
        var graph = GraphStore()
        var statements: [ConfigurationStatement] = []
        for change in [
            GraphChange.node(network, properties: ["p": bytes("1")]), .node(ipam, properties: [:]), .node(instance, properties: [:]),
            .link(link, data: bytes("<v/>")), .link(plain, data: nil),
        ] {
            graph.apply(change)
            switch change {
            case .node(let name, let properties): statements.append(.update(.node(name, properties: properties)))
            case .link(let name, let data): statements += ConfigurationObject.link(name, data: data).map { .update($0) }
            default: break
            }
        }
        var assembler = ConfigurationAssembler()
        var received = GraphStore()
        for statement in statements.shuffled(using: &random) {
            let stanza = Stanza(from: .controlNode, to: agent, payload: .configuration([statement]))
            guard case .configuration(let read) = try Stanza(parsing: stanza.bytes).payload else { continue }
            for change in read.flatMap({ assembler.changes(for: $0) }) { received.apply(change) }
        }
        #expect(received.snapshot == graph.snapshot, "seed \(seed)")
        // Any one of its three objects taken away takes the link away.
        for object in ConfigurationObject.link(link, data: bytes("<v/>")) {
            var assembler = assembler
            var received = received
            for change in assembler.changes(for: .delete(object)) { received.apply(change) }
            #expect(received.data(of: link) == nil, "\(object)")
            #expect(received.data(of: plain) == .some(nil))
            for change in assembler.changes(for: .update(object)) { received.apply(change) }
            #expect(received.snapshot == graph.snapshot)
        }
    }

    @Test func dataOnTheMetadataElementIsUnderstood() {
        var assembler = ConfigurationAssembler()
        let link = ConfigurationLink(
            metadata: "m", left: .init(type: "a", name: "1"), right: .init(type: "b", name: "2"), content: bytes("<v/>"))
        let name = LinkName("m", NodeName(type: "a", name: "1"), NodeName(type: "b", name: "2"))
        #expect(assembler.changes(for: .update(.link(link))) == [.link(name, data: bytes("<v/>"))])
        #expect(assembler.changes(for: .delete(.link(link))) == [.removeLink(name)])
    }
}

extension String {
    /// How often `text` occurs.
    fileprivate func components(of text: String) -> Int {
        indices.count { self[$0...].hasPrefix(text) }
    }
}
