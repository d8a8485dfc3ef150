"""What people see when something is wrong, to the letter. What the server says about wrong values is in test_configuration_server.py."""

import copy
import pickle
import re
import socket
import threading

import pytest
from vnc_api import vnc_api

UUID = "00000000-0000-0000-0000-000000000007"


def seen(error, call):
    """The text of the error that a call ends in."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error or error in (AttributeError,)
    return str(caught.value)


# Servers

WHERE = "see api_server_host=, api_server_port=, api_server_use_ssl="


@pytest.fixture
def nobody():
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_no_server(nobody):
    text = seen(vnc_api.ServerUnreachableError, lambda: vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=nobody, conf_file=[]))
    assert text == f"cannot reach an API server over http (127.0.0.1:{nobody}: [Errno 111] Connection refused); {WHERE}"


def test_no_such_host(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    text = seen(vnc_api.ServerUnreachableError, lambda: vnc_api.VncApi(api_server_host="api.invalid", conf_file=[]))
    # Why a name is not found depends on the machine.
    assert re.fullmatch(
        rf"cannot reach an API server over http \(api\.invalid:8082: Failed to resolve 'api\.invalid' \(.*\)\); {re.escape(WHERE)}", text
    ), text


def test_tls_to_a_server_without(server):
    text = seen(vnc_api.ServerUnreachableError, lambda: vnc_api.VncApi(api_server_port=server.port, api_server_use_ssl=True, conf_file=[]))
    assert re.fullmatch(rf"cannot reach an API server over https \(127\.0\.0\.1:{server.port}: \[SSL.*\] .*\); {re.escape(WHERE)}", text), text


def test_another_protocol():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        port = listener.getsockname()[1]
        text = seen(vnc_api.ServerUnreachableError, lambda: vnc_api.VncApi(api_server_port=port, conf_file=[]))
        thread.join()
    assert text == (
        f"cannot reach an API server over http (127.0.0.1:{port}: the answer is not HTTP: 'SSH-2.0-OpenSSH\\r\\n'); {WHERE}"
    )


URL = "see api_server_host=, api_server_port=, api_server_url="


@pytest.mark.parametrize(
    ("status", "body", "received"),
    [
        (200, b"<html>Welcome</html>", "expected a JSON object with 'links', received '<html>Welcome</html>'"),
        (200, b"", "expected a JSON object with 'links', received nothing"),
        (404, b"<h1>Not found</h1>", "received 404 '<h1>Not found</h1>'"),
    ],
)
def test_another_server(server, status, body, received):
    server.answers["GET /"] = (status, body)
    text = seen(vnc_api.WrongAnswerError, lambda: vnc_api.VncApi(api_server_port=server.port, conf_file=[]))
    assert text == f"GET /: the answer is not that of an API server: {received}; {URL}"


BODIES = [
    (b"<html>Please log in</html>", "'<html>Please log in</html>'"),
    (b'{"virtual-network": {', "'{\"virtual-network\": {'"),
    (b"", "nothing"),
    (b"null", "nothing"),
    (b"[1, 2]", "[1, 2]"),
    (b'{"error": 1}', "{'error': 1}"),
    (b'"' + b"x" * 200 + b'"', "'" + "x" * 76 + "..."),
]


@pytest.mark.parametrize(("body", "received"), BODIES)
@pytest.mark.parametrize(
    ("call", "request_line", "part"),
    [
        (lambda c: c.virtual_network_read(id=UUID), f"GET /virtual-network/{UUID}", "virtual-network"),
        (lambda c: c.virtual_network_create(vnc_api.VirtualNetwork("a")), "POST /virtual-networks", "virtual-network"),
        (lambda c: c.virtual_networks_list(), "GET /virtual-networks", "virtual-networks"),
        (lambda c: c.virtual_networks_list(detail=True), "GET /virtual-networks", "virtual-networks"),
        (lambda c: c.virtual_networks_list(count=True), "GET /virtual-networks", "virtual-networks"),
        (lambda c: c.fq_name_to_id("virtual-network", ["a"]), "name-to-id", "uuid"),
        (lambda c: c.id_to_fq_name(UUID), "id-to-name", "fq_name"),
        (lambda c: c.ref_relax_for_delete(UUID, UUID), "ref-relax-for-delete", "uuid"),
        (lambda c: c.ref_update("a", UUID, "b", UUID, None, "ADD"), "ref-update", "uuid"),
        (lambda c: c.prop_map_get(UUID, "annotations"), "prop-collection-get", "annotations"),
        (lambda c: c.kv_retrieve("a"), "useragent-keyvalue", "value"),
        (lambda c: c.virtual_network_ip_alloc(vnc_api.VirtualNetwork("a", uuid=UUID)), "virtual-network-ip-alloc", "ip_addr"),
    ],
)
def test_wrong_answers(client, server, call, request_line, part, body, received):
    server.answers["(GET|POST|PUT) /.+"] = (200, body)
    text = seen(vnc_api.WrongAnswerError, lambda: call(client))
    assert text == f"{request_line}: the answer is not that of an API server: expected a JSON object with {part!r}, received {received}; {URL}"


# Identity


def test_nobody_is_said_to_call(client, server):
    server.answers["GET /virtual-networks"] = (401, b"Authentication required")
    assert seen(vnc_api.AuthFailed, client.virtual_networks_list) == (
        "the server wants to know who calls: give username=, password=, tenant_name= and auth_host=, or auth_token="
    )


def test_no_keystone(server, nobody):
    server.answers["GET /virtual-networks"] = (401, b"Authentication required")
    with vnc_api.VncApi(username="ada", password="secret", api_server_port=server.port, auth_port=nobody, conf_file=[]) as client:
        assert seen(vnc_api.KeystoneUnreachableError, client.virtual_networks_list) == (
            f"the server wants to know who calls, and Keystone at http://127.0.0.1:{nobody}/v3/auth/tokens cannot be reached "
            "([Errno 111] Connection refused); see auth_host=, auth_port= and auth_protocol="
        )


def test_without_keystone_the_server_has_the_word(server):
    server.answers["GET /virtual-networks"] = (401, b"Authentication required")
    with vnc_api.VncApi(api_server_port=server.port, auth_type="noauth", conf_file=[]) as client:
        assert seen(vnc_api.AuthFailed, client.virtual_networks_list) == "401 Authentication required"


def test_a_wrong_password(server, make_server):
    keystone = make_server()
    server.answers["GET /virtual-networks"] = (401, b"Authentication required")
    keystone.answers["POST /v3/auth/tokens"] = (401, {"error": {"message": "The request you have made requires authentication."}})
    with vnc_api.VncApi(
        username="ada", password="hunter2", tenant_name="admin", api_server_port=server.port, auth_port=keystone.port, conf_file=[]
    ) as client:
        assert seen(vnc_api.AuthFailed, client.virtual_networks_list) == (
            f"Keystone gives user 'ada' no token for project 'admin': http://127.0.0.1:{keystone.port}/v3/auth/tokens: 401 "
            "The request you have made requires authentication."
        )


# Names


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda n: n.dispaly_name,
            "VirtualNetwork has no field 'dispaly_name'; did you mean 'display_name' or 'set_display_name' or 'get_display_name'?",
        ),
        (lambda n: setattr(n, "dispaly_name", "a"), "VirtualNetwork has no field 'dispaly_name'; did you mean 'display_name'?"),
        (lambda n: setattr(n, "network_ipam", None), "VirtualNetwork has no field 'network_ipam'; did you mean 'network_ipam_refs'?"),
        (
            lambda n: n.get_netwrk_ipam_refs(),
            "VirtualNetwork has no field 'get_netwrk_ipam_refs'; did you mean 'get_network_ipam_refs' or 'network_ipam_refs' or "
            "'get_network_policy_refs'?",
        ),
        (lambda n: n.levitation, "VirtualNetwork has no field 'levitation'"),
        (
            lambda n: setattr(n, "floating_ip_pools", []),
            "floating_ip_pools are objects of their own: create them with this one as their parent_obj=",
        ),
        (lambda n: setattr(n, "instance_ip_back_refs", []), "instance_ip_back_refs are objects of their own: change their references to this one"),
        (lambda _: vnc_api.SubnetType().ip_prefx, "SubnetType has no member 'ip_prefx'; did you mean 'ip_prefix'? there are: ip_prefix, ip_prefix_len"),
        (
            lambda _: setattr(vnc_api.SubnetType(), "ip_prefx", "10.0.0.0"),
            "SubnetType has no member 'ip_prefx'; did you mean 'ip_prefix'? there are: ip_prefix, ip_prefix_len",
        ),
    ],
)
def test_misspelt_attributes(project, call, text):
    assert seen(AttributeError, lambda: call(vnc_api.VirtualNetwork("front", project))) == text


def test_the_text_of_a_misspelt_attribute_travels_between_processes(project):
    with pytest.raises(AttributeError) as caught:
        vnc_api.SubnetType().ip_prefx
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_values_can_be_copied_and_pickled():
    subnet = vnc_api.IpamSubnetType(vnc_api.SubnetType("10.0.0.0", 8), dns_nameservers=["10.0.0.1"])
    for copied in (copy.deepcopy(subnet), pickle.loads(pickle.dumps(subnet)), subnet.copy()):
        assert copied == subnet and copied.subnet is not subnet.subnet
    network = vnc_api.VirtualNetwork("front", vnc_api.Project("admin"), mtu=9000)
    for copied in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert copied.to_json() == network.to_json()


def test_misspelt_methods(client):
    assert seen(AttributeError, lambda: client.virtual_netwok_create) == (
        "VncApi has no method 'virtual_netwok_create'; did you mean 'virtual_network_create' or 'virtual_network_read' or "
        "'virtual_network_update'?"
    )
    assert seen(AttributeError, lambda: client.levitate) == "VncApi has no method 'levitate'"
    assert not hasattr(client, "virtual_netwok_create")


def test_misspelt_arguments(project):
    text = seen(TypeError, lambda: vnc_api.VirtualNetwork("front", project, dispaly_name="a"))
    assert text.startswith("VirtualNetwork has no property 'dispaly_name'; did you mean 'display_name'? there are: fq_name, parent_type, uuid, ")


# Values


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda n: vnc_api.IpamSubnetType(subnet="10.0.0.0/24"),
            "IpamSubnetType.subnet takes a SubnetType, or a mapping with its members; '10.0.0.0/24' is neither",
        ),
        (
            lambda n: setattr(vnc_api.IpamSubnetType(), "subnet", vnc_api.PortType(1, 2)),
            "IpamSubnetType.subnet takes a SubnetType, or a mapping with its members; PortType(start_port=1, end_port=2) is neither",
        ),
        (
            lambda n: vnc_api.VnSubnetsType(vnc_api.IpamSubnetType()),
            "VnSubnetsType.ipam_subnets takes a list of IpamSubnetType; put the IpamSubnetType into one: [value]",
        ),
        (
            lambda n: vnc_api.VnSubnetsType([vnc_api.SubnetType("10.0.0.0", 24)]),
            "VnSubnetsType.ipam_subnets[0] takes an IpamSubnetType, or a mapping with its members; "
            "SubnetType(ip_prefix='10.0.0.0', ip_prefix_len=24) is neither",
        ),
        (lambda n: vnc_api.SubnetType(ip_prefix=["10.0.0.0"]), "SubnetType.ip_prefix takes a single value (string); ['10.0.0.0'] is a list"),
        (
            lambda n: setattr(n, "virtual_network_properties", "l3"),
            "VirtualNetwork.virtual_network_properties takes a VirtualNetworkType, or a mapping with its members; 'l3' is neither",
        ),
        (lambda n: n.set_mtu({"value": 9000}), "VirtualNetwork.mtu takes a single value (integer); {'value': 9000} is a dict"),
        (
            lambda n: n.set_network_ipam(vnc_api.NetworkPolicy("web", vnc_api.Project("admin"))),
            "VirtualNetwork.network_ipam_refs leads to objects of the type network-ipam; "
            "<NetworkPolicy default-domain:admin:web> is a network-policy",
        ),
        (
            lambda n: n.set_network_ipam(vnc_api.NetworkIpam("a", vnc_api.Project("b")), vnc_api.SubnetType()),
            "VirtualNetwork.network_ipam_refs (its data) takes a VnSubnetsType, or a mapping with its members; SubnetType() is neither",
        ),
        (
            lambda n: n.set_network_ipam("default-network-ipam"),
            "a reference leads to an object, or to a mapping with 'to' or 'uuid'; 'default-network-ipam' is neither",
        ),
    ],
)
def test_wrong_values(project, call, text):
    assert seen(TypeError, lambda: call(vnc_api.VirtualNetwork("front", project))) == text


def test_numbers_may_be_text():
    """As scripts have always given them; the server makes numbers of them."""
    assert vnc_api.SubnetType("10.0.0.0", "24").to_json() == {"ip_prefix": "10.0.0.0", "ip_prefix_len": "24"}


def test_what_a_newer_server_sends_is_not_argued_with():
    newer = vnc_api.IpamSubnetType.from_dict({"subnet": "10.0.0.0/24", "enable_dhcp": "sometimes", "lease": 3})
    assert newer.to_json()["subnet"] == "10.0.0.0/24" and newer.to_json()["lease"] == 3
