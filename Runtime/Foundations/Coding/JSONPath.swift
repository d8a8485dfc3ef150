// Names the place of an error: reads a document from its start up to the byte in question and remembers which containers are open there.
// Runs only while an error is being made. It relies on nothing: on bytes that are no JSON it gives some path, and ends.

enum JSONPath {
    private static let maximumNameBytes = 64

    private enum Frame {
        /// An object; the name is that of the member being read, nil between members.
        case object(name: Range<Int>?)
        case array(index: Int)
    }

    /// `policy_rule[2].protocol` for a byte inside that value, and for one at the start of its name.
    static func describe(_ document: UnsafeRawBufferPointer, at offset: Int) -> String {
        var frames: [Frame] = []
        var position = 0
        while position < document.count, position <= offset {
            let byte = document[position]
            let isTarget = position == offset
            var next = position + 1
            switch byte {
            case ASCII.quote:
                let end = stringEnd(document, from: next)
                if case .object(nil)? = frames.last { frames[frames.count - 1] = .object(name: next..<end) }
                next = end + 1
            case ASCII.openBrace where !isTarget: frames.append(.object(name: nil))
            case ASCII.openBracket where !isTarget: frames.append(.array(index: 0))
            case ASCII.closeBrace where !isTarget, ASCII.closeBracket where !isTarget: _ = frames.popLast()
            case ASCII.comma where !isTarget:
                switch frames.last {
                case .object: frames[frames.count - 1] = .object(name: nil)
                case .array(let index): frames[frames.count - 1] = .array(index: index + 1)
                case nil: break
                }
            default: break
            }
            position = next
        }
        return text(of: frames, document)
    }

    /// The closing quote, or the end of the document.
    private static func stringEnd(_ document: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while position < document.count, document[position] != ASCII.quote {
            position += document[position] == ASCII.backslash ? 2 : 1
        }
        return min(position, document.count)
    }

    private static func text(of frames: [Frame], _ document: UnsafeRawBufferPointer) -> String {
        var path = ""
        for frame in frames {
            switch frame {
            case .array(let index):
                path += "[\(index)]"
            case .object(let name?):
                if !path.isEmpty { path += "." }
                path += Excerpt.plain(UnsafeRawBufferPointer(rebasing: document[name.prefix(maximumNameBytes)]))
            case .object(nil):
                break
            }
        }
        return path
    }
}
