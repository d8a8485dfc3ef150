// `tungsten apply`, `diff`, `edit`: the configuration as files.

import ArgumentParser
import Foundation
import ObjectCommands
import Resources

extension ObjectAccess {
    func documents(_ files: [String]) throws -> [ObjectDocument] {
        try files.flatMap { path in
            try DocumentReader.read(
                try Input.text(path), file: path == "-" ? "standard input" : path, schema: schema, project: project)
        }
    }
}

private let fileFormat = """
    A file holds objects as YAML or JSON, one or many, in any order:

      kind: virtual-network
      name: front
      parent: default-domain:default-project
      mtu: 9000
      network_ipam_refs:
      - to: default-domain:default-project:default-network-ipam
        attr: {ipam_subnets: [{subnet: {ip_prefix: 10.1.0.0, ip_prefix_len: 24}}]}

    What a file does not name stays as it is; null removes. `tungsten get TYPE NAME -o yaml` prints such a file.
    """

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make objects what files say: create what is missing, change what differs, leave the rest alone.",
        discussion: fileFormat + "\n\n" + exitStatuses)

    @Option(name: .shortAndLong, help: ArgumentHelp("A file of objects, - for standard input.", valueName: "file"))
    var file: [String]

    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.")
    var dryRun = false

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            try await access.apply(try access.documents(file), trial: dryRun) { Output.line($0.line + (dryRun ? " (dry run)" : "")) }
        }
    }
}

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what `apply` would change.",
        discussion: "Exit status: 0 nothing would change; 1 something would; 2 and above as of the other commands, 2 for their 1.")

    @Option(name: .shortAndLong, help: ArgumentHelp("A file of objects, - for standard input.", valueName: "file"))
    var file: [String]

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        var isDifferent = false
        do {
            let access = try server.access()
            for difference in try await access.differences(try access.documents(file)) {
                isDifferent = true
                Output.write(try DifferenceText.text(difference, colour: Output.hasColour))
            }
        } catch let error as CommandError {
            Output.complain(error.message)
            throw ExitCode(max(2, error.kind.rawValue))
        } catch let error as CommandFailure {
            Output.complain(error.description)
            throw ExitCode(2)
        }
        if isDifferent { throw ExitCode(1) }
    }
}

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change an object in an editor, $VISUAL or $EDITOR.",
        discussion: """
            The object is written to a file, and what was changed there to the server when the editor ends; members whose lines were deleted are \
            removed. If the server refuses it, or somebody else changed the object meanwhile, the editor opens again with the reason at the top; a \
            file that is left as it was ends that, and is kept and named.

            \(exitStatuses)
            """)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String

    @Argument(help: "The name or UUID.", completion: Completion.names)
    var name: String

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            var object = try await access.read(try access.schema.type(type), name)
            let before = try ObjectText.yaml([object], access.schema)
            let path = NSTemporaryDirectory() + "/tungsten-\(object.type.name)-\(object.name.uuid)-\(getpid()).yaml"
            try Self.write(before, to: path)
            var refused = before
            while true {
                try Self.runEditor(on: path)
                let after = EditedText.withoutComments(try Input.text(path))
                if after == before {
                    try? FileManager.default.removeItem(atPath: path)
                    return Output.line("nothing was changed")
                }
                do throws(CommandError) {
                    let changes = try await access.edited(object, from: before, to: after, file: path)
                    try await access.write(changes, to: object)
                    let outcome = ApplyOutcome(
                        title: "\(object.type.name) \(object.name.joined)", result: changes.isEmpty ? .unchanged : .changed,
                        members: changes.map(\.key))
                    Output.line(outcome.line)
                    try? FileManager.default.removeItem(atPath: path)
                    return
                } catch {
                    guard after != refused, error.kind != .unreachable else {
                        throw CommandError(
                            error.kind, error.message + "\nYour text is kept in \(path); mend it and `tungsten apply -f` it.")
                    }
                    refused = after
                    var reason = error.message
                    if error.kind == .conflict {
                        // Saved once more, what was changed here goes over what it is now, and only that.
                        let now = try await access.read(object.type, uuid: object.name.uuid)
                        let theirs = EditedText.differing(object.value, now.value)
                        if !theirs.isEmpty { reason += "\nChanged meanwhile: \(theirs.joined(separator: ", "))." }
                        if now.entityTag != object.entityTag { refused = before }
                        object = now
                    }
                    try Self.write(EditedText.commented(reason, of: path) + after, to: path)
                }
            }
        }
    }

    private static func write(_ text: String, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure("\(path) cannot be written")
        }
    }

    private static func runEditor(on path: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(editor) \"$1\"", "edit", path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailure(
                "the editor '\(editor)' ended with status \(process.terminationStatus); nothing was written to the server, and your text is kept in \(path)"
            )
        }
    }
}
