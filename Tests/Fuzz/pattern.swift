// sources: Runtime/Foundations/Coding/*.swift Tests/Fuzz/Support/*.swift
//
// Regular expressions: the first line of the input is the expression, the rest a text. Compiling answers with an expression or an error,
// and matching ends soon, which the fuzzer's time limit checks.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPattern(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let source = bytes.prefix { $0 != 0x0A }
    let text = bytes.dropFirst(source.count + 1)
    let expression = String(decoding: source, as: UTF8.self)
    do throws(CodingError) {
        let pattern = try Pattern(parsing: expression)
        let matches = pattern.matches(utf8: text)
        if let valid = String(validating: text, as: UTF8.self) {
            expect(pattern.matches(valid) == matches, "bytes and text match alike")
        } else {
            expect(!matches, "what is not text matches nothing")
        }
        // The same expression in a group, and as one of two equal branches, is the same language.
        for variant in ["(\(expression))", "(\(expression))|(\(expression))"] {
            if let other = compiled(variant) { expect(other.matches(utf8: text) == matches, "\(variant) matches as \(expression) does") }
        }
    } catch {
        check(error, Array(expression.utf8))
    }
    return 0
}

/// Nil when the variant is too large or too deep; the expression itself was fine.
private func compiled(_ source: String) -> Pattern? {
    do throws(CodingError) {
        return try Pattern(parsing: source)
    } catch {
        expect(error.kind == .unsupported || error.message.contains("lie in each other"), "a group around a pattern is a pattern: \(error)")
        return nil
    }
}
