// The BGP speakers that the configuration wants sessions with, and what the sessions are to be like.

import ConfigurationModel
import Graph
import NetworkTypes

public struct ConfiguredPeer: Hashable, Sendable {
    /// The fully qualified name of the speaker.
    public var name: String
    public var address: IPAddress
    public var port: Int
    public var system: ASNumber
    /// What this control node calls itself towards the speaker.
    public var localSystem: ASNumber
    /// In the order of `AddressFamily.supported`.
    public var families: [AddressFamily]
    /// Seconds: 0, or 3 and more.
    public var holdTime: UInt16
    public var isPassive: Bool
    /// No session is opened, and none accepted.
    public var isAdminDown: Bool
    public var restartTime: UInt16?
    /// What the session's segments are signed with.
    public var key: SessionKey?

    static let standardHoldTime: UInt16 = 90
    static let peering = "bgp-peering"

    /// The speakers that a control node is peered with, in the order of their names.
    static func all(of own: String, _ evaluation: inout ConfigurationEvaluation) -> [ConfiguredPeer] {
        let node = ConfiguredRouter.node(own)
        guard let router = ConfiguredRouter(own, &evaluation),
            let parameters: BgpRouterParams = evaluation.value(of: node, ConfiguredRouter.parameters)
        else { return [] }
        var peers: [ConfiguredPeer] = []
        for other in evaluation.reader.neighbours(of: node, along: peering) where other != node {
            guard let peer = ConfiguredPeer(other, ownNode: node, router, parameters, &evaluation) else { continue }
            if let rival = peers.first(where: { $0.address == peer.address }) {
                evaluation.report("\(other) has the address \(peer.address) of \(rival.name) and is left out; give one of them another")
            } else {
                peers.append(peer)
            }
        }
        return peers
    }

    private init?(
        _ node: NodeName, ownNode: NodeName, _ router: ConfiguredRouter, _ own: BgpRouterParams,
        _ evaluation: inout ConfigurationEvaluation
    ) {
        guard let other: BgpRouterParams = evaluation.value(of: node, ConfiguredRouter.parameters) else {
            evaluation.report("\(node) has no parameters and is not peered with")
            return nil
        }
        guard let address: IPAddress = evaluation.parse(other.address, "\(node) address") else {
            evaluation.report("\(node) has no address to open a session to; set one")
            return nil
        }
        let session = SessionAttributes(between: ownNode, and: node, &evaluation)
        name = node.name
        self.address = address
        let port = other.port ?? 179
        self.port = 1...65535 ~= port ? port : 179
        if self.port != port { evaluation.report("\(node): \(port) is no port; expected 1 to 65535, and 179 is used") }

        let theirs = ConfiguredRouter.system(other, node, &evaluation)
        // Numbers that are shown to other systems only.
        let isExternal = theirs != router.system
        let theirMask = session.theirs { $0.localAutonomousSystem } ?? (isExternal ? other.localAutonomousSystem : nil)
        let ourMask = session.ours { $0.localAutonomousSystem } ?? (isExternal ? own.localAutonomousSystem : nil)
        system = evaluation.system(theirMask, "\(node) local-autonomous-system") ?? theirs
        localSystem = evaluation.system(ourMask, "\(ownNode) local-autonomous-system") ?? router.system

        families = Self.families(session, own, other)
        if families.isEmpty {
            evaluation.report("\(node) has no address family in common with this control node, and is not peered with")
            return nil
        }
        let hold = session.ours { $0.holdTime } ?? own.holdTime ?? 0
        holdTime = hold == 0 ? Self.standardHoldTime : UInt16(clamping: max(hold, 3))
        if hold != 0, Int(holdTime) != hold { evaluation.report("\(node): a hold time is 3 to 65535 seconds, not \(hold)") }
        isPassive = session.ours { $0.passive } ?? false
        isAdminDown = own.adminDown == true || other.adminDown == true || session.anybody { $0.adminDown == true }
        restartTime = ConfiguredRouter.restartTime(&evaluation)
        key = nil
        if let data = [session.ours { $0.authData }, other.authData, own.authData].lazy.compactMap({ $0 }).first(where: Self.hasKeys) {
            key = Self.key(data, node, &evaluation)
            // Without its signature a session is not what was asked for.
            if key == nil { isAdminDown = true }
        }
        session.reportUnsupported(node, &evaluation)
    }

    private static func hasKeys(_ data: AuthenticationData) -> Bool { data.keyItems?.isEmpty == false }

