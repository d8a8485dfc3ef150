// Names for requests, by which their replies, the log and the notes on changes find each other. A client may bring its own.

import Synchronization

final class RequestNumbers: Sendable {
    /// Tells this run of the server from others.
    private let prefix: String
    private let count = Atomic<UInt64>(0)

    init() {
        var random = SystemRandomNumberGenerator()
        prefix = Hexadecimal.text((0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }) + "-"
    }

    func next() -> String { prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// Whether a name that a client brings can stand in headers and logs: visible characters, and not too many.
    static func isUsable(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
