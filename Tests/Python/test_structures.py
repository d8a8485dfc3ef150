"""Structured types as values: making, changing, comparing, JSON."""

import inspect

import pytest
from vnc_api import vnc_api
from vnc_api.gen import resource_xsd
from vnc_api.structure import StructuredType, member, structure_named

TYPES = [getattr(resource_xsd, name) for name in resource_xsd.__all__]
STRUCTURES = [cls for cls in TYPES if isinstance(cls, type)]


def test_members_are_given_in_the_order_of_the_schema_or_by_name():
    assert vnc_api.SubnetType("10.0.0.0", 8) == vnc_api.SubnetType(ip_prefix_len=8, ip_prefix="10.0.0.0")
    assert vnc_api.SubnetType.attr_fields == ["ip_prefix", "ip_prefix_len"]


def test_defaults_are_those_of_the_schema():
    subnet = vnc_api.IpamSubnetType()
    assert (subnet.subnet, subnet.enable_dhcp, subnet.alloc_unit, subnet.dns_nameservers) == (None, True, 1, [])


def test_lists_are_not_shared():
    first, second = vnc_api.VnSubnetsType(), vnc_api.VnSubnetsType()
    first.add_ipam_subnets(vnc_api.IpamSubnetType())
    assert second.ipam_subnets == []


def test_a_list_that_was_given_is_kept():
    rules = []
    entries = vnc_api.PolicyEntriesType(rules)
    rules.append(vnc_api.PolicyRuleType(direction="<>"))
    assert len(entries.policy_rule) == 1


def test_accessors_of_lists():
    subnet = vnc_api.IpamSubnetType()
    subnet.set_dns_nameservers(["10.0.0.1", "10.0.0.2"])
    subnet.add_dns_nameservers("10.0.0.3")
    subnet.insert_dns_nameservers(0, "10.0.0.4")  # Replaces what is there, as it always has.
    subnet.delete_dns_nameservers("10.0.0.2")
    assert subnet.get_dns_nameservers() == ["10.0.0.4", "10.0.0.3"]
    subnet.set_dns_nameservers(None)
    assert subnet.dns_nameservers == []


@pytest.mark.parametrize(
    ("attempt", "error", "text"),
    [
        (
            lambda: vnc_api.SubnetType(ip_prefx="10.0.0.0"),
            TypeError,
            "SubnetType has no member 'ip_prefx'; did you mean 'ip_prefix'? there are: ip_prefix, ip_prefix_len",
        ),
        (
            lambda: setattr(vnc_api.SubnetType(), "length", 8),
            AttributeError,
            "SubnetType has no member 'length'; there are: ip_prefix, ip_prefix_len",
        ),
        (lambda: vnc_api.SubnetType("a", 1, 2), TypeError, "SubnetType has 2 members, and 3 values were given"),
        (lambda: vnc_api.SubnetType("a", ip_prefix="b"), TypeError, "SubnetType: ip_prefix is given twice, by position and by name"),
        (
            lambda: vnc_api.VnSubnetsType(vnc_api.IpamSubnetType()),
            TypeError,
            "VnSubnetsType.ipam_subnets takes a list of IpamSubnetType; put the IpamSubnetType into one: [value]",
        ),
    ],
)
def test_mistakes_are_told(attempt, error, text):
    with pytest.raises(error) as caught:
        attempt()
    assert str(caught.value) == text


def test_json_has_what_is_set_and_all_lists():
    subnets = vnc_api.VnSubnetsType([vnc_api.IpamSubnetType(vnc_api.SubnetType("10.0.0.0", 8), default_gateway="10.0.0.1")])
    assert subnets.to_json() == {
        "ipam_subnets": [
            {
                "subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8},
                "default_gateway": "10.0.0.1",
                "enable_dhcp": True,
                "dns_nameservers": [],
                "allocation_pools": [],
                "alloc_unit": 1,
                "dhcp_relay_server": [],
            }
        ]
    }
    assert vnc_api.VnSubnetsType.from_dict(subnets.to_json()) == subnets


