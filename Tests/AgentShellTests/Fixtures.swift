// Real sockets at the other end of the shell's: what they do is decided by the test, step by step.

import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Agent

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString.prefix(8))").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func names(in folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? path : path + "/" + folder)) ?? []).sorted()
    }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path + "/" + name).map { Array($0) } }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Waits until a condition holds; fails the test when it does not come to hold.
func eventually(_ what: String, within seconds: Double = 20, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("not within \(seconds) s: \(what)")
    throw CancellationError()
}

/// What was reported on the event loop.
final class Record<Entry: Sendable>: Sendable {
    private let entries = Mutex<[Entry]>([])

    func add(_ entry: Entry) { entries.withLock { $0.append(entry) } }
    var all: [Entry] { entries.withLock { $0 } }
}

/// Something that lives on an event loop.
struct OnLoop<Value>: Sendable {
    let loop: any EventLoop
    private let bound: NIOLoopBound<Value>

    init(_ make: @escaping @Sendable (any EventLoop) -> Value) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        self.loop = loop
        bound = try await loop.submit { NIOLoopBound(make(loop), eventLoop: loop) }.get()
    }

    @discardableResult
    func run<Result: Sendable>(_ body: @escaping @Sendable (Value) throws -> Result) async throws -> Result {
        let bound = bound
        return try await loop.submit { try body(bound.value) }.get()
    }
}

struct SocketError: Error, CustomStringConvertible {
    let description: String
    init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
}

/// A socket that a test works step by step. Reading waits at most ten seconds.
final class TestSocket: Sendable {
    let descriptor: CInt

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        var time = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    /// Ends the connection now, however many have this object.
    func end() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    // MARK: UNIX sockets

    private static func withAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    static func listening(at path: String, _ kind: __socket_type = SOCK_STREAM) throws -> TestSocket {
        unlink(path)
        let socket = TestSocket(Glibc.socket(AF_UNIX, CInt(kind.rawValue), 0))
        guard withAddress(path, { bind(socket.descriptor, $0, $1) }) == 0, listen(socket.descriptor, 8) == 0 else {
            throw SocketError("listen at \(path)")
        }
        return socket
    }

    func accepted() throws -> TestSocket {
        let descriptor = accept(descriptor, nil, nil)
        guard descriptor >= 0 else { throw SocketError("accept") }
        return TestSocket(descriptor)
    }

    // MARK: IP sockets

    private static func withAddress<R>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    static func loopback(_ kind: __socket_type, port: UInt16 = 0) throws -> TestSocket {
        let socket = TestSocket(Glibc.socket(AF_INET, CInt(kind.rawValue), 0))
        guard withAddress(port: port, { bind(socket.descriptor, $0, $1) }) == 0 else { throw SocketError("bind") }
        if kind == SOCK_STREAM, listen(socket.descriptor, 8) != 0 { throw SocketError("listen") }
        return socket
    }

    static func connected(toPort port: Int) throws -> TestSocket {
        let socket = TestSocket(Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0))
        guard withAddress(port: UInt16(port), { connect(socket.descriptor, $0, $1) }) == 0 else { throw SocketError("connect") }
        return socket
    }

    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    // MARK: Bytes

    /// The next bytes or message; empty at the end.
    func read(_ count: Int = 70_000) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard received >= 0 else { throw SocketError("read") }
        return Array(buffer.prefix(received))
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SocketError("write") }
            sent += count
        }
    }

    /// What of it the system takes without waiting.
    func writeSome(_ bytes: [UInt8]) -> Int {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)) }
        return max(count, 0)
    }

    /// A datagram, and the port that it came from.
    func receive() throws -> (bytes: [UInt8], port: Int) {
        var buffer = [UInt8](repeating: 0, count: 70_000)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = buffer.withUnsafeMutableBytes { bytes in
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, bytes.baseAddress, bytes.count, 0, $0, &length)
                }
            }
        }
        guard count >= 0 else { throw SocketError("receive") }
        return (Array(buffer.prefix(count)), Int(UInt16(bigEndian: address.sin_port)))
    }

    func send(_ bytes: [UInt8], toPort port: Int) throws {
        let count = bytes.withUnsafeBytes { data in
            Self.withAddress(port: UInt16(port)) { sendto(descriptor, data.baseAddress, data.count, 0, $0, $1) }
        }
        guard count == bytes.count else { throw SocketError("send") }
    }
}

extension TestSocket {
    func endWriting() { shutdown(descriptor, CInt(SHUT_WR)) }
}
