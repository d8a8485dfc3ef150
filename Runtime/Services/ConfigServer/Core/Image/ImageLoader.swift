// Puts an image together from the rows of a store. A start waits for this, so a row is looked at once, while the next ones are read from the
// disk, and the indexes are sorted by short keys that lie together.

import NetworkTypes
import Synchronization

/// Takes rows in the order of creation, which has parents before their children.
///
/// A reference may lead to an object made later: those that do are resolved when all objects are known.
public struct ImageLoader: Sendable {
    private let types: TypeTable
    private var identities = IdentityTable()
    private var objects: [ObjectEntry] = []
    private var relations: [Relation] = []
    private var allocations: [AllocationEntry] = []
    private var values: [ValueEntry] = []
    private var lastNumber: UInt64 = 0
    /// Types of rows that the schema does not have, and how many rows there are of each. They and what is below them stay in the store,
    /// untouched and unseen.
    public private(set) var unknownTypes: [String: Int] = [:]
    private var unseen: Set<UUIDValue> = []
    /// What refers to objects that have not come yet.
    private var waiting: [(identity: Identity, row: ObjectRow)] = []
    /// The type of the last row: neighbours are often of one type.
    private var lastType: TypeEntry?
    /// The data of the last reference to each type: many are alike, and then share their text.
    private var lastData: [TypeNumber: [UInt8]] = [:]

    public init(_ types: TypeTable) { self.types = types }

    public mutating func add(_ row: consuming ObjectRow) throws(StoreError) {
        // Also numbers of rows that are left out: theirs must not be used again.
        lastNumber = max(lastNumber, row.number)
        guard let type = type(named: row.type) else {
            unknownTypes[row.type, default: 0] += 1
            unseen.insert(row.uuid)
            return
        }
        var parent: Identity?
        if let uuid = row.parent {
            guard unseen.isEmpty || !unseen.contains(uuid) else {
                unseen.insert(row.uuid)
                return
            }
            guard let known = identities[uuid] else { throw row.damaged("its parent \(uuid) is missing") }
            parent = known
        }
        try row.checkProperties()
        let identity = Identity(uuid: row.uuid, type: type.number, name: row.name, parent: parent, number: row.number)
        guard identities.insert(identity) else { throw row.damaged("its UUID occurs twice") }
        var isWaiting = false
        let references = try row.references { uuid in
            if let target = identities[uuid] { return .object(target) }
            isWaiting = true
            return .unseen
        }
        if isWaiting { waiting.append((identity, row)) } else { try add(identity, row, references) }
    }

    private mutating func type(named name: String) -> TypeEntry? {
        if let lastType, lastType.name == name { return lastType }
        lastType = types.type(named: name)
        return lastType
    }

    private mutating func add(_ identity: Identity, _ row: ObjectRow, _ references: [ObjectReference]) throws(StoreError) {
        var references = references
        for index in references.indices {
            share(&references[index].data, with: references[index].target.type)
            lastNumber = max(lastNumber, references[index].number)
            if let relation = Relation(from: identity, references[index]) { relations.append(relation) }
        }
        if let relation = Relation(child: identity) { relations.append(relation) }
        let details = try row.parsedDetails()
        for allocation in details.allocations { allocations.append(AllocationEntry(allocation, identity)) }
        let state = ObjectState(
            identity, properties: PropertySet(text: row.properties), references: references, positions: details.positions,
            allocations: details.allocations)
        objects.append(ObjectEntry(uuid: row.uuid, state: state))
    }

    private mutating func share(_ data: inout [UInt8]?, with target: TypeNumber) {
        guard let text = data else { return }
        if let last = lastData[target], last == text { data = last } else { lastData[target] = text }
    }

    public mutating func addValue(_ key: String, _ value: [UInt8]) { values.append(ValueEntry(key: key, value: value)) }

    /// Does two things that know nothing of each other, at the same time where that is possible.
    public typealias Both = (_ one: @escaping @Sendable () -> Void, _ other: () -> Void) -> Void

    /// Where there is one thread.
    public static func inTurn(_ one: @escaping @Sendable () -> Void, _ other: () -> Void) {
        one()
        other()
    }

    /// - Parameter both: has the longest of the work done beside the rest.
    public consuming func finish(_ both: Both = inTurn) throws(StoreError) -> Image {
        let (known, unseen) = (identities, unseen)
        for (identity, row) in waiting {
            let references = try row.references { uuid in
                if let target = known[uuid] { return .object(target) }
                return unseen.contains(uuid) ? .unseen : .missing
            }
            try add(identity, row, references)
        }
        let objects = objects
        let related = Sorting(relations) { "two references have the number \($0.number)" }
        var image = Image()
        var failure: StoreError?
        both({ related.sort() }) {
            do throws(StoreError) {
                image.names = try SortedIndex(objects.map { NameEntry(identity: $0.state.identity) }) { entry in
                    "two objects have the name \(String(decoding: entry.identity.name, as: UTF8.self))"
                }
                image.objects = try SortedIndex(objects) { "two objects have the UUID \($0.uuid)" }
            } catch { failure = error }
        }
        if let failure { throw failure }
        image.relations = try related.sorted()
        image.allocations = try SortedIndex(allocations) { "the number \($0.number) of \($0.space) belongs to two objects" }
        image.values = try SortedIndex(values) { "two values have the key \($0.key)" }
        image.lastNumber = lastNumber
        image.unseen = unseen
        return image
    }
}

/// An index in the making beside others.
private final class Sorting<Element: Sortable>: Sendable {
    private let elements: [Element]
    private let duplicate: @Sendable (Element) -> String
    private let result = Mutex<Result<SortedIndex<Element>, StoreError>?>(nil)

    init(_ elements: [Element], duplicate: @escaping @Sendable (Element) -> String) {
        self.elements = elements
        self.duplicate = duplicate
    }

    func sort() {
        let sorted: Result<SortedIndex<Element>, StoreError>
        do throws(StoreError) { sorted = .success(try SortedIndex(elements, duplicate: duplicate)) } catch { sorted = .failure(error) }
        result.withLock { $0 = sorted }
    }

    func sorted() throws(StoreError) -> SortedIndex<Element> { try result.withLock { $0 }?.get() ?? SortedIndex() }
}
