// The benchmark's document, and the same types as Foundation users would write them. Member names are the JSON keys: a CodingKeys
// enumeration would only slow Codable down.

// swift-format-ignore-file

struct MirrorNetwork: Codable {
    var uuid: String?
    var name: String?
    var fq_name: [String]?
    var parent_type: String?
    var parent_uuid: String?
    var href: String?
    var id_perms: MirrorIdPerms?
    var perms2: MirrorPerms2?
    var annotations: MirrorAnnotations?
    var display_name: String?
    var virtual_network_category: String?
    var virtual_network_properties: MirrorVirtualNetworkProperties?
    var ecmp_hashing_include_fields: MirrorEcmpHashingIncludeFields?
    var provider_properties: MirrorProviderProperties?
    var is_provider_network: Bool?
    var virtual_network_network_id: Int?
    var port_security_enabled: Bool?
    var fabric_snat: Bool?
    var route_target_list: MirrorRouteTargetList?
    var import_route_target_list: MirrorImportRouteTargetList?
    var export_route_target_list: MirrorExportRouteTargetList?
    var router_external: Bool?
    var is_shared: Bool?
    var mtu: Int?
    var external_ipam: Bool?
    var flood_unknown_unicast: Bool?
    var multi_policy_service_chains_enabled: Bool?
    var address_allocation_mode: String?
    var virtual_network_fat_flow_protocols: MirrorVirtualNetworkFatFlowProtocols?
    var mac_learning_enabled: Bool?
    var mac_limit_control: MirrorMacLimitControl?
    var mac_move_control: MirrorMacMoveControl?
    var mac_aging_time: Int?
    var pbb_evpn_enable: Bool?
    var pbb_etree_enable: Bool?
    var layer2_control_word: Bool?
    var igmp_enable: Bool?
    var mac_ip_learning_enable: Bool?
    var network_ipam_refs: [MirrorNetworkIpamRefs]?
    var network_policy_refs: [MirrorNetworkPolicyRefs]?
}

struct MirrorAnnotations: Codable {
    var key_value_pair: [MirrorKeyValuePair]?
}

struct MirrorEcmpHashingIncludeFields: Codable {
    var hashing_configured: Bool?
    var source_ip: Bool?
    var destination_ip: Bool?
    var ip_protocol: Bool?
    var source_port: Bool?
    var destination_port: Bool?
}

struct MirrorExportRouteTargetList: Codable {
    var route_target: [String]?
}

struct MirrorIdPerms: Codable {
    var permissions: MirrorPermissions?
    var uuid: MirrorUuid?
    var enable: Bool?
    var created: String?
    var last_modified: String?
    var description: String?
    var user_visible: Bool?
    var creator: String?
}

struct MirrorImportRouteTargetList: Codable {
    var route_target: [String]?
}

struct MirrorMacLimitControl: Codable {
    var mac_limit: Int?
    var mac_limit_action: String?
}

struct MirrorMacMoveControl: Codable {
    var mac_move_limit: Int?
    var mac_move_time_window: Int?
    var mac_move_limit_action: String?
}

struct MirrorNetworkIpamRefs: Codable {
    var to: [String]?
    var uuid: String?
    var href: String?
    var attr: MirrorAttr?
}

struct MirrorNetworkPolicyRefs: Codable {
    var to: [String]?
    var uuid: String?
    var href: String?
    var attr: MirrorAttr?
}

struct MirrorPerms2: Codable {
    var owner: String?
    var owner_access: Int?
    var global_access: Int?
    var share: [MirrorShare]?
}

struct MirrorProviderProperties: Codable {
    var segmentation_id: Int?
    var physical_network: String?
}

struct MirrorRouteTargetList: Codable {
    var route_target: [String]?
}

struct MirrorVirtualNetworkFatFlowProtocols: Codable {
    var fat_flow_protocol: [MirrorFatFlowProtocol]?
}

struct MirrorVirtualNetworkProperties: Codable {
    var allow_transit: Bool?
    var network_id: Int?
    var vxlan_network_identifier: Int?
    var forwarding_mode: String?
    var rpf: String?
    var mirror_destination: Bool?
    var max_flows: Int?
    var mtu: Int?
}

struct MirrorAttr: Codable {
    var ipam_subnets: [MirrorIpamSubnets]?
    var sequence: MirrorSequence?
}

struct MirrorFatFlowProtocol: Codable {
    var `protocol`: String?
    var port: Int?
    var ignore_address: String?
}

struct MirrorKeyValuePair: Codable {
    var key: String?
    var value: String?
}

struct MirrorPermissions: Codable {
    var owner: String?
    var owner_access: Int?
    var group: String?
    var group_access: Int?
    var other_access: Int?
}

struct MirrorShare: Codable {
    var tenant: String?
    var tenant_access: Int?
}

struct MirrorUuid: Codable {
    var uuid_mslong: Int?
    var uuid_lslong: Int?
}

