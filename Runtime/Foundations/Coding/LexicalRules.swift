// The schema's rules on single values, and what is said when one is broken: the same words for JSON and XML.

enum LexicalRules {
    /// A broken rule, before it is known where.
    struct Violation {
        let kind: CodingError.Kind
        let message: String
        var hint: String?
    }

    static func boundsViolation(of value: Int, _ bounds: ClosedRange<Int>) -> Violation {
        Violation(
            kind: .range, message: "\(value) is outside \(bounds.lowerBound)…\(bounds.upperBound)",
            hint: value < bounds.lowerBound ? "the smallest value is \(bounds.lowerBound)" : "the greatest value is \(bounds.upperBound)")
    }

    static func widthViolation<Integer: FixedWidthInteger>(of text: String, _: Integer.Type) -> Violation {
        Violation(kind: .range, message: "\(text) is outside \(Integer.min)…\(Integer.max)")
    }

    /// Length in Unicode scalars, as XML Schema counts. Nil when the length is right or the string empty.
    static func lengthViolation(of string: String, _ length: ClosedRange<Int>) -> Violation? {
        // No scalar has more than four bytes: most strings need not be walked.
        let bytes = string.utf8.count
        if bytes == 0 || bytes <= length.upperBound && bytes >= 4 * length.lowerBound { return nil }
        let characters = string.unicodeScalars.count
        if length.contains(characters) { return nil }
        return Violation(
            kind: .length, message: "\(Excerpt.quoted(string)) has \(characters) characters",
            hint: characters < length.lowerBound
                ? "at least \(length.lowerBound) are needed" : "at most \(length.upperBound) are allowed")
    }

    static func enumerationViolation(by value: String, known: [String]) -> Violation {
        let near = NearestNames.nearest(to: value, in: known)
        let question = near.isEmpty ? "" : "did you mean \(Excerpt.list(near))? "
        return Violation(
            kind: .enumeration, message: "\(Excerpt.quoted(value)) is not an allowed value",
            hint: question + "allowed: \(Excerpt.list(known))")
    }
}
