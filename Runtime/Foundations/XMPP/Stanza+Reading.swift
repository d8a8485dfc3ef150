// From the bytes of a stanza to its value. Elements that are not known are passed over, as newer peers may send them; what is known and
// wrong is refused with its place.

import Coding

extension Stanza {
    /// Reads a whole stanza, as StanzaSplitter finds it.
    public init(parsing bytes: [UInt8]) throws(CodingError) {
        self = try XMLReader.read(bytes, unknownElements: .skip) { reader throws(CodingError) in try Stanza(from: &reader) }
    }

    private init(from reader: inout XMLReader) throws(CodingError) {
        let name = reader.elementName
        from = Address(text: reader.attribute("from") ?? "")
        to = Address(text: reader.attribute("to") ?? "")
        id = reader.attribute("id")
        guard name == "iq" || name == "message" else {
            payload = .unknown(name)
            try reader.skipElement()
            return
        }
        var found: Payload?
        var skipped: String?
        while let child = try reader.nextChild() {
            let start = reader.startOfElement
            let next: Payload?
            switch (name, child) {
            case ("iq", "pubsub"): next = try Self.pubsub(from: &reader)
            case ("iq", "config"): next = .configuration(try Self.configuration(from: &reader))
            case ("message", "event"): next = try Self.event(from: &reader)
            default:
                skipped = skipped ?? child
                try reader.skipElement()
                continue
            }
            guard found == nil else { throw reader.error(.duplicateMember, "a second <\(child)> in one stanza", at: start) }
            found = next
        }
        payload = found ?? .unknown(skipped ?? name)
    }

    private static func node(of reader: borrowing XMLReader) throws(CodingError) -> String {
        guard let node = reader.attribute("node"), !node.isEmpty else {
            throw reader.error(
                .missingMember, "<\(reader.elementName)> without a node", hint: "node=\"…\" says what it is about",
                at: reader.startOfElement)
        }
        return node
    }

    // MARK: Publish and subscribe

    private static func pubsub(from reader: inout XMLReader) throws(CodingError) -> Payload {
        let start = reader.startOfElement
        var found: Payload?
        var instanceID: UInt32?
        var isSourceOnly = false
        var skipped: String?
        while let child = try reader.nextChild() {
            let place = reader.startOfElement
            let next: Payload
            switch child {
            case "subscribe", "unsubscribe":
                let subscription = Subscription(node: try node(of: reader))
                try reader.skipElement()
                next = child == "subscribe" ? .subscribe(subscription) : .unsubscribe(subscription)
            case "publish": next = try publication(from: &reader)
            case "collection": next = try collection(from: &reader)
            case "options":
                (instanceID, isSourceOnly) = try options(from: &reader)
                continue
            default:
                skipped = skipped ?? child
                try reader.skipElement()
                continue
            }
            guard found == nil else { throw reader.error(.duplicateMember, "<\(child)> beside another request", at: place) }
            found = next
        }
        switch found {
        case .subscribe(let subscription):
            return .subscribe(Subscription(node: subscription.node, instanceID: instanceID, isSourceOnly: isSourceOnly))
        case .unsubscribe(let subscription):
            return .unsubscribe(Subscription(node: subscription.node, instanceID: instanceID, isSourceOnly: isSourceOnly))
        case let found?: return found
        case nil:
            guard let skipped else { throw reader.error(.missingMember, "an empty <pubsub>", at: start) }
            return .unknown(skipped)
        }
    }

    private static func options(from reader: inout XMLReader) throws(CodingError) -> (UInt32?, Bool) {
        var instanceID: UInt32?
        var isSourceOnly = false
        while let child = try reader.nextChild() {
            switch child {
            case "instance-id": instanceID = try reader.value()
            case "no-ribout": isSourceOnly = try reader.value()
            default: try reader.skipElement()
            }
        }
        return (instanceID, isSourceOnly)
    }

    private static func publication(from reader: inout XMLReader) throws(CodingError) -> Payload {
        let node = try node(of: reader)
        var entries: [[UInt8]] = []
        while let child = try reader.nextChild() {
            guard child == "item" else {
                try reader.skipElement()
                continue
            }
            entries += try Self.entries(from: &reader)
        }
        if entries.isEmpty, node == RouteNode.endOfRIB || RouteNode(node) == nil { return .endOfRIB }
        return .publish(Publication(node: node, entries: entries))
    }

    /// The entries of one item.
    private static func entries(from reader: inout XMLReader) throws(CodingError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        while let child = try reader.nextChild() {
            if child == "entry" { entries.append(try reader.elementBytes()) } else { try reader.skipElement() }
        }
        return entries
    }

