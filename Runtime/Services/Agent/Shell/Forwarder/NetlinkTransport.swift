// Generic netlink, to the forwarder in the kernel: kmod/netlink.c is the other end. The kernel's own answers are read by NetlinkConversation.

import AgentCore
import CMNL
import Glibc

/// Not for more than one thread. The family must exist when it is made; a module that is loaded anew has another number, and wants another transport.
final class NetlinkTransport: ForwarderTransport {
    private let socket: OpaquePointer
    private var conversation: NetlinkConversation
    private var buffer = [UInt8](repeating: 0, count: NetlinkTransport.greatestDatagram)

    /// What the module registers.
    static let standardFamily = "vrouter"
    /// The greatest message, and more than the kernel puts together in one datagram.
    private static let greatestDatagram = 1 << 20

    /// - Parameter patience: how many seconds an answer may take.
    init(family: String = NetlinkTransport.standardFamily, patience: Int) throws(ForwarderError) {
        guard let socket = mnl_socket_open2(NETLINK_GENERIC, CInt(SOCK_CLOEXEC.rawValue)) else {
            throw ForwarderError("no netlink socket can be made: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
        do throws(ForwarderError) {
            guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
                throw ForwarderError("the netlink socket cannot be bound: \(String(cString: strerror(errno)))", code: UInt32(errno))
            }
            setPatience(of: mnl_socket_get_fd(socket), seconds: patience)
            // Explanations beside error numbers; a kernel without them has none.
            var on: CInt = 1
            _ = mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, socklen_t(MemoryLayout<CInt>.size))
            conversation = NetlinkConversation(family: try Self.number(of: family, socket))
        } catch {
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
    }

    deinit { mnl_socket_close(socket) }

    /// Whether the kernel has the forwarder's family: whether its module is loaded.
    static var isThere: Bool { (try? NetlinkTransport(patience: 1)) != nil }

    func send(_ bytes: [UInt8]) throws(ForwarderError) {
        let datagram = conversation.sending(bytes)
        while datagram.withUnsafeBytes({ mnl_socket_sendto(socket, $0.baseAddress, $0.count) }) < 0 {
            if errno == EINTR { continue }
            throw ForwarderError("netlink takes no message: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
    }

    func receive() throws(ForwarderError) -> [UInt8] {
        let count = buffer.withUnsafeMutableBytes { mnl_socket_recvfrom(socket, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            switch errno {
            case EINTR: return []
            case EAGAIN: throw ForwarderError("the forwarder in the kernel does not answer", code: UInt32(EAGAIN))
            case ENOBUFS: throw ForwarderError("the kernel had more answers than room for them: ask again", code: UInt32(ENOBUFS))
            default: throw ForwarderError("netlink cannot be read: \(String(cString: strerror(errno)))", code: UInt32(errno))
            }
        }
        do throws(ForwarderStreamError) {
            return try conversation.received(Array(buffer[..<count]))
        } catch {
            throw ForwarderError(error.description)
        }
    }

    /// Asks the kernel's controller for a family by its name.
    private static func number(of family: String, _ socket: OpaquePointer) throws(ForwarderError) -> UInt16 {
        guard family.utf8.count < Int(GENL_NAMSIZ) else { throw ForwarderError("'\(family)' is longer than a family's name may be") }
        // Aligned as headers must be.
        var memory = [UInt64](repeating: 0, count: 1024)
        let found: UInt16? = memory.withUnsafeMutableBytes { bytes -> UInt16? in
            guard let request = mnl_nlmsg_put_header(bytes.baseAddress) else { return nil }
            request.pointee.nlmsg_type = UInt16(GENL_ID_CTRL)
            request.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST)
            request.pointee.nlmsg_seq = 1
            let generic = mnl_nlmsg_put_extra_header(request, MemoryLayout<genlmsghdr>.size)
            generic?.storeBytes(of: genlmsghdr(cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0), as: genlmsghdr.self)
            mnl_attr_put_strz(request, UInt16(CTRL_ATTR_FAMILY_NAME), family)
            guard mnl_socket_sendto(socket, request, Int(request.pointee.nlmsg_len)) >= 0 else { return nil }
            return readNumber(socket, bytes)
        }
        guard let found else {
            let reason = errno
            guard reason == ENOENT else {
                throw ForwarderError(
                    "the kernel does not tell of its family \(family): \(String(cString: strerror(reason)))", code: UInt32(reason))
            }
            throw ForwarderError(
                "the kernel has no generic netlink family \(family): load its module (modprobe vrouter), or name the socket of a forwarder in user space",
                code: UInt32(reason))
        }
        return found
    }

    /// nil, and errno.
    private static func readNumber(_ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer) -> UInt16? {
        var left: CInt
        repeat { left = CInt(mnl_socket_recvfrom(socket, bytes.baseAddress, bytes.count)) } while left < 0 && errno == EINTR
        guard left >= 0 else { return nil }
        var message = UnsafePointer(bytes.baseAddress?.assumingMemoryBound(to: nlmsghdr.self))
        while let header = message, mnl_nlmsg_ok(header, left) {
            if header.pointee.nlmsg_type == UInt16(NLMSG_ERROR), Int(header.pointee.nlmsg_len) >= MemoryLayout<nlmsghdr>.size + 4,
                let code = mnl_nlmsg_get_payload(header)?.loadUnaligned(as: Int32.self)
            {
                errno = -code
                return nil
            }
            if let number = attribute(CTRL_ATTR_FAMILY_ID, of: header) { return number }
            message = UnsafePointer(mnl_nlmsg_next(header, &left))
        }
        errno = EPROTO
        return nil
    }

    private static func attribute(_ wanted: Int, of message: UnsafePointer<nlmsghdr>) -> UInt16? {
        guard message.pointee.nlmsg_type == UInt16(GENL_ID_CTRL), let end = mnl_nlmsg_get_payload_tail(message) else { return nil }
        var attribute = mnl_nlmsg_get_payload_offset(message, MemoryLayout<genlmsghdr>.size)?.assumingMemoryBound(to: nlattr.self)
        while let one = attribute, mnl_attr_ok(one, CInt(end - UnsafeMutableRawPointer(one))) {
            if Int(mnl_attr_get_type(one)) == wanted, mnl_attr_validate(one, MNL_TYPE_U16) >= 0 { return mnl_attr_get_u16(one) }
            attribute = mnl_attr_next(one)
        }
        return nil
    }
}
