"""The package against a real configuration server, at API_HOST and API_PORT of the environment: every type, property and reference.

    Tests/Interop/with-api-server pytest Tests/Python/test_configuration_server.py
"""

import uuid

import pytest
import samples
from api_server import ARGUMENTS
from vnc_api import vnc_api
from vnc_api.resource import resource_class, resource_types
from vnc_api.structure import to_json

# The root is nobody's to make.
TYPES = [kind for kind in resource_types() if kind != "config-root"]
PLACES = [(kind, parent) for kind in TYPES if kind not in samples.SINGLE for parent in resource_class(kind).parent_types]
PROPERTIES = [(kind, name) for kind in TYPES for name in sorted(resource_class(kind).prop_fields)]
REFERENCES = [(kind, name) for kind in TYPES for name in sorted(resource_class(kind).ref_fields)]

# Properties that the server gives or keeps as they are, and what it says to those who set them.
SYSTEM = {
    **{
        (kind, "draft_mode_state"): "is only readable"
        for kind in ("address-group", "application-policy-set", "firewall-policy", "firewall-rule", "service-group")
    },
    ("data-center-interconnect", "data_center_interconnect_mode"): "is settled when it is made",
    ("data-center-interconnect", "data_center_interconnect_type"): "is settled when it is made",
    ("logical-interface", "display_name"): "is settled when it is made",
    ("network-ipam", "ipam_subnetting"): "is settled when it is made",
    ("physical-interface", "display_name"): "is settled when it is made",
    ("application-policy-set", "all_applications"): "'all-applications' flag is read-only",
    ("floating-ip-pool", "floating_ip_pool_subnets"): "was not found in virtual-network",
    ("logical-router", "logical_router_type"): "Logical Router Type can not be updated",
    ("network-ipam", "ipam_subnet_method"): "cannot change; create another network-ipam",
    ("network-ipam", "ipam_subnets"): "only for a network-ipam whose ipam_subnet_method is flat-subnet",
    ("security-group", "security_group_id"): "it is given by the system; set configured_security_group_id instead",
    **{("tag", name): "cannot be updated" for name in ("display_name", "tag_id", "tag_type_name", "tag_value")},
    **{("tag-type", name): "cannot be updated" for name in ("display_name", "tag_type_id")},
    ("virtual-machine-interface", "virtual_machine_interface_properties"): "sub_interface_vlan_tag cannot change",
    ("virtual-network", "virtual_network_network_id"): "it is given by the system",
}

# References that the server refuses, to an object that is as samples make it; and those that must not be taken away.
REFUSED = {
    ("address-group", "tag_refs"): "it can only have labels",
    ("firewall-rule", "address_group_refs"): "Cannot directly define address-group references from a Firewall Rule",
    ("firewall-rule", "service_group_refs"): "cannot have both defined 'service' property and Service Group reference(s)",
    ("firewall-rule", "tag_refs"): "Cannot directly define tag references from a Firewall Rule",
    ("bgp-router", "control_node_zone_refs"): "BgpRouter type should be 'control-node' to refer control-node-zone",
    ("instance-ip", "network_ipam_refs"): "or of a virtual-router or network-ipam, not of both",
    ("instance-ip", "virtual_router_refs"): "or of a virtual-router or network-ipam, not of both",
    ("tag", "tag_type_refs"): "Tag-type reference cannot be updated",
    ("virtual-machine-interface", "bridge_domain_refs"): "can only refer to bridge domain belonging to virtual network",
    ("virtual-network", "virtual_network_refs"): "can connect only to one provider VN",
}
NEEDED = {("virtual-machine-interface", "virtual_network_refs"): "needs virtual_network_refs"}

# References that the server adds itself to those that are set.
ADDED = {("virtual-machine-interface", "routing_instance_refs")}

# Data of references that the server gives.
GIVEN = {("virtual-port-group", "physical_interface_refs")}


@pytest.fixture(scope="module")
def client():
    with vnc_api.VncApi(**ARGUMENTS) as client:
        yield client


@pytest.fixture
def world(client):
    with samples.World(client) as world:
        yield world


@pytest.fixture(scope="module")
def standing(client):
    """What the tests of properties and references share."""
    with samples.World(client) as world:
        yield world


def refused(text, call, *arguments):
    with pytest.raises((vnc_api.BadRequest, vnc_api.PermissionDenied)) as caught:
        call(*arguments)
    assert text in str(caught.value)


def operation(client, cls, name):
    return getattr(client, f"{cls.object_type}_{name}")


@pytest.mark.parametrize(("kind", "parent"), PLACES, ids=lambda value: value)
def test_every_type_below_every_parent(client, world, kind, parent):
    cls = resource_class(kind)
    made = world.make(kind, parent)
    assert uuid.UUID(made.uuid)

    # Read
    read = operation(client, cls, "read")(id=made.uuid)
    assert type(read) is cls and read.fq_name == made.fq_name and read.uuid == made.uuid
    assert read.display_name == made.name
    assert read.parent_type == (None if parent == "config-root" else parent)
    by_name = operation(client, cls, "read")(fq_name=made.fq_name, fields=["display_name"])
    assert (by_name.uuid, by_name.display_name) == (made.uuid, made.name)

    # Update
    title = read.display_name if (kind, "display_name") in SYSTEM else "another"
    read.display_name = title
    read.add_annotations(vnc_api.KeyValuePair("key", "value"))
    operation(client, cls, "update")(read)
    again = operation(client, cls, "read")(id=made.uuid)
    assert again.display_name == title and again.annotations.key_value_pair == [vnc_api.KeyValuePair("key", "value")]

    # List
    list_all = getattr(client, f"{cls.object_type}s_list")
    place = {} if parent == "config-root" else {"parent_id": again.parent_uuid}
    listed = list_all(**place)[f"{kind}s"]
    assert made.uuid in [entry["uuid"] for entry in listed]
    assert list_all(**place, count=True) == {f"{kind}s": {"count": len(listed)}}
    (detailed,) = [each for each in list_all(**place, detail=True) if each.uuid == made.uuid]
    assert type(detailed) is cls and detailed.display_name == title
    if parent != "config-root":
        owner_class = resource_class(parent)
        owner = operation(client, owner_class, "read")(id=again.parent_uuid)
        assert made.uuid in [child.uuid for child in getattr(owner, f"get_{cls.object_type}s")()]

    # Delete
    operation(client, cls, "delete")(id=made.uuid)
    world.forget(made)
    with pytest.raises(vnc_api.NoIdError):
        operation(client, cls, "read")(id=made.uuid)
    assert made.uuid not in [entry["uuid"] for entry in list_all(**place)[f"{kind}s"]]


