// The port API: how plug-ins of orchestrators tell the agent which workloads are here. Requests in, replies and effects out; what is on
// disk is a pure function of the effects.
//
//   POST   /port                a port, or an array of ports     PUT  /enable-port/UUID, /disable-port/UUID
//   GET    /port, /port/UUID    DELETE /port/UUID                POST /syncports: what is not added again within a minute goes
//   POST   /vm                  a container's interface          GET  /vm/UUID, /vm/UUID/INTERFACE: addresses; 404 until configured
//   DELETE /vm/UUID, /vm/UUID/INTERFACE                          GET  /vm-cfg/NAME: interfaces of the workload with a name

import Coding
import NetworkTypes

public struct PortRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    public var method: Method
    /// Without query.
    public var path: String
    public var body: [UInt8]

    public init(_ method: Method, _ path: String, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.body = body
    }
}

public struct PortReply: Equatable, Sendable {
    public let status: Int
    /// JSON.
    public let body: [UInt8]

    static let done = PortReply(status: 200, body: Array("{}".utf8))

    /// What is wrong and how to mend it, as the clients of this API print it.
    static func refused(_ status: Int, _ text: String) -> PortReply {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("error", text)
        writer.endObject()
        return PortReply(status: status, body: writer.finish())
    }
}

/// What has to happen on disk before the reply is sent. Names are relative to the folder of ports.
public enum PortEffect: Equatable, Sendable {
    case write(file: String, [UInt8])
    case remove(file: String)
}

/// What the configuration says about an interface, for plug-ins that ask.
public struct PortAddressing: Sendable, Equatable {
    public var workloadName: String
    public var networkName: String
    public var network: UUIDValue?
    public var project: UUIDValue?
    public var mac: MACAddress?
    public var address: IPv4Address?
    public var prefixLength: Int
    public var gateway: IPv4Address?
    public var nameServer: IPv4Address?
    public var address6: IPv6Address?
    public var subInterfaceVLAN: Int?

    public init(workloadName: String, networkName: String, prefixLength: Int) {
        self.workloadName = workloadName
        self.networkName = networkName
        self.prefixLength = prefixLength
    }
}

public struct PortService: Sendable {
    /// By interface.
    public private(set) var ports: [UUIDValue: Port] = [:]
    public private(set) var registrations: [UUIDValue: WorkloadRegistration] = [:]
    /// Interfaces that were here before the last `syncports`, and when they go unless they are added again. Milliseconds.
    private var stale: Set<UUIDValue> = []
    private var staleUntil: UInt64?

    static let staleMilliseconds: UInt64 = 60_000
    static let registrationFolder = "vm/"

    public init() {}

    /// Everything that is attached: ports as they are, and registrations with what the configuration adds to them.
    public func attached(_ addressing: [UUIDValue: PortAddressing]) -> [UUIDValue: Port] {
        var all = ports
        for (id, registration) in registrations where all[id] == nil {
            guard let mac = addressing[id]?.mac else { continue }
            var port = Port(
                id: id, instance: registration.workload, device: registration.device, mac: mac, address: addressing[id]?.address)
            port.network = registration.network
            port.displayName = registration.name
            port.kind = .namespace
            all[id] = port
        }
        return all
    }

    // MARK: Files

    /// Takes in a file of the folder. A file that cannot be read is reported, left alone, and does not keep the agent from starting.
    public mutating func load(file: String, _ bytes: [UInt8]) throws(CodingError) {
        if file.hasPrefix(Self.registrationFolder) {
            let registration = try WorkloadRegistration(json: bytes, unknownMembers: .skip)
            registrations[registration.interface] = registration
        } else {
            let port = try Port(json: bytes, unknownMembers: .skip)
            ports[port.id] = port
        }
    }

    // MARK: Requests

