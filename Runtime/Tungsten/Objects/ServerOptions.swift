// What every command about objects takes: which server, as whom. Options win over the environment, the environment over the context.

import ArgumentParser
import Client
import ConfigurationDictionary
import ConfigurationREST
import Foundation
import NIOCore
import NIOTransport
import ObjectCommands

struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration server. (default: that of the context, else 127.0.0.1:8082)", valueName: "host:port"))
    var server: String?

    @Option(
        help: ArgumentHelp("The context to use instead of the current one.", valueName: "name"),
        completion: .custom { _, _, _ in Contexts.names })
    var context: String?

    @Option(help: ArgumentHelp("Where names are looked for first, and new objects put.", valueName: "domain:project"))
    var project: String?

    @Option(
        help: ArgumentHelp(
            "Log in as this user; the password is in TUNGSTEN_PASSWORD or in the file of --password-file.", valueName: "name"))
    var user: String?

    @Option(name: .customLong("password-file"), help: ArgumentHelp("A file with the password in its first line.", valueName: "path"))
    var passwordFile: String?

    @Option(
        name: .customLong("identity-url"),
        help: ArgumentHelp("The identity service, http://host:5000/v3. (default: the configuration server itself)", valueName: "url"))
    var identityURL: String?

    static let schema = ObjectSchema(ConfigurationResources.catalogue, ConfigurationDictionary.dictionary)
    var schema: ObjectSchema { Self.schema }

    private func settings() throws(CommandError) -> ServerContext {
        let environment = ProcessInfo.processInfo.environment
        var options = ServerContext()
        (options.server, options.project, options.user) = (server, project, user)
        (options.passwordFile, options.identityURL) = (passwordFile, identityURL)
        let name = context ?? environment["TUNGSTEN_CONTEXT"].flatMap { $0.isEmpty ? nil : $0 }
        let kept = try Contexts.read().context(name) ?? ServerContext()
        return kept.overridden(by: ServerContext(environment: environment)).overridden(by: options)
    }

    /// The server, logged in to when that is asked for.
    ///
    /// - Parameter patience: how long an answer may take.
    func access(patience: TimeAmount = .seconds(60)) throws(CommandError) -> ObjectAccess {
        let settings = try settings()
        let project = settings.project.map { $0.split(separator: ":").map(String.init) }.map {
            $0.count == 1 ? ["default-domain"] + $0 : $0
        }
        return ObjectAccess(try transport(settings, patience), schema, project: project)
    }

    private func transport(_ settings: ServerContext, _ patience: TimeAmount) throws(CommandError) -> any ClientTransport {
        let plain = try Self.plainTransport(try settings.addresses(), patience)
        if let token = ProcessInfo.processInfo.environment["TUNGSTEN_TOKEN"], !token.isEmpty {
            return AuthenticatedTransport(plain, token: token)
        }
        guard let user = settings.user else { return plain }
        var issuer: any ClientTransport = plain
        var path = "/v3/auth/tokens"
        if let url = settings.identityURL {
            guard let parsed = URL(string: url), parsed.scheme == "http", let host = parsed.host else {
                throw CommandError(.invalid, "'\(url)' is not an address of an identity service; write it as http://host:5000/v3")
            }
            issuer = try Self.plainTransport(["\(host.contains(":") ? "[\(host)]" : host):\(parsed.port ?? 80)"], patience)
            path = (parsed.path.hasSuffix("/") ? String(parsed.path.dropLast()) : parsed.path) + "/auth/tokens"
        }
        let domain = settings.domain ?? "Default"
        let credentials = PasswordCredentials(
            user: user, password: try CallerPassword.find(file: settings.passwordFile, user: user), userDomain: domain,
            project: settings.project.flatMap { $0.split(separator: ":").last.map(String.init) }, projectDomain: domain)
        return AuthenticatedTransport(plain, issuer: issuer, path: path, credentials: credentials)
    }

    private static func plainTransport(_ addresses: [String], _ patience: TimeAmount) throws(CommandError) -> NIOTransport {
        var parsed: [NIOTransport.Address] = []
        for text in addresses {
            guard let address = NIOTransport.Address(text) else {
                throw CommandError(.invalid, "'\(text)' is not the address of a server; write it as host:port")
            }
            parsed.append(address)
        }
        var options = NIOTransport.Options()
        options.replyTime = patience
        options.connectTime = min(options.connectTime, patience)
        return NIOTransport(parsed, options: options)
    }

    /// Does the work of a command; what fails is said on standard error, and the exit status tells its kind.
    func run(_ body: (ObjectAccess) async throws -> Void) async throws {
        do {
            try await body(try access())
        } catch let error as CommandError {
            Output.complain(error.message)
            throw ExitCode(error.kind.rawValue)
        }
    }
}

/// Said in the help of each command that can fail in several ways.
let exitStatuses = """
    Exit status: 0 done; 1 refused or wrong; 3 no such object; 4 name taken, in use, or changed by somebody else meanwhile; 5 not logged in or not \
    allowed; 6 no server answers; 64 wrong usage.
    """
