"""Objects: their place in the tree, their properties and references, JSON. No server."""

import inspect

import pytest
from vnc_api import vnc_api
from vnc_api.gen import resource_client, resource_common

CLASSES = [getattr(resource_client, name) for name in resource_client.__all__]


def test_the_place_in_the_tree_follows_from_the_parent(project):
    network = vnc_api.VirtualNetwork("front", project)
    assert network.fq_name == ["default-domain", "admin", "front"]
    assert network.get_fq_name_str() == "default-domain:admin:front"
    assert (network.parent_type, network.parent_name, network.parent_uuid) == ("project", "admin", project.uuid)
    assert network.get_parent_fq_name() == ["default-domain", "admin"]
    assert network.get_parent_fq_name_str() == "default-domain:admin"
    assert (network.get_type(), network.object_type, network.resource_type) == ("virtual-network", "virtual_network", "virtual-network")


def test_without_a_parent_it_is_the_default_one():
    assert vnc_api.VirtualNetwork("front").fq_name == ["default-domain", "default-project", "front"]
    assert vnc_api.VirtualNetwork().fq_name == ["default-domain", "default-project", "default-virtual-network"]


def test_the_root_is_not_mentioned():
    for domain in (vnc_api.Domain("home"), vnc_api.Domain("home", vnc_api.ConfigRoot())):
        assert (domain.fq_name, domain.parent_type, domain.get_parent_fq_name()) == (["home"], None, None)


def test_the_root_is_a_parent_where_there_are_others():
    """Names do not tell a tag of the whole installation from one of a project; the server wants to know."""
    for tag in (
        vnc_api.Tag("tier=web"),
        vnc_api.Tag("tier=web", vnc_api.ConfigRoot()),
        vnc_api.Tag("tier=web", parent_type="config-root"),
        vnc_api.Tag(fq_name=["tier=web"]),
    ):
        assert (tag.fq_name, tag.parent_type, tag.get_parent_fq_name()) == (["tier=web"], "config-root", None)
        assert tag.to_json()["parent_type"] == "config-root"
    tag = vnc_api.Tag(fq_name=["home", "admin", "tier=web"], parent_type="project")
    assert tag.to_json()["parent_type"] == "project"


def test_a_name_can_be_given_in_full():
    network = vnc_api.VirtualNetwork(fq_name=["home", "admin", "front"], uuid="u")
    assert (network.name, network.parent_type, network.get_uuid()) == ("front", "project", "u")
    access_list = vnc_api.AccessControlList(fq_name=["d", "p", "n", "list"], parent_type="virtual-network")
    assert access_list.parent_type == "virtual-network"


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (
            lambda p: vnc_api.AccessControlList("list"),
            "AccessControlList lives below security-group or virtual-network: say which with parent_obj=, or with fq_name= and parent_type=",
        ),
        (lambda p: vnc_api.VirtualNetwork("n", vnc_api.Domain()), "VirtualNetwork lives below project, not below domain"),
        (
            lambda p: vnc_api.VirtualNetwork("n", p, flood_unknown_unicst=True),
            "VirtualNetwork has no property 'flood_unknown_unicst'; did you mean 'flood_unknown_unicast'? there are: fq_name, parent_type, ",
        ),
    ],
)
def test_mistakes_are_told(project, attempt, text):
    with pytest.raises(TypeError) as caught:
        attempt(project)
    assert str(caught.value).startswith(text)


def test_other_attributes_are_allowed_with_a_warning(project):
    """Some scripts keep notes with an object; one that looks like a field is a mistake (test_mistakes.py)."""
    network = vnc_api.VirtualNetwork("front", project)
    with pytest.warns(UserWarning) as caught:
        network.colour = "blue"
    assert str(caught[0].message) == "VirtualNetwork has no field 'colour': the server will not see it"
    assert network.colour == "blue" and "colour" not in network.to_json()