    /// - Parameters:
    ///   - now: milliseconds of a clock that only goes forward.
    ///   - time: the time of day as text, for the file.
    public mutating func handle(
        _ request: PortRequest, addressing: [UUIDValue: PortAddressing], now: UInt64, time: String
    ) -> (PortReply, [PortEffect]) {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        switch (request.method, path.first, path.count) {
        case (.post, "port", 1): return add(request.body, time)
        case (.get, "port", 1): return (list(), [])
        case (.get, "port", 2):
            return with(path[1]) { id, service in
                guard let port = service.ports[id] else { return (service.unknown(id), []) }
                return (PortReply(status: 200, body: port.json()), [])
            }
        case (.delete, "port", 2):
            return with(path[1]) { id, service in
                // Removing what is not there is what was wanted.
                (.done, service.removePort(id))
            }
        case (.put, "enable-port", 2), (.put, "disable-port", 2):
            return with(path[1]) { id, service in
                guard var port = service.ports[id] else { return (service.unknown(id), []) }
                port.isLinkUp = path[0] == "enable-port"
                service.ports[id] = port
                return (.done, [.write(file: id.description, port.file(at: time))])
            }
        case (.post, "syncports", 1):
            stale = Set(ports.keys)
            staleUntil = now + Self.staleMilliseconds
            return (.done, [])
        case (.post, "vm", 1): return register(request.body, time)
        case (.get, "vm", 2...3): return addresses(path, addressing)
        case (.delete, "vm", 2...3):
            return with(path[1]) { workload, service in
                let interface = path.count == 3 ? try? UUIDValue(parsing: path[2]) : nil
                if path.count == 3, interface == nil { return (.refused(400, "'\(path[2])' is not a UUID"), []) }
                let gone = service.registrations.values.filter { $0.workload == workload && (interface ?? $0.interface) == $0.interface }
                for registration in gone { service.registrations[registration.interface] = nil }
                let files = gone.map { Self.registrationFolder + $0.interface.description }.sorted()
                return (.done, files.map { PortEffect.remove(file: $0) })
            }
        case (.get, "vm-cfg", 2): return configuration(of: path[1], addressing)
        case (_, "gateway", 1): return (.refused(501, "virtual gateways are not supported by this agent"), [])
        default:
            return (.refused(404, "there is no \(request.method.rawValue) \(request.path); the port API has /port, /syncports, /vm"), [])
        }
    }

    /// Time has passed.
    public mutating func tick(at now: UInt64) -> [PortEffect] {
        guard let until = staleUntil, until <= now else { return [] }
        staleUntil = nil
        defer { stale = [] }
        return stale.sorted().flatMap { removePort($0) }
    }

    /// When `tick` has something to do; nil: never.
    public var nextTick: UInt64? { staleUntil }

    private mutating func with(
        _ text: String, _ body: (UUIDValue, inout PortService) -> (PortReply, [PortEffect])
    ) -> (PortReply, [PortEffect]) {
        guard let id = try? UUIDValue(parsing: text) else { return (.refused(400, "'\(text)' is not a UUID"), []) }
        return body(id, &self)
    }

    private func unknown(_ id: UUIDValue) -> PortReply {
        .refused(404, "there is no port \(id); GET /port/UUID knows those that were added")
    }

    private mutating func removePort(_ id: UUIDValue) -> [PortEffect] {
        stale.remove(id)
        return ports.removeValue(forKey: id) == nil ? [] : [.remove(file: id.description)]
    }

    /// All ports of a request, or none: whoever gets an error has changed nothing.
    private mutating func add(_ body: [UInt8], _ time: String) -> (PortReply, [PortEffect]) {
        let added: [Port]
        do throws(CodingError) {
            added = try JSONReader.read(body, unknownMembers: .skip) { reader throws(CodingError) in
                if case .array = try reader.peekKind { try reader.array(Port.self) } else { [try reader.value(Port.self)] }
            }
        } catch {
            return (.refused(400, "Invalid Json string ==> \(error)"), [])
        }
        for port in added {
            if let other = ports.values.first(where: {
                $0.device == port.device && $0.id != port.id && $0.receivedVLAN == port.receivedVLAN
            }),
                !added.contains(where: { $0.id == other.id })
            {
                return (
                    .refused(409, "the device \(port.device) belongs to the port \(other.id); remove that with DELETE /port/\(other.id)"),
                    []
                )
            }
        }
        var effects: [PortEffect] = []
        for port in added {
            stale.remove(port.id)
            guard ports[port.id] != port else { continue }
            ports[port.id] = port
            effects.append(.write(file: port.id.description, port.file(at: time)))
        }
        return (.done, effects)
    }

