// Tables that a seed chooses, from pools so small that packets find something in them, as lines of a row.

/// Numbers that follow from a seed, the same on every machine: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Element>(_ from: [Element]) -> Element { from[Int(next() % UInt64(from.count))] }
    mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// What tables and packets are made of.
enum Pool {
    static let workloads: [UInt32] = [3, 4, 5, 10]
    static let macs = [
        "02:00:00:00:01:03", "02:00:00:00:01:04", "02:00:00:00:02:05", "02:00:00:00:03:06", "00:00:5e:00:01:00", "ff:ff:ff:ff:ff:ff",
    ]
    static let addresses = ["10.1.1.1", "10.1.1.3", "10.1.1.4", "10.1.2.5", "10.1.3.9", "10.1.3.200"]
    static let addresses6 = ["fd00::3", "fd00::4", "fd00:3::9", "fd00:3::1"]
    static let prefixes = [
        "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.3/32", "10.1.1.4/32", "10.1.2.0/23", "10.1.2.5/32", "10.1.3.0/24",
        "10.1.3.128/25", "10.1.1.1/32", "128.0.0.0/1", "fd00::/16", "fd00::/64", "fd00::3/128", "fd00::4/128", "fd00:3::/32", "::/0",
        "fd00:3::/127",
    ]
    static let peers = ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
    static let host = "10.0.0.1"
    static let labels = [16, 17, 18, 19, 20, 21, 2000]
    static let networks = [5000, 6000, 7000]
}

extension RandomRow {
    mutating func makeTables() {
        add("vrf 1")
        add(numbers.chance(15) ? "vrf 2 bridge-only" : "vrf 2")
        makeInterfaces()
        makeNextHops()
        // Policy, now that there are next hops that can stand for interfaces.
        for index in Pool.workloads where numbers.chance(40) {
            add((interfaceLines[index] ?? "").replacing("flags ", with: "nh \(numbers.pick(workloadNextHops)) flags policy,"))
        }
        makeLookups()
        makeFlows()
    }

    private mutating func makeInterfaces() {
        let crossed = numbers.chance(5) ? " flags cross-connect" : ""
        add("interface 0 physical mac 02:00:00:00:00:01\(numbers.pick(["", " mtu 1500", " mtu 120", " mtu 200"])) cross 1\(crossed)")
        add("interface 1 host mac 02:00:00:00:00:01\(numbers.pick([" cross 0", " cross 0", ""]))")
        if numbers.chance(90) { add("interface 2 agent mac 02:00:00:00:00:0a") }
        for index in Pool.workloads {
            var flags = ["l2", "l3"].filter { _ in numbers.chance(85) }
            for flag in ["service", "dhcp", "no-arp-proxy", "flood-unknown", "drop-new-flows", "mac-proxy", "igmp"] where numbers.chance(12)
            {
                flags.append(flag)
            }
            if flags.isEmpty { flags = ["l2"] }
            let type = index == 10 ? "virtual-vlan parent 3 vlan 100" : numbers.chance(10) ? "gateway" : "virtual"
            let multicast = numbers.chance(15) ? " multicast-vrf \(numbers.number(0...2))" : ""
            let mac = numbers.chance(80) ? "00:00:5e:00:01:00" : "02:00:00:00:09:09"
            let line =
                "interface \(index) \(type) vrf \(numbers.number(1...2))\(multicast) mac \(mac) flags \(flags.joined(separator: ","))"
            interfaceLines[index] = line
            add(line)
        }
        if numbers.chance(30) { add("interface 11 vlan parent 0 vlan 30 cross 1,0") }
    }

    private mutating func makeNextHops() {
        add("next-hop 1 receive if 1 vrf 0")
        if forwarder.tables.interfaces[2] != nil { add("next-hop 2 receive if 2 vrf 1") } else { add("next-hop 2 discard vrf 1") }
        for (number, interface) in Pool.workloads.enumerated() {
            let header = numbers.chance(92) ? " eth 02:00:00:00:01:0\(number)/00:00:5e:00:01:00" : ""
            add("next-hop \(3 + number) encapsulate if \(interface) vrf 1\(header)\(policyFlags())")
            add("next-hop \(8 + number) encapsulate if \(interface) vrf 1 family bridge\(policyFlags())")
        }
        for index in 12...17 {
            let kind = numbers.pick(["udp", "gre", "vxlan", "udp"])
            let routed = kind == "vxlan" && numbers.chance(50) ? " rewrite 02:00:00:00:55:55 flags vxlan-routing" : ""
            let control = kind != "vxlan" && numbers.chance(15) ? " flags control-word" : ""
            add(
                "next-hop \(index) tunnel over \(kind) if 0 src \(Pool.host) dst \(numbers.pick(Pool.peers)) eth "
                    + "02:00:00:00:00:02/02:00:00:00:00:01\(routed)\(control)")
        }
        for index in 18...22 {
            let flags = ["flood-unknown", "vxlan-routing", "control-word"].filter { _ in numbers.chance(25) }
            let family = numbers.chance(60) ? " family bridge" : ""
            add(
                "next-hop \(index) vrf-translate vrf \(numbers.number(1...2))\(family)"
                    + (flags.isEmpty ? "" : " flags \(flags.joined(separator: ","))"))
        }
        add("next-hop 23 bridge-receive vrf \(numbers.number(1...2))")
        add("next-hop 24 resolve if 0 vrf 0")
        add("next-hop 25 discard vrf 1")
        makeComposites()
    }