def test_export_dict_has_all_members():
    assert vnc_api.SubnetType("10.0.0.0").exportDict() == {"SubnetType": {"ip_prefix": "10.0.0.0", "ip_prefix_len": None}}
    assert vnc_api.SubnetType("10.0.0.0").exportDict(name_=None) == {"ip_prefix": "10.0.0.0", "ip_prefix_len": None}


def test_dictionaries_become_structures():
    subnet = vnc_api.IpamSubnetType(subnet={"ip_prefix": "10.0.0.0"}, host_routes={"route": [{"prefix": "0.0.0.0/0"}]})
    assert subnet.subnet == vnc_api.SubnetType("10.0.0.0")
    assert subnet.host_routes.route[0].prefix == "0.0.0.0/0"
    subnet.subnet = {"ip_prefix": "10.1.0.0"}
    assert isinstance(subnet.subnet, vnc_api.SubnetType)


@pytest.mark.parametrize("make", [lambda d: vnc_api.SubnetType(params_dict=d), lambda d: vnc_api.SubnetType.factory(**d)])
def test_other_ways_from_json(make):
    assert make({"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}) == vnc_api.SubnetType("10.0.0.0", 8)


def test_members_of_a_newer_server_survive():
    newer = {"subnet": {"ip_prefix": "10.0.0.0", "colour": "blue"}, "shape": {"corners": [1, 2]}}
    value = vnc_api.IpamSubnetType.from_dict(newer)
    value.default_gateway = "10.0.0.1"
    sent = value.to_json()
    assert (sent["subnet"]["colour"], sent["shape"]) == ("blue", {"corners": [1, 2]})
    assert value.copy().to_json() == sent


def test_null_means_absent():
    assert vnc_api.IpamSubnetType.from_dict({"enable_dhcp": None, "subnet": None, "dns_nameservers": None}) == vnc_api.IpamSubnetType()


def test_copies_share_nothing():
    original = vnc_api.VnSubnetsType([vnc_api.IpamSubnetType(vnc_api.SubnetType("10.0.0.0", 8))])
    copy = original.copy()
    copy.ipam_subnets[0].subnet.ip_prefix = "10.1.0.0"
    assert original.ipam_subnets[0].subnet.ip_prefix == "10.0.0.0"
    assert copy != original


def test_repr_shows_what_is_set_as_code():
    value = vnc_api.IpamSubnetType(vnc_api.SubnetType("10.0.0.0", 8), enable_dhcp=None)
    assert repr(value) == "IpamSubnetType(subnet=SubnetType(ip_prefix='10.0.0.0', ip_prefix_len=8), alloc_unit=1)"
    assert eval(repr(value), vars(vnc_api)).to_json() == {**value.to_json(), "enable_dhcp": True}


def test_python_spells_what_json_cannot():
    class Spelled(StructuredType):
        from_ = member("string", key="from")

    assert Spelled(from_="here").to_json() == {"from": "here"}
    assert Spelled.from_dict({"from": "there"}).from_ == "there"


def test_values_of_enumerations_are_known_when_the_program_runs():
    assert vnc_api.ForwardingModeType.__args__ == ("l2_l3", "l2", "l3")
    assert vnc_api.VirtualNetworkType.attr_field_type_vals["forwarding_mode"]["restrictions"] == ["l2_l3", "l2", "l3"]


@pytest.mark.parametrize("cls", STRUCTURES, ids=lambda cls: cls.__name__)
def test_every_structure_survives_json(cls):
    def sample(cls, depth):
        values = {}
        for declaration in cls._members:
            nested = declaration.structure
            if nested is not None and depth > 6:
                continue
            one = sample(nested, depth + 1) if nested is not None else declaration.default or "text"
            values[declaration.name] = [one, one] if declaration.many else one
        return cls(**values)

    value = sample(cls, 0)
    json = value.to_json()
    assert cls.from_dict(json) == value
    assert cls.from_dict(json).to_json() == json
    assert len(json) == len(cls.attr_fields)
    assert list(inspect.signature(cls).parameters) == cls.attr_fields
    for field, description in cls.attr_field_type_vals.items():
        assert getattr(value, f"get_{field}")() == getattr(value, field)
        assert (structure_named(description["attr_type"]) is not None) == description["is_complex"]
    assert cls.__doc__.count("Schema: ") == 1
