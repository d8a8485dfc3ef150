// A DNS question (RFC 1035) with where it was asked: short names mean something in a network only. On its way from an agent to the platform's
// name server it carries the network's whole name in an EDNS(0) option (RFC 6891) with a code of those set aside for local use (§9).

import NetworkTypes

public struct ScopedQuestion: Equatable, Sendable {
    public var query: DNSQuery
    /// The virtual network's name, with colons. Nil: the question came from no network.
    public var network: String?

    static let option: UInt16 = 65001
    /// The greatest answer, in bytes, that the asker takes: what UDP carries everywhere without being fragmented.
    private static let greatestAnswer: UInt16 = 1232

    public init(_ query: DNSQuery, network: String?) {
        self.query = query
        self.network = network
    }

    public var bytes: [UInt8] {
        var bytes = query.bytes
        guard let network else { return bytes }
        let name = Array(network.utf8.prefix(Int(UInt16.max) - 4))
        // One additional record: the root's OPT.
        bytes.overwrite(UInt16(1), at: 10)
        bytes.append(0)
        bytes.append(bigEndian: DNSType.opt.rawValue)
        bytes.append(bigEndian: Self.greatestAnswer)
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: UInt16(name.count + 4))
        bytes.append(bigEndian: Self.option)
        bytes.append(bigEndian: UInt16(name.count))
        return bytes + name
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        query = try DNSQuery(parsing: bytes)
        var reader = PacketReader(bytes, of: "dns")
        _ = try reader.take(6, "head")
        let answers: UInt16 = try reader.integer("answer-count")
        let authorities: UInt16 = try reader.integer("authority-count")
        let additional: UInt16 = try reader.integer("additional-count")
        // A question has nothing in between; where it has, what follows is not looked for.
        guard query.questionCount == 1, answers == 0, authorities == 0 else { return }
        _ = try DNSName(from: &reader, "question")
        _ = try reader.take(4, "question")
        for _ in 0..<additional {
            _ = try DNSName(from: &reader, "additional")
            let type: UInt16 = try reader.integer("additional")
            _ = try reader.take(6, "additional")
            let length: UInt16 = try reader.integer("additional")
            let data = try reader.take(Int(length), "additional")
            if type == DNSType.opt.rawValue { network = try Self.network(in: data) }
        }
    }

    private static func network(in options: ArraySlice<UInt8>) throws(PacketError) -> String? {
        var reader = PacketReader(options, of: "dns")
        while reader.left > 0 {
            let code: UInt16 = try reader.integer("option")
            let length: UInt16 = try reader.integer("option")
            let value = try reader.take(Int(length), "option")
            if code == option { return String(decoding: value, as: UTF8.self) }
        }
        return nil
    }
}
