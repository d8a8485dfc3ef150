// `POST /bulk`: several requests that take effect together or not at all. Each is decided on what those before it have come to, so that one
// may refer to what another makes; nothing of it is seen before all of it is stored.
//
//     {"requests": [{"method": "POST", "path": "/virtual-networks", "body": {…}},
//                   {"method": "PATCH", "path": "/project/<uuid>", "body": {…}, "if_match": "…"},
//                   {"method": "POST", "path": "/ref-update", "body": {…}}]}
//
// is answered with `{"replies": [{"status": 200, "body": {…}}, …]}`, or refused as the first request that is, with its place in the list.

import Coding
import NetworkTypes

/// The parts of a bulk.
struct BulkRequest {
    struct Part {
        let method: Request.Method
        let path: String
        let body: [UInt8]
        let ifMatch: String?
    }

    static let greatestCount = 10_000

    let parts: [Part]

    init(_ body: [UInt8]) throws(Refusal) {
        do {
            parts = try JSONReader.read(body) { reader throws(CodingError) in
                var parts: [Part]?
                try reader.beginObject()
                while let key = try reader.nextMember() {
                    guard key == "requests" else {
                        try reader.skipValue()
                        continue
                    }
                    var list: [Part] = []
                    try reader.beginArray()
                    while try reader.nextElement() {
                        guard list.count < Self.greatestCount else {
                            throw CodingError(.length, "requests has more than \(Self.greatestCount) elements", hint: "send several bulks")
                        }
                        list.append(try Part(from: &reader))
                    }
                    parts = list
                }
                guard let parts else {
                    throw CodingError(
                        .missingMember, "no member \"requests\"", hint: "write {\"requests\": [{\"method\": …, \"path\": …}]}")
                }
                return parts
            }
        } catch {
            throw Refusal("Bad Request, the body is not the JSON that it must be: ", error)
        }
    }
}

extension BulkRequest.Part {
    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        var method: Request.Method?
        var path: String?
        var ifMatch: String?
        var body: [UInt8] = []
        try reader.beginObject()
        while let key = try reader.nextMember() {
            switch key {
            case "method":
                let name = try reader.string()
                method = Request.Method(rawValue: name)
                guard let method, method != .get else {
                    throw CodingError(.enumeration, "method is '\(name.prefix(40))'", hint: "it is one of POST, PUT, PATCH, DELETE")
                }
            case "path": path = try reader.string()
            case "if_match": ifMatch = try reader.optional()
            case "body": if try !reader.readNull() { body = reader.bytes(in: try reader.rawValue()) }
            default:
                throw CodingError(.unknownMember, "a request has no member \"\(key)\"", hint: "it has method, path, body and if_match")
            }
        }
        guard let method, let path else {
            throw CodingError(.missingMember, "a request needs method and path", hint: "such as \"POST\" and \"/virtual-networks\"")
        }
        self.init(method: method, path: path, body: body, ifMatch: ifMatch)
    }
}

extension ConfigurationService {
    /// Decides all parts of a bulk.
    func decideBulk(
        _ request: Request, _ image: Image, now: Timestamp, random: any RandomNumberGenerator
    ) throws(Refusal) -> Decision {
        let parts = try BulkRequest(request.body).parts
        var current = image
        var whole = Transaction()
        var writer = JSONWriter(reservingCapacity: 256 * parts.count)
        writer.beginObject()
        writer.key("replies")
        writer.beginArray()
        for (index, part) in parts.enumerated() {
            let decision: Decision
            do throws(Refusal) {
                decision = try decide(part, of: request, current, now: now, random: random)
            } catch {
                var refusal = Refusal(
                    error.status, "requests[\(index)] (\(part.method.rawValue) \(part.path.prefix(200))): \(error.message)")
                // What a reader of the part found is in its body; for all else the part is to blame.
                refusal.cause = (error.cause?.within("body") ?? CodingError(.type, error.message)).within("requests[\(index)]")
                throw refusal
            }
            current.apply(decision.transaction)
            whole.changes += decision.transaction.changes
            writer.beginObject()
            writer.member("status", decision.reply.status)
            if !decision.reply.body.isEmpty {
                writer.key("body")
                writer.raw(decision.reply.body)
            }
            if let warning = decision.reply.warning { writer.member("warning", warning) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return Decision(reply: Reply(body: writer.finish()), transaction: whole.compacted(from: image))
    }

    private func decide(
        _ part: BulkRequest.Part, of whole: Request, _ image: Image, now: Timestamp, random: any RandomNumberGenerator
    ) throws(Refusal) -> Decision {
        var request = Request(part.method, try RequestTarget(part.path), base: whole.base, ifMatch: part.ifMatch, body: part.body)
        request.access = whole.access
        guard request.target["dry_run"] == nil else { throw Refusal(400, "dry_run is said of the whole: POST /bulk?dry_run=true") }
        let operation = try self.operation(request)
        guard operation.isWriting else { throw Refusal(400, "a bulk is made of changes; ask for this by itself") }
        if case .action(.bulk) = operation.route { throw Refusal(400, "a bulk does not hold another") }
        let decision = decide(operation, image, now: now, random: random)
        guard decision.reply.status < 300 else {
            var refusal = Refusal(decision.reply.status, String(decoding: decision.reply.body, as: UTF8.self), allow: decision.reply.allow)
            refusal.cause = decision.reply.cause
            throw refusal
        }
        return decision
    }
}

extension Transaction {
    /// The same outcome with one change an object: its last version in the place of its first, and nothing of what comes and goes again.
    func compacted(from image: Image) -> Transaction {
        var kept: [Change?] = []
        kept.reserveCapacity(changes.count)
        var places: [UUIDValue: Int] = [:]
        var removed: Set<UUIDValue> = []
        for change in changes {
            switch change {
            case .put(let state):
                if let place = places[state.identity.uuid] {
                    kept[place] = change
                } else {
                    places[state.identity.uuid] = kept.count
                    kept.append(change)
                }
            case .remove(let identity):
                if let place = places.removeValue(forKey: identity.uuid) { kept[place] = nil }
                // One that was there before is removed once; one that was not leaves no trace.
                if image.state(identity.uuid) != nil, removed.insert(identity.uuid).inserted { kept.append(change) }
            case .setValue, .removeValue: kept.append(change)
            }
        }
        var transaction = Transaction()
        transaction.changes = kept.compactMap { $0 }
        return transaction
    }
}