    private static func collection(from reader: inout XMLReader) throws(CodingError) -> Payload {
        let instance = try node(of: reader)
        let start = reader.startOfElement
        var found: Payload?
        while let child = try reader.nextChild() {
            guard child == "associate" || child == "dissociate" else {
                try reader.skipElement()
                continue
            }
            guard found == nil else { throw reader.error(.duplicateMember, "<\(child)> beside another one") }
            let node = try node(of: reader)
            found = child == "associate" ? .associate(instance: instance, node: node) : .dissociate(instance: instance, node: node)
            try reader.skipElement()
        }
        guard let found else {
            throw reader.error(.missingMember, "a <collection> with neither <associate> nor <dissociate>", at: start)
        }
        return found
    }

    // MARK: Events

    private static func event(from reader: inout XMLReader) throws(CodingError) -> Payload {
        var event: RouteEvent?
        while let child = try reader.nextChild() {
            guard child == "items" else {
                try reader.skipElement()
                continue
            }
            guard event == nil else { throw reader.error(.duplicateMember, "a second <items> in one event") }
            event = try items(from: &reader)
        }
        // Three forms mark the end: this name, and no items at all here; a publication without an item above.
        guard let event, event.node != RouteNode.endOfRIB else { return .endOfRIB }
        return .event(event)
    }

    private static func items(from reader: inout XMLReader) throws(CodingError) -> RouteEvent {
        var event = RouteEvent(node: try node(of: reader))
        while let child = try reader.nextChild() {
            switch child {
            case "item":
                let id = try itemID(of: reader)
                let start = reader.startOfElement
                let entries = try entries(from: &reader)
                guard entries.count == 1, let entry = entries.first else {
                    throw reader.error(.missingMember, "an item has one <entry>, this has \(entries.count)", at: start)
                }
                event.items.append(RouteEvent.Item(id: id, entry: entry))
            case "retract":
                event.retracts.append(try itemID(of: reader))
                try reader.skipElement()
            default: try reader.skipElement()
            }
        }
        return event
    }

    private static func itemID(of reader: borrowing XMLReader) throws(CodingError) -> String {
        guard let id = reader.attribute("id"), !id.isEmpty else {
            throw reader.error(
                .missingMember, "<\(reader.elementName)> without an id", hint: "id=\"…\" names the route", at: reader.startOfElement)
        }
        return id
    }

    // MARK: Configuration

    private static func configuration(from reader: inout XMLReader) throws(CodingError) -> [ConfigurationStatement] {
        var statements: [ConfigurationStatement] = []
        while let group = try reader.nextChild() {
            guard group == "update" || group == "delete" else {
                try reader.skipElement()
                continue
            }
            while let child = try reader.nextChild() {
                let object: ConfigurationObject
                switch child {
                case "node": object = .node(try configurationNode(from: &reader))
                case "link": object = .link(try configurationLink(from: &reader))
                default:
                    try reader.skipElement()
                    continue
                }
                statements.append(group == "update" ? .update(object) : .delete(object))
            }
        }
        return statements
    }

    private static func configurationNode(from reader: inout XMLReader) throws(CodingError) -> ConfigurationNode {
        let type = try type(of: reader)
        let start = reader.startOfElement
        var name: String?
        var properties: [ConfigurationNode.Property] = []
        while let child = try reader.nextChild() {
            if child == "name", name == nil {
                name = trimmed(try reader.string())
            } else {
                properties.append(ConfigurationNode.Property(name: child, content: try reader.contentBytes()))
            }
        }
        guard let name, !name.isEmpty else { throw reader.error(.missingMember, "a node of type \(type) without a name", at: start) }
        return ConfigurationNode(type: type, name: name, properties: properties)
    }

    private static func configurationLink(from reader: inout XMLReader) throws(CodingError) -> ConfigurationLink {
        let start = reader.startOfElement
        var ends: [ConfigurationLink.End] = []
        var metadata: String?
        var content: [UInt8] = []
        while let child = try reader.nextChild() {
            switch child {
            case "node":
                let node = try configurationNode(from: &reader)
                ends.append(ConfigurationLink.End(type: node.type, name: node.name))
            case "metadata":
                metadata = try type(of: reader)
                content = try reader.contentBytes()
            default: try reader.skipElement()
            }
        }
        guard ends.count == 2 else { throw reader.error(.missingMember, "a link joins two nodes, this has \(ends.count)", at: start) }
        guard let metadata else { throw reader.error(.missingMember, "a link without <metadata>", at: start) }
        return ConfigurationLink(metadata: metadata, left: ends[0], right: ends[1], content: content)
    }

    private static func type(of reader: borrowing XMLReader) throws(CodingError) -> String {
        guard let type = reader.attribute("type"), !type.isEmpty else {
            throw reader.error(.missingMember, "<\(reader.elementName)> without a type", at: reader.startOfElement)
        }
        return type
    }

    /// Blanks around a name do not belong to it.
    private static func trimmed(_ text: String) -> String {
        let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        let tail = text.drop { blanks.contains($0) }
        guard let last = tail.lastIndex(where: { !blanks.contains($0) }) else { return "" }
        return String(tail[...last])
    }
}
