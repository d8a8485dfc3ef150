// Lines that set and remove entries of tables.

import NetworkTypes

extension Forwarder {
    /// Does what a line of a row says about the tables, flows included; false if it is about something else.
    mutating func apply(tableLine words: [String]) throws(RowError) -> Bool {
        func word(_ position: Int) throws(RowError) -> String {
            guard position < words.count else { throw RowError("\(words[0]) wants more words") }
            return words[position]
        }
        switch words[0] {
        case "vrf": tables.vrfs[try parseNumber(word(1))] = words.count > 2
        case "interface": try setInterface(parseNumber(word(1)), word(2), words.dropFirst(3))
        case "delete-interface":
            guard tables.interfaces.removeValue(forKey: try parseNumber(word(1))) != nil else {
                throw RowError("there is no such interface")
            }
        case "next-hop": try setNextHop(parseNumber(word(1)), word(2), words.dropFirst(3))
        case "route": try setRoute(parseNumber(word(1)), word(2), words.dropFirst(3))
        case "delete-route":
            let (address, length) = try prefix(word(2))
            guard tables.delete(address, length, in: try parseNumber(word(1))) else { throw RowError("there is no such route") }
        case "bridge":
            let options = try Options(words.dropFirst(3), known: ["nh", "label", "flags"])
            tables.bridgeEntries[BridgeKey(vrf: try parseNumber(word(1)), mac: try parseValue(word(2)))] = BridgeEntry(
                nextHop: try existing(options.number("nh") ?? 0), label: try options.number("label"),
                flags: try options.names("flags", of: BridgeEntry.Flag.self))
        case "label":
            let options = try Options(words.dropFirst(2), known: ["nh", "flags"])
            tables.labels[try parseNumber(word(1))] = Label(
                nextHop: try existing(options.number("nh") ?? 0), isTree: options.text("flags") == "tree")
        case "vxlan-network":
            tables.networks[try parseNumber(word(1))] = try existing(Options(words.dropFirst(2), known: ["nh"]).number("nh") ?? 0)
        case "flow": try changeFlow(words)
        default: return false
        }
        return true
    }

    private func existing(_ index: UInt32) throws(RowError) -> UInt32 {
        guard tables.nextHops[index] != nil else { throw RowError("there is no next hop \(index)") }
        return index
    }

    private func prefix(_ text: String) throws(RowError) -> (IPAddress, Int) {
        let halves = text.split(separator: "/").map(String.init)
        guard halves.count == 2, let length = Int(halves[1]) else { throw RowError("\(text) is no prefix") }
        return (try parseValue(halves[0]), length)
    }

    /// "DST/SRC", two MAC addresses.
    private func header(_ text: String?) throws(RowError) -> EthernetFrame? {
        guard let text else { return nil }
        let halves = text.split(separator: "/").map(String.init)
        guard halves.count == 2 else { throw RowError("eth DST/SRC, not \(text)") }
        return EthernetFrame(destination: try parseValue(halves[0]), source: try parseValue(halves[1]), type: 0, payload: [])
    }

    private mutating func setInterface(_ index: UInt32, _ type: String, _ words: some Sequence<String>) throws(RowError) {
        let options = try Options(
            words, known: ["vrf", "multicast-vrf", "nh", "mtu", "parent", "vlan", "mac", "cross", "flags"])
        guard let type = Interface.Kind(rawValue: type) else { throw RowError("\(type) is no type of interface") }
        var interface = Interface(index: index, type: type)
        interface.flags = try options.names("flags", of: Interface.Flag.self)
        interface.vrf = try options.number("vrf") ?? 0
        interface.multicastVRF = try options.number("multicast-vrf")
        interface.nextHop = try options.number("nh")
        interface.mtu = try options.number("mtu").map { Int($0) }
        interface.parent = try options.number("parent")
        interface.vlan = try options.number("vlan").map { UInt16(truncatingIfNeeded: $0) }
        if let mac = options.text("mac") { interface.mac = try parseValue(mac) }
        for cross in options.list("cross") { interface.crossConnects.append(try parseNumber(cross)) }
        guard tables.vrfs[interface.vrf] != nil else { throw RowError("there is no VRF \(interface.vrf)") }
        if let nextHop = interface.nextHop { _ = try existing(nextHop) }
        tables.interfaces[index] = interface
    }

