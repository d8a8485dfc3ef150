// Markdown (CommonMark with GitHub's tables), appended byte by byte. A printer knows on which page it is, so that links are relative and
// the manual can lie anywhere.

struct ManualPrinter {
    let page: String
    private let plan: ManualPlan
    /// The folder of the page with a slash at the end, or nothing.
    private let folder: String
    /// What names in backquotes may mean where the prose stands.
    private var context = Context()
    private(set) var bytes: Bytes

    struct Context {
        /// The object whose page this is.
        var object: String?
        /// Headings of its properties, by name.
        var properties: [String: String] = [:]
        /// The structure whose members are being described.
        var structure: StructuredType?
        /// The heading below which the prose stands; it needs no link to itself.
        var subject: String?
    }

    init(page: String, plan: ManualPlan, object: String? = nil) {
        self.page = page
        self.plan = plan
        folder = page.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(page[...$0]) } ?? ""
        context.object = object
        context.properties = object.flatMap { plan.propertyAnchors[$0] } ?? [:]
        bytes = Bytes(capacity: 1 << 14)
    }

    /// For a fragment of the same page.
    private init(fragmentOf printer: ManualPrinter, in structure: StructuredType?) {
        page = printer.page
        plan = printer.plan
        folder = printer.folder
        context = printer.context
        context.structure = structure
        context.subject = nil
        bytes = Bytes(capacity: 1 << 8)
    }

    var file: OutputFile { OutputFile(path: page, bytes: bytes) }

    // MARK: Blocks

    mutating func heading(_ level: Int, _ title: String) { heading(level, Text(title)) }

    mutating func heading(_ level: Int, _ text: Text) {
        if !bytes.isEmpty { blank() }
        for _ in 0..<level { bytes.append(UInt8(ascii: "#")) }
        line(" \(text)")
    }

    /// A paragraph or another block, with an empty line before it.
    mutating func block(_ text: Text) {
        blank()
        line(text)
    }

    mutating func line(_ text: Text) {
        raw(text)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func blank() { bytes.append(UInt8(ascii: "\n")) }

    mutating func raw(_ text: Text) { bytes.append(text) }

    mutating func code(_ language: String, _ text: Text) {
        block("```\(language)")
        raw(text)
        if !text.isEmpty, bytes.last != UInt8(ascii: "\n") { blank() }
        line("```")
    }

    /// The head of a table; rows follow as `row`.
    mutating func table(_ columns: Text...) {
        blank()
        row(columns)
        row(columns.map { _ in "---" })
    }

    mutating func row(_ cells: Text...) { row(cells) }

    private mutating func row(_ cells: [Text]) {
        for cell in cells {
            raw("| ")
            raw(cell)
            raw(" ")
        }
        line("|")
    }

    // MARK: Links

    func link(_ text: String, to target: String, _ anchor: String? = nil) -> Text { "[\(text)](\(address(target, anchor)))" }

    private func address(_ target: String, _ anchor: String?) -> Text {
        guard let anchor else { return Text(path(to: target)) }
        return target == page ? "#\(anchor)" : "\(path(to: target))#\(anchor)"
    }

    /// Relative to the page.
    private func path(to target: String) -> String {
        if folder.isEmpty { return target }
        return target.hasPrefix(folder) ? String(target.dropFirst(folder.count)) : "../" + target
    }

    func objectLink(_ object: String) -> Text { plan.objectPages[object].map { link(object, to: $0) } ?? "`\(object)`" }

    func typeLink(_ type: String) -> Text {
        plan.typePlaces[type].map { link(type, to: $0.page, $0.anchor) } ?? "`\(type)`"
    }

    // MARK: Prose

    /// The schema's prose as paragraphs.
    mutating func prose(_ text: String, about subject: String? = nil) {
        guard !text.isEmpty else { return }
        context.subject = subject
        blank()
        append(text, isCell: false)
        blank()
    }

    /// The schema's prose in a cell of a table: one line.
    func cell(_ text: String, in structure: StructuredType? = nil) -> Text {
        var fragment = ManualPrinter(fragmentOf: self, in: structure)
        fragment.append(text, isCell: true)
        return Text(bytes: fragment.bytes)
    }

    /// Prose is plain text with names in backquotes. Signs that mean something to Markdown are escaped; names become links, the first time
    /// they occur.
    private mutating func append(_ text: String, isCell: Bool) {
        var linked: Set<String> = []
        var isLineStart = true
        var text = text
        text.withUTF8 { utf8 in
            var index = 0
            /// Where the text begins that is not written yet.
            var pending = 0
            while index < utf8.count {
                let byte = utf8[index]
                let needsEscape: Bool
                switch byte {
                case UInt8(ascii: "`"):
                    guard let end = utf8[(index + 1)...].firstIndex(of: byte) else {
                        needsEscape = true
                        break
                    }
                    bytes.append(UnsafeBufferPointer(rebasing: utf8[pending..<index]))
                    raw(resolved(String(decoding: utf8[(index + 1)..<end], as: UTF8.self), isCell: isCell, &linked))
                    isLineStart = false
                    index = end + 1
                    pending = index
                    continue
                case UInt8(ascii: "\n"):
                    bytes.append(UnsafeBufferPointer(rebasing: utf8[pending..<index]))
                    // A cell is one line; its paragraphs are parted by one break, however many line ends there were.
                    if !isCell { bytes.append(byte) } else if !isLineStart { raw("<br>") }
                    isLineStart = true
                    index += 1
                    pending = index
                    continue
                case UInt8(ascii: "*"), UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"), UInt8(ascii: "~"),
                    UInt8(ascii: "|"):
                    needsEscape = true
                // Within a word a low line is only a sign.
                case UInt8(ascii: "_"):
                    needsEscape = !(index > 0 && utf8[index - 1].isWordByte && index + 1 < utf8.count && utf8[index + 1].isWordByte)
                // At the beginning of a line these open lists, headings and quotations.
                case UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "="):
                    needsEscape = isLineStart
                case UInt8(ascii: "."), UInt8(ascii: ")"): needsEscape = isLineStart && index > 0 && utf8[index - 1].isDigitByte
                case UInt8(ascii: "&"): needsEscape = index + 1 < utf8.count && utf8[index + 1] != 32
                default: needsEscape = false
                }
                if needsEscape {
                    bytes.append(UnsafeBufferPointer(rebasing: utf8[pending..<index]))
                    bytes.append(UInt8(ascii: "\\"))
                    pending = index
                }
                if !byte.isDigitByte { isLineStart = false }
                index += 1
            }
            bytes.append(UnsafeBufferPointer(rebasing: utf8[pending...]))
        }
    }

    /// What a name in backquotes becomes.
    private func resolved(_ name: String, isCell: Bool, _ linked: inout Set<String>) -> Text {
        let isMember = context.structure?.members.contains { $0.name == name } ?? false
        let anchor = context.properties[name]
        let meaning = plan.meanings[name]
        // Where a name means a member, it is spelled as in JSON; objects keep the name that they have in paths.
        let spelling = isMember || anchor != nil ? Naming.jsonKey(name) : meaning?.spelling ?? name
        // Even in code a bar ends the cell of a table.
        let code: Text = "`\(isCell ? spelling.escapingBars : spelling)`"
        if isMember || name == context.structure?.name || name == context.subject || name == context.object { return code }
        let target: Text
        if let anchor {
            target = "#\(anchor)"
        } else if let place = meaning?.place {
            target = address(place.page, place.anchor)
        } else {
            return code
        }
        return linked.insert(name).inserted ? "[\(code)](\(target))" : code
    }
}

extension UInt8 {
    fileprivate var isDigitByte: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    fileprivate var isWordByte: Bool {
        isDigitByte || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || self >= 0x80
    }
}

extension String {
    /// For text in a cell of a table.
    fileprivate var escapingBars: String {
        guard utf8.contains(UInt8(ascii: "|")) else { return self }
        return split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
