// Why a command that was given rightly cannot do what it was asked to. ArgumentParser prints the words alone and exits with status 1; wrong usage
// is a ValidationError, which also shows how the command is used.

struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
