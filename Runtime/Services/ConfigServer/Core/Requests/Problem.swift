// Refusals as documents (RFC 9457) for clients that ask for them. All others get the bare sentence, as the older platform's do.

import Coding

extension Reply {
    /// The media type by which clients ask, in Accept.
    public static let problemType = "application/problem+json"

    /// The same refusal as a document; a reply that is none stays as it is.
    ///
    /// - Parameter title: what the status is called.
    public func asProblem(title: String) -> Reply {
        guard status >= 400, contentType == .text else { return self }
        var writer = JSONWriter(reservingCapacity: body.count + 96)
        writer.beginObject()
        writer.member("type", "about:blank")
        writer.member("title", title)
        writer.member("status", status)
        writer.member("detail", String(decoding: body, as: UTF8.self))
        writer.member("request_id", requestID)
        writer.endObject()
        var reply = self
        reply.contentType = .problem
        reply.body = writer.finish()
        return reply
    }
}
