// The same messages over generic netlink, to a forwarder in the kernel: what differs from the stream of a socket (ForwarderStream.swift).
//
// The kernel gives the family a number of its own when the module is loaded. A request that netlink itself refuses gets no response of the forwarder's
// but an error message, which is turned into one here; one that the forwarder refused gets both. Datagrams hold whole messages. The kernel's
// controller of families says when the module goes: nothing that is sent afterwards reaches a forwarder.

import Attributes
import ForwarderMessages

public struct NetlinkConversation: Sendable {
    private let family: UInt16
    /// Requests whose response has not come.
    private var unanswered: Set<UInt32> = []

    /// How many requests are with the kernel.
    public var unansweredCount: Int { unanswered.count }

    /// GENL_ID_CTRL, its CTRL_CMD_DELFAMILY, and in that CTRL_ATTR_FAMILY_ID.
    private static let controllerType: UInt16 = 16
    private static let familyGone: UInt8 = 2
    private static let familyAttribute: UInt16 = 1
    /// NLMSG_ERROR, which is an acknowledgement if its error is 0.
    private static let errorType: UInt16 = 2
    private static let headerBytes = 16
    /// NLM_F_CAPPED: of the request only its header is said again.
    private static let cappedFlag: UInt16 = 0x100
    /// NLM_F_ACK_TLVS: attributes follow.
    private static let attributesFlag: UInt16 = 0x200
    /// NLMSGERR_ATTR_MSG.
    private static let textAttribute: UInt16 = 1

    /// - Parameter family: its number in this kernel.
    public init(family: UInt16) { self.family = family }

    /// A request for the socket of a forwarder in user space as the datagram for the kernel.
    public mutating func sending(_ request: [UInt8]) -> [UInt8] {
        guard request.count >= Self.headerBytes else { return request }
        var datagram = request
        withUnsafeBytes(of: family) { datagram.replaceSubrange(4..<6, with: $0) }
        unanswered.insert(Self.load(request, 8, as: UInt32.self))
        return datagram
    }

    /// What a datagram of the kernel says, as the bytes that the socket of a forwarder in user space would carry.
    public mutating func received(_ datagram: [UInt8]) throws(ForwarderStreamError) -> [UInt8] {
        var said: [UInt8] = []
        var start = 0
        while start < datagram.count {
            guard datagram.count - start >= Self.headerBytes else { throw ForwarderStreamError("netlink's datagram ends within a header") }
            let length = Int(Self.load(datagram, start, as: UInt32.self))
            guard length >= Self.headerBytes, length <= datagram.count - start else {
                throw ForwarderStreamError("netlink's message says \(length) bytes of the \(datagram.count - start) that there are")
            }
            let message = Array(datagram[start..<start + length])
            let sequence = Self.load(message, 8, as: UInt32.self)
            switch Self.load(message, 4, as: UInt16.self) {
            case family:
                guard length >= ForwarderFrame.headerBytes else {
                    throw ForwarderStreamError("a message of the family has no header of its own")
                }
                if message[Self.headerBytes] == ResponseMessage.command { unanswered.remove(sequence) }
                said += message + [UInt8](repeating: 0, count: -length & 3)
            case Self.errorType: said += try refusal(message, sequence)
            case Self.controllerType where isFarewell(message): throw ForwarderStreamError("the forwarder's module was unloaded")
            // Netlink's own, such as that nothing follows: of no meaning here.
            default: break
            }
            start += (length + 3) & ~3
        }
        return said
    }

    /// Whether the controller says that the family has gone.
    private func isFarewell(_ message: [UInt8]) -> Bool {
        guard message.count >= ForwarderFrame.headerBytes, message[Self.headerBytes] == Self.familyGone else { return false }
        guard let value = Self.attribute(Self.familyAttribute, of: message, from: ForwarderFrame.headerBytes), value.count == 2 else {
            return false
        }
        return Self.load(Array(value), 0, as: UInt16.self) == family
    }

    /// The response that an error message stands for; nothing if there has been one, or if it is an acknowledgement.
    private mutating func refusal(_ message: [UInt8], _ sequence: UInt32) throws(ForwarderStreamError) -> [UInt8] {
        guard message.count >= 2 * Self.headerBytes + 4 else { throw ForwarderStreamError("netlink's error message is too short") }
        let code = Self.load(message, Self.headerBytes, as: Int32.self)
        guard code < 0, unanswered.remove(sequence) != nil else { return [] }
        let response = ResponseMessage(error: code.magnitude, explanation: Self.text(of: message) ?? Self.meaning(of: code))
        do throws(AttributeError) {
            return ForwarderFrame(command: ResponseMessage.command, sequence: sequence, attributes: try response.attributes()).bytes
        } catch {
            throw ForwarderStreamError("netlink's refusal cannot be told: \(error)")
        }
    }

    /// The text of an extended acknowledgement.
    private static func text(of message: [UInt8]) -> String? {
        let flags = load(message, 6, as: UInt16.self)
        guard flags & attributesFlag != 0 else { return nil }
        let requestLength = Int(load(message, headerBytes + 4, as: UInt32.self))
        let body = flags & cappedFlag != 0 ? 0 : (max(requestLength, headerBytes) - headerBytes + 3) & ~3
        return attribute(textAttribute, of: message, from: 2 * headerBytes + 4 + body)
            .map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// What netlink means when it refuses without a word.
    private static func meaning(of code: Int32) -> String? {
        switch code {
        case -1: "asking the forwarder in the kernel takes the capability CAP_NET_ADMIN: run this as root"
        case -2: "the kernel has no such family: the forwarder's module was unloaded"
        default: nil
        }
    }

    private static func attribute(_ wanted: UInt16, of message: [UInt8], from start: Int) -> ArraySlice<UInt8>? {
        var at = start
        while at + 4 <= message.count {
            let length = Int(load(message, at, as: UInt16.self))
            guard length >= 4, at + length <= message.count else { return nil }
            if load(message, at + 2, as: UInt16.self) & 0x3FFF == wanted { return message[(at + 4)..<(at + length)] }
            at += (length + 3) & ~3
        }
        return nil
    }

    /// Numbers are in the byte order of the machine. The caller has checked that the bytes are there.
    private static func load<Number: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, as _: Number.Type) -> Number {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}
