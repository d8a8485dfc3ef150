// Deleting objects, and with them what exists only for their sake: default children, and children that the system derives from them. What
// people made is never deleted along; it keeps its parent, and what it refers to, from going.

import NetworkTypes
import Resources

extension Draft {
    mutating func delete(_ identity: Identity, base: String) throws(Refusal) {
        var going: [Identity] = [identity]
        var keptChildren: [Identity] = []
        var next = 0
        while next < going.count {
            collectChildren(of: going[next], &going, &keptChildren)
            next += 1
        }
        guard keptChildren.isEmpty else {
            throw Refusal(409, "Delete when children still present: \(locations(keptChildren, base))")
        }
        let uuids = Set(going.map(\.uuid))
        let (blocking, dropping) = referrers(of: going, uuids)
        guard blocking.isEmpty else {
            throw Refusal(409, "Delete when resource still referred: \(locations(blocking, base))")
        }
        for referrer in dropping { try dropReferences(of: referrer, to: uuids) }
        // Children before parents, as a reader of the change feed expects.
        for identity in going.reversed() {
            let root = going[0]
            if let state = state(identity.uuid) { try rules[identity.type]?.removing(state, along: root, in: &self) }
            remove(identity)
        }
    }

    private func collectChildren(of parent: Identity, _ going: inout [Identity], _ kept: inout [Identity]) {
        let type = types[parent.type]
        let derived = Set(type.childTypes.filter(\.isDerived).map(\.type))
        for child in children(of: parent) {
            let name = child.shortName
            if derived.contains(child.type) || name == types[child.type].defaultName || name == SecurityDrafts.managementName {
                going.append(child)
            } else {
                kept.append(child)
            }
        }
    }

    /// Objects outside that refer to those that go: some keep them from going, the others lose their references.
    private func referrers(of going: [Identity], _ uuids: Set<UUIDValue>) -> (blocking: [Identity], dropping: [Identity]) {
        var blocking: [Identity] = []
        var dropping: [UUIDValue: Identity] = [:]
        for target in going {
            // Between objects of one type both ends hold the reference, and neither keeps the other.
            for reference in state(target.uuid)?.references ?? []
            where reference.target.type == target.type && !uuids.contains(reference.target.uuid) {
                dropping[reference.target.uuid] = reference.target
            }
            for source in referrers(of: target) where !uuids.contains(source.uuid) {
                let type = types[source.type]
                let isWeak = type.referenceByTarget[target.type].map { type.references[$0].descriptor.isWeak } ?? false
                let isRelaxed = state(source.uuid)?.references.contains { $0.target === target && $0.isRelaxed } ?? false
                if isWeak || isRelaxed { dropping[source.uuid] = source } else { blocking.append(source) }
            }
        }
        return (blocking, dropping.values.sorted { $0.number < $1.number })
    }

    /// In the form in which the older platform prints a list.
    func locations(_ identities: [Identity], _ base: String) -> String {
        let shown = identities.prefix(100).map { "'\(base)/\(types[$0.type].name)/\($0.uuid)'" }
        return "[" + shown.joined(separator: ", ") + (identities.count > 100 ? ", …" : "") + "]"
    }
}
