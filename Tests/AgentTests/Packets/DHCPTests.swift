// DHCP by events: a message of a client, and what it is answered.

import AgentCore
import NetworkTypes
import Testing

private let workload = MACAddress(0x02, 0x00, 0x5E, 0x10, 0x00, 0x01)
private let address = IPv4Address(10, 1, 1, 3)
private let gateway = IPv4Address(10, 1, 1, 1)

private func configuration(_ change: (inout DHCPConfiguration) -> Void = { _ in }) -> DHCPConfiguration {
    var configuration = DHCPConfiguration(hardwareAddress: workload, address: address, prefixLength: 24, gateway: gateway)
    change(&configuration)
    return configuration
}

private struct Sent {
    let type: DHCPMessageType
    let message: DHCPMessage
    let destination: IPv4Address
    let hardwareDestination: MACAddress
}

/// What the configuration answers to a message with these options.
private func ask(
    _ configuration: DHCPConfiguration, _ type: DHCPMessageType, _ options: [DHCPOption] = [], from source: MACAddress = workload,
    _ change: (inout DHCPMessage) -> Void = { _ in }
) throws -> (Sent?, DHCPOutcome) {
    var message = DHCPMessage(
        isReply: false, transaction: 42, hardwareAddress: workload, options: [DHCPOption(53, [type.rawValue])] + options)
    change(&message)
    let packet = IPv4Packet(from: .any, to: .broadcast, .udp, payload: [])
    let frame = EthernetFrame(to: .broadcast, from: source, type: .ipv4, payload: [])
    let outcome = configuration.answer(frame, packet, UDPDatagram(from: 68, to: 67, payload: message.bytes[...]))
    guard case .answer(let answer, let bytes) = outcome else { return (nil, outcome) }
    let outer = try EthernetFrame(parsing: bytes[...])
    let inner = try IPv4Packet(parsing: outer.payload)
    let reply = try DHCPMessage(parsing: try UDPDatagram(in: inner).payload)
    #expect(reply.transaction == 42)
    return (Sent(type: answer, message: reply, destination: inner.destination, hardwareDestination: outer.destination), outcome)
}

@Suite struct DHCPTests {
    @Test func requests() throws {
        let (selected, _) = try ask(configuration(), .request, [DHCPOption(50, address.bytes), DHCPOption(54, gateway.bytes)])
        #expect(selected?.type == .acknowledge)
        #expect(selected?.message.yourAddress == address)
        let (renewed, _) = try ask(configuration(), .request) { $0.clientAddress = address }
        #expect(renewed?.type == .acknowledge)
        #expect(renewed?.destination == address)
        let (silent, _) = try ask(configuration(), .request)
        #expect(silent?.type == .acknowledge, "a client that names no address is told its own")
    }

    @Test func anotherAddressIsRefused() throws {
        let wrong = IPv4Address(10, 1, 1, 77)
        let (refused, _) = try ask(configuration(), .request, [DHCPOption(50, wrong.bytes)])
        #expect(refused?.type == .refuse)
        #expect(refused?.message.yourAddress == .any)
        #expect(refused?.destination == .broadcast)
        #expect(refused?.hardwareDestination == .broadcast)
        #expect(refused?.message.option(56) == Array("cannot assign requested address".utf8))
        #expect(refused?.message.options.map(\.code) == [53, 54, 56])
        let (moved, _) = try ask(configuration(), .request) { $0.clientAddress = wrong }
        #expect(moved?.type == .refuse)
    }

    @Test func whatIsNotAnswered() throws {
        let other = MACAddress(0x02, 0, 0, 0, 0, 9)
        #expect(try ask(configuration(), .discover, from: other).1 == .ignored(.foreignHardwareAddress(other)))
        #expect(try ask(configuration(), .discover) { $0.hardwareAddress = other }.1 == .ignored(.foreignHardwareAddress(other)))
        #expect(try ask(configuration(), .discover) { $0.relayAddress = gateway }.1 == .ignored(.relayed))
        #expect(try ask(configuration(), .offer).1 == .ignored(.notARequest))
        #expect(try ask(configuration(), .discover) { $0.isReply = true }.1 == .ignored(.notARequest))
        #expect(try ask(configuration(), .decline).1 == .noted(.decline))
        #expect(try ask(configuration(), .release).1 == .noted(.release))
        let elsewhere = IPv4Address(192, 0, 2, 1)
        #expect(try ask(configuration(), .request, [DHCPOption(54, elsewhere.bytes)]).1 == .ignored(.otherServer(elsewhere)))
    }

    @Test func informGivesNoAddressAndNoLease() throws {
        let (sent, _) = try ask(configuration(), .inform) { $0.clientAddress = address }
        #expect(sent?.type == .acknowledge)
        #expect(sent?.message.yourAddress == .any)
        #expect(sent?.message.option(51) == nil)
        #expect(sent?.destination == address)
    }

    @Test func theLeaseIsShortUntilTheConfigurationIsComplete() throws {
        let (early, _) = try ask(configuration { $0.isComplete = false }, .discover)
        #expect(early?.message.option(51) == [0, 0, 0, 4])
        let (late, _) = try ask(configuration(), .discover)
        #expect(late?.message.option(51) == [255, 255, 255, 255])
    }

    @Test func aBroadcastFlagIsHonoured() throws {
        let (sent, _) = try ask(configuration(), .discover) { $0.wantsBroadcast = true }
        #expect(sent?.destination == .broadcast)
        #expect(sent?.hardwareDestination == .broadcast)
    }

