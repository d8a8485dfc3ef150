// The history holds the latest changes within its bounds, and says when somebody asks for what it no longer has.

import Testing

@testable import ConfigServerCore

@Suite struct ChangeHistoryTests {
    private func history(after floor: UInt64 = 0, count: Int, weight: Int = .max, _ revisions: ClosedRange<UInt64>) -> ChangeHistory<UInt64>
    {
        var history = ChangeHistory<UInt64>(after: floor, .init(count: count, weight: weight))
        for revision in revisions { history.append(revision, revision: revision, weight: 10) }
        return history
    }

    @Test func givesWhatFollowsARevision() {
        let history = history(count: 100, 1...5)
        #expect(history.changes(after: 0, limit: 100) == [1, 2, 3, 4, 5])
        #expect(history.changes(after: 3, limit: 100) == [4, 5])
        #expect(history.changes(after: 1, limit: 2) == [2, 3])
        #expect(history.changes(after: 5, limit: 100) == [])
        // A reader of an image that was published a moment before its changes.
        #expect(history.changes(after: 6, limit: 100) == [])
    }

    @Test func forgetsTheOldestAndSaysSo() {
        let history = history(count: 3, 1...10)
        #expect(history.floor == 7 && history.last == 10 && history.count == 3)
        #expect(history.changes(after: 7, limit: 9) == [8, 9, 10])
        #expect(history.changes(after: 6, limit: 9) == nil)
    }

    @Test func isBoundedByWeightButKeepsTheLatest() {
        let light = history(count: 100, weight: 35, 1...10)
        #expect(light.changes(after: light.floor, limit: 9) == [8, 9, 10])
        let heavy = history(count: 100, weight: 5, 1...10)
        #expect(heavy.changes(after: heavy.floor, limit: 9) == [10])
    }

    @Test func goesOnWhereItsStoreStopped() {
        let empty = ChangeHistory<UInt64>(after: 41)
        #expect(empty.floor == 41 && empty.last == 41)
        #expect(empty.changes(after: 41, limit: 1) == [] && empty.changes(after: 40, limit: 1) == nil)
        // Changes that nobody needs to hear of any more leave gaps.
        var gaps = empty
        for revision: UInt64 in [43, 47] { gaps.append(revision, revision: revision, weight: 1) }
        #expect(gaps.changes(after: 41, limit: 9) == [43, 47] && gaps.changes(after: 44, limit: 9) == [47])
    }

    @Test func staysInOrderThroughManyChanges() {
        let history = history(count: 700, 1...20_000)
        #expect(history.changes(after: 19_990, limit: 99).map(Array.init) == Array(19_991...20_000))
        #expect(history.changes(after: history.floor, limit: .max / 2)?.count == 700)
    }
}
