// From what a watcher of the configuration hears to statements about the graph. A value: events in, statements out.
//
// An object is a node, named by its type and its fully qualified name. Its place below its parent and each of its references are links, named
// by the schema. A link belongs to the objects that declare it: a reference between two objects of one type is declared by both, and goes
// when neither declares it any more. Statements follow from what is, never from how it came to be: a new list is compared with what is known,
// object by object, so the graph changes only where the configuration did, and nothing stale stays.

import Client
import Coding
import Graph

public struct GraphTranslator: Sendable {
    /// Properties that concern nobody but the configuration server.
    private static let withheld: Set<String> = ["perms2", "draft-mode-state"]
    /// An object that has this is a proposal, and not part of the configuration yet.
    private static let draftMarker = "draft_mode_state"

    private struct Declared {
        let node: NodeName
        /// The links that the object declares, with their data.
        var links: [LinkName: [UInt8]?]
    }

    private let schema: GraphSchema
    /// By the JSON member of a reference: the type it leads to.
    private let targets: [String: String]
    /// By type and JSON member: the element that carries the property.
    private let elements: [String: [String: String]]
    private var objects: [String: Declared] = [:]
    private var uuids: [NodeName: String] = [:]
    /// How many objects declare a link between objects of one type; of all others there is one.
    private var declarers: [LinkName: Int] = [:]
    /// While a list is read: the objects known before that it has not shown.
    private var unseen: Set<String>?
    /// The latest change that was taken in.
    public private(set) var revision: UInt64 = 0

    public init(_ schema: GraphSchema) {
        self.schema = schema
        targets = Dictionary(schema.nodes.map { (Self.key($0.name) + "_refs", $0.name) }, uniquingKeysWith: { first, _ in first })
        elements = Dictionary(
            schema.nodes.map { type in
                let travelling = type.properties.map(\.name).filter { !Self.withheld.contains($0) }
                return (type.name, Dictionary(travelling.map { (Self.key($0), $0) }, uniquingKeysWith: { first, _ in first }))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The UUID of the object that a node stands for.
    public func uuid(of node: NodeName) -> String? { uuids[node] }

    /// What an event says about the graph. A change that was taken in already says nothing.
    public mutating func translate(_ event: WatchEvent) -> [GraphChange] {
        switch event {
        case .listing:
            unseen = Set(objects.keys)
            return []
        case .listed(let object):
            unseen?.remove(object.uuid)
            return put(object)
        case .synchronized(let revision):
            defer { unseen = nil }
            self.revision = revision
            return (unseen ?? []).sorted().flatMap { remove($0) }
        case .created(let object, let revision), .updated(let object, let revision):
            guard isNew(revision) else { return [] }
            return put(object)
        case .deleted(let object, let revision):
            guard isNew(revision) else { return [] }
            return remove(object.uuid)
        case .disconnected, .resumed:
            return []
        }
    }

    private mutating func isNew(_ revision: UInt64) -> Bool {
        guard revision > self.revision else { return false }
        self.revision = revision
        return true
    }

    // MARK: Objects

    private mutating func put(_ object: WatchedObject) -> [GraphChange] {
        guard let elements = elements[object.type], object.properties[Self.draftMarker] == nil else { return remove(object.uuid) }
        let node = NodeName(type: object.type, name: object.fullyQualifiedName.joined(separator: ":"))
        var changes: [GraphChange] = []
        // A name has one object at a time: another one that had it is gone, although its end has not been heard of.
        if let other = uuids[node], other != object.uuid { changes += remove(other) }
        if let known = objects[object.uuid], known.node != node { changes += remove(object.uuid) }
        var properties: [String: [UInt8]] = [:]
        for (key, value) in object.properties {
            if let element = elements[key] { properties[element] = value }
        }
        changes.append(.node(node, properties: properties))
        let links = links(of: object, node)
        changes += replace(objects[object.uuid]?.links ?? [:], with: links)
        objects[object.uuid] = Declared(node: node, links: links)
        uuids[node] = object.uuid
        return changes
    }

    private mutating func remove(_ uuid: String) -> [GraphChange] {
        guard let known = objects.removeValue(forKey: uuid) else { return [] }
        uuids[known.node] = nil
        return replace(known.links, with: [:]) + [.removeNode(known.node)]
    }

    // MARK: Links

    private func links(of object: WatchedObject, _ node: NodeName) -> [LinkName: [UInt8]?] {
        var links: [LinkName: [UInt8]?] = [:]
        if let parent = object.parentType, let type = schema.link(parent: parent, child: object.type) {
            let name = object.fullyQualifiedName.dropLast().joined(separator: ":")
            links[LinkName(type.name, NodeName(type: parent, name: name), node)] = .some(nil)
        }
        for reference in object.references {
            // References that the schema does not have are of no use to anybody who is built from it.
            guard let target = targets[reference.member], let type = schema.link(from: object.type, to: target) else { continue }
            let name = NodeName(type: target, name: reference.to.joined(separator: ":"))
            links[LinkName(type.name, node, name)] = type.data == nil ? .some(nil) : .some(reference.data)
        }
        return links
    }

    private mutating func replace(_ old: [LinkName: [UInt8]?], with new: [LinkName: [UInt8]?]) -> [GraphChange] {
        var changes: [GraphChange] = []
        for link in old.keys.filter({ new[$0] == nil }).sorted() where release(link) { changes.append(.removeLink(link)) }
        for link in new.keys.sorted() {
            guard let data = new[link] else { continue }
            if let known = old[link] {
                if known != data { changes.append(.link(link, data: data)) }
            } else {
                declare(link)
                changes.append(.link(link, data: data))
            }
        }
        return changes
    }

    /// Only links between objects of one type can have two who declare them.
    private mutating func declare(_ link: LinkName) {
        guard link.left.type == link.right.type else { return }
        declarers[link, default: 0] += 1
    }

    /// Whether nobody declares the link any more.
    private mutating func release(_ link: LinkName) -> Bool {
        guard let count = declarers[link] else { return true }
        declarers[link] = count > 1 ? count - 1 : nil
        return count <= 1
    }

    /// `virtual-network` → `virtual_network`.
    private static func key(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
