// Which `tungsten up` runs with a data folder: a file in it that holds the process identifier and is locked as long as the process lives, so
// that two never share a folder, and `tungsten down` finds the one there is and no other process that got its number since.

import Foundation
import Glibc

struct RunningPlatform {
    private let path: String
    /// Where its supervisor writes how each role is doing.
    let roles: String

    init(dataDirectory: String) {
        path = dataDirectory + "/up.pid"
        roles = dataDirectory + "/roles.json"
    }

    /// Takes the folder for this process until it ends. The descriptor stays open on purpose.
    func claim() throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.identifier(descriptor).map { " (process \($0))" } ?? ""
            close(descriptor)
            throw CommandFailure(
                "the platform already runs with these data\(owner); stop it with `tungsten down --data-dir \(folder)`, or choose another --data-dir"
            )
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// The process that runs with the folder; nil: none does.
    var identifier: pid_t? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return Self.identifier(descriptor)
    }

    private static func identifier(_ descriptor: Int32) -> pid_t? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return pid_t(String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
