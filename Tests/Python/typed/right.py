"""What a type checker knows about a script: the types of properties, references and answers. Checked by test_types.py, never run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi

if TYPE_CHECKING:
    from typing_extensions import assert_type


def make_network(vnc: vnc_api.VncApi, project_name: str, cidr: str) -> str:
    project = vnc.project_read(fq_name=["default-domain", project_name])
    assert_type(project, vnc_api.Project)

    network = vnc_api.VirtualNetwork("front", parent_obj=project, mtu=9000, flood_unknown_unicast=True)
    assert_type(network.mtu, "int | None")
    assert_type(network.flood_unknown_unicast, "bool | None")
    assert_type(network.fq_name, "list[str]")
    assert_type(network.uuid, "str | None")

    network.virtual_network_properties = vnc_api.VirtualNetworkType(forwarding_mode="l3", rpf="enable")
    properties = network.get_virtual_network_properties()
    assert_type(properties, "vnc_api.VirtualNetworkType | None")
    if properties is not None:
        assert_type(properties.forwarding_mode, "Literal['l2_l3', 'l2', 'l3'] | None")

    ipam = vnc.network_ipam_read(fq_name_str=f"default-domain:{project_name}:default-network-ipam")
    address, length = cidr.split("/")
    subnet = vnc_api.IpamSubnetType(subnet=vnc_api.SubnetType(ip_prefix=address, ip_prefix_len=int(length)))
    network.set_network_ipam(ref_obj=ipam, ref_data=vnc_api.VnSubnetsType([subnet]))
    for reference in network.network_ipam_refs:
        assert_type(reference, "vnc_api.Reference[vnc_api.VnSubnetsType]")
        if reference.attr is not None:
            assert_type(reference.attr.ipam_subnets, "list[vnc_api.IpamSubnetType]")
    return vnc.virtual_network_create(network)


def read_them(vnc: vnc_api.VncApi, project: vnc_api.Project) -> list[str]:
    networks = vnc.virtual_networks_list(parent_id=project.uuid, detail=True)
    assert_type(networks, "list[vnc_api.VirtualNetwork]")
    for network in networks:
        network.display_name = network.name.title()
        vnc.virtual_network_update(network)
        children = network.get_routing_instances()
        assert_type(children, "list[vnc_api.Reference[dict[str, Any]]] | None")
    listed = vnc.virtual_networks_list(fq_names=[network.fq_name for network in networks], count=True)
    return [entry["uuid"] for entry in listed["virtual-networks"]]


async def read_later(vnc: vnc_api.VncApi, uuid: str) -> None:
    assert_type(await asyncio.to_thread(vnc.virtual_network_read, id=uuid), vnc_api.VirtualNetwork)
    assert_type(await asyncio.to_thread(vnc.virtual_networks_list, detail=True), "list[vnc_api.VirtualNetwork]")


def rule() -> vnc_api.PolicyEntriesType:
    anything = vnc_api.AddressType(virtual_network="any")
    return vnc_api.PolicyEntriesType(
        policy_rule=[
            vnc_api.PolicyRuleType(
                direction="<>",
                protocol="tcp",
                src_addresses=[anything],
                src_ports=[vnc_api.PortType(-1, -1)],
                dst_addresses=[anything],
                dst_ports=[vnc_api.PortType(start_port=80, end_port=80)],
                action_list=vnc_api.ActionListType(simple_action="pass"),
            )
        ]
    )


async def awaited(vnc: AsyncVncApi, project: vnc_api.Project) -> None:
    uuid = await vnc.virtual_network_create(vnc_api.VirtualNetwork("front", parent_obj=project))
    assert_type(uuid, str)
    assert_type(await vnc.virtual_network_read(id=uuid), vnc_api.VirtualNetwork)
    assert_type(await vnc.virtual_networks_list(detail=True), "list[vnc_api.VirtualNetwork]")
    assert_type(await vnc.virtual_networks_list(parent_id=project.uuid), "dict[str, Any]")
    assert_type(await vnc.virtual_network_delete(id=uuid), None)
    assert_type(await vnc.id_to_fq_name(uuid), "list[str]")
    assert_type(await vnc.run(vnc.sync.id_to_fq_name, uuid), "list[str]")
    async with vnc.bulk() as bulk:
        assert_type(bulk.virtual_network_create(vnc_api.VirtualNetwork("back", parent_obj=project)), str)
        assert_type(bulk.prop_map_get(uuid, "annotations"), "list[tuple[Any, str]]")
    async for event in vnc.watch(vnc_api.VirtualNetwork):
        assert_type(event, vnc_api.WatchEvent)


def watched(vnc: vnc_api.VncApi) -> None:
    for event in vnc.watch("virtual-network", after=7):
        assert_type(event.obj, "vnc_api.Resource | None")
        assert_type(event.revision, "int | None")
