// Objects to rows and back. Relies on the row having been written by `ObjectRow.init(_:_:)`; promises that any other row ends in an error
// that names the object, never in a crash or in half an object.

import Coding
import NetworkTypes

extension ObjectRow {
    init(_ state: ObjectState, _ types: TypeTable) {
        let identity = state.identity
        self.init(
            number: identity.number, uuid: identity.uuid, type: types[identity.type].name, name: identity.name,
            parent: identity.parent?.uuid, properties: state.properties.text, references: Self.text(of: state.references, types),
            details: Self.encodeDetails(state))
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

extension ObjectRow {
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

    func damaged(_ reason: String) -> StoreError {
        StoreError(
            .unusable, "the stored \(type) \(uuid) is damaged: \(reason); restore a backup, or delete the row with number \(number)")
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
