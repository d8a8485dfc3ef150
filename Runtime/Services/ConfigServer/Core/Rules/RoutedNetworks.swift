// Routed virtual networks: on each device the interface's address, and the protocol by which routes are exchanged with whoever is outside
// the fabric. Of other networks the properties are ignored, and so not checked.

import ConfigurationModel
import NetworkTypes

enum RoutedNetworks {
    private static let key = "virtual_network_routed_properties"

    static func check(_ network: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard try network.value("virtual_network_category", as: VirtualNetworkCategory.self) == .routed,
            let entries = try network.value(key, as: VirtualNetworkRoutedPropertiesType.self)?.routedProperties, !entries.isEmpty
        else { return }
        let mode = try network.value("address_allocation_mode", as: AddressAllocationModeType.self)
        let subnets = try AddressPlan(network: network.identity.uuid, network.references, mode: mode, in: draft)
        var places: Set<[UUIDValue]> = []
        var addresses: [IPAddress: String] = [:]
        for (index, entry) in entries.enumerated() {
            let place = "\(key).routed_properties[\(index)]"
            let device = try object("physical-router", entry.physicalRouterUuid, "\(place).physical_router_uuid", in: draft)
            let router = try object("logical-router", entry.logicalRouterUuid, "\(place).logical_router_uuid", in: draft)
            guard places.insert([device.uuid, router.uuid]).inserted else {
                throw Refusal(
                    400, "\(place) is the second for \(router.joinedName) on \(device.joinedName): put what both say into one")
            }
            let address = try checkAddress(entry.routedInterfaceIpAddress, subnets, "\(place).routed_interface_ip_address")
            if let other = addresses.updateValue(place, forKey: address) {
                throw Refusal(400, "\(place).routed_interface_ip_address \(address) is that of \(other), too: each needs its own")
            }
            _ = try Addresses.parse(entry.loopbackIpAddress, "\(place).loopback_ip_address")
            try checkProtocol(entry, place, in: draft)
        }
    }

    private static func object(_ type: String, _ text: String?, _ place: String, in draft: Draft) throws(Refusal) -> Identity {
        guard let text, !text.isEmpty else { throw Refusal(400, "\(place) is missing: it names a \(type)") }
        guard let number = draft.types.type(named: type)?.number, let uuid = UUIDValue(anySpelling: text),
            let identity = draft.state(uuid)?.identity, identity.type == number
        else { throw Refusal(400, "\(place): there is no \(type) \(text)") }
        return identity
    }

    private static func checkAddress(_ text: String?, _ subnets: AddressPlan, _ place: String) throws(Refusal) -> IPAddress {
        guard let address = try Addresses.parse(text, place) else {
            throw Refusal(400, "\(place) is missing: it is the address of the device's interface in the network")
        }
        guard subnets.subnet(containing: address) != nil else {
            throw Refusal(400, "\(place) \(address) is in no subnet of the network: add the subnet to network_ipam_refs, or correct it")
        }
        return address
    }

    /// The parameters of the protocol are there, and whom they name.
    private static func checkProtocol(_ entry: RoutedProperties, _ place: String, in draft: Draft) throws(Refusal) {
        guard let name = entry.routingProtocol else {
            throw Refusal(400, "\(place).routing_protocol is missing: \(RoutingProtocolType.knownValues.joined(separator: ", "))")
        }
        switch name.rawValue {
        case "bgp":
            let parameters = try required(entry.bgpParams, "\(place).bgp_params", name)
            guard parameters.peerIpAddress != nil || !(parameters.peerIpAddressList ?? []).isEmpty else {
                throw Refusal(400, "\(place).bgp_params names no neighbour: set peer_ip_address_list")
            }
            _ = try required(parameters.peerAutonomousSystem, "\(place).bgp_params.peer_autonomous_system", name)
        case "ospf":
            let parameters = try required(entry.ospfParams, "\(place).ospf_params", name)
            _ = try required(parameters.areaId, "\(place).ospf_params.area_id", name)
        case "pim":
            let parameters = try required(entry.pimParams, "\(place).pim_params", name)
            _ = try required(parameters.rpIpAddress?.first, "\(place).pim_params.rp_ip_address", name)
        default:
            let parameters = try required(entry.staticRouteParams, "\(place).static_route_params", name)
            let tables = "\(place).static_route_params.interface_route_table_uuid"
            _ = try required(parameters.interfaceRouteTableUuid?.first, tables, name)
            _ = try required(parameters.nextHopIpAddress?.first, "\(place).static_route_params.next_hop_ip_address", name)
            for (index, uuid) in (parameters.interfaceRouteTableUuid ?? []).enumerated() {
                _ = try object("interface-route-table", uuid, "\(tables)[\(index)]", in: draft)
            }
        }
        let policies = entry.routingPolicyParams
        for (key, uuids) in [
            ("import_routing_policy_uuid", policies?.importRoutingPolicyUuid),
            ("export_routing_policy_uuid", policies?.exportRoutingPolicyUuid),
        ] {
            for (index, uuid) in (uuids ?? []).enumerated() {
                _ = try object("routing-policy", uuid, "\(place).routing_policy_params.\(key)[\(index)]", in: draft)
            }
        }
    }

    private static func required<Value>(_ value: Value?, _ place: String, _ name: RoutingProtocolType) throws(Refusal) -> Value {
        guard let value else { throw Refusal(400, "\(place) is missing, which the routing_protocol \(name.rawValue) needs") }
        return value
    }
}
