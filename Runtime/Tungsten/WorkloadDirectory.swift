// Workloads by name, as the configuration server knows them: what operators type, what commands need.

import AgentCore
import Client
import ConfigurationClient
import ConfigurationModel
import NetworkTypes
import Resources

struct WorkloadDirectory {
    struct Workload: CustomStringConvertible {
        var name: String
        var network: String
        var address: IPv4Address
        var mac: MACAddress
        /// The subnet that the address is in.
        var prefix: IPv4Prefix?

        var end: TraceEnd { TraceEnd(address: address, mac: mac) }
        var description: String { "\(name) (\(address) in \(network))" }
    }

    private let client: ConfigurationClient

    init(_ client: ConfigurationClient) { self.client = client }

    /// The workload whose port has this UUID, whole name, or last part of its name.
    func find(_ text: String) async throws -> Workload {
        let port = try await port(text)
        guard let uuid = port.identity.uuid,
            let mac = port.virtualMachineInterfaceMacAddresses?.macAddress?.first.flatMap({ try? MACAddress(parsing: $0) })
        else { throw CommandFailure("the port \(text) has no MAC address; give it one in virtual_machine_interface_mac_addresses") }
        let addresses = try await client.instanceIps.list(.init(referringTo: [uuid]))
        guard let address = addresses.lazy.compactMap({ $0.instanceIpAddress.flatMap { try? IPv4Address(parsing: $0) } }).first else {
            throw CommandFailure("the port \(text) has no IPv4 address; give it one with an instance-ip")
        }
        let networkName = port.virtualNetworkRefs?.first?.to ?? []
        let network = try await client.virtualNetworks.read(name: networkName)
        let prefixes = (network.networkIpamRefs ?? []).flatMap { $0.data?.ipamSubnets ?? [] }.compactMap { subnet -> IPv4Prefix? in
            guard let subnet = subnet.subnet, let base = subnet.ipPrefix.flatMap({ try? IPv4Address(parsing: $0) }),
                let length = subnet.ipPrefixLen
            else { return nil }
            return IPv4Prefix(base, length: length)
        }
        return Workload(
            name: port.identity.fullyQualifiedName.last ?? text, network: networkName.joined(separator: ":"), address: address, mac: mac,
            prefix: prefixes.first { $0.contains(address) })
    }

    private func port(_ text: String) async throws -> VirtualMachineInterface {
        if (try? UUIDValue(parsing: text)) != nil { return try await client.virtualMachineInterfaces.read(uuid: text) }
        let name = text.split(separator: ":").map(String.init)
        if name.count > 1 { return try await client.virtualMachineInterfaces.read(name: name) }
        let ports = try await client.virtualMachineInterfaces.list().filter { $0.identity.fullyQualifiedName.last == text }
        guard let port = ports.first else {
            throw CommandFailure("there is no port with the name \(text); GET /virtual-machine-interfaces lists those that there are")
        }
        guard ports.count == 1 else {
            let names = ports.map { "  " + $0.identity.fullyQualifiedName.joined(separator: ":") }.joined(separator: "\n")
            throw CommandFailure("several ports are called \(text); give the whole name of one:\n\(names)")
        }
        return port
    }
}
