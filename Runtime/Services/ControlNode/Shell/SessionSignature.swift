// TCP MD5 signatures (RFC 2385), which the system puts on segments and checks. A listening socket has the keys of all peers that it may be
// connected to by; a connecting one has its peer's, and must have it before the first segment. What comes with a wrong signature, or without
// one, the system drops without a word: the peer sees a connection that does not come about.

import ControlNodeCore
import Glibc
import NIOCore
import NetworkTypes

enum SessionSignature {
    /// Says with which key what is exchanged with a peer is signed.
    ///
    /// - Parameter key: nil: none any more.
    /// - Returns: fails when the system does not offer signatures, or has none with the peer's address family.
    static func set(_ key: SessionKey?, of peer: IPAddress, on channel: any Channel) -> EventLoopFuture<Void> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ControlNodeError("the connection is not one of TCP"))
        }
        var value = tcp_md5sig()
        withUnsafeMutableBytes(of: &value.tcpm_addr) { address in
            // A socket for both families knows IPv4 peers by their mapped address.
            var peer = peer
            if case .v4(let inner) = peer, case .v6? = channel.localAddress { peer = .v6(IPv6Address(mapping: inner)) }
            write(peer, to: address)
        }
        value.tcpm_keylen = UInt16(key?.bytes.count ?? 0)
        withUnsafeMutableBytes(of: &value.tcpm_key) { $0.copyBytes(from: key?.bytes ?? []) }
        return options.unsafeSetSocketOption(level: SocketOptionLevel(IPPROTO_TCP), name: SocketOptionName(TCP_MD5SIG), value: value)
    }

    private static func write(_ address: IPAddress, to storage: UnsafeMutableRawBufferPointer) {
        func copy<Value>(_ value: Value) { withUnsafeBytes(of: value) { storage.copyBytes(from: $0) } }
        switch address {
        case .v4(let address):
            var socketAddress = sockaddr_in()
            socketAddress.sin_family = sa_family_t(AF_INET)
            socketAddress.sin_addr.s_addr = address.rawValue.bigEndian
            copy(socketAddress)
        case .v6(let address):
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            withUnsafeMutableBytes(of: &socketAddress.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            copy(socketAddress)
        }
    }
}