    private mutating func setNextHop(_ index: UInt32, _ type: String, _ words: some Sequence<String>) throws(RowError) {
        let options = try Options(
            words, known: ["vrf", "if", "flags", "family", "over", "kind", "hash", "src", "dst", "rewrite", "eth", "members"])
        func interface() throws(RowError) -> UInt32 {
            guard let index = try options.number("if"), tables.interfaces[index] != nil else {
                throw RowError("\(type) wants an interface that exists")
            }
            return index
        }
        func address(_ name: String) throws(RowError) -> IPv4Address {
            guard let text = options.text(name) else { throw RowError("\(type) wants \(name)") }
            return try parseValue(text)
        }
        let flags = try options.names("flags", of: NextHop.Flag.self)
        let action: NextHop.Action
        switch type {
        case "receive": action = .receive(interface: try interface())
        case "encapsulate": action = .encapsulate(interface: try interface(), header: try header(options.text("eth")))
        case "tunnel":
            guard let kind = options.text("over").flatMap(Tunnel.Kind.init(rawValue:)), let header = try header(options.text("eth"))
            else { throw RowError("a tunnel wants over and eth") }
            var tunnel = Tunnel(
                kind: kind, interface: try interface(), source: try address("src"), destination: try address("dst"), header: header)
            if flags.contains(.vxlanRouting) { tunnel.routerMAC = try parseValue(options.text("rewrite") ?? MACAddress.zero.description) }
            action = .tunnel(tunnel)
        case "resolve":
            _ = try interface()
            action = .resolve
        case "discard": action = .discard
        case "composite":
            guard let kind = options.text("kind").flatMap(NextHop.CompositeKind.init(rawValue:)) else {
                throw RowError("a composite wants a kind")
            }
            var members: [NextHop.Member?] = []
            for member in options.list("members") { members.append(try self.member(member)) }
            action = .composite(kind, members: members)
        case "vrf-translate": action = .translate
        case "bridge-receive": action = .bridgeReceive
        default: throw RowError("\(type) is no type of next hop")
        }
        tables.nextHops[index] = NextHop(
            action: action, isOfFrames: options.text("family") == "bridge", vrf: try options.number("vrf") ?? 0, flags: flags)
    }

    /// "NEXT-HOP/LABEL", "NEXT-HOP", or "-" for an empty position.
    private func member(_ text: String) throws(RowError) -> NextHop.Member? {
        if text == "-" { return nil }
        let halves = text.split(separator: "/").map(String.init)
        return NextHop.Member(nextHop: try existing(parseNumber(halves[0])), label: halves.count > 1 ? try parseNumber(halves[1]) : nil)
    }

    private mutating func setRoute(_ vrf: UInt32, _ text: String, _ words: some Sequence<String>) throws(RowError) {
        let options = try Options(words, known: ["nh", "label", "flags", "mac"])
        let (address, length) = try prefix(text)
        guard tables.vrfs[vrf] != nil else { throw RowError("there is no VRF \(vrf)") }
        var route = Route(address: address, length: length, nextHop: try existing(options.number("nh") ?? 0))
        route.label = try options.number("label")
        route.flags = try options.names("flags", of: Route.Flag.self)
        if let mac = options.text("mac") { route.mac = try parseValue(mac) }
        tables.set(route, in: vrf)
    }

    // MARK: Flows

    private static let protocols: [String: UInt8] = [
        "icmp": IPProtocol.icmp, "tcp": IPProtocol.tcp, "udp": IPProtocol.udp, "icmp6": IPProtocol.icmpv6, "gre": IPProtocol.gre,
    ]

    private mutating func changeFlow(_ words: [String]) throws(RowError) {
        guard words.count > 5 else { throw RowError("flow NH PROTOCOL SRC:PORT DST:PORT ACTION") }
        let (source, sourcePort) = try end(words[3]), (destination, destinationPort) = try end(words[4])
        let named = Self.protocols[words[2]]
        let carried = named == nil ? UInt8(truncatingIfNeeded: try parseNumber(words[2])) : named ?? 0
        let key = FlowKey(
            nextHop: try parseNumber(words[1]), protocol: carried,
            source: source, destination: destination, sourcePort: sourcePort, destinationPort: destinationPort)
        if words[5] == "delete" {
            guard deleteFlow(key) else { throw RowError("there is no such flow") }
            return
        }
        guard let action = FlowDecision.Action(rawValue: words[5]) else { throw RowError("\(words[5]) is no action") }
        let options = try Options(words.dropFirst(6), known: ["ttl", "member", "source-nh", "vrf-translate"])
        var decision = FlowDecision(action: action)
        decision.hops = try options.number("ttl").flatMap { $0 == 0 ? nil : UInt8(truncatingIfNeeded: $0) }
        decision.member = try options.number("member").map { Int($0) }
        decision.sourceNextHop = try options.number("source-nh")
        decision.vrf = try options.number("vrf-translate")
        set(decision, for: key)
    }

    /// "10.1.1.3:1000" or "[fd00::1]:5".
    private func end(_ text: String) throws(RowError) -> (IPAddress, UInt16) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw RowError("\(text) is no address with a port")
        }
        return (try parseValue(text[..<colon].filter { $0 != "[" && $0 != "]" }), port)
    }
}
