"""Objects and values of every type, made from what the package itself says about the schema.

A value has every member set, to something that the schema's patterns and ranges allow. An object has the least that the server wants of
its type: ``_NEEDS`` lists what that is beyond a name and a parent.
"""

import itertools
import uuid

from vnc_api import vnc_api
from vnc_api.resource import resource_class
from vnc_api.structure import describe_type, structure_named

# Types whose values have a form that the package does not know; the server checks it.
_TEXTS = {
    "IpAddress": "10.0.0.9",
    "IpAddressType": "10.0.0.9",
    "ObjectIdentifier": "1.3.6.1",
    "ServiceInterfaceType": "left",
    "U16BitHexInt": "0x00ff",
    "U32BitHexInt": "0x000000ff",
    "UuidStringType": "00000000-0000-4000-8000-000000000009",
    "dateTime": "2026-01-02T03:04:05",
    "time": "03:04:05",
}


def _subnets():
    """Subnets that the server has nothing to add to or to find wrong."""
    subnet = value("IpamSubnetType")
    subnet.default_gateway, subnet.dns_server_address = "10.0.0.1", "10.0.0.2"
    subnet.dns_nameservers = ["10.0.0.3"]
    subnet.allocation_pools = [vnc_api.AllocationPoolType("10.0.0.16", "10.0.0.31", False)]
    subnet.subnet_uuid = _TEXTS["UuidStringType"]
    return vnc_api.VnSubnetsType([subnet], value("RouteTableType"))


# Structures whose members have to fit each other.
_STRUCTURES = {
    "AlarmOrList": lambda: vnc_api.AlarmOrList(
        [vnc_api.AlarmAndList([vnc_api.AlarmExpression("==", "text", vnc_api.AlarmOperand2(json_value="1"), ["text"])])]
    ),
    "FirewallRuleEndpointType": lambda: vnc_api.FirewallRuleEndpointType(any=True),
    "FirewallRuleMatchTagsType": lambda: vnc_api.FirewallRuleMatchTagsType(["site"]),
    "FirewallServiceType": lambda: vnc_api.FirewallServiceType("tcp", 6, value("PortType"), value("PortType")),
    "VirtualDnsRecordType": lambda: vnc_api.VirtualDnsRecordType("text", "A", "IN", "10.0.0.9", 1, 1, "text"),
    "RouteFilterProperties": lambda: vnc_api.RouteFilterProperties("10.0.0.0/8", "through", "10.1.0.0/16"),
    "RouteTargetList": lambda: vnc_api.RouteTargetList(["target:65000:9"]),
    "MacAddressesType": lambda: vnc_api.MacAddressesType(["02:00:00:00:00:09"]),
    "SubnetType": lambda: vnc_api.SubnetType("10.0.0.0", 24),
    "VnSubnetsType": _subnets,
}


def _dns_data():
    data = value("VirtualDnsType")
    data.next_virtual_DNS = "10.0.0.9"
    return data


def _network_properties():
    properties = value("VirtualNetworkType")
    # Networks have identifiers of their own, out of the numbers that the server gives them.
    properties.vxlan_network_identifier = 1_000_000 + next(_numbers)
    return properties


def _policy_statement():
    statement = value("PolicyStatementType")
    for term in statement.term:
        term.term_action_list.as_path_expand = term.term_action_list.as_path_prepend = "65001 65002"
    return statement


def _storm_control():
    parameters = value("StormControlParameters")
    parameters.recovery_timeout, parameters.no_multicast, parameters.no_registered_multicast = 10, False, False
    return parameters


# Properties of one type whose rules differ from those of its namesakes.
_PROPERTIES = {
    ("firewall-rule", "action_list"): lambda: vnc_api.ActionListType("pass"),
    # Default profiles are nobody's to make.
    **{(f"{kind}-profile", f"{kind}_profile_is_default"): lambda: False for kind in ("grpc", "netconf", "sflow", "snmp", "telemetry")},
    ("logical-router", "vxlan_network_identifier"): lambda: "77",
    ("physical-interface", "ethernet_segment_identifier"): lambda: "00:11:22:33:44:55:66:77:88:99",
    ("route-aggregate", "aggregate_route_entries"): lambda: vnc_api.RouteListType(["10.0.0.0/8"]),
    ("routing-policy", "routing_policy_entries"): _policy_statement,
    ("storm-control-profile", "storm_control_parameters"): _storm_control,
    # Once it provides, a network does not stop.
    ("virtual-network", "is_provider_network"): lambda: False,
    # It has route targets at the same time.
    ("virtual-network", "multi_policy_service_chains_enabled"): lambda: False,
    ("virtual-network", "virtual_network_properties"): _network_properties,
    # Sessions keep the range from shrinking.
    ("global-system-config", "bgpaas_parameters"): lambda: vnc_api.BGPaaServiceParametersType(50000, 50512),
    ("network-policy", "network_policy_entries"): lambda: vnc_api.PolicyEntriesType([_rule(action_list=vnc_api.ActionListType("pass"))]),
    ("virtual-DNS", "virtual_DNS_data"): _dns_data,
    ("security-group", "security_group_entries"): lambda: vnc_api.PolicyEntriesType(
        [_rule(dst_addresses=[vnc_api.AddressType(security_group="local")])]
    ),
}

