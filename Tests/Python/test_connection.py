"""Servers that fail, tokens that expire, connections that break."""

import logging
import socket
import threading

import pytest
import requests
from recording_server import Hangup
from vnc_api import vnc_api
from vnc_api.connection import Connection

UUID = "00000000-0000-0000-0000-000000000007"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def counted(failures, failure):
    """An answer that is ``failure`` so many times and a success then."""
    left = [failures]

    def answer(_):
        left[0] -= 1
        if left[0] >= 0:
            if isinstance(failure, type):
                raise failure
            return failure
        return 200, {"value": "done"}

    return answer


# Which server


def test_no_server_is_told():
    port = free_port()
    with pytest.raises(vnc_api.ServerUnreachableError) as caught:
        vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=port)
    assert isinstance(caught.value, requests.exceptions.ConnectionError) and isinstance(caught.value, vnc_api.ConnectionError)
    assert f"127.0.0.1:{port}" in str(caught.value) and "Connection refused" in str(caught.value)
    assert "see api_server_host=, api_server_port=" in str(caught.value)
    assert "0x" not in str(caught.value)


def test_something_else_listens_there(server):
    server.answers["GET /"] = (200, b"<html>")
    with pytest.raises(vnc_api.WrongAnswerError, match="not that of an API server: .* see api_server_host=, api_server_port="):
        vnc_api.VncApi(api_server_port=server.port)


def test_servers_take_turns(make_server):
    with_two_addresses = make_server()
    with vnc_api.VncApi(api_server_host=["127.0.0.1", "localhost"], api_server_port=with_two_addresses.port) as client:
        for _ in range(4):
            client.kv_store("a", "b")
    hosts = [request.headers["Host"].split(":")[0] for request in with_two_addresses.take()]
    assert hosts[1:] in (["127.0.0.1", "localhost"] * 2, ["localhost", "127.0.0.1"] * 2)


@pytest.mark.parametrize("hosts", ["127.0.0.9,127.0.0.1", "127.0.0.1 127.0.0.9", ["127.0.0.9", "127.0.0.1"]])
def test_a_server_that_cannot_be_reached_is_left_out(server, hosts, caplog):
    # Nobody listens on 127.0.0.9.
    caplog.set_level(logging.DEBUG, "vnc_api")
    with vnc_api.VncApi(api_server_host=hosts, api_server_port=server.port) as client:
        for _ in range(6):
            client.kv_store("a", "b")
    assert len(server.take()) == 7
    assert sum("127.0.0.9" in record.getMessage() for record in caplog.records) <= 1


def test_a_server_that_was_left_out_is_tried_again(server, monkeypatch, caplog):
    monkeypatch.setattr(Connection, "pause_after_failure", 0.0)
    caplog.set_level(logging.DEBUG, "vnc_api")
    with vnc_api.VncApi(api_server_host="127.0.0.9,127.0.0.1", api_server_port=server.port) as client:
        for _ in range(6):
            client.kv_store("a", "b")
    assert sum("127.0.0.9" in record.getMessage() for record in caplog.records) >= 3


def test_health_checks_find_dead_servers_first(server, caplog):
    vnc_api.VncApi(api_server_host="127.0.0.9,127.0.0.1", api_server_port=server.port, api_health_check=True).close()
    assert [record.getMessage() for record in caplog.records] == ["API server 127.0.0.9 is left out: [Errno 111] Connection refused"]


def test_a_path_before_all_others(make_server):
    behind_proxy = make_server(prefix="/cloud/api")
    with vnc_api.VncApi(api_server_port=behind_proxy.port, api_server_url="/cloud/api/") as client:
        client.kv_store("a", "b")
    with vnc_api.VncApi(api_server_url=f"{behind_proxy.url}/cloud/api") as client:
        client.kv_store("a", "b")
    assert behind_proxy.lines() == ["GET /cloud/api/", "POST /cloud/api/useragent-kv"] * 2


# How often


def test_waiting_for_a_server_that_starts(make_server, monkeypatch):
    port = free_port()
    started = []

    def start_instead_of_sleeping(_):
        if not started:
            from recording_server import RecordingServer

            class Later(RecordingServer):
                def __init__(self):
                    super().__init__()

            started.append(make_server())
            client_settings.port = started[0].port

    import vnc_api.connection as connection

    client_settings = None
    make = connection.Connection.__init__

    def remember(self, settings, token=None):
        nonlocal client_settings
        client_settings = settings
        make(self, settings, token)

    monkeypatch.setattr(connection.Connection, "__init__", remember)
    monkeypatch.setattr(connection.time, "sleep", start_instead_of_sleeping)
    vnc_api.VncApi(api_server_port=port, wait_for_connect=True).close()
    assert started[0].lines() == ["GET /"]


