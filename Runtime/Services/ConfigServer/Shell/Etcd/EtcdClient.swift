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
    }

    let kind: Kind
    let message: String
    /// It may have happened all the same.
    var inDoubt = false
}

final class EtcdClient: Sendable {
    private let transport: NIOTransport

    /// - Parameter addresses: members of the cluster; at least one.
    init(_ addresses: [NIOTransport.Address]) {
        var options = NIOTransport.Options()
        options.connectTime = .seconds(1)
        // A member that lost its leader keeps a request for longer than another one takes to be elected.
        options.replyTime = .seconds(2)
        options.largestReply = 1 << 30
        transport = NIOTransport(addresses, options: options)
    }

    func send(_ request: (path: String, body: [UInt8])) async throws(EtcdFailure) -> EtcdReply {
        let reply: ClientReply
        do {
            reply = try await transport.send(ClientRequest(.post, request.path, body: request.body))
        } catch {
            throw EtcdFailure(kind: .unavailable, message: error.message, inDoubt: error.wasSent)
        }
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

    func stream(_ request: (path: String, body: [UInt8])) async throws(EtcdFailure) -> any ClientStream {
        do {
            return try await transport.stream(ClientRequest(.post, request.path, body: request.body))
        } catch {
            throw EtcdFailure(kind: .unavailable, message: error.message)
        }
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
