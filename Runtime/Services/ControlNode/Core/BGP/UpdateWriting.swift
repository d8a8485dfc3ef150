// Writing of UPDATE messages: as many messages as the routes need, each with the attributes, none longer than RFC 4271 allows. The attribute
// with the routes stands first, as RFC 7606 §5.1 asks, so that a reader that fails on another knows what to withdraw.

import NetworkTypes

extension UpdateMessage {
    /// The message as it is sent. Several when the routes do not fit one.
    public func bytes(_ terms: BGPSessionTerms) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for part in unreachable { messages += UpdateWriter.withdraw(part.keys, part.family) }
        for part in reachable { messages += UpdateWriter.announce(part.routes, part.family, part.attributes, terms) }
        if let endOfRIB { messages.append(UpdateWriter.endOfRIB(endOfRIB)) }
        return messages
    }
}

public enum UpdateWriter {
    /// RFC 4724 §2: nothing reachable, nothing withdrawn.
    public static func endOfRIB(_ family: AddressFamily) -> [UInt8] {
        var bytes = BGPFrame.begin(.update)
        bytes.append16(0)
        if family == .inet {
            bytes.append16(0)
        } else {
            bytes.append16(6)
            bytes.append(contentsOf: [AttributeType.optional, AttributeType.unreachable, 3])
            bytes.append16(family.afi)
            bytes.append(family.safi)
        }
        BGPFrame.finish(&bytes)
        return bytes
    }

    /// Messages that take routes back.
    public static func withdraw(_ keys: [RouteKey], _ family: AddressFamily) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var index = 0
        while index < keys.count {
            var bytes = BGPFrame.begin(.update)
            let start = bytes.count
            if family == .inet {
                bytes.append16(0)
            } else {
                bytes.append16(0)
                bytes.append16(0)
                bytes.append(contentsOf: [AttributeType.optional | AttributeType.extendedLength, AttributeType.unreachable, 0, 0])
                bytes.append16(family.afi)
                bytes.append(family.safi)
            }
            let room = BGPFrame.greatestLength - (family == .inet ? 2 : 0)
            while index < keys.count {
                let before = bytes.count
                NLRI.append(RouteAdvertisement(keys[index]), family, usesVXLAN: false, isWithdrawn: true, to: &bytes)
                if bytes.count > room {
                    bytes.removeSubrange(before...)
                    break
                }
                index += 1
            }
            if family == .inet {
                bytes.patch16(bytes.count - start - 2, at: start)
                bytes.append16(0)
            } else {
                bytes.patch16(bytes.count - start - 4, at: start + 2)
                bytes.patch16(bytes.count - start - 8, at: start + 6)
            }
            BGPFrame.finish(&bytes)
            messages.append(bytes)
        }
        return messages
    }

    /// Messages that announce routes with the same attributes. None when the attributes alone are too long for a message: nobody could be
    /// told of such a route.
    public static func announce(
        _ routes: [RouteAdvertisement], _ family: AddressFamily, _ attributes: PathAttributes, _ terms: BGPSessionTerms
    ) -> [[UInt8]] {
        let usesVXLAN = attributes.usesVXLAN
        let common = AttributeWriter(attributes, terms, isUnicast: family == .inet).bytes
        var messages: [[UInt8]] = []
        var index = 0
        while index < routes.count {
            let first = index
            var bytes = BGPFrame.begin(.update)
            bytes.append16(0)
            let lengthAt = bytes.count
            bytes.append16(0)
            var reachableAt = 0
            if family != .inet {
                bytes.append(contentsOf: [AttributeType.optional | AttributeType.extendedLength, AttributeType.reachable])
                reachableAt = bytes.count
                bytes.append16(0)
                bytes.append16(family.afi)
                bytes.append(family.safi)
                appendNextHop(attributes.nextHop, family, to: &bytes)
                bytes.append(0)
            } else {
                bytes.append(contentsOf: common)
                bytes.patch16(bytes.count - lengthAt - 2, at: lengthAt)
            }
            let room = BGPFrame.greatestLength - (family == .inet ? 0 : common.count)
            while index < routes.count {
                let before = bytes.count
                NLRI.append(routes[index], family, usesVXLAN: usesVXLAN, isWithdrawn: false, to: &bytes)
                if bytes.count > room {
                    bytes.removeSubrange(before...)
                    break
                }
                index += 1
            }
            guard index > first else { return messages }
            if family != .inet {
                bytes.patch16(bytes.count - reachableAt - 2, at: reachableAt)
                bytes.append(contentsOf: common)
                bytes.patch16(bytes.count - lengthAt - 2, at: lengthAt)
            }
            BGPFrame.finish(&bytes)
            messages.append(bytes)
        }
        return messages
    }

    private static func appendNextHop(_ nextHop: IPAddress, _ family: AddressFamily, to bytes: inout [UInt8]) {
        // IPv6 VPN routes over an IPv4 underlay (RFC 4659 §3.2.1.2).
        var nextHop = nextHop
        if family.afi == 2, case .v4(let address) = nextHop { nextHop = .v6(IPv6Address(mapping: address)) }
        let isVPN = family.safi == 128
        bytes.append(UInt8((isVPN ? 8 : 0) + nextHop.bitCount / 8))
        if isVPN { bytes.append64(0) }
        bytes.append(address: nextHop)
    }
}

