// The persistent index against a sorted array, and old copies against what they were.

import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct SortedIndexTests {
    private func elements(_ index: SortedIndex<Int>) -> [Int] {
        var list: [Int] = []
        index.forEach {
            list.append($0)
            return true
        }
        return list
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func behavesAsASortedArray(seed: UInt64) {
        var random = SequenceGenerator(seed: seed)
        var index = SortedIndex<Int>()
        var model: Set<Int> = []
        let range = seed == 1 ? 50 : 20_000
        for step in 0..<20_000 {
            let value = Int.random(in: 0..<range, using: &random)
            // First it grows, then it shrinks.
            if Int.random(in: 0..<20_000, using: &random) > step {
                index.insert(value)
                model.insert(value)
            } else {
                #expect(index.remove(value) == (model.remove(value) != nil))
            }
            if step % 997 == 0 {
                let sorted = model.sorted()
                #expect(elements(index) == sorted)
                #expect(index.count == sorted.count)
                #expect(index.last == sorted.last)
                let point = Int.random(in: -1...range, using: &random)
                #expect(index.rank { $0 < point } == sorted.count { $0 < point })
                #expect(index.first { $0 < point } == sorted.first { $0 >= point })
                var tail: [Int] = []
                index.forEach(notBefore: { $0 < point }) {
                    tail.append($0)
                    return tail.count < 100
                }
                #expect(tail == Array(sorted.filter { $0 >= point }.prefix(100)))
            }
        }
        for value in model { index.remove(value) }
        #expect(index.isEmpty && elements(index).isEmpty)
    }

    @Test func copiesStayAsTheyWere() {
        var random = SequenceGenerator(seed: 9)
        var index = SortedIndex<Int>()
        var copies: [(SortedIndex<Int>, [Int])] = []
        for step in 0..<5_000 {
            let value = Int.random(in: 0..<4_000, using: &random)
            if step % 3 == 0 { index.remove(value) } else { index.insert(value) }
            if step % 250 == 0 { copies.append((index, elements(index))) }
        }
        for (copy, content) in copies { #expect(elements(copy) == content) }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 128, 129, 4_096, 4_097, 300_000]) func isBuiltFromAscendingElements(count: Int) {
        var index = SortedIndex(ascending: Array(0..<count))
        #expect(index.count == count && elements(index) == Array(0..<count))
        index.insert(count)
        index.insert(-1)
        #expect(index.rank { $0 < count } == count + 1)
        #expect(index.first { $0 < 0 } == (count > 0 ? 0 : count))
    }

    @Test func findsTheLowestFreeNumber() {
        var image = Image()
        let owner = Identity(uuid: .zero, type: 0, name: [], parent: nil, number: 1)
        func take(_ numbers: some Sequence<UInt64>, _ space: String = "s") {
            for number in numbers { image.allocations.insert(AllocationEntry(Allocation(space: space, number: number), owner)) }
        }
        #expect(image.lowestFree(in: "s", 5...10) == 5)
        take(5...7)
        take(0...100, "r")
        take(0...100, "t")
        #expect(image.lowestFree(in: "s", 5...10) == 8)
        take([9, 10])
        #expect(image.lowestFree(in: "s", 5...10) == 8)
        take([8])
        #expect(image.lowestFree(in: "s", 5...10) == nil)
        #expect(image.lowestFree(in: "s", 5...11) == 11)
        #expect(image.lowestFree(in: "s", 1...11) == 1)
        image.allocations.remove(AllocationEntry(Allocation(space: "s", number: 6), owner))
        #expect(image.lowestFree(in: "s", 5...11) == 6)
        #expect(image.isAllocated(7, in: "s") && !image.isAllocated(6, in: "s") && !image.isAllocated(11, in: "s"))
    }
}
