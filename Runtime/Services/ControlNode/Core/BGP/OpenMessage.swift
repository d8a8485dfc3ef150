// OPEN messages (RFC 4271 §4.2) with capabilities (RFC 5492): who a speaker is and what it can do. Two-octet and four-octet AS numbers (RFC
// 6793), families (RFC 4760), graceful restart (RFC 4724), extended optional parameters (RFC 9072).

import NetworkTypes

/// Something that a speaker can do.
public enum Capability: Hashable, Sendable {
    /// 1: routes of a family.
    case multiprotocol(AddressFamily)
    /// 2.
    case routeRefresh
    /// 64. Seconds that a restart may take, 12 bits; whether the speaker has restarted; families with whether their forwarding state was kept.
    case gracefulRestart(GracefulRestart)
    /// 65.
    case fourByteAS(ASNumber)
    /// Kept as it came.
    case other(code: UInt8, value: [UInt8])

    public struct GracefulRestart: Hashable, Sendable {
        public struct Family: Hashable, Sendable {
            public var family: AddressFamily
            public var isForwardingPreserved: Bool

            public init(_ family: AddressFamily, isForwardingPreserved: Bool) {
                self.family = family
                self.isForwardingPreserved = isForwardingPreserved
            }
        }

        public var hasRestarted: Bool
        public var seconds: UInt16
        public var families: [Family]

        public init(hasRestarted: Bool = false, seconds: UInt16, families: [Family]) {
            self.hasRestarted = hasRestarted
            self.seconds = seconds & 0xFFF
            self.families = families
        }
    }
}

public struct OpenMessage: Hashable, Sendable {
    /// The real number, from the capability where there is one.
    public var system: ASNumber
    /// Seconds; 0 for a session without keepalives.
    public var holdTime: UInt16
    public var identifier: IPv4Address
    public var capabilities: [Capability]

    public init(system: ASNumber, holdTime: UInt16, identifier: IPv4Address, capabilities: [Capability]) {
        self.system = system
        self.holdTime = holdTime
        self.identifier = identifier
        self.capabilities = capabilities
    }

    /// What is carried: a speaker that says nothing of families speaks of IPv4 routes only (RFC 4760 §8).
    public var families: Set<AddressFamily> {
        var found: Set<AddressFamily> = []
        for case .multiprotocol(let family) in capabilities { found.insert(family) }
        return found.isEmpty ? [.inet] : found
    }

    public var fourByteAS: ASNumber? {
        for case .fourByteAS(let system) in capabilities { return system }
        return nil
    }

    public var gracefulRestart: Capability.GracefulRestart? {
        for case .gracefulRestart(let restart) in capabilities { return restart }
        return nil
    }

    // MARK: Reading

    public init(_ body: WireReader) throws(BGPProtocolError) {
        func malformed(_ detail: String) -> BGPProtocolError { BGPProtocolError(.malformedOpen, "OPEN: \(detail)") }
        var reader = body
        guard let version = reader.u8(), let short = reader.u16(), let holdTime = reader.u16(), let identifier = reader.ipv4(),
            let length = reader.u8()
        else { throw malformed("it ends within its fixed part") }
        guard version == 4 else { throw BGPProtocolError(.unsupportedVersion, "OPEN: the version is \(version) instead of 4") }
        guard holdTime == 0 || holdTime >= 3 else {
            throw BGPProtocolError(.unacceptableHoldTime, "OPEN: the hold time is \(holdTime) instead of 0, or 3 and more")
        }
        guard !identifier.isUnspecified else { throw BGPProtocolError(.badIdentifier, "OPEN: the BGP identifier is 0.0.0.0") }
        var optional = reader
        var isExtended = false
        if length == 255, reader.rest.first == 255 {
            guard reader.skip(1), let long = reader.u16(), let part = reader.take(Int(long)) else {
                throw malformed("the extended optional parameters are longer than the message")
            }
            isExtended = true
            optional = part
        } else {
            guard let part = reader.take(Int(length)) else { throw malformed("the optional parameters are longer than the message") }
            optional = part
        }
        guard reader.isAtEnd else { throw malformed("\(reader.count) bytes stand behind the optional parameters") }

        var capabilities: [Capability] = []
        while !optional.isAtEnd {
            guard let type = optional.u8(), let size = isExtended ? optional.u16().map(Int.init) : optional.u8().map(Int.init),
                var value = optional.take(size)
            else { throw malformed("an optional parameter is longer than what is left") }
            guard type == 2 else { throw BGPProtocolError(.unsupportedParameter, "OPEN: \(type) is no type of optional parameter") }
            while !value.isAtEnd {
                guard let code = value.u8(), let size = value.u8(), let part = value.take(Int(size)) else {
                    throw malformed("a capability is longer than its parameter")
                }
                capabilities.append(Capability(code, part))
            }
        }
        self.init(system: ASNumber(UInt32(short)), holdTime: holdTime, identifier: identifier, capabilities: capabilities)
        if let four = fourByteAS { system = four }
        guard system.rawValue != 0 else { throw BGPProtocolError(.badPeerAS, "OPEN: the AS number is 0") }
    }

