// Requests that change nothing: objects, lists and lookups, from whatever image the caller has.

import Coding
import NetworkTypes
import Resources

extension ConfigurationService {
    public func read(_ operation: Operation, _ image: Image) -> Reply {
        do {
            return try reading(operation, image)
        } catch {
            return error.reply
        }
    }

    private func reading(_ operation: Operation, _ image: Image) throws(Refusal) -> Reply {
        let request = operation.request
        let lookups = Lookups(image: image, types: types)
        switch operation.route {
        case .home: return HomePage(types: types, base: request.base).reply()
        case .documentation: return DocumentationPage(types: types).reply()
        case .object(let type, let uuid): return try object(types[type], uuid, request, image)
        case .collection(let type): return try list(ListQuery(request.target, of: types[type]), request, image)
        case .action(.listBulkCollection): return try list(ListQuery(body: request.body, types), request, image)
        case .action(.nameToIdentifier): return try lookups.identifier(try RequestBody.value(request.body))
        case .action(.identifierToName): return try lookups.name(try RequestBody.value(request.body))
        case .action(.propCollectionGet): return try lookups.elements(request.target)
        case .action(.objectPermissions): return try lookups.permissions(request.target)
        case .action(.authorizationMode): return try authorizationMode(request)
        case .action(let action): throw Self.missing("/\(action.rawValue)")
        case .networkAction(let action, _): throw Self.missing("/virtual-network/<uuid>/\(action.rawValue)")
        }
    }

    private func object(_ type: TypeEntry, _ text: String, _ request: Request, _ image: Image) throws(Refusal) -> Reply {
        let state = try state(type, text, image)
        let entityTag = state.properties.lastModified
        if let condition = request.ifNoneMatch, let entityTag, EntityTags(condition).include(entityTag, weakly: true) {
            var reply = Reply(304, .json, body: [])
            reply.entityTag = entityTag
            return reply
        }
        let target = request.target
        let selection =
            target.list("fields").map { Selection(hasAllOwn: false, fields: $0) }
            ?? Selection(hasChildren: target["exclude_children"] == nil, hasBackReferences: target["exclude_back_refs"] == nil)
        var writer = ReplyWriter(
            types, image, base: request.base, hasLocations: target["exclude_hrefs"] == nil,
            reserving: state.properties.text.count + 512 + 320 * state.references.count)
        writer.object(state, selection)
        var reply = Reply(body: writer.finish())
        reply.entityTag = entityTag
        return reply
    }

    func state(_ type: TypeEntry, _ text: String, _ image: Image) throws(Refusal) -> ObjectState {
        guard let uuid = UUIDValue(anySpelling: text), let state = image.state(uuid), state.identity.type == type.number else {
            throw .unknownIdentifier(type.name, text)
        }
        return state
    }

    private func list(_ query: ListQuery, _ request: Request, _ image: Image) throws(Refusal) -> Reply {
        try ListReading(query, image, types).reply(base: request.base)
    }

    /// There is no authentication yet, so there is one mode.
    private func authorizationMode(_ request: Request) throws(Refusal) -> Reply {
        if request.method == .put {
            let mode = try RequestBody.value(request.body).required("aaa-mode")
            switch mode {
            case "no-auth": break
            case "cloud-admin", "rbac":
                throw Refusal(501, "Not implemented: this server does not authenticate its clients yet, so aaa-mode can only be no-auth")
            default: throw Refusal(400, "Invalid aaa-mode '\(mode)'; it is one of no-auth, cloud-admin, rbac")
            }
        }
        return .object { $0.member("aaa-mode", "no-auth") }
    }

    static func missing(_ path: String) -> Refusal {
        Refusal(501, "Not implemented: this server does not have \(path) yet")
    }
}
