// A DNS question on its way to a name server (RFC 1035, RFC 6891): what is changed in it, which message answers it, and what the client
// gets.

/// A question of a client, as it came.
struct ForwardedQuestion {
    private let message: [UInt8]
    /// The first question, from the name's first byte to the class.
    private let question: ArraySlice<UInt8>

    private static let headBytes = 12
    /// What a client takes that has not said otherwise (RFC 1035 §4.2.1).
    private static let leastLimit = 512
    /// What is sent at most, whatever the client would take: RFC 6891 §6.2.5 recommends as much.
    private static let greatestLimit = 4096

    /// Nil: this is no message with exactly one question.
    init?(_ message: [UInt8]) {
        guard message.count >= Self.headBytes, message[2] & 0x80 == 0, message[4] == 0, message[5] == 1 else { return nil }
        guard let end = Self.endOfQuestion(message) else { return nil }
        self.message = message
        question = message[Self.headBytes..<end]
    }

    /// The question under another identifier: an answer is only believed if it has it.
    func bytes(identifier: UInt16) -> [UInt8] {
        var bytes = message
        bytes[0] = UInt8(identifier >> 8)
        bytes[1] = UInt8(truncatingIfNeeded: identifier)
        return bytes
    }

    /// What the client gets for a message from the name server: with its own identifier, and no longer than it can take. Nil: the message
    /// does not answer the question.
    func answer(_ answer: [UInt8], identifier: UInt16) -> [UInt8]? {
        guard answer.count >= Self.headBytes, answer[0] == UInt8(identifier >> 8), answer[1] == UInt8(truncatingIfNeeded: identifier),
            answer[2] & 0x80 != 0, answer[2] & 0x78 == message[2] & 0x78
        else { return nil }
        if answer[4] == 0, answer[5] == 0 {
            // A server that could not read the question says so without it.
            guard answer[3] & 0x0F != 0 else { return nil }
        } else {
            guard answer[4] == 0, answer[5] == 1, let end = Self.endOfQuestion(answer), isSame(answer[Self.headBytes..<end]) else {
                return nil
            }
        }
        var bytes = answer
        bytes[0] = message[0]
        bytes[1] = message[1]
        guard bytes.count > limit else { return bytes }
        // TC: what there is does not fit. Records that are cut would be none, so all go.
        bytes[2] |= 0x02
        for index in 6..<Self.headBytes { bytes[index] = 0 }
        let end = answer[5] == 1 ? Self.headBytes + question.count : Self.headBytes
        return Array(bytes[..<end])
    }

    /// Names are compared without regard to case.
    private func isSame(_ other: ArraySlice<UInt8>) -> Bool {
        guard other.count == question.count else { return false }
        let name = question.count - 4
        return zip(other.prefix(name), question.prefix(name)).allSatisfy { Self.lower($0) == Self.lower($1) }
            && other.suffix(4) == question.suffix(4)
    }

    private static func lower(_ byte: UInt8) -> UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte }

    private static func endOfQuestion(_ message: [UInt8]) -> Int? {
        var at = headBytes
        while at < message.count {
            let length = Int(message[at])
            // A name in the first question has nothing to point to.
            guard length < 64 else { return nil }
            at += 1 + length
            if length == 0 { return at + 4 <= message.count ? at + 4 : nil }
        }
        return nil
    }

    /// The largest answer that the client takes: the class of its OPT record says so.
    var limit: Int {
        var at = question.endIndex
        let records = (6..<Self.headBytes).reduce(into: [Int]()) { counts, index in
            if index % 2 == 0 { counts.append(Int(message[index]) << 8 | Int(message[index + 1])) }
        }.reduce(0, +)
        for _ in 0..<records {
            guard let end = endOfName(at), end + 10 <= message.count else { break }
            func word(_ offset: Int) -> Int { Int(message[end + offset]) << 8 | Int(message[end + offset + 1]) }
            if word(0) == 41 { return min(max(word(2), Self.leastLimit), Self.greatestLimit) }
            at = end + 10 + word(8)
        }
        return Self.leastLimit
    }

    private func endOfName(_ start: Int) -> Int? {
        var at = start
        while at < message.count {
            let length = Int(message[at])
            if length >= 0xC0 { return at + 2 }
            guard length < 64 else { return nil }
            at += 1 + length
            if length == 0 { return at }
        }
        return nil
    }
}
