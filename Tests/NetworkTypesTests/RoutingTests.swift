// AS numbers, route distinguishers, route targets, extended communities: texts and bytes as the RFCs have them.

import NetworkTypes
import Testing

@Suite struct ASNumberTests {
    @Test(arguments: [
        ("0", UInt32(0)), ("64512", 64512), ("65536", 65536), ("4294967295", .max), ("1.10", 65546), ("0.64512", 64512),
        ("65535.65535", .max),
    ])
    func reads(text: String, value: UInt32) throws {
        let number = try ASNumber(parsing: text)
        #expect(number.rawValue == value)
        #expect(number.description == String(value))
        try expectTextSurvives(number)
        #expect(try ASNumber(parsing: number.dotted) == number)
        expectBytesSurvive(number)
    }

    @Test(arguments: ["", "4294967296", "-1", "01", "1.", ".1", "1.2.3", "1.65536", "65536.0", "AS64512", "64512 ", "1.01"])
    func refuses(text: String) { refusal(of: text, as: ASNumber.self) }

    @Test func knowsSpecialNumbers() {
        #expect(
            ASNumber(64512).isPrivate && ASNumber(65534).isPrivate && ASNumber(4_200_000_000).isPrivate && ASNumber(4_294_967_294).isPrivate
        )
        #expect(!ASNumber(64511).isPrivate && !ASNumber(65535).isPrivate && !ASNumber(.max).isPrivate)
        #expect(ASNumber.transition.isReserved && ASNumber(0).isReserved && ASNumber(65535).isReserved && ASNumber(.max).isReserved)
        #expect(ASNumber(65535).isTwoByte && !ASNumber(65536).isTwoByte)
        #expect(ASNumber(bytes: [0xFC, 0x00]) == ASNumber(64512))
        #expect(ASNumber(1) < ASNumber(2))
    }
}

@Suite struct RouteDistinguisherTests {
    @Test(
        arguments: [
            ("64512:100", [0, 0, 0xFC, 0x00, 0, 0, 0, 100]), ("0:0", [0, 0, 0, 0, 0, 0, 0, 0]),
            ("65535:4294967295", [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), ("192.0.2.1:5", [0, 1, 192, 0, 2, 1, 0, 5]),
            ("0.0.0.0:65535", [0, 1, 0, 0, 0, 0, 0xFF, 0xFF]), ("65536:7", [0, 2, 0, 1, 0, 0, 0, 7]),
            ("4200000000:65535", [0, 2, 0xFA, 0x56, 0xEA, 0x00, 0xFF, 0xFF]), ("0.64512:7", [0, 2, 0, 0, 0xFC, 0x00, 0, 7]),
            ("0xffff000000000001", [0xFF, 0xFF, 0, 0, 0, 0, 0, 1]), ("0x0003000000000001", [0, 3, 0, 0, 0, 0, 0, 1]),
        ] as [(String, [UInt8])])
    func readsAndWrites(text: String, bytes: [UInt8]) throws {
        let distinguisher = try RouteDistinguisher(parsing: text)
        #expect(distinguisher.bytes == bytes)
        #expect(distinguisher.description == text)
        try expectTextSurvives(distinguisher)
        expectBytesSurvive(distinguisher)
    }

    @Test func otherSpellingsMeanTheSame() throws {
        #expect(try RouteDistinguisher(parsing: "1.10:5") == RouteDistinguisher(parsing: "65546:5"))
        #expect(try RouteDistinguisher(parsing: "64512L:5") == RouteDistinguisher(parsing: "0.64512:5"))
        #expect(try RouteDistinguisher(parsing: "0x0000fc0000000064").description == "64512:100")
        #expect(try RouteDistinguisher(parsing: "192.0.2.1:5") == RouteDistinguisher(IPv4Address(192, 0, 2, 1), 5))
        #expect(RouteDistinguisher.zero.description == "0:0")
        #expect(try RouteDistinguisher(parsing: "192.0.2.1:5").number == .address(IPv4Address(192, 0, 2, 1), 5))
        #expect(try RouteDistinguisher(parsing: "0xffff000000000001").number == nil)
    }

    @Test(arguments: [
        "", ":", "64512", "64512:", ":5", "64512:4294967296", "65536:65536", "192.0.2.1:65536", "192.0.2:5", "192.0.2.1.1:5", "64512:5:6",
        "a:5", "64512:b", "4294967296:1", "64512:05", "0x", "0x00", "0xffff0000000000011", "0xgggg000000000001", "L:5", "64512LL:5",
        "::1:5", "-1:5",
    ])
    func refuses(text: String) { refusal(of: text, as: RouteDistinguisher.self) }

    @Test func saysWhatIsWrong() {
        let error = refusal(of: "65536:65536", as: RouteDistinguisher.self)
        #expect(error?.hint == "behind a four-byte AS number only 16 bits are left for the number")
    }

    @Test func everyEightBytesSurvive() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let type = UInt64.random(in: 0...4, using: &generator)
            try expectTextSurvives(
                RouteDistinguisher(rawValue: type << 48 | generator.next() >> UInt64.random(in: 16..<64, using: &generator)))
            try expectTextSurvives(RouteDistinguisher(rawValue: generator.next()))
        }
        try expectMutationsEndInAnAnswer(
            of: ["64512:100", "192.0.2.1:5", "4200000000:1", "0x0003000000000001"], as: RouteDistinguisher.self, seed: 12)
    }
}

