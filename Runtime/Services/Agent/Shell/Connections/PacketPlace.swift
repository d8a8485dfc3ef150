// Where packets between forwarder and agent pass: see PacketChannel.swift.

import AgentCore
import CMNL
import Glibc

/// The system does not open it.
struct PacketPlaceFailure: Error { let code: CInt }

enum PacketPlace: CustomStringConvertible, Equatable, Sendable {
    /// The path of a UNIX socket.
    case socket(String)
    /// The name of a network device.
    case device(String)

    var description: String {
        switch self {
        case .socket(let path): path
        case .device(let name): name
        }
    }

    /// What packets are read from and written to, one at a time and without waiting.
    func open() throws(PacketPlaceFailure) -> CInt {
        switch self {
        case .socket(let path): try Self.open(socket: path)
        case .device(let name): try Self.open(device: name)
        }
    }

    private static func open(socket path: String) throws(PacketPlaceFailure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw PacketPlaceFailure(code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = try make(AF_UNIX, SOCK_SEQPACKET)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        return try checked(descriptor, result)
    }

    /// A raw socket that has the agent's frames of the device, and no others.
    private static func open(device name: String) throws(PacketPlaceFailure) -> CInt {
        let index = if_nametoindex(name)
        guard index != 0 else { throw PacketPlaceFailure(code: ENODEV) }
        // Of no protocol: nothing comes in before it is bound.
        let descriptor = try make(AF_PACKET, SOCK_RAW)
        // First packets of flows come in bursts. Without the room some are lost, and shown again when they are repeated.
        var room: CInt = 4 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<CInt>.size))
        makeWide(name, descriptor)
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = AgentPacket.etherType.rawValue.bigEndian
        address.sll_ifindex = CInt(index)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_ll>.size)) }
        }
        return try checked(descriptor, result)
    }

    /// The greatest MTU that an Ethernet device may have.
    private static let widest: CInt = 65535

    /// Lets the device take any packet with a header in front, if it does not yet. Where that is not allowed, the largest do not fit.
    private static func makeWide(_ name: String, _ descriptor: CInt) {
        var request = ifreq()
        withUnsafeMutableBytes(of: &request.ifr_ifrn) { $0.copyBytes(from: name.utf8.prefix(Int(IFNAMSIZ) - 1)) }
        guard ioctl(descriptor, UInt(SIOCGIFMTU), &request) == 0, request.ifr_ifru.ifru_mtu < widest else { return }
        request.ifr_ifru.ifru_mtu = widest
        _ = ioctl(descriptor, UInt(SIOCSIFMTU), &request)
    }

    private static func make(_ family: CInt, _ kind: __socket_type) throws(PacketPlaceFailure) -> CInt {
        let descriptor = Glibc.socket(family, CInt(kind.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw PacketPlaceFailure(code: errno) }
        return descriptor
    }

    private static func checked(_ descriptor: CInt, _ result: CInt) throws(PacketPlaceFailure) -> CInt {
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw PacketPlaceFailure(code: code)
        }
        return descriptor
    }
}
