// NOTIFICATION messages (RFC 4271 §4.5, RFC 4486, RFC 6608, RFC 7313, RFC 8538): the last word on a session, and the reason why.

/// Why a session ends.
public struct NotificationMessage: Error, Hashable, Sendable, CustomStringConvertible {
    public var code: UInt8
    public var subcode: UInt8
    public var data: [UInt8]

    public init(code: UInt8, subcode: UInt8 = 0, data: [UInt8] = []) {
        self.code = code
        self.subcode = subcode
        self.data = data
    }

    /// RFC 4271 §6.1.
    public static let notSynchronized = NotificationMessage(code: 1, subcode: 1)
    public static func badLength(_ length: UInt16) -> NotificationMessage {
        NotificationMessage(code: 1, subcode: 2, data: [UInt8(length >> 8), UInt8(length & 0xFF)])
    }
    public static func badType(_ type: UInt8) -> NotificationMessage { NotificationMessage(code: 1, subcode: 3, data: [type]) }

    /// RFC 4271 §6.2. The data are the version that is spoken here.
    public static let unsupportedVersion = NotificationMessage(code: 2, subcode: 1, data: [0, 4])
    public static let badPeerAS = NotificationMessage(code: 2, subcode: 2)
    public static let badIdentifier = NotificationMessage(code: 2, subcode: 3)
    public static let unsupportedParameter = NotificationMessage(code: 2, subcode: 4)
    public static let unacceptableHoldTime = NotificationMessage(code: 2, subcode: 6)
    public static let malformedOpen = NotificationMessage(code: 2)

    /// RFC 4271 §6.3.
    public static let malformedAttributes = NotificationMessage(code: 3, subcode: 1)
    public static let unrecognizedWellKnown = NotificationMessage(code: 3, subcode: 2)
    public static let optionalAttribute = NotificationMessage(code: 3, subcode: 9)
    public static let invalidNetwork = NotificationMessage(code: 3, subcode: 10)

    public static let holdTimerExpired = NotificationMessage(code: 4)

    /// A message that the state does not expect (RFC 6608).
    public static let unexpectedInOpenSent = NotificationMessage(code: 5, subcode: 1)
    public static let unexpectedInOpenConfirm = NotificationMessage(code: 5, subcode: 2)
    public static let unexpectedInEstablished = NotificationMessage(code: 5, subcode: 3)

    /// Cease (RFC 4486).
    public static let maximumPrefixes = NotificationMessage(code: 6, subcode: 1)
    public static let administrativeShutdown = NotificationMessage(code: 6, subcode: 2)
    public static let peerDeconfigured = NotificationMessage(code: 6, subcode: 3)
    public static let administrativeReset = NotificationMessage(code: 6, subcode: 4)
    public static let connectionRejected = NotificationMessage(code: 6, subcode: 5)
    public static let configurationChange = NotificationMessage(code: 6, subcode: 6)
    public static let collision = NotificationMessage(code: 6, subcode: 7)
    public static let outOfResources = NotificationMessage(code: 6, subcode: 8)

    private static let codes = [
        1: "message header error", 2: "OPEN message error", 3: "UPDATE message error", 4: "hold timer expired",
        5: "finite state machine error", 6: "cease", 7: "ROUTE-REFRESH message error",
    ]
    private static let subcodes: [Int: [Int: String]] = [
        1: [1: "connection not synchronized", 2: "bad message length", 3: "bad message type"],
        2: [
            1: "unsupported version number", 2: "bad peer AS", 3: "bad BGP identifier", 4: "unsupported optional parameter",
            6: "unacceptable hold time", 7: "unsupported capability",
        ],
        3: [
            1: "malformed attribute list", 2: "unrecognized well-known attribute", 3: "missing well-known attribute",
            4: "attribute flags error", 5: "attribute length error", 6: "invalid ORIGIN", 8: "invalid NEXT_HOP",
            9: "optional attribute error", 10: "invalid network field", 11: "malformed AS_PATH",
        ],
        5: [1: "unexpected message in OpenSent", 2: "unexpected message in OpenConfirm", 3: "unexpected message in Established"],
        6: [
            1: "maximum number of prefixes reached", 2: "administrative shutdown", 3: "peer de-configured", 4: "administrative reset",
            5: "connection rejected", 6: "other configuration change", 7: "connection collision resolution", 8: "out of resources",
            9: "hard reset",
        ],
    ]

    /// `cease (6): administrative reset (4)`.
    public var description: String {
        let name = Self.codes[Int(code)] ?? "unknown error"
        guard subcode != 0 else { return "\(name) (\(code))" }
        return "\(name) (\(code)): \(Self.subcodes[Int(code)]?[Int(subcode)] ?? "unknown") (\(subcode))"
    }
}

/// What a peer sent cannot be made sense of: the session ends.
public struct BGPProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the peer is told.
    public let notification: NotificationMessage
    /// What was wrong, in words.
    public let detail: String

    public init(_ notification: NotificationMessage, _ detail: String) {
        self.notification = notification
        self.detail = detail
    }

    public var description: String { "\(detail); \(notification)" }
}
