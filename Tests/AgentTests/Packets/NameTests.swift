// Domain names on the wire, and who is told which.

import AgentCore
import NetworkTypes
import Testing

private let shopBlue = NameScope(project: "shop", network: "blue", domain: DNSName("cloud.example") ?? .root)
private let shopRed = NameScope(project: "shop", network: "red")
private let bank = NameScope(project: "bank", network: "blue")
private let web = IPv4Address(10, 1, 1, 4)
private let data = IPv4Address(10, 2, 1, 4)
private let vault = IPv4Address(10, 1, 1, 4)

private var table: NameTable {
    var table = NameTable()
    table.add(
        "Web", [.v4(web), .v6(IPv6Address(bytes: [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [4]) ?? .any)], in: shopBlue)
    table.add("data", [.v4(data)], in: shopRed)
    table.add("vault", [.v4(vault)], in: bank)
    table.add(.v4(IPv4Prefix(web, length: 24)), in: shopBlue)
    return table
}

private func lookUp(_ name: String, _ type: DNSType = .a, _ scope: NameScope = shopBlue) -> NameOutcome {
    guard let name = DNSName(name) else { return .elsewhere }
    return table.lookUp(DNSQuery.Question(name, type), for: scope)
}

@Suite struct NameTests {
    @Test func namesOfTheProject() {
        #expect(lookUp("web") == .found([.a(web)]))
        #expect(lookUp("WEB.cloud.example") == .found([.a(web)]))
        #expect(lookUp("web.blue") == .found([.a(web)]))
        #expect(lookUp("data.red.shop") == .found([.a(data)]))
        #expect(lookUp("data.red.cloud.example") == .found([.a(data)]))
        #expect(lookUp("data") == .nonexistent, "a short name is one of the own network")
        #expect(lookUp("data", .a, shopRed) == .found([.a(data)]))
        #expect(lookUp("web", DNSType(rawValue: 15)) == .noData)
        #expect(lookUp("nobody.blue") == .nonexistent)
        #expect(lookUp("nobody.nowhere.cloud.example") == .nonexistent, "the domain is ours")
        #expect(lookUp("cloud.example") == .noData, "the domain itself")
    }

    @Test func othersNamesAreNotTold() {
        #expect(lookUp("vault.blue.bank") == .elsewhere)
        #expect(lookUp("vault.blue") == .nonexistent)
        #expect(lookUp("vault", .a, bank) == .found([.a(vault)]))
        #expect(lookUp("www.example.net") == .elsewhere)
        #expect(lookUp("web.green") == .elsewhere)
    }

    @Test func reverseNames() {
        #expect(lookUp("4.1.1.10.in-addr.arpa", .ptr) == .found([.ptr(DNSName("web.cloud.example") ?? .root)]))
        #expect(lookUp("4.1.1.10.in-addr.arpa", .ptr, bank) == .found([.ptr(DNSName("vault") ?? .root)]), "one address, two networks")
        #expect(lookUp("4.1.1.10.in-addr.arpa", .a) == .noData)
        #expect(lookUp("9.1.1.10.in-addr.arpa", .ptr) == .nonexistent, "an address of the network that nobody has")
        #expect(lookUp("9.9.9.9.in-addr.arpa", .ptr) == .elsewhere)
        #expect(lookUp("04.1.1.10.in-addr.arpa", .ptr) == .elsewhere, "not a number as RFC 1035 writes it")
        let reversed = "4." + String(repeating: "0.", count: 23) + "8.b.d.0.1.0.0.2.ip6.arpa"
        #expect(lookUp(reversed, .ptr) == .found([.ptr(DNSName("web.cloud.example") ?? .root)]))
    }

    @Test func otherClassesAreNotOurs() {
        guard let name = DNSName("web") else { return #expect(Bool(false)) }
        #expect(table.lookUp(DNSQuery.Question(name, .a, classNumber: 3), for: shopBlue) == .elsewhere)
    }

    @Test func theSameTableWhateverTheOrder() {
        var other = NameTable()
        other.add(.v4(IPv4Prefix(web, length: 24)), in: shopBlue)
        other.add("vault", [.v4(vault)], in: bank)
        other.add("data", [.v4(data)], in: shopRed)
        other.add(
            "Web", [.v4(web), .v6(IPv6Address(bytes: [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [4]) ?? .any)], in: shopBlue)
        #expect(other == table)
    }

    @Test(arguments: [
        "a..b", String(repeating: "a", count: 64), "ä.example", "a b",
        Array(repeating: String(repeating: "a", count: 60), count: 5).joined(separator: "."),
    ])
    func notNames(text: String) { #expect(DNSName(text) == nil) }

    @Test func pointersLeadBackwardsOnly() throws {
        let head: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(throws: PacketError.self) { try DNSQuery(parsing: (head + [0xC0, 12, 0, 1, 0, 1])[...]) }
        #expect(throws: PacketError.self) { try DNSQuery(parsing: (head + [1, 97, 0xC0, 12, 0, 1, 0, 1])[...]) }
        #expect(throws: PacketError.self) { try DNSQuery(parsing: (head + [0xC0, 40, 0, 1, 0, 1])[...]) }
        #expect(throws: PacketError.self) { try DNSQuery(parsing: (head + [0x80, 0, 1, 0, 1])[...]) }
        #expect(throws: PacketError.self) { try DNSQuery(parsing: (head + [5, 97])[...]) }
        // A pointer into the head is backwards, and reads as the name that happens to stand there: here the root.
        let query = try DNSQuery(parsing: (head + [0xC0, 0, 0, 1, 0, 1])[...])
        #expect(query.question?.name == .root)
    }

    @Test func answersThatDoNotFitAreMarked() throws {
        guard let name = DNSName("many") else { return #expect(Bool(false)) }
        let query = DNSQuery(identifier: 1, DNSQuery.Question(name, .a))
        let answers = (0..<100).map { DNSRecordData.a(IPv4Address(10, 0, 0, UInt8($0))) }
        let bytes = DNSResponse(query: query, code: .noError, answers: answers, timeToLive: 1, offersRecursion: true).bytes
        #expect(bytes.count <= 512)
        #expect(bytes[2] & 2 != 0, "truncated")
        #expect(Int(bytes[7]) == (bytes.count - 12 - 10) / 16)
    }
}
