// IPv4 and IPv6 addresses: every accepted spelling, every refused one, and RFC 5952's examples.

import NetworkTypes
import Testing

@Suite struct IPv4AddressTests {
    @Test(arguments: [("0.0.0.0", UInt32(0)), ("255.255.255.255", .max), ("192.0.2.1", 0xC000_0201), ("10.20.30.40", 0x0A14_1E28)])
    func readsAndWrites(text: String, value: UInt32) throws {
        let address = try IPv4Address(parsing: text)
        #expect(address.rawValue == value)
        #expect(address.description == text)
        expectBytesSurvive(address)
        try expectTextSurvives(address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "1.2.3.4.", "256.1.1.1", "1.2.3.999999999999999999999999",
        "01.2.3.4", "1.2.3.00", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "+1.2.3.4", "-1.2.3.4", "1,2,3,4", "1.2.3.4/24",
        "a.b.c.d",
        "::1", "1.2.3.٤", "localhost", "1.2.3.4\0", "3232235777",
    ])
    func refuses(text: String) { refusal(of: text, as: IPv4Address.self) }

    @Test func saysWhatIsWrong() {
        #expect(
            refusal(of: "1.2.3", as: IPv4Address.self)?.description
                == "\"1.2.3\" is not an IPv4 address: it has 3 numbers instead of 4; write four decimal numbers from 0 to 255 with dots between them, such as 192.0.2.1"
        )
        #expect(refusal(of: "01.2.3.4", as: IPv4Address.self)?.hint == "leading zeros can mean octal: write 1")
        #expect(refusal(of: "1.2.3.00", as: IPv4Address.self)?.hint == "leading zeros can mean octal: write 0")
        #expect(refusal(of: "1.2.3.4/24", as: IPv4Address.self)?.problem == "it has a prefix length")
        #expect(refusal(of: "1.2.3.456", as: IPv4Address.self)?.problem == "the number \"456\" is greater than 255")
        #expect(refusal(of: "a\u{1B}[31m", as: IPv4Address.self)?.text == "a\\u{1B}[31m")
        #expect(refusal(of: String(repeating: "9", count: 100_000), as: IPv4Address.self)?.text.count == 65)
    }

    @Test func knowsSpecialRanges() {
        #expect(IPv4Address(127, 255, 0, 1).isLoopback)
        #expect(IPv4Address(169, 254, 1, 1).isLinkLocal && !IPv4Address(169, 253, 1, 1).isLinkLocal)
        #expect(
            IPv4Address(224, 0, 0, 1).isMulticast && IPv4Address(239, 255, 255, 255).isMulticast && !IPv4Address(240, 0, 0, 0).isMulticast)
        #expect(IPv4Address(10, 0, 0, 1).isPrivate && IPv4Address(172, 31, 0, 1).isPrivate && IPv4Address(192, 168, 9, 9).isPrivate)
        #expect(!IPv4Address(172, 32, 0, 1).isPrivate && !IPv4Address(11, 0, 0, 1).isPrivate)
        #expect(IPv4Address.any.isUnspecified && IPv4Address.broadcast.isBroadcast && IPv4Address.loopback.isLoopback)
    }

    @Test func countsOnAndStopsAtTheEnds() {
        #expect(IPv4Address(10, 0, 0, 255).advanced(by: 1) == IPv4Address(10, 0, 1, 0))
        #expect(IPv4Address(10, 0, 1, 0).advanced(by: -1) == IPv4Address(10, 0, 0, 255))
        #expect(IPv4Address.broadcast.advanced(by: 1) == nil)
        #expect(IPv4Address.any.advanced(by: -1) == nil)
        #expect(IPv4Address.loopback.advanced(by: .max) == nil)
        #expect(IPv4Address.loopback.advanced(by: .min) == nil)
    }

    @Test func ordersByNumber() {
        let addresses = [IPv4Address(9, 0, 0, 0), IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2), IPv4Address(200, 0, 0, 0)]
        #expect(addresses.reversed().sorted() == addresses)
    }

    @Test func everyAddressSurvives() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5_000 { try expectTextSurvives(IPv4Address(rawValue: UInt32(truncatingIfNeeded: generator.next()))) }
        try expectMutationsEndInAnAnswer(of: ["1.2.3.4", "255.255.255.255", "0.0.0.0"], as: IPv4Address.self, seed: 2)
    }
}

