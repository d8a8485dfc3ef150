// Requests that may change something: what they come to, and the reply.

import Coding
import NetworkTypes
import Resources

extension ConfigurationService {
    /// Decides a request that may change something. A refusal changes nothing.
    public func decide(
        _ operation: Operation, _ image: Image, now: Timestamp, random: any RandomNumberGenerator
    ) -> Decision {
        do {
            try admit(operation, image)
            let isTrial = operation.request.target["dry_run"]?.lowercased().contains("true") ?? false
            if case .action(.bulk) = operation.route {
                let decision = try decideBulk(operation.request, image, now: now, random: random)
                return isTrial ? Decision(reply: decision.reply, transaction: Transaction()) : decision
            }
            var draft = makeDraft(image, for: permissions(operation, image), now: now, random: random)
            var reply = try writing(operation, &draft)
            if draft.isPending { reply.status = 202 }
            // What it would come to was asked for: all checks were made, and nothing happens.
            return Decision(reply: reply, transaction: isTrial ? Transaction() : draft.finish())
        } catch {
            return Decision(reply: error.reply, transaction: Transaction())
        }
    }

    private func writing(_ operation: Operation, _ draft: inout Draft) throws(Refusal) -> Reply {
        let request = operation.request
        if let condition = request.ifMatch, !EntityTags(condition).isAny {
            guard case .object = operation.route else {
                throw Refusal(412, "Precondition Failed: this address has no ETag that If-Match could name; leave the header out")
            }
        }
        switch operation.route {
        case .collection(let type): return try create(types[type], request, &draft)
        case .object(let type, let text): return try change(types[type], text, request, &draft)
        case .networkAction(let action, let text):
            guard let type = types.type(named: "virtual-network") else { throw Self.missing("/virtual-network") }
            let network = try state(type, text, draft.image)
            if action != .count { try draft.require(.refer, network) }
            return try draft.perform(action, on: network, try RequestBody.value(request.body))
        case .action(let action): return try perform(action, try RequestBody.value(request.body), &draft)
        case .home, .documentation, .description: return .empty
        }
    }

    private func create(_ type: TypeEntry, _ request: Request, _ draft: inout Draft) throws(Refusal) -> Reply {
        let body = try ObjectBody(request.body, of: type)
        if let condition = request.ifNoneMatch, EntityTags(condition).isAny, let existing = existing(body, of: type, draft.image) {
            throw Refusal(
                412, "Precondition Failed: the \(type.name) \(existing.joinedName) is there already, as \(existing.uuid)", at: "fq_name")
        }
        let identity = try draft.createOrDraft(type, body)
        var writer = ReplyWriter(types, draft.image, base: request.base, reserving: 512)
        writer.json.beginObject()
        writer.json.key(type.name)
        writer.json.beginObject()
        writer.json.key("name")
        writer.json.raw(FullyQualifiedName.lastElement(identity.name))
        writer.json.key("fq_name")
        writer.json.raw(identity.name)
        writer.json.key("uuid")
        writer.uuid(identity.uuid)
        writer.location("href", identity)
        writer.parent(of: identity)
        writer.json.endObject()
        writer.json.endObject()
        var reply = Reply(body: writer.finish())
        reply.warning = body.warning(type)
        return reply
    }

    /// RFC 9110 §13.2.2: what does not hold is 412, but for reads that ask whether something changed.
    func requireConditions(_ request: Request, _ type: TypeEntry, _ state: ObjectState) throws(Refusal) {
        let tag = state.properties.lastModified ?? ""
        if let condition = request.ifMatch, !EntityTags(condition).includeOwn(tag, weakly: false) {
            throw Refusal(
                412, "Precondition Failed: the \(type.name) changed at \(tag), after it was read; read it again and make the change anew")
        }
        if request.method != .get, let condition = request.ifNoneMatch, EntityTags(condition).includeOwn(tag, weakly: true) {
            throw Refusal(412, "Precondition Failed: the \(type.name) is as If-None-Match says that it must not be, of \(tag)")
        }
    }

    /// The object that a create would be in the way of.
    private func existing(_ body: ObjectBody, of type: TypeEntry, _ image: Image) -> Identity? {
        if let uuid = body.uuid.flatMap({ UUIDValue(anySpelling: $0) }), let state = image.state(uuid) { return state.identity }
        return body.name.flatMap { image.identity(type.number, named: FullyQualifiedName.json($0)) }
    }

    private func change(_ type: TypeEntry, _ text: String, _ request: Request, _ draft: inout Draft) throws(Refusal) -> Reply {
        let state = try state(type, text, draft.image)
        if request.ifMatch != nil || request.ifNoneMatch != nil { try requireConditions(request, type, state) }
        if request.method == .delete {
            try draft.requireDeletion(state)
            try draft.deleteOrDraft(state.identity, base: request.base)
            return .empty
        }
        if request.body.isEmpty { return .empty }
        var body = try ObjectBody(request.body, of: type)
        try draft.require(.write, state)
        if request.method == .patch { try body.merge(into: draft.changeable(state), type) }
        try draft.updateOrDraft(state, body)
        var writer = ReplyWriter(types, draft.image, base: request.base, reserving: 256)
        writer.json.beginObject()
        writer.json.key(type.name)
        writer.json.beginObject()
        writer.json.key("uuid")
        writer.uuid(state.identity.uuid)
        writer.location("href", state.identity)
        writer.json.endObject()
        writer.json.endObject()
        var reply = Reply(body: writer.finish())
        reply.warning = body.warning(type)
        return reply
    }

    private func perform(_ action: Action, _ body: JSONValue, _ draft: inout Draft) throws(Refusal) -> Reply {
        switch action {
        case .refUpdate:
            let uuid = try draft.updateReference(body)
            return .object { $0.member("uuid", uuid.description) }
        case .refRelaxForDelete:
            let uuid = try draft.relaxReference(body)
            return .object { $0.member("uuid", uuid.description) }
        case .propCollectionUpdate:
            guard case .array(let updates)? = body["updates"] else {
                throw Refusal(400, "Bad Request, updates must be an array of {field, operation, value, position}")
            }
            let state = try draft.object(body)
            try draft.require(.write, state)
            try draft.updateCollections(draft.changeable(state), updates)
            return .object { $0.member("uuid", state.identity.uuid.description) }
        case .changeOwner: try draft.changeOwner(body)
        case .changeMode: try draft.changeMode(body)
        case .setTag: try draft.setTags(body)
        case .securityPolicyDraft: try draft.finishDrafts(body)
        case .userAgentKeyValue: return try draft.userAgentValue(body)
        default: throw Self.missing("/\(action.rawValue)")
        }
        return .object { _ in }
    }
}
