// Builds the C codec with the runner of the vectors, and runs it.

import Foundation

/// The runner, in a folder of its own.
struct CCodec {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL
    private let executable: URL

    /// The first C compiler on the PATH.
    static var compiler: URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in ["cc", "gcc", "clang"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return URL(filePath: "\(folder)/\(name)")
            }
        }
        return nil
    }

    init(compiler: URL) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "forwarder-messages-\(ProcessInfo.processInfo.processIdentifier)")
        executable = folder.appending(path: "vectors")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let forwarder = repository.appending(path: "Runtime/Forwarder")
        let messages = forwarder.appending(path: "messages")
        let sources =
            try FileManager.default.contentsOfDirectory(at: messages, includingPropertiesForKeys: nil).filter { $0.pathExtension == "c" }
            + [forwarder.appending(path: "core/vrouter_attributes.c"), repository.appending(path: "Tests/Vectors/forwarder/vectors.c")]
        let build = try Self.run(
            compiler,
            [
                "-std=gnu11", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I",
                forwarder.appending(path: "include").path,
            ]
                + ["-I", messages.path, "-o", executable.path] + sources.map(\.path))
        if build.status != 0 { throw Failed(description: "\(compiler.path): \(build.output)") }
    }

    func run(_ files: [URL]) throws -> (status: Int32, output: String) { try Self.run(executable, files.map(\.path)) }

    func remove() {
        do { try FileManager.default.removeItem(at: folder) } catch { print("cannot remove \(folder.path): \(error)") }
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
