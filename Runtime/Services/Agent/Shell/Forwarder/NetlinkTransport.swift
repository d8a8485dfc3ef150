// Generic netlink, to the forwarder in the kernel, for whoever asks one thing after another: kmod/netlink.c is the other end. The kernel's own
// answers are read by NetlinkConversation.

import AgentCore
import Glibc

/// Not for more than one thread. The family must exist when it is made; a module that is loaded anew has another number, and wants another transport.
final class NetlinkTransport: ForwarderTransport {
    private let socket: NetlinkSocket
    private var conversation: NetlinkConversation

    /// - Parameter patience: how many seconds an answer may take.
    init(family: String = NetlinkSocket.standardFamily, patience: Int) throws(ForwarderError) {
        socket = try NetlinkSocket()
        setPatience(of: socket.descriptor, seconds: patience)
        conversation = NetlinkConversation(family: try socket.family(family).number)
    }

    /// Whether the kernel has the forwarder's family: whether its module is loaded.
    static var isThere: Bool { (try? NetlinkTransport(patience: 1)) != nil }

    func send(_ bytes: [UInt8]) throws(ForwarderError) { try socket.send(conversation.sending(bytes)) }

    func receive() throws(ForwarderError) -> [UInt8] {
        let datagram = try socket.receive()
        do throws(ForwarderStreamError) {
            return try conversation.received(datagram)
        } catch {
            throw ForwarderError(error.description)
        }
    }
}
