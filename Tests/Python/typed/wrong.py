"""Mistakes that a type checker finds before a script runs: each line that ends in a comment has one. Never run."""

from __future__ import annotations

import asyncio

from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi


def mistakes(vnc: vnc_api.VncApi, project: vnc_api.Project) -> None:
    network = vnc_api.VirtualNetwork("front", project)
    network.mtu = "large"  # error: [assignment]
    network.flod_unknown_unicast = True  # error: [attr-defined]
    network.virtual_network_properties = vnc_api.SubnetType()  # error: [assignment]
    network.set_virtual_network_category("rooted")  # error: [arg-type]
    network.set_network_ipam(vnc_api.NetworkPolicy("web", project))  # error: [arg-type]
    network.set_network_ipam(vnc_api.NetworkIpam("addresses", project), vnc_api.SubnetType())  # error: [arg-type]
    vnc_api.VirtualNetwork("front", vnc_api.Domain("home"))  # error: [arg-type]
    vnc_api.VirtualNetwork("front", project, mtuu=9000)  # error: [call-arg]
    vnc_api.VirtualNetworkType(forwarding_mode="l4")  # error: [arg-type]
    vnc_api.SubnetType(ip_prefx="10.0.0.0")  # error: [call-arg]
    vnc_api.SubnetType().ip_prefx = "10.0.0.0"  # error: [attr-defined]
    vnc_api.IpamSubnetType(subnet="10.0.0.0/24")  # error: [arg-type]
    vnc_api.VnSubnetsType(vnc_api.IpamSubnetType())  # error: [arg-type]
    vnc.virtual_network_create(project)  # error: [arg-type]
    vnc.virtual_network_raed(id="")  # error: [attr-defined]
    vnc.virtual_networks_list(parent_uuid="")  # error: [call-overload]
    vnc.virtual_network_read(fq_name=1)  # error: [arg-type]
    print(asyncio.to_thread(vnc.virtual_network_read, uuid=""))  # error: [call-arg]
    vnc.id_to_fq_name(uuid="")  # error: [call-arg]
    length: int = vnc.virtual_network_read(id="").mtu  # error: [assignment]
    print(length)


async def awaited(vnc: AsyncVncApi, project: vnc_api.Project) -> None:
    await vnc.virtual_network_create(project)  # error: [arg-type]
    await vnc.virtual_networks_list(parent_uuid="")  # error: [call-overload]
    print((await vnc.virtual_network_read(id="")).mtuu)  # error: [attr-defined]
    vnc.virtual_network_read(id="").mtu  # error: [attr-defined]
    await vnc.chown("", 1)  # error: [arg-type]
