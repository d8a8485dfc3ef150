// Packets that a seed chooses: mostly such as workloads, the fabric, the host and the agent send, some of them damaged.

extension RandomRow {
    /// The interface and the headers, as lines.
    mutating func packet() -> (interface: UInt32, headers: [String]) {
        switch numbers.number(0...99) {
        case 0..<50: (numbers.pick([3, 3, 4, 5, 10]), tagged(frame()))
        case 50..<85: (0, tagged(tunnelled()))
        case 85..<90: (0, frame())
        case 90..<93: (1, frame())
        default: (2, fromAgent())
        }
    }

    private mutating func tagged(_ frame: [String]) -> [String] {
        guard numbers.chance(12) else { return frame }
        return [frame[0], "vlan \(numbers.pick([100, 30, 0, 0xE000, 200]))"] + frame.dropFirst()
    }

    private mutating func frame() -> [String] {
        let source = numbers.pick(Array(Pool.macs.prefix(4)))
        if numbers.chance(12) { return arp(from: source) }
        let destination = numbers.chance(45) ? "00:00:5e:00:01:00" : numbers.pick(Pool.macs + ["01:00:5e:01:01:01", "02:00:00:00:77:77"])
        if numbers.chance(6) { return ["eth \(destination) \(source) type 0x88cc", "data \(numbers.pick([0, 46, 150, 1600]))"] }
        return ["eth \(destination) \(source)"] + packetLines(padded: true)
    }

    private mutating func arp(from source: String) -> [String] {
        let sender = numbers.pick(Pool.addresses + ["0.0.0.0"]), target = numbers.chance(15) ? sender : numbers.pick(Pool.addresses)
        let kind = numbers.pick(["request", "request", "request", "reply"])
        let padding = numbers.chance(30) ? ["data 18"] : []
        return ["eth \(numbers.pick(Pool.macs)) \(source)", "arp \(kind) \(source) \(sender) 00:00:00:00:00:00 \(target)"] + padding
    }

    /// An IP packet, its length as it is, or said, with padding behind it.
    mutating func packetLines(padded: Bool) -> [String] {
        if numbers.chance(25) { return packet6() }
        var options = " ttl \(numbers.pick([0, 1, 2, 9, 64])) id \(numbers.number(0...3))"
        if numbers.chance(20) { options += " df" }
        if numbers.chance(15) { options += " tos \(numbers.number(0...255))" }
        if numbers.chance(6) { options += " ihl \(numbers.pick([4, 6, 15]))" }
        if numbers.chance(3) { options += " sum 0x1234" }
        if numbers.chance(4) { options += " len \(numbers.pick([0, 19, 28, 40, 2000]))" }
        let addresses = "\(numbers.pick(Pool.addresses)) \(numbers.pick(Pool.addresses))"
        if numbers.chance(8), fragments < 4 {
            // More datagrams than these an implementation may have to forget.
            fragments += 1
            return numbers.chance(50)
                ? ["ip \(addresses)\(options) mf", "udp 1000 2000", "data 16"]
                : ["ip \(addresses)\(options) offset \(numbers.pick([3, 3, 8191])) proto 17", "data \(numbers.pick([16, 160]))"]
        }
        return ["ip \(addresses)\(options)"] + transport(addresses)
    }

    private mutating func packet6() -> [String] {
        let addresses = "\(numbers.pick(Pool.addresses6)) \(numbers.pick(Pool.addresses6 + ["ff02::2"]))",
            hops = numbers.pick([0, 1, 7, 255])
        switch numbers.number(0...9) {
        case 0: return ["ip6 \(addresses) hops \(hops)", "icmp6 \(numbers.pick([1, 128, 129, 133, 136])) 0 id 7", "data 8"]
        case 1: return ["ip6 \(addresses) hops \(hops)", "udp 546 547"]
        case 2:
            // A chain of destination options, up to one longer than is followed.
            let count = numbers.number(1...9)
            return ["ip6 \(addresses) hops \(hops) next 60"] + (1...count).map { "hex \($0 == count ? "11" : "3c")00010400000000" } + [
                "udp 1000 2000"
            ]
        case 3 where fragments < 4:
            fragments += 1
            return ["ip6 \(addresses) hops \(hops) next 44", "hex 1100000100000007", "udp 1000 2000"]
        default: return ["ip6 \(addresses) hops \(hops)", "\(numbers.pick(["udp", "tcp"])) 1000 2000", "data \(numbers.pick([0, 8, 120]))"]
        }
    }

