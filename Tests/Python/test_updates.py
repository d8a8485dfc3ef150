"""What an update sends: no more than what differs from what the server has."""

import pytest
from vnc_api import vnc_api

UUID = "00000000-0000-0000-0000-000000000007"
STORED = {
    "uuid": UUID,
    "fq_name": ["default-domain", "admin", "front"],
    "parent_type": "project",
    "display_name": "front",
    "virtual_network_properties": {"forwarding_mode": "l2"},
    "network_ipam_refs": [
        {"to": ["default-domain", "admin", "addresses"], "uuid": "i", "href": "h", "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}}]}}
    ],
    "network_policy_refs": [{"to": ["default-domain", "admin", "old"], "uuid": "p", "href": "h", "attr": None}],
    "annotations": {"key_value_pair": [{"key": "k", "value": "v"}]},
}


@pytest.fixture
def network(server, client):
    server.answers[f"GET /virtual-network/{UUID}"] = (200, {"virtual-network": STORED})
    network = client.virtual_network_read(id=UUID)
    server.take()
    return network


def update(client, server, network):
    client.virtual_network_update(network)
    sent = server.take()
    # Whatever was sent is known now: a second update has nothing to send.
    assert client.virtual_network_update(network) is None
    assert server.take() == []
    return [(request.line, request.json) for request in sent]


def test_nothing_changed_sends_nothing(client, server, network):
    assert network.display_name == "front" and network.network_ipam_refs and network.annotations
    assert update(client, server, network) == []


def test_a_property_that_was_set(client, server, network):
    network.is_shared = True
    assert update(client, server, network) == [
        (f"PUT /virtual-network/{UUID}", {"virtual-network": {"uuid": UUID, "is_shared": True}})
    ]


def test_none_deletes_a_property(client, server, network):
    network.virtual_network_properties = None
    ((_, body),) = update(client, server, network)
    assert body == {"virtual-network": {"uuid": UUID, "virtual_network_properties": None}}
    assert network.virtual_network_properties is None


def test_a_structure_changed_in_place(client, server, network):
    network.virtual_network_properties.forwarding_mode = "l3"
    assert network.get_pending_updates() == {"virtual_network_properties"}
    ((_, body),) = update(client, server, network)
    assert body["virtual-network"]["virtual_network_properties"]["forwarding_mode"] == "l3"


def test_only_the_changed_references(client, server, network, policy):
    network.add_network_policy(policy, vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(1, 2)))
    network.del_network_policy({"uuid": "p"})
    assert network.get_ref_updates() == {"network_policy_refs"}
    common = {"type": "virtual-network", "uuid": UUID, "ref-type": "network-policy"}
    assert update(client, server, network) == [
        (
            "POST /ref-update",
            {**common, "ref-uuid": "p", "ref-fq-name": ["default-domain", "admin", "old"], "operation": "DELETE", "attr": None},
        ),
        (
            "POST /ref-update",
            {
                **common,
                "ref-uuid": policy.uuid,
                "ref-fq-name": policy.fq_name,
                "operation": "ADD",
                "attr": {"sequence": {"major": 1, "minor": 2}},
            },
        ),
    ]


def test_a_refused_update_is_sent_again(client, server, network):
    network.mtu = 9000
    network.add_annotations(vnc_api.KeyValuePair("owner", "ada"))
    network.del_network_policy({"uuid": "p"})
    server.answers["POST /prop-collection-update"] = (400, b"no")
    with pytest.raises(vnc_api.BadRequest):
        client.virtual_network_update(network)
    refused = [request.json for request in server.take() if request.method != "GET"]
    # What the object holds was not forgotten, and is sent whole once it is taken.
    assert [each.value for each in network.annotations.key_value_pair] == ["v", "ada"]
    del server.answers["POST /prop-collection-update"]
    sent = [body for _, body in update(client, server, network)]
    assert sent[:2] == refused and sent[2]["operation"] == "DELETE"
    assert update(client, server, network) == []


def test_the_data_of_a_reference_changed_in_place(client, server, network):
    network.network_ipam_refs[0]["attr"].ipam_subnets[0].default_gateway = "10.0.0.1"
    ((line, body),) = update(client, server, network)
    assert (line, body["operation"], body["ref-uuid"]) == ("POST /ref-update", "ADD", "i")
    assert body["attr"]["ipam_subnets"][0]["default_gateway"] == "10.0.0.1"


def test_adding_and_deleting_again_sends_nothing(client, server, network, policy):
    network.add_network_policy(policy)
    network.del_network_policy(policy)
    assert network.get_ref_updates() == set()
    assert update(client, server, network) == []


def test_deleting_what_is_not_there_sends_nothing(client, server, network, policy):
    network.del_network_policy(policy)
    network.del_route_table({"uuid": "r"})
    assert update(client, server, network) == []


