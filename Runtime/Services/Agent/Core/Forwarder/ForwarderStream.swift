// Messages to and from a forwarder in user space: a stream of the bytes that generic netlink would carry.
//
//      nlmsghdr   length, type, flags, sequence number, port     16 bytes, host byte order
//      genlmsghdr command, version, reserved                      4 bytes
//      attributes                                                 padded to 4

import Attributes
import ForwarderMessages

/// A message as it travels.
public struct ForwarderFrame: Equatable, Sendable {
    public var command: UInt8
    /// An answer has its request's; 0: the forwarder says it on its own.
    public var sequence: UInt32
    public var attributes: [UInt8]

    static let headerBytes = 20
    /// The first type that is not one of netlink's own; the socket carries one family only.
    private static let type: UInt16 = 16
    /// Greater than any message of the schema.
    static let greatestBytes = 1 << 20

    public init(command: UInt8, sequence: UInt32, attributes: [UInt8]) {
        self.command = command
        self.sequence = sequence
        self.attributes = attributes
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerBytes + attributes.count + 3)
        // NLM_F_REQUEST
        for value in [UInt32(Self.headerBytes + attributes.count), UInt32(Self.type) | 1 << 16, sequence, 0] {
            withUnsafeBytes(of: value) { bytes += $0 }
        }
        bytes += [command, 1, 0, 0]
        bytes += attributes
        bytes += [UInt8](repeating: 0, count: -attributes.count & 3)
        return bytes
    }
}

/// What the forwarder sent cannot be a message: the connection is of no use any more.
public struct ForwarderStreamError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Bytes in, messages out, however the bytes were cut.
public struct ForwarderFrameSplitter: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    public init() {}

    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer += bytes
    }

    /// The next whole message; nil: there is none yet.
    public mutating func next() throws(ForwarderStreamError) -> ForwarderFrame? {
        let left = buffer.count - start
        guard left >= 4 else { return nil }
        let length = Int(word(0))
        guard ForwarderFrame.headerBytes...ForwarderFrame.greatestBytes ~= length else {
            throw ForwarderStreamError("a message has \(length) bytes: this is no forwarder, or one of another version")
        }
        guard left >= length else { return nil }
        let whole = min((length + 3) & ~3, left)
        // The padding of the last message may still be on its way.
        guard whole == (length + 3) & ~3 else { return nil }
        let body = start + ForwarderFrame.headerBytes..<start + length
        let frame = ForwarderFrame(command: buffer[start + 16], sequence: word(8), attributes: Array(buffer[body]))
        start += whole
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
        return frame
    }

    private func word(_ offset: Int) -> UInt32 {
        buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + offset, as: UInt32.self) }
    }
}

/// What the forwarder answered to one request.
public struct ForwarderAnswer: Equatable, Sendable {
    /// Entries, as the attributes of messages of the request's kind.
    public var entries: [[UInt8]] = []
    /// 0, or a positive errno of Linux.
    public var error: UInt32 = 0
    public var explanation: String?
    /// A dump that goes on.
    public var cursor: [UInt8]?
    public var count: UInt32?

    public init() {}
}

/// Requests that wait for their answers, in order.
public struct ForwarderDialogue: Sendable {
    private var splitter = ForwarderFrameSplitter()
    private var sequence: UInt32 = 0
    private var waiting: [UInt32: ForwarderAnswer] = [:]

    public enum Event: Equatable, Sendable {
        case answered(UInt32, ForwarderAnswer)
        /// The forwarder says something on its own: an interface's device changed.
        case event(ForwarderFrame)
    }

    public init() {}

    /// The bytes to send, and the number under which the answer will come.
    public mutating func request(_ command: UInt8, _ attributes: [UInt8]) -> (UInt32, [UInt8]) {
        // 0 is for what nobody asked for.
        sequence = sequence == .max ? 1 : sequence + 1
        waiting[sequence] = ForwarderAnswer()
        return (sequence, ForwarderFrame(command: command, sequence: sequence, attributes: attributes).bytes)
    }

    public mutating func received(_ bytes: some Collection<UInt8>) throws(ForwarderStreamError) -> [Event] {
        splitter.append(bytes)
        var events: [Event] = []
        while let frame = try splitter.next() {
            guard frame.sequence != 0 else {
                events.append(.event(frame))
                continue
            }
            guard var answer = waiting[frame.sequence] else {
                throw ForwarderStreamError("the forwarder answered request \(frame.sequence), which was not made")
            }
            guard frame.command == ResponseMessage.command else {
                answer.entries.append(frame.attributes)
                waiting[frame.sequence] = answer
                continue
            }
            do throws(AttributeError) {
                let response = try ResponseMessage(attributes: frame.attributes)
                answer.error = response.error
                answer.explanation = response.explanation
                answer.cursor = response.cursor
                answer.count = response.count
            } catch {
                throw ForwarderStreamError("the forwarder's response cannot be read: \(error)")
            }
            waiting[frame.sequence] = nil
            events.append(.answered(frame.sequence, answer))
        }
        return events
    }

    /// How many requests wait.
    public var waitingCount: Int { waiting.count }
}
