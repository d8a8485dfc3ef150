"""What scripts in the field do with the package vnc_api, against this configuration server.

    contrail_api_client.py [HOST PORT]      without arguments: the server at API_HOST and API_PORT of the environment

Runs with the published package of the older platform, contrail-api-client, unmodified, and with ours: the package of the interpreter
that runs this. Stops at the first step that goes wrong, and says which one. The server must have its default objects; what the script
makes it removes again, so it can run any number of times.
"""

import os
import sys
import uuid
from importlib import metadata

import requests
from vnc_api import exceptions, vnc_api


class Steps:
    """Runs named steps, and counts them."""

    def __init__(self):
        self.count = 0

    def __call__(self, name):
        self.count += 1
        self.name = name


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def expect_error(error, call, *arguments, **options):
    """The text of the error that a call must end in."""
    try:
        call(*arguments, **options)
    except error as raised:
        return str(getattr(raised, "content", raised))
    raise AssertionError("%s.%s did not raise %s" % (call.__module__, getattr(call, "__name__", call), error.__name__))


def run(host, port, step):
    step("connect, with the arguments that the platform's documentation shows")
    tenant = "tenant-%s" % uuid.uuid4()
    vnc = vnc_api.VncApi(
        username="admin", password="unused", tenant_name=tenant, api_server_host=host, api_server_port=port, auth_host=host)

    step("make a project and an IPAM")
    project = vnc_api.Project(tenant, parent_obj=vnc.domain_read(fq_name=["default-domain"]))
    vnc.project_create(project)
    ipam = vnc_api.NetworkIpam("ipam", parent_obj=project)
    vnc.network_ipam_create(ipam)

    step("the script that the platform's documentation shows")
    tenant_name, name, ipam_name, cidr = tenant, "blue", "ipam", "10.1.2.3/24"
    owner = vnc.project_read(fq_name=["default-domain", tenant_name])
    network = vnc_api.VirtualNetwork(name=name, parent_obj=owner)
    ipam = vnc.network_ipam_read(fq_name=["default-domain", tenant_name, ipam_name])
    prefix, prefix_len = cidr.split("/")  # The length stays text, and is a number in the end.
    subnet = vnc_api.SubnetType(ip_prefix=prefix, ip_prefix_len=prefix_len)
    ipam_subnet = vnc_api.IpamSubnetType(subnet=subnet)
    network.set_network_ipam(ref_obj=ipam, ref_data=vnc_api.VnSubnetsType([ipam_subnet]))
    identifier = vnc.virtual_network_create(network)

    step("read the network")
    network = vnc.virtual_network_read(id=identifier)
    expect(network.get_fq_name() == ["default-domain", tenant, "blue"], network.get_fq_name())
    expect(network.display_name == "blue", network.display_name)
    expect(network.get_virtual_network_network_id() > 0, "no network id")
    stored = network.get_network_ipam_refs()[0]["attr"].get_ipam_subnets()[0]
    expect(stored.get_subnet().get_ip_prefix() == "10.1.2.0", "the prefix is not the network address")
    expect(stored.get_subnet().get_ip_prefix_len() == 24, stored.get_subnet().get_ip_prefix_len())
    expect(stored.get_default_gateway() == "10.1.2.254", stored.get_default_gateway())
    expect(stored.get_dns_server_address() == "10.1.2.253", stored.get_dns_server_address())
    uuid.UUID(stored.get_subnet_uuid())

    step("children and back references")
    instances = network.get_routing_instances()
    expect([item["to"][-1] for item in instances] == ["blue"], instances)
    expect(instances[0]["href"].endswith("/routing-instance/" + instances[0]["uuid"]), instances)
    referrers = vnc.network_ipam_read(id=ipam.uuid, exclude_back_refs=False).get_virtual_network_back_refs()
    expect([item["uuid"] for item in referrers] == [identifier], referrers)
    expect(identifier in [item["uuid"] for item in vnc.project_read(id=owner.uuid).get_virtual_networks()], "not a child")

    step("update properties; only what changed is sent")
    network.set_virtual_network_properties(vnc_api.VirtualNetworkType(forwarding_mode="l3", allow_transit=True))
    network.set_display_name("Blue")
    vnc.virtual_network_update(network)
    network = vnc.virtual_network_read(id=identifier)
    expect(network.get_virtual_network_properties().get_forwarding_mode() == "l3", "forwarding mode")
    expect(network.display_name == "Blue", network.display_name)
    expect(network.get_network_ipam_refs()[0]["attr"].get_ipam_subnets()[0].get_subnet_uuid() == stored.get_subnet_uuid(), "subnet")

    step("references one by one")
    policy = vnc_api.NetworkPolicy(
        "policy", parent_obj=owner, network_policy_entries=vnc_api.PolicyEntriesType([
            vnc_api.PolicyRuleType(
                direction="<>", protocol="any", action_list=vnc_api.ActionListType(simple_action="pass"),
                src_addresses=[vnc_api.AddressType(virtual_network="any")], src_ports=[vnc_api.PortType(-1, -1)],
                dst_addresses=[vnc_api.AddressType(virtual_network="any")], dst_ports=[vnc_api.PortType(-1, -1)])]))
    vnc.network_policy_create(policy)
    rule = vnc.network_policy_read(id=policy.uuid).get_network_policy_entries().get_policy_rule()[0]
    uuid.UUID(rule.get_rule_uuid())
    network.add_network_policy(policy, vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(0, 0)))
    vnc.virtual_network_update(network)
    expect(vnc.virtual_network_read(id=identifier).get_network_policy_refs()[0]["uuid"] == policy.uuid, "policy reference")
    answer = vnc.ref_update("virtual-network", identifier, "network-policy", policy.uuid, None, "DELETE")
    expect(answer == identifier, answer)
    expect(not vnc.virtual_network_read(id=identifier).get_network_policy_refs(), "the reference is still there")

    step("names and identifiers")
    expect(vnc.fq_name_to_id("virtual-network", network.fq_name) == identifier, "fqname-to-id")
    expect(vnc.id_to_fq_name(identifier) == network.fq_name, "id-to-fqname")
    expect(vnc.id_to_fq_name_type(identifier) == (network.fq_name, "virtual-network"), "id-to-fqname")

    step("lists")
    more = [vnc_api.VirtualNetwork("net-%02d" % number, parent_obj=owner) for number in range(30)]
    for other in more:
        vnc.virtual_network_create(other)
    listed = vnc.virtual_networks_list(parent_id=owner.uuid)["virtual-networks"]
    expect(len(listed) == 32, "%d networks below the project" % len(listed))  # 30, blue, and the project's default network
    expect(vnc.virtual_networks_list(parent_id=owner.uuid, count=True)["virtual-networks"]["count"] == 32, "count")
    details = vnc.virtual_networks_list(parent_fq_name=["default-domain", tenant], detail=True)
    expect(all(isinstance(item, vnc_api.VirtualNetwork) for item in details) and len(details) == 32, "detail")
    found = vnc.virtual_networks_list(obj_uuids=[other.uuid for other in more])["virtual-networks"]  # more than 25: a bulk request
    expect([item["uuid"] for item in found] == [other.uuid for other in more], "bulk list")
    found = vnc.virtual_networks_list(back_ref_id=[ipam.uuid])["virtual-networks"]
    expect([item["uuid"] for item in found] == [identifier], "back_ref_id")
    found = vnc.virtual_networks_list(filters={"display_name": ["Blue", "net-07"]}, parent_id=owner.uuid, fields=["display_name"])
    expect(sorted(item["display_name"] for item in found["virtual-networks"]) == ["Blue", "net-07"], found)
    found = vnc.virtual_networks_list(fq_names=[more[3].fq_name, network.fq_name])["virtual-networks"]
    expect([item["uuid"] for item in found] == [more[3].uuid, identifier], "fq_names")

    step("pages")
    seen, marker = [], ""
    while marker is not None:
        page = requests.get(
            "http://%s:%s/virtual-networks" % (host, port), params={"parent_id": owner.uuid, "page_limit": 7, "page_marker": marker}).json()
        seen += [item["uuid"] for item in page["virtual-networks"]]
        marker = page["marker"]
    expect(len(seen) == 32 and len(set(seen)) == 32, "%d objects in pages" % len(seen))

    step("security groups")
    group = vnc_api.SecurityGroup("group", parent_obj=owner, security_group_entries=vnc_api.PolicyEntriesType([
        vnc_api.PolicyRuleType(
            direction=">", protocol="tcp", ethertype="IPv4", src_addresses=[vnc_api.AddressType(subnet=vnc_api.SubnetType("0.0.0.0", 0))],
            src_ports=[vnc_api.PortType(0, 65535)], dst_addresses=[vnc_api.AddressType(security_group="local")],
            dst_ports=[vnc_api.PortType(22, 22)])]))
    vnc.security_group_create(group)
    expect(vnc.security_group_read(id=group.uuid).get_security_group_id() > 8000000, "security group id")

    step("list and map properties")
    port = vnc_api.VirtualMachineInterface("port", parent_obj=owner)
    port.set_virtual_network(network)
    port.add_security_group(group)
    port.set_virtual_machine_interface_bindings(vnc_api.KeyValuePairs([vnc_api.KeyValuePair("vnic_type", "normal")]))
    vnc.virtual_machine_interface_create(port)
    vnc.prop_map_set_element(port.uuid, "virtual_machine_interface_bindings", vnc_api.KeyValuePair("vif_type", "vrouter"))
    bindings = dict(
        (item["key"], item["value"]) for item, _ in vnc.prop_map_get(port.uuid, "virtual_machine_interface_bindings"))
    expect(bindings == {"vnic_type": "normal", "vif_type": "vrouter"}, bindings)
    vnc.prop_map_delete_element(port.uuid, "virtual_machine_interface_bindings", "vnic_type")
    expect(len(vnc.prop_map_get(port.uuid, "virtual_machine_interface_bindings")) == 1, "map element not deleted")
    for number in (80, 443):
        vnc.prop_list_add_element(
            port.uuid, "virtual_machine_interface_fat_flow_protocols", vnc_api.ProtocolType(protocol="tcp", port=number))
    elements = vnc.prop_list_get(port.uuid, "virtual_machine_interface_fat_flow_protocols")
    expect([item["port"] for item, _ in elements] == [80, 443], elements)
    vnc.prop_list_delete_element(port.uuid, "virtual_machine_interface_fat_flow_protocols", elements[0][1])
    elements = vnc.prop_list_get(port.uuid, "virtual_machine_interface_fat_flow_protocols")
    expect([item["port"] for item, _ in elements] == [443], elements)

    step("errors have the classes that scripts catch")
    expect_error(exceptions.NoIdError, vnc.virtual_network_read, id=str(uuid.uuid4()))
    expect_error(exceptions.NoIdError, vnc.virtual_network_read, fq_name=["default-domain", tenant, "missing"])
    text = expect_error(exceptions.RefsExistError, vnc.virtual_network_create, vnc_api.VirtualNetwork("blue", parent_obj=owner))
    expect("already exists with uuid: " + identifier in text, text)
    text = expect_error(exceptions.RefsExistError, vnc.network_ipam_delete, id=ipam.uuid)
    expect("Delete when resource still referred" in text and identifier in text, text)
    text = expect_error(exceptions.RefsExistError, vnc.project_delete, id=owner.uuid)
    expect("Delete when children still present" in text, text)
    network.set_virtual_network_properties(vnc_api.VirtualNetworkType(forwarding_mode="l4"))
    text = expect_error(exceptions.BadRequest, vnc.virtual_network_update, network)
    expect("forwarding_mode" in text, text)
    expect_error(exceptions.BadRequest, vnc.virtual_network_create, vnc_api.VirtualNetwork("a:b", parent_obj=owner))

    step("a reference relaxed for deletion")
    vnc.ref_relax_for_delete(port.uuid, group.uuid)
    vnc.security_group_delete(id=group.uuid)
    expect(not vnc.virtual_machine_interface_read(id=port.uuid).get_security_group_refs(), "the reference is still there")

    step("permissions, values, modes")
    vnc.chown(port.uuid, owner.uuid)
    vnc.chmod(port.uuid, owner_access=6, global_access=4, share=[(owner.uuid, 5)])
    permissions = vnc.virtual_machine_interface_read(id=port.uuid).get_perms2()
    expect((permissions.owner, permissions.owner_access, permissions.global_access) == (owner.uuid, 6, 4), permissions)
    expect(vnc.obj_perms(None, port.uuid)["permissions"] == "RWX", "obj-perms")
    expect(vnc.get_aaa_mode() == {"aaa-mode": "no-auth"}, "aaa-mode")
    key = str(uuid.uuid4())
    vnc.kv_store(key, "a value")
    expect(vnc.kv_retrieve(key) == "a value", "key value")
    vnc.kv_delete(key)
    expect_error(exceptions.NoIdError, vnc.kv_retrieve, key)

    step("delete everything")
    vnc.virtual_machine_interface_delete(id=port.uuid)
    for other in more + [network]:
        vnc.virtual_network_delete(id=other.uuid)
    vnc.network_policy_delete(id=policy.uuid)
    vnc.network_ipam_delete(id=ipam.uuid)
    vnc.project_delete(id=owner.uuid)
    expect_error(exceptions.NoIdError, vnc.project_read, id=owner.uuid)
    expect_error(exceptions.NoIdError, vnc.virtual_network_read, fq_name=["default-domain", tenant, "default-virtual-network"])


def package():
    """Which of the two packages this is: the name and version of the distribution."""
    for name in ("contrail-api-client", "vnc_api"):
        try:
            return "%s %s" % (name, metadata.version(name))
        except metadata.PackageNotFoundError:
            pass
    return vnc_api.__file__


def main():
    place = sys.argv[1:] or [os.environ.get("API_HOST"), os.environ.get("API_PORT")]
    if len(place) != 2 or None in place:
        sys.exit(__doc__)
    step = Steps()
    try:
        run(place[0], place[1], step)
    except Exception as error:
        print("step %d, %s: %s: %s" % (step.count, step.name, type(error).__name__, error), file=sys.stderr)
        raise
    print("%s: %d steps, all as expected" % (package(), step.count))


if __name__ == "__main__":
    main()
