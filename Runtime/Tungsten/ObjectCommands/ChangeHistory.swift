// Who changed what, as the server's log of changes tells it (`GET /audit`): which changes somebody asks for, and what each of them changed,
// member by member. Times are the server's, in UTC.

import Client
import Coding
import Resources

/// One change, as the server noted it.
public struct NotedChange: Sendable, Equatable {
    public let value: JSONValue

    public var revision: UInt64 { value["revision"]?.unsignedInteger ?? 0 }
    /// `2026-03-01T12:00:00.000123`; empty for changes from before they were noted.
    public var time: String { value["time"]?.string ?? "" }
    public var type: String { value["type"]?.string ?? "" }
    public var name: [String] { value.names("fq_name") }

    /// `red@10.0.0.9`; the address alone where nobody is asked who they are.
    public var who: String {
        let parts = [value["user"]?.string, value["address"]?.string].compactMap { $0 }
        return parts.joined(separator: "@")
    }

    public var what: String {
        switch value["kind"]?.string {
        case "create": "created"
        case "update": "changed"
        case "delete": "deleted"
        case let other: other ?? ""
        }
    }

    /// `mtu: 9000 -> 1500`, one for each value that is another now; only for changes, as all of an object is new or gone otherwise.
    public var differences: [String] {
        guard value["kind"]?.string == "update" else { return [] }
        var lines: [String] = []
        Self.compare(value["before"] ?? .object([]), value["after"] ?? .object([]), "", &lines)
        return lines
    }

    private static func compare(_ before: JSONValue?, _ after: JSONValue?, _ path: String, _ lines: inout [String]) {
        if before == after { return }
        if case .object(let old)? = before, case .object(let new)? = after {
            for key in old.map(\.key) + new.map(\.key).filter({ key in !old.contains { $0.key == key } }) {
                compare(before?[key], after?[key], path.isEmpty ? key : "\(path).\(key)", &lines)
            }
        } else {
            lines.append("\(path): \(text(before)) -> \(text(after))")
        }
    }

    /// Long values are cut: `-o json` has them whole.
    private static func text(_ value: JSONValue?) -> String {
        guard let value, value != .null else { return "(none)" }
        var text = if let string = value.string { string } else { String(decoding: shown(value).bytes, as: UTF8.self) }
        if text.isEmpty { text = "\"\"" }
        return text.count > 80 ? text.prefix(77) + "…" : text
    }

    /// References by their names, as people know them.
    private static func shown(_ value: JSONValue) -> JSONValue {
        guard case .array(let elements) = value else { return value }
        return .array(elements.map { $0["to"] == nil ? $0 : reference($0) })
    }

    private static func reference(_ value: JSONValue) -> JSONValue {
        let name = JSONValue.string(value.names("to").joined(separator: ":"))
        guard let data = value["attr"], data != .null else { return name }
        return .object([.init(key: "to", value: name), .init(key: "attr", value: data)])
    }
}

/// From when on changes are of interest.
public enum HistoryStart: Sendable, Equatable {
    /// Changes after it.
    case revision(UInt64)
    /// The beginning of a time as the server writes it, `2026-03-01` or `2026-03-01T12:00`, or whole.
    case time(String)
    /// So many seconds ago.
    case ago(Int)

    /// `1200`, `2026-03-01`, `2026-03-01T12:00`, `30m`, `2h`, `7d`.
    public init?(_ text: String) {
        if let revision = UInt64(text) {
            self = .revision(revision)
        } else if let unit = text.last.flatMap({ ["s": 1, "m": 60, "h": 3600, "d": 86_400][$0] }), let count = Int(text.dropLast()),
            1...1_000_000 ~= count
        {
            self = .ago(count * unit)
        } else {
            let form = text.map { $0 == " " ? "T" : $0 }.filter { $0 != "Z" }
            let pattern = "0000-00-00T00:00:00.000000"
            let fits = zip(form, pattern).allSatisfy { $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }
            guard fits, [10, 16, 19].contains(form.count) || 21...26 ~= form.count else { return nil }
            self = .time(String(form))
        }
    }
}

extension ObjectAccess {
    /// Changes, newest first, as far back as the server holds them.
    ///
    /// - Parameters:
    ///   - name: of an object, also of one that is gone.
    ///   - user: only changes of this user.
    ///   - now: gives the time that `ago` is counted from, as the server writes times: so many seconds before now.
    public func history(
        _ type: ResourceType?, _ name: String?, since: HistoryStart?, user: String?, limit: Int, timeBefore: (Int) -> String
    ) async throws(CommandError) -> [NotedChange] {
        var query: [String] = []
        var ending: String?
        if let type { query.append("type=\(type.name)") }
        if let type, let name {
            do throws(CommandError) {
                query.append("uuid=\(try await find(type, name).uuid)")
            } catch {
                // It may have been deleted: the log knows it by the name that it had.
                guard error.kind == .notFound else { throw error }
                ending = name
            }
        }
        if let user { query.append("user=\(Self.escaped(user))") }
        var earliest = ""
        switch since {
        case .revision(let revision): query.append("since=\(revision)")
        case .time(let time): earliest = time
        case .ago(let seconds): earliest = timeBefore(seconds)
        case nil: break
        }
        let isFiltered = ending != nil || !earliest.isEmpty
        query.append("limit=\(isFiltered ? 1000 : min(max(limit, 1), 1000))")
        let reply = try await json(ClientRequest(.get, "/audit?" + query.joined(separator: "&")), "cannot read the history")
        let changes = (reply["changes"]?.elements ?? []).map(NotedChange.init).filter { change in
            let joined = change.name.joined(separator: ":")
            return change.time >= earliest && (ending.map { joined == $0 || joined.hasSuffix(":" + $0) } ?? true)
        }
        if let type, let name, ending != nil, changes.isEmpty { _ = try await find(type, name) }
        return Array(changes.prefix(limit))
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain || "-._~".utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// Changes as text.
public enum HistoryText {
    /// A line for each value of a change; every line says when and by whom, so that each can be read by itself.
    public static func table(_ changes: [NotedChange]) -> TextTable {
        var table = TextTable(["time", "who", "what", "type", "name", "change"])
        for change in changes {
            let differences = change.differences
            for line in differences.isEmpty ? [""] : differences {
                let time = change.time.prefix { $0 != "." }
                table.rows.append([
                    time.isEmpty ? "" : time + "Z", change.who, change.what, change.type, change.name.joined(separator: ":"), line,
                ])
            }
        }
        return table
    }

    public static func json(_ changes: [NotedChange]) -> String { ObjectText.indented(.array(changes.map(\.value))) + "\n" }

    public static func yaml(_ changes: [NotedChange]) throws(CommandError) -> String { try ObjectText.yaml(.array(changes.map(\.value))) }
}
