// `tungsten user`: the configuration server's own users, for those without Keystone. Works on the file that the server reads, on the
// machine where it is; a running server notices.

import ArgumentParser
import ConfigServer
import Glibc

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Keep the configuration server's own users.",
        discussion: """
            `tungsten api --auth users` lets these users in, and nobody else:

              tungsten user add admin --role admin
              tungsten user add red --role member --project default-domain:red
              tungsten user list

            Passwords are asked for, or read as one line from standard input when that is no terminal. They are kept as hashes, in a file \
            that only you can read. The role admin may do everything; what other roles may do is said by api-access-lists and by the \
            permissions of each object (see `tungsten api --aaa-mode`).
            """,
        subcommands: [
            UserAddCommand.self, UserListCommand.self, UserPasswordCommand.self, UserGrantCommand.self, UserRevokeCommand.self,
            UserRemoveCommand.self,
        ])
}

/// Where the users are.
struct UserFileOptions: ParsableArguments {
    @Option(
        name: .customLong("data-dir"), help: ArgumentHelp("The server's data folder; the file is users.json in it.", valueName: "dir"))
    var dataDirectory: String = DataFolder.standard

    @Option(help: ArgumentHelp("The file, when it is somewhere else.", valueName: "file"))
    var file: String?

    var path: String { file ?? Self.standard(in: dataDirectory) }

    static func standard(in dataDirectory: String) -> String { dataDirectory + "/users.json" }

    func load() throws -> UserFile {
        guard let users = try UserFile.load(path) else {
            throw CommandFailure(
                "there is no file \(path); `tungsten user add NAME --role admin` makes it, --data-dir and --file name others")
        }
        return users
    }

    /// Changes the users of a file that is there, and says what was done.
    func change(_ body: (inout UserFile) throws -> String) throws {
        var users = try load()
        let done = try body(&users)
        try users.save(path)
        print(done)
    }

    /// Makes the data folder, as the server would.
    func save(_ users: UserFile) throws {
        if file == nil, mkdir(dataDirectory, 0o700) != 0, errno != EEXIST {
            throw CommandFailure("cannot make the folder \(dataDirectory): \(String(cString: strerror(errno)))")
        }
        try users.save(path)
    }
}

/// A role, in one project or in all.
struct GrantOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The role; `admin` may do everything.", valueName: "role"))
    var role: String

    @Option(help: ArgumentHelp("Only in this project: `default-domain:red`. Otherwise in all of them.", valueName: "name"))
    var project: String?

    func validate() throws {
        guard !role.isEmpty, role.utf8.count <= 64, !role.contains(","), !role.contains(where: \.isWhitespace) else {
            throw ValidationError("--role: '\(role)' is no name of a role")
        }
        if let project, project.split(separator: ":", omittingEmptySubsequences: false).count != 2 {
            throw ValidationError("--project: '\(project)' is no project; write domain:project, such as default-domain:default-project")
        }
    }

    var grant: UserFile.Grant { UserFile.Grant(role: role, project: project) }
}

struct UserAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a user, and ask for their password.")

    @Argument(help: "The name by which they log in.") var name: String
    @OptionGroup var grant: GrantOptions
    @OptionGroup var options: UserFileOptions

    func run() throws {
        var users = try UserFile.load(options.path) ?? UserFile()
        guard users.user(name) == nil else {
            throw CommandFailure("there is a user \(name) already; `tungsten user password` and `tungsten user grant` change them")
        }
        try users.add(name, password: try Password.new(for: name), [grant.grant])
        try options.save(users)
        print("added \(name), \(grant.grant.text), in \(options.path)")
    }
}

struct UserPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Change a user's password; their tokens stop being good.")

    @Argument(help: "Whose.") var name: String
    @OptionGroup var options: UserFileOptions

    func run() throws {
        try options.change { users in
            guard users.user(name) != nil else { throw CommandFailure("there is no user \(name); `tungsten user list` shows who there is") }
            try users.setPassword(of: name, try Password.new(for: name))
            return "changed the password of \(name)"
        }
    }
}

struct UserGrantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "grant", abstract: "Give a user another role.")

    @Argument(help: "To whom.") var name: String
    @OptionGroup var grant: GrantOptions
    @OptionGroup var options: UserFileOptions

    func run() throws {
        try options.change { users in
            try users.grant(grant.grant, to: name)
            return "\(name) is \(grant.grant.text)"
        }
    }
}

struct UserRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Take a role from a user.")

    @Argument(help: "From whom.") var name: String
    @OptionGroup var grant: GrantOptions
    @OptionGroup var options: UserFileOptions

    func run() throws {
        try options.change { users in
            try users.revoke(grant.grant, from: name)
            return "\(name) is no longer \(grant.grant.text)"
        }
    }
}

struct UserRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a user; their tokens stop being good.")

    @Argument(help: "Whom.") var name: String
    @OptionGroup var options: UserFileOptions

    func run() throws {
        try options.change { users in
            try users.remove(name)
            return "removed \(name)"
        }
    }
}

struct UserListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the users and their roles.")

    @OptionGroup var options: UserFileOptions

    func run() throws {
        let users = try options.load().users
        let width = users.map(\.name.count).max() ?? 0
        for user in users.sorted(by: { $0.name < $1.name }) {
            let name = user.name + String(repeating: " ", count: width - user.name.count)
            print("\(name)  \(user.grants.map(\.text).joined(separator: "; "))")
        }
    }
}

extension UserFile.Grant {
    fileprivate var text: String { "\(role) in \(project ?? "every project")" }
}

/// Passwords from people, twice and unseen, or from programs, as one line.
enum Password {
    static func new(for name: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(), !line.isEmpty else { throw CommandFailure("standard input has no password; write it as one line") }
            return line
        }
        let password = try ask("Password for \(name): ")
        guard try ask("Again: ") == password else { throw CommandFailure("the two differ; nothing was changed") }
        guard !password.isEmpty else { throw CommandFailure("the password is empty; nothing was changed") }
        return password
    }

    /// Reads a line from the terminal without showing it.
    static func ask(_ prompt: String) throws -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw CommandFailure("standard input is no terminal") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        write(prompt)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            write("\n")
        }
        guard let line = readLine() else { throw CommandFailure("nothing was typed; nothing was changed") }
        return line
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