@Suite struct RouteTargetTests {
    @Test(
        arguments: [
            ("target:64512:8000000", [0x00, 0x02, 0xFC, 0x00, 0x00, 0x7A, 0x12, 0x00]),
            ("target:192.0.2.1:5", [0x01, 0x02, 192, 0, 2, 1, 0, 5]),
            ("target:4200000000:8000", [0x02, 0x02, 0xFA, 0x56, 0xEA, 0x00, 0x1F, 0x40]),
            ("target:0.100:1", [0x02, 0x02, 0, 0, 0, 100, 0, 1]),
        ] as [(String, [UInt8])])
    func readsAndWrites(text: String, bytes: [UInt8]) throws {
        let target = try RouteTarget(parsing: text)
        #expect(target.bytes == bytes)
        #expect(target.description == text)
        try expectTextSurvives(target)
        expectBytesSurvive(target)
        #expect(ExtendedCommunity(.routeTarget(target)).bytes == bytes)
    }

    @Test(arguments: [
        "", "target", "target:", "target:64512", "64512:1", "Target:64512:1", "target:4200000000:65536", "target:64512:4294967296",
        "origin:64512:1",
        "target:64512:1 ", "target::1", "target:1.2.3:4",
    ])
    func refuses(text: String) { refusal(of: text, as: RouteTarget.self) }

    @Test func choosesTheShapeForTheNumber() throws {
        #expect(RouteTarget(ASNumber(64512), 8_000_000)?.description == "target:64512:8000000")
        #expect(RouteTarget(ASNumber(65536), 8000)?.number == .autonomousSystem4(ASNumber(65536), 8000))
        #expect(RouteTarget(ASNumber(65536), 65536) == nil)
        #expect(try RouteTarget(parsing: "target:64512:8000000").number.number == 8_000_000)
    }

    @Test func otherCommunitiesAreNone() {
        #expect(RouteTarget(bytes: [0x00, 0x03, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(RouteTarget(bytes: [0x03, 0x02, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(RouteTarget(bytes: [0x40, 0x02, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(RouteTarget(bytes: [0x00, 0x02]) == nil)
    }

    @Test func everyTargetSurvives() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<3_000 {
            let raw = UInt64.random(in: 0...2, using: &generator) << 56 | 0x02 << 48 | generator.next() >> 16
            try expectTextSurvives(try #require(RouteTarget(rawValue: raw)))
        }
        try expectMutationsEndInAnAnswer(
            of: ["target:64512:8000000", "target:192.0.2.1:5", "target:4200000000:1"], as: RouteTarget.self, seed: 14)
    }
}

