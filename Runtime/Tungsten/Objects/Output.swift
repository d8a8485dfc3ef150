// Standard output and standard error of the commands about objects. A reader that has had enough, as `head` has, ends the command without a word.

import Foundation
import Glibc

enum Output {
    /// Codes for colours are for terminals, and for people who have not asked to be spared them (no-color.org).
    static var hasColour: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                exit(0)
            } else if errno != EINTR {
                complain("standard output cannot be written: \(String(cString: strerror(errno)))")
                exit(1)
            }
        }
    }

    static func line(_ text: String) { write(text + "\n") }

    static func complain(_ message: String) { FileHandle.standardError.write(Data("Error: \(message)\n".utf8)) }

    /// Remarks that only somebody at a terminal wants.
    static func remark(_ text: String) {
        if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    }
}

enum Input {
    /// A file, or standard input for `-`.
    static func text(_ path: String) throws -> String {
        if path == "-" { return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) }
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("\(path) cannot be read: is it there?") }
        return String(decoding: data, as: UTF8.self)
    }
}
