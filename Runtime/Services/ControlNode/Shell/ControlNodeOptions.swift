// What a control node is told when it starts, and how that is written on a command line. Routing instances and routes given here are static;
// those of the configuration come from its graph.

import ControlNodeCore
import Foundation
import NetworkTypes

/// Why the control node does not start, in words for the one who started it.
public struct ControlNodeError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public var description: String { message }
    public init(_ message: String) { self.message = message }
}

public struct ControlNodeOptions: Sendable {
    public var host: String
    /// 0: any free port.
    public var port: Int
    public var system: ASNumber
    public var routerID: IPv4Address
    /// Set on a route reflector.
    public var clusterID: IPv4Address?
    public var peers: [BGPPeerOptions] = []
    public var instances: [InstanceOptions] = []
    public var routes: [StaticRouteOptions] = []
    public var introspectionHost = "127.0.0.1"
    /// 0: any free port.
    public var introspectionPort = 8083
    /// 0: one for each core.
    public var partitionCount = 0
    /// Nil: no agents are served.
    public var agents: AgentServiceOptions?
    /// Nil: what is given here is all there is.
    public var configuration: ConfigurationOptions?

    public init(host: String = "0.0.0.0", port: Int = 179, system: ASNumber, routerID: IPv4Address) {
        self.host = host
        self.port = port
        self.system = system
        self.routerID = routerID
    }
}

/// A BGP speaker to talk to.
public struct BGPPeerOptions: Sendable, Hashable {
    public var address: IPAddress
    public var port = 179
    public var system: ASNumber
    public var families: [AddressFamily] = [.inetVPN, .inet6VPN, .evpn, .routeTarget]
    public var holdTime: UInt16 = 90
    public var isPassive = false
    /// Nil: routes of a lost session are forgotten at once.
    public var restartTime: UInt16?
    /// For people: the fully qualified name in the configuration.
    public var name = ""
    /// What this speaker calls itself towards the peer; nil: by its own number.
    public var localSystem: ASNumber?
    /// No session is opened, and none accepted.
    public var isAdminDown = false
    /// What the session's segments are signed with (RFC 2385); nil: they are not.
    public var key: SessionKey?

    public init(address: IPAddress, system: ASNumber) {
        self.address = address
        self.system = system
    }

    init(_ peer: ConfiguredPeer) {
        self.init(address: peer.address, system: peer.system)
        port = peer.port
        families = peer.families
        holdTime = peer.holdTime
        isPassive = peer.isPassive
        restartTime = peer.restartTime
        name = peer.name
        localSystem = peer.localSystem
        isAdminDown = peer.isAdminDown
        key = peer.key
    }

    /// `192.0.2.1,as=64513,port=1179,families=inet-vpn+e-vpn,hold=30,passive,restart=120,password-file=/etc/key`; all but the address can be left out.
    public init(parsing text: String, localAS: ASNumber) throws {
        var fields = Fields(text, of: "peer")
        self.init(address: try fields.value(IPAddress.self, fields.head), system: localAS)
        while let (name, value) = fields.next() {
            switch name {
            case "as": system = try fields.value(ASNumber.self, value)
            case "port": port = try fields.number(value, 1...65535)
            case "hold": holdTime = UInt16(try fields.number(value, 0...65535))
            case "restart": restartTime = UInt16(try fields.number(value, 1...4095))
            case "passive": isPassive = true
            case "password-file": key = try fields.key(inFile: value)
            case "families":
                families = try value.split(separator: "+").map { name in
                    guard let family = AddressFamily(name: String(name)), AddressFamily.supported.contains(family) else {
                        let known = AddressFamily.supported.map(\.description).joined(separator: ", ")
                        throw fields.error("'\(name)' is no family; there are \(known)")
                    }
                    return family
                }
            default: throw fields.unknown(name, ["as", "port", "hold", "restart", "passive", "families", "password-file"])
            }
        }
        guard holdTime == 0 || holdTime >= 3 else { throw fields.error("a hold time is 0, or 3 seconds and more, not \(holdTime)") }
    }
}

/// A routing instance.
public struct InstanceOptions: Sendable, Hashable {
    public var name: String
    public var importTargets: Set<RouteTarget> = []
    public var exportTargets: Set<RouteTarget> = []
    public var virtualNetworkNumber: UInt32 = 0

    /// `blue,import=target:64512:1+target:64512:2,export=target:64512:1,network=5`; `target=` stands for both.
    public init(parsing text: String) throws {
        var fields = Fields(text, of: "instance")
        name = fields.head
        guard !name.isEmpty else { throw fields.error("it has no name") }
        while let (name, value) = fields.next() {
            let targets = { try value.split(separator: "+").map { try fields.value(RouteTarget.self, String($0)) } }
            switch name {
            case "import": importTargets.formUnion(try targets())
            case "export": exportTargets.formUnion(try targets())
            case "target":
                importTargets.formUnion(try targets())
                exportTargets.formUnion(try targets())
            case "network": virtualNetworkNumber = UInt32(try fields.number(value, 1...0xFFFF_FFFF))
            default: throw fields.unknown(name, ["import", "export", "target", "network"])
            }
        }
    }
}

