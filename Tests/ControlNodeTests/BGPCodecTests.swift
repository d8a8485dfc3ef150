// BGP messages: labelled bytes beside their values, both ways; then what RFC 7606 makes of mistakes.

import NetworkTypes
import Testing

@testable import ControlNodeCore

private let marker = "ffffffff ffffffff ffffffff ffffffff"

private func terms(four: Bool = true, isInternal: Bool = true, _ families: [AddressFamily] = AddressFamily.supported) -> BGPSessionTerms {
    BGPSessionTerms(families: Set(families), hasFourByteAS: four, isInternal: isInternal)
}

private func read(_ bytes: [UInt8], _ terms: BGPSessionTerms = terms()) throws -> BGPMessage {
    var splitter = BGPFrameSplitter()
    splitter.append(bytes)
    return try BGPMessage(try #require(try splitter.next()), terms)
}

/// An UPDATE around attributes and IPv4 routes given in hexadecimal.
private func update(_ attributes: String, _ routes: String = "") -> [UInt8] {
    let attributes = hex(attributes)
    let routes = hex(routes)
    var bytes = BGPFrame.begin(.update)
    bytes.append16(0)
    bytes.append16(UInt16(attributes.count))
    bytes += attributes + routes
    BGPFrame.finish(&bytes)
    return bytes
}

private func readUpdate(_ attributes: String, _ routes: String = "", _ terms: BGPSessionTerms = terms()) throws -> UpdateMessage {
    guard case .update(let message) = try read(update(attributes, routes), terms) else { throw BGPProtocolError(.badType(0), "no UPDATE") }
    return message
}

@Suite struct BGPCodecTests {
    // MARK: Vectors

    static let opened = OpenMessage(
        system: ASNumber(4_200_000_000), holdTime: 90, identifier: IPv4Address(192, 0, 2, 1),
        capabilities: [
            .multiprotocol(.inetVPN), .multiprotocol(.evpn), .fourByteAS(ASNumber(4_200_000_000)),
            .gracefulRestart(.init(seconds: 300, families: [.init(.inetVPN, isForwardingPreserved: true)])),
            .other(code: 71, value: [0, 25, 70, 0, 0, 1, 44]),
        ])

    static let openBytes = hex(
        """
        \(marker) 004a 01    # header: 74 bytes, OPEN
        04 5ba0 005a c0000201  # version 4, AS 23456, hold time 90, identifier
        2d                     # 45 bytes of optional parameters
        02 06 01 04 0001 00 80 # multiprotocol, inet-vpn
        02 06 01 04 0019 00 46 # multiprotocol, e-vpn
        02 06 41 04 fa56ea00   # four-byte AS
        02 08 40 06 012c 0001 80 80  # graceful restart: 300 s, inet-vpn preserved
        02 09 47 07 0019 46 00 00012c  # long-lived graceful restart, kept as it is
        """)

    @Test func openIsWrittenAndRead() throws {
        #expect(BGPMessage.open(Self.opened).bytes(terms()) == [Self.openBytes])
        #expect(try read(Self.openBytes) == .open(Self.opened))
    }

    @Test func manyCapabilitiesTakeTheExtendedForm() throws {
        let message = OpenMessage(
            system: ASNumber(1), holdTime: 0, identifier: .loopback,
            capabilities: (0..<40).map { .other(code: 200, value: [UInt8](repeating: $0, count: 9)) })
        let bytes = message.bytes
        #expect(bytes[28] == 255 && bytes[29] == 255)
        #expect(try read(bytes) == .open(message))
    }

    static let vpnAttributes = PathAttributes(
        asPath: ASPath(sequence: [ASNumber(65_550), ASNumber(7)]), nextHop: .v4(IPv4Address(192, 0, 2, 9)), med: 5, localPreference: 200,
        extendedCommunities: [
            ExtendedCommunity(.routeTarget(target(8_000_001))), ExtendedCommunity(.encapsulation(.mplsOverUDP)),
            ExtendedCommunity(.securityGroup, system: 64512, number: 8),
        ])

    static let vpnUpdate = UpdateMessage(reachable: [
        .init(
            .inetVPN, vpnAttributes,
            [
                RouteAdvertisement(
                    RouteKey(
                        .inet(IPv4Prefix(IPv4Address(10, 1, 2, 0), length: 23)),
                        distinguisher: RouteDistinguisher(IPv4Address(192, 0, 2, 9), 3)), label: 299_776)
            ])
    ])

    static let vpnBytes = hex(
        """
        \(marker) 0075 02        # header: 117 bytes, UPDATE
        0000 005e                # nothing withdrawn, 94 bytes of attributes
        90 0e 0020 0001 80 0c 0000000000000000 c0000209 00  # MP_REACH, inet-vpn, next hop with a distinguisher of zero
           6f 493001 0001c00002090003 0a0102               # 111 bits: label 299776, 192.0.2.9:3, 10.1.2.0/23
        40 01 01 00              # ORIGIN igp
        40 02 0a 02 02 0001000e 00000007  # AS_PATH 65550 7
        80 04 04 00000005        # MED 5
        40 05 04 000000c8        # LOCAL_PREF 200
        c0 10 18 0002fc00007a1201 030c00000000000d 8004fc0000000008  # target, encapsulation, security group
        """)

    @Test func aVPNRouteIsWrittenAndRead() throws {
        #expect(BGPMessage.update(Self.vpnUpdate).bytes(terms()) == [Self.vpnBytes])
        #expect(try read(Self.vpnBytes) == .update(Self.vpnUpdate))
    }

    @Test func anEVPNRouteHasANetworkIdentifierUnderVXLANAndALabelOtherwise() throws {
        let mac = EVPNPrefix.macAddress(ethernetTag: 0, MACAddress(2, 0, 0, 0, 0, 1), .v4(IPv4Address(10, 1, 1, 5)))
        let key = RouteKey(.evpn(mac), distinguisher: RouteDistinguisher(rawValue: 0x0000_FC00_0000_0001))
        for (tunnel, field) in [(TunnelType.vxlan, "001389"), (.mplsOverUDP, "013891")] {
            let attributes = PathAttributes(
                nextHop: hop(1), localPreference: 100, extendedCommunities: [ExtendedCommunity(.encapsulation(tunnel))])
            let message = UpdateMessage(reachable: [.init(.evpn, attributes, [RouteAdvertisement(key, label: 5001)])])
            let bytes = message.bytes(terms())
            let expected = hex(
                "02 25 0000fc0000000001 00000000000000000000 00000000 30 020000000001 20 0a010105 \(field)")
            #expect(bytes.count == 1 && bytes[0].indices.contains { bytes[0][$0...].starts(with: expected) }, "\(tunnel)")
            #expect(try read(bytes[0]) == .update(message))
        }
    }

    @Test func endOfRIBOfEachFamily() throws {
        #expect(UpdateWriter.endOfRIB(.inet) == hex("\(marker) 0017 02 0000 0000"))
        #expect(UpdateWriter.endOfRIB(.evpn) == hex("\(marker) 001d 02 0000 0006 80 0f 03 0019 46"))
        for family in AddressFamily.supported {
            #expect(try read(UpdateWriter.endOfRIB(family)) == .update(UpdateMessage(endOfRIB: family)))
        }
    }

    @Test func routeTargetMembership() throws {
        let key = RouteKey(.routeTarget(RouteTargetPrefix(origin: ASNumber(64512), target: target(9))))
        let message = UpdateMessage(reachable: [
            .init(
                .routeTarget, PathAttributes(nextHop: hop(1), localPreference: 100),
                [RouteAdvertisement(key), RouteAdvertisement(RouteKey(.routeTarget(.all)))])
        ])
        let bytes = message.bytes(terms())[0]
        let expected = hex("60 0000fc00 0002fc0000000009 00")
        #expect(bytes.indices.contains { bytes[$0...].starts(with: expected) })
        #expect(try read(bytes) == .update(message))
    }

    @Test func smallMessages() throws {
        #expect(BGPMessage.keepalive.bytes(terms()) == [hex("\(marker) 0013 04")])
        let cease = BGPMessage.notification(.administrativeReset)
        #expect(cease.bytes(terms()) == [hex("\(marker) 0015 03 06 04")])
        #expect(try read(hex("\(marker) 0015 03 06 04")) == cease)
        #expect(try read(hex("\(marker) 0017 05 0001 00 80")) == .routeRefresh(.inetVPN))
        #expect("\(NotificationMessage.collision)" == "cease (6): connection collision resolution (7)")
    }

    @Test func twoByteSpeakersGetTheTransitionNumberAndTheRealPath() throws {
        var attributes = Self.vpnAttributes
        attributes.aggregator = Aggregator(system: ASNumber(65_550), address: .loopback)
        var message = Self.vpnUpdate
        message.reachable[0].attributes = attributes
        let old = terms(four: false)
        let bytes = message.bytes(old)[0]
        for part in [
            "40 02 06 02 02 5ba0 0007", "c0 11 0a 02 02 0001000e 00000007", "c0 07 06 5ba0 7f000001", "c0 12 08 0001000e 7f000001",
        ] {
            let expected = hex(part)
            #expect(bytes.indices.contains { bytes[$0...].starts(with: expected) }, "\(part)")
        }
        #expect(try read(bytes, old) == .update(message))
    }

    @Test func longListsTakeSeveralMessages() throws {
        let routes = (0..<3000).map { number in
            RouteAdvertisement(
                RouteKey(
                    .inet(IPv4Prefix(IPv4Address(rawValue: 0x0A00_0000 + UInt32(number) << 8), length: 24)),
                    distinguisher: RouteDistinguisher(rawValue: 1)), label: UInt32(number))
        }
        let messages = UpdateWriter.announce(routes, .inetVPN, Self.vpnAttributes, terms())
        #expect(messages.count > 10 && messages.allSatisfy { $0.count <= BGPFrame.greatestLength })
        var found: [RouteAdvertisement] = []
        for message in messages { if case .update(let update) = try read(message) { found += update.reachable[0].routes } }
        #expect(found == routes)
        var keys: [RouteKey] = []
        for message in UpdateWriter.withdraw(routes.map(\.key), .inetVPN) {
            if case .update(let update) = try read(message) { keys += update.unreachable[0].keys }
        }
        #expect(keys == routes.map(\.key))
    }

    @Test func attributesThatFillAMessageLeaveNothingToSend() {
        var attributes = Self.vpnAttributes
        attributes.communities = (0..<1100).map { Community(rawValue: $0) }
        #expect(UpdateWriter.announce(Self.vpnUpdate.reachable[0].routes, .inetVPN, attributes, terms()).isEmpty)
    }

    // MARK: Framing

    @Test func messagesAreFoundHoweverTheyArrive() throws {
        let stream = Self.openBytes + BGPFrame.keepalive + Self.vpnBytes
        for size in [1, 2, 7, 19, 64, stream.count] {
            var splitter = BGPFrameSplitter()
            var found: [BGPMessage] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                splitter.append(stream[start..<min(start + size, stream.count)])
                while let frame = try splitter.next() { found.append(try BGPMessage(frame, terms())) }
            }
            #expect(found == [.open(Self.opened), .keepalive, .update(Self.vpnUpdate)], "pieces of \(size)")
        }
    }

    @Test(arguments: [
        ("fffffffe ffffffff ffffffff ffffffff 0013 04", NotificationMessage.notSynchronized),
        ("\(marker) 0012 04", .badLength(18)), ("\(marker) 1001 02", .badLength(4097)), ("\(marker) 0014 04 00", .badLength(20)),
        ("\(marker) 0013 09", .badType(9)),
        ("\(marker) 001d 01 03 fc00 005a c0000201 00", .unsupportedVersion),
        ("\(marker) 001d 01 04 fc00 0002 c0000201 00", .unacceptableHoldTime),
        ("\(marker) 001d 01 04 fc00 005a 00000000 00", .badIdentifier), ("\(marker) 001d 01 04 0000 005a c0000201 00", .badPeerAS),
        ("\(marker) 001f 01 04 fc00 005a c0000201 02 0100", .unsupportedParameter),
        ("\(marker) 001d 01 04 fc00 005a c0000201 01", .malformedOpen),
        ("\(marker) 0017 02 0005 0000", .malformedAttributes), ("\(marker) 0019 02 0000 0000 21 01", .invalidNetwork),
    ])
    func whatCannotBeReadHasItsNotification(bytes: String, expected: NotificationMessage) {
        let error = #expect(throws: BGPProtocolError.self) { try read(hex(bytes)) }
        #expect(error?.notification == expected)
    }

    // MARK: RFC 7606

    static let mandatory = "40 01 01 00  40 02 00  40 03 04 0a000001  40 05 04 00000064"
    static let route = "18 0a0102"

    @Test func aCorrectUpdateHasNoProblems() throws {
        let message = try readUpdate(Self.mandatory, Self.route)
        #expect(message.problems.isEmpty && message.reachable[0].routes.count == 1 && message.unreachable.isEmpty)
        #expect(message.reachable[0].attributes.nextHop == hop(1))
    }

    @Test(arguments: [
        ("40 01 01 03  40 02 00  40 03 04 0a000001", "an origin that is none"),
        ("40 01 02 0000  40 02 00  40 03 04 0a000001", "a long origin"),
        ("40 02 00  40 03 04 0a000001", "no origin"), ("40 01 01 00  40 03 04 0a000001", "no AS path"),
        ("40 01 01 00  40 02 00", "no next hop"),
        ("40 01 01 00  40 02 03 02 02 00  40 03 04 0a000001", "an AS path that is cut off"),
        ("40 01 01 00  40 02 02 02 00  40 03 04 0a000001", "an empty segment"),
        ("40 01 01 00  40 02 00  40 03 03 0a0000", "a short next hop"),
        ("\(mandatory) 80 04 03 000000", "a short MED"), ("\(mandatory) c0 08 03 000000", "a community and a half"),
        ("\(mandatory) c0 08 00", "no community"), ("\(mandatory) c0 10 07 00000000000000", "a short extended community"),
        ("\(mandatory) 80 09 03 000000", "a short originator"), ("\(mandatory) 80 0a 05 0000000000", "a cluster and a bit"),
        ("\(mandatory) c0 16 04 00060000", "a short tunnel"), ("\(mandatory) c0 20 0b 0000000000000000000000", "a short large community"),
        ("80 01 01 00  40 02 00  40 03 04 0a000001", "wrong flags"),
        ("\(mandatory) c0 08 ff 00000000", "an attribute longer than the rest"),
        ("\(mandatory) c0", "half a header"),
    ])
    func theRoutesAreWithdrawn(attributes: String, name: String) throws {
        let message = try readUpdate(attributes, Self.route)
        #expect(message.reachable.isEmpty, "\(name)")
        #expect(message.unreachable == [.init(.inet, [RouteKey(try inet("10.1.2.0/24"))])], "\(name)")
        #expect(message.problems.contains { $0.outcome == .withdraw }, "\(name)")
    }

    @Test(arguments: [
        ("40 06 01 00", "an atomic aggregate with a value"), ("c0 07 05 0000000000", "a short aggregator"),
        ("40 01 01 02", "a second origin"), ("c0 11 06 020100000001", "an AS4_PATH from a speaker of four bytes"),
        ("c0 f3 07 00000000000000", "a short path of networks"),
    ])
    func theAttributeIsDiscarded(attributes: String, name: String) throws {
        let message = try readUpdate("\(Self.mandatory) \(attributes)", Self.route)
        #expect(message.reachable.count == 1 && message.reachable[0].attributes.origin == .igp, "\(name)")
        #expect(message.problems.map(\.outcome) == [.discard], "\(name)")
    }

    @Test func fromOutsidePreferenceAndReflectionAreDiscarded() throws {
        let attributes = "\(Self.mandatory) 80 09 04 01010101 80 0a 04 02020202"
        let message = try readUpdate(attributes, Self.route, terms(isInternal: false))
        #expect(message.problems.map(\.type) == [5, 9, 10] && message.problems.allSatisfy { $0.outcome == .discard })
        let found = message.reachable[0].attributes
        #expect(found.localPreference == nil && found.originatorID == nil && found.clusterList.isEmpty)
    }

    @Test(arguments: [
        ("\(mandatory) 40 63 01 00", NotificationMessage.unrecognizedWellKnown, "an unknown attribute that all must know"),
        ("80 0f 03 0001 80  80 0f 03 0001 80", .malformedAttributes, "MP_UNREACH twice"),
        ("80 0e 05 0001 80 0c 00", .optionalAttribute, "MP_REACH that ends in its next hop"),
        ("80 0e 10 0001 80 0b 0000000000000000 0a0000 00", .optionalAttribute, "a next hop of 11 bytes"),
        ("80 0f 05 0001 80 58 00", .optionalAttribute, "a VPN prefix that is cut off"),
        ("80 0f 04 0001 80 18", .optionalAttribute, "a VPN prefix without a distinguisher"),
        ("c0 0f 03 0001 80", NotificationMessage(code: 3, subcode: 4), "MP_UNREACH with wrong flags"),
    ])
    func theSessionIsReset(attributes: String, expected: NotificationMessage, name: String) {
        let error = #expect(throws: BGPProtocolError.self, "\(name)") { try readUpdate(attributes) }
        #expect(error?.notification == expected, "\(name)")
    }

    @Test func unknownAttributesAreKeptByTheTransitiveBit() throws {
        let message = try readUpdate("\(Self.mandatory) c0 63 02 abcd 80 64 01 00", Self.route)
        #expect(message.reachable[0].attributes.unknown == [UnknownAttribute(type: 0x63, value: [0xAB, 0xCD])] && message.problems.isEmpty)
        let bytes = message.bytes(terms())[0]
        let expected = hex("e0 63 02 abcd")
        #expect(bytes.indices.contains { bytes[$0...].starts(with: expected) }, "passed on with the partial bit")
    }

    @Test func familiesThatWereNotAgreedOnAreIgnored() throws {
        let message = try readUpdate("80 0f 04 0001 80 00", "", terms([.evpn]))
        #expect(message.unreachable.isEmpty && message.problems.map(\.outcome) == [.discard])
    }

    @Test func unknownKindsOfEVPNRoutesArePassedOver() throws {
        let message = try readUpdate("80 0f 09 0019 46 0b 01 00 0c 01 00")
        #expect(message.unreachable.isEmpty && message.problems.count == 2)
    }

    // MARK: Random

    @Test(arguments: 1...300) func whatIsWrittenReadsBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let terms = terms(four: random.chance(70), isInternal: random.chance(60))
        let message = random.update(terms)
        let parts = message.bytes(terms)
        try #require(parts.count == 1, "seed \(seed)")
        let found = try read(parts[0], terms)
        #expect(found == .update(message), "seed \(seed): \(message) became \(found)")
    }

    /// Whatever is done to a message, reading it ends in a value or an error, and a value can be written.
    @Test(arguments: 1...300) func damagedMessagesDoNoHarm(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let terms = terms(four: random.chance(70), isInternal: random.chance(60))
        var bytes = random.chance(85) ? random.update(terms).bytes(terms)[0] : Self.openBytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 19..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: bytes.removeSubrange(index...)
            }
            if bytes.count < 24 { break }
        }
        guard bytes.count >= 19 else { return }
        bytes.patch16(bytes.count, at: 16)
        do {
            let message = try read(bytes, terms)
            for part in message.bytes(terms) { #expect(part.count <= BGPFrame.greatestLength, "seed \(seed)") }
        } catch let error as BGPProtocolError {
            #expect((1...6).contains(error.notification.code), "seed \(seed)")
        }
    }
}