def test_a_server_that_starts_is_asked_again(server):
    server.answers["GET /"] = counted(3, (503, b"Api server is Initializing:DB Resync in progress"))
    with pytest.raises(vnc_api.WrongAnswerError, match="expected a JSON object with 'links'"):
        vnc_api.VncApi(api_server_port=server.port)
    assert server.lines() == ["GET /"] * 4


@pytest.mark.parametrize("status", [502, 503])
def test_unavailable_is_asked_again_thirty_times(client, server, status):
    server.answers["POST /useragent-kv"] = counted(30, (status, b"busy"))
    assert client.kv_retrieve("a") == "done"
    server.answers["POST /useragent-kv"] = counted(31, (status, b"busy"))
    with pytest.raises(vnc_api.ServiceUnavailableError, match=f"{status} busy"):
        client.kv_retrieve("a")


def test_broken_connections_are_repeated_when_that_is_safe(client, server):
    server.answers["POST /useragent-kv"] = counted(1, Hangup)
    with pytest.raises(vnc_api.ServerUnreachableError):
        # One server, and it has failed: there is no other to ask.
        client.kv_retrieve("a")


def test_another_server_is_asked_when_a_connection_breaks(server):
    with vnc_api.VncApi(api_server_host="127.0.0.1,localhost", api_server_port=server.port) as client:
        server.answers["POST /useragent-kv"] = counted(1, Hangup)
        assert client.kv_retrieve("a") == "done"


def test_a_create_is_not_repeated_when_it_may_have_been_done(server, project):
    with vnc_api.VncApi(api_server_host="127.0.0.1,localhost", api_server_port=server.port) as client:
        server.answers["POST /virtual-networks"] = counted(1, Hangup)
        server.take()
        with pytest.raises(vnc_api.ServerUnreachableError, match="whether the request was carried out is not known"):
            client.virtual_network_create(vnc_api.VirtualNetwork("front", project))
    assert server.lines() == ["POST /virtual-networks"]


def test_a_server_that_does_not_answer(make_server):
    silent = make_server()
    released = threading.Event()
    with vnc_api.VncApi(api_server_port=silent.port, timeout=0.05) as client:
        silent.answers["POST /useragent-kv"] = lambda _: (released.wait(5), (200, {}))[1]
        with pytest.raises(vnc_api.TimeOutError, match=r"did not answer within 0.05 s; see timeout="):
            client.kv_store("a", "b")
        released.set()


# Which identity


class Keystone:
    """Answers of Keystone, in the versions that it has."""

    def __init__(self, server, versions=(3, 2), password="secret"):
        self.server = server
        self.password = password
        self.tokens = 0
        server.answers["POST /v3/auth/tokens"] = self.version_3 if 3 in versions else (404, b"")
        server.answers["POST /v2.0/tokens"] = self.version_2 if 2 in versions else (404, b"")

    def version_3(self, request):
        if request.json["auth"]["identity"]["password"]["user"]["password"] != self.password:
            return 401, {"error": {"message": "The request you have made requires authentication."}}
        self.tokens += 1
        return 201, {"token": {}}, {"X-Subject-Token": f"token-{self.tokens}"}

    def version_2(self, request):
        if request.json["auth"]["passwordCredentials"]["password"] != self.password:
            return 401, {"error": {"message": "wrong"}}
        self.tokens += 1
        return 200, {"access": {"token": {"id": f"token-{self.tokens}"}}}


@pytest.fixture
def guarded(server):
    """An API server that wants the token that was given last."""
    server.valid = "token-1"

    def answer(request):
        if request.headers.get("X-AUTH-TOKEN") == server.valid:
            return 200, {"value": "done"}
        return 401, b"Authentication required"

    server.answers["POST /useragent-kv"] = answer
    return server


@pytest.fixture
def keystone_server(make_server):
    return make_server()


def connect(guarded, keystone_server, **arguments):
    defaults = {"username": "ada", "password": "secret", "tenant_name": "admin"}
    return vnc_api.VncApi(
        api_server_port=guarded.port, auth_host="127.0.0.1", auth_port=keystone_server.port, **{**defaults, **arguments}
    )


def test_a_token_is_fetched_when_it_is_asked_for(guarded, keystone_server):
    Keystone(keystone_server)
    with connect(guarded, keystone_server, domain_name="home") as client:
        assert keystone_server.take() == []
        assert client.kv_retrieve("a") == client.kv_retrieve("a") == "done"
        assert client.get_auth_token() == "token-1"
    (request,) = keystone_server.take()
    assert request.json == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "ada", "domain": {"name": "home"}, "password": "secret"}},
            },
            "scope": {"project": {"name": "admin", "domain": {"name": "home"}}},
        }
    }
    first, refused, accepted, again = guarded.take()
    assert first.headers["X-Tenant-Name"] == "admin" and "X-AUTH-TOKEN" not in refused.headers
    assert accepted.headers["X-AUTH-TOKEN"] == again.headers["X-AUTH-TOKEN"] == "token-1"