    /// The key with the lowest number: there is no way to tell a peer which of several is meant.
    private static func key(_ data: AuthenticationData, _ node: NodeName, _ evaluation: inout ConfigurationEvaluation) -> SessionKey? {
        if let type = data.keyType, type.rawValue != "md5" {
            evaluation.report("\(node): keys of the type '\(type.rawValue)' are not supported; its session is kept closed; use md5")
            return nil
        }
        let items = (data.keyItems ?? []).sorted { $0.keyId ?? 0 < $1.keyId ?? 0 }
        if items.count > 1 { evaluation.report("\(node): of \(items.count) keys the one with the lowest key-id is used") }
        guard let key = SessionKey(items.first?.key ?? "") else {
            evaluation.report("\(node): a key has 1 to \(SessionKey.greatestLength) bytes; its session is kept closed")
            return nil
        }
        return key
    }

    /// Those of the session, else those that both speakers have. What this speaker cannot carry is left out without a word: every
    /// installation lists some.
    private static func families(_ session: SessionAttributes, _ own: BgpRouterParams, _ other: BgpRouterParams) -> [AddressFamily] {
        func named(_ list: AddressFamilies?) -> Set<AddressFamily>? {
            guard let names = list?.family, !names.isEmpty else { return nil }
            return Set(names.compactMap { AddressFamily(name: $0.rawValue) })
        }
        let standard: Set<AddressFamily> = [.inet, .inetVPN]
        let wanted =
            session.ours { named($0.addressFamilies) }
            ?? (named(own.addressFamilies) ?? standard).intersection(named(other.addressFamilies) ?? standard)
        return AddressFamily.supported.filter(wanted.contains)
    }
}

/// The attributes of a session, for this end, for the other, and for both.
private struct SessionAttributes {
    private var own: [BgpSessionAttributes] = []
    private var others: [BgpSessionAttributes] = []
    private var common: [BgpSessionAttributes] = []

    init(between ownNode: NodeName, and node: NodeName, _ evaluation: inout ConfigurationEvaluation) {
        let data: BgpPeeringAttributes? = evaluation.data(of: LinkName(ConfiguredPeer.peering, ownNode, node))
        let sessions = data?.session ?? []
        if sessions.count > 1 { evaluation.report("\(node): of \(sessions.count) sessions only the first is opened") }
        for attributes in sessions.first?.attributes ?? [] {
            let end = attributes.bgpRouter ?? ""
            if end.isEmpty {
                common.append(attributes)
            } else if Self.is(end, ownNode) {
                own.append(attributes)
            } else if Self.is(end, node) {
                others.append(attributes)
            } else {
                evaluation.report("\(node): session attributes for '\(end)', which is neither end, are left out")
            }
        }
    }

    /// An end is named with its own name or in full.
    private static func `is`(_ end: String, _ node: NodeName) -> Bool { end == node.name || node.name.hasSuffix(":\(end)") }

    /// What holds for this end. Zero counts as not said, as the schema has it.
    func ours<Value>(_ member: (BgpSessionAttributes) -> Value?) -> Value? { Self.first(own + common, member) }

    func theirs<Value>(_ member: (BgpSessionAttributes) -> Value?) -> Value? { Self.first(others + common, member) }

    func anybody(_ isSo: (BgpSessionAttributes) -> Bool) -> Bool { (own + others + common).contains(where: isSo) }

    private static func first<Value>(_ list: [BgpSessionAttributes], _ member: (BgpSessionAttributes) -> Value?) -> Value? {
        for attributes in list {
            if let value = member(attributes), (value as? Int) != 0 { return value }
        }
        return nil
    }

    func reportUnsupported(_ node: NodeName, _ evaluation: inout ConfigurationEvaluation) {
        var unsupported: [String] = []
        if ours({ $0.asOverride }) == true { unsupported.append("as-override") }
        if ours({ $0.loopCount }) != nil { unsupported.append("loop-count") }
        if ours({ $0.privateAsAction }) != nil { unsupported.append("private-as-action") }
        if ours({ $0.routeOriginOverride })?.originOverride == true { unsupported.append("route-origin-override") }
        if ours({ $0.familyAttributes })?.isEmpty == false { unsupported.append("family-attributes") }
        if !unsupported.isEmpty {
            evaluation.report("\(node): \(unsupported.joined(separator: ", ")) of its session are not supported yet and have no effect")
        }
    }
}
