// The header of a Sandesh message: who says it, when, and what kind of message follows. Relies on Coding; the order of its elements and
// of their attributes is fixed, since collectors find their way by it.

import Coding

/// What the collector does with a message.
public struct SandeshMessageType: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static var systemLog: Self { Self(rawValue: 1) }
    public static var request: Self { Self(rawValue: 2) }
    public static var response: Self { Self(rawValue: 3) }
    public static var trace: Self { Self(rawValue: 4) }
    public static var uve: Self { Self(rawValue: 6) }
    public static var objectLog: Self { Self(rawValue: 7) }
    public static var flow: Self { Self(rawValue: 8) }
}

/// How urgent a log is, with syslog's numbers (RFC 5424).
public struct SandeshLevel: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static var emergency: Self { Self(rawValue: 0) }
    public static var alert: Self { Self(rawValue: 1) }
    public static var critical: Self { Self(rawValue: 2) }
    public static var error: Self { Self(rawValue: 3) }
    public static var warning: Self { Self(rawValue: 4) }
    public static var notice: Self { Self(rawValue: 5) }
    public static var info: Self { Self(rawValue: 6) }
    public static var debug: Self { Self(rawValue: 7) }
    /// UVEs are no logs: no filter by level may drop them.
    public static var uve: Self { Self(rawValue: -100) }

    /// A more urgent level is less.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What the collector's parser is told in advance.
public struct SandeshHints: OptionSet, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// A field names an object: there is a `key`.
    public static var key: Self { Self(rawValue: 1) }
    /// About the session with the collector itself.
    public static var control: Self { Self(rawValue: 2) }
    /// Sent again because the collector asked for it after connecting.
    public static var sync: Self { Self(rawValue: 4) }
}

/// The process that sends. `source:nodeType:module:instance` is how the analytics nodes name it.
public struct SandeshSender: Sendable, Hashable {
    /// The host's name.
    public var source: String
    /// `Config`, `Control`, `Compute`, `Analytics`, …
    public var nodeType: String
    /// `contrail-api`, as existing tools know the configuration server.
    public var module: String
    /// Tells processes of the same module on one host apart; `0` for a single one.
    public var instance: String
    /// The host's address, where the sender knows it.
    public var address: String?
    public var processIdentifier: Int32?

    public init(
        source: String, nodeType: String, module: String, instance: String = "0", address: String? = nil, processIdentifier: Int32? = nil
    ) {
        self.source = source
        self.nodeType = nodeType
        self.module = module
        self.instance = instance
        self.address = address
        self.processIdentifier = processIdentifier
    }
}

/// What stands in front of every message.
public struct SandeshHeader: Sendable {
    /// Empty but for tests of the older platform.
    public var namespace = ""
    /// Microseconds since 1970, UTC.
    public var timestamp: Int64
    public var sender: SandeshSender
    /// Repeated in the answers to a request; `ctrl` in the session with the collector. Otherwise empty.
    public var context = ""
    /// Counts the sender's messages; of UVEs, each type's own.
    public var sequenceNumber: Int32
    /// Changes when the definition of the message does.
    public var versionSignature: Int32
    public var type: SandeshMessageType
    public var hints: SandeshHints
    public var level: SandeshLevel
    /// What the message is about, for filters; each module has its own words.
    public var category = ""

    /// A header for a message of a known type.
    public init<Message: SandeshMessage>(
        for message: Message.Type, from sender: SandeshSender, timestamp: Int64, sequenceNumber: Int32, level: SandeshLevel? = nil,
        category: String = ""
    ) {
        self.timestamp = timestamp
        self.sender = sender
        self.sequenceNumber = sequenceNumber
        self.category = category
        versionSignature = Message.versionSignature
        type = Message.messageType
        hints = Message.hasKey ? .key : []
        self.level = level ?? (Message.messageType == .uve ? .uve : .info)
    }

    // MARK: XML

    private static let elements = MemberTable([
        "Namespace", "Timestamp", "Module", "Source", "Context", "SequenceNum", "VersionSig", "Type", "Hints", "Level", "Category",
        "NodeType", "InstanceId", "IPAddress", "Pid",
    ])

    func encode(to writer: inout XMLWriter) {
        writer.start("SandeshHeader")
        writer.sandeshField("Namespace", 1, namespace)
        writer.sandeshField("Timestamp", 2, timestamp)
        writer.sandeshField("Module", 3, sender.module)
        writer.sandeshField("Source", 4, sender.source)
        writer.sandeshField("Context", 5, context)
        writer.sandeshField("SequenceNum", 6, sequenceNumber)
        writer.sandeshField("VersionSig", 7, versionSignature)
        writer.sandeshField("Type", 8, type.rawValue)
        writer.sandeshField("Hints", 9, hints.rawValue)
        writer.sandeshField("Level", 10, level.rawValue)
        writer.sandeshField("Category", 11, category)
        writer.sandeshField("NodeType", 12, sender.nodeType)
        writer.sandeshField("InstanceId", 13, sender.instance)
        writer.sandeshField("IPAddress", 14, sender.address)
        writer.sandeshField("Pid", 15, sender.processIdentifier)
        writer.end("SandeshHeader")
    }

    /// The reader stands on the header's element. What is missing is empty: older senders leave out what came later.
    init(from reader: inout XMLReader) throws(CodingError) {
        timestamp = 0
        sender = SandeshSender(source: "", nodeType: "", module: "", instance: "")
        sequenceNumber = 0
        versionSignature = 0
        type = SandeshMessageType(rawValue: 0)
        hints = []
        level = SandeshLevel(rawValue: 0)
        while let element = try reader.nextChild(Self.elements) {
            switch element {
            case 0: namespace = try reader.string()
            case 1: timestamp = try Int64(fromSandesh: &reader)
            case 2: sender.module = try reader.string()
            case 3: sender.source = try reader.string()
            case 4: context = try reader.string()
            case 5: sequenceNumber = try Int32(fromSandesh: &reader)
            case 6: versionSignature = try Int32(fromSandesh: &reader)
            case 7: type = SandeshMessageType(rawValue: try Int32(fromSandesh: &reader))
            case 8: hints = SandeshHints(rawValue: try Int32(fromSandesh: &reader))
            case 9: level = SandeshLevel(rawValue: try Int32(fromSandesh: &reader))
            case 10: category = try reader.string()
            case 11: sender.nodeType = try reader.string()
            case 12: sender.instance = try reader.string()
            case 13: sender.address = try reader.string()
            case 14: sender.processIdentifier = try Int32(fromSandesh: &reader)
            default: try reader.skipElement()
            }
        }
    }
}
