// Requests on their way to a forwarder in the kernel. The kernel carries out a request while it is being sent, and its answers wait in the socket's
// buffer: what does not fit there is lost, and with it all knowledge of what the forwarder has. So only so many requests are with the kernel as have
// room for their answers; the others wait here, in their order.

public struct NetlinkQueue: Sendable {
    private var conversation: NetlinkConversation
    private let most: Int
    private var waiting: [UInt8] = []
    /// Where what was not sent begins.
    private var start = 0

    /// - Parameters:
    ///   - family: its number in this kernel.
    ///   - most: how many requests may be unanswered at a time, one at least.
    public init(family: UInt16, most: Int) {
        conversation = NetlinkConversation(family: family)
        self.most = max(most, 1)
    }

    public var isEmpty: Bool { start == waiting.count }

    /// Whole requests, as for the socket of a forwarder in user space.
    public mutating func append(_ requests: [UInt8]) {
        if isEmpty {
            waiting = requests
            start = 0
        } else {
            if start > 1 << 20 {
                waiting.removeFirst(start)
                start = 0
            }
            waiting += requests
        }
    }

    /// The next datagram that may be sent; nil: none is left, or answers have to come first.
    /// - Parameter isLast: nobody will read the answers any more.
    public mutating func next(isLast: Bool = false) -> [UInt8]? {
        let left = waiting.count - start
        guard left >= 4, isLast || conversation.unansweredCount < most else { return nil }
        let length = Int(waiting.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt32.self) })
        precondition(ForwarderFrame.headerBytes...left ~= length, "a request of \(length) bytes, of \(left) that there are")
        let request = Array(waiting[start..<start + length])
        start = min(start + (length + 3) & ~3, waiting.count)
        return conversation.sending(request)
    }

    /// As `NetlinkConversation.received`.
    public mutating func received(_ datagram: [UInt8]) throws(ForwarderStreamError) -> [UInt8] { try conversation.received(datagram) }
}
