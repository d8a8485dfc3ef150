"""Prints, as JSON, what the package ``vnc_api`` of the interpreter that runs this sends for each call of a script, and what the call
returns.

Runs in two environments, one with our package and one with the published one, so that test_published_package.py can compare them.
"""

import json
import sys
import urllib.parse

from recording_server import RecordingServer
from vnc_api import vnc_api

UUID = "00000000-0000-0000-0000-000000000007"
OTHER = "00000000-0000-0000-0000-000000000008"
NAME = ["default-domain", "admin", "front"]
STORED = {
    "uuid": UUID,
    "fq_name": NAME,
    "name": "front",
    "parent_type": "project",
    "display_name": "front",
    "mac_aging_time": 300,
    "virtual_network_properties": {"forwarding_mode": "l2"},
    "annotations": {"key_value_pair": [{"key": "a", "value": "1"}]},
    "network_policy_refs": [{"to": ["d", "p", "web"], "uuid": OTHER, "href": "h", "attr": {"sequence": {"major": 0, "minor": 0}}}],
}


def network(client):
    return client.virtual_network_read(id=UUID)


def policy():
    other = vnc_api.NetworkPolicy("other", vnc_api.Project("admin"))
    other.uuid = "00000000-0000-0000-0000-000000000005"
    return other


def scope():
    project = vnc_api.Project(fq_name=["d", "p"], parent_type="domain")
    project.uuid = OTHER
    return project


def create(client):
    made = vnc_api.VirtualNetwork("front", vnc_api.Project("admin"), flood_unknown_unicast=True)
    ipam = vnc_api.NetworkIpam("ipam", vnc_api.Project("admin"))
    subnet = vnc_api.IpamSubnetType(subnet=vnc_api.SubnetType("10.0.0.0", 24), dns_nameservers=["10.0.0.9"])
    made.set_network_ipam(ipam, vnc_api.VnSubnetsType([subnet]))
    made.set_virtual_network_properties(vnc_api.VirtualNetworkType(forwarding_mode="l3"))
    return client.virtual_network_create(made)


def update_properties(client):
    changed = network(client)
    changed.set_display_name("Front")
    changed.mac_aging_time = 10
    client.virtual_network_update(changed)


def update_property_in_a_method(client):
    changed = network(client)
    properties = changed.get_virtual_network_properties()
    properties.set_forwarding_mode("l3")
    changed.set_virtual_network_properties(properties)
    client.virtual_network_update(changed)


def clear_a_property(client):
    changed = network(client)
    changed.set_virtual_network_properties(None)
    client.virtual_network_update(changed)


def add_a_reference(client):
    changed = network(client)
    changed.add_network_policy(policy(), vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(1, 0)))
    client.virtual_network_update(changed)


def delete_a_reference(client):
    changed = network(client)
    old = vnc_api.NetworkPolicy(fq_name=["d", "p", "web"], parent_type="project")
    old.uuid = OTHER
    changed.del_network_policy(old)
    client.virtual_network_update(changed)


def replace_references(client):
    changed = network(client)
    changed.set_network_policy(policy(), vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(2, 0)))
    client.virtual_network_update(changed)


def clear_references(client):
    changed = network(client)
    changed.set_network_policy_list([], [])
    client.virtual_network_update(changed)


def set_an_annotation(client):
    changed = network(client)
    changed.add_annotations(vnc_api.KeyValuePair("b", "2"))
    client.virtual_network_update(changed)


def delete_an_annotation(client):
    changed = network(client)
    changed.del_annotations("a")
    client.virtual_network_update(changed)


def add_an_element(client):
    port = vnc_api.VirtualMachineInterface(fq_name=NAME, parent_type="project")
    port.uuid = UUID
    port.add_virtual_machine_interface_fat_flow_protocols(vnc_api.ProtocolType(protocol="tcp", port=80))
    client.virtual_machine_interface_update(port)


def lazily(client):
    network(client).get_instance_ip_back_refs()


def update_nothing(client):
    client.virtual_network_update(network(client))


