// Which store, and the files that an etcd is reached with, on the command line. No password is ever an option, which other users could see.

import ArgumentParser
import ConfigServer

struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What keeps the configuration: sqlite, or etcd:https://HOST:PORT[,…][/PREFIX]; http:// without TLS.", valueName: "store"),
        transform: { text in try StoreChoice(text) })
    var store = StoreChoice.sqlite

    @Option(
        name: .customLong("etcd-ca"),
        help: ArgumentHelp("The authorities that may vouch for etcd (PEM). (default: the system's)", valueName: "file"))
    var authorities: String?

    @Option(
        name: .customLong("etcd-certificate"),
        help: ArgumentHelp("The certificate to show to an etcd that asks for one (PEM).", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("etcd-key"), help: ArgumentHelp("The certificate's key (PEM).", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("etcd-credentials"),
        help: ArgumentHelp("A file with USER:PASSWORD in its first line, for an etcd with users of its own.", valueName: "file"))
    var credentials: String?

    func validate() throws {
        do { _ = try choice } catch { throw ValidationError("\(error)") }
    }

    /// - Throws: `StoreError` that says which file or address is wrong.
    var choice: StoreChoice {
        get throws {
            try store.reached(authorities: authorities, certificate: certificate, key: key, credentialsFile: credentials)
        }
    }
}
