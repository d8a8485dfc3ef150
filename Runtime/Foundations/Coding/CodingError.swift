// The one error that reading or checking a document ends in. It says where (byte and member), what is wrong and how to mend it. One
// pointer wide, so that typed throws carries it in a register and code that does not fail pays nothing for what an error can tell.

/// Why a document, or a value in it, was refused.
public struct CodingError: Error, Sendable {
    /// The class of a failure: what programs decide on. Open, so that a later version can tell more apart.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        public let name: String

        public init(_ name: String) { self.name = name }

        public var description: String { name }

        /// The bytes are not JSON or XML.
        public static let syntax = Kind("syntax")
        /// The document ends before the value does.
        public static let unexpectedEnd = Kind("unexpected-end")
        /// Bytes that are not UTF-8, half of a surrogate pair, or a character that the format does not allow.
        public static let encoding = Kind("encoding")
        /// Containers lie in each other deeper than the reader allows.
        public static let depth = Kind("depth")
        /// A part of the format that the reader refuses on purpose, such as a document type.
        public static let unsupported = Kind("unsupported")
        /// A value of another type than the schema's.
        public static let type = Kind("type")
        /// A number outside its bounds.
        public static let range = Kind("range")
        /// A string longer or shorter than allowed.
        public static let length = Kind("length")
        /// A string that does not match its pattern.
        public static let pattern = Kind("pattern")
        /// A string that is not one of the values of its enumeration.
        public static let enumeration = Kind("enumeration")
        /// A member or element that the schema does not have.
        public static let unknownMember = Kind("unknown-member")
        /// The same name twice in one object or start tag.
        public static let duplicateMember = Kind("duplicate-member")
        /// A member that must be present is not.
        public static let missingMember = Kind("missing-member")
    }

    private final class Storage: Sendable {
        let kind: Kind
        let offset: Int
        let path: String
        let message: String
        let hint: String?

        init(kind: Kind, offset: Int, path: String, message: String, hint: String?) {
            self.kind = kind
            self.offset = offset
            self.path = path
            self.message = message
            self.hint = hint
        }
    }

    private let storage: Storage

    /// An error without a document, as rules about several members make it. Readers make theirs with `JSONReader.error`.
    public init(_ kind: Kind, _ message: String, offset: Int = 0, path: String = "", hint: String? = nil) {
        storage = Storage(kind: kind, offset: offset, path: path, message: message, hint: hint)
    }

    public var kind: Kind { storage.kind }
    /// Where in the document, in bytes from its start.
    public var offset: Int { storage.offset }
    /// The way from the root to the member: `policy_rule[2].protocol`. Empty when the document itself is meant. Elements of an array, and
    /// repeated elements of XML, count from 0; the first of the latter is written without a number.
    public var path: String { storage.path }
    /// What is wrong: a clause without a full stop, that can follow the path and a colon.
    public var message: String { storage.message }
    /// How to mend it, where that is known.
    public var hint: String? { storage.hint }

    /// The same error seen from a document that holds this one as its member `outer`.
    public func within(_ outer: String) -> CodingError {
        let separator = path.isEmpty || path.utf8.first == ASCII.openBracket ? "" : "."
        return CodingError(kind, message, offset: offset, path: outer + separator + path, hint: hint)
    }
}

/// Equal when they say the same thing about the same place; the wording does not count.
extension CodingError: Equatable {
    public static func == (left: CodingError, right: CodingError) -> Bool {
        left.kind == right.kind && left.offset == right.offset && left.path == right.path
    }
}

extension CodingError: CustomStringConvertible {
    /// One line: `policy_rule[2].protocol: expected a string, found a number (byte 71); hint`.
    public var description: String {
        let place = path.isEmpty ? "" : path + ": "
        let advice = hint.map { "; " + $0 } ?? ""
        return "\(place)\(message) (byte \(offset))\(advice)"
    }
}
