// A row that a seed chooses, with what the model says of it: held against another forwarder, it compares the two. What the model cannot know, since a
// hash decides it, is left out of the row.

import NetworkTypes

public struct RandomRow {
    var numbers: SeededNumbers
    var forwarder = Forwarder()
    var interfaceLines: [UInt32: String] = [:]
    /// Packets that were parts of datagrams.
    var fragments = 0
    private var lines: [String] = []

    /// What may stand for a workload's interface in flows.
    let workloadNextHops = [3, 4, 5, 6]
    let routedNextHops = [0, 1, 2, 3, 3, 4, 4, 5, 6, 12, 13, 14, 15, 16, 17, 18, 20, 24, 25, 30, 31, 44]
    let bridgedNextHops = [8, 8, 9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 23, 25, 30]

    /// The row of a seed, as text that ends in a new line.
    public static func text(seed: UInt64) -> String {
        var row = RandomRow(numbers: SeededNumbers(seed: seed))
        row.makeTables()
        for _ in 0..<24 { row.step() }
        return "row \(seed)\n" + row.lines.map { "  \($0)\n" }.joined()
    }

    private init(numbers: SeededNumbers) { self.numbers = numbers }

    /// Sets an entry, here and in the row; an entry that cannot be is left out.
    mutating func add(_ line: String) {
        do {
            guard try forwarder.apply(tableLine: line.split(separator: " ").map(String.init)) else { return }
        } catch { return }
        lines.append(line)
        tell()
    }

    /// A packet comes in, or something changes.
    private mutating func step() {
        let before = (forwarder, lines.count)
        switch numbers.number(0...19) {
        case 0:
            lines.append("after \(numbers.pick([500, 1000, 1999, 2000]))")
            forwarder.tick(after: Int(lines[lines.count - 1].split(separator: " ")[1]) ?? 0)
            lines.append("tick")
            tell()
        case 1: if forwarder.flows.count < 16 { changeFlow() }
        case 2, 3:
            if let key = forwarder.flows.filter({ $0.value.decision.action == .hold }).map({ Self.text(of: $0.key) }).min() { decide(key) }
        case 4:
            if numbers.chance(40), let key = forwarder.flows.keys.map(Self.text(of:)).min() { add("\(key) delete") }
        default:
            // Twenty flows fit into every table, whatever their hashes.
            guard forwarder.flows.count < 16 else { return }
            let (interface, headers) = packet()
            guard
                let packet = try? PacketText(
                    headers.enumerated().map { RowFile.Line(number: $0, words: $1.split(separator: " ").map(String.init)) })
            else { return }
            let bytes = damaged(packet.bytes)
            guard bytes.count < 1900 else { return }
            lines.append("in \(interface)")
            lines += Self.hexadecimal(bytes)
            forwarder.receive(bytes, on: interface)
            tell()
        }
        if forwarder.isUndecided {
            forwarder = before.0
            lines.removeSubrange(before.1...)
        }
    }

    /// Writes down what has become of packets.
    private mutating func tell() {
        for sent in forwarder.sent {
            lines.append("out \(sent.interface)")
            lines += Self.hexadecimal(sent.bytes, unknown: sent.unknown)
        }
        lines += forwarder.drops.map { "drop \($0.rawValue)" }
        forwarder.sent = []
        forwarder.drops = []
    }

    private static func hexadecimal(_ bytes: [UInt8], unknown: Set<Int> = []) -> [String] {
        // An empty packet is one too.
        if bytes.isEmpty { return ["  data 0"] }
        return stride(from: 0, to: bytes.count, by: 100).map { start in
            "  hex "
                + (start..<min(start + 100, bytes.count)).map { offset in
                    unknown.contains(offset) ? "**" : (bytes[offset] < 16 ? "0" : "") + String(bytes[offset], radix: 16)
                }.joined()
        }
    }

    /// As rows name flows.
    private static func text(of key: FlowKey) -> String {
        func end(_ address: String, _ port: UInt16) -> String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
        return
            "flow \(key.nextHop) \(key.protocol) \(end(key.source.description, key.sourcePort)) \(end(key.destination.description, key.destinationPort))"
    }
}
