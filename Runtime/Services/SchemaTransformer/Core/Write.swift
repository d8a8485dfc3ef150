// What the transformer wants to have changed in the configuration. Each write can be repeated without harm, and is true of the graph as soon
// as the server has made it: a transformer that stops between any two of them goes on with the rest when it starts again.

import ConfigurationModel
import Graph

public enum Write: Hashable, Sendable {
    /// A routing instance of a network's own name.
    case createInstance(NodeName)
    /// A route target that is nobody's yet, for an instance; the number is a proposal: another may have taken it meanwhile.
    case allocateTarget(instance: NodeName, proposal: String, range: RouteTargetRange)
    case createTarget(NodeName)
    /// - Parameter use: `import`, `export`, or nil for both.
    case addTarget(instance: NodeName, target: NodeName, use: String?)
    case removeTarget(instance: NodeName, target: NodeName)
    case deleteTarget(NodeName)
    /// Two routing instances exchange their routes.
    case connect(NodeName, NodeName)
    case disconnect(NodeName, NodeName)
    /// - Parameter entries: `AclEntriesType` as JSON.
    case putAccessList(NodeName, below: NodeName, entries: [UInt8])
    case deleteAccessList(NodeName)

    /// What must not be open for a moment is closed first and opened last.
    var phase: Int {
        switch self {
        case .createInstance: 0
        case .createTarget: 1
        case .disconnect: 2
        case .removeTarget: 3
        case .allocateTarget: 4
        case .addTarget: 5
        case .putAccessList: 6
        case .connect: 7
        case .deleteAccessList: 8
        case .deleteTarget: 9
        }
    }
}

extension Write: CustomStringConvertible {
    public var description: String {
        switch self {
        case .createInstance(let instance): "create \(instance)"
        case .allocateTarget(let instance, let proposal, _): "give \(instance) a route target, \(proposal) or the next free one"
        case .createTarget(let target): "create \(target)"
        case .addTarget(let instance, let target, let use): "\(instance) uses \(target)\(use.map { " to \($0)" } ?? "")"
        case .removeTarget(let instance, let target): "\(instance) no longer uses \(target)"
        case .deleteTarget(let target): "delete \(target)"
        case .connect(let left, let right): "connect \(left) and \(right)"
        case .disconnect(let left, let right): "disconnect \(left) and \(right)"
        case .putAccessList(let list, _, let entries): "write \(list), \(entries.count) bytes"
        case .deleteAccessList(let list): "delete \(list)"
        }
    }
}
