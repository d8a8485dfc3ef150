// Drafts of the objects of the firewall. Where a scope (the whole system, or a project) asks for it, changes to them are not made but
// collected: each object that would change has a copy below the scope's draft policy management, with a state that says what is to
// become of the object. The objects themselves, and what follows from them, stay as they are until the drafts are committed together
// (SecurityCommit.swift).

import Coding
import ConfigurationModel
import NetworkTypes

enum SecurityDrafts {
    /// What holds the drafts of a scope.
    static let managementName = "draft-policy-management"
    /// What holds the objects of the whole system.
    static let globalManagement = "default-policy-management"

    private static let flag = "enable_security_policy_draft"
    private static let managementType = "policy-management"

    static func isDraft(_ object: Identity) -> Bool { object.parent?.shortName == managementName }

    /// What is to become of an object: its own state when it is a draft, else that of its draft; nil when nothing is.
    static func state(of object: Identity, in draft: Draft) throws(Refusal) -> DraftModeState? {
        try (isDraft(object) ? draft.current(object) : draftVersion(of: object, in: draft))?.value(SecurityObjects.state)
    }

    /// The draft of an object that is none itself.
    static func draftVersion(of object: Identity, in draft: Draft) -> ObjectDraft? {
        guard !isDraft(object), let management = name(of: object.parent, in: draft) else { return nil }
        return draft.identity(object.type, named: FullyQualifiedName.json(management + [object.shortName])).flatMap { draft.current($0) }
    }

    /// The name of the management that holds drafts for objects below `parent`.
    private static func name(of parent: Identity?, in draft: Draft) -> [String]? {
        guard let parent else { return nil }
        switch draft.types[parent.type].name {
        case "project": return parent.elements + [managementName]
        case managementType where parent.elements == [globalManagement]: return [managementName]
        default: return nil
        }
    }

    /// Where drafts of objects below `parent` go; nil when they are changed at once.
    static func management(below parent: Identity, in draft: inout Draft) throws(Refusal) -> Identity? {
        guard let name = name(of: parent, in: draft) else { return nil }
        let scope = name.count == 1 ? draft.globalSystem : parent
        guard let scope, let object = draft.current(scope), try object.value(flag, as: Bool.self) ?? false else { return nil }
        return try locate(name, in: &draft)
    }

    /// The management of that name, made when it is missing.
    private static func locate(_ name: [String], in draft: inout Draft) throws(Refusal) -> Identity? {
        guard let type = draft.types.type(named: managementType) else { return nil }
        if let known = draft.identity(type.number, named: FullyQualifiedName.json(name)) { return known }
        var body = ObjectBody()
        body.name = name
        body.parentType = name.count == 1 ? TypeTable.rootTypeName : "project"
        return try draft.create(type, body)
    }

    /// A scope that begins to hold drafts has a place for them; one that still has some cannot stop.
    ///
    /// - Parameter scope: a project, or the global-system-config, that is stored.
    static func complete(_ scope: ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let isHolding = try scope.value(flag, as: Bool.self) ?? false
        let wasHolding = try before.map { state throws(Refusal) in try ObjectDraft(state, scope.type).value(flag, as: Bool.self) ?? false }
        guard isHolding != wasHolding ?? false else { return }
        let name = scope.type.name == "project" ? scope.identity.elements + [managementName] : [managementName]
        if isHolding {
            _ = try locate(name, in: &draft)
            return
        }
        guard let type = draft.types.type(named: managementType),
            let management = draft.identity(type.number, named: FullyQualifiedName.json(name))
        else { return }
        let pending = draft.children(of: management)
        guard pending.isEmpty else {
            let list = pending.prefix(20).map { "\(draft.types[$0.type].name) \($0.joinedName) (\($0.uuid))" }.joined(separator: ", ")
            throw Refusal(
                409,
                "Cannot disable security draft mode on \(scope.identity.joinedName) as some pending security resource(s) need to be "
                    + "reviewed: \(list); commit or discard them first (POST /security-policy-draft)")
        }
        try draft.delete(management, base: "")
    }
}

extension Draft {
    /// The one object that holds what is true of the whole system.
    var globalSystem: Identity? {
        guard let type = types.type(named: "global-system-config") else { return nil }
        var found: Identity?
        image.forEachObject(of: type.number) { identity in
            found = identity
            return false
        }
        return found
    }