    // MARK: Writing

    public var bytes: [UInt8] {
        var bytes = BGPFrame.begin(.open)
        bytes.append(4)
        bytes.append16(UInt16(exactly: system.rawValue) ?? UInt16(ASNumber.transition.rawValue))
        bytes.append16(holdTime)
        bytes.append32(identifier.rawValue)
        // One parameter a capability: the oldest speakers read no other form. Beyond 255 bytes the form of RFC 9072.
        var optional: [UInt8] = []
        var isExtended = false
        for attempt in [false, true] {
            optional = []
            isExtended = attempt
            for capability in capabilities {
                var value: [UInt8] = []
                capability.append(to: &value)
                optional.append(2)
                if isExtended { optional.append16(UInt16(value.count)) } else { optional.append(UInt8(value.count & 0xFF)) }
                optional.append(contentsOf: value)
            }
            // 254, because 255 would be taken for the sign of the extended form.
            if optional.count <= 254 { break }
        }
        if isExtended {
            bytes.append(contentsOf: [255, 255])
            bytes.append16(UInt16(truncatingIfNeeded: optional.count))
        } else {
            bytes.append(UInt8(optional.count))
        }
        bytes.append(contentsOf: optional)
        BGPFrame.finish(&bytes)
        return bytes
    }
}

extension Capability {
    /// A capability whose value is not of the form that its code calls for is kept as it came and means nothing (RFC 5492 §3).
    init(_ code: UInt8, _ value: WireReader) {
        var reader = value
        switch (code, value.count) {
        case (1, 4):
            guard let afi = reader.u16(), reader.skip(1), let safi = reader.u8() else { break }
            self = .multiprotocol(AddressFamily(afi: afi, safi: safi))
            return
        case (2, 0):
            self = .routeRefresh
            return
        case (64, let count) where count >= 2 && (count - 2) % 4 == 0:
            guard let head = reader.u16() else { break }
            var families: [GracefulRestart.Family] = []
            while let afi = reader.u16(), let safi = reader.u8(), let flags = reader.u8() {
                families.append(GracefulRestart.Family(AddressFamily(afi: afi, safi: safi), isForwardingPreserved: flags & 0x80 != 0))
            }
            self = .gracefulRestart(GracefulRestart(hasRestarted: head & 0x8000 != 0, seconds: head & 0xFFF, families: families))
            return
        case (65, 4):
            guard let system = reader.u32() else { break }
            self = .fourByteAS(ASNumber(system))
            return
        default: break
        }
        self = .other(code: code, value: Array(value.rest))
    }

    func append(to bytes: inout [UInt8]) {
        switch self {
        case .multiprotocol(let family):
            bytes.append(contentsOf: [1, 4])
            bytes.append16(family.afi)
            bytes.append(contentsOf: [0, family.safi])
        case .routeRefresh: bytes.append(contentsOf: [2, 0])
        case .gracefulRestart(let restart):
            // A length is one byte: 63 families fit.
            let families = restart.families.prefix(63)
            bytes.append(contentsOf: [64, UInt8(2 + 4 * families.count)])
            bytes.append16((restart.hasRestarted ? 0x8000 : 0) | restart.seconds & 0xFFF)
            for entry in families {
                bytes.append16(entry.family.afi)
                bytes.append(contentsOf: [entry.family.safi, entry.isForwardingPreserved ? 0x80 : 0])
            }
        case .fourByteAS(let system):
            bytes.append(contentsOf: [65, 4])
            bytes.append32(system.rawValue)
        case .other(let code, let value):
            bytes.append(contentsOf: [code, UInt8(min(value.count, 252))])
            bytes.append(contentsOf: value.prefix(252))
        }
    }
}
