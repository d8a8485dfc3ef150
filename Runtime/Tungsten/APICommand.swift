// `tungsten api`: the configuration server by itself.

import ArgumentParser
import ConfigServer
import ConfigServerCore
import ConfigurationDescription
import ConfigurationREST
import Glibc

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Run the configuration server.",
        discussion: """
            It keeps the configuration and serves the REST API. Unless told otherwise it asks nobody who they are, and listens on the \
            loopback interface only: whoever can reach it can change everything. `--auth users` or `--auth keystone` lets in only those \
            who prove who they are.

            One server keeps its data in a file (--store sqlite). Several servers may share an etcd, version 3.4 or later, and behave as \
            one: --store etcd:https://HOST1:2379,https://HOST2:2379,https://HOST3:2379, with /PREFIX after the last address when other keys \
            than those below /tungsten/configuration are to be used. The servers compact etcd's history, so give them an etcd of their own. \
            Every server takes changes, and every change is decided on all changes before it. A read shows the configuration as it was \
            a moment ago, never older than what this server has shown or acknowledged before; a client that changes something on one \
            server and reads on another may have to wait a moment, and knows by the header X-Configuration-Revision how far it is. While \
            etcd is out of reach changes are refused with 503, reads show what was last known, and /readyz says so.

            To an etcd with --client-cert-auth show a certificate (--etcd-certificate, --etcd-key); etcd's own certificate must have no \
            common name then, as etcd says of its JSON gateway, which is what is talked to. An etcd with authentication wants a user \
            (--etcd-credentials) who may read and write all keys that begin with the prefix.

            SIGTERM and Ctrl-C stop it after the requests in progress; a second one at once.
            """)

    @Option(help: ArgumentHelp("Where to listen. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @OptionGroup(title: "Store") var storeOptions: StoreOptions

    @Option(
        name: .customLong("quota"),
        help: ArgumentHelp(
            "How many objects of a kind a project may have unless its own quota says otherwise, such as virtual_network=100. May be repeated.",
            valueName: "kind=number"),
        transform: { text in try QuotaOption(text) })
    var quotas: [QuotaOption] = []

    @Option(
        help: ArgumentHelp(
            "How many changes are held: how far back audits and watchers can ask.",
            discussion:
                "A change of a small object takes 2 KB in memory (4 KB on average at most: beyond it fewer are held), and 0.3 KB on disk, or "
                + "1.2 KB in etcd. Where several servers share a store give all of them the same number: the smallest counts.",
            valueName: "count"))
    var heldChanges = ConfigServer.standardHeldChanges

    @OptionGroup(title: "TLS") var tls: TLSOptions

    @OptionGroup(title: "Who may do what") var authentication: AuthenticationOptions

    @OptionGroup(title: "Limits and log") var limits: LimitOptions

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard 1...1_000_000_000 ~= heldChanges else {
            throw ValidationError("--held-changes \(heldChanges) is no number of changes; write one from 1 to 1000000000")
        }
    }

    func run() async throws {
        ConfigServer.prepareProcess()
        let stop = common.makeStopSignal()
        var options = ConfigServer.Options(host: listen.host, port: listen.port, dataDirectory: common.dataDirectory)
        try authentication.apply(to: &options)
        limits.apply(to: &options)
        options.description = APIDescription(ConfigurationDescription.document, tag: ConfigurationDescription.tag)
        let store = try storeOptions.choice
        options.store = store
        options.heldChanges = heldChanges
        for quota in quotas { options.quotas[quota.kind] = quota.limit }
        options.tls = tls.identity
        let server = try await ConfigServer.listen(options, ConfigurationResources.catalogue, common.makeLogger("api"))
        let place = if case .sqlite = store { common.dataDirectory } else { "\(store)" }
        let scheme = options.tls == nil ? "http" : "https"
        print("configuration server listens on \(scheme)://\(server.address), data in \(place)")
        fflush(nil)
        stop.whenRequested { server.giveUpLoading() }
        do {
            try await server.load()
        } catch {
            try await server.stop()
            throw error
        }
        print("configuration server serves \(scheme)://\(server.address)")
        fflush(nil)
        await stop.requested()
        try await server.stop()
        // What is left is memory, and there may be much of it: the system takes it back at once.
        withExtendedLifetime(server) { Glibc.exit(EXIT_SUCCESS) }
    }
}

/// `virtual_network=100`; the kind with underscores or dashes.
struct QuotaOption {
    let kind: String
    let limit: Int

    init(_ text: String) throws {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let limit = Int(parts[1]), limit >= -1 else {
            throw ValidationError("'\(text)' is no quota; write KIND=NUMBER, such as virtual_network=100; -1 is without limit")
        }
        kind = String(parts[0].map { $0 == "-" ? "_" : $0 })
        self.limit = limit
    }
}
