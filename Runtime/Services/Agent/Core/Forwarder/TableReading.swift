// Everything that the forwarder has, read table by table: which question comes next, and what the answers add up to.

import Attributes
import ForwarderMessages

/// A reading of all tables but the flow table. Promises that `tables` is complete once `next` has nothing to ask.
public struct TableReading: Sendable {
    private enum Step: Sendable {
        case vrfs
        case interfaces
        case nextHops
        case labels
        case vxlanNetworks
        case routes(vrf: UInt32, AddressFamily)
    }

    public private(set) var tables: ForwarderTables = [:]
    /// By interface: whether its device is there and has its link.
    public private(set) var links: [UInt32: Bool] = [:]
    private var steps: [Step] = [.vrfs, .interfaces, .nextHops, .labels, .vxlanNetworks]
    private var cursor: [UInt8]?

    public init() {}

    /// The next request; nil: everything was read.
    public func next() -> (command: UInt8, attributes: [UInt8])? {
        guard let step = steps.first else { return nil }
        let bytes: [UInt8]?
        let command: UInt8
        switch step {
        case .vrfs: (command, bytes) = (VrfMessage.command, try? VrfMessage(operation: .dump, cursor: cursor).attributes())
        case .interfaces:
            (command, bytes) = (InterfaceMessage.command, try? InterfaceMessage(operation: .dump, cursor: cursor).attributes())
        case .nextHops: (command, bytes) = (NextHopMessage.command, try? NextHopMessage(operation: .dump, cursor: cursor).attributes())
        case .labels: (command, bytes) = (LabelMessage.command, try? LabelMessage(operation: .dump, cursor: cursor).attributes())
        case .vxlanNetworks:
            (command, bytes) = (
                VxlanNetworkMessage.command, try? VxlanNetworkMessage(operation: .dump, cursor: cursor).attributes()
            )
        case .routes(let vrf, let family):
            let message = RouteMessage(operation: .dump, vrf: vrf, family: family, cursor: cursor)
            (command, bytes) = (RouteMessage.command, try? message.attributes())
        }
        return bytes.map { (command, $0) }
    }

    /// Takes the answer to the last request.
    public mutating func take(_ answer: ForwarderAnswer) throws(ForwarderStreamError) {
        guard let step = steps.first else { return }
        guard answer.error == 0 else {
            throw ForwarderStreamError("the forwarder does not tell its tables: \(answer.explanation ?? "error \(answer.error)")")
        }
        for bytes in answer.entries {
            do throws(AttributeError) {
                try take(bytes, step)
            } catch {
                throw ForwarderStreamError("the forwarder told an entry that cannot be read: \(error)")
            }
        }
        cursor = answer.cursor
        guard cursor == nil else { return }
        steps.removeFirst()
    }

    private mutating func take(_ bytes: [UInt8], _ step: Step) throws(AttributeError) {
        switch step {
        case .vrfs:
            let message = try VrfMessage(attributes: bytes)
            add(.vrf(message))
            guard let vrf = message.index else { return }
            steps += [AddressFamily.inet, .inet6, .bridge].map { .routes(vrf: vrf, $0) }
        case .interfaces:
            let message = try InterfaceMessage(attributes: bytes)
            if let index = message.index { links[index] = message.linkUp }
            add(.interface(message))
        case .nextHops:
            let message = try NextHopMessage(attributes: bytes)
            // Next hop 0 is the forwarder's own.
            if message.index != 0 { add(.nextHop(message)) }
        case .labels: add(.label(try LabelMessage(attributes: bytes)))
        case .vxlanNetworks: add(.vxlanNetwork(try VxlanNetworkMessage(attributes: bytes)))
        case .routes: add(.route(try RouteMessage(attributes: bytes)))
        }
    }

    private mutating func add(_ message: ForwarderEntry.Message) {
        guard let entry = ForwarderEntry(message) else { return }
        tables[entry.key] = entry
    }
}
