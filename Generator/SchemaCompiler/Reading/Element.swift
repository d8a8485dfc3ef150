// The second representation: an XML document as a tree whose every node knows its place in the file.

/// An XML element. Built once by `TreeBuilder`, never changed after.
public final class Element {
    struct Attribute {
        let name: String
        let namespace: String
        let value: String
    }

    let name: String
    /// The namespace URI; empty when there is none or its prefix is undeclared.
    let namespace: String
    let attributes: [Attribute]
    /// Where the start tag begins.
    let location: SourceLocation
    private(set) var children: [Element] = []
    /// Comments inside this element, in order: the older dialect keeps its annotations there.
    private(set) var comments: [Comment] = []
    /// Character data directly inside, concatenated, as written.
    private(set) var text = ""
    /// Where the first character of `text` stands that is not blank.
    var textLocation: SourceLocation?

    struct Comment {
        let text: String
        let location: SourceLocation
    }

    init(name: String, namespace: String, attributes: [Attribute], location: SourceLocation) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.location = location
    }

    func append(_ child: Element) { children.append(child) }
    func append(_ comment: Comment) { comments.append(comment) }
    func append(text more: String) { text += more }

    /// The value of an attribute without a namespace.
    subscript(attribute: String) -> String? {
        for candidate in attributes where candidate.name == attribute && candidate.namespace.isEmpty { return candidate.value }
        return nil
    }

    func children(named name: String) -> [Element] { children.filter { $0.name == name } }
    func first(_ name: String) -> Element? { children.first { $0.name == name } }

    /// Where an attribute stands, so that a message about its value points at it; the start tag when it cannot be found.
    func location(of attribute: String) -> SourceLocation {
        let bytes = location.file.bytes
        let wanted = Array(attribute.utf8)
        var index = location.offset
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if index > location.offset, bytes[index - 1] <= UInt8(ascii: " "),
                bytes[index...].starts(with: wanted)
            {
                var after = index + wanted.count
                while after < bytes.count, bytes[after] <= UInt8(ascii: " ") { after += 1 }
                if after < bytes.count, bytes[after] == UInt8(ascii: "=") { return SourceLocation(file: location.file, offset: index) }
            }
            index += 1
        }
        return location
    }
}

/// A parsed file.
public struct Document {
    public let file: SourceFile
    let root: Element
}
