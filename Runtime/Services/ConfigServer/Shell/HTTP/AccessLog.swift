// A line of JSON for every request, for those who want to know who asks for what. Lines are collected while a thread of its own writes, so
// that no request waits for a disk; when the disk cannot keep up lines are dropped, and a line says how many.

import Coding
import ConfigServerCore
import Glibc
import Logging
import NIOPosix
import Synchronization

/// Where the log goes.
public enum AccessLogChoice: Sendable, Equatable {
    case off
    case standardOutput
    case file(String)

    /// `off`, `-`, or the name of a file.
    public init(_ text: String) {
        self = text == "off" || text.isEmpty ? .off : text == "-" ? .standardOutput : .file(text)
    }
}

final class AccessLog: Sendable {
    /// What is said of a request. Nothing that a token or a body says, but for the name of the caller.
    struct Entry {
        let time: Timestamp
        let requestID: String?
        let address: String?
        let user: String?
        let method: String
        let target: String
        let status: Int
        let bytes: Int
        let microseconds: Int64
    }

    private struct Lines {
        var text: [UInt8] = []
        var dropped = 0
        var isWriting = false
    }

    private static let bound = 4 << 20
    private static let greatestTarget = 1024

    private let descriptor: Int32
    private let lines = Mutex(Lines())
    private let writer = NIOThreadPool(numberOfThreads: 1)
    private let logger: Logger

    /// nil when no log is wanted.
    ///
    /// - Throws: `ConfigServerError` when the file cannot be opened.
    init?(_ choice: AccessLogChoice, _ logger: Logger) throws {
        self.logger = logger
        switch choice {
        case .off: return nil
        case .standardOutput: descriptor = dup(STDOUT_FILENO)
        case .file(let path):
            descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else {
                throw ConfigServerError(message: "the access log \(path) cannot be opened: \(String(cString: strerror(errno)))")
            }
        }
        writer.start()
    }

    func add(_ entry: Entry) {
        var line = JSONWriter(reservingCapacity: 320)
        line.beginObject()
        line.member("time", entry.time.text)
        line.member("request", entry.requestID)
        line.member("address", entry.address)
        line.member("user", entry.user)
        line.member("method", entry.method)
        line.member("target", String(entry.target.prefix(Self.greatestTarget)))
        line.member("status", entry.status)
        line.member("bytes", entry.bytes)
        line.member("microseconds", Int(entry.microseconds))
        line.endObject()
        let text = line.finish()
        let mustStart = lines.withLock { lines in
            guard lines.text.count < Self.bound else {
                lines.dropped += 1
                return false
            }
            lines.text += text
            lines.text.append(UInt8(ascii: "\n"))
            defer { lines.isWriting = true }
            return !lines.isWriting
        }
        if mustStart { writer.submit { _ in self.drain() } }
    }

    private func drain() {
        while true {
            let text = lines.withLock { lines -> [UInt8] in
                var text: [UInt8] = []
                swap(&text, &lines.text)
                if lines.dropped > 0 {
                    text += Array("{\"dropped\":\(lines.dropped)}\n".utf8)
                    lines.dropped = 0
                }
                lines.isWriting = !text.isEmpty
                return text
            }
            if text.isEmpty { return }
            var rest = text[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    logger.warning("the access log cannot be written", metadata: ["error": "\(String(cString: strerror(errno)))"])
                    break
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Writes what there is.
    func stop() async {
        // A thread that does not stop has nobody to tell.
        try? await writer.shutdownGracefully()
        drain()
        close(descriptor)
    }
}
