// Route selection step by step: at each step the better path wins whatever the later steps say, and what differs only after the MED
// shares the traffic.

import NetworkTypes
import Testing

@testable import ControlNodeCore

private func path(
    _ peer: UInt32, _ kind: PathSource.Kind = .internalBGP, infeasibility: Infeasibility = [], isStale: Bool = false,
    _ change: (inout PathAttributes) -> Void = { _ in }
) -> Path {
    var attributes = PathAttributes(nextHop: hop(1))
    change(&attributes)
    var path = Path(
        source: PathSource(peer: PeerID(peer), kind: kind, routerID: IPv4Address(1, 1, 1, UInt8(peer))),
        attributes: SharedAttributes(attributes), infeasibility: infeasibility)
    path.isStale = isStale
    return path
}

private func systems(_ numbers: UInt32...) -> ASPath { ASPath(sequence: numbers.map { ASNumber($0) }) }

private func mobility(_ sequence: UInt32, sticky: Bool = false) -> ExtendedCommunity {
    ExtendedCommunity(.macMobility(sequence: sequence, isSticky: sticky))
}

@Suite struct RouteSelectionTests {
    /// Each with the better path first. The worse path is made better in all that follows, so that only the step itself can decide.
    static let steps: [(name: String, better: Path, worse: Path)] = [
        ("feasible", path(1) { $0.localPreference = 10 }, path(2, infeasibility: .asPathLoop) { $0.localPreference = 200 }),
        ("local preference", path(1) { $0.localPreference = 200 }, path(2) { $0.addExtendedCommunities([mobility(9, sticky: true)]) }),
        (
            "root of an E-tree", path(1),
            path(2) { $0.addExtendedCommunities([ExtendedCommunity(rawValue: 0x0605_0100_0000_0000), mobility(9, sticky: true)]) }
        ),
        (
            "sticky", path(1) { $0.addExtendedCommunities([mobility(0, sticky: true)]) },
            path(2) { $0.addExtendedCommunities([mobility(9)]) }
        ),
        (
            "mobility", path(1, isStale: true) { $0.addExtendedCommunities([mobility(2)]) },
            path(2) { $0.addExtendedCommunities([mobility(1)]) }
        ),
        ("stale", path(1) { $0.asPath = systems(1, 2) }, path(2, isStale: true)),
        ("long-lived stale", path(1) { $0.asPath = systems(1, 2) }, path(2) { $0.communities = [.longLivedStale] }),
        (
            "AS path",
            path(1) {
                $0.asPath = systems(1); $0.origin = .incomplete
            }, path(2) { $0.asPath = systems(1, 2) }
        ),
        (
            "origin",
            path(1) {
                $0.origin = .igp; $0.med = 9
            },
            path(2) {
                $0.origin = .egp; $0.med = 1
            }
        ),
        (
            "MED",
            path(2) {
                $0.asPath = systems(7); $0.med = 1
            },
            path(1, .xmpp) {
                $0.asPath = systems(7); $0.med = 2
            }
        ),
    ]

    @Test(arguments: steps) func theBetterPathWins(name: String, better: Path, worse: Path) {
        for order in [[better, worse], [worse, better]] {
            let (sorted, equal) = RouteSelection.rank(order)
            #expect(sorted.map(\.source.peer) == [better.source.peer, worse.source.peer], "\(name)")
            #expect(equal == 1, "\(name)")
        }
    }

    /// Each with the path that leads the equal ones first.
    static let ties: [(name: String, first: Path, second: Path)] = [
        ("kind", path(9, .xmpp), path(1, .internalBGP)),
        ("external before internal", path(9, .externalBGP), path(1, .internalBGP)),
        (
            "MED of different neighbours",
            path(1) {
                $0.asPath = systems(7); $0.med = 9
            },
            path(2) {
                $0.asPath = systems(8); $0.med = 1
            }
        ),
        (
            "service chains of different length",
            path(2) {
                $0.asPath = systems(7); $0.originNetworkPath = [ExtendedCommunity(.originNetwork, system: 1, number: 1)]
            },
            path(1) {
                $0.asPath = systems(7, 8); $0.originNetworkPath = [ExtendedCommunity(.originNetwork, system: 1, number: 1)]
            }
        ),
        ("originator", path(2) { $0.originatorID = IPv4Address(1, 1, 1, 1) }, path(1) { $0.originatorID = IPv4Address(1, 1, 1, 2) }),
        ("router id", path(1), path(2)),
        (
            "cluster list", path(2) { $0.originatorID = IPv4Address(1, 1, 1, 1) },
            path(1) { $0.clusterList = [IPv4Address(1, 1, 1, 9)] }
        ),
    ]

    @Test(arguments: ties) func equalPathsShareTheTraffic(name: String, first: Path, second: Path) {
        for order in [[first, second], [second, first]] {
            let (sorted, equal) = RouteSelection.rank(order)
            #expect(sorted.map(\.source.peer) == [first.source.peer, second.source.peer], "\(name)")
            #expect(equal == 2, "\(name)")
        }
    }

    @Test func aLongServiceChainLosesToAShorterPlainPath() {
        let chain = [ExtendedCommunity(.originNetwork, system: 1, number: 1)]
        let long = path(1) {
            $0.asPath = systems(1, 2, 3); $0.originNetworkPath = chain
        }
        let short = path(2) {
            $0.asPath = systems(1); $0.originNetworkPath = chain
        }
        let plain = path(3) { $0.asPath = systems(1, 2) }
        #expect(RouteSelection.rank([long, short]).equalCount == 2)
        let (sorted, equal) = RouteSelection.rank([plain, long, short])
        #expect(sorted[0].source.peer == PeerID(2) && equal == 1)
    }

    @Test func nothingIsUsedWhenNothingCanBe() {
        let (sorted, equal) = RouteSelection.rank([path(1, infeasibility: .clusterLoop), path(2, infeasibility: .asPathLoop)])
        #expect(sorted.count == 2 && equal == 0)
    }

    @Test(arguments: 1...200) func theOrderOfArrivalDoesNotMatter(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let paths = (1...UInt32.random(in: 2...7, using: &random)).map { peer in
            path(peer, [.xmpp, .externalBGP, .internalBGP].randomElement(using: &random) ?? .xmpp) {
                $0.asPath = systems(UInt32.random(in: 1...2, using: &random)).prepending(ASNumber(UInt32.random(in: 1...2, using: &random)))
                if random.chance(30) { $0.asPath = systems(UInt32.random(in: 1...2, using: &random)) }
                if random.chance(60) { $0.med = UInt32.random(in: 0...2, using: &random) }
                if random.chance(30) { $0.originNetworkPath = [ExtendedCommunity(.originNetwork, system: 1, number: 1)] }
                if random.chance(20) { $0.localPreference = 100 }
            }
        }
        let expected = RouteSelection.rank(paths)
        for _ in 0..<5 {
            let ranked = RouteSelection.rank(paths.shuffled(using: &random))
            #expect(
                ranked.sorted.map(\.source.peer) == expected.sorted.map(\.source.peer) && ranked.equalCount == expected.equalCount,
                "seed \(seed)")
        }
    }
}
