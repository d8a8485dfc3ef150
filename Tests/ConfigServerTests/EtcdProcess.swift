// A real etcd of one member, as the tests' peer: on ports that were free a moment ago, its data in a folder for temporary files. It ends
// with the test process, however that ends.

import Coding
import Foundation
import Glibc
import NIOTransport

final class EtcdProcess: Sendable {
    struct Failure: Error { let message: String }

    let address: NIOTransport.Address
    private let folder: TemporaryFolder
    private let standardInput: Pipe

    private static let program = ["/usr/bin/etcd", "/usr/local/bin/etcd"].first { FileManager.default.isExecutableFile(atPath: $0) }
    static let isInstalled = program != nil

    /// One for all tests, each of which has its own prefix.
    static let common: Result<EtcdProcess, any Error> = Result { try start() }

    /// - Parameter folder: with `own.pem`, `own.key` and `ca.pem`, for one that serves TLS to those who have a certificate of that authority.
    static func start(certificates folder: String? = nil) throws -> EtcdProcess {
        // Another program may take a port between the look and the start.
        for _ in 0..<5 { if let process = try EtcdProcess(folder) { return process } }
        throw Failure(message: "etcd does not start")
    }

    private init?(_ certificates: String?) throws {
        guard let program = Self.program else { throw Failure(message: "etcd is not installed; run Scripts/install test") }
        let (port, peerPort, healthPort) = (try Self.freePort(), try Self.freePort(), try Self.freePort())
        let url = (certificates == nil ? "http" : "https") + "://127.0.0.1:\(port)"
        let security = certificates.map { folder in
            let files = [("cert", "own.pem"), ("key", "own.key"), ("trusted-ca", "ca.pem")]
            return ["--client-cert-auth"] + files.map { "--\($0)-file=\(folder)/\($1)" }
        }
        address = NIOTransport.Address(host: "127.0.0.1", port: port)
        folder = try TemporaryFolder()
        standardInput = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The shell waits for the end of its input, which comes when this process ends, and then clears up.
        process.arguments =
            ["-c", "folder=$1; shift; \"$@\" >/dev/null 2>&1 & cat >/dev/null; kill -9 $!; rm -rf \"$folder\"", "sh", folder.path, program]
            + [
                "--data-dir", folder.path + "/etcd", "--listen-client-urls", url, "--advertise-client-urls", url,
                "--listen-metrics-urls", "http://127.0.0.1:\(healthPort)", "--listen-peer-urls", "http://127.0.0.1:\(peerPort)",
                "--initial-advertise-peer-urls", "http://127.0.0.1:\(peerPort)",
                "--initial-cluster", "default=http://127.0.0.1:\(peerPort)",
            ] + (security ?? [])
        process.standardInput = standardInput
        try process.run()
        guard Self.answers(healthPort) else { return nil }
    }

    /// Waits for half a minute at most.
    private static func answers(_ port: Int) -> Bool {
        let end = Date(timeIntervalSinceNow: 30)
        while Date() < end {
            if let client = try? HTTPClient(port: port) {
                client.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if let reply = try? client.readReply(), reply.status == 200 { return true }
            }
            usleep(20_000)
        }
        return false
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard status == 0 else { throw Failure(message: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