extension SeededGenerator {
    mutating func number(_ range: ClosedRange<UInt32>) -> UInt32 { UInt32.random(in: range, using: &self) }

    mutating func address() -> IPv4Address { IPv4Address(rawValue: number(1...UInt32.max)) }

    mutating func attributes(_ terms: BGPSessionTerms, vxlan: Bool, _ nextHop: IPAddress) -> PathAttributes {
        var communities = (0..<number(0...3)).map { _ in
            ExtendedCommunity(
                [.securityGroup, .tag, .originNetwork].randomElement(using: &self) ?? .tag, system: 64512, number: number(1...99))
        }
        communities += (0..<number(0...3)).map { _ in ExtendedCommunity(.routeTarget(target(number(1...9)))) }
        if vxlan { communities.append(ExtendedCommunity(.encapsulation(.vxlan))) }
        var value = PathAttributes(
            origin: [.igp, .egp, .incomplete].randomElement(using: &self) ?? .igp,
            asPath: ASPath(sequence: (0..<number(0...4)).map { _ in ASNumber(number(1...(chance(50) ? 65535 : 70000))) }), nextHop: nextHop,
            med: chance(50) ? number(0...9) : nil, localPreference: terms.isInternal ? number(0...300) : nil,
            extendedCommunities: communities)
        // Where two-byte numbers hide a four-byte one, the transition number itself cannot be told apart.
        if value.asPath.contains(.transition) { value.asPath = ASPath() }
        value.isAtomicAggregate = chance(10)
        if chance(10) { value.aggregator = Aggregator(system: ASNumber(number(1...70000)), address: address()) }
        if value.aggregator?.system == .transition { value.aggregator = nil }
        value.communities = (0..<number(0...3)).map { _ in Community(rawValue: number(0...UInt32.max)) }
        if terms.isInternal {
            if chance(20) { value.originatorID = address() }
            value.clusterList = (0..<number(0...2)).map { _ in address() }
        }
        value.largeCommunities = (0..<number(0...2)).map { LargeCommunity(64512, $0, number(0...9)) }
        if chance(20) { value.pmsiTunnel = PMSITunnel(label: number(0...0xFF_FFFF), identifier: [10, 0, 0, 1]) }
        if chance(20) { value.originNetworkPath = [ExtendedCommunity(.originNetwork, system: 1, number: number(1...9))] }
        if chance(20) { value.unknown = [UnknownAttribute(type: 99, value: (0..<number(0...300)).map { UInt8(truncatingIfNeeded: $0) })] }
        return value
    }

