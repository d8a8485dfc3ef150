// What carries messages to a forwarder that is asked one thing after another: a UNIX socket to one in user space, generic netlink to one in the kernel.

// The kinds of sockets belong to the module that includes their header first; in an optimised build that is libmnl's.
import CMNL
import Glibc

protocol ForwarderTransport: AnyObject {
    /// Bytes of one whole message.
    func send(_ bytes: [UInt8]) throws(ForwarderError)
    /// Waits for bytes; none if the wait was interrupted.
    func receive() throws(ForwarderError) -> [UInt8]
}

final class UNIXSocketTransport: ForwarderTransport {
    private let descriptor: CInt
    private let path: String

    /// - Parameter patience: how many seconds an answer may take.
    init(path: String, patience: Int) throws(ForwarderError) {
        self.path = path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw ForwarderError("the socket's path has \(path.utf8.count) bytes; the system allows \(capacity - 1)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ForwarderError("no socket can be made: \(String(cString: strerror(errno)))") }
        setPatience(of: descriptor, seconds: patience)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard result == 0 else {
            let reason = errno
            close(descriptor)
            let hint =
                switch reason {
                case ENOENT, ECONNREFUSED: "is tungsten-vrouter running? name its socket with --socket"
                case EACCES: "only its owner may ask the forwarder; try as root"
                default: "name the forwarder's socket with --socket"
                }
            throw ForwarderError("cannot connect to \(path): \(String(cString: strerror(reason))); \(hint)")
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws(ForwarderError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ForwarderError("cannot write to \(path): \(String(cString: strerror(errno)))")
            }
            sent += count
        }
    }

    func receive() throws(ForwarderError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0 {
            if errno == EINTR { return [] }
            throw ForwarderError(
                errno == EAGAIN ? "the forwarder does not answer" : "cannot read from \(path): \(String(cString: strerror(errno)))")
        }
        guard count > 0 else { throw ForwarderError("the forwarder closed the connection") }
        return Array(buffer[..<count])
    }
}

/// How long reading and writing may take.
func setPatience(of descriptor: CInt, seconds: Int) {
    var timeout = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
}
