// TLS 1.3 for clients (RFC 8446): the server's certificate and key, and whether clients must show one of their own.

import Glibc
import NIOCore
import NIOSSL

/// Files in PEM that a server shows and checks certificates with. They are read once, at start.
public struct TLSIdentity: Sendable, Equatable {
    /// The certificate, followed by those that lead to its authority.
    public var certificate: String
    public var key: String
    /// Authorities of clients: with them, a client without a certificate of theirs is not let in.
    public var clientAuthorities: String?

    public init(certificate: String, key: String, clientAuthorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }

    /// - Throws: `ConfigServerError` that names the file.
    func context() throws -> NIOSSLContext {
        var status = stat()
        guard stat(key, &status) == 0 else { throw Self.failure("the key", key, String(cString: strerror(errno))) }
        guard status.st_mode & 0o007 == 0 else {
            throw ConfigServerError(message: "everybody can reach the key \(key); run: chmod o= \(key)")
        }
        let chain = try Self.reading("the certificate", certificate) { try NIOSSLCertificate.fromPEMFile(certificate) }
        guard !chain.isEmpty else { throw Self.failure("the certificate", certificate, "there is none in the file") }
        let privateKey = try Self.reading("the key", key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["http/1.1"]
        if let clientAuthorities {
            let authorities = try Self.reading("the authorities", clientAuthorities) {
                try NIOSSLCertificate.fromPEMFile(clientAuthorities)
            }
            guard !authorities.isEmpty else { throw Self.failure("the authorities", clientAuthorities, "there is none in the file") }
            configuration.trustRoots = .certificates(authorities)
            // A client has no name to hold its certificate against.
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigServerError(message: "the key \(key) and the certificate \(certificate) do not go together: \(error)")
        }
    }

    private static func reading<Value>(_ what: String, _ path: String, _ read: () throws -> Value) throws -> Value {
        do { return try read() } catch { throw failure(what, path, "\(error)") }
    }

    private static func failure(_ what: String, _ path: String, _ why: String) -> ConfigServerError {
        ConfigServerError(message: "cannot read \(what) \(path): \(why); it must be a file in PEM")
    }
}
