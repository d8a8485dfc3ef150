// What `schemac explain` prints: a title, prose, a list of facts, and tables. Holds no knowledge of schemas, so that every kind of schema
// is explained in the same form.

/// The answer to "what is this?".
public struct Explanation {
    /// A table under a heading. Rows may have different lengths; the last cell of a row is wrapped.
    struct Section {
        let heading: String
        var rows: [[String]]
    }

    let title: String
    /// `object`, `property of …`.
    let kind: String
    let documentation: String
    /// Labels and texts, in order.
    private(set) var facts: [(label: String, text: String)] = []
    private(set) var sections: [Section] = []

    init(_ title: String, _ kind: String, documentation: String) {
        self.title = title
        self.kind = kind
        self.documentation = documentation
    }

    mutating func fact(_ label: String, _ text: String?) {
        if let text, !text.isEmpty { facts.append((label, text)) }
    }

    mutating func section(_ heading: String, _ rows: [[String]]) {
        if !rows.isEmpty { sections.append(Section(heading: heading, rows: rows)) }
    }

    /// The explanation as text of at most `width` columns, as far as its words allow.
    public func rendered(width: Int = 100) -> String {
        var text = "\(title): \(kind)\n"
        for paragraph in Prose.paragraphs(documentation) {
            text += "\n" + Prose.wrap(paragraph, width: width).joined(separator: "\n") + "\n"
        }
        if !facts.isEmpty { text += "\n" + Self.table(facts.map { [$0.label, $0.text] }, width: width) }
        for section in sections { text += "\n\(section.heading)\n" + Self.table(section.rows, indentation: 2, width: width) }
        return text
    }

    /// Cells in columns two blanks apart; what is too long for its line goes on below the beginning of its cell.
    private static func table(_ rows: [[String]], indentation: Int = 0, width: Int) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.unicodeScalars.count)
            }
        }
        let blanks = { (count: Int) in String(repeating: " ", count: max(0, count)) }
        var text = ""
        for row in rows {
            var line = blanks(indentation)
            for (column, cell) in row.dropLast().enumerated() { line += cell + blanks(widths[column] + 2 - cell.unicodeScalars.count) }
            let start = line.unicodeScalars.count
            let last = Prose.wrap(row.last ?? "", width: max(30, width - start))
            line += last.first ?? ""
            while line.last == " " { line.removeLast() }
            text += line + "\n"
            for more in last.dropFirst() { text += blanks(start) + more + "\n" }
        }
        return text
    }
}
