// Makes a network with a subnet and two ports, watches until the server has given each port its address, and prints them. It may run again:
// what is there already stays as it is. Takes the address of the configuration server; without one, of that of `make run`.

import Client
import ConfigurationClient
import ConfigurationModel
import NIOTransport
import Resources

let client = try ConfigurationClient(server: CommandLine.arguments.dropFirst().first ?? "127.0.0.1:8082")
let project = try await client.projects.read(name: ["default-domain", "default-project"])
let ipam = try await client.networkIpams.read(name: ["default-domain", "default-project", "default-network-ipam"])

let network = VirtualNetwork("two-ports", below: project) {
    let subnet = IpamSubnetType(subnet: SubnetType(ipPrefix: "10.7.0.0", ipPrefixLen: 24))
    $0.networkIpamRefs = [Reference(to: ipam, data: VnSubnetsType(ipamSubnets: [subnet]))]
}
try await client.virtualNetworks.ensure(network)

var missing: Set = ["two-ports-a", "two-ports-b"]
watching: for try await event in client.instanceIps.watch() {
    if case .synchronized = event {
        for name in missing.sorted() {
            let port = VirtualMachineInterface(name, below: project) { $0.virtualNetworkRefs = [Reference(to: network)] }
            try await client.virtualMachineInterfaces.ensure(port)
            try await client.instanceIps.ensure(
                InstanceIp(name) {
                    $0.virtualNetworkRefs = [Reference(to: network)]
                    $0.virtualMachineInterfaceRefs = [Reference(to: port)]
                })
        }
    }
    if let address = event.object, let name = address.identity.name, missing.remove(name) != nil {
        print(name, address.instanceIpAddress ?? "has no address")
    }
    if missing.isEmpty { break watching }
}