    private mutating func policyFlags() -> String {
        numbers.chance(15) ? numbers.pick([" flags policy", " flags policy,relaxed", " flags invalid"]) : ""
    }

    private mutating func makeComposites() {
        for index in 30...31 {
            // One member that can be taken, so that no hash is asked; or several, for flows that name one.
            let only = "-,\(numbers.number(12...17))/\(numbers.number(16...900)),-"
            add(
                "next-hop \(index) composite kind ecmp members \(numbers.chance(70) ? only : only.replacing("-", with: "\(numbers.number(3...6))"))"
            )
        }
        func tunnels(_ numbers: inout SeededNumbers) -> String {
            (0...1).map { _ in
                numbers.chance(10) ? "-" : "\(numbers.number(12...17))" + (numbers.chance(80) ? "/\(numbers.number(16...9000))" : "")
            }
            .joined(separator: ",")
        }
        add(
            "next-hop 40 composite kind local members \(numbers.number(8...11)),\(numbers.number(8...11)),\(numbers.number(12...13)) family bridge vrf 1"
        )
        add("next-hop 41 composite kind fabric members \(tunnels(&numbers)) family bridge vrf 1")
        add("next-hop 42 composite kind evpn members \(tunnels(&numbers)) family bridge vrf 1")
        add("next-hop 43 composite kind switch members \(tunnels(&numbers)) family bridge vrf 1")
        for index in 44...45 {
            let children = ["40", "41", "42", "43"].filter { _ in numbers.chance(70) }.joined(separator: ",")
            add(
                "next-hop \(index) composite kind multicast members \(children.isEmpty ? "-" : children) family bridge vrf 1"
                    + (numbers.chance(50) ? " flags validate-source" : ""))
        }
    }

    private mutating func makeLookups() {
        add("route 0 \(Pool.host)/32 nh 1")
        for vrf in 1...2 {
            for prefix in Pool.prefixes where numbers.chance(45) {
                let flags = ["proxy", "trap", "flood"].filter { _ in numbers.chance(30) }
                add(
                    "route \(vrf) \(prefix) nh \(numbers.pick(routedNextHops))"
                        + (numbers.chance(75) ? " label \(numbers.number(16...9000))" : "")
                        + (flags.isEmpty ? "" : " flags \(flags.joined(separator: ","))")
                        + (numbers.chance(30) ? " mac \(numbers.pick(Array(Pool.macs.prefix(4))))" : ""))
            }
            for mac in Pool.macs where numbers.chance(mac.hasPrefix("ff") ? 85 : 60) {
                let nextHop = mac.hasPrefix("ff") ? numbers.pick([44, 45]) : numbers.pick(bridgedNextHops)
                add(
                    "bridge \(vrf) \(mac) nh \(nextHop)" + (numbers.chance(80) ? " label \(numbers.number(16...9000))" : "")
                        + (numbers.chance(15) ? " flags \(numbers.pick(["flood-dhcp", "control-word", "flood-dhcp,control-word"]))" : ""))
            }
        }
        for label in Pool.labels where numbers.chance(85) {
            let nextHop = numbers.chance(50) ? numbers.number(18...22) : numbers.pick([3, 4, 8, 9, 23, 30, 44, 45, 24])
            add("label \(label) nh \(nextHop)" + (label == 2000 && numbers.chance(85) ? " flags tree" : ""))
        }
        for network in Pool.networks where numbers.chance(85) {
            add("vxlan-network \(network) nh \(numbers.pick([18, 19, 20, 21, 22, 44]))")
        }
    }

    private mutating func makeFlows() {
        for _ in 0..<numbers.number(0...6) { changeFlow() }
    }

    /// The agent decides about a conversation that packets of the pool may belong to.
    mutating func changeFlow() {
        let (source, destination) =
            numbers.chance(75)
            ? ("\(numbers.pick(Pool.addresses))", "\(numbers.pick(Pool.addresses))")
            : ("[\(numbers.pick(Pool.addresses6))]", "[\(numbers.pick(Pool.addresses6))]")
        let key = "flow \(numbers.pick(workloadNextHops)) \(numbers.pick(["udp", "tcp"])) \(source):1000 \(destination):2000"
        decide(key)
    }

    mutating func decide(_ key: String) {
        var line = "\(key) \(numbers.pick(["forward", "forward", "forward", "drop", "hold"]))"
        if numbers.chance(20) { line += " ttl \(numbers.number(1...255))" }
        if numbers.chance(30) { line += " member 1" }
        if numbers.chance(25) { line += " source-nh \(numbers.pick([3, 4, 12, 13, 30]))" }
        if numbers.chance(15) { line += " vrf-translate \(numbers.number(0...2))" }
        add(line)
    }
}