struct MirrorIpamSubnets: Codable {
    var subnet: MirrorSubnet?
    var default_gateway: String?
    var dns_server_address: String?
    var subnet_uuid: String?
    var enable_dhcp: Bool?
    var addr_from_start: Bool?
    var subnet_name: String?
}

struct MirrorSequence: Codable {
    var major: Int?
    var minor: Int?
}

struct MirrorSubnet: Codable {
    var ip_prefix: String?
    var ip_prefix_len: Int?
}

enum MirrorDocument {
    static let json = #"""
    {
     "uuid": "3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a001",
     "name": "blue",
     "fq_name": [
      "default-domain",
      "admin",
      "blue"
     ],
     "parent_type": "project",
     "parent_uuid": "3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a002",
     "href": "http://127.0.0.1:8082/virtual-network/3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a001",
     "id_perms": {
      "permissions": {
       "owner": "admin",
       "owner_access": 7,
       "group": "admin-group",
       "group_access": 7,
       "other_access": 7
      },
      "uuid": {
       "uuid_mslong": 4255902345713634256,
       "uuid_lslong": 10325647182736451
      },
      "enable": true,
      "created": "2026-11-24T03:01:06.123456",
      "last_modified": "2026-11-24T03:01:06.123456",
      "description": "blue network of the front end",
      "user_visible": true,
      "creator": "test"
     },
     "perms2": {
      "owner": "cloud-admin",
      "owner_access": 7,
      "global_access": 0,
      "share": [
       {
        "tenant": "tenant:3b1f5a64",
        "tenant_access": 5
       }
      ]
     },
     "annotations": {
      "key_value_pair": [
       {
        "key": "colour",
        "value": "blue"
       },
       {
        "key": "team",
        "value": "front end"
       }
      ]
     },
     "display_name": "blue",
     "virtual_network_category": "tenant",
     "virtual_network_properties": {
      "allow_transit": false,
      "network_id": 17,
      "vxlan_network_identifier": 4711,
      "forwarding_mode": "l2_l3",
      "rpf": "enable",
      "mirror_destination": false,
      "max_flows": 0,
      "mtu": 9000
     },
     "ecmp_hashing_include_fields": {
      "hashing_configured": true,
      "source_ip": true,
      "destination_ip": true,
      "ip_protocol": true,
      "source_port": true,
      "destination_port": true
     },
     "provider_properties": {
      "segmentation_id": 100,
      "physical_network": "physnet1"
     },
     "is_provider_network": false,
     "virtual_network_network_id": 17,
     "port_security_enabled": true,
     "fabric_snat": false,
     "route_target_list": {
      "route_target": [
       "target:64512:100",
       "target:64512:101"
      ]
     },
     "import_route_target_list": {
      "route_target": [
       "target:64512:200"
      ]
     },
     "export_route_target_list": {
      "route_target": [
       "target:64512:300"
      ]
     },
     "router_external": false,
     "is_shared": false,
     "mtu": 9000,
     "external_ipam": false,
     "flood_unknown_unicast": false,
     "multi_policy_service_chains_enabled": false,
     "address_allocation_mode": "user-defined-subnet-only",
     "virtual_network_fat_flow_protocols": {
      "fat_flow_protocol": [
       {
        "protocol": "tcp",
        "port": 443,
        "ignore_address": "none"
       }
      ]
     },
     "mac_learning_enabled": false,
     "mac_limit_control": {
      "mac_limit": 100,
      "mac_limit_action": "log"
     },
     "mac_move_control": {
      "mac_move_limit": 10,
      "mac_move_time_window": 10,
      "mac_move_limit_action": "alarm"
     },
     "mac_aging_time": 300,
     "pbb_evpn_enable": false,
     "pbb_etree_enable": false,
     "layer2_control_word": false,
     "igmp_enable": false,
     "mac_ip_learning_enable": false,
     "network_ipam_refs": [
      {
       "to": [
        "default-domain",
        "admin",
        "default-network-ipam"
       ],
       "uuid": "3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a003",
       "href": "http://127.0.0.1:8082/network-ipam/3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a003",
       "attr": {
        "ipam_subnets": [
         {
          "subnet": {
           "ip_prefix": "10.1.0.0",
           "ip_prefix_len": 24
          },
          "default_gateway": "10.1.0.254",
          "dns_server_address": "10.1.0.253",
          "subnet_uuid": "3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a004",
          "enable_dhcp": true,
          "addr_from_start": false,
          "subnet_name": "front"
         }
        ]
       }
      }
     ],
     "network_policy_refs": [
      {
       "to": [
        "default-domain",
        "admin",
        "web"
       ],
       "uuid": "3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a005",
       "href": "http://127.0.0.1:8082/network-policy/3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a005",
       "attr": {
        "sequence": {
         "major": 0,
         "minor": 0
        }
       }
      }
     ]
    }
    """#
}
