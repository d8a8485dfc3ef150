// sources: Generator/SchemaCompiler/**/*.swift
// flags: -Onone -I Generator/CLibXML2 -Xcc -I/usr/include/libxml2 -lxml2
//
// Unoptimised: optimising the whole compiler with coverage takes minutes, and the inputs it would gain are not worth them.
//
// The schema compiler on any text: a data model in either dialect, or message definitions, through all stages and the backends that take
// little time. It answers with files or with errors, never with both or neither; every finding has a place, and one schema makes one output.

/// The input, and a file for it to include. Nothing else can be read.
private struct Files: FileSource {
    let text: [UInt8]
    /// Parsed like any other file, so that a name may be declared in two of them.
    private static let types = Array(
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="Label">
        <xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType></xs:schema>
        """.utf8)

    func contents(of path: String) throws(FileFailure) -> [UInt8] {
        switch path {
        case "net.xsd": return text
        case "types.xsd": return Self.types
        default: throw FileFailure(reason: "No such file or directory")
        }
    }
}

private let configuration = ["swift-model", "swift-rest", "swift-client", "swift-graph", "python", "json-schema"].compactMap(Backend.named)
private let sandesh = ["swift-sandesh"].compactMap(Backend.named)
private let forwarder = ["swift-forwarder", "c-forwarder"].compactMap(Backend.named)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSchema(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let backends = kind(of: bytes)
    let (made, compiler) = compile(bytes, backends)
    expect((made == nil) == compiler.diagnostics.failed, "files are made exactly when there is no error")
    check(compiler.diagnostics, bytes)
    guard let made else { return 0 }
    for output in made {
        expect(!output.path.hasPrefix("/") && !output.path.contains(".."), "\(output.path) lies in the folder")
        expect(String(validating: output.bytes, as: UTF8.self) != nil, "\(output.path) is UTF-8")
        expect(!output.bytes.contains(0), "\(output.path) is text")
    }
    let again = compile(bytes, backends).outputs ?? []
    expect(made.map(\.path) == again.map(\.path) && made.map(\.bytes) == again.map(\.bytes), "the same schema makes the same files")
    if backends.count == configuration.count {
        let model = Compiler(source: Files(text: bytes)).configurationModel(files: ["net.xsd"])
        expect(SchemaComparison(from: model, to: model).changes.isEmpty, "a schema does not differ from itself")
        for kind in Listing.Kind.allCases { _ = Listing(kind, of: model).json() }
        if let object = model.objects.first { _ = try? Explainer(model: model).explain(object.name).rendered() }
    }
    return 0
}

/// The backends that read what the text seems to be.
private func kind(of bytes: [UInt8]) -> [Backend] {
    let quiet = Diagnostics()
    let document = DocumentReader.read(SourceFile(path: "net.xsd", bytes: bytes), quiet)
    return document?.root.name == "messages" ? sandesh : document?.root.name == "forwarder" ? forwarder : configuration
}

private func compile(_ bytes: [UInt8], _ backends: [Backend]) -> (outputs: [OutputFile]?, compiler: Compiler) {
    let compiler = Compiler(source: Files(text: bytes))
    return (compiler.outputs(of: backends, files: ["net.xsd"]), compiler)
}

private func check(_ diagnostics: Diagnostics, _ bytes: [UInt8]) {
    for finding in diagnostics.all {
        guard let place = finding.location else {
            fatalError("broken promise: \(finding.code.rawValue) has a place")
        }
        expect(place.file.path != "net.xsd" || (0...bytes.count).contains(place.offset), "\(finding.code.rawValue) lies in the file")
        expect(!finding.message.isEmpty, "\(finding.code.rawValue) says something")
    }
    let text = diagnostics.rendered()
    expect(text.isEmpty == diagnostics.all.isEmpty, "what was found is said")
    expect(text.utf8.count <= diagnostics.all.count * 20_000 + 200, "a finding is short")
    expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }, "a finding is printable")
}

/// Stops with a text that says which promise was broken; the fuzzer keeps the input.
private func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}
