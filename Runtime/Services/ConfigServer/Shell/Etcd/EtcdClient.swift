// Requests to etcd's JSON gateway over kept HTTP/1.1 connections, to any of several members. For threads that may be blocked: the writer
// of the engine waits here for the disks of the cluster as it would wait for its own.

import Client
import Coding
import ConfigServerCore
import Dispatch
import NIOCore
import NIOPosix
import NIOTransport
import Synchronization

/// Why etcd did not do what it was asked for.
struct EtcdFailure: Error, Sendable {
    enum Kind: Sendable {
        /// Nobody answers, or the cluster has no leader: another attempt may succeed.
        case unavailable
        /// History that was asked for is gone.
        case compacted
        /// etcd will not.
        case refused
        /// etcd will not, because of who asks.
        case forbidden
    }

    let kind: Kind
    let message: String
    /// It may have happened all the same.
    var inDoubt = false
}

final class EtcdClient: Sendable {
    private let transport: NIOTransport
    private let credentials: EtcdAccess.Credentials?
    /// What etcd gave for the credentials; it forgets them when nobody uses them, and when its users change.
    private let token = Mutex<String?>(nil)

    /// - Parameter addresses: members of the cluster; at least one.
    init(_ addresses: [NIOTransport.Address], _ access: EtcdAccess = EtcdAccess()) {
        credentials = access.credentials
        var options = NIOTransport.Options()
        options.connectTime = .seconds(1)
        // A member that lost its leader keeps a request for longer than another one takes to be elected.
        options.replyTime = .seconds(2)
        options.largestReply = 1 << 30
        options.security = access.security
        transport = NIOTransport(addresses, options: options)
    }

    func send(_ request: (path: String, body: [UInt8])) async throws(EtcdFailure) -> EtcdReply {
        let first = try await currentToken()
        var reply = try await exchange(request, first)
        if credentials != nil, Self.isTokenRefused(reply) { reply = try await exchange(request, try await renewed(instead: first)) }
        guard reply.status == 200 else { throw Self.failure(reply) }
        do {
            return try EtcdReply(parsing: reply.body)
        } catch {
            throw EtcdFailure(kind: .refused, message: "the answer to \(request.path) is not etcd's: \(error.message)", inDoubt: true)
        }
    }

    /// Blocks the calling thread, which must not be an event loop's.
    func call(_ request: (path: String, body: [UInt8])) throws(EtcdFailure) -> EtcdReply {
        let outcome = Outcome()
        Task(executorPreference: LoopExecutor.shared) { [self] in
            do throws(EtcdFailure) {
                outcome.set(.success(try await send(request)))
            } catch {
                outcome.set(.failure(error))
            }
        }
        return try outcome.wait().get()
    }

    /// A watch that etcd refuses because of its token ends at once; the next one has that of the requests meanwhile.
    func stream(_ request: (path: String, body: [UInt8])) async throws(EtcdFailure) -> any ClientStream {
        let token = try await currentToken()
        do {
            return try await transport.stream(ClientRequest(.post, request.path, body: request.body, headers: Self.headers(token)))
        } catch {
            throw EtcdFailure(kind: .unavailable, message: error.message)
        }
    }

    private func exchange(_ request: (path: String, body: [UInt8]), _ token: String?) async throws(EtcdFailure) -> ClientReply {
        do {
            return try await transport.send(ClientRequest(.post, request.path, body: request.body, headers: Self.headers(token)))
        } catch {
            throw EtcdFailure(kind: .unavailable, message: error.message, inDoubt: error.wasSent)
        }
    }

    // MARK: Logging in

    private static func headers(_ token: String?) -> [(name: String, value: String)] { token.map { [("Authorization", $0)] } ?? [] }

    private func currentToken() async throws(EtcdFailure) -> String? {
        guard credentials != nil else { return nil }
        if let known = token.withLock({ $0 }) { return known }
        return try await renewed(instead: nil)
    }

    /// Another token than one that was refused; of several who find that out one asks first, and the others take what it got.
    private func renewed(instead refused: String?) async throws(EtcdFailure) -> String? {
        guard let credentials else { return nil }
        if let known = token.withLock({ $0 }), known != refused { return known }
        let reply = try await exchange(etcdLoginRequest(user: credentials.user, password: credentials.password), nil)
        if reply.status == 200, let new = etcdToken(reply.body) {
            token.withLock { $0 = new }
            return new
        }
        let text = etcdErrorText(reply.body)
        // An etcd that asks nobody who they are has no tokens.
        if text.contains("authentication is not enabled") { return nil }
        if text.contains("CommonName") {
            // The gateway comes to etcd as a client, too, and shows the certificate that etcd serves.
            let advice = "with --client-cert-auth the certificate that etcd itself serves must have no common name (CN)"
            throw EtcdFailure(kind: .forbidden, message: "etcd refuses: \(advice) (\(text))")
        }
        guard reply.status < 500 else { throw EtcdFailure(kind: .unavailable, message: text) }
        throw EtcdFailure(kind: .forbidden, message: "etcd does not let the user \(credentials.user) in: \(text)")
    }

    /// Such a request was not done.
    private static func isTokenRefused(_ reply: ClientReply) -> Bool {
        guard reply.status != 200 else { return false }
        let text = etcdErrorText(reply.body)
        return text.contains("invalid auth token") || text.contains("revision of auth store is old") || text.contains("user name is empty")
    }

    private static func failure(_ reply: ClientReply) -> EtcdFailure {
        let text = etcdErrorText(reply.body)
        if text.contains("has been compacted") { return EtcdFailure(kind: .compacted, message: text) }
        if text.contains("database space exceeded") {
            return EtcdFailure(
                kind: .refused,
                message:
                    "etcd's space is used up; compact and defragment it, or raise --quota-backend-bytes, and disarm its alarm "
                    + "(\(text))")
        }
        if text.contains("user name is empty") {
            return EtcdFailure(kind: .forbidden, message: "etcd wants to know who asks; give it --etcd-credentials FILE (\(text))")
        }
        if text.contains("permission denied") {
            return EtcdFailure(
                kind: .forbidden, message: "etcd does not let this user read and write below the prefix of the store: \(text)")
        }
        guard reply.status >= 500 else { return EtcdFailure(kind: .refused, message: "etcd refuses: \(text) (HTTP \(reply.status))") }
        return EtcdFailure(kind: .unavailable, message: text, inDoubt: !text.contains("no leader"))
    }
}

/// Runs tasks on an event loop: the threads that usually do may all be waiting for an answer.
private final class LoopExecutor: TaskExecutor {
    static let shared = LoopExecutor()
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A result that one thread waits for and another sets, once.
private final class Outcome: Sendable {
    private let result = Mutex<Result<EtcdReply, EtcdFailure>?>(nil)
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ value: Result<EtcdReply, EtcdFailure>) {
        result.withLock { $0 = value }
        isSet.signal()
    }

    func wait() -> Result<EtcdReply, EtcdFailure> {
        isSet.wait()
        return result.withLock { $0 } ?? .failure(EtcdFailure(kind: .unavailable, message: "no result"))
    }
}
