// What is said to etcd, version 3, through its JSON gateway (etcd.io, "gRPC gateway"): requests as bytes, and replies from bytes that may
// be anything. 64-bit numbers are strings there, keys and values base64. Covers key ranges, transactions, watches and compaction, and of
// those what the store uses.

import Coding

/// A pair in etcd.
public struct EtcdPair: Sendable, Equatable {
    public var key: [UInt8]
    public var value: [UInt8]

    public init(key: [UInt8] = [], value: [UInt8] = []) {
        self.key = key
        self.value = value
    }
}

/// Keys from `start` up to and without `end`; `end` nil: the one key.
public struct EtcdRange: Sendable, Equatable {
    public var start: [UInt8]
    public var end: [UInt8]?
    /// At most so many pairs; 0: all.
    public var limit = 0
    /// As it was at this revision of etcd; 0: now.
    public var revision: UInt64 = 0
    public var keysOnly = false

    public init(_ start: [UInt8], end: [UInt8]? = nil, limit: Int = 0, revision: UInt64 = 0, keysOnly: Bool = false) {
        self.start = start
        self.end = end
        self.limit = limit
        self.revision = revision
        self.keysOnly = keysOnly
    }
}

/// One step of a transaction.
public enum EtcdOperation: Sendable, Equatable {
    case put(EtcdPair)
    case range(EtcdRange)
    case delete(EtcdRange)
}

/// What must hold for a transaction to take its first branch.
public enum EtcdComparison: Sendable, Equatable {
    case value(of: [UInt8], is: [UInt8])
    case isMissing(_ key: [UInt8])
}

public struct EtcdTransaction: Sendable, Equatable {
    public var comparisons: [EtcdComparison]
    public var success: [EtcdOperation]
    public var failure: [EtcdOperation]

    public init(if comparisons: [EtcdComparison], then success: [EtcdOperation], else failure: [EtcdOperation] = []) {
        self.comparisons = comparisons
        self.success = success
        self.failure = failure
    }

    /// Path and body of the request.
    public var request: (path: String, body: [UInt8]) {
        var writer = JSONWriter(reservingCapacity: 1024)
        writer.beginObject()
        writer.key("compare")
        writer.beginArray()
        for comparison in comparisons { comparison.encode(to: &writer) }
        writer.endArray()
        writer.key("success")
        writer.beginArray()
        for operation in success { operation.encode(to: &writer) }
        writer.endArray()
        writer.key("failure")
        writer.beginArray()
        for operation in failure { operation.encode(to: &writer) }
        writer.endArray()
        writer.endObject()
        return ("/v3/kv/txn", writer.finish())
    }
}

extension JSONWriter {
    mutating func base64(_ bytes: [UInt8]) {
        raw([UInt8(ascii: "\"")] + Base64.encode(bytes) + [UInt8(ascii: "\"")])
    }
}

extension EtcdComparison {
    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("key")
        switch self {
        case .value(let key, let value):
            writer.base64(key)
            writer.key("target")
            writer.value("VALUE")
            writer.key("value")
            writer.base64(value)
        case .isMissing(let key):
            writer.base64(key)
            writer.key("target")
            writer.value("CREATE")
            writer.key("create_revision")
            writer.value("0")
        }
        writer.key("result")
        writer.value("EQUAL")
        writer.endObject()
    }
}

extension EtcdRange {
    public var request: (path: String, body: [UInt8]) {
        var writer = JSONWriter(reservingCapacity: 256)
        encode(to: &writer)
        return ("/v3/kv/range", writer.finish())
    }

    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("key")
        writer.base64(start)
        if let end {
            writer.key("range_end")
            writer.base64(end)
        }
        if limit > 0 {
            writer.key("limit")
            writer.value(String(limit))
        }
        if revision > 0 {
            writer.key("revision")
            writer.value(String(revision))
        }
        if keysOnly {
            writer.key("keys_only")
            writer.value(true)
        }
        writer.endObject()
    }
}

extension EtcdOperation {
    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .put(let pair):
            writer.key("request_put")
            writer.beginObject()
            writer.key("key")
            writer.base64(pair.key)
            writer.key("value")
            writer.base64(pair.value)
            writer.endObject()
        case .range(let range):
            writer.key("request_range")
            range.encode(to: &writer)
        case .delete(let range):
            writer.key("request_delete_range")
            range.encode(to: &writer)
        }
        writer.endObject()
    }
}

/// A request to follow one key from now on.
public func etcdWatchRequest(_ key: [UInt8]) -> (path: String, body: [UInt8]) {
    var writer = JSONWriter(reservingCapacity: 128)
    writer.beginObject()
    writer.key("create_request")
    writer.beginObject()
    writer.key("key")
    writer.base64(key)
    writer.endObject()
    writer.endObject()
    return ("/v3/watch", writer.finish())
}

