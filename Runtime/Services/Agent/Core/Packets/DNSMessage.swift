// DNS messages (RFC 1035), as far as a server needs that answers questions about addresses and passes the others on.

import NetworkTypes

public struct DNSType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let a = DNSType(rawValue: 1)
    public static let ptr = DNSType(rawValue: 12)
    public static let aaaa = DNSType(rawValue: 28)
    public static let opt = DNSType(rawValue: 41)
    public static let any = DNSType(rawValue: 255)
}

public struct DNSResponseCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let noError = DNSResponseCode(rawValue: 0)
    public static let formatError = DNSResponseCode(rawValue: 1)
    public static let serverFailure = DNSResponseCode(rawValue: 2)
    public static let nameError = DNSResponseCode(rawValue: 3)
    public static let notImplemented = DNSResponseCode(rawValue: 4)
    public static let refused = DNSResponseCode(rawValue: 5)
}

/// The head of a message and its first question. What follows the question is kept as it came.
public struct DNSQuery: Equatable, Sendable {
    public var identifier: UInt16
    public var isResponse: Bool
    /// 0: a standard query.
    public var operation: UInt8
    public var wantsRecursion: Bool
    public var questionCount: UInt16
    /// The question; nil if there is none.
    public var question: Question?
    /// The question's name as the client spelled it: some compare the answer's letter by letter.
    private var spelling: [UInt8] = []

    public struct Question: Hashable, Sendable {
        public var name: DNSName
        public var type: DNSType
        /// 1: Internet.
        public var classNumber: UInt16

        public init(_ name: DNSName, _ type: DNSType, classNumber: UInt16 = 1) {
            self.name = name
            self.type = type
            self.classNumber = classNumber
        }
    }

    public init(identifier: UInt16, _ question: Question, wantsRecursion: Bool = true) {
        self.identifier = identifier
        self.question = question
        spelling = question.name.bytes
        self.wantsRecursion = wantsRecursion
        isResponse = false
        operation = 0
        questionCount = 1
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        var reader = PacketReader(bytes, of: "dns")
        identifier = try reader.integer("id")
        let flags: UInt16 = try reader.integer("flags")
        isResponse = flags & 0x8000 != 0
        operation = UInt8(flags >> 11 & 0xF)
        wantsRecursion = flags & 0x0100 != 0
        questionCount = try reader.integer("question-count")
        _ = try reader.take(6, "counts")
        guard questionCount > 0 else { return }
        let start = reader.position
        let name = try DNSName(from: &reader, "question")
        spelling = name.bytes
        // As long as the name itself: it has no pointer in it.
        if reader.position - start == spelling.count { spelling = Array(bytes.dropFirst(start).prefix(spelling.count)) }
        question = Question(
            name, DNSType(rawValue: try reader.integer("question")), classNumber: try reader.integer("question"))
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: identifier)
        bytes.append(bigEndian: (isResponse ? 0x8000 : 0) | UInt16(operation & 0xF) << 11 | (wantsRecursion ? 0x0100 : 0))
        for count in [question == nil ? 0 : 1, 0, 0, 0] { bytes.append(bigEndian: UInt16(count)) }
        appendQuestion(to: &bytes)
        return bytes
    }

    func appendQuestion(to bytes: inout [UInt8]) {
        guard let question else { return }
        bytes += spelling
        bytes.append(bigEndian: question.type.rawValue)
        bytes.append(bigEndian: question.classNumber)
    }
}

/// An answer about the name that was asked for.
public enum DNSRecordData: Hashable, Sendable {
    case a(IPv4Address)
    case aaaa(IPv6Address)
    case ptr(DNSName)

    var type: DNSType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .ptr: .ptr
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .a(let address): address.bytes
        case .aaaa(let address): address.bytes
        case .ptr(let name): name.bytes
        }
    }
}

/// A response to a query.
public struct DNSResponse: Equatable, Sendable {
    public var query: DNSQuery
    public var code: DNSResponseCode
    public var answers: [DNSRecordData]
    /// How long the answers may be kept, in seconds.
    public var timeToLive: UInt32
    /// A server further up was to be asked, and can be.
    public var offersRecursion: Bool

    public init(query: DNSQuery, code: DNSResponseCode, answers: [DNSRecordData], timeToLive: UInt32, offersRecursion: Bool) {
        self.query = query
        self.code = code
        self.answers = answers
        self.timeToLive = timeToLive
        self.offersRecursion = offersRecursion
    }

    /// What a client that has not said otherwise can take (RFC 1035 §4.2.1).
    static let greatestBytes = 512

    /// The response. Answers that do not fit are left out, and the truncation bit tells the client.
    public var bytes: [UInt8] {
        let hasQuestion = query.question != nil
        var bytes: [UInt8] = []
        bytes.append(bigEndian: query.identifier)
        let isAuthoritative = code == .noError || code == .nameError
        var flags: UInt16 = 0x8000 | UInt16(query.operation & 0xF) << 11 | UInt16(code.rawValue)
        if isAuthoritative { flags |= 0x0400 }
        if query.wantsRecursion { flags |= 0x0100 }
        if offersRecursion { flags |= 0x0080 }
        bytes.append(bigEndian: flags)
        for count in [hasQuestion ? 1 : 0, 0, 0, 0] { bytes.append(bigEndian: UInt16(count)) }
        query.appendQuestion(to: &bytes)
        var count: UInt16 = 0
        for answer in answers where hasQuestion {
            let data = answer.bytes
            guard bytes.count + 12 + data.count <= Self.greatestBytes else {
                bytes.overwrite(flags | 0x0200, at: 2)
                break
            }
            // The name is the question's, which begins behind the head.
            bytes.append(bigEndian: UInt16(0xC00C))
            bytes.append(bigEndian: answer.type.rawValue)
            bytes.append(bigEndian: UInt16(1))
            bytes.append(bigEndian: timeToLive)
            bytes.append(bigEndian: UInt16(data.count))
            bytes += data
            count += 1
        }
        bytes.overwrite(count, at: 6)
        return bytes
    }
}
