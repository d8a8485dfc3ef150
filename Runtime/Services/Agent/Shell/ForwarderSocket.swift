// A connection to a forwarder, in user space or in the kernel, that asks one thing after another and waits for each answer: what the operator's
// commands need.

import AgentCore
import Attributes
import ForwarderMessages
import Glibc

/// Why the forwarder could not be asked, or what it refused; in words for the operator.
public struct ForwarderError: Error, CustomStringConvertible, Sendable {
    public let message: String
    /// What the forwarder said: a positive errno of Linux; 0 if it said nothing.
    public let code: UInt32
    public var description: String { message }

    init(_ message: String, code: UInt32 = 0) {
        self.message = message
        self.code = code
    }
}

/// Not for more than one thread: requests and answers take turns.
public final class ForwarderSocket {
    private let transport: any ForwarderTransport
    private var dialogue = ForwarderDialogue()
    private var answers: [UInt32: ForwarderAnswer] = [:]

    /// Where a forwarder in user space listens unless it is told otherwise.
    public static let standardPath = "/run/tungsten/vrouter.sock"
    /// In place of a path: the forwarder in the kernel, over generic netlink.
    public static let netlink = "netlink"

    /// The forwarder of this host: that in the kernel if its module is loaded, else one in user space.
    public static var standardPlace: String { NetlinkTransport.isThere ? netlink : standardPath }

    /// - Parameters:
    ///   - path: a socket, or ``netlink``; nil: ``standardPlace``.
    ///   - patience: how many seconds an answer may take.
    public init(path: String?, patience: Int = 10) throws(ForwarderError) {
        let place = path ?? Self.standardPlace
        transport =
            place == Self.netlink ? try NetlinkTransport(patience: patience) : try UNIXSocketTransport(path: place, patience: patience)
    }

    /// Asks, and waits for the whole answer. What the forwarder refuses is thrown.
    public func ask(_ command: UInt8, _ attributes: [UInt8], about subject: String) throws(ForwarderError) -> ForwarderAnswer {
        let (number, bytes) = dialogue.request(command, attributes)
        try transport.send(bytes)
        while answers[number] == nil { try receive() }
        let answer = answers.removeValue(forKey: number) ?? ForwarderAnswer()
        guard answer.error == 0 else {
            let reason = answer.explanation ?? String(cString: strerror(CInt(clamping: answer.error)))
            throw ForwarderError("the forwarder refuses \(subject): \(reason)", code: answer.error)
        }
        return answer
    }

    /// One message in, its entries out.
    public func ask<Message: AttributeMessage>(_ message: Message) throws(ForwarderError) -> [Message] {
        do {
            let answer = try ask(Message.command, try message.attributes(), about: "\(Message.attributeSet)")
            return try answer.entries.map { try Message(attributes: $0) }
        } catch let error as ForwarderError {
            throw error
        } catch {
            throw ForwarderError("\(error)")
        }
    }

    /// All entries of a table, part by part.
    /// - Parameter request: makes the request from the cursor of the part before.
    public func dump<Message: AttributeMessage>(_ request: (_ cursor: [UInt8]?) -> Message) throws(ForwarderError) -> [Message] {
        var entries: [Message] = []
        var cursor: [UInt8]?
        repeat {
            do {
                let answer = try ask(Message.command, try request(cursor).attributes(), about: "a list of \(Message.attributeSet)")
                for bytes in answer.entries { entries.append(try Message(attributes: bytes)) }
                cursor = answer.cursor
            } catch let error as ForwarderError {
                throw error
            } catch {
                throw ForwarderError("\(error)")
            }
        } while cursor != nil
        return entries
    }

    private func receive() throws(ForwarderError) {
        let bytes = try transport.receive()
        do throws(ForwarderStreamError) {
            for case .answered(let number, let answer) in try dialogue.received(bytes) { answers[number] = answer }
        } catch {
            throw ForwarderError(error.description)
        }
    }
}
