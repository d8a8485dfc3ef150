// MAC addresses, Ethernet segment identifiers, VXLAN network identifiers, MPLS labels.

import NetworkTypes
import Testing

@Suite struct MACAddressTests {
    @Test(arguments: [
        ("02:00:5e:10:00:01", "02:00:5e:10:00:01"), ("02-00-5E-10-00-01", "02:00:5e:10:00:01"), ("FF:ff:FF:ff:FF:ff", "ff:ff:ff:ff:ff:ff"),
        ("00:00:00:00:00:00", "00:00:00:00:00:00"),
    ])
    func readsAndWrites(text: String, canonical: String) throws {
        let address = try MACAddress(parsing: text)
        #expect(address.description == canonical)
        try expectTextSurvives(address)
        expectBytesSurvive(address)
    }

    @Test(arguments: [
        "", "02", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "02:00:5e:10:00:1", "02:00:5e:10:00:001", "02005e100001", "0200.5e10.0001",
        "02:00-5e:10:00:01", "02:00:5e:10:00:0g", ":02:00:5e:10:00:01", "02:00:5e:10:00:01:", "02 00 5e 10 00 01", "02::5e:10:00:01",
        "é2:00:5e:10:00:01",
    ])
    func refuses(text: String) { refusal(of: text, as: MACAddress.self) }

    @Test func saysWhatIsWrong() {
        #expect(refusal(of: "02:00-5e:10:00:01", as: MACAddress.self)?.problem == "it mixes ':' and '-'")
        #expect(refusal(of: "02:00:5e", as: MACAddress.self)?.problem == "it has 3 pairs instead of 6")
        #expect(refusal(of: "02:00:5e:10:00:1", as: MACAddress.self)?.problem == "\"1\" is not a pair of hexadecimal digits")
    }

    @Test func knowsItsBits() {
        let address = MACAddress(0x03, 0, 0x5E, 0x10, 0, 0x01)
        #expect(address.rawValue == 0x0300_5E10_0001)
        #expect(address.isMulticast && address.isLocallyAdministered && !address.isBroadcast)
        #expect(MACAddress.broadcast.isBroadcast && MACAddress.broadcast.isMulticast)
        #expect(!MACAddress.zero.isMulticast && !MACAddress.zero.isLocallyAdministered)
        #expect(MACAddress.zero < address && address < .broadcast)
    }

    @Test func everyAddressSurvives() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2_000 { try expectTextSurvives(MACAddress(rawValue: generator.next() >> 16)) }
        try expectMutationsEndInAnAnswer(of: ["02:00:5e:10:00:01", "02-00-5E-10-00-01"], as: MACAddress.self, seed: 9)
    }
}

@Suite struct EthernetSegmentIdentifierTests {
    @Test func readsAndWrites() throws {
        let segment = try EthernetSegmentIdentifier(parsing: "01-11-22-33-44-55-66-77-88-9A")
        #expect(segment.description == "01:11:22:33:44:55:66:77:88:9a")
        #expect(segment.bytes == [0x01, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x9A])
        #expect(segment.type == 1)
        #expect(EthernetSegmentIdentifier.singleHomed.isSingleHomed && !segment.isSingleHomed)
        #expect(EthernetSegmentIdentifier.singleHomed < segment && segment < .greatest)
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<1_000 {
            let value = try #require(EthernetSegmentIdentifier(bytes: generator.bytes(10)))
            try expectTextSurvives(value)
            expectBytesSurvive(value)
        }
    }

    @Test(arguments: [
        "", "00:11:22:33:44:55:66:77:88", "00:11:22:33:44:55:66:77:88:99:aa", "00112233445566778899", "00:11:22:33:44:55:66:77:88-99",
    ])
    func refuses(text: String) { refusal(of: text, as: EthernetSegmentIdentifier.self) }
}

@Suite struct LabelTests {
    @Test func labelsHave20Bits() throws {
        #expect(try MPLSLabel(parsing: "1048575").rawValue == MPLSLabel.greatest)
        #expect(MPLSLabel(1_048_576) == nil)
        for text in ["", "1048576", "-1", "0x10", "01", "1.5", "99999999999999999999999"] { refusal(of: text, as: MPLSLabel.self) }
        #expect(refusal(of: "1048576", as: MPLSLabel.self)?.problem == "the label \"1048576\" is greater than 1048575")
        let label = try #require(MPLSLabel(0x12345))
        #expect(label.bytes() == [0x12, 0x34, 0x51])
        #expect(label.bytes(bottomOfStack: false) == [0x12, 0x34, 0x50])
        #expect(MPLSLabel(bytes: [0x12, 0x34, 0x5F]) == label)
        #expect(MPLSLabel(bytes: [0x12, 0x34]) == nil)
        #expect(MPLSLabel(bytes: [0, 0x12, 0x34, 0x51]) == nil)
        #expect(MPLSLabel.implicitNull.isReserved && MPLSLabel.explicitNull < .implicitNull && !label.isReserved)
        #expect(MPLSLabel.routerAlert.rawValue == 1 && MPLSLabel.explicitNullIPv6.rawValue == 2)
        try expectTextSurvives(label)
    }

    @Test func networkIdentifiersHave24Bits() throws {
        #expect(try VXLANNetworkIdentifier(parsing: "16777215").rawValue == VXLANNetworkIdentifier.greatest)
        #expect(VXLANNetworkIdentifier(16_777_216) == nil)
        for text in ["", "16777216", "-1", "5001 ", "05001"] { refusal(of: text, as: VXLANNetworkIdentifier.self) }
        let identifier = try #require(VXLANNetworkIdentifier(0x123456))
        #expect(identifier.bytes == [0x12, 0x34, 0x56])
        expectBytesSurvive(identifier)
        try expectTextSurvives(identifier)
        #expect(try VXLANNetworkIdentifier(parsing: "0") < identifier)
    }
}
