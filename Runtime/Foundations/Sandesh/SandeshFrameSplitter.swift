// Cuts a stream of bytes into frames. A value type without input of its own: bytes come in as they arrive, in pieces of any size, and
// frames come out. Promises to hold no more than one frame's worth of bytes beyond what was handed in last, and to refuse a wrong
// opening tag as soon as its first wrong byte is there.

/// Finds the frames in a stream.
public struct SandeshFrameSplitter: Sendable {
    /// The stream cannot be made sense of from here on: the connection is to be closed.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Where in the stream, in bytes from its beginning.
        public let offset: Int
        public let problem: String
        public var description: String { "byte \(offset) of the stream: \(problem)" }
    }

    /// The longest frame that is accepted.
    public let maximumLength: Int
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that were handed out already.
    private var consumed = 0
    /// Bytes of the stream before `buffer`.
    private var passed = 0

    /// - Parameter maximumLength: what a peer may make us keep before its frame is complete.
    public init(maximumLength: Int = 4 << 20) { self.maximumLength = maximumLength }

    /// Takes bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if consumed > 0 {
            buffer.removeFirst(consumed)
            passed += consumed
            consumed = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame; nil until more bytes arrive. After a failure, the same failure again.
    public mutating func next() throws(Failure) -> [UInt8]? {
        guard let length = try frameLength(), buffer.count - consumed >= length else { return nil }
        let frame = buffer[consumed..<consumed + length]
        let closing = frame.suffix(SandeshFrame.closingTag.count)
        guard closing.elementsEqual(SandeshFrame.closingTag) else {
            throw Failure(offset: passed + closing.startIndex, problem: "the frame of \(length) bytes does not end with </sandesh>")
        }
        consumed += length
        return Array(frame)
    }

    /// Bytes that wait for the rest of their frame.
    public var pendingCount: Int { buffer.count - consumed }

    /// The length in the opening tag; nil until all of the tag is there.
    private func frameLength() throws(Failure) -> Int? {
        let tag = SandeshFrame.openingTag
        var length = 0
        for index in 0..<min(tag.count, pendingCount) {
            let byte = buffer[consumed + index]
            if SandeshFrame.digits.contains(index) {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                    throw Failure(offset: passed + consumed + index, problem: "the length of a frame has a byte that is no digit")
                }
                length = length * 10 + Int(byte - UInt8(ascii: "0"))
            } else if byte != tag[index] {
                throw Failure(offset: passed + consumed + index, problem: "a frame does not begin with <sandesh length=\"…\">")
            }
        }
        guard pendingCount >= tag.count else { return nil }
        let place = passed + consumed + SandeshFrame.digits.lowerBound
        guard length <= maximumLength else {
            throw Failure(offset: place, problem: "the frame says that it has \(length) bytes, more than the \(maximumLength) allowed")
        }
        guard length >= tag.count + SandeshFrame.closingTag.count else {
            throw Failure(offset: place, problem: "the frame says that it has \(length) bytes, fewer than its own tags")
        }
        return length
    }
}
