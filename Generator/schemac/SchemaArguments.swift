// Which schema a command is about: files, folders, or the default. Shared by all commands that read one schema.

import ArgumentParser
import Glibc
import SchemaCompiler

struct SchemaArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Schema files, or folders of *.xsd files. Default: $SCHEMAC_SCHEMA, else Schema/Configuration.", valueName: "file"),
        completion: .file(extensions: ["xsd"]))
    var files: [String] = []

    /// What was named, or else the default.
    private static func named(_ files: [String]) -> [String] {
        if !files.isEmpty { return files }
        if let variable = getenv("SCHEMAC_SCHEMA"), variable.pointee != 0 { return [String(cString: variable)] }
        return ["Schema/Configuration"]
    }

    /// The files to read. What cannot be read is reported; the command ends there with status 1.
    func paths(_ diagnostics: Diagnostics) throws -> [String] {
        let paths = SchemaFolder.expand(Self.named(files), diagnostics)
        try report(diagnostics)
        return paths
    }

    /// The model of a schema about which something is asked. Its warnings are not the answer; errors end the command.
    func model() throws -> (Compiler, Model) { try Self.model(files) }

    static func model(_ files: [String]) throws -> (Compiler, Model) {
        let compiler = Compiler()
        let model = compiler.configurationModel(files: SchemaFolder.expand(named(files), compiler.diagnostics))
        try report(compiler.diagnostics, .error)
        return (compiler, model)
    }
}

/// Ends the command. The process gives its memory back as a whole, without a walk over all that `compiler` holds.
func finish(_ compiler: Compiler, status: Int32 = 0) -> Never {
    withExtendedLifetime(compiler) { exit(status) }
}

/// Prints what was found; errors end the command with status 1.
func report(_ diagnostics: Diagnostics, _ least: Diagnostic.Severity = .warning) throws {
    writeError(diagnostics.rendered(least))
    if diagnostics.failed { throw ExitCode(1) }
}

/// Writes text to standard error. Nobody can be told that this failed.
func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

/// Writes an answer to standard output. One that cannot be written, such as to a full disk, is no success: the command ends with status 1.
func writeAnswer(_ text: String) {
    if let reason = write(text, to: STDOUT_FILENO) {
        writeError("schemac: error: cannot write the answer: \(reason)\n")
        exit(1)
    }
}

/// Why it failed; nil when all was written. (The C library's `stdout` is a global variable, which Swift does not let concurrent code read.)
private func write(_ text: String, to descriptor: Int32) -> String? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        if written <= 0 { return String(cString: strerror(errno)) }
        rest = rest.dropFirst(written)
    }
    return nil
}
