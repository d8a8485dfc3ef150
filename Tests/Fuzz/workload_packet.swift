// sources: Runtime/Services/Agent/Core/Packets/*.swift Runtime/Services/Agent/Core/Answers/*.swift Runtime/Services/Agent/Core/Names/NameTable.swift Runtime/Services/Agent/Core/Names/ScopedQuestion.swift
// module: NetworkTypes Runtime/Foundations/NetworkTypes/*.swift
//
// What workloads send to the platform: any bytes as a frame, as a packet from the forwarder, and as each message by itself. Everything is
// answered, ignored or refused; a refusal points into the packet; what was read and written again is read as the same; an answer is
// itself a packet without fault.

import NetworkTypes

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWorkloadPacket(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // A slice of a larger array, so that an index that forgets where its slice begins is noticed.
    let slice = ([0xFF, 0xFF, 0xFF] + bytes + [0xFF]).dropFirst(3).dropLast()
    checkAnswers(slice)
    again(slice, AgentPacket.init(parsing:), \.bytes)
    again(slice, ARPPacket.init(parsing:), \.bytes)
    again(slice, DHCPMessage.init(parsing:), \.bytes)
    again(slice, IPv4Packet.init(parsing:), \.bytes)
    again(slice, EthernetFrame.init(parsing:), \.bytes)
    again(slice, DNSQuery.init(parsing:)) { query in
        // Only the first question is kept.
        var first = query
        first.questionCount = query.question == nil ? 0 : 1
        return first.bytes
    }
    do throws(PacketError) { _ = try ScopedQuestion(parsing: slice) } catch { expectInside(error, slice.count) }
    for error in [RouterError.timeExceeded, .tooLarge(mtu: 1400)] {
        if let frame = error.answer(slice, from: IPv4Address(10, 1, 1, 1)) { expectFlawless(frame) }
    }
    return 0
}

private let context: PlatformContext = {
    let mac = MACAddress(0x02, 0x00, 0x5E, 0x10, 0x00, 0x01)
    var dhcp = DHCPConfiguration(
        hardwareAddress: mac, address: IPv4Address(10, 1, 1, 3), prefixLength: 24, gateway: IPv4Address(10, 1, 1, 1))
    dhcp.routes = [[ClasslessRoute(IPv4Prefix(IPv4Address(10, 9, 0, 0), length: 16), via: IPv4Address(10, 1, 1, 9))]]
    let scope = NameScope(project: "shop", network: "blue")
    var names = NameTable()
    names.add("web", [.v4(IPv4Address(10, 1, 1, 4))], in: scope)
    return PlatformContext(dhcp: dhcp, ownAddresses: [IPv4Address(10, 1, 1, 1)], scope: scope, names: names)
}()

private func checkAnswers(_ slice: ArraySlice<UInt8>) {
    switch context.answer(slice) {
    case .answer(let frame), .dhcp(.answer(_, let frame)): expectFlawless(frame)
    case .ask(let query):
        expectFlawless(query.failure)
        expectFlawless(query.answer(query.message))
    case .ignored(.malformed(let error)), .dhcp(.ignored(.malformed(let error))): expectInside(error, slice.count)
    default: break
    }
}

/// A frame that the agent made must be one that it would read.
private func expectFlawless(_ bytes: [UInt8]) {
    do throws(PacketError) {
        let frame = try EthernetFrame(parsing: bytes[...])
        guard frame.type == .ipv4 else { return }
        let packet = try IPv4Packet(parsing: frame.payload)
        if packet.number == .udp { _ = try UDPDatagram(in: packet) }
        if packet.number == .icmp { _ = try ICMPMessage(in: packet) }
    } catch {
        fatalError("broken promise: an answer has no fault: \(error)")
    }
}

private func expectInside(_ error: PacketError, _ count: Int) {
    if error.offset < 0 || error.offset > count { fatalError("broken promise: \(error) is inside \(count) bytes") }
}

private func again<T: Equatable>(_ slice: ArraySlice<UInt8>, _ parse: (ArraySlice<UInt8>) throws(PacketError) -> T, _ bytes: (T) -> [UInt8])
{
    do throws(PacketError) {
        let value = try parse(slice)
        let written = bytes(value)
        do throws(PacketError) {
            let second = bytes(try parse(written[...]))
            if second != written { fatalError("broken promise: \(T.self) reads back as the same: \(written) and \(second)") }
        } catch {
            fatalError("broken promise: \(T.self) reads back: \(error)")
        }
    } catch {
        expectInside(error, slice.count)
    }
}