@pytest.mark.parametrize(("kind", "name"), PROPERTIES, ids=lambda value: value)
def test_every_property(client, standing, kind, name):
    cls = resource_class(kind)
    identity = standing.some(kind).uuid
    made = operation(client, cls, "read")(id=identity, fields=[name])
    before = getattr(made, name)
    value = samples.property_value(kind, name)
    setattr(made, name, value)
    if (kind, name) in SYSTEM:
        refused(SYSTEM[kind, name], operation(client, cls, "update"), made)
        return
    operation(client, cls, "update")(made)
    stored = getattr(operation(client, cls, "read")(id=identity, fields=[name]), name)
    if name == "id_perms":
        # Two of its members are for users to change; the others say what the server knows.
        assert (stored.enable, stored.description, stored.uuid.uuid_mslong) == (True, "text", uuid.UUID(identity).int >> 64)
    else:
        assert type(stored) is type(value) and to_json(stored) == to_json(value)
    setattr(made, name, before)
    operation(client, cls, "update")(made)
    stored = getattr(operation(client, cls, "read")(id=identity, fields=[name]), name)
    if name != "id_perms":
        assert to_json(stored) == to_json(before)


@pytest.mark.parametrize(("kind", "name"), REFERENCES, ids=lambda value: value)
def test_every_reference(client, world, standing, kind, name):
    cls = resource_class(kind)
    target_type, data_type, _ = cls.ref_field_types[name][:3]
    noun = name[: -len("_refs")]
    target = world.make(target_type) if target_type == kind else standing.some(target_type)
    made = operation(client, cls, "read")(id=standing.some(kind).uuid)
    data = () if data_type == "None" or (kind, name) in GIVEN else (samples.value(data_type),)
    before = [each.uuid for each in getattr(made, f"get_{noun}_refs")() or []]
    getattr(made, f"set_{noun}")(target, *data)
    if (kind, name) in REFUSED:
        refused(REFUSED[kind, name], operation(client, cls, "update"), made)
        return
    operation(client, cls, "update")(made)

    stored = operation(client, cls, "read")(id=made.uuid)
    references = getattr(stored, f"get_{noun}_refs")()
    if (kind, name) in ADDED:
        references = [each for each in references if each.uuid not in before]
    (reference,) = references
    assert (reference.uuid, reference.to) == (target.uuid, target.fq_name)
    assert reference.href.endswith(f"/{target_type}/{target.uuid}")
    if data:
        assert to_json(reference.attr) == to_json(data[0])
    if target_type != kind:
        target = operation(client, resource_class(target_type), "read")(id=target.uuid)
        assert made.uuid in [each.uuid for each in getattr(target, f"get_{cls.object_type}_back_refs")()]

    getattr(stored, f"del_{noun}")(target)
    if (kind, name) in NEEDED:
        refused(NEEDED[kind, name], operation(client, cls, "update"), stored)
    else:
        operation(client, cls, "update")(stored)
        left = getattr(operation(client, cls, "read")(id=made.uuid), f"get_{noun}_refs")() or []
        assert [each.uuid for each in left] == (before if (kind, name) in ADDED else [])
    if before:
        stored = operation(client, cls, "read")(id=made.uuid)
        getattr(stored, f"set_{noun}_list")([{"uuid": each} for each in before])
        operation(client, cls, "update")(stored)


def test_the_root_is_not_made(client):
    with pytest.raises(vnc_api.BadRequest, match="cannot be created"):
        client.config_root_create(vnc_api.ConfigRoot())


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"mtu": "large"}, 'Bad property in create: mtu: expected an integer, found "large"; write digits only, such as 64'),
        ({"mtu": 100_000}, "Bad property in create: mtu: 100000 is outside 0…9216; the greatest value is 9216"),
        (
            {"flood_unknown_unicast": "true"},
            "Bad property in create: flood_unknown_unicast: expected a boolean, found a string; write true or false, without quotes",
        ),
        (
            {"virtual_network_category": "rooted"},
            'Bad property in create: virtual_network_category: "rooted" is not an allowed value; did you mean routed? '
            "allowed: infra, tenant, internal, routed",
        ),
        ({"display_name": 3}, "Bad property in create: display_name: expected a string, found a number"),
    ],
)
def test_the_server_says_what_is_wrong(client, standing, properties, text):
    network = vnc_api.VirtualNetwork("wrong", standing.some("project"), **properties)
    with pytest.raises(vnc_api.BadRequest) as caught:
        client.virtual_network_create(network)
    assert str(caught.value) == text and caught.value.request_line == "POST /virtual-networks"