@Suite struct IPv6AddressTests {
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:db8::1", "2001:db8::1"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        // One zero group is not shortened; the longest run is, the first of equals (RFC 5952 §4.2).
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("0:0:1:2:3:4:5:6", "::1:2:3:4:5:6"),
        ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"), ("0:1:0:0:0:0:0:0", "0:1::"), ("::1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("FE80::ABCD", "fe80::abcd"),
        // Embedded IPv4.
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"), ("::192.0.2.1", "::c000:201"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ("0:0:0:0:0:ffff:0:0", "::ffff:0.0.0.0"),
        ("::ffff", "::ffff"),
    ])
    func readsAndWrites(text: String, canonical: String) throws {
        let address = try IPv6Address(parsing: text)
        #expect(address.description == canonical)
        expectBytesSurvive(address)
        try expectTextSurvives(address)
    }

    @Test(arguments: [
        "", ":", ":::", "::1::", "1::2::3", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "12345::", "g::", "1:::2", "::1 ", " ::1", "fe80::1%eth0", "[::1]", "::1/64", "1.2.3.4",
        "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::256.0.0.1", "::01.2.3.4", "::-1", "::+1", "::0x1", "1:2", "::é", "::1\0",
    ])
    func refuses(text: String) { refusal(of: text, as: IPv6Address.self) }

    @Test func saysWhatIsWrong() {
        #expect(refusal(of: "::1::", as: IPv6Address.self)?.problem == "'::' occurs twice")
        #expect(refusal(of: "fe80::1%eth0", as: IPv6Address.self)?.hint == "leave out the '%' and what follows")
        #expect(refusal(of: "1:2:3", as: IPv6Address.self)?.problem == "it has 3 groups instead of 8, and no '::'")
        #expect(refusal(of: "12345::", as: IPv6Address.self)?.problem == "the group \"12345\" is not one to four hexadecimal digits")
        #expect((refusal(of: String(repeating: "1:", count: 100_000), as: IPv6Address.self)?.description.count ?? .max) < 400)
    }

    @Test func takesGroupsApart() throws {
        let address = IPv6Address(0x2001, 0xDB8, 3, 4, 5, 6, 7, 0xFFFF)
        #expect((0..<8).map { address.group($0) } == [0x2001, 0xDB8, 3, 4, 5, 6, 7, 0xFFFF])
        #expect(address.bytes.prefix(4) == [0x20, 0x01, 0x0D, 0xB8])
        #expect(address.bytes.suffix(2) == [0xFF, 0xFF])
    }

    @Test func knowsSpecialRanges() throws {
        #expect(try IPv6Address(parsing: "fe80::1").isLinkLocal && IPv6Address(parsing: "febf::1").isLinkLocal)
        #expect(try !IPv6Address(parsing: "fec0::1").isLinkLocal)
        #expect(try IPv6Address(parsing: "fdff::1").isUniqueLocal && !IPv6Address(parsing: "fe00::").isUniqueLocal)
        #expect(try IPv6Address(parsing: "ff02::1").isMulticast)
        #expect(IPv6Address.loopback.isLoopback && IPv6Address.any.isUnspecified)
        #expect(IPv6Address(mapping: IPv4Address(1, 2, 3, 4)).mappedIPv4Address == IPv4Address(1, 2, 3, 4))
        #expect(IPv6Address.loopback.mappedIPv4Address == nil)
    }

    @Test func countsOnAndStopsAtTheEnds() throws {
        #expect(try IPv6Address(parsing: "::ffff:ffff:ffff:ffff").advanced(by: 1) == IPv6Address(parsing: "0:0:0:1::"))
        #expect(try IPv6Address(parsing: "0:0:0:1::").advanced(by: -1) == IPv6Address(parsing: "::ffff:ffff:ffff:ffff"))
        #expect(IPv6Address.any.advanced(by: -1) == nil)
        #expect(IPv6Address(high: .max, low: .max).advanced(by: 1) == nil)
        #expect(IPv6Address.any.advanced(by: .max)?.low == UInt64(Int.max))
        #expect(IPv6Address(high: 1, low: 0).advanced(by: .min) == IPv6Address(high: 0, low: 1 << 63))
    }

    @Test func everyAddressSurvives() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            // Many zero groups, so that runs of all lengths occur.
            var groups: [UInt16] = []
            for _ in 0..<8 { groups.append(Bool.random(using: &generator) ? 0 : UInt16(truncatingIfNeeded: generator.next())) }
            let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            let address = try #require(IPv6Address(bytes: bytes))
            try expectTextSurvives(address)
            // The long form means the same.
            #expect(try IPv6Address(parsing: groups.map { String($0, radix: 16, uppercase: true) }.joined(separator: ":")) == address)
        }
        try expectMutationsEndInAnAnswer(of: ["2001:db8::1", "::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"], as: IPv6Address.self, seed: 4)
    }
}

@Suite struct IPAddressTests {
    @Test func readsBothFamilies() throws {
        #expect(try IPAddress(parsing: "192.0.2.1") == .v4(IPv4Address(192, 0, 2, 1)))
        #expect(try IPAddress(parsing: "::1") == .v6(.loopback))
        #expect(try IPAddress(parsing: "::1").bitCount == 128)
        for text in ["192.0.2.1", "2001:db8::1"] {
            let address = try IPAddress(parsing: text)
            try expectTextSurvives(address)
            #expect(IPAddress(bytes: address.bytes) == address)
        }
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        for text in ["", "a", "1.2.3", "1::2::3", "1.2.3.4/32"] { refusal(of: text, as: IPAddress.self) }
    }

    @Test func putsIPv4First() throws {
        let sorted = try ["1.1.1.1", "255.0.0.0", "::", "::1", "ffff::"].map { try IPAddress(parsing: $0) }
        #expect(sorted.reversed().sorted() == sorted)
        #expect(!(sorted[4] < sorted[0]))
    }

    @Test func passesQuestionsOn() throws {
        #expect(try IPAddress(parsing: "224.0.0.1").isMulticast && IPAddress(parsing: "ff02::1").isMulticast)
        #expect(try IPAddress(parsing: "127.0.0.1").isLoopback && IPAddress(parsing: "::1").isLoopback)
        #expect(try IPAddress(parsing: "169.254.0.1").isLinkLocal && IPAddress(parsing: "fe80::1").isLinkLocal)
        #expect(try IPAddress(parsing: "0.0.0.0").isUnspecified && IPAddress(parsing: "::").isUnspecified)
        #expect(try IPAddress(parsing: "1.1.1.1").advanced(by: 1)?.description == "1.1.1.2")
        #expect(try IPAddress(parsing: "::1").advanced(by: -2) == nil)
    }
}
