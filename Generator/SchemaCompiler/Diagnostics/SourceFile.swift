// A file that the compiler reads, and positions in it. Everything that is later said about a schema points back here.

/// The bytes of one input file and the way from a byte offset to the line and column that an editor shows.
public final class SourceFile {
    /// The path as the user would write it; it begins every diagnostic about this file.
    public let path: String
    /// The name that output derived from this file carries: the last component without `.xsd` or `.xml`.
    public let name: String
    let bytes: [UInt8]
    private lazy var lineStarts: [Int] = {
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
        return starts
    }()

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        var last = path.split(separator: "/").last.map(String.init) ?? path
        for suffix in [".xsd", ".xml"] where last.hasSuffix(suffix) { last.removeLast(suffix.count) }
        name = last
    }

    /// Line and column, both counted from 1; the column counts Unicode scalars. Offsets past the end mean the end.
    func position(at offset: Int) -> (line: Int, column: Int) {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        // Continuation bytes of UTF-8 (10xxxxxx) do not begin a character.
        let column = bytes[lineStarts[low]..<offset].lazy.filter { $0 & 0xC0 != 0x80 }.count + 1
        return (low + 1, column)
    }

    /// The text of a line without its end, for showing beneath a diagnostic.
    func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
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

    public var line: Int { file.position(at: offset).line }
    public var column: Int { file.position(at: offset).column }

    /// `network.xsd:120`, as generated code names the declaration it was made from. The folder is left out: output
    /// must not depend on where the checkout lies.
    public var reference: String {
        let last = file.path.split(separator: "/").last.map(String.init) ?? file.path
        return "\(last):\(line)"
    }
}
