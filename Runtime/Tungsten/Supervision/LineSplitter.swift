// Lines from pieces of a stream.

import Foundation
import Synchronization

/// Collects pieces and gives out whole lines. A line longer than 64 KiB is given out in parts.
final class LineSplitter: Sendable {
    private let rest = Mutex<[UInt8]>([])

    func add(_ data: Data) -> [String] {
        rest.withLock { rest in
            rest += data
            var lines: [String] = []
            var start = 0
            for index in rest.indices where rest[index] == UInt8(ascii: "\n") {
                lines.append(String(decoding: rest[start..<index], as: UTF8.self))
                start = index + 1
            }
            rest.removeSubrange(..<start)
            if rest.count > 65536 {
                lines.append(String(decoding: rest, as: UTF8.self))
                rest = []
            }
            return lines
        }
    }
}
