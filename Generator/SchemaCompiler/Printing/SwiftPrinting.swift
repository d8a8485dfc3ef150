// What every Swift backend prints alike: the head of a file, documentation comments, string literals.

extension CodePrinter {
    /// The first lines of a generated Swift file.
    mutating func swiftHeader(from file: String, imports: [String]) {
        line("// Made by schemac from \(file); `swift build` makes it again whenever the schema changes. Change the schema, not this file.")
        blank()
        for module in imports { line("import \(module)") }
    }

    /// Documentation from the schema, ending with the place it comes from.
    mutating func swiftDocumentation(_ text: String, _ location: SourceLocation?) {
        prose(text, prefix: "/// ")
        if let location {
            if !text.isEmpty { line("///") }
            line("/// Schema: \(location.reference)")
        }
    }
}

enum SwiftLiteral {
    /// A string literal; the raw form when that saves escapes.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 { result += "\\u{\(String(scalar.value, radix: 16))}" } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result + "\""
    }
}
