// How the configuration lies in etcd. Commits are the truth: each is one pair, made in the same transaction that moves the head, and only
// if the head is where the writer thinks it is. So commits have one order, none is half there, and whoever has seen the first n knows
// everything. Objects and values are a checkpoint of the commits up to a mark, `folded`; any server moves it along.
//
//     PREFIX/head                 {"store": "…", "commit": 12, "revision": 40}: which store this is, and how far it is
//     PREFIX/commits/NUMBER       one commit (CommitText.swift), or {"parts": n} when it is too large for one pair
//     PREFIX/parts/NUMBER-TAG/I   such a commit's text, written before the commit itself makes it count
//     PREFIX/folded               {"commit": 11, "row": 3}: objects and values have so many rows of the commit after that one, too
//     PREFIX/objects/NUMBER       one object, or {"parts": n, "commit": m}
//     PREFIX/pieces/NUMBER/COMMIT/I   such an object's text
//     PREFIX/values/KEY           what clients keep for themselves
//     PREFIX/turns/TAG            a server that lost a race, and asks the others to let it go first once
//     PREFIX/compaction           the revision of etcd when the log was last trimmed
//
// An import writes its objects and values below PREFIX/bases/BASE, where nobody looks for them, and makes them count by a head that names
// that base and another store: one small transaction, however much it is. Everything but the head, turns and compaction then lies there.
//
// NUMBER has twenty digits, so that the order of keys is the order of numbers.

import Coding

public struct EtcdLayout: Sendable {
    public let prefix: String
    /// Where commits, objects and values are, below the prefix; empty: directly.
    public let base: String

    public static let standardPrefix = "/tungsten/configuration"
    /// Bytes of values in one request: etcd takes 1.5 MB (`--max-request-bytes`).
    public static let greatestValue = 900_000
    /// Operations in one transaction: etcd takes 128 (`--max-txn-ops`).
    public static let greatestTransaction = 100

    public init(prefix: String = standardPrefix, base: String = "") {
        self.prefix = prefix
        self.base = base
    }

    /// The same store with its rows elsewhere.
    public func based(on base: String) -> EtcdLayout { EtcdLayout(prefix: prefix, base: base) }

    public static func digits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 20 - text.utf8.count) + text
    }

    func key(_ path: String) -> [UInt8] { Array((base.isEmpty ? "\(prefix)/\(path)" : "\(prefix)/bases/\(base)/\(path)").utf8) }

    private func rootKey(_ path: String) -> [UInt8] { Array("\(prefix)/\(path)".utf8) }

    public var head: [UInt8] { rootKey("head") }
    public var folded: [UInt8] { key("folded") }
    public var compaction: [UInt8] { rootKey("compaction") }
    public func commit(_ number: UInt64) -> [UInt8] { key("commits/" + Self.digits(number)) }
    public func turn(_ tag: String) -> [UInt8] { rootKey("turns/" + tag) }
    public func object(_ number: UInt64) -> [UInt8] { key("objects/" + Self.digits(number)) }
    public func value(_ name: String) -> [UInt8] { key("values/" + name) }

    /// The number of a commit or object from its key.
    public func number(_ key: [UInt8]) -> UInt64? { UInt64(String(decoding: key.suffix(20), as: UTF8.self)) }
    public func valueName(_ key: [UInt8]) -> String { String(decoding: key.dropFirst(value("").count), as: UTF8.self) }

    /// All keys of rows that begin with a path.
    public func all(_ path: String) -> (start: [UInt8], end: [UInt8]) { Self.all(from: key(path)) }

    public var turns: (start: [UInt8], end: [UInt8]) { Self.all(from: rootKey("turns/")) }

    /// All keys of rows, in ranges without anything else.
    public var rows: [(start: [UInt8], end: [UInt8])] {
        base.isEmpty ? ["commits/", "folded", "objects/", "parts/", "pieces/", "values/"].map(all) : [all("")]
    }

    /// All bases that there are.
    public var bases: (start: [UInt8], end: [UInt8]) { Self.all(from: rootKey("bases/")) }

    /// The base that a key of `bases` belongs to.
    public func base(of key: [UInt8]) -> String {
        String(decoding: key.dropFirst(bases.start.count).prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }

    private static func all(from start: [UInt8]) -> (start: [UInt8], end: [UInt8]) {
        var end = start
        end[end.count - 1] += 1
        return (start, end)
    }

    public func commits(after number: UInt64) -> (start: [UInt8], end: [UInt8]) { (commit(number + 1), all("commits/").end) }
    public func parts(_ commit: UInt64, _ tag: String) -> (start: [UInt8], end: [UInt8]) { all("parts/\(Self.digits(commit))-\(tag)/") }
    public func pieces(_ object: UInt64, _ commit: UInt64) -> (start: [UInt8], end: [UInt8]) {
        all("pieces/\(Self.digits(object))/\(Self.digits(commit))/")
    }

    /// A text in several pairs, as one of their keys tells of it.
    public struct LargeText: Sendable, Equatable {
        /// The commit that it belongs to.
        public var commit: UInt64
        /// The pair that names `place` if the text counts.
        public var owner: [UInt8]
        public var place: String
        /// The keys of the text.
        public var start: [UInt8]

        public var range: (start: [UInt8], end: [UInt8]) {
            var end = start
            end[end.count - 1] += 1
            return (start, end)
        }
    }

    /// nil when the key is not one of a text's.
    public func largeText(_ key: [UInt8]) -> LargeText? {
        let path = self.key("")
        guard key.starts(with: path), let slash = key.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let elements = key.dropFirst(path.count).split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        let start = Array(key[...slash])
        if elements.count == 4, elements[0] == "pieces", let number = UInt64(elements[1]), let commit = UInt64(elements[2]) {
            return LargeText(commit: commit, owner: object(number), place: elements[2], start: start)
        }
        guard elements.count == 3, elements[0] == "parts", let commit = UInt64(elements[1].prefix(20)) else { return nil }
        return LargeText(commit: commit, owner: self.commit(commit), place: String(elements[1].dropFirst(21)), start: start)
    }

    /// A text in as many pairs as it needs below a path.
    public static func split(_ text: [UInt8], below path: [UInt8], limit: Int = greatestValue) -> [EtcdPair] {
        stride(from: 0, to: text.count, by: limit).enumerated().map { index, start in
            EtcdPair(key: path + Array(digits(UInt64(index)).utf8), value: Array(text[start..<min(text.count, start + limit)]))
        }
    }
}

