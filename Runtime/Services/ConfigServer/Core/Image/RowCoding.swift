// Objects to rows and back. Relies on the row having been written by `ObjectRow.init(_:_:)`; promises that any other row ends in an error
// that names the object, never in a crash or in half an object.

import Coding
import NetworkTypes

extension ObjectRow {
    init(_ state: ObjectState, _ types: TypeTable) {
        let identity = state.identity
        self.init(
            number: identity.number, uuid: identity.uuid, type: types[identity.type].name, name: identity.name,
            parent: identity.parent?.uuid, properties: state.properties.text, references: Self.encode(state.references, types),
            details: Self.encodeDetails(state))
    }

    private static func encode(_ references: [ObjectReference], _ types: TypeTable) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 2 + references.count * 96)
        writer.beginArray()
        for reference in references {
            writer.beginArray()
            writer.value(types[reference.target.type].name)
            writer.value(reference.target.uuid.description)
            writer.value(reference.number)
            writer.value(reference.isRelaxed)
            if let data = reference.data { writer.raw(data) } else { writer.null() }
            writer.endArray()
        }
        writer.endArray()
        return writer.finish()
    }

    private static func encodeDetails(_ state: ObjectState) -> [UInt8]? {
        if state.positions.isEmpty, state.allocations.isEmpty { return nil }
        var writer = JSONWriter(reservingCapacity: 64)
        writer.beginObject()
        if !state.allocations.isEmpty {
            writer.key("allocations")
            writer.beginArray()
            for allocation in state.allocations {
                writer.beginArray()
                writer.value(allocation.space)
                writer.value(allocation.number)
                writer.endArray()
            }
            writer.endArray()
        }
        if !state.positions.isEmpty {
            writer.key("positions")
            writer.beginObject()
            for (key, positions) in state.positions.sorted(by: { $0.key < $1.key }) {
                writer.key(key)
                writer.beginArray()
                for position in positions { writer.value(position) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.finish()
    }
}

/// Puts an image together from rows in the order of creation, which has parents before their children.
///
/// References are resolved when all objects are known: one may lead to an object made later.
public struct ImageLoader {
    private let types: TypeTable
    private var rows: [(identity: Identity, row: ObjectRow)] = []
    private var identities: [UUIDValue: Identity] = [:]
    private var values: [ValueEntry] = []
    private var lastNumber: UInt64 = 0
    /// Types of rows that the schema does not have, and how many rows there are of each. They and what is below them stay in the store,
    /// untouched and unseen.
    public private(set) var unknownTypes: [String: Int] = [:]
    private var unseen: Set<UUIDValue> = []

    public init(_ types: TypeTable) { self.types = types }

    public mutating func add(_ row: ObjectRow) throws(StoreError) {
        // Also numbers of rows that are left out: theirs must not be used again.
        lastNumber = max(lastNumber, row.number)
        guard let type = types.type(named: row.type) else {
            unknownTypes[row.type, default: 0] += 1
            unseen.insert(row.uuid)
            return
        }
        var parent: Identity?
        if let uuid = row.parent {
            guard !unseen.contains(uuid) else {
                unseen.insert(row.uuid)
                return
            }
            guard let known = identities[uuid] else { throw row.damaged("its parent \(uuid) is missing") }
            parent = known
        }
        try row.checkProperties()
        let identity = Identity(uuid: row.uuid, type: type.number, name: row.name, parent: parent, number: row.number)
        guard identities.updateValue(identity, forKey: row.uuid) == nil else { throw row.damaged("its UUID occurs twice") }
        rows.append((identity, row))
    }

    public mutating func addValue(_ key: String, _ value: [UInt8]) { values.append(ValueEntry(key: key, value: value)) }

    public consuming func finish() throws(StoreError) -> Image {
        var image = Image()
        var objects: [ObjectEntry] = []
        objects.reserveCapacity(rows.count)
        var relations: [Relation] = []
        var allocations: [AllocationEntry] = []
        let (identities, unseen) = (identities, unseen)
        for (identity, row) in rows {
            let references = try row.references { type, uuid throws(CodingError) in
                if let target = identities[uuid] { return target }
                guard unseen.contains(uuid) else { throw ObjectRow.missing(type, uuid) }
                return nil
            }
            let details = try row.parsedDetails()
            let state = ObjectState(
                identity, properties: PropertySet(text: row.properties), references: references, positions: details.positions,
                allocations: details.allocations)
            objects.append(ObjectEntry(uuid: row.uuid, state: state))
            if let relation = Relation(child: identity) { relations.append(relation) }
            for reference in references {
                lastNumber = max(lastNumber, reference.number)
                if let relation = Relation(from: identity, reference) { relations.append(relation) }
            }
            allocations += details.allocations.map { AllocationEntry($0, identity) }
        }
        image.names = try Self.index(rows.map { NameEntry(identity: $0.identity) }) { entry in
            "two objects have the name \(String(decoding: entry.identity.name, as: UTF8.self))"
        }
        image.objects = try Self.index(objects) { "two objects have the UUID \($0.uuid)" }
        image.relations = try Self.index(relations) { "two references have the number \($0.number)" }
        image.allocations = try Self.index(allocations) { "the number \($0.number) of \($0.space) belongs to two objects" }
        image.values = try Self.index(values) { "two values have the key \($0.key)" }
        image.lastNumber = lastNumber
        image.unseen = unseen
        return image
    }

    private static func index<Entry>(
        _ entries: [Entry], duplicate: (Entry) -> String
    ) throws(StoreError) -> SortedIndex<Entry> {
        let sorted = entries.sorted()
        for (entry, next) in zip(sorted, sorted.dropFirst()) where entry == next {
            throw StoreError(.unusable, "the stored configuration contradicts itself: \(duplicate(entry)); restore a backup")
        }
        return SortedIndex(ascending: sorted)
    }
}

extension ObjectRow {
    /// - Parameter resolve: the object with a UUID; nil for one that the schema has no type for, whose references are left out.
    func references(
        _ resolve: (_ type: String, _ target: UUIDValue) throws(CodingError) -> Identity?
    ) throws(StoreError) -> [ObjectReference] {
        if references.elementsEqual("[]".utf8) { return [] }
        do {
            return try JSONReader.read(references) { reader throws(CodingError) in
                var references: [ObjectReference] = []
                try reader.beginArray()
                while try reader.nextElement() {
                    let stored = try StoredReference(from: &reader)
                    guard let target = try resolve(stored.type, stored.target) else { continue }
                    references.append(
                        ObjectReference(target: target, data: stored.data, number: stored.number, isRelaxed: stored.isRelaxed))
                }
                return references
            }
        } catch {
            throw damaged(error.message)
        }
    }

    func parsedDetails() throws(StoreError) -> (positions: [String: [String]], allocations: [Allocation]) {
        guard let details else { return ([:], []) }
        do {
            let value = try JSONValue(parsing: details)
            var positions: [String: [String]] = [:]
            for (key, list) in value["positions"]?.members ?? [] {
                positions[key] = list.elements.compactMap(\.string)
            }
            let allocations = (value["allocations"]?.elements ?? []).compactMap { pair -> Allocation? in
                guard let space = pair.elements.first?.string, let number = pair.elements.last?.unsignedInteger else { return nil }
                return Allocation(space: space, number: number)
            }
            return (positions, allocations)
        } catch {
            throw damaged(error.message)
        }
    }

    func checkProperties() throws(StoreError) {
        guard properties.first == UInt8(ascii: "{"), properties.last == UInt8(ascii: "}") else {
            throw damaged("its properties are not a JSON object")
        }
    }

    static func missing(_ type: String, _ uuid: UUIDValue) -> CodingError {
        CodingError(.missingMember, "the \(type) \(uuid) it refers to is missing")
    }

    func damaged(_ reason: String) -> StoreError {
        StoreError(
            .unusable, "the stored \(type) \(uuid) is damaged: \(reason); restore a backup, or delete the row with number \(number)")
    }
}

/// A reference as the row's JSON has it.
private struct StoredReference {
    let type: String
    let target: UUIDValue
    let number: UInt64
    let isRelaxed: Bool
    let data: [UInt8]?

    init(from reader: inout JSONReader) throws(CodingError) {
        func element() throws(CodingError) {
            guard try reader.nextElement() else { throw CodingError(.missingMember, "a reference lacks one of its five parts") }
        }
        try reader.beginArray()
        try element()
        type = try reader.string()
        try element()
        let text = try reader.string()
        guard let uuid = UUIDValue(anySpelling: text) else { throw CodingError(.type, "\(text) is not a UUID") }
        target = uuid
        try element()
        number = try reader.unsignedInteger()
        try element()
        isRelaxed = try reader.boolean()
        try element()
        if try reader.readNull() {
            data = nil
        } else {
            data = reader.bytes(in: try reader.rawValue())
        }
        guard try !reader.nextElement() else { throw CodingError(.type, "a reference has more than five parts") }
    }
}

extension Transaction {
    /// The changes as the store takes them.
    public func rows(_ types: TypeTable) -> [RowChange] {
        changes.map { change in
            switch change {
            case .put(let state): .put(ObjectRow(state, types))
            case .remove(let identity): .remove(number: identity.number)
            case .setValue(let key, let value): .setValue(key: key, value: value)
            case .removeValue(let key): .removeValue(key: key)
            }
        }
    }
}
