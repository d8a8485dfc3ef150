// `GET /documentation/index.html`: what this server's schema has, from the schema itself, for a person with a browser.

import Resources

struct DocumentationPage {
    let types: TypeTable

    func reply() -> Reply {
        var page = """
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Configuration API</title>
            <style>body{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.4}code{background:#eee}</style></head><body>
            <h1>Configuration API</h1>
            <p><a href="/">GET /</a> lists every address. Objects are created with POST to their list, read and changed with GET, PUT and
            DELETE at their own address.</p>

            """
        for type in types.entries { page += section(type) }
        page += "</body></html>\n"
        return Reply(200, .html, body: Array(page.utf8))
    }

    private func section(_ type: TypeEntry) -> String {
        let resource = type.resource
        var text = "<h2 id=\"\(resource.name)\">\(resource.name)</h2>\n<p>\(Self.escape(resource.summary))</p>\n<ul>\n"
        text += "<li>List: <code>/\(resource.collection)</code></li>\n"
        text += "<li>Below: \(type.parents.map { link($0.name) }.joined(separator: ", "))</li>\n"
        if !type.references.isEmpty {
            text += "<li>Refers to: \(type.references.map { link($0.descriptor.target) }.joined(separator: ", "))</li>\n"
        }
        let properties = resource.properties.map { "<code>\($0.key)</code>" }.joined(separator: ", ")
        return text + "<li>Properties: \(properties)</li>\n</ul>\n"
    }

    private func link(_ name: String) -> String { "<a href=\"#\(name)\">\(name)</a>" }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
