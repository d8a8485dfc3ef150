// From what the forwarder has to what it shall have, in an order that the forwarder accepts: what is referred to exists, and what is deleted is
// referred to by nothing.
//
// An interface and the next hop that keys its flows refer to each other. Such an interface is first written without its next hop and
// again with it once that exists; before either is deleted, it is changed to next hop 0, which always exists.

import Attributes
import ForwarderMessages
import NetworkTypes

/// A request to the forwarder.
public struct ForwarderRequest: Sendable, Equatable {
    public let command: UInt8
    public let attributes: [UInt8]
    /// What it is about, for messages to people.
    public let key: EntryKey?
    public let operation: TableOperation
    /// What an `add` writes.
    public let entry: ForwarderEntry?

    init(command: UInt8, _ attributes: [UInt8], key: EntryKey?, _ operation: TableOperation, _ entry: ForwarderEntry? = nil) {
        self.command = command
        self.attributes = attributes
        self.key = key
        self.operation = operation
        self.entry = entry
    }

    /// Carries out on `tables` what the forwarder did when it accepted the request.
    public func apply(to tables: inout ForwarderTables) {
        guard let key else { return }
        switch operation {
        case .add: tables[key] = entry
        case .delete:
            tables[key] = nil
            // A VRF's routes go with it.
            if case .vrf(let index) = key { tables = tables.filter { $0.key.vrfOfRoute != index } }
        // The one change there is: an interface lets go of the next hop that keys its flows.
        case .change: tables[key] = tables[key]?.withoutKeyingNextHop
        default: break
        }
    }
}

extension EntryKey {
    fileprivate var vrfOfRoute: UInt32? {
        switch self {
        case .route(let vrf, _), .bridge(let vrf, _): vrf
        default: nil
        }
    }
}

public enum Difference {
    /// The requests that turn `actual` into `desired`.
    /// - Parameters:
    ///   - generation: the mark that everything written gets.
    ///   - rewritesAll: writes what is equal too, so that a sweep finds the new generation on it.
    public static func requests(
        from actual: ForwarderTables, to desired: ForwarderTables, generation: UInt32, rewritesAll: Bool = false
    ) -> [ForwarderRequest] {
        var writer = RequestWriter(generation: generation)
        let gone = actual.keys.filter { desired[$0] == nil }.sorted()
        let changed = desired.values.filter { rewritesAll || actual[$0.key] != $0 }.sorted { $0.key < $1.key }

        // Interfaces let go of next hops that are going to be deleted.
        for case .interface(let index) in gone where actual[.interface(index)]?.keyingNextHop != nil { writer.detach(index) }
        for entry in changed {
            if let old = actual[entry.key]?.keyingNextHop, desired[.nextHop(old)] == nil, case .interface(let index) = entry.key {
                writer.detach(index)
            }
        }
        for entry in changed where entry.isBeforeNextHops {
            let waits = entry.keyingNextHop.map { actual[.nextHop($0)] == nil } ?? false
            if waits, let bare = entry.withoutKeyingNextHop { writer.add(bare) } else { writer.add(entry) }
        }
        for entry in inOrderOfReference(changed.filter { $0.isNextHop }) { writer.add(entry) }
        for entry in changed where !entry.isBeforeNextHops && !entry.isNextHop { writer.add(entry) }
        for entry in changed where entry.isBeforeNextHops {
            if let nextHop = entry.keyingNextHop, actual[.nextHop(nextHop)] == nil { writer.add(entry) }
        }
        // Composites go before their members: the reverse of the order in which they were written.
        let goneNextHops = inOrderOfReference(gone.compactMap { actual[$0] }.filter { $0.isNextHop })
        for entry in gone.reversed().compactMap({ actual[$0] }) where !entry.isBeforeNextHops && !entry.isNextHop { writer.delete(entry) }
        for entry in goneNextHops.reversed() { writer.delete(entry) }
        for entry in gone.reversed().compactMap({ actual[$0] }) where entry.isBeforeNextHops { writer.delete(entry) }
        return writer.requests
    }

    /// The requests that remove what an earlier agent left behind: everything that was not written with the generation, in the order of deleting.
    public static func sweeps(generation: UInt32) -> [ForwarderRequest] {
        var requests: [ForwarderRequest] = []
        func sweep(_ command: UInt8, _ attributes: [UInt8]?) {
            if let attributes { requests.append(ForwarderRequest(command: command, attributes, key: nil, .sweep)) }
        }
        sweep(FlowMessage.command, try? FlowMessage(operation: .sweep, generation: generation).attributes())
        for family in [AddressFamily.inet, .inet6, .bridge] {
            sweep(RouteMessage.command, try? RouteMessage(operation: .sweep, generation: generation, family: family).attributes())
        }
        sweep(VxlanNetworkMessage.command, try? VxlanNetworkMessage(operation: .sweep, generation: generation).attributes())
        sweep(LabelMessage.command, try? LabelMessage(operation: .sweep, generation: generation).attributes())
        sweep(NextHopMessage.command, try? NextHopMessage(operation: .sweep, generation: generation).attributes())
        sweep(InterfaceMessage.command, try? InterfaceMessage(operation: .sweep, generation: generation).attributes())
        sweep(VrfMessage.command, try? VrfMessage(operation: .sweep, generation: generation).attributes())
        return requests
    }

    /// Next hops, members before the composites that have them.
    private static func inOrderOfReference(_ entries: [ForwarderEntry]) -> [ForwarderEntry] {
        let byKey = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var done: Set<EntryKey> = []
        var ordered: [ForwarderEntry] = []
        func visit(_ entry: ForwarderEntry) {
            guard done.insert(entry.key).inserted else { return }
            for reference in entry.references { if let member = byKey[reference] { visit(member) } }
            ordered.append(entry)
        }
        for entry in entries.sorted(by: { $0.key < $1.key }) { visit(entry) }
        return ordered
    }
}

private struct RequestWriter {
    let generation: UInt32
    var requests: [ForwarderRequest] = []

    mutating func add(_ entry: ForwarderEntry) { append(entry, .add) }
    mutating func delete(_ entry: ForwarderEntry) { append(entry, .delete) }

    mutating func detach(_ index: UInt32) {
        let change = InterfaceMessage(operation: .change, generation: generation, index: index, nextHop: 0)
        guard let attributes = try? change.attributes() else { return }
        requests.append(ForwarderRequest(command: InterfaceMessage.command, attributes, key: .interface(index), .change))
    }

    private mutating func append(_ entry: ForwarderEntry, _ operation: TableOperation) {
        // An entry was encoded when it was made, so that it can be encoded again.
        let message = operation == .delete ? entry.message.keyOnly : entry.message
        guard let attributes = try? message.request(operation, generation: operation == .add ? generation : nil) else { return }
        requests.append(
            ForwarderRequest(command: entry.message.command, attributes, key: entry.key, operation, operation == .add ? entry : nil))
    }
}

extension ForwarderEntry {
    var isBeforeNextHops: Bool {
        switch key {
        case .vrf, .interface: true
        default: false
        }
    }

    var isNextHop: Bool { if case .nextHop = key { true } else { false } }

    /// The next hop that keys an interface's flows.
    var keyingNextHop: UInt32? { if case .interface(let interface) = message { interface.nextHop } else { nil } }

    var withoutKeyingNextHop: ForwarderEntry? {
        guard case .interface(var interface) = message else { return nil }
        interface.nextHop = nil
        return ForwarderEntry(.interface(interface))
    }
}
