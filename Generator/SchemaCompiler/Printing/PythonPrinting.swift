// What Python modules have in common: their head, docstrings, literals.

extension CodePrinter {
    /// The first lines of a generated module. `module` is what it is, as a docstring.
    mutating func pythonHeader(from source: String, _ module: String) {
        line("# Made by schemac from \(source); `make python` makes it again. Change the schema, not this file.")
        docstring(module)
        blank()
        line("from __future__ import annotations")
        blank()
    }

    /// A docstring; one that fits is printed on one line. After the text come a `note`, the place in the schema, and `sections`.
    mutating func docstring(
        _ text: String, note: String = "", location: SourceLocation? = nil, sections: ((inout CodePrinter) -> Void)? = nil
    ) {
        let text = PythonLiteral.docstring(text)
        if location == nil, sections == nil {
            if text.isEmpty { return }
            // A quote before the closing ones would be one of them.
            if text.utf8.count <= 120, text.utf8.last != UInt8(ascii: "\""), !text.utf8.contains(UInt8(ascii: "\n")) {
                line("\"\"\"\(text)\"\"\"")
                return
            }
        }
        if text.isEmpty {
            line("\"\"\"")
        } else {
            wrap(text, first: "\"\"\"", betweenParagraphs: "", width: 120)
        }
        if let location {
            if !text.isEmpty { blank() }
            wrap(note, width: 120)
            line("Schema: \(location.reference).")
        }
        sections?(&self)
        line("\"\"\"")
    }

    /// A titled list in a docstring: `Attributes:`, and an entry for each attribute.
    mutating func docstringSection(_ title: String, _ entries: (inout CodePrinter) -> Void) {
        blank()
        line(Text(title))
        indented(entries)
    }

    /// An entry of a titled list: a name, what it means, and where the schema says so.
    mutating func docstringEntry(_ name: String, _ text: String, _ location: SourceLocation?) {
        wrap(
            PythonLiteral.docstring(text), first: name + ": ", next: "    ", lastWord: location.map { "(\($0.reference))" } ?? "",
            width: 112)
    }
}

enum PythonLiteral {
    /// A string literal.
    static func string(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }) else { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    /// Text that may stand inside a docstring: it can neither escape anything nor end it.
    static func docstring(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else { return text }
        var result: [UInt8] = []
        var quotes = 0
        for byte in text.utf8 {
            quotes = byte == UInt8(ascii: "\"") ? quotes + 1 : 0
            if byte == UInt8(ascii: "\\") || quotes == 3 { result.append(UInt8(ascii: "\\")) }
            if quotes == 3 { quotes = 0 }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The literal of a default as the schema writes it; nil when that is no value of the scalar.
    static func value(_ text: String, _ scalar: Scalar) -> String? {
        switch scalar {
        case .boolean: text == "true" || text == "1" ? "True" : text == "false" || text == "0" ? "False" : nil
        case .integer: Int(text).map(String.init)
        case .unsignedInt, .unsignedShort, .unsignedLong: UInt64(text).map { "\($0)" }
        case .string, .dateTime, .time: string(text)
        }
    }
}
