// sources: Runtime/Foundations/Coding/*.swift Tests/Fuzz/Support/*.swift
//
// The XML reader on any bytes. It answers with a value or an error; what can be read can be skipped; what was read and written again is
// read as the same.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let skipError = errorOfSkipping(bytes)
    if let skipError { check(skipError, bytes) }
    do throws(CodingError) {
        let written = try rewritten(bytes)
        expect(skipError == nil, "what can be read can be skipped: \(skipError.map(\.description) ?? "")")
        expect(errorOfSkipping(written) == nil, "what was written is XML")
        let again = try rewritten(written)
        expect(again == written, "what was written reads back as the same")
    } catch {
        check(error, bytes)
    }
    checkSample(bytes, .skip)
    checkSample(bytes, .reject)
    return 0
}

private func checkSample(_ bytes: [UInt8], _ unknownElements: UnknownMembers) {
    do throws(CodingError) {
        let written = try Sample(xml: bytes, unknownElements: unknownElements).xml(root: "sample")
        do throws(CodingError) {
            expect(try Sample(xml: written).xml(root: "sample") == written, "a value reads back as the same")
        } catch {
            expect(false, "a written value can be read: \(error)")
        }
    } catch {
        check(error, bytes)
    }
}

private func errorOfSkipping(_ bytes: [UInt8]) -> CodingError? {
    do throws(CodingError) {
        try XMLReader.read(bytes) { reader throws(CodingError) in try reader.skipElement() }
        return nil
    } catch {
        return error
    }
}

/// The document read element by element and written again, without comments and the blanks before text.
private func rewritten(_ bytes: [UInt8]) throws(CodingError) -> [UInt8] {
    var writer = XMLWriter()
    try XMLReader.read(bytes) { reader throws(CodingError) in try copy(from: &reader, to: &writer) }
    return writer.finish()
}

private func copy(from reader: inout XMLReader, to writer: inout XMLWriter) throws(CodingError) {
    let name = reader.elementName
    writer.start(name)
    for (name, value) in reader.attributes { writer.attribute(name, value) }
    var isFirst = true
    while true {
        let hasChild: Bool
        do throws(CodingError) {
            hasChild = try reader.nextChild() != nil
        } catch {
            // The reader stops in front of text that it does not expect: then this is an element with text.
            guard isFirst, error.kind == .syntax, error.message.hasPrefix("text in the element") else { throw error }
            let text = try reader.text().drop { [" ", "\t", "\n", "\r", "\r\n"].contains($0) }
            writer.text(String(text))
            break
        }
        guard hasChild else { break }
        isFirst = false
        try copy(from: &reader, to: &writer)
    }
    writer.end(name)
}
