// sources: Runtime/Foundations/Coding/*.swift Tests/Fuzz/Support/*.swift
//
// The JSON reader on any bytes. It answers with a value or an error; skipping and reading agree on which; what was read and written again
// is read as the same.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let (written, readError) = rewritten(bytes)
    let skipError = errorOfSkipping(bytes, .lastWins)
    expect(readError == skipError, "reading and skipping agree: \(readError.debug) and \(skipError.debug)")
    if let written {
        expect(rewritten(written).0 == written, "what was written reads back as the same")
        expect(errorOfSkipping(bytes, .reject).map { $0.kind == .duplicateMember } ?? true, "only equal names are refused in addition")
    }
    if let readError { check(readError, bytes) }
    checkSample(bytes, .skip)
    checkSample(bytes, .reject)
    return 0
}

private func checkSample(_ bytes: [UInt8], _ unknownMembers: UnknownMembers) {
    do throws(CodingError) {
        let sample = try Sample(json: bytes, unknownMembers: unknownMembers)
        let written = sample.json()
        let again = try Sample(json: written)
        expect(again.json() == written, "a value reads back as the same")
        expect(sample.isEncodedEqual(to: again), "equal values are equal")
    } catch {
        check(error, bytes)
    }
}

private func errorOfSkipping(_ bytes: [UInt8], _ duplicateMembers: DuplicateMembers) -> CodingError? {
    do throws(CodingError) {
        try JSONReader.read(bytes, duplicateMembers: duplicateMembers) { reader throws(CodingError) in try reader.skipValue() }
        return nil
    } catch {
        return error
    }
}

/// The document read value by value and written again.
private func rewritten(_ bytes: [UInt8]) -> ([UInt8]?, CodingError?) {
    do throws(CodingError) {
        var writer = JSONWriter()
        try JSONReader.read(bytes) { reader throws(CodingError) in try copy(from: &reader, to: &writer) }
        return (writer.finish(), nil)
    } catch {
        return (nil, error)
    }
}

private func copy(from reader: inout JSONReader, to writer: inout JSONWriter) throws(CodingError) {
    switch try reader.peekKind {
    case .object:
        writer.beginObject()
        try reader.beginObject()
        while let name = try reader.nextMember() {
            writer.key(name)
            try copy(from: &reader, to: &writer)
        }
        writer.endObject()
    case .array:
        writer.beginArray()
        try reader.beginArray()
        while try reader.nextElement() { try copy(from: &reader, to: &writer) }
        writer.endArray()
    case .string: writer.value(try reader.string())
    case .number: writer.raw(reader.bytes(in: try reader.rawValue()))
    case .boolean: writer.value(try reader.boolean())
    case .null:
        _ = try reader.readNull()
        writer.null()
    }
}

extension CodingError? {
    fileprivate var debug: String { map(\.description) ?? "no error" }
}
