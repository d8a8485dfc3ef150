// What the server counts about itself, in the text format that Prometheus reads (version 0.0.4). Names follow its conventions: a base unit,
// `_total` for what only grows.

/// One reading of everything that is counted.
public struct Metrics: Sendable {
    /// Requests by method, and by the hundreds of their status: 2 for 200 to 299.
    public struct Requests: Sendable, Hashable {
        public let method: String
        public let statusClass: Int

        public init(method: String, statusClass: Int) {
            self.method = method
            self.statusClass = statusClass
        }
    }

    public var requests: [Requests: UInt64] = [:]
    /// Transactions stored, and requests in them that changed something.
    public var commits: UInt64 = 0
    public var changes: UInt64 = 0
    /// Times that the store could not do what it was asked for.
    public var storeFailures: UInt64 = 0
    /// Times that another server had stored something first, and the requests were decided again.
    public var overtaken: UInt64 = 0
    /// Seconds spent waiting for the store.
    public var storeSeconds = 0.0
    public var connections = 0
    public var watchers = 0
    /// Seconds since the process began to listen.
    public var uptime = 0.0
    /// nil until the data have been read.
    public var content: Content?

    /// What the image holds.
    public struct Content: Sendable {
        public let revision: UInt64
        /// The oldest revision that a watcher can go on from.
        public let oldestRevision: UInt64
        /// Objects by type, in the order of the schema.
        public let objects: [(type: String, count: Int)]

        public init(revision: UInt64, oldestRevision: UInt64, objects: [(type: String, count: Int)]) {
            self.revision = revision
            self.oldestRevision = oldestRevision
            self.objects = objects
        }
    }

    public init() {}

    /// The reply to `GET /metrics`.
    public var reply: Reply {
        var page = Page()
        page.add(
            "tungsten_api_ready", "gauge", "Whether the data have been read and requests are answered.", [("", content == nil ? "0" : "1")])
        page.add("tungsten_api_uptime_seconds", "gauge", "Time since the process began to listen.", [("", "\(uptime)")])
        page.add(
            "tungsten_api_requests_total", "counter", "Requests answered, by method and class of status.",
            requests.sorted { ($0.key.method, $0.key.statusClass) < ($1.key.method, $1.key.statusClass) }
                .map { ("{method=\"\($0.key.method)\",status=\"\($0.key.statusClass)xx\"}", "\($0.value)") })
        page.add("tungsten_api_connections", "gauge", "Open connections.", [("", "\(connections)")])
        page.add("tungsten_api_watchers", "gauge", "Connections that follow changes.", [("", "\(watchers)")])
        page.add("tungsten_api_changes_total", "counter", "Requests that changed something.", [("", "\(changes)")])
        page.add("tungsten_api_store_commits_total", "counter", "Transactions stored; several changes share one.", [("", "\(commits)")])
        page.add("tungsten_api_store_failures_total", "counter", "Transactions that could not be stored.", [("", "\(storeFailures)")])
        page.add(
            "tungsten_api_store_overtaken_total", "counter",
            "Times that another server stored something first and requests were decided again.", [("", "\(overtaken)")])
        page.add("tungsten_api_store_seconds_total", "counter", "Time spent waiting for the store.", [("", "\(storeSeconds)")])
        if let content {
            page.add("tungsten_api_revision", "gauge", "The revision of the latest change.", [("", "\(content.revision)")])
            page.add(
                "tungsten_api_oldest_revision", "gauge", "The oldest revision that a watch can go on from.",
                [("", "\(content.oldestRevision)")])
            page.add(
                "tungsten_api_objects", "gauge", "Objects of each type.",
                content.objects.map { ("{type=\"\($0.type)\"}", "\($0.count)") })
        }
        return Reply(200, .metrics, body: Array(page.text.utf8))
    }

    private struct Page {
        var text = ""

        mutating func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
            for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        }
    }
}

extension ConfigurationService {
    public func content(_ image: Image, revision: UInt64, oldestRevision: UInt64) -> Metrics.Content {
        Metrics.Content(
            revision: revision, oldestRevision: oldestRevision,
            objects: types.entries.compactMap { type in
                let count = image.objectCount(of: type.number)
                return count == 0 ? nil : (type.name, count)
            })
    }
}
