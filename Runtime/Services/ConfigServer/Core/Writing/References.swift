// From what a request says about a target to the target itself.

import NetworkTypes
import Resources

extension Draft {
    /// Adds references to an object that has none of them yet; of several to one target the last counts.
    mutating func addReferences(
        _ requests: [ReferenceRequest], to object: inout ObjectDraft, asCaller: Bool = false
    ) throws(Refusal) {
        try replaceReferences(requests, of: object.identity, in: &object.references, kept: [], asCaller: asCaller)
    }

    /// Replaces all references to one type. Those whose target stays keep their number, and with it their place in the target's list.
    mutating func replaceReferences(
        _ requests: [ReferenceRequest], at index: Int, of object: inout ObjectDraft
    ) throws(Refusal) {
        let target = object.type.references[index].target
        let kept = object.references.filter { $0.target.type == target }
        object.references.removeAll { $0.target.type == target }
        try replaceReferences(requests, of: object.identity, in: &object.references, kept: kept, asCaller: true)
    }

    private mutating func replaceReferences(
        _ requests: [ReferenceRequest], of owner: Identity, in references: inout [ObjectReference], kept: [ObjectReference], asCaller: Bool
    ) throws(Refusal) {
        let known = Dictionary(kept.map { ($0.target.uuid, $0) }, uniquingKeysWith: { first, _ in first })
        var places: [UUIDValue: Int] = [:]
        for request in requests {
            let target = try target(request.entry, of: request.reference, status: 400, owner: owner)
            if asCaller, known[target.uuid] == nil { try requireReference(to: target) }
            if let place = places[target.uuid] {
                references[place].data = request.data
            } else {
                places[target.uuid] = references.count
                var reference = known[target.uuid] ?? ObjectReference(target: target, data: nil, number: newNumber())
                reference.data = request.data
                references.append(reference)
            }
        }
    }

    /// The object that an entry means. A UUID says more than a name.
    func target(
        _ entry: ReferenceBody, of reference: TypeEntry.Reference, status: Int, owner: Identity? = nil
    ) throws(Refusal) -> Identity {
        let type = types[reference.target]
        if let text = entry.uuid, !text.isEmpty {
            guard let uuid = UUIDValue(anySpelling: text) else { throw Refusal(status, "Invalid UUID format: \(text)") }
            if let owner, owner.uuid == uuid, owner.type == type.number { return owner }
            guard let state = state(uuid), state.identity.type == type.number else {
                throw Refusal(status, "Bad reference in \(reference.descriptor.key): no \(type.name) has the uuid \(uuid)")
            }
            return state.identity
        }
        let name = entry.name ?? []
        guard let identity = identity(type.number, named: FullyQualifiedName.json(name)) else {
            throw Refusal(
                status, "Bad reference in \(reference.descriptor.key): no \(type.name) has the name \(name.joined(separator: ":"))")
        }
        return identity
    }
}
