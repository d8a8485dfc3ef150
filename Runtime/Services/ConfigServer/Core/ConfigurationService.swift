// The configuration server without its sockets, disk and clock: a request and an image in, a reply and a transaction out. Reads take any
// image, however old; decisions must see the newest, and take effect only when the caller has stored the transaction and applied it.

import Coding
import NetworkTypes
import Resources

/// What a request asks for, once it is known that the server has it.
public struct Operation: Sendable {
    let route: Route
    let request: Request
    /// It may change something, and must be decided by the one who owns the newest image.
    public let isWriting: Bool

    /// Its reply is made from the log of changes.
    public var isAuditing: Bool { if case .action(.audit) = route { true } else { false } }

    /// Its reply is a stream of events.
    public var isWatching: Bool { if case .action(.watch) = route { true } else { false } }
}

/// The outcome of a request that may change something.
public struct Decision: Sendable {
    public let reply: Reply
    /// Empty when nothing changes. The reply is true when this has been stored.
    public let transaction: Transaction
}

public struct ConfigurationService: Sendable {
    public let types: TypeTable
    let rules: Rulebook
    /// What `/openapi.json` serves; nil: nothing.
    let description: APIDescription?

    /// - Parameter quotas: limits for projects that set none, checked by `Quota.checked`.
    public init(_ catalogue: ResourceCatalogue, quotas: [String: Int] = [:], description: APIDescription? = nil) {
        self.description = description
        types = TypeTable(catalogue)
        rules = Rulebook(types, Rulebook.all, quotas: quotas)
    }

    func makeDraft(
        _ image: Image, for permissions: ObjectPermissions = .unlimited, now: Timestamp, random: any RandomNumberGenerator
    ) -> Draft {
        Draft(image, types, rules, for: permissions, now: now, random: random)
    }

    /// Finds out what a request asks for.
    public func operation(_ request: Request) throws(Refusal) -> Operation {
        let route = try Route(request, types)
        return Operation(route: route, request: request, isWriting: route.isWriting(request.method))
    }

    public static let allMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

    /// The answer to OPTIONS: what an address takes, or, without one, the server.
    public func options(_ target: RequestTarget?) -> Reply {
        do throws(Refusal) {
            var reply = Reply(204, .text, body: [])
            reply.allow = try target.map { target throws(Refusal) in try Route.allowed(target, types) } ?? Self.allMethods
            return reply
        } catch {
            return error.reply
        }
    }

    /// Whether a read walks over so many objects that it should not keep others waiting.
    public func isLong(_ operation: Operation, _ image: Image) -> Bool {
        switch operation.route {
        case .collection(let type): image.objectCount(of: type) > 500
        case .action(.listBulkCollection), .action(.databaseCheck): true
        default: false
        }
    }
}