@Suite struct ExtendedCommunityTests {
    @Test(
        arguments: [
            ("encapsulation:vxlan", [0x03, 0x0C, 0, 0, 0, 0, 0, 8]), ("encapsulation:gre", [0x03, 0x0C, 0, 0, 0, 0, 0, 2]),
            ("encapsulation:mpls-over-udp", [0x03, 0x0C, 0, 0, 0, 0, 0, 13]),
            ("encapsulation:37001", [0x03, 0x0C, 0, 0, 0, 0, 0x90, 0x89]),
            ("mac-mobility:7", [0x06, 0x00, 0, 0, 0, 0, 0, 7]),
            ("mac-mobility:4294967295:sticky", [0x06, 0x00, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
            ("default-gateway", [0x03, 0x0D, 0, 0, 0, 0, 0, 0]), ("origin:64512:5", [0x00, 0x03, 0xFC, 0x00, 0, 0, 0, 5]),
            ("origin:192.0.2.1:5", [0x01, 0x03, 192, 0, 2, 1, 0, 5]), ("target:64512:5", [0x00, 0x02, 0xFC, 0x00, 0, 0, 0, 5]),
            ("0x8004fc0000000001", [0x80, 0x04, 0xFC, 0x00, 0, 0, 0, 1]),
            // Reserved bits must not get lost in the text.
            ("0x030c000000010008", [0x03, 0x0C, 0, 0, 0, 1, 0, 8]), ("0x0600800000000007", [0x06, 0x00, 0x80, 0, 0, 0, 0, 7]),
        ] as [(String, [UInt8])])
    func readsAndWrites(text: String, bytes: [UInt8]) throws {
        let community = try ExtendedCommunity(parsing: text)
        #expect(community.bytes == bytes)
        #expect(community.description == text)
        try expectTextSurvives(community)
        expectBytesSurvive(community)
    }

    @Test(arguments: [
        "", "encapsulation", "encapsulation:", "encapsulation:carrier-pigeon", "encapsulation:65536", "encapsulation:VXLAN",
        "mac-mobility:", "mac-mobility:a",
        "mac-mobility:7:", "mac-mobility:7:loose", "mac-mobility:4294967296", "default-gateway:1", "0x03", "colour:5", "64512:5",
        "origin:5",
    ])
    func refuses(text: String) { refusal(of: text, as: ExtendedCommunity.self) }

    @Test func knowsMeanings() throws {
        #expect(ExtendedCommunity(rawValue: 0x0600_0100_0000_0007).meaning == .macMobility(sequence: 7, isSticky: true))
        #expect(ExtendedCommunity(rawValue: 0x0600_FF00_0000_0007).meaning == .macMobility(sequence: 7, isSticky: true))
        #expect(ExtendedCommunity(rawValue: 0x030C_FFFF_FFFF_0008).meaning == .encapsulation(.vxlan))
        #expect(ExtendedCommunity(rawValue: 0x030D << 48).meaning == .defaultGateway)
        #expect(ExtendedCommunity(rawValue: 0x8004_0000_0000_0001).meaning == nil)
        #expect(ExtendedCommunity(rawValue: 0x4004_0000_0000_0001).isTransitive == false)
        #expect(ExtendedCommunity(.defaultGateway).isTransitive)
        #expect(refusal(of: "encapsulation:x", as: ExtendedCommunity.self)?.hint.contains("mpls-over-udp") == true)
    }

    @Test func everyEightBytesSurvive() throws {
        var generator = SeededGenerator(seed: 15)
        let types: [UInt64] = [0x0002, 0x0102, 0x0202, 0x0003, 0x0103, 0x0203, 0x030C, 0x030D, 0x0600, 0x8004, 0x4304]
        for _ in 0..<5_000 {
            let type = types.randomElement(using: &generator) ?? 0
            try expectTextSurvives(
                ExtendedCommunity(rawValue: type << 48 | generator.next() >> UInt64.random(in: 16..<64, using: &generator)))
        }
        let texts = ["encapsulation:vxlan", "mac-mobility:7:sticky", "target:64512:5", "0x8004fc0000000001"]
        try expectMutationsEndInAnAnswer(of: texts, as: ExtendedCommunity.self, seed: 16)
    }
}
