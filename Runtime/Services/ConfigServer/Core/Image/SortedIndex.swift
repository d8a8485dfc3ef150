// An ordered set as a persistent B-tree: copying it costs nothing, changing a copy leaves the other as it was. The image is made of
// these, so a reader holds the configuration of one moment for as long as it likes while the writer goes on.
//
// Relies on Swift's arrays being copied only when shared: a node is two arrays, and a change copies the nodes on one path if, and only if,
// another index still holds them. Promises O(log n) for every operation, elements in ascending order, and full nodes where elements arrive
// in ascending order, as creation numbers do.

/// A sorted set whose copies share what they have in common.
struct SortedIndex<Element: Comparable & Sendable>: Sendable {
    private var root = SortedNode<Element>()

    init() {}

    /// Builds the index at once from elements in ascending order, each different from the one before.
    init(ascending elements: [Element]) {
        root = SortedNode(ascending: elements)
    }

    var count: Int { root.count }
    var isEmpty: Bool { root.count == 0 }
    var last: Element? { root.last }

    /// Adds the element; one that compares equal is replaced.
    mutating func insert(_ element: Element) {
        guard let sibling = root.insert(element) else { return }
        root = SortedNode(branches: [root, sibling])
    }

    /// Removes the element that compares equal, and says whether there was one.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        guard root.remove(element) else { return false }
        while root.children.count == 1 { root = root.children[0] }
        return true
    }

    /// The first element for which `isBefore` is false. The closure must be true for the elements up to some point and false from there on.
    func first(notBefore isBefore: (Element) -> Bool) -> Element? { root.first(isBefore) }

    /// How many elements precede the point that `isBefore` describes.
    func rank(_ isBefore: (Element) -> Bool) -> Int { root.rank(isBefore) }

    /// Calls `body` with the elements from the point that `isBefore` describes, in order, until it returns false.
    func forEach(notBefore isBefore: (Element) -> Bool, _ body: (Element) -> Bool) {
        _ = root.forEach(from: isBefore, body)
    }

    func forEach(_ body: (Element) -> Bool) {
        _ = root.forEach(body)
    }
}

/// A leaf holds elements; a branch holds children and, as its elements, the largest element below each child.
private struct SortedNode<Element: Comparable & Sendable>: Sendable {
    /// Above this a node is split. A leaf of the widest element is then about a page, and a million elements are four levels deep.
    static var capacity: Int { 64 }

    private(set) var elements: [Element] = []
    private(set) var children: [SortedNode] = []
    private(set) var count = 0

    var last: Element? { elements.last }
    private var isLeaf: Bool { children.isEmpty }

    init() {}

    private init(leaf elements: [Element]) {
        self.elements = elements
        count = elements.count
    }

    init(branches: [SortedNode]) {
        children = branches
        elements = branches.compactMap(\.last)
        count = branches.reduce(0) { $0 + $1.count }
    }

    init(ascending elements: [Element]) {
        guard elements.count > Self.capacity else {
            self.init(leaf: elements)
            return
        }
        var level = Self.chunks(elements.count).map { SortedNode(leaf: Array(elements[$0])) }
        while level.count > Self.capacity {
            let below = level
            level = Self.chunks(below.count).map { SortedNode(branches: Array(below[$0])) }
        }
        self.init(branches: level)
    }

    /// Even chunks: none so small that the tree would be ragged.
    private static func chunks(_ count: Int) -> [Range<Int>] {
        let number = (count + capacity - 1) / capacity
        return (0..<number).map { (count * $0 / number)..<(count * ($0 + 1) / number) }
    }

    // MARK: Change

    /// Returns a new right-hand sibling when the node had to be split.
    mutating func insert(_ element: Element) -> SortedNode? {
        let index = lowerBound { $0 < element }
        if isLeaf {
            if index < elements.count, elements[index] == element {
                elements[index] = element
                return nil
            }
            elements.insert(element, at: index)
            count += 1
        } else {
            let child = min(index, children.count - 1)
            let before = children[child].count
            let sibling = children[child].insert(element)
            count += children[child].count - before
            refreshLargest(child)
            if let sibling, let largest = sibling.last {
                children.insert(sibling, at: child + 1)
                elements.insert(largest, at: child + 1)
                count += sibling.count
            }
        }
        return elements.count > Self.capacity ? split(appending: index >= elements.count - 1) : nil
    }

    /// Elements that arrive in order leave full nodes behind; others are halved.
    private mutating func split(appending: Bool) -> SortedNode {
        let middle = appending ? elements.count - 1 : elements.count / 2
        let sibling: SortedNode
        if isLeaf {
            sibling = SortedNode(leaf: Array(elements[middle...]))
        } else {
            sibling = SortedNode(branches: Array(children[middle...]))
            children.removeSubrange(middle...)
        }
        elements.removeSubrange(middle...)
        count -= sibling.count
        return sibling
    }

    mutating func remove(_ element: Element) -> Bool {
        let index = lowerBound { $0 < element }
        guard index < elements.count else { return false }
        if isLeaf {
            guard elements[index] == element else { return false }
            elements.remove(at: index)
            count -= 1
            return true
        }
        guard children[index].remove(element) else { return false }
        count -= 1
        if children[index].count == 0 {
            children.remove(at: index)
            elements.remove(at: index)
        } else {
            refreshLargest(index)
            mergeIfSmall(index)
        }
        return true
    }

    private mutating func refreshLargest(_ child: Int) {
        if let largest = children[child].last { elements[child] = largest }
    }

    /// Joins a child that has become small with its right-hand neighbour, if both fit in one node.
    private mutating func mergeIfSmall(_ index: Int) {
        let left = index + 1 < children.count ? index : index - 1
        guard left >= 0, children[index].elements.count < Self.capacity / 4,
            children[left].elements.count + children[left + 1].elements.count <= Self.capacity * 3 / 4
        else { return }
        let right = children.remove(at: left + 1)
        children[left].elements += right.elements
        children[left].children += right.children
        children[left].count += right.count
        elements.remove(at: left)
    }

    // MARK: Search

    private func lowerBound(_ isBefore: (Element) -> Bool) -> Int {
        elements.withUnsafeBufferPointer { elements in
            var low = 0
            var high = elements.count
            while low < high {
                let middle = (low + high) / 2
                if isBefore(elements[middle]) { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    func first(_ isBefore: (Element) -> Bool) -> Element? {
        let index = lowerBound(isBefore)
        guard index < elements.count else { return nil }
        return isLeaf ? elements[index] : children.withUnsafeBufferPointer { $0[index].first(isBefore) }
    }

    func rank(_ isBefore: (Element) -> Bool) -> Int {
        let index = lowerBound(isBefore)
        if isLeaf { return index }
        var result = 0
        for child in children[..<index] { result += child.count }
        return index < children.count ? result + children[index].rank(isBefore) : result
    }

    /// Both return false once `body` has asked to stop.
    func forEach(from isBefore: (Element) -> Bool, _ body: (Element) -> Bool) -> Bool {
        let start = lowerBound(isBefore)
        guard start < elements.count else { return true }
        if isLeaf {
            return elements.withUnsafeBufferPointer { elements in elements[start...].allSatisfy(body) }
        }
        guard children[start].forEach(from: isBefore, body) else { return false }
        return children[(start + 1)...].allSatisfy { $0.forEach(body) }
    }

    func forEach(_ body: (Element) -> Bool) -> Bool {
        isLeaf
            ? elements.withUnsafeBufferPointer { elements in elements.allSatisfy(body) }
            : children.allSatisfy { $0.forEach(body) }
    }
}
