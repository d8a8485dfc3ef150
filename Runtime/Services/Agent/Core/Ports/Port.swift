// What an orchestrator's plug-in says about a workload's interface: one JSON object, sent to the agent and kept in one file, so that neither an
// agent's restart nor an orchestrator that is gone takes a workload's network away.

import Coding
import NetworkTypes

/// An interface of a workload, as `POST /port` describes it.
public struct Port: JSONCodable, Equatable {
    /// What is at the other end.
    public enum Kind: Int, Sendable {
        case virtualMachine = 0
        case namespace = 1
        case remote = 2
    }

    /// The virtual machine interface in the configuration.
    public var id: UUIDValue
    /// The workload that it belongs to.
    public var instance: UUIDValue
    public var network: UUIDValue?
    public var project: UUIDValue?
    public var displayName: String
    public var address: IPv4Address?
    public var address6: IPv6Address?
    public var kind: Kind
    /// The device's name in the operating system: a TAP or veth device.
    public var device: String
    public var mac: MACAddress
    /// VLANs on the wire, 1 to 4094; nil: untagged.
    public var receivedVLAN: Int?
    public var sentVLAN: Int?
    public var isLinkUp: Bool

    static let greatestDeviceName = 15

    public init(id: UUIDValue, instance: UUIDValue, device: String, mac: MACAddress, address: IPv4Address? = nil) {
        self.id = id
        self.instance = instance
        self.device = device
        self.mac = mac
        self.address = address
        displayName = ""
        kind = .virtualMachine
        isLinkUp = true
    }

    private static let members = MemberTable([
        "id", "instance-id", "vn-id", "vm-project-id", "display-name", "ip-address", "ip6-address", "type", "system-name", "mac-address",
        "rx-vlan-id", "tx-vlan-id", "link-state",
    ])

    public init(from reader: inout JSONReader) throws(CodingError) {
        var id: UUIDValue?
        var instance: UUIDValue?
        var mac: MACAddress?
        network = nil
        project = nil
        displayName = ""
        kind = .virtualMachine
        device = ""
        isLinkUp = true
        try reader.beginObject()
        while let member = try reader.nextMember(Self.members) {
            switch member {
            case 0: id = try reader.network("id")
            case 1: instance = try reader.network("instance-id")
            case 2: network = try reader.network("vn-id")
            case 3: project = try reader.network("vm-project-id")
            case 4: displayName = try reader.optional() ?? ""
            case 5: address = try reader.network("ip-address").flatMap { (address: IPv4Address) in address.isUnspecified ? nil : address }
            case 6: address6 = try reader.network("ip6-address").flatMap { (address: IPv6Address) in address == .any ? nil : address }
            case 7: kind = Kind(rawValue: try reader.integer(in: 0...2)) ?? .virtualMachine
            case 8: device = try reader.string(length: 1...Self.greatestDeviceName)
            case 9: mac = try reader.network("mac-address")
            case 10: receivedVLAN = try reader.vlan()
            case 11: sentVLAN = try reader.vlan()
            default: isLinkUp = try reader.linkState()
            }
        }
        self.id = try reader.present(id, "id")
        // Whoever plugs in a container has no instance beside the interface.
        self.instance = instance ?? self.id
        self.mac = try reader.present(mac, "mac-address")
        guard !device.isEmpty, !device.contains("/"), device != ".", device != ".." else {
            throw CodingError(.missingMember, "there must be a member system-name with the name of a device", path: "system-name")
        }
        guard !self.mac.isMulticast, self.mac != .zero else {
            throw CodingError(.range, "\(self.mac) is not one interface's address", path: "mac-address")
        }
    }

