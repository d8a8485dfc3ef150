"""What the methods of a client send, and what they make of the answer."""

import pytest
from recording_server import NAMED_UUID, NEW_UUID
from vnc_api import vnc_api

UUID = "00000000-0000-0000-0000-000000000007"
FRONT = {"uuid": UUID, "fq_name": ["default-domain", "admin", "front"], "parent_type": "project", "parent_uuid": "p"}


@pytest.fixture
def front(server):
    server.answers[f"GET /virtual-network/{UUID}"] = (200, {"virtual-network": FRONT})


def test_the_home_page_is_read_once(server):
    with vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=server.port) as client:
        client.kv_store("a", "b")
    assert server.lines() == ["GET /", "POST /useragent-kv"]


def test_create(client, server, project):
    network = vnc_api.VirtualNetwork("front", project)
    assert client.virtual_network_create(network) == NEW_UUID == network.uuid


def test_what_the_server_chose_is_read_when_it_is_looked_at(client, server, project):
    network = vnc_api.VirtualNetwork("front", project, mtu=9000)
    client.virtual_network_create(network)
    server.answers[f"GET /virtual-network/{NEW_UUID}"] = (200, {"virtual-network": {**FRONT, "virtual_network_network_id": 7}})
    server.take()
    assert network.mtu == 9000 and server.lines() == []
    assert network.virtual_network_network_id == 7 and network.display_name is None and network.get_pending_updates() == set()
    (line,) = server.lines()
    assert "virtual_network_network_id" in line and "mtu" not in line and "annotations" not in line


def test_what_was_deleted_meanwhile_holds_what_it_held(client, server, project):
    network = vnc_api.VirtualNetwork("front", project)
    client.virtual_network_create(network)
    server.answers[f"GET /virtual-network/{NEW_UUID}"] = (404, b"gone")
    assert network.display_name is None


def test_a_chosen_uuid_is_sent(client, server, project):
    client.virtual_network_create(vnc_api.VirtualNetwork("front", project, uuid=UUID))
    assert server.take()[0].json["virtual-network"]["uuid"] == UUID


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({"id": UUID}, [f"GET /virtual-network/{UUID}?exclude_back_refs=True&exclude_children=True"]),
        (
            {"fq_name": ["default-domain", "admin", "front"]},
            ["POST /fqname-to-id", f"GET /virtual-network/{UUID}?exclude_back_refs=True&exclude_children=True"],
        ),
        (
            {"fq_name_str": "default-domain:admin:front"},
            ["POST /fqname-to-id", f"GET /virtual-network/{UUID}?exclude_back_refs=True&exclude_children=True"],
        ),
        ({"id": UUID, "fields": ["display_name", "network_ipam_refs"]}, [f"GET /virtual-network/{UUID}?fields=display_name%2Cnetwork_ipam_refs"]),
        ({"id": UUID, "exclude_back_refs": False, "exclude_children": False}, [f"GET /virtual-network/{UUID}"]),
    ],
)
def test_read(client, server, front, arguments, lines):
    network = client.virtual_network_read(**arguments)
    assert server.lines() == lines
    assert (network.uuid, network.name, network.parent_uuid) == (UUID, "front", "p")


def test_read_wants_to_know_which(client):
    with pytest.raises(TypeError, match=r"which virtual-network\? give fq_name=, fq_name_str= or id="):
        client.virtual_network_read()
    with pytest.raises(TypeError, match="fq_name_str='a:b'"):
        client.virtual_network_read(fq_name="a:b")


