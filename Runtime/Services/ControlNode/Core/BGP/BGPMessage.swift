// BGP messages as values, and what one session's speakers have agreed on that reading and writing them depends on.

import NetworkTypes

/// What the OPEN messages of a session settled, as far as messages depend on it.
public struct BGPSessionTerms: Hashable, Sendable {
    /// The families that both sides speak.
    public var families: Set<AddressFamily>
    /// Whether AS paths have numbers of four bytes (RFC 6793).
    public var hasFourByteAS: Bool
    /// Whether the peer is of this autonomous system.
    public var isInternal: Bool

    public init(families: Set<AddressFamily>, hasFourByteAS: Bool, isInternal: Bool) {
        self.families = families
        self.hasFourByteAS = hasFourByteAS
        self.isInternal = isInternal
    }
}

public enum BGPMessage: Sendable, Equatable {
    case open(OpenMessage)
    case update(UpdateMessage)
    case notification(NotificationMessage)
    case keepalive
    /// Asks to be told everything of a family again (RFC 2918).
    case routeRefresh(AddressFamily)

    /// - Parameter terms: what UPDATE messages are read by.
    public init(_ frame: BGPFrame, _ terms: BGPSessionTerms) throws(BGPProtocolError) {
        var reader = frame.body
        switch frame.type {
        case .open: self = .open(try OpenMessage(frame.body))
        case .update: self = .update(try UpdateMessage(frame.body, terms))
        case .notification:
            guard let code = reader.u8(), let subcode = reader.u8() else {
                throw BGPProtocolError(.badLength(UInt16(frame.body.count)), "a NOTIFICATION ends before its codes")
            }
            self = .notification(NotificationMessage(code: code, subcode: subcode, data: Array(reader.rest)))
        case .keepalive: self = .keepalive
        default:
            guard let afi = reader.u16(), reader.skip(1), let safi = reader.u8() else {
                throw BGPProtocolError(NotificationMessage(code: 7, subcode: 1), "a ROUTE-REFRESH ends before its family")
            }
            self = .routeRefresh(AddressFamily(afi: afi, safi: safi))
        }
    }

    /// The message as it is sent; an UPDATE may take several.
    public func bytes(_ terms: BGPSessionTerms) -> [[UInt8]] {
        switch self {
        case .open(let message): return [message.bytes]
        case .update(let message): return message.bytes(terms)
        case .notification(let message):
            var bytes = BGPFrame.begin(.notification)
            bytes.append(contentsOf: [message.code, message.subcode])
            bytes.append(contentsOf: message.data.prefix(BGPFrame.greatestLength - bytes.count))
            BGPFrame.finish(&bytes)
            return [bytes]
        case .keepalive: return [BGPFrame.keepalive]
        case .routeRefresh(let family):
            var bytes = BGPFrame.begin(.routeRefresh)
            bytes.append16(family.afi)
            bytes.append(contentsOf: [0, family.safi])
            BGPFrame.finish(&bytes)
            return [bytes]
        }
    }
}