/// A request to forget how things were before a revision.
public func etcdCompactionRequest(_ revision: UInt64) -> (path: String, body: [UInt8]) {
    ("/v3/kv/compaction", Array("{\"revision\":\"\(revision)\"}".utf8))
}

/// A reply of any kind: what matters of it. Members that are not named here are skipped, so that other versions of etcd may say more.
public struct EtcdReply: Sendable, Equatable {
    /// The revision of etcd when it answered.
    public var revision: UInt64 = 0
    /// The pairs of a range, or of the events of a watch.
    public var pairs: [EtcdPair] = []
    /// A range has more pairs than its limit.
    public var hasMore = false
    /// A transaction took its first branch.
    public var succeeded = false
    /// What the operations of that branch answered.
    public var responses: [EtcdReply] = []
    /// A watch was ended by etcd.
    public var isCanceled = false

    public init(parsing text: [UInt8]) throws(CodingError) {
        self = try JSONReader.read(text) { reader throws(CodingError) in try EtcdReply(from: &reader) }
    }

    private init(from reader: inout JSONReader) throws(CodingError) {
        try reader.beginObject()
        while let key = try reader.nextMember() { try read(key, &reader) }
    }

    private mutating func read(_ key: String, _ reader: inout JSONReader) throws(CodingError) {
        switch key {
        case "header":
            try reader.beginObject()
            while let member = try reader.nextMember() {
                if member == "revision" { revision = try Self.number(&reader) } else { try reader.skipValue() }
            }
        case "kvs", "events":
            try reader.beginArray()
            while try reader.nextElement() { pairs.append(try Self.pair(&reader)) }
        case "more": hasMore = try reader.boolean()
        case "succeeded": succeeded = try reader.boolean()
        case "canceled": isCanceled = try reader.boolean()
        case "responses":
            try reader.beginArray()
            while try reader.nextElement() { responses.append(try EtcdReply(from: &reader)) }
        // One of a transaction's responses, and one message of a stream, are wrapped once more.
        case "response_range", "response_put", "response_delete_range", "result":
            try reader.beginObject()
            while let member = try reader.nextMember() { try read(member, &reader) }
        default: try reader.skipValue()
        }
    }

    private static func number(_ reader: inout JSONReader) throws(CodingError) -> UInt64 {
        guard try reader.peekKind == .string else { return try reader.unsignedInteger() }
        let text = try reader.string()
        guard let value = UInt64(text) else { throw CodingError(.type, "expected a number, found \"\(text.prefix(40))\"") }
        return value
    }

    /// `{"key": …, "value": …}`, or an event that has it as `kv`.
    private static func pair(_ reader: inout JSONReader) throws(CodingError) -> EtcdPair {
        var pair = EtcdPair()
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "kv": pair = try Self.pair(&reader)
            case "key": pair.key = try bytes(&reader)
            case "value": pair.value = try bytes(&reader)
            default: try reader.skipValue()
            }
        }
        return pair
    }

    private static func bytes(_ reader: inout JSONReader) throws(CodingError) -> [UInt8] {
        let text = try reader.string()
        guard let bytes = Base64.decode(text.utf8) else { throw CodingError(.type, "expected base64, found \"\(text.prefix(40))\"") }
        return bytes
    }
}

/// The words of an error that the gateway answers with.
public func etcdErrorText(_ body: [UInt8]) -> String {
    etcdText("error", in: body) ?? String(decoding: body.prefix(200), as: UTF8.self)
}

// MARK: Logging in

public func etcdLoginRequest(user: String, password: String) -> (path: String, body: [UInt8]) {
    var writer = JSONWriter(reservingCapacity: 128)
    writer.beginObject()
    writer.member("name", user)
    writer.member("password", password)
    writer.endObject()
    return ("/v3/auth/authenticate", writer.finish())
}

/// The token in the reply to a login; nil when there is none.
public func etcdToken(_ body: [UInt8]) -> String? {
    // It becomes a header.
    guard let token = etcdText("token", in: body), !token.isEmpty, token.utf8.allSatisfy({ 0x20 < $0 && $0 < 0x7F }) else { return nil }
    return token
}

/// A member of a reply that is text; nil when the reply has none, or is no JSON.
private func etcdText(_ name: String, in body: [UInt8]) -> String? {
    let text = try? JSONReader.read(body) { reader throws(CodingError) in
        var found: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if member == name, try reader.peekKind == .string { found = try reader.string() } else { try reader.skipValue() }
        }
        return found
    }
    return text ?? nil
}