def test_children_and_back_references_are_read_when_looked_at(client, server, front):
    network = client.virtual_network_read(id=UUID)
    server.answers[f"GET /virtual-network/{UUID}"] = (
        200,
        {"virtual-network": {**FRONT, "floating_ip_pools": [{"to": ["pool"], "uuid": "f", "href": "h"}]}},
    )
    server.take()
    assert network.get_floating_ip_pools()[0].uuid == "f"
    assert network.floating_ip_pools[0]["to"] == ["pool"]
    assert network.get_instance_ip_back_refs() is None
    assert network.get_instance_ip_back_refs() is None
    assert server.lines() == [f"GET /virtual-network/{UUID}?fields=floating_ip_pools", f"GET /virtual-network/{UUID}?fields=instance_ip_back_refs"]


def test_dump_asks_once(client, server, front, capsys):
    network = client.virtual_network_read(id=UUID)
    server.take()
    network.dump()
    (line,) = server.lines()
    assert line.startswith(f"GET /virtual-network/{UUID}?fields=") and "HAS floating_ip_pools" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ({}, ""),
        ({"parent_id": "p"}, "parent_id=p&"),
        ({"parent_id": ["p", "q"]}, "parent_id=p%2Cq&"),
        ({"parent_fq_name": ["d", "p"]}, "parent_fq_name_str=d%3Ap&"),
        ({"back_ref_id": ["p"]}, "back_ref_id=p&"),
        ({"obj_uuids": ["p", "q"], "fields": ["display_name"]}, "obj_uuids=p%2Cq&fields=display_name&"),
        ({"fq_names": [["a", "b"], ["c"]]}, "fq_names=a%3Ab%2Cc&"),
    ],
)
def test_list(client, server, arguments, query):
    server.answers["GET /virtual-networks"] = (200, {"virtual-networks": [{"uuid": UUID, "fq_name": ["a"], "href": "h"}]})
    assert client.virtual_networks_list(**arguments) == {"virtual-networks": [{"uuid": UUID, "fq_name": ["a"], "href": "h"}]}
    assert server.lines() == [f"GET /virtual-networks?{query}detail=False&count=False&shared=False"]


def test_list_filters(client, server):
    client.virtual_networks_list(filters={"display_name": "front", "is_shared": True, "mtu": [1500, 9000]}, shared=True)
    client.virtual_networks_list(filters="mtu==9000")
    assert server.lines() == [
        "GET /virtual-networks?detail=False&count=False&shared=True&filters=display_name%3D%3D%22front%22%2Cis_shared%3D%3Dtrue%2Cmtu%3D%3D1500%2Cmtu%3D%3D9000",
        "GET /virtual-networks?detail=False&count=False&shared=False&filters=mtu%3D%3D9000",
    ]


def test_unknown_filters_warn(client):
    with pytest.warns(UserWarning, match="a virtual-network has no field 'displayname'; did you mean 'display_name'") as told:
        client.virtual_networks_list(filters={"displayname": {"front"}})
    assert told[0].filename == __file__


def test_list_of_objects(client, server):
    server.answers["GET /virtual-networks"] = (200, {"virtual-networks": [{"virtual-network": FRONT}]})
    (network,) = client.virtual_networks_list(detail=True)
    assert isinstance(network, vnc_api.VirtualNetwork) and network.uuid == UUID
    assert client.resource_list("virtual-network", detail=True)[0].uuid == UUID


def test_count(client, server):
    server.answers["GET /virtual-networks"] = (200, {"virtual-networks": {"count": 3}})
    assert client.virtual_networks_list(count=True) == {"virtual-networks": {"count": 3}}


def test_long_lists_of_identities_go_into_a_body(client, server):
    server.answers["POST /list-bulk-collection"] = (200, {"virtual-networks": []})
    client.virtual_networks_list(obj_uuids=[str(n) for n in range(25)])
    assert client.virtual_networks_list(obj_uuids=[str(n) for n in range(26)], detail=True, token="t") == []
    short, long = server.take()
    assert short.method == "GET"
    assert long.json == {
        "type": "virtual-network",
        "obj_uuids": ",".join(str(n) for n in range(26)),
        "detail": True,
        "count": False,
        "shared": False,
    }
    assert long.headers["X-AUTH-TOKEN"] == "t"


