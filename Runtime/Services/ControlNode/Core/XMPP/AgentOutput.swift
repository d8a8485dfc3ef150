// What an agent is yet to be told: names of routes, not their contents. However often a route changes while the agent's connection is
// busy, its name is there once, and what is sent in the end is the route as it is then.

/// Names of routes that changed, by table, in the order of their first change.
struct AgentOutput: Sendable {
    private struct Pending: Sendable {
        var keys: [RouteKey] = []
        /// Keys before this place were taken.
        var first = 0
        var known: Set<RouteKey> = []
    }
    private var tables: [TableID: Pending] = [:]
    /// Tables with something in them, the next one first.
    private var order: [TableID] = []

    var isEmpty: Bool { order.isEmpty }
    var count: Int { tables.values.reduce(0) { $0 + $1.known.count } }

    mutating func add(_ table: TableID, _ key: RouteKey) {
        if tables[table] == nil {
            tables[table] = Pending()
            order.append(table)
        }
        if tables[table]?.known.insert(key).inserted == true { tables[table]?.keys.append(key) }
    }

    mutating func drop(_ table: TableID) {
        guard tables.removeValue(forKey: table) != nil else { return }
        order.removeAll { $0 == table }
    }

    /// The table whose turn it is, with its first keys. Tables take turns, so that one with many routes does not hold up the others.
    mutating func take(upTo maximum: Int) -> (TableID, [RouteKey])? {
        guard let table = order.first else { return nil }
        order.removeFirst()
        guard var pending = tables.removeValue(forKey: table) else { return nil }
        let end = min(pending.first + maximum, pending.keys.count)
        let keys = Array(pending.keys[pending.first..<end])
        pending.first = end
        for key in keys { pending.known.remove(key) }
        if end < pending.keys.count {
            if pending.first > 1024 {
                pending.keys.removeFirst(pending.first)
                pending.first = 0
            }
            tables[table] = pending
            order.append(table)
        }
        return (table, keys)
    }
}
