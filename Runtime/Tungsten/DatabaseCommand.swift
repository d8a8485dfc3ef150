// `tungsten db`: the stored configuration as a whole, for backup, moving and repair.

import ArgumentParser
import ConfigServer
import ConfigServerCore
import ConfigurationREST
import Foundation
import Glibc

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Export, import and check the stored configuration.",
        discussion: """
            These commands open the store themselves, on the host that has the data folder, or from any host that reaches the etcd. Export and \
            check read one moment of it and may run beside servers. Import takes one transaction: it happens as a whole or not at all. \
            With the embedded store the server must be stopped for it; servers on an etcd go on, and follow.
            """,
        subcommands: [DatabaseExportCommand.self, DatabaseImportCommand.self, DatabaseCheckCommand.self])
}

/// Which store.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var storeOptions: StoreOptions

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The data folder of the embedded store.", valueName: "dir"))
    var dataDirectory: String = DataFolder.standard

    func database() throws -> ConfigurationDatabase {
        ConfigurationDatabase(try storeOptions.choice, dataDirectory: dataDirectory, ConfigurationResources.catalogue)
    }
}

struct DatabaseExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything that is stored as JSON, one object a line.",
        discussion: "The document says at which revision the configuration was like this. It holds secrets if the configuration does.")

    @OptionGroup var options: DatabaseOptions

    @Argument(help: "The file to write, readable by its user only; standard output when left out.")
    var file: String?

    func run() throws {
        let output = try file.map(OutputFile.init(replacing:))
        let (revision, objects) = try options.database().export { bytes throws(StoreError) in
            try OutputFile.write(bytes, to: output?.descriptor ?? STDOUT_FILENO)
        }
        try output?.finish()
        FileHandle.standardError.write(Data("exported \(objects) objects as they were at revision \(revision)\n".utf8))
    }
}

struct DatabaseImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Fill the store from an export of this platform, or from one that the older platform's db_json_exim wrote.",
        discussion: """
            The store must be empty: one that a server has used holds the default objects at least, and is replaced with --replace. \
            Everything is checked first; what no server could load is refused, with what is wrong. An export of the older platform brings \
            its objects with their UUIDs, references, list and map properties, and the numbers and addresses that objects have; addresses \
            that were taken without an object are not in it. Memory for about three times the size of the file is needed, as everything is \
            checked against everything before the first row is written.
            """)

    @OptionGroup var options: DatabaseOptions

    @Flag(help: "Remove what the store holds, in the same transaction.")
    var replace = false

    @Flag(
        name: .customLong("leave-out"),
        help: "Leave out what cannot be taken over from the older platform, and say what it was, instead of refusing everything.")
    var leaveOut = false

    @Argument(help: "The file to read; - for standard input.")
    var file: String

    func run() throws {
        var choices = ConfigurationDatabase.ImportOptions()
        choices.replaces = replace
        choices.leavesOut = leaveOut
        let report = try options.database().importing(try InputFile.read(file), choices)
        for note in report.notes { print("note: \(note)") }
        let removed = report.removed > 0 ? ", \(report.removed) removed" : ""
        print("imported \(report.objects) objects\(removed); the store is at revision \(report.revision)")
    }
}

struct DatabaseCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for contradictions in what is stored.",
        discussion: """
            Finds objects whose parent is missing, references to what is not there, names and UUIDs that occur twice, numbers and addresses \
            that two objects have or nobody uses, and texts that do not decode; and says what to do. Ends with 1 when there are errors.
            """)

    @OptionGroup var options: DatabaseOptions

    func run() throws {
        let (findings, objects) = try options.database().check()
        for finding in findings { print(finding) }
        let errors = findings.count { !$0.isHarmless }
        print("\(objects) objects, \(errors) errors, \(findings.count - errors) warnings")
        if errors > 0 { throw ExitCode(1) }
    }
}

/// A file that takes its name when it is complete.
private final class OutputFile {
    let descriptor: Int32
    private let path: String
    private var temporary: String { path + ".part" }

    init(replacing path: String) throws {
        self.path = path
        descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
    }

    func finish() throws {
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(StoreError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else {
                throw StoreError(.failed, "the export cannot be written: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}

/// A file to be read as a whole, which may be large: once, into the memory that it is used from.
private enum InputFile {
    /// - Parameter path: `-` for standard input.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if path != "-" { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        var bytes: [UInt8] = []
        // The size is what the file has now; what can be read counts.
        bytes.reserveCapacity(status.st_mode & S_IFMT == S_IFREG ? max(status.st_size, 0) : 0)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))")
    }
}