    private mutating func register(_ body: [UInt8], _ time: String) -> (PortReply, [PortEffect]) {
        do throws(CodingError) {
            let registration = try WorkloadRegistration(json: body, unknownMembers: .skip)
            let file = Self.registrationFolder + registration.interface.description
            guard registrations[registration.interface] != registration else { return (.done, []) }
            registrations[registration.interface] = registration
            return (.done, [.write(file: file, registration.file(at: time))])
        } catch {
            return (.refused(400, "Invalid Json string ==> \(error)"), [])
        }
    }

    // MARK: What is asked

    private func list() -> PortReply {
        var writer = JSONWriter()
        writer.beginArray()
        for port in ports.values.sorted(by: { $0.id < $1.id }) { port.encode(to: &writer) }
        writer.endArray()
        return PortReply(status: 200, body: writer.finish())
    }

    private func addresses(_ path: [String], _ addressing: [UUIDValue: PortAddressing]) -> (PortReply, [PortEffect]) {
        guard let workload = try? UUIDValue(parsing: path[1]) else { return (.refused(400, "'\(path[1])' is not a UUID"), []) }
        var wanted = registrations.values.filter { $0.workload == workload }.sorted { $0.interface < $1.interface }
        if path.count == 3 { wanted = wanted.filter { $0.interface.description == path[2].lowercased() } }
        let known = wanted.compactMap { registration in addressing[registration.interface].map { (registration, $0) } }
        guard !known.isEmpty, known.count == wanted.count else {
            let why = wanted.isEmpty ? "it is not registered" : "its configuration has not arrived yet; ask again"
            return (.refused(404, "no addresses of \(path[1]) are known: \(why)"), [])
        }
        var writer = JSONWriter()
        writer.beginArray()
        for (registration, addressing) in known {
            writer.beginObject()
            writer.member("id", registration.interface.description)
            writer.member("instance-id", registration.workload.description)
            writer.member("vn-id", (addressing.network ?? registration.network)?.description ?? "")
            writer.member("vm-project-id", addressing.project?.description ?? "")
            writer.member("mac-address", addressing.mac?.description ?? "")
            writer.member("system-name", registration.device)
            writer.member("rx-vlan-id", addressing.subInterfaceVLAN ?? 0xFFFF)
            writer.member("tx-vlan-id", addressing.subInterfaceVLAN ?? 0xFFFF)
            writer.member("ip-address", addressing.address?.description ?? IPv4Address.any.description)
            writer.member("plen", addressing.prefixLength)
            writer.member("dns-server", addressing.nameServer?.description ?? "")
            writer.member("gateway", addressing.gateway?.description ?? "")
            writer.member("v6-ip-address", addressing.address6?.description ?? "::")
            writer.member("v6-plen", addressing.address6 == nil ? 0 : 64)
            writer.member("v6-dns-server", "::")
            writer.member("v6-gateway", "::")
            writer.endObject()
        }
        writer.endArray()
        return (PortReply(status: 200, body: writer.finish()), [])
    }

    private func configuration(of name: String, _ addressing: [UUIDValue: PortAddressing]) -> (PortReply, [PortEffect]) {
        let found = addressing.filter { $0.value.workloadName == name }.sorted { $0.key < $1.key }
        guard !found.isEmpty else { return (.refused(404, "no interface of a workload with the name \(name) is configured"), []) }
        var writer = JSONWriter()
        writer.beginArray()
        for (id, addressing) in found {
            writer.beginObject()
            writer.member("id", id.description)
            writer.member("vm-uuid", (ports[id]?.instance ?? registrations[id]?.workload)?.description ?? "")
            writer.member("vn-id", addressing.network?.description ?? "")
            writer.member("vn-name", addressing.networkName)
            writer.member("mac-address", addressing.mac?.description ?? "")
            writer.member("sub-interface", addressing.subInterfaceVLAN != nil)
            writer.member("vlan-id", addressing.subInterfaceVLAN ?? 0)
            writer.key("annotations")
            writer.beginArray()
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return (PortReply(status: 200, body: writer.finish()), [])
    }
}
