// Control nodes that talk to each other over loopback: sessions, routes both ways, what the introspection says, and an end in order.

import ControlNode
import ControlNodeCore
import Logging
import NetworkTypes
import Testing

private func quiet() -> Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

/// Asks until the answer is as it should be.
private func until(_ node: ControlNode, _ uri: String, _ condition: (String) -> Bool) async throws -> String {
    let parts = node.introspectionAddress.split(separator: ":")
    let port = try #require(parts.last.flatMap { Int($0) })
    let deadline = ContinuousClock.now + .seconds(60)
    var answer = ""
    while ContinuousClock.now < deadline {
        answer = try await IntrospectionClient.get(uri, host: "127.0.0.1", port: port)
        if condition(answer) { return answer }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("\(uri) stays: \(answer)")
    return answer
}

private func options(_ routerID: IPv4Address, _ system: UInt32, _ host: String) -> ControlNodeOptions {
    var options = ControlNodeOptions(host: host, port: 0, system: ASNumber(system), routerID: routerID)
    options.introspectionPort = 0
    options.partitionCount = 2
    return options
}

private func port(_ node: ControlNode) throws -> Int { try #require(node.address.split(separator: ":").last.flatMap { Int($0) }) }

@Suite struct ControlNodeEndToEndTests {
    /// Peers are told apart by address, and a connection to 127.0.0.1 comes from 127.0.0.1 as well.
    @Test(arguments: [UInt32(64512), 4_200_000_000]) func routesGoFromOneToTheOther(system: UInt32) async throws {
        var first = options(IPv4Address(10, 0, 0, 1), 64512, "127.0.0.1")
        var passive = try BGPPeerOptions(parsing: "127.0.0.1,as=\(system),passive", localAS: ASNumber(64512))
        passive.holdTime = 30
        first.peers = [passive]
        first.instances = [try InstanceOptions(parsing: "blue,target=target:64512:1,network=5")]
        first.routes = [
            try StaticRouteOptions(parsing: "blue,10.1.0.0/24,next-hop=192.0.2.1,label=17,encapsulation=mpls-over-udp"),
            try StaticRouteOptions(parsing: "blue,mac=02:00:00:00:00:01,ip=10.1.0.5,next-hop=192.0.2.1,label=5001,encapsulation=vxlan"),
        ]
        let one = try await ControlNode.start(first, quiet())
        var second = options(IPv4Address(10, 0, 0, 2), system, "127.0.0.1")
        var active = try BGPPeerOptions(parsing: "127.0.0.1,as=64512", localAS: ASNumber(system))
        active.port = try port(one)
        second.peers = [active]
        second.instances = [
            try InstanceOptions(parsing: "azure,import=target:64512:1,network=5"),
            try InstanceOptions(parsing: "red,target=target:64512:2"),
        ]
        second.routes = [try StaticRouteOptions(parsing: "red,10.2.0.0/24,next-hop=192.0.2.2,label=18")]
        let two = try await ControlNode.start(second, quiet())

        let neighbors = try await until(two, "/neighbors") { $0.contains("Established") }
        #expect(neighbors.contains("\"router_id\":\"10.0.0.1\""))
        let routes = try await until(two, "/routes?instance=azure") { $0.contains("10.1.0.0") && $0.contains("02:00:00:00:00:01") }
        #expect(routes.contains("\"label\":17") && routes.contains("\"label\":5001") && routes.contains("mpls-over-udp"))
        #expect(routes.contains("\"table\":\"azure.inet.0\"") && routes.contains("imported"))
        #expect(!(try await until(two, "/routes?instance=red") { $0.contains("10.2.0.0") }).contains("10.1.0.0"))
        // The first imports nothing of red, so that with route target constraint it is told nothing of it.
        let foreign = try await until(one, "/routes?family=inet-vpn") { $0.contains("10.1.0.0") }
        #expect(!foreign.contains("10.2.0.0"))

        #expect(two.reset(.v4(.loopback)) && !two.reset(.v4(IPv4Address(9, 9, 9, 9))))
        _ = try await until(two, "/neighbors") { $0.contains("\"established_count\":2") }
        _ = try await until(two, "/routes?instance=azure") { $0.contains("10.1.0.0") }
        try await one.stop()
        _ = try await until(two, "/routes?instance=azure") { !$0.contains("10.1.0.0") }
        try await two.stop()
    }

    @Test func questionsThatHaveNoAnswerSaySo() async throws {
        let node = try await ControlNode.start(options(IPv4Address(10, 0, 0, 1), 64512, "127.0.0.1"), quiet())
        for (uri, text) in [
            ("/nonsense", "there are /neighbors"), ("/routes?instance=red", "no routing instance 'red'"),
            ("/routes?family=x", "'x' is no family"),
        ] {
            let port = try #require(node.introspectionAddress.split(separator: ":").last.flatMap { Int($0) })
            let error = await #expect(throws: ControlNodeError.self) {
                try await IntrospectionClient.get(uri, host: "127.0.0.1", port: port)
            }
            #expect(error?.message.contains(text) == true, "\(uri): \(error?.message ?? "")")
        }
        #expect(try await until(node, "/instances?format=text") { _ in true }.hasPrefix("NAME"))
        try await node.stop()
    }

    @Test(arguments: [
        ("peer", "192.0.2.300", "192.0.2.300"), ("peer", "192.0.2.1,hold=2", "0, or 3 seconds"),
        ("peer", "192.0.2.1,familes=x", "'familes' is not known"),
        ("peer", "192.0.2.1,families=erm-vpn", "'erm-vpn' is no family"), ("instance", ",target=target:1:1", "it has no name"),
        ("instance", "blue,target=1:1", "does not begin with 'target:'"), ("route", "blue,next-hop=192.0.2.1", "it has no prefix"),
        ("route", "blue,10.0.0.0/24", "it has no next hop"),
        ("route", "blue,10.0.0.0/24,next-hop=192.0.2.1,label=x", "'x' is not a number"),
    ])
    func mistakesInOptionsAreNamed(what: String, text: String, problem: String) {
        let error = #expect(throws: ControlNodeError.self) {
            switch what {
            case "peer": _ = try BGPPeerOptions(parsing: text, localAS: ASNumber(1))
            case "instance": _ = try InstanceOptions(parsing: text)
            default: _ = try StaticRouteOptions(parsing: text)
            }
        }
        #expect(error?.message.contains(problem) == true && error?.message.hasPrefix("\(what) '") == true, "\(error?.message ?? "")")
    }
}
