// Text on its way into a printer's buffer. Lines of output are written as interpolations, hundreds of thousands of pieces in a run, and a
// `String` checks and moves much more for each piece than a copy of its bytes takes.

/// What a printer prints: a string, or an interpolation whose pieces are appended as bytes.
///
/// A literal where a `Text` is wanted is one: `printer.line("import \(module)")`.
public struct Text {
    private enum Form {
        case string(String)
        case bytes(Bytes)
    }
    private let form: Form

    public init(_ string: String) { form = .string(string) }

    /// - Parameter bytes: UTF-8.
    init(bytes: Bytes) { form = .bytes(bytes) }

    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch form {
        case .string(var string): string.withUTF8(body)
        case .bytes(let bytes): bytes.withUnsafeBytes(body)
        }
    }

    var isEmpty: Bool {
        switch form {
        case .string(let string): string.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        }
    }
}

extension Text: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(value) }
    public init(stringInterpolation: Interpolation) { form = .bytes(stringInterpolation.bytes) }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var bytes: Bytes

        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes = Bytes(capacity: literalCapacity + 24 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { bytes.append(literal) }
        public mutating func appendInterpolation(_ string: String) { bytes.append(string) }
        public mutating func appendInterpolation(_ text: Text) { bytes.append(text) }
        public mutating func appendInterpolation(_ number: some BinaryInteger) { bytes.append(String(number)) }
        public mutating func appendInterpolation(_ flag: Bool) { bytes.append(flag ? "true" : "false") }
    }
}

extension [Text] {
    func joined(separator: String) -> Text {
        var bytes = Bytes()
        for (index, text) in enumerated() {
            if index > 0 { bytes.append(separator) }
            bytes.append(text)
        }
        return Text(bytes: bytes)
    }
}

extension Bytes {
    mutating func append(_ text: Text) { text.withUTF8 { append($0) } }
}