/// A route that the control node itself says is there.
public struct StaticRouteOptions: Sendable, Hashable {
    public var instance: String
    public var key: RouteKey
    public var family: AddressFamily
    public var nextHop: IPAddress
    public var label: UInt32 = 0
    public var encapsulations: [TunnelType] = []
    public var communities: [ExtendedCommunity] = []

    /// `blue,10.1.0.0/24,next-hop=192.0.2.1,label=17,encapsulation=mpls-over-gre+mpls-over-udp,community=target:64512:9`.
    /// Ethernet VPN: `blue,mac=02:00:00:00:00:01,ip=10.1.0.5,…`, `blue,multicast=192.0.2.1,…` or `blue,evpn=10.2.0.0/16,…`.
    public init(parsing text: String) throws {
        var fields = Fields(text, of: "route")
        instance = fields.head
        var prefix: RoutePrefix?
        var mac: MACAddress?
        var ip: IPAddress?
        var hop: IPAddress?
        while let (name, value) = fields.next() {
            switch name {
            case "next-hop": hop = try fields.value(IPAddress.self, value)
            case "label": label = UInt32(try fields.number(value, 0...0xFF_FFFF))
            case "encapsulation":
                encapsulations = try value.split(separator: "+").map { name in
                    guard case .encapsulation(let type) = try fields.value(ExtendedCommunity.self, "encapsulation:\(name)").meaning else {
                        throw fields.error("'\(name)' is no encapsulation")
                    }
                    return type
                }
            case "community": communities = try value.split(separator: "+").map { try fields.value(ExtendedCommunity.self, String($0)) }
            case "mac": mac = try fields.value(MACAddress.self, value)
            case "ip": ip = try fields.value(IPAddress.self, value)
            case "multicast": prefix = .evpn(.inclusiveMulticast(ethernetTag: 0, originator: try fields.value(IPAddress.self, value)))
            case "evpn": prefix = .evpn(.ipPrefix(ethernetTag: 0, try fields.value(IPPrefix.self, value)))
            case _ where name.contains("/") && value.isEmpty: prefix = RoutePrefix(try fields.value(IPPrefix.self, name))
            default: throw fields.unknown(name, ["next-hop", "label", "encapsulation", "community", "mac", "ip", "multicast", "evpn"])
            }
        }
        if let mac { prefix = .evpn(.macAddress(ethernetTag: 0, mac, ip)) }
        guard let prefix else { throw fields.error("it has no prefix, such as 10.1.0.0/24") }
        guard let hop else { throw fields.error("it has no next hop; add next-hop=ADDRESS") }
        key = RouteKey(prefix)
        nextHop = hop
        switch prefix {
        case .inet: family = .inet
        case .inet6: family = .inet6
        default: family = .evpn
        }
    }
}

/// `head,name=value,name,…`.
private struct Fields {
    let what: String
    let text: String
    let head: String
    private var rest: ArraySlice<Substring>

    init(_ text: String, of what: String) {
        self.what = what
        self.text = text
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        head = String(parts[0])
        rest = parts.dropFirst()
    }

    mutating func next() -> (name: String, value: String)? {
        guard let part = rest.popFirst() else { return nil }
        guard let equals = part.firstIndex(of: "=") else { return (String(part), "") }
        return (String(part[..<equals]), String(part[part.index(after: equals)...]))
    }

    func error(_ problem: String) -> ControlNodeError { ControlNodeError("\(what) '\(text)': \(problem)") }

    func unknown(_ name: String, _ known: [String]) -> ControlNodeError {
        error("'\(name)' is not known; there are \(known.joined(separator: ", "))")
    }

    func value<Value: NetworkValue>(_ type: Value.Type, _ text: String) throws -> Value {
        do { return try Value(parsing: text) } catch { throw self.error("\(error)") }
    }

    /// The first line of a file: passwords on a command line are there for everybody to see.
    func key(inFile path: String) throws -> SessionKey {
        guard let content = FileManager.default.contents(atPath: path) else { throw error("the file '\(path)' cannot be read") }
        let line = String(decoding: content, as: UTF8.self).prefix { !$0.isNewline }
        guard let key = SessionKey(line) else {
            throw error("the first line of '\(path)' has to be a password of 1 to \(SessionKey.greatestLength) bytes")
        }
        return key
    }

    func number(_ text: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw error("'\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