def test_properties_are_attributes_and_methods(project):
    network = vnc_api.VirtualNetwork("front", project, flood_unknown_unicast=True)
    assert network.flood_unknown_unicast is True and network.get_flood_unknown_unicast() is True
    network.set_display_name("Front")
    assert network.display_name == "Front"
    network.virtual_network_properties = {"forwarding_mode": "l2"}
    assert network.virtual_network_properties == vnc_api.VirtualNetworkType(forwarding_mode="l2")


def test_what_is_not_set_has_the_default_of_the_schema_and_is_not_sent(project):
    network = vnc_api.VirtualNetwork("front", project)
    assert (network.port_security_enabled, network.mac_aging_time, network.is_shared) == (True, 300, None)
    assert network.to_json() == {
        "fq_name": ["default-domain", "admin", "front"],
        "parent_type": "project",
        "parent_uuid": project.uuid,
    }


def test_references_are_dictionaries_with_types(project, ipam):
    network = vnc_api.VirtualNetwork("front", project)
    assert network.get_network_ipam_refs() is None and network.network_ipam_refs == []
    data = vnc_api.VnSubnetsType([vnc_api.IpamSubnetType(vnc_api.SubnetType("10.0.0.0", 8))])
    network.add_network_ipam(ipam, data)
    (reference,) = network.get_network_ipam_refs()
    assert reference["to"] == reference.to == ["default-domain", "admin", "addresses"]
    assert reference["uuid"] == reference.uuid == ipam.uuid
    assert reference["attr"] is reference.attr is data
    assert network.to_json(["network_ipam_refs"])["network_ipam_refs"] == [
        {"to": ipam.fq_name, "uuid": ipam.uuid, "attr": data.to_json()}
    ]


def test_adding_a_reference_again_replaces_its_data(project, ipam):
    network = vnc_api.VirtualNetwork("front", project)
    network.add_network_ipam(ipam, vnc_api.VnSubnetsType())
    network.add_network_ipam(ipam, vnc_api.VnSubnetsType([vnc_api.IpamSubnetType()]))
    assert [len(reference.attr.ipam_subnets) for reference in network.network_ipam_refs] == [1]


def test_setting_and_deleting_references(project, policy):
    other = vnc_api.NetworkPolicy("other", project)
    network = vnc_api.VirtualNetwork("front", project)
    network.set_network_policy_list([policy, other], [vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(1, 0)), None])
    network.del_network_policy(policy)
    assert [reference.to[-1] for reference in network.network_policy_refs] == ["other"]
    network.set_network_policy(policy)
    assert [reference.to[-1] for reference in network.network_policy_refs] == ["web"]
    with pytest.raises(ValueError, match="network_policy_refs: 1 objects and 2 values"):
        network.set_network_policy_list([policy], [None, None])
    with pytest.raises(TypeError, match="a reference leads to an object"):
        network.add_network_policy("web")


def test_references_may_be_given_when_an_object_is_made(project, policy, ipam):
    network = vnc_api.VirtualNetwork("front", project, network_policy_refs=[policy], network_ipam_refs=[{"to": ipam.fq_name}])
    assert network.to_json()["network_policy_refs"] == [{"to": policy.fq_name, "uuid": policy.uuid}]
    assert network.to_json()["network_ipam_refs"] == [{"to": ipam.fq_name}]


def test_elements_of_maps_and_lists(project):
    network = vnc_api.VirtualNetwork("front", project)
    network.add_annotations(vnc_api.KeyValuePair("colour", "blue"))
    network.add_annotations(vnc_api.KeyValuePair("colour", "red"))
    network.add_annotations(vnc_api.KeyValuePair("shape", "round"))
    network.del_annotations("shape")
    assert network.annotations == vnc_api.KeyValuePairs([vnc_api.KeyValuePair("colour", "red")])
    network.add_virtual_network_fat_flow_protocols(vnc_api.ProtocolType("tcp", 80))
    network.add_virtual_network_fat_flow_protocols(vnc_api.ProtocolType("udp", 53))
    network.del_virtual_network_fat_flow_protocols("0")
    assert [each.protocol for each in network.virtual_network_fat_flow_protocols.fat_flow_protocol] == ["udp"]
    with pytest.raises(ValueError, match="elements of annotations are told apart by their key"):
        network.add_annotations(vnc_api.KeyValuePair(value="blue"))


