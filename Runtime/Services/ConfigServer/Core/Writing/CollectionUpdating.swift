// `POST /prop-collection-update`: elements of list and map properties, one by one. An element of a list has a position that stays with it
// until it is deleted; an element of a map is found by its key.

import Coding
import Resources

/// The elements of a list or map property of one object, with their positions.
struct ElementList {
    struct Element {
        var position: String
        var value: [UInt8]
    }

    let member: String
    /// The member that is an element's position; nil for lists.
    let key: String?
    let normalise: Normalise
    private(set) var elements: [Element] = []

    /// nil when the property is not stored element by element.
    init?(_ property: PropertyDescriptor, value: [UInt8]?, positions: [String]?) throws(Refusal) {
        switch property.shape {
        case .single: return nil
        case .list(let member, let element): (self.member, key, normalise) = (member, nil, element)
        case .map(let member, let key, let element): (self.member, self.key, normalise) = (member, key, element)
        }
        guard let value, let list = PropertySet(text: value)[member] else { return }
        do {
            let values = try JSONReader.read(Array(list)) { reader throws(CodingError) in
                var values: [[UInt8]] = []
                if try reader.readNull() { return values }
                try reader.beginArray()
                while try reader.nextElement() { values.append(reader.bytes(in: try reader.rawValue())) }
                return values
            }
            for (index, value) in values.enumerated() {
                let position = key.flatMap { Self.text(of: $0, in: value) } ?? positions.flatMap { index < $0.count ? $0[index] : nil }
                elements.append(Element(position: position ?? String(index), value: value))
            }
        } catch {
            throw Refusal("The stored property is damaged: ", error, in: property.key)
        }
    }

    /// The key of a map's element as text; numbers are keys as well.
    static func text(of key: String, in element: [UInt8]) -> String? {
        guard let value = PropertySet(text: element)[key] else { return nil }
        // An element that was stored is JSON; a number's text is its key.
        do {
            let value = try JSONValue(parsing: value)
            return value.string ?? value.integer.map { String($0) }
        } catch {
            return nil
        }
    }

    /// The property's value with these elements.
    var value: [UInt8] {
        var writer = JSONWriter(reservingCapacity: elements.reduce(32) { $0 + $1.value.count + 1 })
        writer.beginObject()
        writer.key(member)
        writer.beginArray()
        for element in elements { writer.raw(element.value) }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    /// The positions, if they are not simply 0, 1, 2, … and not keys.
    var positions: [String]? {
        guard key == nil, elements.enumerated().contains(where: { $0.element.position != String($0.offset) }) else { return nil }
        return elements.map(\.position)
    }

    // MARK: Operations

    mutating func apply(_ operation: String, _ value: [UInt8]?, position: String?) throws(Refusal) {
        switch (operation, key) {
        case ("add", nil): put(try checked(value), at: position ?? nextPosition)
        case ("modify", nil):
            guard let position else { throw Refusal(400, "modify needs the position of the element") }
            guard elements.contains(where: { $0.position == position }) else {
                throw Refusal(404, "no element has the position \(position)")
            }
            put(try checked(value), at: position)
        case ("set", let key?):
            let value = try checked(value)
            guard let own = Self.text(of: key, in: value) else {
                throw Refusal(400, "the element must have a \(key), which is its position")
            }
            guard position == nil || position == own else {
                throw Refusal(400, "the position \(position ?? "") is not the element's \(key), \(own)")
            }
            put(value, at: own)
        case ("delete", _):
            guard let position else { throw Refusal(400, "delete needs the position of the element") }
            elements.removeAll { $0.position == position }
        case (_, nil): throw Refusal(400, "the operation '\(operation)' is not one of a list: add, modify, delete")
        case (_, _): throw Refusal(400, "the operation '\(operation)' is not one of a map: set, delete")
        }
    }

    private mutating func put(_ value: [UInt8], at position: String) {
        if let index = elements.firstIndex(where: { $0.position == position }) {
            elements[index].value = value
        } else if key == nil, let number = Int(position),
            let index = elements.firstIndex(where: { element in Int(element.position).map { $0 > number } ?? true })
        {
            // Positions that are numbers are in their order, before all others.
            elements.insert(Element(position: position, value: value), at: index)
        } else {
            elements.append(Element(position: position, value: value))
        }
    }

    private func checked(_ value: [UInt8]?) throws(Refusal) -> [UInt8] {
        guard let value else { throw Refusal(400, "the operation needs a value") }
        do {
            return try Normalising.value(value, normalise)
        } catch {
            throw Refusal("", error, in: "value")
        }
    }

    /// Behind every element, and different from positions still in use.
    private var nextPosition: String {
        String(elements.reduce(0) { max($0, (Int($1.position) ?? -1).addingReportingOverflow(1).partialValue) })
    }
}

extension Draft {
    mutating func updateCollections(_ state: ObjectState, _ updates: [JSONValue]) throws(Refusal) {
        let type = types[state.identity.type]
        var object = ObjectDraft(state, type)
        for (number, update) in updates.enumerated() {
            let place = "Bad Request, updates[\(number)]: "
            guard let field = update["field"]?.string, let operation = update["operation"]?.string else {
                throw Refusal(400, place + "field and operation must be strings")
            }
            guard case .property(let index)? = type.members[field],
                var list = try ElementList(
                    type.resource.properties[index], value: object.properties[index], positions: object.positions[field])
            else {
                throw Refusal(400, place + "\(field) is not a list or map property of \(type.name)")
            }
            let position = update["position"].flatMap { $0.string ?? $0.integer.map { String($0) } }
            let value = update["value"].flatMap { $0 == .null ? nil : $0.bytes }
            do {
                try list.apply(operation, value, position: position)
            } catch {
                throw Refusal(error.status, place + "\(field): \(error.message)")
            }
            object.properties[index] = list.elements.isEmpty ? nil : list.value
            object.positions[field] = list.positions
        }
        try finishUpdate(&object, from: state)
    }
}
