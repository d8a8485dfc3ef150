// Words for what the system says about sockets.

import Glibc
import NIOCore
import NIOPosix

/// Why a connection failed, as people say it.
enum SocketReason {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError: text(errno: error.errnoCode)
        case let error as NIOConnectionError:
            (error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError).map(text)
                ?? "no address of \(error.host) answers"
        case ChannelError.connectTimeout: "no answer"
        default: "\(error)"
        }
    }

    static func text(errno: CInt) -> String { String(cString: strerror(errno)) }
}

extension EventLoopFuture<Void> {
    /// Succeeds in any case: how a connection ended does not matter any more.
    var inAnyCase: EventLoopFuture<Void> {
        let loop = eventLoop
        return flatMapError { _ in loop.makeSucceededVoidFuture() }
    }
}
