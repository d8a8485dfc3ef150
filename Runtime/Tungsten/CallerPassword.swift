// Where a password comes from: the environment, a file, or the person at the terminal. It is never an argument, which other users could see.

import Foundation
import Glibc
import ObjectCommands

enum CallerPassword {
    /// - Parameter asks: whether the person at the terminal is asked when it is nowhere else.
    static func find(_ environment: [String: String], file: String?, user: String, asks: Bool) throws(CommandError) -> String {
        if let password = environment["TUNGSTEN_PASSWORD"], !password.isEmpty { return password }
        if let file {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8), let line = text.split(separator: "\n").first else {
                throw CommandError(.denied, "the password file \(file) cannot be read, or is empty")
            }
            return String(line)
        }
        guard asks, isatty(STDIN_FILENO) == 1, let text = getpass("Password of \(user): "), text.pointee != 0 else {
            throw CommandError(.denied, "there is no password for \(user): set TUNGSTEN_PASSWORD, or name a file with --password-file")
        }
        return String(cString: text)
    }
}