def test_references_that_are_set_replace_all(client, server, network, policy):
    network.set_network_policy(policy)
    network.add_network_policy({"to": ["a", "b", "c"]})
    assert update(client, server, network) == [
        (
            f"PUT /virtual-network/{UUID}",
            {"virtual-network": {"uuid": UUID, "network_policy_refs": [{"to": policy.fq_name, "uuid": policy.uuid}, {"to": ["a", "b", "c"]}]}},
        )
    ]


@pytest.mark.parametrize(
    "partial",
    [
        lambda client: client.virtual_network_read(id=UUID, fields=["display_name"]),
        lambda client: vnc_api.VirtualNetwork(fq_name=["default-domain", "admin", "front"], uuid=UUID),
    ],
)
def test_deleting_a_reference_that_was_not_read(client, server, policy, partial):
    server.answers[f"GET /virtual-network/{UUID}"] = (200, {"virtual-network": {"uuid": UUID, "fq_name": STORED["fq_name"]}})
    network = partial(client)
    server.take()
    network.del_network_policy(policy)
    ((_, body),) = update(client, server, network)
    assert (body["operation"], body["ref-uuid"]) == ("DELETE", policy.uuid)


def test_elements_are_sent_one_by_one(client, server, network):
    network.add_annotations(vnc_api.KeyValuePair("colour", "blue"))
    network.del_annotations("k")
    network.add_virtual_network_fat_flow_protocols(vnc_api.ProtocolType("tcp", 80), "2")
    ((line, body),) = update(client, server, network)
    assert line == "POST /prop-collection-update"
    assert body == {
        "uuid": UUID,
        "updates": [
            {"field": "annotations", "operation": "set", "value": {"key": "colour", "value": "blue"}, "position": "colour"},
            {"field": "annotations", "operation": "delete", "value": None, "position": "k"},
            {
                "field": "virtual_network_fat_flow_protocols",
                "operation": "add",
                "value": {"protocol": "tcp", "port": 80},
                "position": "2",
            },
        ],
    }


def test_after_elements_were_sent_the_property_is_read_again(client, server, network):
    network.add_annotations(vnc_api.KeyValuePair("colour", "blue"))
    assert len(network.annotations.key_value_pair) == 2
    update(client, server, network)
    assert len(network.annotations.key_value_pair) == 1  # What the server says, whatever was sent.
    assert server.lines() == [f"GET /virtual-network/{UUID}?fields=annotations"]


def test_a_property_that_is_sent_whole_carries_its_new_elements(client, server, network):
    network.annotations = vnc_api.KeyValuePairs([vnc_api.KeyValuePair("a", "b")])
    network.add_annotations(vnc_api.KeyValuePair("c", "d"))
    ((line, body),) = update(client, server, network)
    assert line.startswith("PUT")
    assert [pair["key"] for pair in body["virtual-network"]["annotations"]["key_value_pair"]] == ["a", "c"]


def test_the_old_way_to_force_a_field(client, server, network):
    network._pending_field_updates.add("network_ipam_refs")
    ((line, body),) = update(client, server, network)
    assert line.startswith("PUT") and len(body["virtual-network"]["network_ipam_refs"]) == 1


def test_an_object_without_a_uuid_is_found_by_its_name(client, server, project):
    network = vnc_api.VirtualNetwork("front", project, display_name="Front")
    client.virtual_network_update(network)
    assert server.lines() == ["POST /fqname-to-id", f"PUT /virtual-network/{UUID}"]
    assert network.uuid == UUID


def test_a_failure_leaves_the_change_to_be_sent(client, server, network):
    network.display_name = "Front"
    server.answers["PUT .*"] = (409, b"busy")
    with pytest.raises(vnc_api.RefsExistError, match="busy"):
        client.virtual_network_update(network)
    del server.answers["PUT .*"]
    server.take()
    assert len(update(client, server, network)) == 1


def test_creating_sends_everything_that_is_set(client, server, project, ipam):
    network = vnc_api.VirtualNetwork("front", project, is_shared=False)
    network.add_network_ipam(ipam, vnc_api.VnSubnetsType())
    network.add_annotations(vnc_api.KeyValuePair("k", "v"))
    assert client.virtual_network_create(network) == network.uuid
    ((line, body),) = [(request.line, request.json) for request in server.take()]
    assert line == "POST /virtual-networks"
    assert body == {
        "virtual-network": {
            "fq_name": ["default-domain", "admin", "front"],
            "parent_type": "project",
            "is_shared": False,
            "network_ipam_refs": [{"to": ipam.fq_name, "uuid": ipam.uuid, "attr": {"ipam_subnets": []}}],
            "annotations": {"key_value_pair": [{"key": "k", "value": "v"}]},
        }
    }
    assert update(client, server, network) == []
    network.is_shared = True
    assert len(update(client, server, network)) == 1