    @Test func theInterfacesOptionsGoBeforeTheSubnets() throws {
        let ntp = try DHCPOption.configured("ntp-servers", text: "192.0.2.1")
        let other = try DHCPOption.configured("42", text: "192.0.2.2")
        let mtu = try DHCPOption.configured("interface-mtu", text: "1400")
        let (sent, _) = try ask(configuration { $0.options = [[ntp], [other, mtu], []] }, .discover)
        #expect(sent?.message.option(42) == [192, 0, 2, 1])
        #expect(sent?.message.option(26) == [5, 120])
        #expect(sent?.message.options.map(\.code) == [53, 54, 1, 28, 42, 26, 51, 3])
    }

    @Test func routes() throws {
        let route = ClasslessRoute(IPv4Prefix(IPv4Address(10, 9, 0, 0), length: 16), via: IPv4Address(10, 1, 1, 9))
        let (sent, _) = try ask(configuration { $0.routes = [[], [route], [ClasslessRoute(.all, via: address)]] }, .discover)
        #expect(
            sent?.message.option(121) == [16, 10, 9, 10, 1, 1, 9, 0, 10, 1, 1, 1],
            "the first level that has routes, and the default route, for clients that then do not look at option 3")
        #expect(sent?.message.option(3) == gateway.bytes)
        let own = ClasslessRoute(.all, via: IPv4Address(10, 1, 1, 9))
        let (redirected, _) = try ask(configuration { $0.routes = [[own]] }, .discover)
        #expect(redirected?.message.option(121) == [0, 10, 1, 1, 9])
        #expect(redirected?.message.option(3) == nil, "the default route was given away")
    }

    @Test func bootOptionsReachTheFieldsThatLoadersRead() throws {
        let server = try DHCPOption.configured("tftp-server-name", text: "192.0.2.7")
        let file = try DHCPOption.configured("bootfile-name", text: "pxelinux.0")
        let (sent, _) = try ask(configuration { $0.options = [[server, file]] }, .discover)
        #expect(sent?.message.serverAddress == IPv4Address(192, 0, 2, 7))
        #expect(sent?.message.bootFile == Array("pxelinux.0".utf8))
    }

    @Test func whatDoesNotFitIsLeftOut() throws {
        let large = DHCPOption(43, [UInt8](repeating: 7, count: 600))
        let (small, _) = try ask(configuration { $0.options = [[large]] }, .discover, [DHCPOption(61, [1, 2, 3])])
        #expect(small?.message.option(43) == nil)
        #expect(small?.message.option(61) == [1, 2, 3])
        #expect(small?.message.option(51) != nil)
        let (roomy, _) = try ask(configuration { $0.options = [[large]] }, .discover, [DHCPOption(57, [0x05, 0xDC])])
        #expect(roomy?.message.option(43) == large.value, "600 bytes travel in three occurrences and are joined again")
    }

    @Test(
        arguments: [
            ("domain-name-servers", "192.0.2.1 192.0.2.2", [6, 8, 192, 0, 2, 1, 192, 0, 2, 2]),
            ("time-offset", "-3600", [2, 4, 0xFF, 0xFF, 0xF1, 0xF0]),
            ("ip-forwarding", "true", [19, 1, 1]),
            ("domain-search", "a.example b.example", [119, 22, 1, 97, 7] + "example".utf8 + [0, 1, 98, 7] + "example".utf8 + [0]),
            ("classless-static-routes", "10.9.0.0/16 10.1.1.9", [121, 7, 16, 10, 9, 10, 1, 1, 9]),
            ("224", "any text", [224, 8] + "any text".utf8),
        ] as [(String, String, [UInt8])])
    func configuredOptions(name: String, text: String, expected: [UInt8]) throws {
        let option = try DHCPOption.configured(name, text: text)
        #expect([option.code, UInt8(option.value.count)] + option.value == expected)
    }

    @Test func octetsGoBeforeText() throws {
        #expect(try DHCPOption.configured("12", text: "ignored", octets: "1 2 255") == DHCPOption(12, [1, 2, 255]))
    }

    @Test(arguments: [
        ("no-such-option", "x", "neither a number"), ("0", "x", "neither a number"), ("255", "x", "neither a number"),
        ("routers", "10.1.1", "10.1.1"), ("interface-mtu", "70000", "0 to 65535"), ("static-routes", "10.0.0.1", "pairs"),
        ("classless-static-routes", "10.0.0.1 10.0.0.2", "prefix"), ("domain-search", "a..b", "domain name"),
    ])
    func optionsThatCannotBeSent(name: String, text: String, part: String) {
        #expect { try DHCPOption.configured(name, text: text) } throws: { "\($0)".contains(part) && "\($0)".contains(name) }
    }

    @Test func overloadedFieldsAreRead() throws {
        var message = DHCPMessage(
            isReply: false, transaction: 1, hardwareAddress: workload, options: [DHCPOption(53, [1]), DHCPOption(52, [3])])
        message.bootFile = [50, 4, 10, 1, 1, 3, 255]
        message.serverName = [61, 2, 9, 9, 255]
        let read = try DHCPMessage(parsing: message.bytes[...])
        #expect(read.address(50) == address)
        #expect(read.option(61) == [9, 9])
        #expect(read.bootFile.isEmpty && read.serverName.isEmpty)
    }

    @Test func optionsThatRunOverTheEnd() {
        var bytes = DHCPMessage(isReply: false, transaction: 1, hardwareAddress: workload, options: [DHCPOption(53, [1])]).bytes
        bytes = Array(bytes[..<243]) + [12, 200, 1]
        #expect(throws: PacketError.self) { try DHCPMessage(parsing: bytes[...]) }
    }
}
