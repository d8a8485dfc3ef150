// Networks and policies in, access lists and connections out.

import Coding
import ConfigurationModel
import Graph
import Testing

@testable import SchemaTransformerCore

@Suite struct PolicyTests {
    private var world = World()

    @Test mutating func twoNetworksThatAgreeAreConnected() throws {
        world.say(
            """
            policy web: blue <> red tcp 80
            network blue: web
            network red: web
            network green
            """)
        world.settle()
        #expect(world.connections == ["blue-red"])
        #expect(
            try world.accessList("blue") == [
                "pass 6 blue <> red:80-80", "pass any blue <> blue", "deny any blue <> red", "pass any any <> any",
            ])
        #expect(
            try world.accessList("red") == [
                "pass 6 blue <> red:80-80", "pass any red <> red", "deny any blue <> red", "pass any any <> any",
            ])
        #expect(try world.accessList("green") == nil)
    }

    @Test mutating func oneAloneIsNotEnough() {
        world.say("policy web: blue <> red tcp 80\nnetwork blue: web\nnetwork red")
        world.settle()
        #expect(world.connections == [])
        world.say("policy other: any <> blue tcp 443\nnetwork red: other")
        world.settle()
        #expect(world.connections == ["blue-red"])
        world.say("network blue")
        world.settle()
        #expect(world.connections == [])
    }

    @Test mutating func whatIsDetachedIsGone() throws {
        world.say("policy web: blue <> red tcp 80\nnetwork blue: web\nnetwork red: web")
        world.settle()
        world.say("network blue\nnetwork red")
        #expect(
            world.settle() == [
                "disconnect routing-instance d:p:blue:blue and routing-instance d:p:red:red",
                "delete access-control-list d:p:blue:blue", "delete access-control-list d:p:red:red",
            ])
        #expect(try world.accessList("blue") == nil && world.connections == [])
    }

    /// Closed first, opened last.
    @Test mutating func listsAreThereBeforeRoutes() {
        world.say("network blue\nnetwork red")
        world.settle()
        world.say("policy web: blue <> red tcp 80\nnetwork blue: web\nnetwork red: web")
        #expect(world.settle().map { String($0.split(separator: " ")[0]) } == ["write", "write", "connect"])
    }

    @Test mutating func strictlyEverythingElseIsDenied() throws {
        world = World(allowsRouters: false)
        world.say("policy web: blue <> red tcp 80\nnetwork blue: web")
        world.settle()
        #expect(try world.accessList("blue") == ["pass 6 blue <> red:80-80", "pass any blue <> blue", "deny any any <> any"])
    }

    @Test mutating func aDenyingRuleDoesNotConnect() throws {
        world.say("policy no: blue <> red any any deny\nnetwork blue: no\nnetwork red: no")
        world.settle()
        #expect(world.connections == [])
        #expect(try world.accessList("blue") == ["deny any blue <> red", "pass any blue <> blue", "pass any any <> any"])
    }

    @Test mutating func localIsTheNetworkItself() throws {
        world.say("policy p: local > red udp 53\nnetwork blue: p\nnetwork green: p")
        world.settle()
        #expect(try world.accessList("green")?.first == "pass 17 green > red:53-53")
    }

    @Test mutating func rulesAboutOthersDoNotCount() throws {
        world.say("policy p: red <> green tcp, blue <> red udp\nnetwork blue: p")
        world.settle()
        #expect(try world.accessList("blue")?.first == "pass 17 blue <> red")
        #expect(try world.accessList("blue")?.contains { $0.contains("green") } == false)
    }

    @Test mutating func addressesAloneCountEverywhere() throws {
        world.say("policy p: 10.0.0.0/8 <> 192.168.0.0/16 icmp\nnetwork blue: p")
        world.settle()
        #expect(
            try world.accessList("blue") == ["pass 1 10.0.0.0/8 <> 192.168.0.0/16", "pass any blue <> blue", "pass any any <> any"])
    }

    @Test mutating func icmpIsAnotherProtocolForIPv6() throws {
        world.say("policy p: 2001:db8::/32 <> 2001:db8:1::/48 icmp\nnetwork blue: p")
        // The colons of the addresses are the scenario's separator only once.
        world.settle()
        #expect(try world.accessList("blue")?.first == "pass 58 2001:db8::/32 <> 2001:db8:1::/48")
    }

    @Test mutating func aPolicyNamesTheNetworksThatCarryIt() throws {
        world.say(
            """
            policy members: local <> @members tcp
            network blue: members
            network red: members
            """)
        world.settle()
        #expect(world.connections == ["blue-red"])
        world.say("network green: members")
        world.settle()
        #expect(world.connections == ["blue-green", "blue-red", "green-red"])
        #expect(try world.accessList("red")?.prefix(3) == ["pass 6 red <> blue", "pass 6 red <> green", "pass 6 red <> red"])
    }

    @Test mutating func anyIsEveryNetworkOfTheProject() {
        world.say("policy open: local <> any any\nnetwork a: open\nnetwork b: open\nnetwork c")
        world.settle()
        #expect(world.connections == ["a-b"])
        world.say("policy c: c <> a tcp 1\nnetwork c: c")
        world.settle()
        #expect(world.connections == ["a-b", "a-c"])
    }

    @Test mutating func policiesCountInTheirOrder() throws {
        world.say(
            "policy first: blue <> red tcp 22 deny\npolicy second: blue <> red tcp 22, blue <> red tcp 20-30\nnetwork blue: first second")
        world.settle()
        #expect(
            try world.accessList("blue")?.prefix(2) == ["deny 6 blue <> red:22-22", "pass 6 blue <> red:20-30"])
        world.say("network blue: second first")
        world.settle()
        // The narrower rules have nothing left to decide.
        #expect(try world.accessList("blue")?.prefix(2) == ["pass 6 blue <> red:22-22", "pass 6 blue <> red:20-30"])
    }

    @Test mutating func timedPoliciesHaveAListOfTheirOwn() throws {
        world.say("policy night: blue <> red tcp 22")
        world.network("blue", policies: ["night"], timed: ["night"])
        world.settle()
        #expect(try world.accessList("blue", "dynamic") == ["pass 6 blue <> red:22-22"])
        #expect(try world.accessList("blue") == ["pass any blue <> blue", "pass any any <> any"])
        world.network("blue")
        world.settle()
        #expect(try world.accessList("blue", "dynamic") == nil)
    }

    @Test mutating func saysWhatItLeavesOut() throws {
        world.say("policy p: blue <> red tcp 80 service, blue <> red nonsense 1\nnetwork blue: p\nnetwork red: p")
        world.settle()
        let problems = world.transformer.takeProblems()
        #expect(problems.contains { $0.contains("service chains") } && problems.contains { $0.contains("'nonsense'") })
        #expect(world.connections == [])
        // The same again is nothing new.
        world.say("network red: p")
        world.settle()
        #expect(world.transformer.takeProblems() == [])
    }

    @Test mutating func onlyWhatChangedIsWritten() {
        world.say("policy p: blue <> red tcp 1\nnetwork blue: p\nnetwork red: p\npolicy q: a <> b tcp 2\nnetwork a: q\nnetwork b: q")
        world.settle()
        world.say("policy q: a <> b tcp 3")
        #expect(
            world.settle().map { String($0.split(separator: ",")[0]) } == [
                "write access-control-list d:p:a:a", "write access-control-list d:p:b:b",
            ])
        // A new transformer finds nothing to do.
        var other = world
        other.transformer = Transformer()
        other.transformer.take(
            other.graph.snapshot.flatMap { change in
                var graph = GraphStore()
                return graph.apply(change)
            })
        #expect(other.settle() == [])
    }
}
