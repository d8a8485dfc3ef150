// What everything that talks to the configuration server takes, commands and roles alike: which server, as whom, over which TLS. Options win
// over the environment, the environment over the context. No password or token is ever an option, which other users could see.

import ArgumentParser
import Client
import Foundation
import NIOCore
import NIOTransport
import ObjectCommands

/// As whom to come, as a context keeps it.
struct LoginOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The project that names are looked for in first, that new objects go to, and that the login is for.",
            valueName: "domain:project"))
    var project: String?

    @Option(
        help: ArgumentHelp(
            "Log in as this user; the password is in TUNGSTEN_PASSWORD or in the file of --password-file.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("The user's domain in the identity service. (default: Default)", valueName: "name"))
    var domain: String?

    @Option(name: .customLong("password-file"), help: ArgumentHelp("A file with the password in its first line.", valueName: "path"))
    var passwordFile: String?

    @Option(
        name: .customLong("identity-url"),
        help: ArgumentHelp("The identity service, https://host:5000/v3. (default: the configuration server itself)", valueName: "url"))
    var identityURL: String?

    func apply(to context: inout ServerContext) {
        (context.project, context.user, context.domain) = (project, user, domain)
        (context.passwordFile, context.identityURL) = (passwordFile, identityURL)
    }
}

/// Where to go, and as whom: what a context can say.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.customLong("server"), .customLong("api"), .customLong("api-server")],
        help: ArgumentHelp(
            "The configuration server, https://host:port or host:port; several with commas, to be tried in turn. (default: that of the context, else \(ServerContext.standardServer))",
            valueName: "url"))
    var server: String?

    @OptionGroup var login: LoginOptions

    @Option(
        name: .customLong("tls-authorities"),
        help: ArgumentHelp("The authorities that may vouch for the server (PEM). (default: the system's)", valueName: "file"))
    var tlsAuthorities: String?

    @Option(
        name: .customLong("tls-certificate"), help: ArgumentHelp("The certificate to show to a server that asks (PEM).", valueName: "file"))
    var tlsCertificate: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("The certificate's key (PEM).", valueName: "file"))
    var tlsKey: String?

    var context: ServerContext {
        var context = ServerContext()
        context.server = server
        login.apply(to: &context)
        (context.tlsAuthorities, context.tlsCertificate, context.tlsKey) = (tlsAuthorities, tlsCertificate, tlsKey)
        return context
    }
}

struct APIOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp("The context to use (see `tungsten context`).", valueName: "name"),
        completion: .custom { _, _, _ in Contexts.names })
    var context: String?

    /// For people: options over environment over the context in use.
    func settings() throws(CommandError) -> ServerContext { try settings(usesCurrent: true) }

    /// For roles: which context somebody uses at their terminal is nothing to a service, so one counts only when it is named.
    func roleSettings() throws(CommandError) -> ServerContext { try settings(usesCurrent: false) }

    private func settings(usesCurrent: Bool) throws(CommandError) -> ServerContext {
        let environment = ProcessInfo.processInfo.environment
        let name = context ?? environment["TUNGSTEN_CONTEXT"].flatMap { $0.isEmpty ? nil : $0 }
        let kept = usesCurrent || name != nil ? try Contexts.read().context(name) : nil
        return (kept ?? ServerContext()).overridden(by: ServerContext(environment: environment)).overridden(by: connection.context)
    }
}

extension ServerContext {
    /// The way to the servers, logged in to when that is asked for.
    ///
    /// - Parameters:
    ///   - patience: how long an answer may take.
    ///   - asks: whether somebody at the terminal may be asked for a password that is nowhere else.
    ///   - environment: where a password or a token may be.
    func transport(
        patience: TimeAmount = .seconds(60), asks: Bool = false, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandError) -> any ClientTransport {
        let plain = try plainTransport(try servers(), patience)
        if let token = environment["TUNGSTEN_TOKEN"], !token.isEmpty {
            return AuthenticatedTransport(plain, token: token)
        }
        guard let user else { return plain }
        let identity = try identityService()
        let domain = domain ?? "Default"
        let credentials = PasswordCredentials(
            user: user, password: try CallerPassword.find(environment, file: passwordFile, user: user, asks: asks), userDomain: domain,
            project: projectName?.last, projectDomain: domain)
        guard let identity else { return AuthenticatedTransport(plain, issuer: plain, credentials: credentials) }
        return AuthenticatedTransport(
            plain, issuer: try plainTransport([identity], patience), path: identity.path + "/auth/tokens", credentials: credentials)
    }

    /// For people, and for the log of a role.
    var place: String { server ?? Self.standardServer }

    private func plainTransport(_ servers: [ServerURL], _ patience: TimeAmount) throws(CommandError) -> NIOTransport {
        var options = NIOTransport.Options()
        options.replyTime = patience
        options.connectTime = min(options.connectTime, patience)
        if servers.contains(where: \.isSecure) {
            options.security = TransportSecurity(authorities: tlsAuthorities, certificate: tlsCertificate, key: tlsKey)
        }
        return NIOTransport(servers.compactMap { NIOTransport.Address($0.address) }, options: options)
    }
}
