// Copies for many: who takes one, by where the packet came from. The table is in Runtime/Forwarder/include/next_hop.h.

import NetworkTypes

extension Forwarder {
    private enum Source { case workload, fabric, evpn, `switch` }

    private static let takers: [Source: Set<NextHop.CompositeKind>] = [
        .workload: [.local, .fabric, .evpn, .switch],
        .fabric: [.local, .fabric],
        .evpn: [.local],
        .switch: [.local, .fabric, .evpn, .switch],
    ]

    mutating func replicate(_ journey: Journey, to members: [NextHop.Member?], onlyFromMembers: Bool) throws(Drop) {
        guard let frame = journey.frame else { throw .invalidNextHop }
        let children = members.compactMap { member -> (kind: NextHop.CompositeKind, members: [NextHop.Member])? in
            guard let member, case .composite(let kind, let members) = tables.nextHops[member.nextHop]?.action else { return nil }
            return (kind, members.compactMap { $0 })
        }
        guard let takers = Self.takers[try source(of: journey, children, onlyFromMembers)] else { throw .invalidMulticastSource }
        var copies: [(Journey, nextHop: UInt32)?] = []
        for child in children where takers.contains(child.kind) {
            for member in child.members where isTaker(member, of: child.kind, journey) {
                var copy = journey
                if child.kind == .fabric {
                    copy.label = member.label
                    // The network that the copy belongs to; nil: a copy that cannot be sent.
                    guard let network = journey.label, network < 1 << 24 else {
                        copies.append(nil)
                        continue
                    }
                    copy.load = .tree(network: network, frame, journey.ip)
                } else {
                    copy.label = member.label ?? journey.label
                }
                copies.append((copy, member.nextHop))
            }
        }
        guard !copies.isEmpty else { throw .nowhereToGo }
        for (number, copy) in copies.enumerated() {
            attempt { (model) throws(Drop) in
                // The last one is the packet itself.
                guard model.canCopy || number == copies.count - 1 else { throw .multicastCloneFailed }
                guard let (copy, nextHop) = copy else { throw .invalidVXLANNetwork }
                try model.nextHop(nextHop, for: copy)
            }
        }
    }

    private func source(
        of journey: Journey, _ children: [(kind: NextHop.CompositeKind, members: [NextHop.Member])], _ onlyFromMembers: Bool
    ) throws(Drop) -> Source {
        guard let origin = journey.origin else { return .workload }
        for child in children
        where (child.kind == .fabric) == origin.isTree
            && child.members.contains(where: { tables.nextHops[$0.nextHop]?.tunnel?.destination == origin.source })
        {
            switch child.kind {
            case .fabric: return .fabric
            case .evpn: return .evpn
            case .switch: return .switch
            default: continue
            }
        }
        if onlyFromMembers { throw .invalidMulticastSource }
        return origin.isTree ? .fabric : .evpn
    }

    /// Workloads take local copies, tunnels the others, and nobody what came from there.
    private func isTaker(_ member: NextHop.Member, of kind: NextHop.CompositeKind, _ journey: Journey) -> Bool {
        guard let nextHop = tables.nextHops[member.nextHop] else { return false }
        if kind == .local {
            return nextHop.isEncapsulate && !(journey.origin == nil && nextHop.interface == journey.arrival.index)
        }
        guard let tunnel = nextHop.tunnel else { return false }
        return tunnel.destination != journey.origin?.source
    }
}