    private mutating func transport(_ addresses: String) -> [String] {
        switch numbers.number(0...13) {
        case 0: return ["icmp \(numbers.pick([0, 8, 13])) 0 id \(numbers.number(0...2))"]
        case 1:
            // An error about a packet of the other direction.
            let turned = addresses.split(separator: " ").reversed().joined(separator: " ")
            let quoted = numbers.pick([["udp 2000 1000"], ["icmp 8 0 id 1"], ["icmp 3 1"], ["hex 0000"]])
            return ["icmp \(numbers.pick([3, 4, 5, 11, 12])) 0", "ip \(turned) proto \(numbers.pick([17, 1]))"] + quoted
        case 2: return ["udp 68 67", "data 40"]
        case 3: return []
        default: return ["\(numbers.pick(["udp", "tcp"])) 1000 2000", "data \(numbers.pick([0, 0, 8, 40, 100, 200, 1500]))"]
        }
    }

    private mutating func tunnelled() -> [String] {
        let source = numbers.pick(Pool.peers + ["10.0.0.99"])
        let outer = [
            "eth 02:00:00:00:00:01 02:00:00:00:00:02",
            "ip \(source) \(numbers.chance(95) ? Pool.host : "10.0.0.9")\(numbers.chance(3) ? " sum 0x1111" : "")\(numbers.chance(3) ? " mf" : "")",
        ]
        if numbers.chance(40) {
            return outer + ["udp 50000 4789", "vxlan \(numbers.pick(Pool.networks + [1]))\(numbers.chance(4) ? " flags 0" : "")"] + frame()
        }
        let label = numbers.pick(Pool.labels + [3])
        let shim = numbers.chance(25) ? ["gre"] : ["udp 50000 \(numbers.pick([6635, 6635, 51234]))"]
        let mpls = "mpls \(label) ttl \(numbers.number(0...255))\(numbers.chance(4) ? " bottom 0" : "")"
        if label == 2000, numbers.chance(90) {
            return outer + shim + [mpls, numbers.chance(95) ? "control-word" : "hex 00000001", "vxlan \(numbers.pick([5000, 16_777_215]))"]
                + frame()
        }
        // What a label carries its next hop says; now and then something else comes.
        let nextHop = forwarder.tables.labels[UInt32(label)].flatMap { forwarder.tables.nextHops[$0.nextHop] }
        let isFrame = (nextHop?.isOfFrames ?? false) != numbers.chance(5)
        let control = isFrame && (nextHop?.flags.contains(.controlWord) ?? false) != numbers.chance(5) ? ["control-word"] : []
        return outer + shim + [mpls] + control + (isFrame ? frame() : packetLines(padded: false))
    }

    private mutating func fromAgent() -> [String] {
        let command = numbers.pick([0, 1, 1, 1, 9])
        return [
            "eth 02:00:00:00:00:0a 00:00:5e:00:01:00",
            "agent \(numbers.pick([0, 1, 2, 3, 4, 5, 10, 55])) \(numbers.number(0...3)) \(command)",
        ] + frame()
    }

    /// A few bytes wrong, or the end missing; most packets are left as they are.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if numbers.chance(12), !bytes.isEmpty {
            for _ in 0..<numbers.number(1...3) { bytes[numbers.number(0...min(bytes.count, 110) - 1)] = UInt8(numbers.number(0...255)) }
        }
        if numbers.chance(6) { bytes = Array(bytes.prefix(numbers.number(0...min(bytes.count, 130)))) }
        if numbers.chance(8) { bytes += Array(repeating: UInt8(numbers.number(0...255)), count: numbers.pick([1, 18, 60])) }
        return bytes
    }
}