/// Path attributes in the order of their numbers.
struct AttributeWriter {
    private(set) var bytes: [UInt8] = []

    init(_ attributes: PathAttributes, _ terms: BGPSessionTerms, isUnicast: Bool) {
        add(AttributeType.origin) { $0.append(attributes.origin.rawValue) }
        let hasFour = terms.hasFourByteAS
        add(AttributeType.asPath) { Self.append(attributes.asPath, width: hasFour ? 4 : 2, to: &$0) }
        if isUnicast, case .v4(let address) = attributes.nextHop { add(AttributeType.nextHop) { $0.append32(address.rawValue) } }
        if let med = attributes.med { add(AttributeType.med) { $0.append32(med) } }
        if terms.isInternal {
            add(AttributeType.localPreference) { $0.append32(attributes.localPreference ?? PathAttributes.defaultLocalPreference) }
        }
        if attributes.isAtomicAggregate { add(AttributeType.atomicAggregate) { _ in } }
        if let aggregator = attributes.aggregator {
            add(AttributeType.aggregator) { Self.append(aggregator, hasFour: hasFour, to: &$0) }
        }
        if !attributes.communities.isEmpty {
            add(AttributeType.communities) { for community in attributes.communities { $0.append32(community.rawValue) } }
        }
        if terms.isInternal {
            if let originator = attributes.originatorID { add(AttributeType.originatorID) { $0.append32(originator.rawValue) } }
            if !attributes.clusterList.isEmpty {
                add(AttributeType.clusterList) { for cluster in attributes.clusterList { $0.append32(cluster.rawValue) } }
            }
        }
        if !attributes.extendedCommunities.isEmpty {
            add(AttributeType.extendedCommunities) { for community in attributes.extendedCommunities { $0.append64(community.rawValue) } }
        }
        if !hasFour {
            if attributes.asPath.segments.contains(where: { $0.systems.contains { !$0.isTwoByte } }) {
                // Confederations are of no concern to others (RFC 6793 §4.2.2).
                let real = ASPath(attributes.asPath.segments.filter { $0.kind == .sequence || $0.kind == .set })
                add(AttributeType.as4Path) { Self.append(real, width: 4, to: &$0) }
            }
            if let aggregator = attributes.aggregator, !aggregator.system.isTwoByte {
                add(AttributeType.as4Aggregator) { Self.append(aggregator, hasFour: true, to: &$0) }
            }
        }
        if let tunnel = attributes.pmsiTunnel {
            add(AttributeType.pmsiTunnel) {
                $0.append(contentsOf: [tunnel.flags, tunnel.type])
                $0.append24(tunnel.label)
                $0.append(contentsOf: tunnel.identifier)
            }
        }
        if !attributes.largeCommunities.isEmpty {
            add(AttributeType.largeCommunities) {
                for community in attributes.largeCommunities {
                    $0.append32(community.administrator)
                    $0.append32(community.first)
                    $0.append32(community.second)
                }
            }
        }
        if !attributes.originNetworkPath.isEmpty {
            add(AttributeType.originNetworkPath) { for network in attributes.originNetworkPath { $0.append64(network.rawValue) } }
        }
        for attribute in attributes.unknown {
            // Partial: somebody on the way, this speaker, did not know it (RFC 4271 §5).
            add(attribute.type, flags: AttributeType.optional | AttributeType.transitive | AttributeType.partial) {
                $0.append(contentsOf: attribute.value)
            }
        }
    }

    private mutating func add(_ type: UInt8, flags: UInt8? = nil, _ write: (inout [UInt8]) -> Void) {
        var value: [UInt8] = []
        write(&value)
        let flags = flags ?? AttributeType.flags(type) ?? 0
        if value.count > 255 {
            bytes.append(contentsOf: [flags | AttributeType.extendedLength, type])
            bytes.append16(UInt16(truncatingIfNeeded: value.count))
        } else {
            bytes.append(contentsOf: [flags, type, UInt8(value.count)])
        }
        bytes.append(contentsOf: value)
    }

    private static func append(_ path: ASPath, width: Int, to bytes: inout [UInt8]) {
        for segment in path.segments where !segment.systems.isEmpty {
            // A count is one byte.
            for start in stride(from: 0, to: segment.systems.count, by: 255) {
                let part = segment.systems[start..<min(start + 255, segment.systems.count)]
                bytes.append(contentsOf: [segment.kind.rawValue, UInt8(part.count)])
                for system in part {
                    if width == 4 {
                        bytes.append32(system.rawValue)
                    } else {
                        bytes.append16(UInt16(exactly: system.rawValue) ?? UInt16(ASNumber.transition.rawValue))
                    }
                }
            }
        }
    }

    private static func append(_ aggregator: Aggregator, hasFour: Bool, to bytes: inout [UInt8]) {
        if hasFour {
            bytes.append32(aggregator.system.rawValue)
        } else {
            bytes.append16(UInt16(exactly: aggregator.system.rawValue) ?? UInt16(ASNumber.transition.rawValue))
        }
        bytes.append32(aggregator.address.rawValue)
    }
}
