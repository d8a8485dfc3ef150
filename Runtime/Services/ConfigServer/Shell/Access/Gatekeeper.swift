// Who a request is from. A token is looked up once and remembered for a little while, so that most requests are answered without asking
// anybody; what the answer allows is decided by the Core.

import ConfigServerCore
import Synchronization

/// Somebody who can tell whom a token belongs to. Called on any thread, and calls back on any.
protocol Authenticator: Sendable {
    /// A refusal of 401 says that the token is no good, any other that it could not be found out.
    func find(_ token: String, _ complete: @escaping @Sendable (Result<TokenDocument, Refusal>) -> Void)

    /// Answers a GET or POST of `/v3/auth/tokens`, if that is served here.
    func answer(_ request: Request, _ image: Image, _ complete: @escaping @Sendable (Reply) -> Void) -> Bool

    /// For how long a token that was good counts as good, in seconds.
    var memory: Double { get }

    /// What WWW-Authenticate says to those who must authenticate.
    func challenge(base: String) -> String

    func stop() async
}

final class Gatekeeper: Sendable {
    private struct Memory {
        var known: [String: (outcome: Result<Caller, Refusal>, until: Double)] = [:]

        /// Beyond this the oldest go, all that are no longer true first.
        static let bound = 8192
        /// A token that was refused is refused again for so many seconds without asking.
        static let grudge = 3.0
    }

    private let authenticator: (any Authenticator)?
    private let special: Access.SpecialRoles
    private let mode: Mutex<AuthorizationMode>
    private let memory = Mutex(Memory())

    /// - Parameter authenticator: nil: nobody is asked who they are, and the mode is that everybody may do everything.
    init(_ authenticator: (any Authenticator)?, _ mode: AuthorizationMode, _ special: Access.SpecialRoles) {
        self.authenticator = authenticator
        self.special = special
        self.mode = Mutex(authenticator == nil ? .none : mode)
    }

    /// What a request may do, if that is known now; nil: `ask`.
    func access(_ request: Request) -> Result<Access, Refusal>? {
        guard authenticator != nil else { return .success(.open) }
        guard let token = request.callersToken else { return .success(access(nil)) }
        let now = Counters.now()
        guard let known = memory.withLock({ $0.known[token] }), known.until > now else { return nil }
        return known.outcome.map(access)
    }

    func ask(_ request: Request, _ complete: @escaping @Sendable (Result<Access, Refusal>) -> Void) {
        guard let authenticator, let token = request.callersToken else { return complete(.success(access(nil))) }
        authenticator.find(token) { result in
            self.remember(token, result, authenticator.memory)
            complete(result.map { self.access($0.caller) })
        }
    }

    private func remember(_ token: String, _ result: Result<TokenDocument, Refusal>, _ seconds: Double) {
        let now = Counters.now()
        let until: Double
        switch result {
        case .success(let document):
            // The clock of the token is the one of the calendar, that of the memory only goes forward.
            let rest = Double(document.expires.microseconds - Timestamp.now.microseconds) / 1e6
            until = now + min(seconds, rest)
        case .failure(let refusal):
            guard refusal.status == 401 else { return }
            until = now + Memory.grudge
        }
        memory.withLock { memory in
            if memory.known.count >= Memory.bound { memory.known = memory.known.filter { $0.value.until > now } }
            if memory.known.count >= Memory.bound { memory.known.removeAll() }
            memory.known[token] = (result.map(\.caller), until)
        }
    }

    private func access(_ caller: Caller?) -> Access { Access(mode: mode.withLock { $0 }, caller: caller, special) }

    func setMode(_ new: AuthorizationMode) { mode.withLock { $0 = new } }

    /// Answers a request for a token, or about one; false when it is about something else.
    func answer(_ request: Request, _ image: Image?, _ complete: @escaping @Sendable (Reply) -> Void) -> Bool {
        guard let authenticator, request.target.segments == ["v3", "auth", "tokens"] else { return false }
        if let refusal = request.tokenMethodRefusal {
            complete(refusal.reply)
            return true
        }
        guard let image else {
            complete(Refusal(503, "Api server is Initializing:DB Resync in progress").reply)
            return true
        }
        return authenticator.answer(request, image, complete)
    }

    func challenge(base: String) -> String? { authenticator?.challenge(base: base) }

    func stop() async { await authenticator?.stop() }
}

extension Request {
    /// The token that says who the caller is. Services ask with `X-User-Token` what somebody else may do.
    fileprivate var callersToken: String? {
        if target.segments == ["obj-perms"], let subjectToken { return subjectToken }
        return token
    }
}
