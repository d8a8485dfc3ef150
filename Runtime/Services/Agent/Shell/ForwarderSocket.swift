// A connection to a forwarder in user space that asks one thing after another and waits for each answer: what the operator's commands need.

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

/// Not for more than one thread: requests and answers take turns on one socket.
public final class ForwarderSocket {
    private let descriptor: CInt
    private let path: String
    private var dialogue = ForwarderDialogue()
    private var answers: [UInt32: ForwarderAnswer] = [:]

    /// Where a forwarder listens unless it is told otherwise.
    public static let standardPath = "/run/tungsten/vrouter.sock"

    /// - Parameter patience: how many seconds an answer may take.
    public init(path: String = ForwarderSocket.standardPath, patience: Int = 10) throws(ForwarderError) {
        self.path = path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw ForwarderError("the socket's path has \(path.utf8.count) bytes; the system allows \(capacity - 1)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ForwarderError("no socket can be made: \(String(cString: strerror(errno)))") }
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard result == 0 else {
            let reason = errno
            close(descriptor)
            let hint =
                switch reason {
                case ENOENT, ECONNREFUSED: "is tungsten-vrouter running? name its socket with --socket"
                case EACCES: "only its owner may ask the forwarder; try as root"
                default: "name the forwarder's socket with --socket"
                }
            throw ForwarderError("cannot connect to \(path): \(String(cString: strerror(reason))); \(hint)")
        }
    }

    deinit { close(descriptor) }

    /// Asks, and waits for the whole answer. What the forwarder refuses is thrown.
    public func ask(_ command: UInt8, _ attributes: [UInt8], about subject: String) throws(ForwarderError) -> ForwarderAnswer {
        let (number, bytes) = dialogue.request(command, attributes)
        try send(bytes)
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

    private func send(_ bytes: [UInt8]) throws(ForwarderError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ForwarderError("cannot write to \(path): \(String(cString: strerror(errno)))")
            }
            sent += count
        }
    }

    private func receive() throws(ForwarderError) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0 {
            if errno == EINTR { return }
            throw ForwarderError(
                errno == EAGAIN ? "the forwarder does not answer" : "cannot read from \(path): \(String(cString: strerror(errno)))")
        }
        guard count > 0 else { throw ForwarderError("the forwarder closed the connection") }
        do throws(ForwarderStreamError) {
            for case .answered(let number, let answer) in try dialogue.received(buffer[..<count]) { answers[number] = answer }
        } catch {
            throw ForwarderError(error.description)
        }
    }
}
