// `PATCH /T/<uuid>`: a JSON Merge Patch (RFC 7396) of an object as GET shows it. Members of a property that the patch names are replaced,
// null removes them, the rest stays; a list is replaced as a whole.

import Coding
import Resources

extension ObjectBody {
    /// Turns a patch into the update that it comes to.
    mutating func merge(into state: ObjectState, _ type: TypeEntry) throws(Refusal) {
        for (index, value) in properties {
            guard let value, value.first == UInt8(ascii: "{") else { continue }
            let key = type.resource.properties[index].key
            do {
                let patch = try JSONValue(parsing: value)
                let stored = try state.properties[key].map { slice throws(CodingError) in try JSONValue(parsing: slice) }
                properties[index] = .some(patch.merged(into: stored).bytes)
            } catch {
                throw Refusal("Bad property in update: ", error, in: key)
            }
        }
    }
}

extension JSONValue {
    /// RFC 7396 §2.
    func merged(into target: JSONValue?) -> JSONValue {
        guard case .object(let members) = self else { return self }
        var result: JSONValue = .object([])
        if let target, case .object = target { result = target }
        for member in members {
            result[member.key] = member.value == .null ? nil : member.value.merged(into: result[member.key])
        }
        return result
    }
}
