// The demonstration's configuration, made and removed through the API as any client would. Making it twice makes it once; removing it removes
// what there is of it.

import Client
import ConfigurationClient
import ConfigurationModel
import NetworkTypes
import Resources

public struct DemonstrationObjects: Sendable {
    /// A workload's port as the agent of its host is told about it.
    public struct Port: Sendable {
        public let workload: DemonstrationPlan.Workload
        public let interface: String
        public let machine: String
        public let network: String
        public let project: String
        public let address: IPv4Address
        public let mac: MACAddress
    }

    private let plan: DemonstrationPlan
    private let client: ConfigurationClient

    public init(_ plan: DemonstrationPlan, _ client: ConfigurationClient) {
        self.plan = plan
        self.client = client
    }

    // MARK: Making

    /// Makes what is missing and returns the ports.
    public func make() async throws(ClientError) -> [Port] {
        for tenant in plan.tenants {
            _ = try await ensure(client.projects, tenant.project, "domain")
            if tenant.connected != nil { try await makePolicy(tenant) }
            for network in tenant.networks { try await makeNetwork(network, of: tenant) }
        }
        for host in plan.hosts {
            _ = try await ensure(client.virtualRouters, Self.virtualRouter(host), "global-system-config") { router in
                router.virtualRouterIpAddress = host.address.description
            }
        }
        var ports: [Port] = []
        for workload in plan.workloads {
            guard let tenant = plan.tenant(of: workload) else { continue }
            ports.append(try await makePort(workload, of: tenant))
        }
        return ports
    }

    private static func virtualRouter(_ host: DemonstrationPlan.Host) -> [String] { ["default-global-system-config", host.name] }
    private static let ipam = ["default-domain", "default-project", "default-network-ipam"]

    private func ensure<Object: ConfigurationObject>(
        _ collection: Collection<Object>, _ name: [String], _ parent: String?, _ fill: (inout Object) -> Void = { _ in }
    ) async throws(ClientError) -> Object {
        var object = Object()
        object.identity = ObjectIdentity(name, parentType: parent)
        fill(&object)
        return try await collection.ensure(object)
    }

    private func makePolicy(_ tenant: DemonstrationPlan.Tenant) async throws(ClientError) {
        guard let (left, right) = tenant.connected else { return }
        func end(_ network: String) -> [AddressType] { [AddressType(virtualNetwork: tenant.network(network).joined(separator: ":"))] }
        let anyPort = [PortType(startPort: -1, endPort: -1)]
        let rule = PolicyRuleType(
            direction: .init(rawValue: "<>"), protocol: "any", srcAddresses: end(left), srcPorts: anyPort, dstAddresses: end(right),
            dstPorts: anyPort, actionList: ActionListType(simpleAction: .pass))
        _ = try await ensure(client.networkPolicys, tenant.policy, "project") { policy in
            policy.networkPolicyEntries = PolicyEntriesType(policyRule: [rule])
        }
    }

    private func makeNetwork(_ network: DemonstrationPlan.Network, of tenant: DemonstrationPlan.Tenant) async throws(ClientError) {
        let subnet = IpamSubnetType(
            subnet: SubnetType(ipPrefix: network.prefix.network.description, ipPrefixLen: network.prefix.length), addrFromStart: true)
        _ = try await ensure(client.virtualNetworks, tenant.network(network.name), "project") { object in
            object.networkIpamRefs = [Reference(to: Self.ipam, data: VnSubnetsType(ipamSubnets: [subnet]))]
            if tenant.connected != nil {
                let sequence = VirtualNetworkPolicyType(sequence: SequenceType(major: 0, minor: 0))
                object.networkPolicyRefs = [Reference(to: tenant.policy, data: sequence)]
            }
        }
    }

    private func makePort(
        _ workload: DemonstrationPlan.Workload, of tenant: DemonstrationPlan.Tenant
    ) async throws(ClientError) -> Port {
        let machine = try await ensure(client.virtualMachines, [workload.fullName], nil)
        let interfaceName = tenant.project + [workload.fullName]
        let interface = try await ensure(client.virtualMachineInterfaces, interfaceName, "project") { port in
            port.virtualNetworkRefs = [Reference(to: tenant.network(workload.network))]
            port.virtualMachineRefs = [Reference(to: [workload.fullName])]
        }
        let address = try await ensure(client.instanceIps, [workload.fullName], nil) { address in
            address.virtualNetworkRefs = [Reference(to: tenant.network(workload.network))]
            address.virtualMachineInterfaceRefs = [Reference(to: interfaceName)]
        }
        let network = try await client.uuid(ofType: VirtualNetwork.typeName, named: tenant.network(workload.network))
        let project = try await client.uuid(ofType: Project.typeName, named: tenant.project)
        let text = (ip: address.instanceIpAddress, mac: interface.virtualMachineInterfaceMacAddresses?.macAddress?.first)
        guard let ip = text.ip.flatMap({ try? IPv4Address(parsing: $0) }), let mac = text.mac.flatMap({ try? MACAddress(parsing: $0) })
        else { throw ClientError(.malformedReply, "the port \(workload.fullName) has no usable addresses: \(text)") }
        return Port(
            workload: workload, interface: interface.identity.uuid ?? "", machine: machine.identity.uuid ?? "", network: network,
            project: project, address: ip, mac: mac)
    }

    // MARK: Removing

    /// Removes what there is of the demonstration, what refers to others first.
    public func remove() async throws(ClientError) {
        for workload in plan.workloads {
            guard let tenant = plan.tenant(of: workload) else { continue }
            try await delete(client.instanceIps, [workload.fullName])
            try await delete(client.virtualMachineInterfaces, tenant.project + [workload.fullName])
            try await delete(client.virtualMachines, [workload.fullName])
        }
        for host in plan.hosts { try await delete(client.virtualRouters, Self.virtualRouter(host)) }
        for tenant in plan.tenants {
            for network in tenant.networks { try await delete(client.virtualNetworks, tenant.network(network.name)) }
            if tenant.connected != nil { try await delete(client.networkPolicys, tenant.policy) }
            try await delete(client.projects, tenant.project)
        }
    }

    private func delete<Object: ConfigurationObject>(_ collection: Collection<Object>, _ name: [String]) async throws(ClientError) {
        do {
            try await collection.delete(uuid: client.uuid(ofType: Object.typeName, named: name))
        } catch  where error.code == .notFound {
            // Nothing to do.
        }
    }
}
