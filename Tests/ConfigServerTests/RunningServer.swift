// A server over real sockets, and a client that shows exactly what it was sent.

import Coding
import ConfigurationREST
import Foundation
import Glibc
import Logging
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

/// A running server with a folder of its own.
struct RunningServer {
    let server: ConfigServer
    let folder: TemporaryFolder

    static func start(
        in folder: TemporaryFolder? = nil, loaded: Bool = true, _ adjust: (inout ConfigServer.Options) -> Void = { _ in }
    ) async throws -> RunningServer {
        let folder = try folder ?? TemporaryFolder()
        var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        var options = ConfigServer.Options(port: 0, dataDirectory: folder.path + "/data")
        adjust(&options)
        let server = try await ConfigServer.listen(options, ConfigurationResources.catalogue, logger)
        if loaded { try await server.load() }
        return RunningServer(server: server, folder: folder)
    }

    /// - Parameter receiveBuffer: how much the client's end takes before the server has to wait; nil for what is usual.
    func connect(receiveBuffer: Int32? = nil) throws -> HTTPClient {
        try HTTPClient(port: Int(server.address.split(separator: ":").last ?? "") ?? 0, receiveBuffer: receiveBuffer)
    }
}

/// A client that writes exactly what it is told to, and reads replies one by one. Blocking, for use on threads of its own.
final class HTTPClient {
    struct Failure: Error { let message: String }

    struct Reply {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    private let socket: Int32
    private var received: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(message: "cannot connect to port \(port)") }
    }

    deinit { close(socket) }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// What the other side no longer reads is lost.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// False at the end of the stream.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(message: "no answer: \(String(cString: strerror(errno)))") }
        received += buffer.prefix(count)
        return count > 0
    }

    func readReply(hasBody: Bool = true) throws -> Reply {
        let end = Array("\r\n\r\n".utf8)
        while received.firstRange(of: end) == nil {
            guard try receive() else {
                throw Failure(message: "the connection ended instead of a reply: \(String(decoding: received, as: UTF8.self))")
            }
        }
        guard let range = received.firstRange(of: end) else { throw Failure(message: "no headers") }
        let lines = String(decoding: received[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        received.removeFirst(range.upperBound)
        let headers = Dictionary(
            lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
            }, uniquingKeysWith: { $1 })
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let length = hasBody && status != 100 ? Int(headers["content-length"] ?? "0") ?? 0 : 0
        while received.count < length {
            guard try receive() else { throw Failure(message: "the connection ended inside a body") }
        }
        defer { received.removeFirst(length) }
        return Reply(status: status, headers: headers, body: String(decoding: received.prefix(length), as: UTF8.self))
    }

    func readText(_ length: Int) throws -> String {
        while received.count < length {
            guard try receive() else { throw Failure(message: "the connection ended after \(received.count) bytes of \(length)") }
        }
        defer { received.removeFirst(length) }
        return String(decoding: received.prefix(length), as: UTF8.self)
    }

    func readToEnd() throws -> String {
        while try receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// One chunk of a body in chunks; empty for the last.
    func readChunk() throws -> String {
        let lineEnd = Array("\r\n".utf8)
        while received.firstRange(of: lineEnd) == nil {
            guard try receive() else { throw Failure(message: "the connection ended between two chunks") }
        }
        let end = received.firstRange(of: lineEnd)?.lowerBound ?? 0
        guard let length = Int(try readText(end), radix: 16) else { throw Failure(message: "not the length of a chunk") }
        _ = try readText(2)
        let text = try readText(length)
        guard try readText(2) == "\r\n" else { throw Failure(message: "a chunk does not end where it says") }
        return text
    }

    /// Whether the server has closed the connection, and sent nothing more.
    func isAtEnd() throws -> Bool { try received.isEmpty && !receive() }

    func send(_ method: String, _ path: String, _ body: String = "", headers: String = "") throws -> Reply {
        write("\(method) \(path) HTTP/1.1\r\nHost: server\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
        return try readReply(hasBody: method != "HEAD")
    }
}

/// Runs blocking work on a thread of its own.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: work)) }
    }
}

func machine(_ name: String) -> String { "{\"virtual-machine\": {\"fq_name\": [\"\(name)\"]}}" }

/// A client handed from one thread to another, never used by two.
struct UncheckedClient: @unchecked Sendable {
    // The thread that made the client has ended when another uses it.
    let client: HTTPClient
    init(_ client: HTTPClient) { self.client = client }
}