CALLS = {
    "create": create,
    "read by id": network,
    "read by name": lambda c: c.virtual_network_read(fq_name=NAME),
    "read by text": lambda c: c.virtual_network_read(fq_name_str=":".join(NAME)),
    "read fields": lambda c: c.virtual_network_read(id=UUID, fields=["display_name"]),
    "read all": lambda c: c.virtual_network_read(id=UUID, exclude_back_refs=False, exclude_children=False),
    "back references": lazily,
    "update nothing": update_nothing,
    "update properties": update_properties,
    "update a property": update_property_in_a_method,
    "clear a property": clear_a_property,
    "add a reference": add_a_reference,
    "delete a reference": delete_a_reference,
    "replace references": replace_references,
    "clear references": clear_references,
    "set an annotation": set_an_annotation,
    "delete an annotation": delete_an_annotation,
    "add an element": add_an_element,
    "delete by id": lambda c: c.virtual_network_delete(id=UUID),
    "delete by name": lambda c: c.virtual_network_delete(fq_name=NAME),
    "list": lambda c: c.virtual_networks_list(),
    "list below": lambda c: c.virtual_networks_list(parent_id=UUID, detail=True),
    "list below name": lambda c: c.virtual_networks_list(parent_fq_name=NAME[:2], fields=["display_name"]),
    "list referrers": lambda c: c.virtual_networks_list(back_ref_id=[UUID, OTHER], count=True),
    "list some": lambda c: c.virtual_networks_list(obj_uuids=[UUID, OTHER], shared=True),
    "list many": lambda c: c.virtual_networks_list(obj_uuids=[str(number) for number in range(30)]),
    "list names": lambda c: c.virtual_networks_list(fq_names=[NAME, ["x"]]),
    "list filtered": lambda c: c.virtual_networks_list(filters={"display_name": ["a", "b"]}),
    "list by type": lambda c: c.resource_list("virtual-network", parent_id=UUID),
    "default": lambda c: c.get_default_virtual_network_id(),
    "read a draft": lambda c: c.firewall_rule_read_draft(fq_name=["d", "p", "rule"]),
    "name to id": lambda c: c.fq_name_to_id("virtual-network", NAME),
    "id to name": lambda c: c.id_to_fq_name(UUID),
    "id to name and type": lambda c: c.id_to_fq_name_type(UUID),
    "ref update": lambda c: c.ref_update(
        "virtual-network", UUID, "network-policy", OTHER, None, "ADD", vnc_api.VirtualNetworkPolicyType(vnc_api.SequenceType(1, 2))
    ),
    "ref relax": lambda c: c.ref_relax_for_delete(UUID, OTHER),
    "list add": lambda c: c.prop_list_add_element(UUID, "fabric_credentials", vnc_api.ProtocolType(protocol="tcp", port=1)),
    "list modify": lambda c: c.prop_list_modify_element(UUID, "fabric_credentials", vnc_api.ProtocolType(protocol="tcp", port=1), "2"),
    "list delete": lambda c: c.prop_list_delete_element(UUID, "fabric_credentials", "2"),
    "list get": lambda c: c.prop_list_get(UUID, "fabric_credentials"),
    "map set": lambda c: c.prop_map_set_element(UUID, "annotations", vnc_api.KeyValuePair("k", "v")),
    "map delete": lambda c: c.prop_map_delete_element(UUID, "annotations", "k"),
    "map get": lambda c: c.prop_map_get(UUID, "annotations", "k"),
    "kv store": lambda c: c.kv_store("k", "v"),
    "kv retrieve": lambda c: c.kv_retrieve("k"),
    "kv delete": lambda c: c.kv_delete("k"),
    "chown": lambda c: c.chown(UUID, OTHER),
    "chmod": lambda c: c.chmod(UUID, owner=OTHER, owner_access=7, share=[(UUID, 4)], global_access=0),
    "aaa mode": lambda c: c.get_aaa_mode(),
    "set aaa mode": lambda c: c.set_aaa_mode("rbac"),
    "permissions": lambda c: c.obj_perms("token", UUID),
    "cloud admin": lambda c: c.is_cloud_admin_role(),
    "set tag": lambda c: c.set_tag(network(c), "tier", "web"),
    "set tags": lambda c: c.set_tags(network(c), {"tier": {"value": "web"}, "label": {"add_values": ["a"]}}),
    "unset tag": lambda c: c.unset_tag(network(c), "tier"),
    "allocate": lambda c: c.virtual_network_ip_alloc(network(c), count=2),
    "free": lambda c: c.virtual_network_ip_free(network(c), ["10.0.0.1"]),
    "count addresses": lambda c: c.virtual_network_subnet_ip_count(network(c), ["10.0.0.0/24"]),
    "unknown type": lambda c: repr(vnc_api.get_object_class("levitation")),
    "commit": lambda c: c.commit_security(scope()),
    "run a job": lambda c: c.execute_job(job_template_fq_name=["t"], job_input={"a": 1}, device_list=["d"]),
    "end a job": lambda c: c.abort_job(["1"], "force"),
}

ANSWERS = {
    "GET /virtual-network/.*": (200, {"virtual-network": STORED}),
    "GET /firewall-rule/.*": (200, {"firewall-rule": {"uuid": UUID, "fq_name": NAME}}),
    "GET /virtual-networks": (200, {"virtual-networks": []}),
    "POST /list-bulk-collection": (200, {"virtual-networks": []}),
    "POST /id-to-fqname": (200, {"fq_name": NAME, "type": "virtual-network"}),
    "POST /useragent-kv": (200, {"value": "v"}),
    "GET /obj-perms": (200, {"is_cloud_admin_role": True, "permissions": "RWX"}),
    "GET /aaa-mode": (200, {"aaa-mode": "rbac"}),
    "GET /prop-collection-get": (200, {"annotations": [[{"key": "k", "value": "v"}, "k"]], "fabric_credentials": []}),
    ".* /virtual-network/.*/ip-alloc": (200, {"ip_addr": ["10.0.0.3"]}),
    ".* /virtual-network/.*/subnet-ip-count": (200, {"ip_count_list": [2]}),
    "POST /execute-job": (200, {"job_execution_id": "1"}),
}


def without_nulls(value):
    """Requests mean the same with and without members that are null, but for a property that is cleared."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def described(request):
    path, _, query = request.path.partition("?")
    body = request.json
    if request.method == "PUT" and isinstance(body, dict):
        # Here null does mean something, one level below the type.
        body = {kind: {key: value if value is None else without_nulls(value) for key, value in item.items()} if isinstance(item, dict) else item
                for kind, item in body.items()}
    else:
        body = without_nulls(body)
    return [request.method, path, sorted(urllib.parse.parse_qsl(query, keep_blank_values=True)), body]


def plain(result):
    if hasattr(result, "uuid"):
        return f"{type(result).__name__} {result.uuid}"
    if isinstance(result, (list, tuple)):
        return [plain(item) for item in result]
    return result


server = RecordingServer(["project", "virtual-network", "network-policy", "virtual-machine-interface", "firewall-rule"])
server.answers.update(ANSWERS)
client = vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=server.port, auth_type="noauth")
seen = {}
for name, call in CALLS.items():
    server.take()
    try:
        result = plain(call(client))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    seen[name] = {"requests": [described(request) for request in server.take()], "result": result}
server.stop()
sys.stdout.write(json.dumps(seen, default=str).replace(server.url, "SERVER"))
