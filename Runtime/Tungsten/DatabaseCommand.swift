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
            Everything is checked; what no server could load is refused, with what is wrong, and then nothing has changed. An export of the older platform brings \
            its objects with their UUIDs, references, list and map properties, and the numbers and addresses that objects have; addresses \
            that were taken without an object are not in it. Rows are written as the file is read, in one transaction that counts only if \
            all of them are well; of an export of this platform a million objects need some 250 MB of memory. An export of the older \
            platform has its rows in no order: they are held in memory, which takes several times their size.
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
        let input = try InputFile(file)
        let report = try options.database().importing({ () throws(StoreError) in try input.read() }, choices)
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
        for finding in findings.all { print(finding) }
        let untold = findings.errors + findings.warnings - findings.all.count
        if untold > 0 { print("and \(untold) more") }
        print("\(objects) objects, \(findings.errors) errors, \(findings.warnings) warnings")
        if findings.errors > 0 { throw ExitCode(1) }
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

/// A file to be read piece by piece.
private final class InputFile {
    private let path: String
    private let descriptor: Int32
    private var piece = [UInt8](repeating: 0, count: 1 << 20)

    /// - Parameter path: `-` for standard input.
    init(_ path: String) throws {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(failure) }
    }

    deinit { if path != "-" { close(descriptor) } }

    /// Empty at the end.
    func read() throws(StoreError) -> [UInt8] {
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreError(.failed, failure) }
            return Array(piece[..<count])
        }
    }

    private var failure: String { "cannot read \(path): \(String(cString: strerror(errno)))" }
}
