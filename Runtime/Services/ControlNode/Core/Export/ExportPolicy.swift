// What a route looks like to BGP speakers (RFC 4271 §9.1.3, RFC 4456): whether they are told of it, and with which attributes.

import NetworkTypes

/// What speakers have in common that are told the same.
public struct ExportPolicy: Hashable, Sendable {
    public var localAS: ASNumber
    /// Whether the speakers are of this autonomous system.
    public var isInternal: Bool
    /// The next hop that speakers of other systems are given for routes without a label.
    public var localAddress: IPAddress
    /// Set on a route reflector: routes of internal speakers are told to internal speakers.
    public var clusterID: IPv4Address?

    public init(localAS: ASNumber, isInternal: Bool, localAddress: IPAddress, clusterID: IPv4Address? = nil) {
        self.localAS = localAS
        self.isInternal = isInternal
        self.localAddress = localAddress
        self.clusterID = clusterID
    }

    /// Whether speakers are told of a path at all.
    func permits(_ path: Path) -> Bool {
        if path.source.kind == .internalBGP, isInternal, clusterID == nil { return false }
        for community in path.attributes.value.communities {
            if community == .noAdvertise { return false }
            if !isInternal, community == .noExport || community == .noExportSubconfederation { return false }
        }
        return true
    }

    /// The attributes as they are told.
    func attributes(_ path: Path, _ family: AddressFamily) -> PathAttributes {
        var value = path.attributes.value
        if isInternal {
            value.localPreference = path.attributes.localPreference
            if path.source.kind == .internalBGP, let clusterID {
                value.originatorID = value.originatorID ?? path.source.routerID
                value.clusterList.insert(clusterID, at: 0)
            }
            return value
        }
        // A MED that a neighbour sent is meant for us, not for our other neighbours (RFC 4271 §5.1.4).
        if !value.asPath.isEmpty { value.med = nil }
        value.asPath = value.asPath.prepending(localAS)
        value.localPreference = nil
        value.originatorID = nil
        value.clusterList = []
        value.removeExtendedCommunities { !$0.isTransitive }
        // A label means something only to the router that gave it, so that the next hop of labelled routes stays (RFC 4364 §10 c).
        if family == .inet || family == .inet6 { value.nextHop = localAddress }
        return value
    }
}
