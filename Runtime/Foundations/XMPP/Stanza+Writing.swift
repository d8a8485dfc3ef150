// From the value of a stanza to its bytes, in the forms of the systems that exist, and the bounds that those put on what one stanza may
// hold. A receiver that is told of many routes is told in many stanzas.

import Coding

extension Stanza {
    private static let pubsubNamespace = "http://jabber.org/protocol/pubsub"

    /// The stanza as it is sent.
    ///
    /// An event or a configuration that is larger than one stanza may be is not divided here: use `RouteEvent.divided` and
    /// `ConfigurationStatement.divided` before.
    public var bytes: [UInt8] {
        var writer = XMLWriter(reservingCapacity: 512)
        switch payload {
        case .event, .endOfRIB:
            writer.start("message")
            writeHead(to: &writer)
            writer.raw(Self.body(of: payload))
            writer.end("message")
        case .unknown(let name):
            writer.start("iq")
            writer.attribute("type", "set")
            writeHead(to: &writer)
            writer.empty(name)
            writer.end("iq")
        default:
            writer.start("iq")
            writer.attribute("type", "set")
            writeHead(to: &writer)
            writer.raw(Self.body(of: payload))
            writer.end("iq")
        }
        return writer.finish()
    }

    /// A message to one of several receivers of the same event, whose body was made once.
    public static func message(from: Address, to: Address, body: [UInt8]) -> [UInt8] {
        var writer = XMLWriter(reservingCapacity: body.count + 192)
        writer.start("message")
        writer.attribute("from", from.description)
        writer.attribute("to", to.description)
        writer.raw(body)
        writer.end("message")
        return writer.finish()
    }

    private func writeHead(to writer: inout XMLWriter) {
        writer.attribute("from", from.description)
        writer.attribute("to", to.description)
        if let id { writer.attribute("id", id) }
    }

    /// What stands inside the stanza's element; it does not depend on the receiver.
    public static func body(of payload: Payload) -> [UInt8] {
        var writer = XMLWriter(reservingCapacity: 512)
        switch payload {
        case .subscribe(let subscription): write("subscribe", subscription, to: &writer)
        case .unsubscribe(let subscription): write("unsubscribe", subscription, to: &writer)
        case .publish(let publication):
            inPubsub(&writer) { writer in
                writer.start("publish")
                writer.attribute("node", publication.node)
                for entry in publication.entries {
                    writer.start("item")
                    writer.raw(entry)
                    writer.end("item")
                }
                writer.end("publish")
            }
        case .associate(let instance, let node): write("associate", instance, node, to: &writer)
        case .dissociate(let instance, let node): write("dissociate", instance, node, to: &writer)
        case .event(let event): write(event, to: &writer)
        case .endOfRIB: write(RouteEvent(node: RouteNode.endOfRIB), to: &writer)
        case .configuration(let statements): write(statements, to: &writer)
        case .unknown(let name): writer.empty(name)
        }
        return writer.finish()
    }

    private static func inPubsub(_ writer: inout XMLWriter, _ body: (inout XMLWriter) -> Void) {
        writer.start("pubsub")
        writer.attribute("xmlns", pubsubNamespace)
        body(&writer)
        writer.end("pubsub")
    }

    private static func write(_ name: StaticString, _ subscription: Subscription, to writer: inout XMLWriter) {
        inPubsub(&writer) { writer in
            writer.start(name)
            writer.attribute("node", subscription.node)
            writer.end(name)
            guard subscription.instanceID != nil || subscription.isSourceOnly else { return }
            writer.start("options")
            writer.element("instance-id", subscription.instanceID)
            if subscription.isSourceOnly { writer.element("no-ribout", true) }
            writer.end("options")
        }
    }

    private static func write(_ action: StaticString, _ instance: String, _ node: String, to writer: inout XMLWriter) {
        inPubsub(&writer) { writer in
            writer.start("collection")
            writer.attribute("node", instance)
            writer.start(action)
            writer.attribute("node", node)
            writer.end(action)
            writer.end("collection")
        }
    }

    private static func write(_ event: RouteEvent, to writer: inout XMLWriter) {
        writer.start("event")
        writer.attribute("xmlns", pubsubNamespace)
        writer.start("items")
        writer.attribute("node", event.node)
        for item in event.items {
            writer.start("item")
            writer.attribute("id", item.id)
            writer.raw(item.entry)
            writer.end("item")
        }
        for id in event.retracts {
            writer.start("retract")
            writer.attribute("id", id)
            writer.end("retract")
        }
        writer.end("items")
        writer.end("event")
    }

    // MARK: Configuration

    /// Neighbouring statements of one kind share a group.
    private static func write(_ statements: [ConfigurationStatement], to writer: inout XMLWriter) {
        writer.start("config")
        var group: StaticString?
        for statement in statements {
            let next: StaticString
            switch statement {
            case .update: next = "update"
            case .delete: next = "delete"
            }
            if group?.utf8Start != next.utf8Start {
                if let group { writer.end(group) }
                writer.start(next)
                group = next
            }
            write(statement.object, to: &writer)
        }
        if let group { writer.end(group) }
        writer.end("config")
    }

    private static func write(_ object: ConfigurationObject, to writer: inout XMLWriter) {
        switch object {
        case .node(let node):
            write(type: node.type, name: node.name, node.properties, to: &writer)
        case .link(let link):
            writer.start("link")
            for end in [link.left, link.right] { write(type: end.type, name: end.name, [], to: &writer) }
            writer.start("metadata")
            writer.attribute("type", link.metadata)
            writer.raw(link.content)
            writer.end("metadata")
            writer.end("link")
        }
    }

    private static func write(type: String, name: String, _ properties: [ConfigurationNode.Property], to writer: inout XMLWriter) {
        writer.start("node")
        writer.attribute("type", type)
        writer.element("name", name)
        for property in properties {
            writer.start(property.name)
            writer.raw(property.content)
            writer.end(property.name)
        }
        writer.end("node")
    }
}

extension RouteEvent {
    /// The most routes that one event carries.
    public static let maximumItems = 32
    /// The most names of routes that are gone in one event.
    public static let maximumRetracts = 256
    /// An event is full when its entries have so many bytes, however few they are.
    public static let fullLength = 64 << 10

    /// Events that together say the same, each within the bounds of one stanza: first what is gone, as a route that changed its name must
    /// not vanish after it came.
    public func divided() -> [RouteEvent] {
        var events: [RouteEvent] = []
        var rest = retracts[...]
        while !rest.isEmpty {
            events.append(RouteEvent(node: node, retracts: Array(rest.prefix(Self.maximumRetracts))))
            rest = rest.dropFirst(Self.maximumRetracts)
        }
        var batch: [Item] = []
        var length = 0
        for item in items {
            if batch.count == Self.maximumItems || length >= Self.fullLength {
                events.append(RouteEvent(node: node, items: batch))
                batch = []
                length = 0
            }
            batch.append(item)
            length += item.entry.count
        }
        if !batch.isEmpty { events.append(RouteEvent(node: node, items: batch)) }
        return events
    }
}

extension ConfigurationStatement {
    /// The most nodes and links that one stanza carries.
    public static let maximumObjects = 16

    /// The statements in portions of one stanza each, in their order.
    public static func divided(_ statements: [ConfigurationStatement]) -> [[ConfigurationStatement]] {
        stride(from: 0, to: statements.count, by: maximumObjects).map { Array(statements[$0..<min($0 + maximumObjects, statements.count)]) }
    }
}
