// Every routing instance has a route target of its own, and the network's configured ones.

import Coding
import ConfigurationModel
import Graph
import Testing

@testable import SchemaTransformerCore

@Suite struct RouteTargetTests {
    private var world = World()

    private func system(_ number: Int) -> GraphChange {
        .node(RouteTargets.system, properties: ["autonomous-system": Array("\(number)".utf8)])
    }

    private func list(_ names: String...) -> [UInt8] { RouteTargetList(routeTarget: names).json() }

    @Test mutating func everyInstanceHasOne() throws {
        world.apply(system(64_512))
        world.say("network blue\nnetwork red")
        world.settle()
        #expect(try world.targets("blue") == ["64512:8000000"] && world.targets("red") == ["64512:8000001"])
        #expect(world.settle() == [])
    }

    @Test mutating func aNumberThatIsFreeAgainIsUsedAgain() throws {
        world.say("network a\nnetwork b\nnetwork c")
        world.settle()
        world.removeNetwork("a")
        #expect(world.settle() == ["delete route-target target:64512:8000000"])
        world.say("network d\nnetwork e")
        world.settle()
        #expect(try world.targets("d") == ["64512:8000000"] && world.targets("e") == ["64512:8000003"])
    }

    @Test mutating func someInstancesNeedNone() {
        for name in RouteTargets.exempt { world.apply(.node(NodeName(type: "routing-instance", name: name), properties: [:])) }
        #expect(world.settle() == [])
    }

    @Test mutating func aMissingInstanceIsMade() throws {
        world.say("network blue")
        world.apply(.removeNode(World.network("blue").defaultInstance))
        world.settle()
        #expect(try world.targets("blue") == ["64512:8000000"])
    }

    @Test mutating func configuredTargetsAreAdded() throws {
        world.network(
            "blue",
            properties: [
                "route-target-list": list("target:1:1"), "import-route-target-list": list("target:1:2", "target:1:3"),
                "export-route-target-list": list("target:1:3", "target:10.0.0.1:4", "nonsense"),
            ])
        world.settle()
        #expect(
            try world.targets("blue")
                == ["10.0.0.1:4 export", "1:1", "1:2 import", "1:3", "64512:8000000"].sorted { "target:" + $0 < "target:" + $1 })
        #expect(world.transformer.takeProblems().count == 1)
        world.network("blue", properties: ["export-route-target-list": list("target:1:2")])
        world.settle()
        #expect(try world.targets("blue") == ["1:2 export", "64512:8000000"])
        // Those that nobody uses are gone.
        #expect(world.graph.nodeNames.filter { $0.type == "route-target" }.count == 2)
    }

    @Test mutating func anotherNumberOfTheSystemChangesThemAll() throws {
        world.apply(system(64_512))
        world.say("network blue\nnetwork red")
        world.settle()
        world.apply(system(4_200_000_000))
        world.settle()
        #expect(try world.targets("blue") == ["4200000000:8000"] && world.targets("red") == ["4200000000:8001"])
        #expect(world.graph.nodeNames.filter { $0.type == "route-target" }.count == 2)
    }

    /// Two transformers at once, or a hand in the store: in the end each instance has one, and nobody shares.
    @Test mutating func conflictsMend() throws {
        world.say("network blue\nnetwork red")
        world.settle()
        let (blue, red) = (World.network("blue").defaultInstance, World.network("red").defaultInstance)
        let first = NodeName(type: "route-target", name: "target:64512:8000000")
        world.perform(.addTarget(instance: red, target: first, use: nil))
        world.perform(.allocateTarget(instance: blue, proposal: "target:64512:8000007", range: RouteTargetRange(autonomousSystem: 64_512)))
        world.settle()
        #expect(try world.targets("blue") == ["64512:8000000"] && world.targets("red") == ["64512:8000001"])
        #expect(world.graph.nodeNames.filter { $0.type == "route-target" }.count == 2)
    }

    /// What people made is not the transformer's to delete.
    @Test mutating func othersTargetsStay() {
        world.apply(.node(NodeName(type: "route-target", name: "target:5:5"), properties: [:]))
        #expect(world.settle() == [])
    }

    @Test func countsInItsRange() {
        let range = RouteTargetRange(autonomousSystem: 70_000)
        #expect(range.successor(of: "target:70000:8000") == "target:70000:8001")
        #expect(range.successor(of: "target:70000:32768") == nil && range.successor(of: "target:64512:8000") == nil)
        #expect(range.number("target:70000:08000") == nil && range.number("target:70000:7999") == nil)
        var names = RouteTargetNames()
        var reserved: Set<String> = []
        for number in 8000...32_768 where number != 9000 { names.insert("target:70000:\(number)") }
        #expect(names.take(from: range, notAmong: &reserved) == "target:70000:9000")
        #expect(names.take(from: range, notAmong: &reserved) == nil)
    }
}

@Suite struct SecurityGroupTests {
    private var world = World()

    private func lines(_ group: String, _ list: String) throws -> [String]? {
        try world.lines(NodeName(type: "access-control-list", name: "d:p:\(group):\(list)"))
    }

    @Test mutating func rulesBecomeTwoLists() throws {
        world.say("group web: in tcp 443 0.0.0.0/0, in any any web, out any any any, in tcp 22 admin")
        world.settle()
        let web = 8_000_000 + "web".utf8.reduce(0) { $0 + Int($1) }
        #expect(
            try lines("web", SecurityGroups.ingress) == [
                "pass 6 0.0.0.0/0:0-65535 - *:443-443", "pass any #\(web):0-65535 - *:0-65535",
            ])
        #expect(try lines("web", SecurityGroups.egress) == ["pass any *:0-65535 - #-1:0-65535"])
        // The group that a rule names comes later, and goes again.
        world.say("group admin: out any any any")
        world.settle()
        #expect(try lines("web", SecurityGroups.ingress)?.count == 3)
        world.apply(.removeNode(World.group("admin")))
        world.settle()
        #expect(try lines("web", SecurityGroups.ingress)?.count == 2)
    }

    @Test mutating func aGroupWithoutRulesLetsNothingPass() throws {
        world.say("group none:")
        world.settle()
        #expect(try lines("none", SecurityGroups.ingress) == [] && lines("none", SecurityGroups.egress) == [])
    }
}
