// What both kinds of message definitions have in common. SandeshModel and ForwarderModel are the third representation of their
// definitions: every name resolved, every check done. Backends read them and nothing before them. The order of all lists is the order
// of declaration, file by file, so that output is stable; structures come after those that they hold.

/// What one definition file contributes. The lists index into the model's lists of the same names.
public struct MessageFile {
    public let file: SourceFile
    public internal(set) var documentation: String = ""
    /// Files that this one includes itself, as indices into the model's files. An included file comes before those that include it.
    public internal(set) var includes: [Int] = []
    public internal(set) var enumerations: [Int] = []
    public internal(set) var structures: [Int] = []
    public internal(set) var messages: [Int] = []

    /// The name that output made from this file carries: `next-hop` for `next-hop.xml`.
    public var name: String { file.name }
}

/// A name for a number of an enumeration, or for a bit of a set of flags.
public struct NamedNumber {
    public let name: String
    public let number: UInt64
    public let documentation: String
    public let location: SourceLocation
}
