// As whom the roles that `tungsten up` starts log in to a configuration server with users of its own: a user made for them when they first
// start, with a password that nobody chose. It is in a file of the data folder, for the folder's user alone; the file of users has its hash.

import ConfigServer
import Foundation
import Glibc
import ObjectCommands

enum PlatformLogin {
    static let user = "platform"

    private static func passwordFile(_ folder: String) -> String { folder + "/platform.password" }

    /// What is there from an earlier start; nil: nothing is, or not for this user.
    static func kept(in folder: String) -> ServerContext? {
        let path = passwordFile(folder)
        return access(path, R_OK) == 0 ? context(path) : nil
    }

    /// What the roles are to say, after making the user and the password where they are missing, or do not go together any more.
    ///
    /// - Parameters:
    ///   - users: the file of users.
    ///   - role: of an administrator.
    static func make(in folder: String, users path: String, role: String) throws -> ServerContext {
        let file = passwordFile(folder)
        let password = try keptPassword(file) ?? newPassword(file)
        var users = try UserFile.load(path) ?? UserFile()
        if users.user(user) == nil {
            try users.add(user, password: password, [UserFile.Grant(role: role)])
            try users.save(path)
        } else if !users.accepts(user, password: password) {
            try users.setPassword(of: user, password)
            try users.save(path)
        }
        return context(file)
    }

    private static func context(_ passwordFile: String) -> ServerContext {
        var context = ServerContext()
        (context.user, context.passwordFile) = (user, passwordFile)
        return context
    }

    private static func keptPassword(_ path: String) throws -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFailure("others can read \(path), which holds the password of the roles; run: rm \(path), and another is made")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let line = text.split(separator: "\n").first else {
            throw CommandFailure("\(path) has no password in its first line; run: rm \(path), and another is made")
        }
        return String(line)
    }

    /// 256 bits, on the disk before the file of users knows of them.
    private static func newPassword(_ path: String) throws -> String {
        var random = SystemRandomNumberGenerator()
        let password = (0..<4).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let bytes = Array((password + "\n").utf8)
        guard file >= 0, write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            let reason = String(cString: strerror(errno))
            if file >= 0 { close(file) }
            throw CommandFailure("cannot write \(path): \(reason)")
        }
        close(file)
        return password
    }
}
