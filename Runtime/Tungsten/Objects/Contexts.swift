// The file of contexts, ~/.config/tungsten/contexts.yaml (XDG Base Directory), readable by its user only.

import Foundation
import Glibc
import ObjectCommands

enum Contexts {
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/tungsten/contexts.yaml" }
        return (environment["HOME"] ?? "/root") + "/.config/tungsten/contexts.yaml"
    }

    static func read() throws(CommandError) -> ContextFile {
        guard let data = FileManager.default.contents(atPath: path) else { return ContextFile() }
        return try ContextFile(String(decoding: data, as: UTF8.self), path: path)
    }

    static var names: [String] { ((try? read())?.contexts.keys.sorted()) ?? [] }

    /// Replaces the file as a whole.
    static func write(_ file: ContextFile) throws(CommandError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let next = path + ".\(getpid())"
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard
                FileManager.default.createFile(atPath: next, contents: Data(try file.text().utf8), attributes: [.posixPermissions: 0o600]),
                rename(next, path) == 0
            else { throw CommandError(.invalid, "\(path) cannot be written") }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.invalid, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
