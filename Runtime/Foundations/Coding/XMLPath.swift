// Names the place of an error in an XML document by reading its tags from the start up to there. Runs only while an error is being made.
// It relies on nothing: on bytes that are no XML it gives some path, and ends.

enum XMLPath {
    private struct Frame {
        let name: String
        /// Which of several elements of this name below the same parent.
        let index: Int
        var childCounts: [String: Int] = [:]
    }

    /// `rule-list.rule[2].protocol` for a byte inside that element or at the start of its tag.
    static func describe(_ document: UnsafeRawBufferPointer, at offset: Int) -> String {
        var frames = [Frame(name: "", index: 0)]
        var position = 0
        while let start = document[position...].firstIndex(of: ASCII.lessThan), start <= offset {
            position = markupEnd(document, from: start)
            guard start + 1 < document.count else { break }
            switch document[start + 1] {
            case ASCII.exclamationMark, ASCII.questionMark: break
            case ASCII.slash where start < offset && position <= offset:
                if frames.count > 1 { frames.removeLast() }
            case ASCII.slash: break
            default:
                let name = elementName(document, from: start + 1)
                if name.isEmpty { continue }
                let index = frames[frames.count - 1].childCounts[name, default: 0]
                frames[frames.count - 1].childCounts[name] = index + 1
                let isEmpty = position >= 2 && document[position - 2] == ASCII.slash
                if !isEmpty || position > offset { frames.append(Frame(name: name, index: index)) }
            }
        }
        return frames.dropFirst().map { $0.index == 0 ? $0.name : "\($0.name)[\($0.index)]" }.joined(separator: ".")
    }

    /// The byte after the tag, comment, section or instruction that begins at `start`.
    private static func markupEnd(_ document: UnsafeRawBufferPointer, from start: Int) -> Int {
        func end(of mark: StaticString, from position: Int) -> Int {
            var position = position
            while position + mark.utf8CodeUnitCount <= document.count {
                if has(mark, at: position, in: document) { return position + mark.utf8CodeUnitCount }
                position += 1
            }
            return document.count
        }
        if has("<!--", at: start, in: document) { return end(of: "-->", from: start + 4) }
        if has("<![CDATA[", at: start, in: document) { return end(of: "]]>", from: start + 9) }
        if has("<?", at: start, in: document) { return end(of: "?>", from: start + 2) }
        var position = start + 1
        var quote: UInt8?
        while position < document.count {
            let byte = document[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == ASCII.quote || byte == ASCII.apostrophe {
                quote = byte
            } else if byte == ASCII.greaterThan {
                return position
            }
        }
        return document.count
    }

    private static func has(_ mark: StaticString, at offset: Int, in document: UnsafeRawBufferPointer) -> Bool {
        guard offset + mark.utf8CodeUnitCount <= document.count else { return false }
        return (0..<mark.utf8CodeUnitCount).allSatisfy { document[offset + $0] == mark.utf8Start[$0] }
    }

    private static func elementName(_ document: UnsafeRawBufferPointer, from start: Int) -> String {
        var end = start
        while let (scalar, length) = UTF8Sequence.decode(document, at: end),
            end == start ? XMLCharacters.isNameStart(scalar) : XMLCharacters.isName(scalar)
        {
            end += length
        }
        return Excerpt.plain(UnsafeRawBufferPointer(rebasing: document[start..<end]))
    }
}
