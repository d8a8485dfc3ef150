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
    "MacAddressesType": lambda: vnc_api.MacAddressesType(["02:00:00:00:00:09"]),
    "SubnetType": lambda: vnc_api.SubnetType("10.0.0.0", 24),
    "VnSubnetsType": _subnets,
}

_numbers = itertools.count(1)


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


def _tag(world, tag):
    tag.tag_type_name, tag.tag_value = tag.name, "text"


_NEEDS = {
    "alias-ip": _alias_ip,
    "floating-ip": _floating_ip,
    "instance-ip": _instance_ip,
    "tag": _tag,
    "virtual-machine-interface": _virtual_machine_interface,
}

_NAMES = {
    "route-target": lambda number: f"target:65000:{number}",
    "tag": lambda number: f"sample-{number}=text",
}


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
        """A new object on the server, below a new parent."""
        made = self.prepare(resource_type, parent_type)
        getattr(self.client, f"{made.object_type}_create")(made)
        self.made.append(made)
        return made

    def forget(self, obj):
        """The test has deleted an object itself."""
        self.made.remove(obj)
