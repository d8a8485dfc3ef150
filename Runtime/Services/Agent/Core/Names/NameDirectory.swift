// All workloads' names, out of the whole configuration: what the platform's name server answers from. Agents know the names of the workloads on
// their hosts; the rest they ask here.

import Coding
import ConfigurationModel
import Graph
import NetworkTypes

public struct NameDirectory: Sendable {
    private var table = NameTable()
    private var scopes: [String: NameScope] = [:]
    /// How many interfaces have names.
    public private(set) var count = 0

    /// The types of objects that names depend on.
    public static let types = ["instance-ip", "network-ipam", "virtual-DNS", "virtual-machine-interface", "virtual-network"]
    /// How long an answer may be kept, in seconds.
    static let timeToLive: UInt32 = 120

    public init() {}

    /// - Parameter graph: the configuration as a feed gives it, with values in JSON. What cannot be read has no name.
    public init(_ graph: GraphStore) {
        for node in graph.nodeNames where node.type == "virtual-network" {
            let scope = NameScope(network: node, domain: Self.domain(of: node, graph))
            scopes[node.name] = scope
            for prefix in Self.subnets(of: node, graph) { table.add(prefix, in: scope) }
        }
        for node in graph.nodeNames where node.type == "virtual-machine-interface" {
            guard let network = graph.neighbours(of: node, along: "virtual-machine-interface-virtual-network").first,
                let scope = scopes[network.name]
            else { continue }
            let addresses = graph.neighbours(of: node, along: "instance-ip-virtual-machine-interface").compactMap { instance in
                Self.value(instance, "instance-ip-address", graph, String.self).flatMap { try? IPAddress(parsing: $0) }
            }
            let display = Self.value(node, "display-name", graph, String.self) ?? ""
            table.add(display.isEmpty ? node.lastPart : display, addresses, in: scope)
            count += 1
        }
    }

    private static func value<Value: JSONCodable>(_ node: NodeName, _ property: String, _ graph: GraphStore, _ type: Value.Type) -> Value? {
        (try? graph.value(of: node, property, as: type)) ?? nil
    }

    private static func ipams(of network: NodeName, _ graph: GraphStore) -> [NodeName] {
        graph.neighbours(of: network, along: "virtual-network-network-ipam")
    }

    private static func subnets(of network: NodeName, _ graph: GraphStore) -> [IPPrefix] {
        ipams(of: network, graph).flatMap { ipam -> [IPPrefix] in
            let link = LinkName("virtual-network-network-ipam", network, ipam)
            guard let data = (try? graph.data(of: link, as: VnSubnetsType.self)) ?? nil else { return [] }
            return (data.ipamSubnets ?? []).compactMap { subnet in
                guard let base = subnet.subnet?.ipPrefix.flatMap({ try? IPAddress(parsing: $0) }), let length = subnet.subnet?.ipPrefixLen,
                    0...base.bitCount ~= length
                else { return nil }
                return IPPrefix(base, length: length)
            }
        }
    }

    private static func domain(of network: NodeName, _ graph: GraphStore) -> DNSName {
        for ipam in ipams(of: network, graph) {
            for server in graph.neighbours(of: ipam, along: "network-ipam-virtual-DNS") {
                if let name = value(server, "virtual-DNS-data", graph, VirtualDnsType.self)?.domainName.flatMap({ DNSName($0) }) {
                    return name
                }
            }
        }
        return .root
    }

    /// The answer to a message; nil: it is none that is answered.
    public func answer(_ message: ArraySlice<UInt8>) -> [UInt8]? {
        guard let question = try? ScopedQuestion(parsing: message), !question.query.isResponse else { return nil }
        func respond(_ code: DNSResponseCode, _ answers: [DNSRecordData] = []) -> [UInt8] {
            DNSResponse(query: question.query, code: code, answers: answers, timeToLive: Self.timeToLive, offersRecursion: false).bytes
        }
        guard question.query.operation == 0 else { return respond(.notImplemented) }
        guard question.query.questionCount == 1, let asked = question.query.question else { return respond(.formatError) }
        guard let scope = question.network.flatMap({ scopes[$0] }) else { return respond(.refused) }
        switch table.lookUp(asked, for: scope) {
        case .found(let records): return respond(.noError, records)
        case .noData: return respond(.noError)
        case .nonexistent: return respond(.nameError)
        case .elsewhere: return respond(.refused)
        }
    }
}

extension NameScope {
    init(network: NodeName, domain: DNSName) {
        let parts = network.name.split(separator: ":").map(String.init)
        self.init(project: parts.count > 1 ? parts[parts.count - 2] : "", network: parts.last ?? "", domain: domain)
    }
}

extension NodeName {
    /// The last part of the whole name.
    var lastPart: String { name.split(separator: ":").last.map(String.init) ?? name }
}
