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
        try admit(operation, image)
        let request = operation.request
        let permissions = permissions(operation, image)
        let lookups = Lookups(image: image, types: types, permissions: permissions)
        switch operation.route {
        case .home: return HomePage(types: types, base: request.base, hasDescription: description != nil).reply()
        case .documentation: return DocumentationPage(types: types).reply()
        case .description:
            guard let description else { throw Refusal(404, "Not found: this server was built without its OpenAPI document") }
            return description.reply(request)
        case .object(let type, let uuid): return try object(types[type], uuid, request, image, permissions)
        case .collection(let type): return try list(ListQuery(request.target, of: types[type]), request, image, permissions)
        case .action(.listBulkCollection): return try list(ListQuery(body: request.body, types), request, image, permissions)
        case .action(.nameToIdentifier): return try lookups.identifier(try RequestBody.value(request.body))
        case .action(.identifierToName): return try lookups.name(try RequestBody.value(request.body))
        case .action(.propCollectionGet): return try lookups.elements(request.target)
        case .action(.objectPermissions): return try lookups.permissions(request.target, request.access)
        case .action(.authorizationMode):
            let mode = try requestedMode(operation) ?? request.access.mode
            return .object { $0.member("aaa-mode", mode.rawValue) }
        case .action(.objectCache):
            let report = ImageReport(image: image, types: types)
            return request.method == .get ? report.sizes() : try report.sizes(try RequestBody.value(request.body))
        case .action(.databaseCheck): return ImageReport(image: image, types: types).check()
        case .action(.executeJob): throw try Unavailable.job(try RequestBody.value(request.body), image, types)
        case .action(let action): throw Unavailable.refusal(action)
        case .networkAction(let action, _): throw Self.missing("/virtual-network/<uuid>/\(action.rawValue)")
        }
    }

    private func object(
        _ type: TypeEntry, _ text: String, _ request: Request, _ image: Image, _ permissions: ObjectPermissions
    ) throws(Refusal) -> Reply {
        let state = try state(type, text, image)
        try permissions.require(.read, state, type)
        if request.ifMatch != nil { try requireConditions(request, type, state) }
        let own = state.properties.lastModified
        let condition = request.ifNoneMatch.map(EntityTags.init)
        let target = request.target
        let selection =
            target.list("fields").map { Selection(hasAllOwn: false, fields: $0) }
            ?? Selection(hasChildren: target["exclude_children"] == nil, hasBackReferences: target["exclude_back_refs"] == nil)
        var writer = ReplyWriter(
            types, image, base: request.base, hasLocations: target["exclude_hrefs"] == nil, for: permissions,
            reserving: state.properties.text.count + 512 + 320 * state.references.count)
        writer.object(state, selection)
        let entityTag = own.map { EntityTags.tag($0, relatives: writer.relatives) }
        // Which relatives would be shown is known when they are.
        let isKnown = entityTag.map { condition?.include($0, weakly: true) ?? false } ?? false
        var reply = isKnown ? Reply(304, .json, body: []) : Reply(body: writer.finish())
        reply.entityTag = entityTag
        return reply
    }

    func state(_ type: TypeEntry, _ text: String, _ image: Image) throws(Refusal) -> ObjectState {
        guard let uuid = UUIDValue(anySpelling: text), let state = image.state(uuid), state.identity.type == type.number else {
            throw .unknownIdentifier(type.name, text)
        }
        return state
    }

    private func list(
        _ query: ListQuery, _ request: Request, _ image: Image, _ permissions: ObjectPermissions
    ) throws(Refusal) -> Reply {
        try ListReading(query, image, types, for: permissions).reply(base: request.base)
    }

    /// The mode that `PUT /aaa-mode` asks for, once it is known that the caller may; nil for any other operation.
    public func requestedMode(_ operation: Operation) throws(Refusal) -> AuthorizationMode? {
        guard case .action(.authorizationMode) = operation.route, operation.request.method == .put else { return nil }
        let name = try RequestBody.value(operation.request.body).required("aaa-mode")
        guard let mode = AuthorizationMode(rawValue: name) else {
            let names = AuthorizationMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(400, "Invalid aaa-mode '\(name)'; it is one of \(names)")
        }
        guard mode == .none || operation.request.access.caller != nil else {
            throw Refusal(
                400, "Invalid aaa-mode '\(name)': this server was started without authentication, so it can only be no-auth")
        }
        return mode
    }

    static func missing(_ path: String) -> Refusal {
        Refusal(501, "Not implemented: this server does not have \(path) yet")
    }
}
