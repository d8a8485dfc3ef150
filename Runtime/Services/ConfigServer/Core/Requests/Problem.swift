// Refusals as documents (RFC 9457) for clients that ask for them. All others get the bare sentence, as the older platform's do.

import Coding

extension Reply {
    /// The media type by which clients ask, in Accept.
    public static let problemType = "application/problem+json"

    /// Whether a value of Accept names the type, and not only to rule it out (RFC 9110 §12.5.1).
    public static func acceptsProblems(_ accept: String) -> Bool {
        // Most values do not, and lists are rare.
        guard accept.utf8.count >= problemType.utf8.count else { return false }
        return accept.lowercased().split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { String($0).trimmingBlanks }
            guard parts.first == problemType else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" } }
        }
    }

    /// The same refusal as a document; a reply that is none stays as it is.
    ///
    /// - Parameters:
    ///   - title: what the status is called.
    ///   - body: the body of the request, into which `pointer` points.
    public func asProblem(title: String, requestBody: [UInt8] = []) -> Reply {
        guard status >= 400, contentType == .text else { return self }
        let detail = String(decoding: body, as: UTF8.self)
        var writer = JSONWriter(reservingCapacity: body.count + 160)
        writer.beginObject()
        writer.member("type", "about:blank")
        writer.member("title", title)
        writer.member("status", status)
        writer.member("detail", detail)
        if let pointer = status < 500 ? Pointer.find(cause, detail, in: requestBody) : nil { writer.member("pointer", pointer) }
        if let hint = cause?.hint ?? Self.hint(of: detail) { writer.member("hint", hint) }
        writer.member("request_id", requestID)
        writer.endObject()
        var reply = self
        reply.contentType = .problem
        reply.body = writer.finish()
        return reply
    }

    /// Sentences say what is wrong, and after a semicolon what to do about it.
    private static func hint(of detail: String) -> String? {
        guard let range = detail.firstRange(of: "; ") else { return nil }
        return String(detail[range.upperBound...])
    }
}

/// Where in the body of a request the mistake is (RFC 6901).
enum Pointer {
    /// - Parameters:
    ///   - cause: what the reader of the body found; nil when a rule found it.
    ///   - detail: the sentence, which names a member where a rule found it.
    /// - Returns: a pointer to a value of the body, or to one that is missing from a value of it; nil when it cannot be told.
    static func find(_ cause: CodingError?, _ detail: String, in body: [UInt8]) -> String? {
        guard !body.isEmpty else { return nil }
        let value: JSONValue
        // What is no JSON has no members to point to, but the reader may know which it was in.
        do { value = try JSONValue(parsing: body) } catch { return error.path.isEmpty ? nil : text(tokens(error.path)) }
        if let cause, !cause.path.isEmpty { return text(place(tokens(cause.path), in: value)) }
        for word in words(detail) {
            let path = tokens(word)
            if let found = search(path, in: value, below: [], depth: 0) { return text(found) }
        }
        return nil
    }

    /// `policy_rule[2].protocol` in its parts.
    static func tokens(_ path: String) -> [String] {
        path.split { $0 == "." || $0 == "[" || $0 == "]" }.map(String.init)
    }

    /// RFC 6901 §3.
    private static func text(_ tokens: [String]) -> String {
        tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    /// The path as it is in the body: with the envelope of an object, which those who read its members do not see.
    private static func place(_ tokens: [String], in body: JSONValue) -> [String] {
        var found: [String] = []
        var current = body
        for token in tokens {
            if step(token, &current, &found) { continue }
            let isEnvelope = found.isEmpty || (found.count == 3 && found[0] == "requests" && found[2] == "body")
            if isEnvelope, current.members.count == 1, case .object? = current.members.first?.value {
                _ = step(current.members[0].key, &current, &found)
                if step(token, &current, &found) { continue }
            }
            // Missing: it is pointed to where it should be.
            found.append(token)
            break
        }
        return found
    }

    private static func step(_ token: String, _ current: inout JSONValue, _ found: inout [String]) -> Bool {
        let next: JSONValue?
        if case .array(let elements) = current {
            next = Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        } else {
            next = current[token]
        }
        guard let next else { return false }
        current = next
        found.append(token)
        return true
    }

    /// Names of members, as sentences spell them: letters, digits, `_`, `-`, and the way to a member of a member.
    private static func words(_ detail: String) -> [String] {
        detail.split { !($0.isLetter || $0.isNumber || "_-.[]".contains($0)) }
            .map { word in String(word.drop { $0 == "." }).trimmingSuffix(".") }
            .filter { $0.count > 1 }
    }

    /// The first place, from the outside in, where the body has a member of that name, and what follows it.
    private static func search(_ path: [String], in value: JSONValue, below: [String], depth: Int) -> [String]? {
        guard let first = path.first, depth < 4, case .object(let members) = value else { return nil }
        if value[first] != nil {
            var current = value
            var found = below
            for token in path where !step(token, &current, &found) { break }
            return found
        }
        for member in members {
            if let found = search(path, in: member.value, below: below + [member.key], depth: depth + 1) { return found }
        }
        return nil
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
