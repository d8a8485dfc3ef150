// UPDATE messages (RFC 4271 §4.3): routes that became reachable, with what is said of them, and routes that did not stay so.
//
//      +-----------------------------------------------------+
//      |   withdrawn routes length (2)                       |
//      |   withdrawn routes, IPv4                            |
//      |   path attributes length (2)                        |
//      |   path attributes; routes of other families in 14, 15
//      |   reachable routes, IPv4                            |
//      +-----------------------------------------------------+

import NetworkTypes

public struct UpdateMessage: Sendable, Equatable {
    /// Reachable routes of one family, with the same attributes.
    public struct Reachable: Sendable, Equatable {
        public var family: AddressFamily
        public var attributes: PathAttributes
        public var routes: [RouteAdvertisement]

        public init(_ family: AddressFamily, _ attributes: PathAttributes, _ routes: [RouteAdvertisement]) {
            self.family = family
            self.attributes = attributes
            self.routes = routes
        }
    }

    public struct Unreachable: Sendable, Equatable {
        public var family: AddressFamily
        public var keys: [RouteKey]

        public init(_ family: AddressFamily, _ keys: [RouteKey]) {
            self.family = family
            self.keys = keys
        }
    }

    /// Taken into account before `reachable` (RFC 4271 §4.3).
    public var unreachable: [Unreachable] = []
    public var reachable: [Reachable] = []
    /// The peer has said all that it has to say of this family (RFC 4724 §2).
    public var endOfRIB: AddressFamily?
    /// Mistakes that the session survives.
    public var problems: [AttributeProblem] = []

    public init(unreachable: [Unreachable] = [], reachable: [Reachable] = [], endOfRIB: AddressFamily? = nil) {
        self.unreachable = unreachable
        self.reachable = reachable
        self.endOfRIB = endOfRIB
    }

    // MARK: Reading

    init(_ body: WireReader, _ terms: BGPSessionTerms) throws(BGPProtocolError) {
        var reader = body
        guard let withdrawnLength = reader.u16(), let withdrawn = reader.take(Int(withdrawnLength)),
            let attributesLength = reader.u16(), let attributeBytes = reader.take(Int(attributesLength))
        else {
            throw BGPProtocolError(.malformedAttributes, "UPDATE: the lengths of its parts are greater than the message")
        }
        if body.count == 4 {
            self.init(endOfRIB: .inet)
            return
        }
        let gone = try Self.unicast(withdrawn)
        let here = try Self.unicast(reader)
        var reading = AttributeReading(terms)
        try reading.read(attributeBytes)
        self.init()

        if !gone.isEmpty { unreachable.append(Unreachable(.inet, gone.map(\.key))) }
        if let (family, routes) = reading.unreachable {
            if routes.isEmpty, reading.reachable == nil, here.isEmpty, gone.isEmpty {
                endOfRIB = family
            } else if !routes.isEmpty {
                unreachable.append(Unreachable(family, routes.map(\.key)))
            }
        }
        var found: [(family: AddressFamily, nextHop: IPAddress?, routes: [RouteAdvertisement])] = []
        if !here.isEmpty { found.append((.inet, reading.nextHop.map { .v4($0) }, here)) }
        if let (family, nextHop, routes) = reading.reachable, !routes.isEmpty { found.append((family, nextHop, routes)) }
        if !found.isEmpty { reading.requireMandatory(forUnicast: !here.isEmpty) }
        problems = reading.problems
        let mustWithdraw = problems.contains { $0.outcome == .withdraw }
        for (family, nextHop, routes) in found {
            if let nextHop, !mustWithdraw, let origin = reading.origin, let asPath = reading.asPath {
                var attributes = reading.attributes
                attributes.origin = origin
                attributes.asPath = asPath
                attributes.nextHop = nextHop
                reachable.append(Reachable(family, attributes, Self.labelled(routes, family, attributes)))
            } else {
                unreachable.append(Unreachable(family, routes.map(\.key)))
            }
        }
    }

    private static func unicast(_ reader: WireReader) throws(BGPProtocolError) -> [RouteAdvertisement] {
        guard !reader.isAtEnd else { return [] }
        var passedOver: [String] = []
        do throws(NLRI.Problem) {
            return try NLRI.read(reader, .inet, passedOver: &passedOver)
        } catch {
            throw BGPProtocolError(.invalidNetwork, "UPDATE: \(error.detail)")
        }
    }

    /// The label fields turned into numbers, now that the encapsulations are known.
    private static func labelled(
        _ routes: [RouteAdvertisement], _ family: AddressFamily, _ attributes: PathAttributes
    ) -> [RouteAdvertisement] {
        guard family == .evpn || family.safi == 128 else { return routes }
        let usesVXLAN = family == .evpn && attributes.usesVXLAN
        var routes = routes
        for index in routes.indices {
            // Membership in broadcasts has no label; where to send them is in the PMSI attribute.
            if case .evpn(.inclusiveMulticast) = routes[index].key.prefix { continue }
            var tag: UInt32 = 0
            if usesVXLAN, case .evpn(let prefix) = routes[index].key.prefix { tag = prefix.ethernetTag }
            routes[index].label = NLRI.label(routes[index].label, family, usesVXLAN: usesVXLAN, ethernetTag: tag)
            if let detail = routes[index].evpn, detail.layer3Label != 0 {
                let label = NLRI.label(detail.layer3Label, family, usesVXLAN: usesVXLAN, ethernetTag: 0)
                routes[index].evpn = EVPNDetail(segment: detail.segment, gateway: detail.gateway, layer3Label: label)
            }
        }
        return routes
    }
}

extension AttributeReading {
    /// Routes without an attribute that they must have are treated as withdrawn (RFC 7606 §3 d).
    fileprivate mutating func requireMandatory(forUnicast isUnicast: Bool) {
        func missing(_ type: UInt8, _ name: String) {
            problems.append(AttributeProblem(type: type, outcome: .withdraw, detail: "\(name) is missing"))
        }
        if origin == nil { missing(AttributeType.origin, "the origin") }
        if asPath == nil { missing(AttributeType.asPath, "the AS path") }
        if isUnicast, nextHop == nil { missing(AttributeType.nextHop, "the next hop") }
    }
}

extension PathAttributes {
    /// Whether VXLAN is among the encapsulations.
    var usesVXLAN: Bool { extendedCommunities.contains { $0.meaning == .encapsulation(.vxlan) } }
}
