// The same document as a Swift module, for the configuration server to serve: the bytes of `openapi.json` in one literal, which costs the
// Swift compiler less than half a second, and a tag that changes with them.

extension OpenAPIBackend {
    /// `OpenAPI.swift`, whose text is byte for byte that of `openapi.json`.
    public func swiftFiles() -> [OutputFile] {
        files().map { document in
            var printer = CodePrinter()
            printer.swiftHeader(from: "all files of the schema", imports: [])
            printer.blank()
            printer.line("/// What the REST API is, as an OpenAPI document.")
            printer.block("public enum ConfigurationDescription {") { printer in
                printer.line("/// Differs whenever the document does.")
                printer.line("public static let tag = \"\(Self.tag(document.bytes))\"")
                printer.line("/// The document, in JSON.")
                printer.line("public static var document: StaticString { openAPIDocument }")
            }
            printer.blank()
            // At the margin, so that every line is as it is in the document. JSON has no three quotation marks in a row outside of its texts,
            // and a backslash before each of those inside.
            printer.line("private let openAPIDocument: StaticString = ##\"\"\"")
            printer.raw(Text(bytes: document.bytes))
            printer.blank()
            printer.line("\"\"\"##")
            return OutputFile(path: "OpenAPI.swift", bytes: printer.bytes)
        }
    }

    /// FNV-1a in 64 bits: no secret depends on it.
    private static func tag(_ bytes: Bytes) -> String {
        bytes.withUnsafeBytes { bytes in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return String(hash, radix: 16)
        }
    }
}