def test_unknown_fields_warn(client, server, front):
    with pytest.warns(UserWarning, match="a virtual-network has no field 'dispaly_name'; did you mean 'display_name'") as told:
        client.virtual_networks_list(fields=["uuid", "dispaly_name"])
    assert told[0].filename == __file__
    with pytest.warns(UserWarning, match="'nothing'") as told:
        client.virtual_network_read(id=UUID, fields=["nothing", "fq_name", "parent_uuid", "network_ipam_refs"])
    assert told[0].filename == __file__


def test_unknown_types_are_told(client):
    with pytest.raises(vnc_api.ResourceTypeUnknownError, match="Unknown object type: virtual-netwrk; did you mean 'virtual-network'"):
        client.resource_list("virtual-netwrk")


def test_a_server_with_fewer_types(make_server, project):
    older = make_server()
    older.resource_types = ["project"]
    with vnc_api.VncApi(api_server_port=older.port) as client:
        with pytest.raises(vnc_api.ResourceTypeUnknownError, match="this server has no objects of the type"):
            client.virtual_network_create(vnc_api.VirtualNetwork("front", project))


def test_delete(client, server):
    client.virtual_network_delete(id=UUID)
    client.virtual_network_delete(fq_name=["a"])
    assert server.lines() == [f"DELETE /virtual-network/{UUID}", "POST /fqname-to-id", f"DELETE /virtual-network/{UUID}"]


def test_drafts(client, server):
    server.answers[f"GET /firewall-rule/{UUID}"] = (200, {"firewall-rule": {"uuid": UUID, "fq_name": ["x"]}})
    client.firewall_rule_read_draft(fq_name=["home", "admin", "rule"])
    client.firewall_rule_read_draft(fq_name_str="default-policy-management:rule")
    asked = [request.json["fq_name"] for request in server.take() if request.path == "/fqname-to-id"]
    assert asked == [["home", "admin", "draft-policy-management", "rule"], ["draft-policy-management", "rule"]]
    assert not hasattr(client, "virtual_network_read_draft")


def test_default_objects(client, server):
    assert client.get_default_virtual_network_id() == NAMED_UUID
    assert server.take()[0].json["fq_name"] == ["default-domain", "default-project", "default-virtual-network"]


def test_names_and_uuids(client, server):
    server.answers["POST /id-to-fqname"] = (200, {"fq_name": ["a", "b"], "type": "virtual-network"})
    assert client.fq_name_to_id("virtual_network", ["a", "b"]) == NAMED_UUID
    assert client.id_to_fq_name(UUID) == ["a", "b"]
    assert client.id_to_fq_name_type(UUID) == (["a", "b"], "virtual-network")
    assert server.take()[0].json == {"type": "virtual-network", "fq_name": ["a", "b"]}