def test_from_dict_and_back(project):
    stored = {
        "fq_name": ["default-domain", "admin", "front"],
        "uuid": "u",
        "parent_type": "project",
        "display_name": "Front",
        "virtual_network_properties": {"forwarding_mode": "l2", "colour": "blue"},
        "network_ipam_refs": [{"to": ["default-domain", "admin", "addresses"], "uuid": "i", "attr": {"ipam_subnets": []}}],
        "annotations": {"key_value_pair": [{"key": "k", "value": "v"}]},
    }
    for network in (vnc_api.VirtualNetwork.from_dict(stored), vnc_api.VirtualNetwork.from_dict(**stored)):
        assert network.to_json() == stored
        assert network.virtual_network_properties.forwarding_mode == "l2"
        assert network.network_ipam_refs[0].attr.ipam_subnets == []
        assert network.to_json()["virtual_network_properties"]["colour"] == "blue"
        assert network.get_pending_updates() == {"display_name", "virtual_network_properties", "network_ipam_refs", "annotations"}


def test_dump_prints_everything(project, capsys):
    vnc_api.VirtualNetwork("front", project, display_name="Front").dump()
    printed = capsys.readouterr().out
    for text in ("- virtual-network -", "'front'", "Parent Type =  project", "P display_name =  Front", "HAS floating_ip_pools =  None"):
        assert text in printed


def test_repr_is_short(project):
    assert repr(project) == "<Project default-domain:admin 00000000-0000-0000-0000-000000000001>"


def test_classes_are_found_by_name():
    assert vnc_api.get_object_class("virtual-network") is vnc_api.VirtualNetwork is resource_common.VirtualNetwork
    assert vnc_api.get_object_class("virtual_DNS_record") is vnc_api.VirtualDnsRecord
    with pytest.raises(vnc_api.ResourceTypeUnknownError):
        vnc_api.get_object_class("virtual-netwerk")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.resource_type)
def test_every_class_is_whole(cls):
    assert cls.__doc__ and "Schema: " in cls.__doc__ and f"/{cls.resource_type}/<uuid>" in cls.__doc__
    assert cls.resource_type in vnc_api.all_resource_types
    value = cls(fq_name=["a", "b"], parent_type=cls.parent_types[0])
    parameters = inspect.signature(cls).parameters
    for name, field in cls.prop_field_types.items():
        assert name in parameters and f"{name}: " in cls.__doc__ + vnc_api.get_object_class("tag").__mro__[1].__doc__
        assert getattr(value, f"get_{name}")() == getattr(value, name) == field["default"]
        getattr(value, f"set_{name}")(field["default"])
    for name, (target, *_) in cls.ref_field_types.items():
        other = vnc_api.get_object_class(target)(fq_name=["c"], parent_type="x", uuid="t")
        noun = name[: -len("_refs")]
        getattr(value, f"add_{noun}")(other)
        assert getattr(value, f"get_{name}")() == [{"to": ["c"], "uuid": "t"}]
        getattr(value, f"del_{noun}")(other)
        getattr(value, f"set_{noun}")(other)
        getattr(value, f"set_{noun}_list")([])
        assert f"{cls.object_type}_back_refs" in vnc_api.get_object_class(target).backref_fields
    for name, (child, _) in cls.children_field_types.items():
        assert cls.resource_type in vnc_api.get_object_class(child).parent_types
        assert getattr(value, f"get_{name}")() is None
    for name in cls.backref_fields:
        assert getattr(value, f"get_{name}")() is None
    for noun in ("create", "read", "update", "delete"):
        assert hasattr(vnc_api.VncApi, f"{cls.object_type}_{noun}")
    assert hasattr(vnc_api.VncApi, f"{cls.object_type}s_list") and hasattr(vnc_api.VncApi, f"get_default_{cls.object_type}_id")