    mutating func update(_ terms: BGPSessionTerms) -> UpdateMessage {
        let family = AddressFamily.supported.randomElement(using: &self) ?? .inet
        let routes = (0..<number(1...8)).map { _ in advertisement(family) }
        if chance(20) { return UpdateMessage(unreachable: [.init(family, routes.map(\.key))]) }
        let nextHop: IPAddress = family.afi == 2 && chance(50) ? .v6(IPv6Address(high: 0x2001_0DB8 << 32, low: 7)) : .v4(address())
        return UpdateMessage(reachable: [.init(family, attributes(terms, vxlan: chance(50), nextHop), routes)])
    }

    mutating func advertisement(_ family: AddressFamily) -> RouteAdvertisement {
        let name = family == .inet || family == .inet6 ? .zero : RouteDistinguisher(address(), UInt16(number(0...9)))
        let v4 = IPv4Prefix(address(), length: Int(number(0...32)))
        let v6 = IPv6Prefix(IPv6Address(high: next(), low: next()), length: Int(number(0...128)))
        switch family {
        case .inet: return RouteAdvertisement(RouteKey(.inet(v4)))
        case .inet6: return RouteAdvertisement(RouteKey(.inet6(v6)))
        case .inetVPN: return RouteAdvertisement(RouteKey(.inet(v4), distinguisher: name), label: number(0...MPLSLabel.greatest))
        case .inet6VPN: return RouteAdvertisement(RouteKey(.inet6(v6), distinguisher: name), label: number(0...MPLSLabel.greatest))
        case .routeTarget:
            return RouteAdvertisement(
                RouteKey(.routeTarget(RouteTargetPrefix(origin: ASNumber(number(1...9)), target: target(number(1...9))))))
        default:
            let ip: IPAddress = chance(50) ? .v4(v4.network) : .v6(v6.network)
            let segment = EthernetSegmentIdentifier(bytes: (0..<10).map { _ in UInt8(number(0...255)) }) ?? .singleHomed
            let mac = MACAddress(rawValue: next() >> 16)
            switch number(0...2) {
            case 0:
                let detail = chance(50) ? EVPNDetail(segment: segment, layer3Label: chance(50) ? number(1...0xF_FFFF) : 0) : nil
                return RouteAdvertisement(
                    RouteKey(.evpn(.macAddress(ethernetTag: 0, mac, chance(30) ? nil : ip)), distinguisher: name),
                    label: number(1...0xF_FFFF),
                    evpn: detail)
            case 1:
                return RouteAdvertisement(
                    RouteKey(.evpn(.inclusiveMulticast(ethernetTag: number(0...9), originator: ip)), distinguisher: name))
            default:
                let prefix: IPPrefix = chance(50) ? .v4(v4) : .v6(v6)
                return RouteAdvertisement(
                    RouteKey(.evpn(.ipPrefix(ethernetTag: 0, prefix)), distinguisher: name), label: number(1...0xF_FFFF),
                    evpn: chance(50) ? EVPNDetail(segment: segment, gateway: prefix.last.isUnspecified ? nil : prefix.last) : nil)
            }
        }
    }
}