@pytest.mark.parametrize(
    ("call", "line", "body"),
    [
        (
            lambda c: c.ref_update("virtual_network", UUID, "network_policy_refs", "p", None, "ADD", vnc_api.VirtualNetworkPolicyType()),
            "POST /ref-update",
            {
                "type": "virtual-network",
                "uuid": UUID,
                "ref-type": "network-policy",
                "ref-uuid": "p",
                "ref-fq-name": None,
                "operation": "ADD",
                "attr": {},
            },
        ),
        (lambda c: c.ref_relax_for_delete(UUID, "p"), "POST /ref-relax-for-delete", {"uuid": UUID, "ref-uuid": "p"}),
        (
            lambda c: c.prop_list_add_element(UUID, "f", vnc_api.ProtocolType("tcp", 80)),
            "POST /prop-collection-update",
            {"uuid": UUID, "updates": [{"field": "f", "operation": "add", "value": {"protocol": "tcp", "port": 80}, "position": None}]},
        ),
        (
            lambda c: c.prop_list_modify_element(UUID, "f", "v", "2"),
            "POST /prop-collection-update",
            {"uuid": UUID, "updates": [{"field": "f", "operation": "modify", "value": "v", "position": "2"}]},
        ),
        (
            lambda c: c.prop_list_delete_element(UUID, "f", "2"),
            "POST /prop-collection-update",
            {"uuid": UUID, "updates": [{"field": "f", "operation": "delete", "value": None, "position": "2"}]},
        ),
        (
            lambda c: c.prop_map_set_element(UUID, "annotations", vnc_api.KeyValuePair("k", "v")),
            "POST /prop-collection-update",
            {
                "uuid": UUID,
                "updates": [{"field": "annotations", "operation": "set", "value": {"key": "k", "value": "v"}, "position": "k"}],
            },
        ),
        (
            lambda c: c.prop_map_delete_element(UUID, "annotations", "k"),
            "POST /prop-collection-update",
            {"uuid": UUID, "updates": [{"field": "annotations", "operation": "delete", "value": None, "position": "k"}]},
        ),
        (lambda c: c.kv_store("k", "v"), "POST /useragent-kv", {"operation": "STORE", "key": "k", "value": "v"}),
        (lambda c: c.kv_delete("k"), "POST /useragent-kv", {"operation": "DELETE", "key": "k"}),
        (lambda c: c.chown(UUID, "o"), "POST /chown", {"uuid": UUID, "owner": "o"}),
        (
            lambda c: c.chmod(UUID, owner_access=7, share=[("t", 5), {"tenant": "u", "tenant_access": 4}], global_access=0),
            "POST /chmod",
            {
                "uuid": UUID,
                "owner_access": 7,
                "share": [{"tenant": "t", "tenant_access": 5}, {"tenant": "u", "tenant_access": 4}],
                "global_access": 0,
            },
        ),
        (lambda c: c.set_aaa_mode("rbac"), "PUT /aaa-mode", {"aaa-mode": "rbac"}),
        (
            lambda c: c.set_tag(vnc_api.Project("p", uuid=UUID), "tier", "web", is_global=True),
            "POST /set-tag",
            {"obj_type": "project", "obj_uuid": UUID, "tier": {"value": "web", "is_global": True}},
        ),
        (
            lambda c: c.unset_tag(vnc_api.VirtualNetwork("n", uuid=UUID), "tier"),
            "POST /set-tag",
            {"obj_type": "virtual_network", "obj_uuid": UUID, "tier": None},
        ),
        (lambda c: c.commit_security(vnc_api.Project("p", uuid=UUID)), "POST /security-policy-draft", {"scope_uuid": UUID, "action": "commit"}),
        (lambda c: c.discard_security(vnc_api.Project("p", uuid=UUID)), "POST /security-policy-draft", {"scope_uuid": UUID, "action": "discard"}),
        (
            lambda c: c.execute_job(job_template_fq_name=["j"], job_input={"a": 1}, device_list=["d"]),
            "POST /execute-job",
            {"job_template_fq_name": ["j"], "input": {"a": 1}, "params": {"device_list": ["d"]}},
        ),
        (
            lambda c: c.abort_job(["1"], "graceful"),
            "POST /abort-job",
            {"input": {"job_execution_ids": ["1"], "abort_mode": "graceful"}},
        ),
        (
            lambda c: c.amqp_publish("e", routing_key="r", payload={"a": 1}),
            "POST /amqp-publish",
            {"exchange": "e", "exchange_type": "direct", "routing_key": "r", "payload": {"a": 1}},
        ),
        (lambda c: c.restore_config(True, "project", {"project": {"a": 1, "fq_name": ["x"]}}), "POST /projects", {"project": {"a": 1, "fq_name": ["x"]}}),
        (lambda c: c.restore_config(False, "project", {"uuid": UUID}), f"PUT /project/{UUID}", {"project": {"uuid": UUID}}),
    ],
)
def test_actions(client, server, call, line, body):
    call(client)
    (request,) = server.take()
    assert (request.line, request.json) == (line, body)


