// Whether the server reads what a request's body says that it is (RFC 9110 §8.3, §8.4). Every body is JSON. What tools send when nobody told
// them the type counts as that, as it always has: forms (curl), plain text, bytes.

import ConfigServerCore
import NIOHTTP1

enum MediaType {
    static func requireJSON(_ headers: HTTPHeaders) throws(Refusal) {
        if let coding = headers.first(name: "content-encoding")?.lowercased(), coding != "identity" {
            throw Refusal(415, "Unsupported Media Type: the body is encoded as '\(coding.prefix(40))'; send it as it is")
        }
        guard let value = headers.first(name: "content-type") else { return }
        let type = value.prefix { $0 != ";" && $0 != " " }.lowercased()
        switch type {
        case "application/json", "", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream", "text/json": return
        case "application/json-patch+json":
            throw Refusal(
                415, "Unsupported Media Type: JSON Patch is not understood; send a JSON Merge Patch, application/merge-patch+json")
        default:
            guard type.hasSuffix("+json") else {
                throw Refusal(415, "Unsupported Media Type: '\(type.prefix(80))' is not understood; send application/json")
            }
        }
    }
}
