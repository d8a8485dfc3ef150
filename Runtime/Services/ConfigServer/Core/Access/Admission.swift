// Whether a request is answered at all, before anything of it is looked at. What it may do with the objects it reaches is decided there.

import Coding
import NetworkTypes

extension ConfigurationService {
    /// Refuses what the caller may not ask for.
    func admit(_ operation: Operation, _ image: Image) throws(Refusal) {
        let access = operation.request.access
        if access.isUnlimited || operation.route.isOpen { return }
        guard let caller = access.caller else {
            throw Refusal(401, "Unauthorized: send the token of a user in the header X-Auth-Token")
        }
        // Everybody may ask what they may do.
        if case .action(.objectPermissions) = operation.route { return }
        // Each of its parts is looked at by itself.
        if case .action(.bulk) = operation.route { return }
        guard !caller.roles.isEmpty else { throw Refusal(401, "roles empty!! The token carries no role in its project") }
        if access.readsAll, !operation.isWriting, !operation.route.changesServer(operation.request.method) { return }
        switch access.mode {
        case .none: return
        case .cloudAdmin:
            throw Refusal(403, "Permission Denied: this server (aaa-mode cloud-admin) is for administrators, not for \(access.description)")
        case .roles:
            let letter = operation.request.method.letter
            let object = operation.route.ruleObject(types)
            guard roleRules(of: caller, image).permit(letter, on: object, members: members(operation), roles: caller.roles) else {
                throw Refusal(
                    403,
                    "Permission Denied for \(access.description) to \(operation.request.method.verb) \(object); "
                        + "an api-access-list of the system, the domain or the project must allow it")
            }
            if operation.route.isForAdministrators(operation.request.method) {
                throw Refusal(403, "Permission Denied: this is for administrators, not for \(access.description)")
            }
        }
    }

    func permissions(_ operation: Operation, _ image: Image) -> ObjectPermissions {
        let access = operation.request.access
        return access.caller == nil && access.isUnlimited
            ? .unlimited : ObjectPermissions(access, image, types.type(named: "domain")?.number)
    }

    private func roleRules(of caller: Caller, _ image: Image) -> RoleRules {
        var rules = RoleRules()
        guard let list = types.type(named: "api-access-list")?.number else { return rules }
        if let system = types.type(named: "global-system-config")?.number,
            let identity = image.identity(system, named: FullyQualifiedName.json(["default-global-system-config"]))
        {
            rules.add(below: identity, image, list)
        }
        if let scope = caller.domain, let domain = self.domain(scope, image) { rules.add(below: domain, image, list) }
        if let scope = caller.project, let uuid = UUIDValue(anySpelling: scope.id), let state = image.state(uuid) {
            rules.add(below: state.identity, image, list)
        }
        return rules
    }

    private func domain(_ scope: CallerScope, _ image: Image) -> Identity? {
        if let uuid = UUIDValue(anySpelling: scope.id), let state = image.state(uuid) { return state.identity }
        guard let type = types.type(named: "domain")?.number else { return nil }
        return image.identity(type, named: FullyQualifiedName.json([scope.configurationName]))
    }

    /// The members that the body of a request sets; names and identifiers say which object is meant, and are no members.
    private func members(_ operation: Operation) -> [String] {
        let request = operation.request
        guard request.method != .get, !request.body.isEmpty else { return [] }
        let value: JSONValue
        // What is wrong with a body is said by who reads it.
        do { value = try JSONValue(parsing: request.body) } catch { return [] }
        var object = value
        switch operation.route {
        case .collection(let type), .object(let type, _): object = value[types[type].name] ?? value
        default: break
        }
        return object.members.map(\.key).filter { $0 != "uuid" && $0 != "fq_name" }
    }
}

extension Route {
    /// Answered to everybody: where to begin.
    fileprivate var isOpen: Bool {
        switch self {
        case .home, .documentation, .description: true
        default: false
        }
    }

    /// As access lists call it: the first part of the path, in the singular.
    fileprivate func ruleObject(_ types: TypeTable) -> String {
        switch self {
        case .home: "/"
        case .documentation: "documentation"
        case .description: "openapi.json"
        case .collection(let type), .object(let type, _): types[type].name
        case .networkAction: "virtual-network"
        case .action(let action): action.rawValue
        }
    }

    /// Changes how the server works rather than what it keeps.
    fileprivate func changesServer(_ method: Request.Method) -> Bool {
        guard case .action(let action) = self else { return false }
        switch action {
        case .authorizationMode: return method != .get
        case .startProfile, .stopProfile, .executeJob, .abortJob, .publishMessage, .requestMessage: return true
        default: return false
        }
    }

    /// No access list gives these away: they reach past the permissions of objects.
    fileprivate func isForAdministrators(_ method: Request.Method) -> Bool {
        guard case .action(let action) = self else { return false }
        switch action {
        case .databaseCheck, .fetchRecords, .objectCache: return true
        default: return changesServer(method)
        }
    }
}

extension Request.Method {
    /// As access lists write it.
    fileprivate var letter: Character {
        switch self {
        case .get: "R"
        case .post: "C"
        case .put, .patch: "U"
        case .delete: "D"
        }
    }

    fileprivate var verb: String {
        switch self {
        case .get: "read"
        case .post: "create"
        case .put, .patch: "update"
        case .delete: "delete"
        }
    }
}
