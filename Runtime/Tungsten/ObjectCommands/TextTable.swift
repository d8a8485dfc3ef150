// Columns of text for terminals and pipes.

/// Aligned columns. An empty cell shows as `-`, so that every line has as many words as the first.
public struct TextTable: Sendable {
    public var columns: [String]
    public var rows: [[String]] = []

    public init(_ columns: [String]) { self.columns = columns }

    /// - Parameter headings: whether the first line names the columns.
    public func text(headings: Bool = true) -> String {
        let lines = (headings ? [columns.map { $0.uppercased() }] : []) + rows.map { $0.map { $0.isEmpty ? "-" : Self.oneLine($0) } }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, word) in line.enumerated() {
                text += word
                if column + 1 < line.count { text += String(repeating: " ", count: widths[column] - word.count + 2) }
            }
            return text + "\n"
        }.joined()
    }

    /// Text of somebody else may hold line breaks and codes that terminals obey.
    static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || 0x7F...0x9F ~= $0.value ? " " : $0 }))
    }
}
