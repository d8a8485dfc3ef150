// `GET /`: the links from which the older platform's clients take every address they use. Names and relations are theirs.

import Coding
import Resources

struct HomePage {
    let types: TypeTable
    let base: String
    /// There is an OpenAPI document.
    let hasDescription: Bool

    func reply() -> Reply {
        .object(reserving: 64 * 1024) { writer in
            writer.key("href")
            writer.value(base)
            writer.key("links")
            writer.beginArray()
            link("root", TypeTable.rootTypeName, "/\(TypeTable.rootTypeName)", [.get], &writer)
            for type in types.entries {
                link("collection", type.name, "/\(type.resource.collection)", [], &writer)
                link("resource-base", type.name, "/\(type.name)", [], &writer)
            }
            for action in Action.allCases {
                link("action", action.linkName, "/\(action.rawValue)", action.methods, &writer)
            }
            for action in NetworkAction.allCases {
                link("action", "virtual-network-\(action.rawValue)", "/virtual-network/%s/\(action.rawValue)", [.post], &writer)
            }
            link("documentation", "documentation", "/documentation/index.html", [.get], &writer)
            if hasDescription { link("documentation", "openapi", "/openapi.json", [.get], &writer) }
            writer.endArray()
        }
    }

    /// Links of actions have a method, and one link for each of their methods.
    private func link(_ relation: String, _ name: String, _ path: String, _ methods: [Request.Method], _ writer: inout JSONWriter) {
        for method in methods.isEmpty ? [nil] : methods.map(Optional.init) {
            writer.beginObject()
            writer.key("link")
            writer.beginObject()
            writer.key("rel")
            writer.value(relation)
            writer.key("href")
            writer.value(base + path)
            writer.key("name")
            writer.value(name)
            writer.key("method")
            if let method { writer.value(method.rawValue) } else { writer.null() }
            writer.endObject()
            writer.endObject()
        }
    }
}
