// Certificate and key of a server, on the command line.

import ArgumentParser
import ConfigServer

struct TLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("Serve TLS 1.3 with this certificate (PEM), followed by those that lead to its authority.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("The certificate's key (PEM).", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("tls-client-authorities"),
        help: ArgumentHelp("Let in only clients with a certificate of one of these authorities (PEM).", valueName: "file"))
    var clientAuthorities: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together; name both files")
        }
        guard certificate != nil || clientAuthorities == nil else {
            throw ValidationError("--tls-client-authorities goes with --tls-certificate and --tls-key")
        }
    }

    /// The same as options of the configuration server.
    var arguments: [String] {
        [("--tls-certificate", certificate), ("--tls-key", key), ("--tls-client-authorities", clientAuthorities)].flatMap { name, value in
            value.map { [name, $0] } ?? []
        }
    }

    var identity: TLSIdentity? {
        guard let certificate, let key else { return nil }
        return TLSIdentity(certificate: certificate, key: key, clientAuthorities: clientAuthorities)
    }
}
