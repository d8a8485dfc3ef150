// The last stage of every backend: declarations, already named and decided, become text. The printer knows indentation and nothing else.

/// Accumulates indented lines of text.
public struct CodePrinter {
    public private(set) var bytes = Bytes(capacity: 1 << 16)
    private var depth = 0
    private let unit: [UInt8]

    /// - Parameter indentation: what one level of nesting is written as.
    public init(indentation: String = "    ") {
        unit = Array(indentation.utf8)
    }

    public mutating func line(_ text: Text) {
        indent()
        bytes.append(text)
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func indent() { unit.withUnsafeBufferPointer { for _ in 0..<depth { bytes.append($0) } } }

    public mutating func blank() { bytes.append(UInt8(ascii: "\n")) }

    /// Text that carries its own line breaks and is not indented.
    public mutating func raw(_ text: Text) { bytes.append(text) }

    /// `opening`, the body one level deeper, `closing`.
    public mutating func block(_ opening: Text, _ closing: Text = "}", _ body: (inout CodePrinter) -> Void) {
        line(opening)
        indented(body)
        line(closing)
    }

    public mutating func indented(_ body: (inout CodePrinter) -> Void) {
        depth += 1
        body(&self)
        depth -= 1
    }

    /// Prose as comment lines, each beginning with `prefix`, wrapped so that lines stay within `width` columns. Empty lines
    /// between paragraphs are kept.
    public mutating func prose(_ text: String, prefix: String, width: Int = 132) {
        let room = max(40 + prefix.utf8.count, width - depth * unit.count)
        wrap(text, first: prefix, next: prefix, betweenParagraphs: trimmed(prefix), width: room)
    }

    /// Text broken at white space into lines of at most `width` columns, indentation not counted: the first line begins with `first`, the
    /// others with `next`. Paragraphs are separated by the line `betweenParagraphs`, or run together when it is nil. `lastWord` follows
    /// the text.
    public mutating func wrap(
        _ text: String, first: String = "", next: String = "", betweenParagraphs: String? = nil, lastWord: String = "", width: Int
    ) {
        var text = text
        var lastWord = lastWord
        var place = WrappingPlace.beforeText
        text.withUTF8 { text in
            var index = 0
            while true {
                var newlines = 0
                while index < text.count, text[index] <= 32 {
                    if text[index] == UInt8(ascii: "\n") { newlines += 1 }
                    index += 1
                }
                guard index < text.count else { break }
                let start = index
                while index < text.count, text[index] > 32 { index += 1 }
                if let betweenParagraphs, newlines > 1, place != .beforeText {
                    bytes.append(UInt8(ascii: "\n"))
                    if betweenParagraphs.isEmpty { blank() } else { line(Text(betweenParagraphs)) }
                    place = .betweenLines
                }
                append(UnsafeBufferPointer(rebasing: text[start..<index]), at: &place, first, next, width)
            }
        }
        if !lastWord.isEmpty { lastWord.withUTF8 { append($0, at: &place, first, next, width) } }
        if place != .beforeText { bytes.append(UInt8(ascii: "\n")) }
    }

    /// Where the next word of wrapped text comes.
    private enum WrappingPlace: Equatable {
        case beforeText
        case betweenLines
        /// After so many columns of a line.
        case inLine(Int)
    }

    private mutating func append(
        _ word: UnsafeBufferPointer<UInt8>, at place: inout WrappingPlace, _ first: String, _ next: String, _ width: Int
    ) {
        if case .inLine(let used) = place, used + 1 + word.count <= width {
            bytes.append(UInt8(ascii: " "))
            place = .inLine(used + 1 + word.count)
        } else {
            if case .inLine = place { bytes.append(UInt8(ascii: "\n")) }
            let prefix = place == .beforeText ? first : next
            indent()
            bytes.append(prefix)
            place = .inLine(prefix.utf8.count + word.count)
        }
        bytes.append(word)
    }

    private func trimmed(_ prefix: String) -> String { prefix.last == " " ? String(prefix.dropLast()) : prefix }
}

/// Documentation as it comes out of a schema: any indentation, paragraphs separated by empty lines.
public enum Prose {
    /// The paragraphs of `text`, each on one line with single spaces.
    public static func paragraphs(_ text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var result: [String] = []
            var current: [UInt8] = []
            var index = 0
            while true {
                var newlines = 0
                while index < bytes.count, bytes[index] <= 32 {
                    if bytes[index] == UInt8(ascii: "\n") { newlines += 1 }
                    index += 1
                }
                if !current.isEmpty, newlines > 1 || index == bytes.count {
                    result.append(String(decoding: current, as: UTF8.self))
                    current.removeAll(keepingCapacity: true)
                }
                guard index < bytes.count else { return result }
                let start = index
                while index < bytes.count, bytes[index] > 32 { index += 1 }
                if !current.isEmpty { current.append(32) }
                current.append(contentsOf: bytes[start..<index])
            }
        }
    }

    /// The first sentence: what a one-line summary shows.
    public static func summary(_ text: String) -> String {
        guard let first = paragraphs(text).first else { return "" }
        let bytes = Array(first.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: ".") {
            // A stop inside a number or an abbreviation is followed by more of the sentence.
            let next = index + 1 < bytes.count ? bytes[index + 1] : 32
            let afterNext = index + 2 < bytes.count ? bytes[index + 2] : UInt8(ascii: "A")
            let startsSentence = (65...90).contains(afterNext) || afterNext == UInt8(ascii: "`") || afterNext >= 0x80
            if next == 32, startsSentence { return String(decoding: bytes[...index], as: UTF8.self) }
        }
        return first
    }

    static func wrap(_ paragraph: String, width: Int) -> [String] {
        var lines: [String] = []
        var line: [UInt8] = []
        for word in paragraph.utf8.split(separator: UInt8(ascii: " ")) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
            }
            if !line.isEmpty { line.append(32) }
            line.append(contentsOf: word)
        }
        if !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }
}