/// Where the store is. A comparison with its text tells whether somebody moved it.
public struct EtcdHead: Sendable, Equatable {
    /// Made up when the store is made, so that no server goes on in a store that was wiped and made anew.
    public var store: String
    public var position: StorePosition
    /// Where its rows are (`EtcdLayout.base`).
    public var base: String

    public init(store: String, base: String = "", _ position: StorePosition) {
        self.store = store
        self.base = base
        self.position = position
    }

    /// Programs that know of no bases know format 1 only.
    public var text: [UInt8] {
        let place = base.isEmpty ? "" : ",\"base\":\"\(base)\""
        let format = base.isEmpty ? 1 : 2
        return Array(
            "{\"format\":\(format),\"store\":\"\(store)\"\(place),\"commit\":\(position.commit),\"revision\":\(position.revision)}".utf8)
    }

    public init(parsing text: [UInt8]) throws(CodingError) {
        let value = try JSONValue(parsing: text)
        guard let format = value["format"]?.integer, let store = value["store"]?.string, let commit = value["commit"]?.unsignedInteger,
            let revision = value["revision"]?.unsignedInteger
        else {
            throw CodingError(.missingMember, "format, store, commit or revision is missing")
        }
        guard format == 1 || format == 2 else {
            throw CodingError(.unsupported, "written by a newer version of this program (format \(format)); run that version")
        }
        self.init(store: store, base: value["base"]?.string ?? "", StorePosition(commit: commit, revision: revision))
        guard self.text == text else { throw CodingError(.unsupported, "not spelled as this program does") }
    }
}

/// How far objects and values have been brought.
public struct EtcdFolded: Sendable, Equatable {
    /// Everything up to this commit is in.
    public var commit: UInt64 = 0
    /// And so many rows of the next one.
    public var row = 0

    public init(commit: UInt64 = 0, row: Int = 0) {
        self.commit = commit
        self.row = row
    }

    public var text: [UInt8] { Array("{\"commit\":\(commit),\"row\":\(row)}".utf8) }

    public init(parsing text: [UInt8]) throws(CodingError) {
        let value = try JSONValue(parsing: text)
        guard let commit = value["commit"]?.unsignedInteger, let row = value["row"]?.integer, row >= 0 else {
            throw CodingError(.missingMember, "commit or row is missing")
        }
        self.init(commit: commit, row: row)
    }
}

/// What stands for a text that was too large for its pair.
public struct EtcdParts: Sendable, Equatable {
    public var count: Int
    /// Where the parts are: the tag of a commit, or the commit of an object.
    public var place: String

    public init(count: Int, place: String) {
        self.count = count
        self.place = place
    }

    public var text: [UInt8] { Array("{\"parts\":\(count),\"in\":\"\(place)\"}".utf8) }

    /// nil when the text is the text itself.
    public init?(_ text: [UInt8]) {
        guard text.starts(with: "{\"parts\":".utf8), let value = try? JSONValue(parsing: text), let count = value["parts"]?.integer,
            let place = value["in"]?.string
        else {
            return nil
        }
        self.init(count: count, place: place)
    }
}
