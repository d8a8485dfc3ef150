// Authentication by Keystone (Identity API v3): `GET /v3/auth/tokens` says whom a token belongs to. Each token vouches for itself, which
// Keystone's default policy lets it: this server needs no account, and keeps no secret, to look at its callers' tokens.

import Client
import ConfigServerCore
import NIOCore
import NIOTransport
import Synchronization

/// Where Keystone is: `http://10.0.0.5:5000/v3`, `https://10.0.0.5:5000`, `https://cloud/identity/v3`.
public struct KeystoneAddress: Sendable, Equatable, CustomStringConvertible {
    let address: NIOTransport.Address
    /// Before `/auth/tokens`.
    let path: String
    let isSecure: Bool
    /// With https, a file (PEM) with the authorities that may vouch for Keystone; nil: the system's.
    public var authorities: String?

    public init?(_ text: String) {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        isSecure = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = String(rest[..<end])
        guard let address = NIOTransport.Address(authority) ?? NIOTransport.Address(authority + (isSecure ? ":443" : ":80")) else {
            return nil
        }
        var path = rest[end...]
        while path.last == "/" { path = path.dropLast() }
        let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard isPlain else { return nil }
        self.address = address
        self.path = path.hasSuffix("/v3") ? String(path) : path + "/v3"
    }

    public var description: String { "\(isSecure ? "https" : "http")://\(address)\(path)" }
}

final class KeystoneAuthenticator: Authenticator {
    private let keystone: KeystoneAddress
    private let transport: NIOTransport
    /// Requests that wait for an answer about the same token get it from one question.
    private let asking = Mutex<[String: [@Sendable (Result<TokenDocument, Refusal>) -> Void]]>([:])

    /// A role that was taken away in Keystone has an effect within this time.
    let memory = 60.0
    private static let greatestQueue = 4096

    init(_ keystone: KeystoneAddress) {
        self.keystone = keystone
        var options = NIOTransport.Options()
        options.replyTime = .seconds(20)
        options.largestReply = 1 << 20
        if keystone.isSecure { options.security = TransportSecurity(authorities: keystone.authorities) }
        transport = NIOTransport([keystone.address], options: options)
    }

    func find(_ token: String, _ complete: @escaping @Sendable (Result<TokenDocument, Refusal>) -> Void) {
        guard Self.isToken(token) else { return complete(.failure(Self.refusal)) }
        enum Place { case first, later, none }
        let place = asking.withLock { asking -> Place in
            if asking[token] != nil {
                asking[token]?.append(complete)
                return .later
            }
            guard asking.count < Self.greatestQueue else { return .none }
            asking[token] = [complete]
            return .first
        }
        switch place {
        case .later: return
        case .none: complete(.failure(Refusal(503, "Too many tokens are being looked at; try again in a moment")))
        case .first:
            Task {
                let result: Result<TokenDocument, Refusal>
                do throws(Refusal) { result = .success(try await self.ask(token)) } catch { result = .failure(error) }
                let waiting = self.asking.withLock { $0.removeValue(forKey: token) } ?? []
                for complete in waiting { complete(result) }
            }
        }
    }

    private static let refusal = Refusal(401, "Unauthorized: Keystone does not know the token (any more); get another")

    /// Header values: visible characters only (RFC 9110 §5.5), and no longer than any real token.
    private static func isToken(_ text: String) -> Bool {
        1...8192 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    private func ask(_ token: String) async throws(Refusal) -> TokenDocument {
        let request = ClientRequest(
            .get, keystone.path + "/auth/tokens?nocatalog", headers: [("X-Auth-Token", token), ("X-Subject-Token", token)])
        let reply: ClientReply
        do throws(ClientError) {
            reply = try await transport.send(request)
        } catch {
            throw Refusal(503, "Keystone (\(keystone)) does not answer, so nobody can be let in: \(error.message); try again in a moment")
        }
        switch reply.status {
        case 200, 203: return try TokenDocument(reply.body)
        case 401, 404: throw Self.refusal
        default: throw Refusal(503, "Keystone (\(keystone)) answers with the status \(reply.status), so nobody can be let in; see its log")
        }
    }

    func answer(_ request: Request, _ image: Image, _ complete: @escaping @Sendable (Reply) -> Void) -> Bool {
        complete(Refusal(404, "Not found: tokens are Keystone's, at \(keystone)/auth/tokens").reply)
        return true
    }

    func challenge(base: String) -> String { "Keystone uri=\"\(keystone)\"" }

    func stop() async {}
}
