// `GET /openapi.json`: what this server's API is, for programs. The document is made from the schema in the build, as the server is.

/// An OpenAPI document that is part of the program.
public struct APIDescription: Sendable {
    let document: StaticString
    /// Differs whenever the document does.
    let tag: String

    public init(_ document: StaticString, tag: String) {
        self.document = document
        self.tag = tag
    }

    func reply(_ request: Request) -> Reply {
        var reply = Reply(200, .json, body: [])
        reply.entityTag = tag
        if let condition = request.ifNoneMatch, EntityTags(condition).include(tag, weakly: true) {
            reply.status = 304
        } else {
            reply.body = document.withUTF8Buffer { Array($0) }
        }
        return reply
    }
}
