// Which files a set of message definitions has, and which of them each may use.

/// The files of a set of definitions, with who includes whom.
struct DefinitionFiles {
    private(set) var files: [MessageFile] = []
    private(set) var roots: [Element] = []
    /// For each file, itself and all that it includes, directly or through others.
    private(set) var visible: [Set<Int>] = []

    init(_ documents: [Document], _ reader: DefinitionReader) {
        var indices: [String: Int] = [:]
        for document in documents {
            let root = document.root
            if root.name != reader.root || root.namespace != reader.namespace {
                reader.diagnostics.error(
                    "not-a-definition", at: root.location,
                    root.name == reader.root
                        ? "the root element <\(root.name)> is not of the namespace \(reader.namespace)"
                        : "the root element is <\(root.name)>, not <\(reader.root)>",
                    hint: "the file begins with <\(reader.root) xmlns=\"\(reader.namespace)\">")
                continue
            }
            if let other = files.first(where: { $0.name == document.file.name }) {
                reader.diagnostics.error(
                    "duplicate-file-name", at: root.location, "\(other.file.path) has the same name, and output is named after the file",
                    hint: "rename one of them")
                continue
            }
            var file = MessageFile(file: document.file)
            var seen: Set<Int> = [files.count]
            for include in reader.children(root, "include") {
                reader.check(include, attributes: ["schemaLocation"], children: [])
                // What cannot be found or read was reported when the files were loaded; included files come first in the list.
                guard let location = include["schemaLocation"],
                    let index = indices[SchemaLoader.resolve(location, besides: document.file.path)]
                else { continue }
                if !file.includes.contains(index) { file.includes.append(index) }
                seen.formUnion(visible[index])
            }
            file.documentation = reader.documentation(root, "the file")
            indices[document.file.path] = files.count
            files.append(file)
            roots.append(root)
            visible.append(seen)
        }
    }
}
