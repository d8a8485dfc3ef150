// Indexes from elements in any order. Comparing elements follows references all over the memory, a million times twenty; so they are sorted
// by keys that say the most of their order in a few bytes and lie side by side, and are looked at themselves only where keys are equal.

import NetworkTypes

/// The most of an element's place, in three numbers: the first tells, or the second where the first are equal, or the third.
struct SortKey: Comparable, BitwiseCopyable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    static func < (left: SortKey, right: SortKey) -> Bool {
        if left.first != right.first { return left.first < right.first }
        return left.second != right.second ? left.second < right.second : left.third < right.third
    }
}

/// An element that says its place in short.
protocol Sortable: Comparable, Sendable {
    /// A key for each element. Of two elements the one with the lesser key comes first; equal keys say nothing.
    static func sortKeys(of elements: [Self]) -> [SortKey]
}

extension SortedIndex where Element: Sortable {
    /// - Parameter duplicate: what is wrong when two elements are equal, one of which it is given.
    init(_ elements: [Element], duplicate: (Element) -> String) throws(StoreError) {
        var places = Element.sortKeys(of: elements).enumerated().map { Place(key: $0.element, index: $0.offset) }
        elements.withUnsafeBufferPointer { elements in
            places.sort { left, right in
                left.key != right.key ? left.key < right.key : elements[left.index] < elements[right.index]
            }
        }
        for (place, next) in zip(places, places.dropFirst()) where place.key == next.key && elements[place.index] == elements[next.index] {
            let reason = duplicate(elements[place.index])
            throw StoreError(.unusable, "the stored configuration contradicts itself: \(reason); restore a backup")
        }
        self.init(ascending: places.map { elements[$0.index] })
    }
}

private struct Place: BitwiseCopyable {
    let key: SortKey
    let index: Int
}

extension ObjectEntry: Sortable {
    static func sortKeys(of elements: [ObjectEntry]) -> [SortKey] {
        elements.map { SortKey(first: $0.uuid.high, second: $0.uuid.low) }
    }
}

extension Relation: Sortable {
    static func sortKeys(of elements: [Relation]) -> [SortKey] {
        elements.map { SortKey(first: $0.owner, second: UInt64($0.kind.code), third: $0.number) }
    }
}

extension NameEntry: Sortable {
    /// The type, and of the name the sixteen bytes that follow on what all names of the type begin with, zeros where there are none.
    static func sortKeys(of elements: [NameEntry]) -> [SortKey] {
        /// Of each type the first name, and how much of it all others have too.
        var starts: [(name: [UInt8], count: Int)?] = []
        for element in elements {
            let type = Int(element.identity.type)
            while starts.count <= type { starts.append(nil) }
            guard let start = starts[type] else {
                starts[type] = (element.identity.name, element.identity.name.count)
                continue
            }
            let count = element.identity.name.commonCount(with: start.name, atMost: start.count)
            if count < start.count { starts[type]?.count = count }
        }
        return elements.map { element in
            let start = starts[Int(element.identity.type)]?.count ?? 0
            return element.identity.name.withUnsafeBufferPointer { name in
                SortKey(
                    first: UInt64(element.identity.type), second: word(of: name, from: start), third: word(of: name, from: start + 8))
            }
        }
    }

    private static func word(of name: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 { word = word << 8 | (index < name.count ? UInt64(name[index]) : 0) }
        return word
    }
}

extension [UInt8] {
    /// How many bytes at the beginning are the same, up to a bound that `other` has.
    fileprivate func commonCount(with other: [UInt8], atMost bound: Int) -> Int {
        withUnsafeBufferPointer { own in
            other.withUnsafeBufferPointer { other in
                var count = 0
                while count < bound, count < own.count, own[count] == other[count] { count += 1 }
                return count
            }
        }
    }
}

extension AllocationEntry: Sortable {
    static func sortKeys(of elements: [AllocationEntry]) -> [SortKey] { Array(repeating: SortKey(), count: elements.count) }
}

extension ValueEntry: Sortable {
    static func sortKeys(of elements: [ValueEntry]) -> [SortKey] { Array(repeating: SortKey(), count: elements.count) }
}