def test_actions_that_return_something(client, server):
    network = vnc_api.VirtualNetwork("front", uuid=UUID)
    server.answers["POST /useragent-kv"] = (200, {"value": ["a"]})
    server.answers[".* /virtual-network/.*/ip-alloc"] = (200, {"ip_addr": ["10.0.0.3"]})
    server.answers[".* /virtual-network/.*/subnet-ip-count"] = (200, {"ip_count_list": [2]})
    server.answers["GET /prop-collection-get"] = (200, {"annotations": [[{"key": "k", "value": "v"}, "k"]]})
    server.answers["GET /obj-perms"] = (200, {"is_cloud_admin_role": True, "is_global_read_only_role": False, "permissions": "RWX"})
    assert client.kv_retrieve() == ["a"]
    assert client.virtual_network_ip_alloc(network, 2, family="v4") == ["10.0.0.3"]
    client.virtual_network_ip_free(network, ["10.0.0.3"])
    assert client.virtual_network_subnet_ip_count(network, ["10.0.0.0/8"]) == '{"ip_count_list": [2]}'
    assert client.prop_map_get(UUID, "annotations") == [({"key": "k", "value": "v"}, "k")]
    assert client.prop_list_get(UUID, "annotations", "k") == [({"key": "k", "value": "v"}, "k")]
    assert client.is_cloud_admin_role() and not client.is_global_read_only_role()
    assert client.obj_perms("token", UUID)["permissions"] == "RWX"
    assert [request.line for request in server.take()] == [
        "POST /useragent-kv",
        f"POST /virtual-network/{UUID}/ip-alloc",
        f"POST /virtual-network/{UUID}/ip-free",
        f"POST /virtual-network/{UUID}/subnet-ip-count",
        f"GET /prop-collection-get?uuid={UUID}&fields=annotations",
        f"GET /prop-collection-get?uuid={UUID}&fields=annotations&position=k",
        "GET /obj-perms",
        "GET /obj-perms",
        f"GET /obj-perms?uuid={UUID}",
    ]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda c: c.set_aaa_mode("rbac2"), vnc_api.HttpError, "there are: no-auth, cloud-admin, rbac"),
        (lambda c: c.execute_job(), ValueError, "give job_template_fq_name= or job_template_id="),
        (lambda c: c.prop_map_set_element(UUID, "anotations", {}), ValueError, "no object type has a map property 'anotations'"),
        (lambda c: c.prop_map_set_element(UUID, "annotations", {}), ValueError, "told apart by their key"),
        (lambda c: c.virtual_network_create({"name": "front"}), TypeError, "an object of the configuration is wanted"),
        (
            lambda c: c.virtual_network_create(vnc_api.NetworkPolicy("web")),
            TypeError,
            "virtual_network_create takes a VirtualNetwork, not <NetworkPolicy default-domain:default-project:web>; for that there is network_policy_create",
        ),
        (lambda c: c.virtual_networks_list(parent_id=vnc_api.Project("p")), TypeError, "parent_id= takes a UUID, or a list of them, not <Project"),
        (lambda c: c.virtual_networks_list(parent_fq_name="a:b"), TypeError, "parent_fq_name= takes a list of names, not 'a:b'"),
        (lambda c: c.virtual_networks_list(fq_names=["a", "b"]), TypeError, "fq_names= takes a list of lists of names, not ['a', 'b']"),
        (
            lambda c: c.virtual_networks_list(parent_uuid="p"),
            TypeError,
            "virtual_networks_list() got an unexpected keyword argument 'parent_uuid'; did you mean 'parent_id'?",
        ),
        (lambda c: c.chown(UUID), TypeError, "chown() missing 1 required positional argument: 'owner'"),
        (lambda c: c.call("levitate"), vnc_api.VncError, "this server has no action 'levitate'; it has aaa-mode, "),
    ],
)
def test_mistakes_are_told(client, call, error, text):
    with pytest.raises(error, match=".*") as caught:
        call(client)
    assert text in str(caught.value)