    /// Makes an object, or the draft of one.
    mutating func createOrDraft(_ type: TypeEntry, _ request: ObjectBody) throws(Refusal) -> Identity {
        guard SecurityObjects.types.contains(type.name), let elements = request.name, let name = elements.last,
            let parentType = request.parentType.flatMap({ types.type(named: $0) }),
            let parent = identity(parentType.number, named: FullyQualifiedName.json(Array(elements.dropLast()))),
            let management = try SecurityDrafts.management(below: parent, in: &self)
        else { return try create(type, request, asCaller: true) }
        try requireRoom(below: parent)
        if let existing = identity(type.number, named: FullyQualifiedName.json(elements)) {
            throw Refusal(409, "\(elements.joined(separator: ":")) already exists with uuid: \(existing.uuid)")
        }
        var body = request
        body.name = management.elements + [name]
        body.parentType = types[management.type].name
        if let pending = identity(type.number, named: FullyQualifiedName.json(management.elements + [name])) {
            throw Refusal(
                400,
                "\(type.name) \(elements.joined(separator: ":")) was already created and is pending to be committed or discarded: change "
                    + "the draft \(pending.uuid) instead")
        }
        let made = try create(type, body, asCaller: true)
        try setState(.created, of: made)
        isPending = true
        return made
    }

    /// Changes an object, or its draft.
    mutating func updateOrDraft(_ state: ObjectState, _ request: ObjectBody) throws(Refusal) {
        let target = try changeable(state)
        var body = request
        if target.identity !== state.identity {
            try checkUnchanged(body, state.identity, types[state.identity.type])
            (body.name, body.uuid, body.parentUUID) = (nil, nil, nil)
        }
        try update(target, body)
    }

    /// What a change to an object is to be made to: the object, or its draft, which is made when there is none.
    mutating func changeable(_ state: ObjectState) throws(Refusal) -> ObjectState {
        let identity = state.identity
        guard SecurityObjects.types.contains(types[identity.type].name), let parent = identity.parent else { return state }
        var target = state
        if !SecurityDrafts.isDraft(identity) {
            guard let management = try SecurityDrafts.management(below: parent, in: &self) else { return state }
            target = try copy(of: state, below: management)
            isPending = true
        }
        guard try SecurityDrafts.state(of: target.identity, in: self) != .deleted else {
            throw Refusal(
                400,
                "\(types[identity.type].name) \(identity.joinedName) is in pending delete, cannot be updated; delete the draft "
                    + "\(target.identity.uuid) to keep the object")
        }
        return target
    }

    /// Deletes an object, or makes a draft that says so.
    mutating func deleteOrDraft(_ identity: Identity, base: String) throws(Refusal) {
        guard SecurityObjects.types.contains(types[identity.type].name), !SecurityDrafts.isDraft(identity), let parent = identity.parent,
            let state = state(identity.uuid), let management = try SecurityDrafts.management(below: parent, in: &self)
        else { return try delete(identity, base: base) }
        try rules[identity.type]?.removing(state, along: identity, in: &self)
        let copy = try copy(of: state, below: management).identity
        var blocking: [Identity] = []
        for source in referrers(of: identity) + referrers(of: copy) where try keeps(source, identity, copy) { blocking.append(source) }
        guard blocking.isEmpty else {
            throw Refusal(409, "Delete when resource still referred: \(locations(blocking, base))")
        }
        try setState(.deleted, of: copy)
        isPending = true
    }

    /// Whether an object, or what its draft would make of it, needs the object to be deleted or its draft.
    private func keeps(_ source: Identity, _ identity: Identity, _ copy: Identity) throws(Refusal) -> Bool {
        guard let object = current(source), !object.references.contains(where: { $0.target === identity && $0.isRelaxed }) else {
            return false
        }
        guard try SecurityDrafts.state(of: source, in: self) != .deleted else { return false }
        guard let later = SecurityDrafts.draftVersion(of: source, in: self) else { return true }
        return later.references.contains { $0.target === identity || $0.target === copy }
    }

    private mutating func copy(of state: ObjectState, below management: Identity) throws(Refusal) -> ObjectState {
        let type = types[state.identity.type]
        let name = FullyQualifiedName.json(management.elements + [state.identity.shortName])
        if let known = identity(type.number, named: name), let copy = self.state(known.uuid) { return copy }
        var copy = ObjectDraft(newIdentity(type, name: name, parent: management, uuid: newUUID()), type)
        let original = ObjectDraft(state, type)
        copy.properties = original.properties
        copy.positions = original.positions
        copy.references = original.references.map { ObjectReference(target: $0.target, data: $0.data, number: newNumber()) }
        let permissions = try original.value(IdPermsType.key, as: IdPermsType.self)
        copy.setValue(IdPermsType.key, IdPermsType.new(requested: permissions, uuid: copy.identity.uuid, now: now))
        copy.setValue(SecurityObjects.state, DraftModeState.updated)
        try save(copy)
        return copy.state
    }

    private mutating func setState(_ state: DraftModeState, of identity: Identity) throws(Refusal) {
        guard var object = current(identity) else { return }
        object.setValue(SecurityObjects.state, state)
        try object.touch(now)
        try save(object)
    }
}
