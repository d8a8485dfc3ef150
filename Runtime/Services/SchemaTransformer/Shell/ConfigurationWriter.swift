// Makes the transformer's writes through the typed client. Whoever came first has won: what exists already, or is gone already, is as good as
// made here, and the graph will show what it came to.

import Client
import Coding
import ConfigurationClient
import ConfigurationModel
import Graph
import Resources
import SchemaTransformerCore

struct ConfigurationWriter {
    let client: ConfigurationClient

    /// The number of route targets to try before the range counts as full of others' numbers; the next plan goes on.
    private static let attempts = 64

    /// - Parameter uuid: the object that a node stands for, as the graph knows it.
    func perform(_ write: Write, _ uuid: (NodeName) -> String?) async throws(ClientError) {
        switch write {
        case .createInstance(let instance):
            var object = RoutingInstance()
            object.identity = ObjectIdentity(instance.elements, parentType: "virtual-network")
            object.routingInstanceIsDefault = true
            let made = object
            try await ignoring(.conflict) { () throws(ClientError) in _ = try await client.routingInstances.create(made) }
        case .allocateTarget(let instance, let proposal, let range):
            try await allocate(proposal, range, for: instance, uuid)
        case .createTarget(let target):
            try await ignoring(.conflict) { () throws(ClientError) in try await create(target.name) }
        case .addTarget(let instance, let target, let use):
            let data = InstanceTargetType(importExport: use.map { ImportExportType(rawValue: $0) })
            try await client.updateReference(
                .add, of: instance.type, uuid: try await identifier(instance, uuid), to: (target.type, [target.name]), data: data.json())
        case .removeTarget(let instance, let target):
            try await removeReference(from: instance, to: (target.type, [target.name]), uuid)
        case .deleteTarget(let target):
            guard let uuid = uuid(target) else { return }
            // Somebody refers to it by now, or it is gone.
            try await ignoring(.conflict, .notFound) { () throws(ClientError) in try await client.routeTargets.delete(uuid: uuid) }
        case .connect(let left, let right):
            try await client.updateReference(
                .add, of: left.type, uuid: try await identifier(left, uuid), to: (right.type, right.elements), data: ConnectionType().json()
            )
        case .disconnect(let left, let right):
            try await removeReference(from: left, to: (right.type, right.elements), uuid)
        case .putAccessList(let list, let parent, let entries):
            try await put(list, below: parent, entries, uuid)
        case .deleteAccessList(let list):
            guard let uuid = uuid(list) else { return }
            try await ignoring(.notFound) { () throws(ClientError) in try await client.accessControlLists.delete(uuid: uuid) }
        }
    }

    // MARK: Route targets

    private func create(_ name: String) async throws(ClientError) {
        var target = RouteTarget()
        target.identity = ObjectIdentity([name])
        target.common.idPerms = IdPermsType(enable: true, creator: Transformer.creator)
        _ = try await client.routeTargets.create(target)
    }

    /// Claims a number by making its object, then refers to it. What stays behind when this ends in between is deleted by the next plan.
    private func allocate(
        _ proposal: String, _ range: RouteTargetRange, for instance: NodeName, _ uuid: (NodeName) -> String?
    ) async throws(ClientError) {
        let owner = try await identifier(instance, uuid)
        var name: String? = proposal
        for _ in 0..<Self.attempts {
            guard let candidate = name else { break }
            do throws(ClientError) {
                try await create(candidate)
            } catch {
                guard error.code == .conflict else { throw error }
                name = range.successor(of: candidate)
                continue
            }
            return try await client.updateReference(
                .add, of: instance.type, uuid: owner, to: ("route-target", [candidate]), data: InstanceTargetType().json())
        }
        throw ClientError(.conflict, "the route targets from \(proposal) on are taken")
    }

    // MARK: Access lists

    private func put(
        _ list: NodeName, below parent: NodeName, _ entries: [UInt8], _ uuid: (NodeName) -> String?
    ) async throws(ClientError) {
        var object = AccessControlList()
        object.identity = ObjectIdentity(list.elements, parentType: parent.type)
        do {
            object.accessControlListEntries = try AclEntriesType(json: entries)
        } catch {
            throw ClientError(.invalid, "\(list): \(error)")
        }
        if uuid(list) == nil {
            do throws(ClientError) {
                _ = try await client.accessControlLists.create(object)
                return
            } catch {
                guard error.code == .conflict else { throw error }
            }
        }
        var change = AccessControlList()
        change.identity.uuid = try await identifier(list, uuid)
        change.accessControlListEntries = object.accessControlListEntries
        try await client.accessControlLists.update(change)
    }

    // MARK: Parts

    private func removeReference(
        from node: NodeName, to target: (type: String, name: [String]), _ uuid: (NodeName) -> String?
    ) async throws(ClientError) {
        guard let owner = uuid(node) else { return }
        // One of the two is gone, and the reference with it.
        try await ignoring(.notFound, .invalid) { () throws(ClientError) in
            try await client.updateReference(.delete, of: node.type, uuid: owner, to: target)
        }
    }

    private func identifier(_ node: NodeName, _ uuid: (NodeName) -> String?) async throws(ClientError) -> String {
        if let known = uuid(node) { return known }
        return try await client.uuid(ofType: node.type, named: node.elements)
    }

    private func ignoring(_ codes: ClientError.Code..., body: () async throws(ClientError) -> Void) async throws(ClientError) {
        do throws(ClientError) {
            try await body()
        } catch {
            guard codes.contains(error.code) else { throw error }
        }
    }
}

extension NodeName {
    /// The fully qualified name as the API has it. Names of route targets hold colons.
    fileprivate var elements: [String] { type == "route-target" ? [name] : name.split(separator: ":").map(String.init) }
}