def test_an_action_that_appeared_later_is_found(client, server):
    server.answers["GET /"] = lambda _: (
        200,
        {"href": server.url, "links": [{"link": {"rel": "action", "name": "levitate", "href": f"{server.url}/up", "method": "POST"}}]},
    )
    client.call("levitate", body={})
    assert server.lines() == ["GET /", "POST /up"]


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        (400, vnc_api.BadRequest, "the reason"),
        (401, vnc_api.AuthFailed, "401 the reason"),
        (403, vnc_api.PermissionDenied, "the reason"),
        (404, vnc_api.NoIdError, f"Unknown id: the reason (DELETE /virtual-network/{UUID})"),
        (409, vnc_api.RefsExistError, "the reason"),
        (412, vnc_api.OverQuota, "the reason"),
        (413, vnc_api.RequestSizeError, "the reason"),
        (418, vnc_api.HttpError, "HTTP Status: 418 Content: the reason"),
        (500, vnc_api.HttpError, "HTTP Status: 500 Content: the reason"),
        (503, vnc_api.ServiceUnavailableError, "Service unavailable time out due to: 503 the reason"),
        (504, vnc_api.TimeOutError, "Timed out due to: Gateway Timeout 504 the reason"),
    ],
)
def test_every_status_has_its_error(make_server, status, error, text):
    server = make_server()
    with vnc_api.VncApi(api_server_port=server.port, auth_type="noauth") as client:
        server.answers["DELETE .*"] = (status, b"the reason")
        with pytest.raises(error) as caught:
            client.virtual_network_delete(id=UUID)
    assert isinstance(caught.value, vnc_api.VncError)
    assert str(caught.value) == text
    assert (caught.value.status_code, caught.value.content) == (status, "the reason")
    assert caught.value.request_line == f"DELETE /virtual-network/{UUID}"


def test_errors_are_found_where_older_scripts_look():
    from cfgm_common import exceptions as older
    from vnc_api import exceptions

    assert older.NoIdError is exceptions.NoIdError is vnc_api.NoIdError
    assert older.__all__ == exceptions.__all__


def test_leaving_hrefs_out(make_server):
    server = make_server()
    server.answers[f"GET /virtual-network/{UUID}"] = (200, {"virtual-network": FRONT})
    with vnc_api.VncApi(api_server_port=server.port, exclude_hrefs=True) as client:
        client.virtual_network_read(id=UUID, fields=["display_name"])
        client.virtual_networks_list()
    assert server.lines()[1:] == [
        f"GET /virtual-network/{UUID}?fields=display_name&exclude_hrefs=True",
        "GET /virtual-networks?detail=False&count=False&shared=False&exclude_hrefs=True",
    ]


def test_operations_explain_themselves(client, capsys):
    help(client.virtual_network_read)
    text = capsys.readouterr().out
    assert "virtual_network_read(fq_name:" in text and "-> 'VirtualNetwork'\n    Read a virtual-network, found by its name or UUID." in text
    assert "\n    not read are read when they are looked at." in text
    assert repr(client.virtual_network_read) == "<bound operation VncApi.virtual_network_read>"
    with pytest.raises(TypeError, match=r"VncApi\(...\).virtual_network_read\(...\)"):
        vnc_api.VncApi.virtual_network_read(id=UUID)


def test_a_subclass_may_replace_an_operation(server):
    class Careful(vnc_api.VncApi):
        def virtual_network_delete(self, fq_name=None, id=None):
            raise PermissionError

    with Careful(api_server_port=server.port) as client, pytest.raises(PermissionError):
        client.virtual_network_delete(id=UUID)
