// A file that the compiler reads, and positions in it. Everything that is later said about a schema points back here.

/// The bytes of one input file and the way from a byte offset to the line and column that an editor shows.
public final class SourceFile {
    /// The path as the user would write it; it begins every diagnostic about this file.
    public let path: String
    /// The name that output derived from this file carries: the last component without `.xsd` or `.xml`.
    public let name: String
    /// The last component of the path.
    public let lastComponent: String
    let bytes: [UInt8]
    /// Computed when the first position is asked for. Generated code names the line of every declaration, so finding one is a search.
    private lazy var lineStarts: [Int] = bytes.withUnsafeBufferPointer { bytes in
        var starts = [0]
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") { starts.append(offset + 1) }
        return starts
    }

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        lastComponent = path.split(separator: "/").last.map(String.init) ?? path
        var last = lastComponent
        for suffix in [".xsd", ".xml"] where last.hasSuffix(suffix) { last.removeLast(suffix.count) }
        name = last
    }

    /// The line, counted from 1, that holds the byte at `offset`. Offsets past the end mean the end.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Line and column, both counted from 1; the column counts Unicode scalars.
    func position(at offset: Int) -> (line: Int, column: Int) {
        let offset = min(max(offset, 0), bytes.count)
        let line = line(at: offset)
        // Continuation bytes of UTF-8 (10xxxxxx) do not begin a character.
        let column = bytes[lineStarts[line - 1]..<offset].reduce(1) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 }
        return (line, column)
    }

    /// A line for showing beneath a diagnostic, and the column in what is shown. Of a long line the part around the column is shown. Nil
    /// where showing would not help: an empty line, one that is not text, one longer than any person writes.
    func excerpt(around position: (line: Int, column: Int)) -> (text: String, column: Int)? {
        let start = lineStarts[position.line - 1]
        var end = position.line < lineStarts.count ? lineStarts[position.line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard start < end, end - start <= 10_000 else { return nil }
        let isPrintable = bytes[start..<end].allSatisfy { $0 >= 32 && $0 != 127 || $0 == UInt8(ascii: "\t") }
        guard isPrintable, let line = String(validating: bytes[start..<end], as: UTF8.self) else { return nil }
        let scalars = Array(line.unicodeScalars)
        let width = 120
        guard scalars.count > width else { return (line, position.column) }
        let first = min(max(0, position.column - 1 - width / 2), scalars.count - width)
        var shown = String.UnicodeScalarView(scalars[first..<(first + width)])
        if first > 0 { shown.replaceSubrange(shown.startIndex...shown.startIndex, with: ["…"]) }
        if first + width < scalars.count { shown.append("…") }
        return (String(shown), position.column - first)
    }
}

/// A place in a source file.
public struct SourceLocation {
    public let file: SourceFile
    public let offset: Int

    public init(file: SourceFile, offset: Int) {
        self.file = file
        self.offset = offset
    }

    public var line: Int { file.line(at: offset) }

    /// `network.xsd:120`, as generated code names the declaration it was made from. The folder is left out: output
    /// must not depend on where the checkout lies.
    public var reference: String { "\(file.lastComponent):\(line)" }
}
