// TLS for the client's connections (RFC 8446): whom to trust, and who to be.

import Client
import NIOCore
import NIOSSL

/// How a client makes sure that it talks to the right server, and perhaps shows who it is. Files are PEM.
public struct TransportSecurity: Sendable, Equatable {
    /// Authorities whose certificates count; nil: the system's.
    public var authorities: String?
    /// What to show to a server that asks.
    public var certificate: String?
    public var key: String?
    /// Whether the server's certificate is looked at; false lets everybody in between listen and lie.
    public var verifies = true

    public init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }

    /// Reads the files, and throws what every connection would.
    public func check() throws(ClientError) { _ = try context() }

    func context() throws(ClientError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !verifies { configuration.certificateVerification = .none }
        do {
            if let authorities { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities)) }
            if let certificate, let key {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let files = [authorities, certificate, key].compactMap { $0 }.joined(separator: ", ")
            throw ClientError(.invalid, "the certificates to connect with cannot be used (\(files)): \(error)")
        }
    }
}

extension NIOTransport.Address {
    /// The name that the server's certificate must have; nil for an address, which is looked for among the certificate's addresses.
    var serverName: String? {
        do {
            _ = try SocketAddress(ipAddress: host, port: port)
            return nil
        } catch {
            return host
        }
    }
}