def test_an_expired_token_is_replaced(guarded, keystone_server):
    Keystone(keystone_server)
    with connect(guarded, keystone_server) as client:
        client.kv_retrieve("a")
        guarded.valid = "token-2"
        client.kv_retrieve("a")
        assert client.get_auth_token() == "token-2"


def test_threads_fetch_one_token(guarded, keystone_server):
    keystone = Keystone(keystone_server)
    with connect(guarded, keystone_server) as client:
        together = threading.Barrier(8)
        done = []

        def work():
            together.wait()
            done.append(client.kv_retrieve("a"))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == ["done"] * 8 and keystone.tokens == 1


def test_an_older_keystone(guarded, keystone_server):
    Keystone(keystone_server, versions=(2,))
    with connect(guarded, keystone_server) as client:
        assert client.kv_retrieve("a") == "done"
    assert keystone_server.lines() == ["POST /v3/auth/tokens", "POST /v2.0/tokens"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"auth_url": "/v2.0/tokens"}, "POST /v2.0/tokens"),
        ({"auth_url": "v3/auth/tokens"}, "POST /v3/auth/tokens"),
        ({"auth_token_url": "http://127.0.0.1:{port}/identity/v3/auth/tokens"}, "POST /identity/v3/auth/tokens"),
    ],
)
def test_the_path_of_tokens_can_be_given(guarded, keystone_server, arguments, line):
    keystone = Keystone(keystone_server)
    keystone_server.answers["POST /identity/v3/auth/tokens"] = keystone.version_3
    arguments = {name: value.format(port=keystone_server.port) for name, value in arguments.items()}
    with connect(guarded, keystone_server, **arguments) as client:
        client.kv_retrieve("a")
    assert keystone_server.lines() == [line]


def test_wrong_credentials_are_told_without_repeating_them(guarded, keystone_server):
    Keystone(keystone_server)
    with connect(guarded, keystone_server, password="hunter2") as client, pytest.raises(vnc_api.AuthFailed) as caught:
        client.kv_retrieve("a")
    assert "Keystone gives user 'ada' no token for project 'admin'" in str(caught.value)
    assert "The request you have made requires authentication." in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert isinstance(caught.value, RuntimeError)  # What scripts for the older package catch.


def test_no_credentials_are_told(guarded):
    with vnc_api.VncApi(api_server_port=guarded.port) as client, pytest.raises(vnc_api.AuthFailed, match="give username=, password="):
        client.kv_retrieve("a")


def test_no_keystone_is_told(guarded):
    port = free_port()
    with vnc_api.VncApi(api_server_port=guarded.port, username="ada", password="secret", auth_port=port) as client:
        with pytest.raises(vnc_api.AuthFailed, match=f"Keystone at http://127.0.0.1:{port}/v3/auth/tokens cannot be reached"):
            client.kv_retrieve("a")


def test_a_token_that_was_given(guarded, keystone_server):
    with connect(guarded, keystone_server, auth_token="token-1") as client:
        assert client.kv_retrieve("a") == "done"
        client.set_auth_token("other")
        with pytest.raises(vnc_api.AuthFailed):
            client.obj_perms("mine") if guarded.answers.update({"GET /obj-perms": (401, b"no")}) is None else None
    assert keystone_server.take() == []


def test_without_keystone_401_is_an_error(guarded):
    with vnc_api.VncApi(api_server_port=guarded.port, auth_type="noauth", username="ada", password="secret") as client:
        with pytest.raises(vnc_api.AuthFailed, match="Authentication required"):
            client.kv_retrieve("a")


def test_roles(client, server):
    client.set_user_roles(["member", "reader"])
    client.kv_store("a", "b")
    assert server.take()[0].headers["X-API-ROLE"] == "member,reader"


# What is written down


def test_logs_have_no_secrets(guarded, keystone_server, caplog, tmp_path):
    # A word that no path and no test has: the folder of the test is named after it, and is in what is written.
    password = "correct-horse"
    Keystone(keystone_server, password=password)
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("vnc_api")
    handlers = list(log.handlers)
    conf = tmp_path / "vnc_api_lib.ini"
    conf.write_text(f"[global]\ncurl_log = {tmp_path}/requests.log\n[auth]\nAUTHN_PASSWORD = {password}\n")
    try:
        with connect(guarded, keystone_server, password=None, conf_file=str(conf)) as client:
            client.kv_retrieve("a")
            client.kv_store("a", {"password": "hunter2"})
            assert password not in repr(client._connection.settings)
    finally:
        for handler in set(log.handlers) - set(handlers):
            log.removeHandler(handler)
            handler.close()
    written = caplog.text + (tmp_path / "requests.log").read_text()
    assert f"POST http://127.0.0.1:{guarded.port}/useragent-kv 200" in (tmp_path / "requests.log").read_text()
    for secret in (password, "hunter2", "token-1"):
        assert secret not in written
