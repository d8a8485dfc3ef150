// Configuration on its way from a control node to an agent: a part of the graph, node by node and link by link. A link that carries data is
// sent as a node of its own, between two links of the same metadata, since links have no content on this channel.

/// A change of the part of the graph that an agent sees.
public enum ConfigurationStatement: Hashable, Sendable {
    case update(ConfigurationObject)
    case delete(ConfigurationObject)

    public var object: ConfigurationObject {
        switch self {
        case .update(let object), .delete(let object): object
        }
    }
}

/// A node or a link.
public enum ConfigurationObject: Hashable, Sendable {
    case node(ConfigurationNode)
    case link(ConfigurationLink)
}

public struct ConfigurationNode: Hashable, Sendable {
    public struct Property: Hashable, Sendable {
        /// The element that carries it: `virtual-network-properties`.
        public var name: String
        /// What stands between its tags.
        public var content: [UInt8]

        public init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }
    public var type: String
    /// Fully qualified name joined with colons.
    public var name: String
    public var properties: [Property]

    public init(type: String, name: String, properties: [Property] = []) {
        self.type = type
        self.name = name
        self.properties = properties
    }
}

public struct ConfigurationLink: Hashable, Sendable {
    public struct End: Hashable, Sendable {
        public var type: String
        public var name: String

        public init(type: String, name: String) {
            self.type = type
            self.name = name
        }
    }
    public var metadata: String
    public var left: End
    public var right: End
    /// What stands between the tags of the metadata element. Other systems may put the link's data there.
    public var content: [UInt8]

    public init(metadata: String, left: End, right: End, content: [UInt8] = []) {
        self.metadata = metadata
        self.left = left
        self.right = right
        self.content = content
    }
}
