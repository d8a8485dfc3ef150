// Questions with the network that they come from, and the directory that answers them.

import AgentCore
import Graph
import NetworkTypes
import Testing

@Suite struct ScopedQuestionTests {
    private func query(_ name: String, _ type: DNSType = .a) throws -> DNSQuery {
        DNSQuery(identifier: 7, DNSQuery.Question(try #require(DNSName(name)), type))
    }

    @Test func theNetworkTravelsWithTheQuestion() throws {
        let question = ScopedQuestion(try query("db1"), network: "default-domain:shop:web")
        #expect(try ScopedQuestion(parsing: question.bytes[...]) == question)
        // Without one it is an ordinary question.
        let plain = ScopedQuestion(try query("db1"), network: nil)
        #expect(plain.bytes == plain.query.bytes)
        #expect(try ScopedQuestion(parsing: plain.bytes[...]).network == nil)
    }

    @Test func whatIsCutIsRefusedAndHarmsNobody() throws {
        let bytes = ScopedQuestion(try query("db1"), network: "default-domain:shop:web").bytes
        for count in 0..<bytes.count {
            #expect(throws: PacketError.self) { try ScopedQuestion(parsing: bytes[..<count]) }
        }
        for index in bytes.indices {
            var broken = bytes
            broken[index] ^= 0xFF
            _ = try? ScopedQuestion(parsing: broken[...])
            _ = NameDirectory().answer(broken[...])
        }
    }

    @Test func whoKnowsNothingRefuses() throws {
        let answer = try #require(NameDirectory().answer(ScopedQuestion(try query("db1"), network: "d:p:n").bytes[...]))
        #expect(answer[3] & 0x0F == DNSResponseCode.refused.rawValue)
        #expect(NameDirectory().answer(answer[...]) == nil, "an answer is not answered")
    }

    @Test func theConfigurationIsTheDirectory() throws {
        let network = NodeName(type: "virtual-network", name: "default-domain:shop:web")
        let ipam = NodeName(type: "network-ipam", name: "default-domain:shop:ipam")
        let port = NodeName(type: "virtual-machine-interface", name: "default-domain:shop:db1")
        let address = NodeName(type: "instance-ip", name: "db1")
        let subnets = #"{"ipam_subnets": [{"subnet": {"ip_prefix": "10.1.1.0", "ip_prefix_len": 24}}]}"#
        var graph = GraphStore()
        for change: GraphChange in [
            .node(network, properties: [:]), .node(ipam, properties: [:]), .node(port, properties: ["display-name": Array(#""db1""#.utf8)]),
            .node(address, properties: ["instance-ip-address": Array(#""10.1.1.4""#.utf8)]),
            .link(LinkName("virtual-network-network-ipam", network, ipam), data: Array(subnets.utf8)),
            .link(LinkName("virtual-machine-interface-virtual-network", port, network), data: nil),
            .link(LinkName("instance-ip-virtual-machine-interface", address, port), data: nil),
        ] {
            graph.apply(change)
        }
        let directory = NameDirectory(graph)
        #expect(directory.count == 1)
        func answer(_ query: DNSQuery, _ network: String?) throws -> [UInt8] {
            try #require(directory.answer(ScopedQuestion(query, network: network).bytes[...]))
        }
        let found = try answer(query("db1"), network.name)
        #expect(found[3] & 0x0F == 0 && found.suffix(4) == [10, 1, 1, 4])
        #expect(try answer(query("db2"), network.name)[3] & 0x0F == DNSResponseCode.nameError.rawValue)
        #expect(try answer(query("example.org"), network.name)[3] & 0x0F == DNSResponseCode.refused.rawValue)
        #expect(try answer(query("db1"), "default-domain:other:web")[3] & 0x0F == DNSResponseCode.refused.rawValue)
        #expect(try answer(query("db1"), nil)[3] & 0x0F == DNSResponseCode.refused.rawValue)
        #expect(try answer(query("4.1.1.10.in-addr.arpa", .ptr), network.name).count > 40)
    }
}
