// `POST /security-policy-draft`: all drafts of a scope come true, or are dropped, in one transaction.

import Coding
import ConfigurationModel
import NetworkTypes

/// One draft, and the object that it is for.
private struct PendingObject {
    let copy: ObjectDraft
    let state: DraftModeState
    /// nil for one that is still to be made.
    let original: ObjectState?
    /// Who stands in for the draft when it is gone; nil: nobody.
    var successor: Identity?
}

extension Draft {
    /// `{scope_uuid, action}`: the scope is a project, or the global-system-config (or the global policy management) for the whole system.
    mutating func finishDrafts(_ body: JSONValue) throws(Refusal) {
        let text = try body.required("scope_uuid")
        guard let scope = UUIDValue(anySpelling: text).flatMap({ state($0) }) else {
            throw Refusal(404, "Cannot find scope where pending security resource are own: no object has the uuid \(text)")
        }
        try require(.write, scope)
        let action = try body.required("action")
        guard action == "commit" || action == "discard" else {
            throw Refusal(400, "Only 'commit' or 'discard' actions are supported, not '\(action)'")
        }
        guard let parent = holder(of: scope.identity), let management = try SecurityDrafts.management(below: parent, in: &self) else {
            throw Refusal(
                400,
                "Security draft mode is not enabled on the \(types[scope.identity.type].name) \(scope.identity.joinedName): set enable_security_policy_draft"
            )
        }
        var pending = try pendingObjects(of: management, for: parent)
        if action == "commit" { try commit(&pending, below: parent) } else { try discard(pending) }
    }

    /// The parent of the objects of a scope.
    private func holder(of scope: Identity) -> Identity? {
        switch types[scope.type].name {
        case "project": return scope
        case "global-system-config", "policy-management":
            guard let type = types.type(named: "policy-management"),
                let global = identity(type.number, named: FullyQualifiedName.json([SecurityDrafts.globalManagement])),
                types[scope.type].name == "global-system-config" || scope === global
            else { return nil }
            return global
        default: return nil
        }
    }

    /// The drafts, those that others refer to first.
    private func pendingObjects(of management: Identity, for parent: Identity) throws(Refusal) -> [PendingObject] {
        var found: [PendingObject] = []
        for name in SecurityObjects.types {
            guard let type = types.type(named: name) else { continue }
            for child in children(of: management, type.number) {
                let copy = ObjectDraft(child, type)
                let originalName = FullyQualifiedName.json(parent.elements + [child.identity.shortName])
                let original = identity(type.number, named: originalName).flatMap { self.state($0.uuid) }
                let state = try copy.value(SecurityObjects.state, as: DraftModeState.self) ?? .updated
                found.append(PendingObject(copy: copy, state: state, original: original, successor: original?.identity))
            }
        }
        return found
    }

    // MARK: Dropping

    private mutating func discard(_ pending: [PendingObject]) throws(Refusal) {
        try redirectReferrers(pending)
        for object in pending.reversed() { remove(object.copy.identity) }
    }

    /// Who refers to a draft without being one of them refers to its successor from now on.
    private mutating func redirectReferrers(_ pending: [PendingObject]) throws(Refusal) {
        let copies = Set(pending.map(\.copy.identity.uuid))
        for object in pending {
            for source in referrers(of: object.copy.identity) where !copies.contains(source.uuid) {
                guard var referrer = current(source) else { continue }
                referrer.references = redirected(referrer.references, [object.copy.identity.uuid: object.successor])
                if types[source.type].name == "firewall-rule" { try FirewallRuleRule.rename(&referrer, referrer, in: self) }
                try referrer.touch(now)
                try save(referrer)
            }
        }
    }

    /// References to drafts replaced by references to their successors, without those that have none.
    private mutating func redirected(
        _ references: [ObjectReference], _ successors: [UUIDValue: Identity?]
    ) -> [ObjectReference] {
        var result: [ObjectReference] = []
        for reference in references {
            guard let successor = successors[reference.target.uuid] else {
                if !result.contains(where: { $0.target === reference.target }) { result.append(reference) }
                continue
            }
            guard let successor, !result.contains(where: { $0.target === successor }) else { continue }
            result.append(ObjectReference(target: successor, data: reference.data, number: newNumber()))
        }
        return result
    }

    // MARK: Coming true

    private mutating func commit(_ pending: inout [PendingObject], below parent: Identity) throws(Refusal) {
        for index in pending.indices where pending[index].state != .deleted && pending[index].original == nil {
            // The object gets the draft's UUID, by which others may know it already.
            let copy = pending[index].copy
            let name = FullyQualifiedName.json(parent.elements + [copy.identity.shortName])
            pending[index].successor = Identity(
                uuid: copy.identity.uuid, type: copy.type.number, name: name, parent: parent, number: newNumber())
        }
        for index in pending.indices where pending[index].state == .deleted { pending[index].successor = nil }
        try redirectReferrers(pending)
        for object in pending.reversed() {
            if object.successor?.uuid == object.copy.identity.uuid { vacate(object.copy.identity) } else { remove(object.copy.identity) }
        }
        let successors = Dictionary(
            pending.map { ($0.copy.identity.uuid, $0.successor) }, uniquingKeysWith: { first, _ in first })
        for object in pending where object.state != .deleted { try apply(object, successors) }
        for object in pending.reversed() where object.state == .deleted {
            if let original = object.original { try delete(original.identity, base: "") }
        }
    }

    private mutating func apply(_ pending: PendingObject, _ successors: [UUIDValue: Identity?]) throws(Refusal) {
        guard let identity = pending.successor else { return }
        let type = pending.copy.type
        var object = pending.original.map { ObjectDraft($0, type) } ?? ObjectDraft(adopt(identity), type)
        let kept = object
        for (index, value) in pending.copy.properties where index != type.identityPermissions { object.properties[index] = value }
        for index in kept.properties.keys where pending.copy.properties[index] == nil { object.properties[index] = nil }
        object.positions = pending.copy.positions
        object.setValue(SecurityObjects.state, DraftModeState?.none)
        if pending.original == nil {
            object.setValue(IdPermsType.key, IdPermsType.new(requested: nil, uuid: identity.uuid, now: now))
        }
        object.references = redirected(pending.copy.references, successors).map { reference in
            kept.references.first { $0.target === reference.target && $0.data == reference.data } ?? reference
        }
        if type.name == "firewall-rule" { try FirewallRuleRule.rename(&object, kept, in: self) }
        try rules[type.number]?.complete(&object, replacing: pending.original, in: &self)
        try Tags.check(object, types)
        if pending.original == nil { try checkQuota(of: object) }
        try object.touch(now)
        try save(object)
    }
}
