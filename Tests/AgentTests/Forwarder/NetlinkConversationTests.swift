// Generic netlink: how the kernel's datagrams become what the socket of a forwarder in user space carries, and a real kernel at the other end.
//
// The family of these tests is netlink's controller, which every kernel has: its answers have the same headers as the forwarder's.

import AgentCore
import Attributes
import ForwarderMessages
import Foundation
import Testing

@testable import Agent

private let family: UInt16 = 0x1C

/// A message of the kernel, header and all, in the byte order of the machine.
private func message(type: UInt16, flags: UInt16 = 0, sequence: UInt32, _ body: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt32(16 + body.count)) { bytes += $0 }
    withUnsafeBytes(of: type) { bytes += $0 }
    withUnsafeBytes(of: flags) { bytes += $0 }
    withUnsafeBytes(of: sequence) { bytes += $0 }
    bytes += [0, 0, 0, 0] + body
    return bytes + [UInt8](repeating: 0, count: -body.count & 3)
}

private func error(_ code: Int32, flags: UInt16 = 0x100, about request: [UInt8], more: [UInt8] = []) -> [UInt8] {
    var body: [UInt8] = []
    withUnsafeBytes(of: code) { body += $0 }
    body += flags & 0x100 != 0 ? Array(request.prefix(16)) : request
    return message(
        type: 2, flags: flags, sequence: request.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self) }, body + more)
}

@Suite struct NetlinkConversationTests {
    private func frame(_ command: UInt8, _ sequence: UInt32, _ attributes: [UInt8] = []) -> [UInt8] {
        ForwarderFrame(command: command, sequence: sequence, attributes: attributes).bytes
    }

    @Test func aRequestGetsTheFamilysNumber() {
        var conversation = NetlinkConversation(family: family)
        let request = frame(3, 7, [8, 0, 1, 0, 9, 0, 0, 0])
        let datagram = conversation.sending(request)
        #expect(Array(datagram[4..<8]) == [0x1C, 0, 1, 0])
        #expect(datagram[..<4] == request[..<4] && datagram[8...] == request[8...])
    }

    @Test func messagesOfADatagramAreHandedOn() throws {
        var conversation = NetlinkConversation(family: family)
        _ = conversation.sending(frame(3, 7))
        let entry = message(type: family, sequence: 7, [3, 1, 0, 0, 8, 0, 1, 0, 9, 0, 0, 0])
        let odd = message(type: family, sequence: 7, [3, 1, 0, 0, 5, 0, 1, 0, 9])
        #expect(try conversation.received(entry + odd) == entry + odd)
    }

    @Test func whatTheForwarderRefusedIsNotSaidTwice() throws {
        var conversation = NetlinkConversation(family: family)
        let request = conversation.sending(frame(3, 7))
        let attributes = try ResponseMessage(error: 2, explanation: "there is none").attributes()
        let response = message(type: family, sequence: 7, [ResponseMessage.command, 1, 0, 0] + attributes)
        #expect(try conversation.received(response + error(-2, about: request)) == response)
    }

    @Test func whatNetlinkRefusesBecomesAResponse() throws {
        var conversation = NetlinkConversation(family: family), dialogue = ForwarderDialogue()
        let (number, bytes) = dialogue.request(3, [])
        let text: [UInt8] = [15, 0, 1, 0] + Array("not for you".utf8)
        for flags in [UInt16(0x200), 0x300] {
            var conversation = conversation, dialogue = dialogue
            let request = conversation.sending(bytes)
            let events = try dialogue.received(conversation.received(error(-1, flags: flags, about: request, more: text)))
            var answer = ForwarderAnswer()
            (answer.error, answer.explanation) = (1, "not for you")
            #expect(events == [.answered(number, answer)])
        }
        // An acknowledgement is no refusal.
        #expect(try conversation.received(error(0, about: conversation.sending(bytes))).isEmpty)
    }

    @Test func aRefusalWithoutAWordIsExplained() throws {
        for (code, word) in [(Int32(-1), "CAP_NET_ADMIN"), (-2, "unloaded")] {
            var conversation = NetlinkConversation(family: family), dialogue = ForwarderDialogue()
            let (number, bytes) = dialogue.request(3, [])
            let events = try dialogue.received(conversation.received(error(code, about: conversation.sending(bytes))))
            guard case .answered(number, let answer) = events.first else {
                Issue.record("\(events)")
                continue
            }
            #expect(answer.error == code.magnitude)
            #expect(answer.explanation?.contains(word) == true)
        }
    }

    /// CTRL_CMD_DELFAMILY with CTRL_ATTR_FAMILY_NAME and CTRL_ATTR_FAMILY_ID.
    @Test func aModuleThatGoesIsNoticed() throws {
        func farewell(_ number: UInt8, command: UInt8 = 2) -> [UInt8] {
            message(type: 16, sequence: 0, [command, 2, 0, 0] + [6, 0, 2, 0, 118, 0, 0, 0] + [6, 0, 1, 0, number, 0, 0, 0])
        }
        var conversation = NetlinkConversation(family: family)
        // Another family goes; this one comes.
        #expect(try conversation.received(farewell(0x1D) + farewell(0x1C, command: 1)).isEmpty)
        #expect(throws: ForwarderStreamError("the forwarder's module was unloaded")) { try conversation.received(farewell(0x1C)) }
    }

