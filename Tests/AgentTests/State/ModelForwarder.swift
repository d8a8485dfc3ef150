// A forwarder as a value: tables that accept what the real one accepts and refuse what it refuses, with the same errors.

import AgentCore
import Attributes
import ForwarderMessages
import NetworkTypes

struct ModelForwarder {
    enum Refusal: Error, Equatable {
        case malformed
        /// ENOENT: the entry, or what it refers to, does not exist.
        case missing(EntryKey?)
        /// EBUSY: something refers to the entry.
        case inUse(EntryKey)
    }

    private(set) var tables: ForwarderTables = [:]
    private var generations: [EntryKey: UInt32] = [:]

    mutating func apply(_ requests: [ForwarderRequest]) throws(Refusal) {
        for request in requests { try apply(request) }
    }

    mutating func apply(_ request: ForwarderRequest) throws(Refusal) { try apply(request.command, request.attributes) }

    /// What the request is about; nil: no entry, or not to be read.
    static func key(_ command: UInt8, _ attributes: [UInt8]) -> EntryKey? { message(command, attributes)?.key }

    mutating func apply(_ command: UInt8, _ attributes: [UInt8]) throws(Refusal) {
        guard let message = Self.message(command, attributes) else { throw .malformed }
        switch message.operation {
        case .add: try put(message.entry, message.generation)
        case .change:
            guard case .interface(var change) = message.message, let index = change.index,
                case .interface(var interface) = tables[.interface(index)]?.message
            else { throw .missing(message.key) }
            interface.nextHop = change.nextHop ?? interface.nextHop
            change.operation = .add
            try put(ForwarderEntry(.interface(interface)), message.generation)
        case .delete:
            guard let key = message.key, tables[key] != nil else { throw .missing(message.key) }
            try remove(key)
        case .sweep:
            for key in tables.keys.sorted().reversed()
            where Self.table(key) == command && Self.family(key) == message.family && generations[key] != message.generation {
                // VRF 0 is there by itself.
                if key != .vrf(0) { try remove(key) }
            }
        default: throw .malformed
        }
    }

    private mutating func put(_ entry: ForwarderEntry?, _ generation: UInt32?) throws(Refusal) {
        guard let entry else { throw .malformed }
        for reference in entry.references where tables[reference] == nil { throw .missing(reference) }
        tables[entry.key] = entry
        generations[entry.key] = generation
    }

    private mutating func remove(_ key: EntryKey) throws(Refusal) {
        if case .vrf(let vrf) = key {
            // Its routes go with it.
            for other in tables.keys {
                switch other {
                case .route(vrf, _), .bridge(vrf, _): tables[other] = nil
                default: break
                }
            }
        }
        if tables.values.contains(where: { $0.key != key && $0.references.contains(key) }) { throw .inUse(key) }
        tables[key] = nil
        generations[key] = nil
    }

    // MARK: Messages

    private struct Message {
        var message: ForwarderEntry.Message
        var operation: TableOperation
        var generation: UInt32?
        var family: AddressFamily?
        var entry: ForwarderEntry? { ForwarderEntry(message) }
        /// Of an entry that may lack everything but its key.
        var key: EntryKey? { entry?.key }
    }

    private static func message(_ command: UInt8, _ bytes: [UInt8]) -> Message? {
        switch command {
        case VrfMessage.command:
            return (try? VrfMessage(attributes: bytes)).map {
                Message(message: .vrf($0), operation: $0.operation, generation: $0.generation)
            }
        case InterfaceMessage.command:
            return (try? InterfaceMessage(attributes: bytes)).map {
                Message(message: .interface($0), operation: $0.operation, generation: $0.generation)
            }
        case NextHopMessage.command:
            return (try? NextHopMessage(attributes: bytes)).map {
                Message(message: .nextHop($0), operation: $0.operation, generation: $0.generation)
            }
        case LabelMessage.command:
            return (try? LabelMessage(attributes: bytes)).map {
                Message(message: .label($0), operation: $0.operation, generation: $0.generation)
            }
        case VxlanNetworkMessage.command:
            return (try? VxlanNetworkMessage(attributes: bytes)).map {
                Message(message: .vxlanNetwork($0), operation: $0.operation, generation: $0.generation)
            }
        case RouteMessage.command:
            return (try? RouteMessage(attributes: bytes)).map {
                Message(message: .route($0), operation: $0.operation, generation: $0.generation, family: $0.family)
            }
        default: return nil
        }
    }

    private static func table(_ key: EntryKey) -> UInt8 {
        switch key {
        case .vrf: VrfMessage.command
        case .interface: InterfaceMessage.command
        case .nextHop: NextHopMessage.command
        case .label: LabelMessage.command
        case .vxlanNetwork: VxlanNetworkMessage.command
        case .route, .bridge: RouteMessage.command
        }
    }

    private static func family(_ key: EntryKey) -> AddressFamily? {
        switch key {
        case .route(_, let prefix): prefix.network.bitCount == 32 ? .inet : .inet6
        case .bridge: .bridge
        default: nil
        }
    }
}
