// What an operator sees of a table of the forwarder: columns and rows, as text to read or JSON to process. The same names for both.

import Coding

public struct InspectionTable: Sendable, Equatable {
    public enum Cell: Sendable, Equatable {
        case number(UInt64)
        case text(String)
        case list([String])
        case none

        var text: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text): text
            case .list(let words): words.joined(separator: ",")
            case .none: "-"
            }
        }

        var isNumber: Bool { if case .number = self { true } else { false } }
    }

    public var columns: [String]
    public var rows: [[Cell]] = []

    public init(_ columns: [String]) { self.columns = columns }

    /// Aligned columns under their names: numbers to the right, the rest to the left, no spaces at line ends.
    public var text: String {
        let cells = rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in
            cells.reduce(columns[column].count) { max($0, $1[column].count) }
        }
        let isNumeric = columns.indices.map { column in rows.contains { $0[column].isNumber } }
        func line(_ words: [String]) -> String {
            var line = ""
            for (column, word) in words.enumerated() {
                if column > 0 { line += "  " }
                let padding = String(repeating: " ", count: widths[column] - word.count)
                line += isNumeric[column] ? padding + word : word + padding
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }
        return line(columns.map { $0.uppercased() }) + cells.map(line).joined()
    }

    /// The table without some of its columns.
    public func without(_ names: Set<String>) -> InspectionTable {
        let kept = columns.indices.filter { !names.contains(columns[$0]) }
        var table = InspectionTable(kept.map { columns[$0] })
        table.rows = rows.map { row in kept.map { row[$0] } }
        return table
    }

    /// The first row in a line of prose: each column that it has a value for, with its name.
    public var sentence: String? {
        rows.first.map { row in
            zip(columns, row).filter { $0.1 != .none }.map { "\($0.0) \($0.1.text)" }.joined(separator: ", ")
        }
    }

    /// An array of objects, one a row; what a row does not have is left out.
    public var json: String {
        var writer = JSONWriter()
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            for (name, cell) in zip(columns, row) where cell != .none {
                writer.key(name)
                switch cell {
                case .number(let number): writer.value(number)
                case .text(let text): writer.value(text)
                case .list(let words):
                    writer.beginArray()
                    for word in words { writer.value(word) }
                    writer.endArray()
                case .none: break
                }
            }
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.finish(), as: UTF8.self) + "\n"
    }
}
