// The extended communities by which the platform marks paths, all of type 0x80 (two-byte AS) or 0x82 (four-byte AS), which is a range for
// experiments (RFC 7153): an administrator, then a number.
//
//     80 04, 82 04   security group      80 84, 82 84   tag
//     80 71, 82 71   network of origin   80 85, 82 85   subcluster
//
// A four-byte AS leaves two bytes for the number, so that speakers there send two communities together: 82 with the AS and a small index,
// 80 with the index where the AS would be and the number. Beyond these: 03 aa load balancing, 06 03 router MAC, 06 05 E-tree, c0 00 the
// local sequence number of a next hop.

import NetworkTypes

/// A number of the platform together with the AS that gave it.
public struct PlatformNumber: Hashable, Sendable {
    public let system: UInt32
    public let number: UInt32

    public init(system: UInt32, number: UInt32) {
        self.system = system
        self.number = number
    }
}

extension ExtendedCommunity {
    /// What a platform community numbers.
    public enum PlatformKind: UInt8, Sendable {
        case securityGroup = 0x04
        case originNetwork = 0x71
        case tag = 0x84
        case subcluster = 0x85
    }

    public var isRouteTarget: Bool { rawValue >> 48 & 0xFF == 0x02 && rawValue >> 56 <= 2 }

    /// Of an AS of two bytes and a number of four.
    public init(_ kind: PlatformKind, system: UInt16, number: UInt32) {
        self.init(rawValue: 0x80 << 56 | UInt64(kind.rawValue) << 48 | UInt64(system) << 32 | UInt64(number))
    }

    /// The number, if the community is of this kind and of the shape with a two-byte AS.
    public func platformNumber(_ kind: PlatformKind) -> PlatformNumber? {
        switch rawValue >> 48 {
        case 0x8000 | UInt64(kind.rawValue):
            PlatformNumber(system: UInt32(rawValue >> 32 & 0xFFFF), number: UInt32(truncatingIfNeeded: rawValue))
        case 0x8200 | UInt64(kind.rawValue):
            PlatformNumber(system: UInt32(truncatingIfNeeded: rawValue >> 16), number: UInt32(rawValue & 0xFFFF))
        default: nil
        }
    }

    /// RFC 7432 with RFC 9135: the MAC address that packets routed to the sender are addressed to.
    public init(routerMAC address: MACAddress) { self.init(rawValue: 0x0603 << 48 | address.rawValue) }

    public var routerMAC: MACAddress? {
        rawValue >> 48 == 0x0603 ? MACAddress(rawValue: rawValue & 0xFFFF_FFFF_FFFF) : nil
    }

    /// Whether the sender of a MAC address is a leaf of an E-tree (RFC 8317), which must not talk to other leaves.
    public var isETreeLeaf: Bool { rawValue >> 48 == 0x0605 && rawValue >> 40 & 1 != 0 }

    /// The sequence number of a next hop that this host made up; never leaves the autonomous system.
    public init(localSequence: UInt32) { self.init(rawValue: 0xC000 << 48 | UInt64(localSequence)) }

    public var localSequence: UInt32? { rawValue >> 48 == 0xC000 ? UInt32(truncatingIfNeeded: rawValue) : nil }
}
