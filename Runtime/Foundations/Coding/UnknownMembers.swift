// What a reader does about names. The two decisions are the reader's, not the type's: a server refuses what a client tolerates.

/// What becomes of members and elements that the schema does not have.
public enum UnknownMembers: Sendable {
    /// An error that names the member and the nearest known names.
    case reject
    /// Their values are checked for syntax and dropped: for reading what a newer version wrote.
    case skip
}

/// What becomes of a name that occurs twice in one JSON object.
public enum DuplicateMembers: Sendable {
    /// The later value counts, as in most JSON readers.
    case lastWins
    /// An error. Costs a set of names for each open object.
    case reject
}
