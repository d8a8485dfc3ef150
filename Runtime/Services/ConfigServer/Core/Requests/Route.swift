// From a path to what it means. The paths are the older platform's: `/virtual-networks` is the list of a type, `/virtual-network/<uuid>`
// one object, and everything else is an action.

/// Everything that can be asked of the server.
enum Route: Sendable {
    case home
    case documentation
    /// The OpenAPI document.
    case description
    case collection(TypeNumber)
    case object(TypeNumber, uuid: String)
    case networkAction(NetworkAction, network: String)
    case action(Action)
}

/// Actions on the addresses of one virtual network: `/virtual-network/<uuid>/ip-alloc`.
enum NetworkAction: String, CaseIterable, Sendable {
    case allocate = "ip-alloc"
    case free = "ip-free"
    case count = "subnet-ip-count"
}

/// An action, by its path. The name in the home page's links is another for some.
enum Action: String, CaseIterable, Sendable {
    case propCollectionGet = "prop-collection-get"
    case propCollectionUpdate = "prop-collection-update"
    case refUpdate = "ref-update"
    case refRelaxForDelete = "ref-relax-for-delete"
    case nameToIdentifier = "fqname-to-id"
    case identifierToName = "id-to-fqname"
    case userAgentKeyValue = "useragent-kv"
    case databaseCheck = "db-check"
    case fetchRecords = "fetch-records"
    case startProfile = "start-profile"
    case stopProfile = "stop-profile"
    case listBulkCollection = "list-bulk-collection"
    case objectPermissions = "obj-perms"
    case changeOwner = "chown"
    case changeMode = "chmod"
    case authorizationMode = "aaa-mode"
    case objectCache = "obj-cache"
    case executeJob = "execute-job"
    case abortJob = "abort-job"
    case publishMessage = "amqp-publish"
    case requestMessage = "amqp-request"
    case hostBasedServices = "hbs-get"
    case watch = "watch"
    case setTag = "set-tag"
    case securityPolicyDraft = "security-policy-draft"
    case bulk = "bulk"
    case audit = "audit"

    /// The name of the link on the home page.
    var linkName: String {
        switch self {
        case .nameToIdentifier: "name-to-id"
        case .identifierToName: "id-to-name"
        case .userAgentKeyValue: "useragent-keyvalue"
        case .databaseCheck: "database-check"
        default: rawValue
        }
    }

    /// The first is the one that the home page names.
    var methods: [Request.Method] {
        switch self {
        case .propCollectionGet, .objectPermissions, .watch, .audit: [.get]
        case .authorizationMode: [.put, .get]
        case .objectCache: [.get, .post]
        default: [.post]
        }
    }

    /// Whether it may change something.
    var isWriting: Bool {
        switch self {
        case .propCollectionUpdate, .refUpdate, .refRelaxForDelete, .userAgentKeyValue, .changeOwner, .changeMode, .setTag, .bulk,
            .securityPolicyDraft:
            true
        default: false
        }
    }
}

extension Route {
    /// Finds the route and checks that it has the method.
    init(_ request: Request, _ types: TypeTable) throws(Refusal) {
        if let refusal = request.tokenMethodRefusal { throw refusal }
        try self.init(request.target, types)
        guard !methods.contains(request.method) else { return }
        let names = Self.names(methods)
        throw Refusal(405, "Method not allowed: this address takes \(names)", allow: names)
    }

    fileprivate static let tokens = ["v3", "auth", "tokens"]

    private init(_ target: RequestTarget, _ types: TypeTable) throws(Refusal) {
        let segments = target.segments
        guard let first = segments.first else {
            self = .home
            return
        }
        if segments.count == 2, let type = types.type(named: first), type.name == first {
            self = .object(type.number, uuid: segments[1])
        } else if segments.count == 1, let type = types.type(collection: first) {
            self = .collection(type.number)
        } else if segments.count == 1, let action = Action(rawValue: first) {
            self = .action(action)
        } else if segments.count == 3, first == "virtual-network", let action = NetworkAction(rawValue: segments[2]) {
            self = .networkAction(action, network: segments[1])
        } else if segments == ["documentation", "index.html"] || segments == ["documentation"] {
            self = .documentation
        } else if segments == ["openapi.json"] {
            self = .description
        } else if segments.count == 1, Probe(rawValue: first) != nil {
            // With its own method it does not come this far.
            throw Refusal(405, "Method not allowed: this address takes GET, HEAD, OPTIONS", allow: "GET, HEAD, OPTIONS")
        } else {
            throw Refusal(404, "Not found: '/\(segments.joined(separator: "/"))'; GET / lists what there is")
        }
    }

    /// The value of Allow: what a target takes, whatever it is used with.
    static func allowed(_ target: RequestTarget, _ types: TypeTable) throws(Refusal) -> String {
        if target.segments.count == 1, Probe(rawValue: target.segments[0]) != nil { return names([.get]) }
        if target.segments == tokens { return names([.get, .post]) }
        return names(try Route(target, types).methods)
    }

    private var methods: [Request.Method] {
        switch self {
        case .home, .documentation, .description: [.get]
        case .collection: [.get, .post]
        case .object: [.get, .put, .patch, .delete]
        case .networkAction: [.post]
        case .action(let action): action.methods
        }
    }

    fileprivate static func names(_ methods: [Request.Method]) -> String {
        (methods.flatMap { $0 == .get ? [$0.rawValue, "HEAD"] : [$0.rawValue] } + ["OPTIONS"]).joined(separator: ", ")
    }

    func isWriting(_ method: Request.Method) -> Bool {
        switch self {
        case .home, .documentation, .description: false
        case .collection, .object, .networkAction: method != .get
        case .action(let action): action.isWriting
        }
    }
}

extension Request {
    /// Why a request that is about tokens has the wrong method, wherever tokens come from; nil when it has not, or is about something else.
    public var tokenMethodRefusal: Refusal? {
        guard target.segments == Route.tokens, method != .get, method != .post else { return nil }
        let names = Route.names([.get, .post])
        return Refusal(405, "Method not allowed: this address takes \(names)", allow: names)
    }
}
