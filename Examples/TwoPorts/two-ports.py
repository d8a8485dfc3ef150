"""Makes a network with a subnet and two ports, watches until the server has given each port its address, and prints them."""

import sys

from vnc_api import vnc_api

host, _, port = (sys.argv[1:] or ["127.0.0.1:8082"])[0].rpartition(":")
vnc = vnc_api.VncApi(api_server_host=host, api_server_port=port, conf_file=[])
project = vnc.project_read(["default-domain", "default-project"])
ipam = vnc.network_ipam_read(["default-domain", "default-project", "default-network-ipam"])


def ensure(create, obj):
    """What is there already stays as it is, so that the script may run again."""
    try:
        create(obj)
    except vnc_api.RefsExistError:
        pass


network = vnc_api.VirtualNetwork("two-ports", project)
subnet = vnc_api.IpamSubnetType(subnet=vnc_api.SubnetType("10.7.0.0", 24))
network.set_network_ipam(ipam, vnc_api.VnSubnetsType([subnet]))
ensure(vnc.virtual_network_create, network)

missing = {"two-ports-a", "two-ports-b"}
with vnc.watch("instance-ip") as watch:
    for event in watch:
        if event.kind == "synchronized":
            for name in sorted(missing):
                interface = vnc_api.VirtualMachineInterface(name, project)
                interface.set_virtual_network(network)
                ensure(vnc.virtual_machine_interface_create, interface)
                address = vnc_api.InstanceIp(name)
                address.set_virtual_network(network)
                address.set_virtual_machine_interface(interface)
                ensure(vnc.instance_ip_create, address)
        elif event.kind in ("listed", "created", "updated") and event.obj.name in missing:
            missing.remove(event.obj.name)
            print(event.obj.name, event.obj.instance_ip_address)
        if not missing:
            break