_numbers = itertools.count(1)


def _rule(**members):
    return vnc_api.PolicyRuleType(rule_uuid=_TEXTS["UuidStringType"], protocol="tcp", **members)


def property_value(kind, name):
    """A value that a property of a type of objects may have."""
    if (kind, name) in _PROPERTIES:
        return _PROPERTIES[kind, name]()
    return value(resource_class(kind)._properties()[name].type_name)


def value(type_name, depth=0):
    """A value of a type of the schema, down to the sixth level: some types contain themselves."""
    if type_name in _TEXTS:
        return _TEXTS[type_name]
    if type_name in _STRUCTURES:
        return _STRUCTURES[type_name]()
    structure = structure_named(type_name)
    if structure is not None:
        members = structure._members if depth < 6 else ()
        values = ((member, value(member.type_name, depth + 1)) for member in members)
        return structure(**{member.name: [each] if member.many else each for member, each in values})
    kind = describe_type(type_name)
    if kind.restriction_type == "enum":
        return kind.restrictions[-1]
    if kind.restriction_type == "range":
        return next(bound for bound in kind.restrictions if bound is not None)
    return {"string": "text", "boolean": True}.get(kind.scalar, 1)


def _virtual_machine_interface(world, port):
    port.set_virtual_network(world.make("virtual-network"))


def _instance_ip(world, address):
    # The network has no subnets, so the address must be named.
    address.set_virtual_network(world.make("virtual-network"))
    address.instance_ip_address = _TEXTS["IpAddressType"]


def _floating_ip(world, address):
    # Below an instance-ip it is that one's.
    if address.parent_type == "floating-ip-pool":
        address.floating_ip_address = _TEXTS["IpAddressType"]


def _alias_ip(world, address):
    address.alias_ip_address = _TEXTS["IpAddressType"]


def _host_based_service(world, service):
    # A project has none unless its quota says so.
    project = world.client.project_read(fq_name=service.fq_name[:-1])
    project.set_quota(vnc_api.QuotaType(host_based_service=1))
    world.client.project_update(project)


def _alarm(world, alarm):
    alarm.alarm_rules = value("AlarmOrList")


def _firewall_rule(world, rule):
    rule.service = value("FirewallServiceType")


def _tag(world, tag):
    tag.tag_type_name, tag.tag_value = tag.name.split("=")


def _settled(*names):
    """What is settled when an object is made, or when it is first set, has its value from the start."""

    def prepare(world, obj):
        for name in names:
            setattr(obj, name, property_value(obj.object_type.replace("_", "-"), name))

    return prepare


_NEEDS = {
    "bgp-as-a-service": _settled("bgpaas_shared", "bgpaas_ip_address"),
    "fabric": _settled("fabric_enterprise_style"),
    "loadbalancer-healthmonitor": _settled("loadbalancer_healthmonitor_properties"),
    "logical-interface": _settled("logical_interface_vlan_tag"),
    "physical-interface": _settled("physical_interface_type"),
    "routing-policy": _settled("term_type"),
    "sub-cluster": _settled("sub_cluster_asn"),
    "virtual-port-group": _settled("virtual_port_group_trunk_port_id"),
    "alarm": _alarm,
    "alias-ip": _alias_ip,
    "firewall-rule": _firewall_rule,
    "floating-ip": _floating_ip,
    "host-based-service": _host_based_service,
    "instance-ip": _instance_ip,
    "tag": _tag,
    "virtual-machine-interface": _virtual_machine_interface,
}

_NAMES = {
    "route-target": lambda number: f"target:65000:{number}",
    "tag": lambda number: f"sample-{number}=value",
}


# Of these there is one, which the server made.
SINGLE = {"global-system-config": ["default-global-system-config"]}


class World:
    """What a test made on a server; leaving it deletes all of it, the last first."""

    def __init__(self, client):
        self.client = client
        self.made = []
        self.standing = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self.made:
            made = self.made.pop()
            getattr(self.client, f"{made.object_type}_delete")(id=made.uuid)

    def some(self, resource_type):
        """The object of a type that tests share; they leave it as they find it."""
        if resource_type not in self.standing:
            self.standing[resource_type] = self.make(resource_type)
        return self.standing[resource_type]

    def prepare(self, resource_type, parent_type=None):
        """An object that can be created, below a new parent."""
        cls = resource_class(resource_type)
        parent_type = parent_type or cls.parent_types[0]
        number = next(_numbers)
        name = _NAMES.get(resource_type, lambda number: f"sample-{number}-{uuid.uuid4()}")(number)
        made = cls(name, vnc_api.ConfigRoot() if parent_type == "config-root" else self.make(parent_type))
        _NEEDS.get(resource_type, lambda world, obj: None)(self, made)
        return made

    def make(self, resource_type, parent_type=None):
        """A new object on the server, below a new parent; or the only one there is."""
        if resource_type in SINGLE:
            return getattr(self.client, f"{resource_class(resource_type).object_type}_read")(fq_name=SINGLE[resource_type])
        made = self.prepare(resource_type, parent_type)
        getattr(self.client, f"{made.object_type}_create")(made)
        self.made.append(made)
        return made

    def forget(self, obj):
        """The test has deleted an object itself."""
        self.made.remove(obj)
