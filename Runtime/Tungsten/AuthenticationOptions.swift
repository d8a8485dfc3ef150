// How a configuration server is to find out who its callers are, on the command line.

import ArgumentParser
import ConfigServer
import ConfigServerCore

struct AuthenticationOptions: ParsableArguments {
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case none
        case users
        case keystone
    }

    @Option(
        name: .customLong("auth"),
        help: ArgumentHelp(
            "How callers prove who they are: `none`; `users`, the server's own (see `tungsten user`); or `keystone`.", valueName: "kind"))
    var kind: Kind = .none

    @Option(
        name: .customLong("users"),
        help: ArgumentHelp("The file of users, for --auth users. (default: users.json in the data folder)", valueName: "file"))
    var users: String?

    @Option(
        name: .customLong("token-lifetime"),
        help: ArgumentHelp(
            "How many seconds a token is good for, with --auth users: 1 to 86400. (default: 3600)", valueName: "seconds"))
    var tokenLifetime: Int64?

    @Option(
        name: .customLong("keystone"),
        help: ArgumentHelp("Where Keystone is, for --auth keystone: http://10.0.0.5:5000/v3", valueName: "url"))
    var keystone: String?

    @Option(
        name: .customLong("keystone-authorities"),
        help: ArgumentHelp("The authorities that may vouch for an https:// Keystone (PEM). (default: the system's)", valueName: "file"))
    var keystoneAuthorities: String?

    @Option(
        name: .customLong("aaa-mode"),
        help: ArgumentHelp(
            """
            What callers may do: `cloud-admin`: administrators everything, others nothing; `rbac`: as api-access-lists and the \
            permissions of objects say; `no-auth`: everybody everything.
            """, valueName: "mode"))
    var mode: AuthorizationMode = .cloudAdmin

    @Option(name: .customLong("admin-role"), help: ArgumentHelp("The role that may do everything.", valueName: "role"))
    var administrator = "admin"

    @Option(name: .customLong("reader-role"), help: ArgumentHelp("A role that may read everything. (default: none)", valueName: "role"))
    var reader: String?

    func validate() throws {
        if kind != .users, users != nil { throw ValidationError("--users goes with --auth users") }
        if let tokenLifetime {
            guard kind == .users else { throw ValidationError("--token-lifetime goes with --auth users") }
            guard 1...86_400 ~= tokenLifetime else {
                throw ValidationError("--token-lifetime: \(tokenLifetime) is outside 1…86400 seconds")
            }
        }
        guard kind == .keystone else {
            if keystone != nil || keystoneAuthorities != nil { throw ValidationError("--keystone goes with --auth keystone") }
            return
        }
        _ = try keystoneAddress()
    }

    private func keystoneAddress() throws -> KeystoneAddress {
        guard let keystone else { throw ValidationError("--auth keystone needs --keystone URL, such as http://10.0.0.5:5000/v3") }
        guard var address = KeystoneAddress(keystone) else {
            throw ValidationError("--keystone: '\(keystone)' is no address of Keystone; write https://host:port/v3")
        }
        address.authorities = keystoneAuthorities
        return address
    }

    /// The same as options of the configuration server.
    var arguments: [String] {
        var result = ["--auth", kind.rawValue, "--aaa-mode", mode.rawValue, "--admin-role", administrator]
        for (name, value) in [
            ("--users", users), ("--token-lifetime", tokenLifetime.map(String.init)), ("--keystone", keystone),
            ("--keystone-authorities", keystoneAuthorities), ("--reader-role", reader),
        ] {
            if let value { result += [name, value] }
        }
        return result
    }

    /// Takes over what was said into a server's options.
    ///
    /// - Throws: `ValidationError` that says which option is wrong, and what it should be.
    func apply(to options: inout ConfigServer.Options) throws {
        options.mode = mode
        options.specialRoles.administrator = administrator
        options.specialRoles.reader = reader
        switch kind {
        case .none: options.authentication = .none
        case .users:
            options.authentication = .users(
                file: users ?? UserFileOptions.standard(in: options.dataDirectory), tokenLifetime: tokenLifetime ?? 3600)
        case .keystone: options.authentication = .keystone(try keystoneAddress())
        }
    }
}

extension AuthorizationMode: ExpressibleByArgument {}
