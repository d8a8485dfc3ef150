// The names of workloads, and who may ask for which.
//
// A workload `web` in network `blue` of project `shop` is found by workloads of the network as `web`, by those of the project also as
// `web.blue` and `web.blue.shop`, and with the network's domain behind any of these. Whoever has no part in a project does not learn its
// names: for them the question is somebody else's.

import NetworkTypes

/// Where a workload stands, which decides what short names mean.
public struct NameScope: Hashable, Sendable {
    public let project: String
    public let network: String
    /// The domain of the network's address management; the root if it has none.
    public let domain: DNSName

    public init(project: String, network: String, domain: DNSName = .root) {
        self.project = project.lowercased()
        self.network = network.lowercased()
        self.domain = domain
    }
}

/// A name that was looked up.
public enum NameOutcome: Equatable, Sendable {
    /// Records of the type that was asked for.
    case found([DNSRecordData])
    /// The name exists, and has no such records.
    case noData
    /// The name would be ours, and does not exist.
    case nonexistent
    /// Not a name of ours: a server further up is to be asked.
    case elsewhere
}

/// All names that are known on this host. A value: made anew when workloads change.
public struct NameTable: Sendable, Equatable {
    private struct Place: Hashable {
        let project: String
        let network: String
    }

    private var addresses: [Place: [String: Set<IPAddress>]] = [:]
    private var names: [Place: [IPAddress: DNSName]] = [:]
    private var prefixes: [Place: Set<IPPrefix>] = [:]
    private var networks: [String: Set<String>] = [:]

    public init() {}

    /// Names the addresses of a workload. A name that cannot be a label is known by its addresses alone.
    public mutating func add(_ name: String, _ addresses: [IPAddress], in scope: NameScope) {
        let place = Place(project: scope.project, network: scope.network)
        networks[scope.project, default: []].insert(scope.network)
        guard DNSName.isPlain(name), let label = DNSName(name), let first = label.labels.first else { return }
        self.addresses[place, default: [:]][first, default: []].formUnion(addresses)
        let full = DNSName(label.description + (scope.domain == .root ? "" : ".\(scope.domain)")) ?? label
        for address in addresses {
            // Two workloads with one address: the name that is first in the alphabet, whatever the order of adding.
            let old = names[place]?[address]
            if old.map({ full.description < $0.description }) ?? true { names[place, default: [:]][address] = full }
        }
    }

    /// Addresses of the network: reverse questions about them are ours.
    public mutating func add(_ prefix: IPPrefix, in scope: NameScope) {
        networks[scope.project, default: []].insert(scope.network)
        prefixes[Place(project: scope.project, network: scope.network), default: []].insert(prefix)
    }

    public func lookUp(_ question: DNSQuery.Question, for scope: NameScope) -> NameOutcome {
        guard question.classNumber == 1 else { return .elsewhere }
        if let address = question.name.reverseAddress { return reverse(address, question.type, scope) }
        if scope.domain != .root, question.name == scope.domain { return .noData }
        guard let (label, place) = divide(question.name, scope) else { return .elsewhere }
        guard let found = addresses[place]?[label] else { return .nonexistent }
        let records = found.sorted().compactMap { address -> DNSRecordData? in
            switch (address, question.type) {
            case (.v4(let address), .a), (.v4(let address), .any): .a(address)
            case (.v6(let address), .aaaa), (.v6(let address), .any): .aaaa(address)
            default: nil
            }
        }
        return records.isEmpty ? .noData : .found(records)
    }

    /// The workload's label and its network, if the name is one that this table decides about.
    private func divide(_ name: DNSName, _ scope: NameScope) -> (String, Place)? {
        let inside = scope.domain == .root ? nil : name.dropping(scope.domain)
        let labels = inside ?? name.labels
        let known = networks[scope.project] ?? []
        switch labels.count {
        case 1: return (labels[0], Place(project: scope.project, network: scope.network))
        case 2 where known.contains(labels[1]): return (labels[0], Place(project: scope.project, network: labels[1]))
        case 3 where labels[2] == scope.project && known.contains(labels[1]):
            return (labels[0], Place(project: scope.project, network: labels[1]))
        default:
            // Everything below the domain is ours, whether it exists or not: no workload has an empty name.
            return inside == nil ? nil : ("", Place(project: scope.project, network: scope.network))
        }
    }

    private func reverse(_ address: IPAddress, _ type: DNSType, _ scope: NameScope) -> NameOutcome {
        for network in (networks[scope.project] ?? []).sorted(by: { ($0 != scope.network ? 1 : 0, $0) < ($1 != scope.network ? 1 : 0, $1) })
        {
            let place = Place(project: scope.project, network: network)
            if let name = names[place]?[address] { return type == .ptr || type == .any ? .found([.ptr(name)]) : .noData }
            if prefixes[place]?.contains(where: { $0.contains(address) }) == true { return .nonexistent }
        }
        return .elsewhere
    }
}

extension DNSName {
    /// The address that a name below `in-addr.arpa` (RFC 1035 §3.5) or `ip6.arpa` (RFC 3596 §2.5) stands for.
    var reverseAddress: IPAddress? {
        if let labels = dropping(Self.inAddr) {
            let numbers = labels.reversed().compactMap { label in
                UInt8(label).flatMap { String($0) == label ? $0 : nil }
            }
            guard labels.count == 4, numbers.count == 4 else { return nil }
            return .v4(IPv4Address(numbers[0], numbers[1], numbers[2], numbers[3]))
        }
        guard let labels = dropping(Self.ip6), labels.count == 32 else { return nil }
        let digits = labels.reversed().compactMap { $0.utf8.count == 1 ? UInt8($0, radix: 16) : nil }
        guard digits.count == 32 else { return nil }
        return IPv6Address(bytes: (0..<16).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }).map { .v6($0) }
    }

    private static let inAddr = DNSName("in-addr.arpa") ?? .root
    private static let ip6 = DNSName("ip6.arpa") ?? .root
}