    public func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        encodeMembers(to: &writer)
        writer.endObject()
    }

    func encodeMembers(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("instance-id", instance.description)
        writer.member("vn-id", network?.description ?? "")
        writer.member("vm-project-id", project?.description ?? "")
        writer.member("display-name", displayName)
        writer.member("ip-address", address?.description ?? IPv4Address.any.description)
        writer.member("ip6-address", address6?.description ?? "::")
        writer.member("type", kind.rawValue)
        writer.member("system-name", device)
        writer.member("mac-address", mac.description)
        writer.member("rx-vlan-id", receivedVLAN ?? -1)
        writer.member("tx-vlan-id", sentVLAN ?? -1)
        writer.member("link-state", isLinkUp ? "up" : "down")
    }

    /// What the file of the port holds: the port, who wrote it and when.
    public func file(at time: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        encodeMembers(to: &writer)
        writer.member("author", "tungsten-agent")
        writer.member("time", time)
        writer.endObject()
        return writer.finish()
    }
}

/// What a container runtime's plug-in registers: which device of the host belongs to which interface.
public struct WorkloadRegistration: JSONCodable, Equatable {
    public var workload: UUIDValue
    public var interface: UUIDValue
    public var network: UUIDValue?
    public var name: String
    /// The device at the host's end.
    public var device: String
    /// What the runtime calls the workload, the device at the workload's end, and its namespace; kept for whoever asks.
    public var identifier: String?
    public var innerDevice: String?
    public var namespace: String?

    private static let members = MemberTable([
        "vm-uuid", "vmi-uuid", "vn-uuid", "vm-name", "host-ifname", "vm-id", "vm-ifname", "vm-namespace",
    ])

    public init(from reader: inout JSONReader) throws(CodingError) {
        var workload: UUIDValue?
        var interface: UUIDValue?
        name = ""
        device = ""
        try reader.beginObject()
        while let member = try reader.nextMember(Self.members) {
            switch member {
            case 0: workload = try reader.network("vm-uuid")
            case 1: interface = try reader.network("vmi-uuid")
            case 2: network = try reader.network("vn-uuid")
            case 3: name = try reader.optional() ?? ""
            case 4: device = try reader.string(length: 1...Port.greatestDeviceName)
            case 5: identifier = try reader.optional()
            case 6: innerDevice = try reader.optional()
            default: namespace = try reader.optional()
            }
        }
        self.workload = try reader.present(workload, "vm-uuid")
        self.interface = try reader.present(interface, "vmi-uuid")
        guard !device.isEmpty, !device.contains("/") else {
            throw CodingError(.missingMember, "there must be a member host-ifname with the name of a device", path: "host-ifname")
        }
    }

    public func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        encodeMembers(to: &writer)
        writer.endObject()
    }

    private func encodeMembers(to writer: inout JSONWriter) {
        writer.member("vm-uuid", workload.description)
        writer.member("vmi-uuid", interface.description)
        writer.member("vn-uuid", network?.description ?? "")
        writer.member("vm-name", name)
        writer.member("host-ifname", device)
        writer.member("vm-id", identifier)
        writer.member("vm-ifname", innerDevice)
        writer.member("vm-namespace", namespace)
    }

    public func file(at time: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        encodeMembers(to: &writer)
        writer.member("author", "tungsten-agent")
        writer.member("time", time)
        writer.endObject()
        return writer.finish()
    }
}

extension JSONReader {
    /// A value of the network in a string; nil for an empty one or null.
    fileprivate mutating func network<T: NetworkValue>(_ member: String) throws(CodingError) -> T? {
        guard let text: String = try optional(), !text.isEmpty else { return nil }
        do {
            return try T(parsing: text)
        } catch {
            throw CodingError(.range, "\(error)", path: member)
        }
    }

    fileprivate func present<T>(_ value: T?, _ member: String) throws(CodingError) -> T {
        guard let value else { throw CodingError(.missingMember, "there must be a member \(member)", path: member) }
        return value
    }

    /// -1 and 0 mean none: both are in use.
    fileprivate mutating func vlan() throws(CodingError) -> Int? {
        let number = try integer(in: -1...4094)
        return number > 0 ? number : nil
    }

    fileprivate mutating func linkState() throws(CodingError) -> Bool {
        let text = try string()
        guard text == "up" || text == "down" else {
            throw CodingError(.enumeration, "'\(text)' is neither up nor down", path: "link-state")
        }
        return text == "up"
    }
}