    @Test(
        arguments: [
            [1, 2, 3], [8, 0, 0, 0] + [UInt8](repeating: 0, count: 12), [200, 0, 0, 0] + [UInt8](repeating: 0, count: 12),
            [17, 0, 0, 0, 0x1C, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0], [16, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func whatIsNoMessageIsAnError(datagram: [UInt8]) {
        var conversation = NetlinkConversation(family: family)
        #expect(throws: ForwarderStreamError.self) { try conversation.received(datagram) }
    }

    @Test func noBytesAreTooMuchForIt() throws {
        var numbers = SystemRandomNumberGenerator()
        let request = frame(3, 7)
        let whole = error(-1, flags: 0x200, about: request, more: [15, 0, 1, 0] + Array("not for you".utf8))
        for _ in 0..<2000 {
            var conversation = NetlinkConversation(family: family)
            _ = conversation.sending(request)
            var bytes = whole
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = .random(in: 0...255, using: &numbers) }
            _ = try? conversation.received(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &numbers))))
        }
    }
}

@Suite struct NetlinkQueueTests {
    private func frame(_ sequence: UInt32, _ attributes: [UInt8] = []) -> [UInt8] {
        ForwarderFrame(command: 3, sequence: sequence, attributes: attributes).bytes
    }

    private func sequences(_ queue: inout NetlinkQueue, isLast: Bool = false) -> [UInt8] {
        var sent: [UInt8] = []
        while let datagram = queue.next(isLast: isLast) { sent.append(datagram[8]) }
        return sent
    }

    @Test func onlySoManyAreUnanswered() throws {
        var queue = NetlinkQueue(family: family, most: 2)
        queue.append(frame(1, [5, 0, 1, 0, 9]) + frame(2))
        #expect(sequences(&queue) == [1, 2])
        #expect(queue.isEmpty)
        queue.append(frame(3) + frame(4))
        queue.append(frame(5))
        #expect(sequences(&queue) == [])
        // An entry of a dump is not yet an answer.
        _ = try queue.received(message(type: family, sequence: 1, [3, 1, 0, 0]))
        #expect(sequences(&queue) == [])
        _ = try queue.received(message(type: family, sequence: 1, [ResponseMessage.command, 1, 0, 0]))
        #expect(sequences(&queue) == [3])
        // A refusal of netlink's is one.
        _ = try queue.received(error(-95, about: frame(2)))
        #expect(sequences(&queue) == [4])
        #expect(sequences(&queue, isLast: true) == [5])
        #expect(queue.isEmpty)
    }

    @Test func anEventIsNoAnswer() throws {
        var queue = NetlinkQueue(family: family, most: 1)
        queue.append(frame(1) + frame(2))
        #expect(sequences(&queue) == [1])
        let event = message(type: family, sequence: 0, [3, 1, 0, 0])
        #expect(try queue.received(event) == event)
        #expect(sequences(&queue) == [])
    }
}

@Suite struct NetlinkTransportTests {
    @Test func aFamilyThatIsNoneIsSaidToBe() {
        #expect {
            _ = try NetlinkTransport(family: "tungsten-none", patience: 5)
        } throws: { error in
            "\(error)".contains("no generic netlink family tungsten-none") && "\(error)".contains("modprobe")
                && (error as? ForwarderError)?.code == 2
        }
        #expect(throws: ForwarderError.self) { try NetlinkTransport(family: "a name that is far too long", patience: 5) }
    }

    /// The controller, asked for itself: CTRL_CMD_GETFAMILY with CTRL_ATTR_FAMILY_NAME.
    @Test func theKernelAnswers() throws {
        let transport = try NetlinkTransport(family: "nlctrl", patience: 5)
        try transport.send(ForwarderFrame(command: 3, sequence: 41, attributes: [11, 0, 2, 0] + Array("nlctrl".utf8) + [0]).bytes)
        var splitter = ForwarderFrameSplitter()
        splitter.append(try transport.receive())
        let answer = try #require(try splitter.next())
        #expect(answer.sequence == 41)
        #expect(String(decoding: answer.attributes, as: UTF8.self).contains("nlctrl"))
    }

    @Test func theKernelRefuses() throws {
        let transport = try NetlinkTransport(family: "nlctrl", patience: 5)
        var dialogue = ForwarderDialogue()
        let (number, bytes) = dialogue.request(99, [])
        try transport.send(bytes)
        let events = try dialogue.received(transport.receive())
        guard case .answered(number, let answer) = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect(answer.error == UInt32(EOPNOTSUPP))
    }
}
