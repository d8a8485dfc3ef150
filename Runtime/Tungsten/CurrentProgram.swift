// The program that this process runs.

import Foundation

enum CurrentProgram {
    /// This very file, even when a newer one was installed meanwhile.
    static let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
}
