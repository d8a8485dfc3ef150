// A socket of generic netlink, and the numbers that this kernel has given a family and its multicast groups.

import CMNL
import Glibc

/// What the kernel's controller says about a family.
struct NetlinkFamily: Equatable {
    var number: UInt16
    /// By name.
    var groups: [String: UInt32] = [:]
}

/// Not for more than one thread.
final class NetlinkSocket {
    private let socket: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: NetlinkSocket.greatestDatagram)

    /// What the module registers.
    static let standardFamily = "vrouter"
    /// The controller's own family.
    static let controller = "nlctrl"
    /// More than the kernel ever puts together in one datagram (the greatest message has 20776 bytes), so that one that fills it was cut.
    static let greatestDatagram = 1 << 17

    init() throws(ForwarderError) {
        guard let socket = mnl_socket_open2(NETLINK_GENERIC, CInt(SOCK_CLOEXEC.rawValue)) else {
            throw ForwarderError("no netlink socket can be made: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
        self.socket = socket
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
            throw ForwarderError("the netlink socket cannot be bound: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
        // Explanations beside error numbers; a kernel without them has none.
        var on: CInt = 1
        _ = mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, socklen_t(MemoryLayout<CInt>.size))
    }

    deinit { mnl_socket_close(socket) }

    var descriptor: CInt { mnl_socket_get_fd(socket) }

    /// Gives what the kernel says so much room, or less if only that is allowed; returns the room that there is.
    func makeRoom(_ bytes: CInt) -> Int {
        var wanted = bytes, room: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        // Beyond the system's limit for everybody, which takes the capability that asking the forwarder takes.
        if setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, size) != 0 {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &wanted, size)
        }
        return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, &size) == 0 ? Int(room) : 0
    }

    /// Has what is told to the group come in beside the answers.
    func join(_ group: UInt32) throws(ForwarderError) {
        var number = group
        guard mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &number, socklen_t(MemoryLayout<UInt32>.size)) == 0 else {
            throw ForwarderError("netlink's group \(group) cannot be joined: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
    }

    /// The kernel has carried out what the datagram asks for when this returns.
    func send(_ datagram: [UInt8]) throws(ForwarderError) {
        while datagram.withUnsafeBytes({ mnl_socket_sendto(socket, $0.baseAddress, $0.count) }) < 0 {
            if errno == EINTR { continue }
            throw ForwarderError("netlink takes no message: \(String(cString: strerror(errno)))", code: UInt32(errno))
        }
    }

    /// Waits for a datagram; empty if the wait was interrupted.
    func receive() throws(ForwarderError) -> [UInt8] {
        let count = buffer.withUnsafeMutableBytes { mnl_socket_recvfrom(socket, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            switch errno {
            case EINTR: return []
            case EAGAIN: throw ForwarderError("the forwarder in the kernel does not answer", code: UInt32(EAGAIN))
            case ENOBUFS: throw ForwarderError(Self.overrun, code: UInt32(ENOBUFS))
            case ENOSPC: throw ForwarderError(Self.cut, code: UInt32(ENOSPC))
            default: throw ForwarderError("netlink cannot be read: \(String(cString: strerror(errno)))", code: UInt32(errno))
            }
        }
        return Array(buffer[..<count])
    }

    static let overrun = "the kernel had more to say than there was room for: some of it is lost"
    static let cut = "the kernel says more at a time than \(greatestDatagram) bytes: this is a forwarder of another version"

    // MARK: Families

    /// Asks the controller for a family by its name.
    func family(_ name: String) throws(ForwarderError) -> NetlinkFamily {
        guard name.utf8.count < Int(GENL_NAMSIZ) else { throw ForwarderError("'\(name)' is longer than a family's name may be") }
        // Aligned as headers must be.
        var memory = [UInt64](repeating: 0, count: 4096)
        let found: NetlinkFamily? = memory.withUnsafeMutableBytes { bytes -> NetlinkFamily? in
            guard let request = mnl_nlmsg_put_header(bytes.baseAddress) else { return nil }
            request.pointee.nlmsg_type = UInt16(GENL_ID_CTRL)
            request.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST)
            request.pointee.nlmsg_seq = Self.ownSequence
            let generic = mnl_nlmsg_put_extra_header(request, MemoryLayout<genlmsghdr>.size)
            generic?.storeBytes(of: genlmsghdr(cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0), as: genlmsghdr.self)
            mnl_attr_put_strz(request, UInt16(CTRL_ATTR_FAMILY_NAME), name)
            guard mnl_socket_sendto(socket, request, Int(request.pointee.nlmsg_len)) >= 0 else { return nil }
            return readFamily(bytes)
        }
        guard let found else {
            let reason = errno
            guard reason == ENOENT else {
                throw ForwarderError(
                    "the kernel does not tell of its family \(name): \(String(cString: strerror(reason)))", code: UInt32(reason))
            }
            throw ForwarderError(
                "the kernel has no generic netlink family \(name): load its module (modprobe vrouter), or name the socket of a forwarder in user space",
                code: UInt32(reason))
        }
        return found
    }

    /// Of the question about a family; what is told to groups has 0.
    private static let ownSequence: UInt32 = 1

    /// nil, and errno.
    private func readFamily(_ bytes: UnsafeMutableRawBufferPointer) -> NetlinkFamily? {
        while true {
            let count = mnl_socket_recvfrom(socket, bytes.baseAddress, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            var left = CInt(count)
            var message = UnsafePointer(bytes.baseAddress?.assumingMemoryBound(to: nlmsghdr.self))
            while let header = message, mnl_nlmsg_ok(header, left) {
                if header.pointee.nlmsg_seq == Self.ownSequence {
                    if let family = Self.family(in: header) { return family }
                    errno = EPROTO
                    if header.pointee.nlmsg_type == UInt16(NLMSG_ERROR), Int(header.pointee.nlmsg_len) >= MemoryLayout<nlmsghdr>.size + 4,
                        let code = mnl_nlmsg_get_payload(header)?.loadUnaligned(as: Int32.self)
                    {
                        errno = -code
                    }
                    return nil
                }
                message = UnsafePointer(mnl_nlmsg_next(header, &left))
            }
        }
    }

    private static func family(in message: UnsafePointer<nlmsghdr>) -> NetlinkFamily? {
        guard message.pointee.nlmsg_type == UInt16(GENL_ID_CTRL), let end = mnl_nlmsg_get_payload_tail(message) else { return nil }
        var family: NetlinkFamily?
        var groups: [String: UInt32] = [:]
        for attribute in attributes(mnl_nlmsg_get_payload_offset(message, MemoryLayout<genlmsghdr>.size), until: end) {
            switch Int(mnl_attr_get_type(attribute)) {
            case CTRL_ATTR_FAMILY_ID where mnl_attr_validate(attribute, MNL_TYPE_U16) >= 0:
                family = NetlinkFamily(number: mnl_attr_get_u16(attribute))
            case CTRL_ATTR_MCAST_GROUPS:
                for group in inner(attribute) { if let (name, number) = self.group(group) { groups[name] = number } }
            default: break
            }
        }
        family?.groups = groups
        return family
    }

    private static func group(_ attribute: UnsafePointer<nlattr>) -> (String, UInt32)? {
        var name: String?, number: UInt32?
        for part in inner(attribute) {
            switch Int(mnl_attr_get_type(part)) {
            case CTRL_ATTR_MCAST_GRP_NAME where mnl_attr_validate(part, MNL_TYPE_NUL_STRING) >= 0:
                name = mnl_attr_get_str(part).map { String(cString: $0) }
            case CTRL_ATTR_MCAST_GRP_ID where mnl_attr_validate(part, MNL_TYPE_U32) >= 0: number = mnl_attr_get_u32(part)
            default: break
            }
        }
        guard let name, let number else { return nil }
        return (name, number)
    }

    private static func inner(_ attribute: UnsafePointer<nlattr>) -> [UnsafePointer<nlattr>] {
        let start = mnl_attr_get_payload(attribute)
        return attributes(
            UnsafeMutableRawPointer(mutating: start),
            until: UnsafeMutableRawPointer(mutating: start)?.advanced(by: Int(mnl_attr_get_payload_len(attribute))))
    }

    private static func attributes(_ start: UnsafeMutableRawPointer?, until end: UnsafeMutableRawPointer?) -> [UnsafePointer<nlattr>] {
        guard let start, let end else { return [] }
        var found: [UnsafePointer<nlattr>] = []
        var next: UnsafePointer<nlattr>? = UnsafePointer(start.assumingMemoryBound(to: nlattr.self))
        while let one = next, mnl_attr_ok(one, CInt(end - UnsafeMutableRawPointer(mutating: one))) {
            found.append(one)
            next = UnsafePointer(mnl_attr_next(one))
        }
        return found
    }
}
