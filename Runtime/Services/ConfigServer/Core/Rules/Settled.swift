// Properties that are settled when an object is made, or when they are first set: other systems have acted on them by then.

import Coding
import ConfigurationModel

extension ObjectDraft {
    /// Refuses a change of properties that cannot change.
    ///
    /// - Parameters:
    ///   - before: the stored version; nil when the object is new, which may have whatever it likes.
    ///   - standard: what the absence of a property means, as JSON.
    ///   - onceSet: it can still be set where it is absent, though not removed.
    func checkSettled(
        _ keys: [String], since before: ObjectState?, standard: String? = nil, onceSet: Bool = false, status: Int = 400
    ) throws(Refusal) {
        guard let before else { return }
        for key in keys {
            guard case .property(let index)? = type.members[key] else { continue }
            let old = before.properties[key].map { Array($0) } ?? standard.map { Array($0.utf8) }
            let new = properties[index] ?? standard.map { Array($0.utf8) }
            guard new != old, !(onceSet && old == nil) else { continue }
            func shown(_ value: [UInt8]?) -> String { value.map { String(decoding: $0.prefix(200), as: UTF8.self) } ?? "absent" }
            throw Refusal(
                status,
                "\(key) of a \(type.name) is settled when it is made and cannot change from \(shown(old)) to \(shown(new)); "
                    + "create another \(type.name)")
        }
    }

    /// The references to objects of a type.
    func references(to name: String, _ types: TypeTable) -> [ObjectReference] {
        guard let type = types.type(named: name) else { return [] }
        return references.filter { $0.target.type == type.number }
    }
}

extension ObjectReference {
    /// The data of the reference; nil when it has none.
    func value<Value: JSONCodable>(as type: Value.Type = Value.self) throws(Refusal) -> Value? {
        guard let data else { return nil }
        do { return try Value(json: data) } catch {
            throw Refusal("The stored reference is damaged: ", error, in: target.joinedName)
        }
    }
}
