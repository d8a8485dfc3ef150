"""Writes in one transaction, against a real configuration server."""

import asyncio
import itertools

import pytest
from api_server import ARGUMENTS
from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi


def network_with_ports(project, count):
    network = vnc_api.VirtualNetwork("front", project)
    ports = [vnc_api.VirtualMachineInterface(f"port{number}", project) for number in range(count)]
    for port in ports:
        port.add_virtual_network(network)
    return network, ports


def names(vnc, project):
    return {each["fq_name"][-1] for each in vnc.virtual_networks_list(parent_id=project.uuid)["virtual-networks"]}


def test_what_is_made_together_refers_to_each_other_and_appears_at_once(vnc, own_project):
    network, ports = network_with_ports(own_project, 3)
    with vnc.watch("virtual-network", "virtual-machine-interface") as watch:
        for event in watch:
            if event.kind == "synchronized":
                break
        with vnc.bulk() as bulk:
            assert bulk.virtual_network_create(network) == network.uuid
            for port in ports:
                bulk.virtual_machine_interface_create(port)
            policy = vnc_api.NetworkPolicy("web", own_project)
            bulk.network_policy_create(policy)
            network.mtu = 9000
            network.add_network_policy(policy, vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(0, 0)))
            bulk.virtual_network_update(network)
            network.add_annotations(vnc_api.KeyValuePair("owner", "ada"))
            bulk.virtual_network_update(network)
            assert "front" not in names(vnc, own_project)
            # Creation, three ports, a policy; the update's property and reference; the element.
            assert len(bulk) == 8
        ours = {network.uuid, *(port.uuid for port in ports)}
        heard = list(itertools.islice((event for event in watch if event.obj is not None and event.obj.uuid in ours), len(ours)))
    assert [event.kind for event in heard] == ["created"] * 4
    stored = vnc.virtual_network_read(id=network.uuid)
    assert stored.mtu == 9000 and stored.network_policy_refs[0].uuid == policy.uuid
    assert stored.annotations.key_value_pair[0].value == "ada"
    assert len(stored.virtual_machine_interface_back_refs) == 3
    # The objects are as if they had been created one by one.
    assert network.parent_uuid == own_project.uuid and not network.get_pending_updates() and not network.get_ref_updates()
    assert len(network.virtual_machine_interface_back_refs) == 3
    network.display_name = "Front"
    vnc.virtual_network_update(network)
    assert vnc.virtual_network_read(id=network.uuid).display_name == "Front"
    with vnc.bulk() as bulk:
        for port in ports:
            bulk.virtual_machine_interface_delete(id=port.uuid)
        bulk.virtual_network_delete(fq_name=network.fq_name)
        bulk.network_policy_delete(id=policy.uuid)
    assert "front" not in names(vnc, own_project)


def test_a_refusal_does_nothing_and_loses_nothing(vnc, own_project):
    standing = vnc_api.VirtualNetwork("standing", own_project)
    vnc.virtual_network_create(standing)
    network, (port,) = network_with_ports(own_project, 1)
    standing.display_name = "changed"
    standing.add_annotations(vnc_api.KeyValuePair("owner", "ada"))
    network.mtu = 100_000
    with pytest.raises(vnc_api.BadRequest, match=r"requests\[2\] \(POST /virtual-networks\).*mtu"), vnc.bulk() as bulk:
        bulk.virtual_network_update(standing)
        bulk.virtual_network_create(network)
        bulk.virtual_machine_interface_create(port)
    assert "front" not in names(vnc, own_project) and network.uuid is None and port.uuid is None
    assert vnc.virtual_network_read(id=standing.uuid).display_name == "standing"
    network.mtu = 1500
    with vnc.bulk() as bulk:
        bulk.virtual_network_update(standing)
        bulk.virtual_network_create(network)
        port.set_virtual_network(network)
        bulk.virtual_machine_interface_create(port)
    stored = vnc.virtual_network_read(id=standing.uuid)
    assert stored.display_name == "changed" and [each.value for each in stored.annotations.key_value_pair] == ["ada"]
    assert vnc.virtual_machine_interface_read(id=port.uuid).virtual_network_refs[0].uuid == network.uuid


def test_an_error_in_the_statement_sends_nothing(vnc, own_project):
    network, _ = network_with_ports(own_project, 0)
    with pytest.raises(ZeroDivisionError), vnc.bulk() as bulk:
        bulk.virtual_network_create(network)
        raise ZeroDivisionError
    assert network.uuid is None and "front" not in names(vnc, own_project)
    with pytest.raises(RuntimeError, match="is over"):
        bulk.virtual_network_create(network)


def test_single_elements_and_references_wait_as_well(vnc, own_project):
    network, _ = network_with_ports(own_project, 0)
    policy = vnc_api.NetworkPolicy("web", own_project)
    with vnc.bulk() as bulk:
        uuid = bulk.virtual_network_create(network)
        bulk.network_policy_create(policy)
        bulk.prop_map_set_element(uuid, "annotations", vnc_api.KeyValuePair("owner", "ada"))
        data = vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(0, 0))
        assert bulk.ref_update("virtual-network", uuid, "network-policy", policy.uuid, None, "ADD", data) == uuid
        assert len(bulk) == 4 and "front" not in names(vnc, own_project)
    stored = vnc.virtual_network_read(id=uuid)
    assert stored.annotations.key_value_pair[0].value == "ada" and stored.network_policy_refs[0].uuid == policy.uuid


def test_a_trial_checks_all_and_changes_nothing(vnc, own_project):
    network, ports = network_with_ports(own_project, 1)
    bulk = vnc.bulk()
    bulk.virtual_network_create(network)
    bulk.commit(dry_run=True)
    assert "front" not in names(vnc, own_project)
    bulk.virtual_machine_interface_create(ports[0])
    bulk.commit()
    assert vnc.virtual_network_read(id=network.uuid).name == "front"
    with vnc.bulk():
        pass  # Nothing is nothing.


def test_asyncio(vnc, own_project):
    async def script():
        async with AsyncVncApi(**ARGUMENTS) as client:
            network, ports = network_with_ports(own_project, 2)
            async with client.bulk() as bulk:
                bulk.virtual_network_create(network)
                for port in ports:
                    bulk.virtual_machine_interface_create(port)
            return await client.virtual_network_read(id=network.uuid)

    assert asyncio.run(script()).name == "front"


def test_what_cannot_wait_says_where_it_can_be_called(vnc):
    with vnc.bulk() as bulk:
        for name in ("set_tag", "fq_name_to_id", "kv_store"):
            assert hasattr(vnc, name) and not hasattr(bulk, name)
            with pytest.raises(AttributeError, match=f"^{name} cannot wait in a bulk, .* call it on the client"):
                getattr(bulk, name)
        with pytest.raises(AttributeError, match="^a bulk has no 'virtual_network_craete'"):
            bulk.virtual_network_craete
