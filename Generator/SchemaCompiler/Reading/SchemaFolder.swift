// A folder given in place of files means the schema files in it. Promises an order that does not depend on the file system.

import Glibc

/// Finds the schema files that a user means by a path.
public enum SchemaFolder {
    /// Files stand for themselves, folders for the `*.xml` directly inside them, sorted by the bytes of their names; where there is none, for
    /// the `*.xsd`. (A folder of message definitions, which are XML, also holds the XSD that describes them.)
    public static func expand(_ paths: [String], _ diagnostics: Diagnostics) -> [String] {
        paths.flatMap { path -> [String] in
            var status = stat()
            // What does not exist is reported by whoever opens it.
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [path] }
            guard let folder = opendir(path) else {
                diagnostics.error("cannot-read", at: nil, "cannot list the folder \(path): \(String(cString: strerror(errno)))")
                return []
            }
            defer { closedir(folder) }
            var names: [String] = []
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name.hasSuffix(".xsd") || name.hasSuffix(".xml"), !name.hasPrefix(".") { names.append(name) }
            }
            if names.isEmpty {
                diagnostics.error(
                    "cannot-read", at: nil, "the folder \(path) holds no .xsd and no .xml file",
                    hint: "name the folder that holds the schema")
            }
            let definitions = names.filter { $0.hasSuffix(".xml") }
            if !definitions.isEmpty { names = definitions }
            let lead = path.hasSuffix("/") ? path : path + "/"
            return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { lead + $0 }
        }
    }
}
