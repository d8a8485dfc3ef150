// Server-Sent Events as they arrive (WHATWG HTML §9.2.6): bytes in, in pieces of any size; events out. A value; nothing here waits.
//
// Lines end with CR, LF or CR LF; a piece may end anywhere, also between the two. Memory is bounded: an event larger than the limit is an
// error, not a buffer without end.

/// One event of a stream.
public struct ServerSentEvent: Sendable, Equatable {
    /// `message` when the stream does not say.
    public var type: String
    /// The lines of data, joined by line feeds.
    public var data: [UInt8]
    /// The value by which a client says where to go on; nil when nothing has been given yet.
    public var lastEventID: String?

    public init(type: String, data: [UInt8], lastEventID: String? = nil) {
        self.type = type
        self.data = data
        self.lastEventID = lastEventID
    }
}

/// Takes a stream apart.
public struct ServerSentEventParser: Sendable {
    /// The stream cannot be followed any more.
    public struct TooLarge: Error, Equatable {
        public let limit: Int
    }

    private let limit: Int
    /// The line that has not ended yet.
    private var line: [UInt8] = []
    /// The last byte was a CR: a LF that follows belongs to the same line end.
    private var endedWithCR = false
    private var isFirstLine = true
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    /// As of the last event that was given out.
    public private(set) var lastEventID: String?
    /// As of the line read last; counts when its event has ended.
    private var pendingID: String?

    /// - Parameter limit: the greatest size of an event in bytes.
    public init(limit: Int = 256 << 20, lastEventID: String? = nil) {
        self.limit = limit
        self.lastEventID = lastEventID
        pendingID = lastEventID
    }

    /// Takes the next piece and gives the events that it completes.
    public mutating func parse(_ piece: some Sequence<UInt8>) throws(TooLarge) -> [ServerSentEvent] {
        let whole: [UInt8]? = piece.withContiguousStorageIfAvailable { Array($0) }
        let bytes = whole ?? Array(piece)
        var events: [ServerSentEvent] = []
        var start = 0
        if endedWithCR, bytes.first == Self.lineFeed { start = 1 }
        if !bytes.isEmpty { endedWithCR = false }
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == Self.lineFeed || byte == Self.carriageReturn else {
                position += 1
                continue
            }
            try append(bytes[start..<position])
            if let event = endLine() { events.append(event) }
            position += 1
            if byte == Self.carriageReturn {
                if position == bytes.count {
                    endedWithCR = true
                } else if bytes[position] == Self.lineFeed {
                    position += 1
                }
            }
            start = position
        }
        try append(bytes[min(start, bytes.count)...])
        return events
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(TooLarge) {
        guard line.count + data.count + bytes.count <= limit else { throw TooLarge(limit: limit) }
        line.append(contentsOf: bytes)
    }

    /// Takes the line in; an empty one ends the event.
    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: line.capacity <= 1 << 20) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let field = line[..<colon]
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(Self.lineFeed) }
            hasData = true
            data.append(contentsOf: value)
        } else if field.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8), !value.contains(0) {
            pendingID = String(decoding: value, as: UTF8.self)
        }
        // Comments, `retry` and whatever else there may be one day have no meaning here.
        return nil
    }

    /// An event without data is none, but what it says about the identifier counts.
    private mutating func endEvent() -> ServerSentEvent? {
        lastEventID = pendingID
        defer {
            type = ""
            data = []
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(type: type.isEmpty ? "message" : type, data: data, lastEventID: lastEventID)
    }
}
