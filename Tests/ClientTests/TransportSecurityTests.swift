// The client's connections over TLS, against a server that wants to see certificates.

import Client
import ConfigServer
import Foundation
import NIOTransport
import Testing

@Suite struct TransportSecurityTests {
    /// An authority, and a certificate of it for 127.0.0.1 and localhost that serves either end.
    private struct Certificates {
        let folder: String
        var authority: String { folder + "/ca.pem" }
        var certificate: String { folder + "/own.pem" }
        var key: String { folder + "/own.key" }

        init() throws {
            folder = NSTemporaryDirectory() + "tungsten-test-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "subjectAltName=IP:127.0.0.1,DNS:localhost".write(toFile: folder + "/own.ext", atomically: true, encoding: .utf8)
            let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            try openssl("req -x509 \(new) -keyout ca.key -out ca.pem -days 2 -subj /CN=authority")
            try openssl("req \(new) -keyout own.key -out own.csr -subj /CN=own")
            try openssl("x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out own.pem -extfile own.ext")
        }

        private func openssl(_ arguments: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = arguments.split(separator: " ").map(String.init)
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "openssl \(arguments)")
        }

        func remove() throws { try FileManager.default.removeItem(atPath: folder) }
    }

    private static func status(_ server: TestConfigServer, _ security: TransportSecurity?, host: String = "127.0.0.1") async throws -> Int {
        var options = NIOTransport.Options()
        options.security = security
        return try await NIOTransport([.init(host: host, port: server.port)], options: options).send(ClientRequest(.get, "/projects"))
            .status
    }

    @Test func bothEndsShowWhoTheyAre() async throws {
        let files = try Certificates()
        let server = try await TestConfigServer.start { options in
            options.tls = TLSIdentity(certificate: files.certificate, key: files.key, clientAuthorities: files.authority)
        }
        let known = TransportSecurity(authorities: files.authority, certificate: files.certificate, key: files.key)
        #expect(try await Self.status(server, known) == 200)
        #expect(try await Self.status(server, known, host: "localhost") == 200)
        for (what, security) in [
            ("no certificate", TransportSecurity(authorities: files.authority)), ("the system's authorities", TransportSecurity()),
            ("no TLS", nil), ("no such file", TransportSecurity(authorities: files.folder + "/none.pem")),
        ] {
            await #expect(throws: ClientError.self, "\(what)") { try await Self.status(server, security) }
        }
        var careless = TransportSecurity(certificate: files.certificate, key: files.key)
        careless.verifies = false
        #expect(try await Self.status(server, careless) == 200)
        try await server.stop()
        try files.remove()
    }

    @Test func aServerSaysWhichFileItCannotUse() async throws {
        let files = try Certificates()
        for identity in [
            TLSIdentity(certificate: files.folder + "/none.pem", key: files.key),
            TLSIdentity(certificate: files.certificate, key: files.folder + "/none.key"),
            TLSIdentity(certificate: files.authority, key: files.key), TLSIdentity(certificate: files.key, key: files.key),
        ] {
            let error = await #expect(throws: ConfigServerError.self) {
                _ = try await TestConfigServer.start { $0.tls = identity }
            }
            #expect(error?.message.contains(files.folder) == true)
        }
        try files.remove()
    }
}
