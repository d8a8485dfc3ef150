"""Users of a real server of their own, whose tokens are good for two seconds: nothing that a script does is broken off by that."""

import os
import re
import subprocess
import time

import api_server  # noqa: F401  Without a built server there is nothing to test.
import pytest
from vnc_api import vnc_api
from vnc_api.watch import _shut_down

PASSWORD = "open-sesame"


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Of a server with the user `ada`, who may do everything."""
    folder = tmp_path_factory.mktemp("users")
    users, log = folder / "users.json", folder / "log"
    tungsten = os.environ["TUNGSTEN"]
    added = [tungsten, "user", "add", "ada", "--role", "admin", "--file", users]
    subprocess.run(added, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL, timeout=60)
    command = [tungsten, "api", "--listen", "127.0.0.1:0", "--data-dir", folder / "data", "--auth", "users", "--users", users]
    with log.open("wb") as file:
        process = subprocess.Popen([*command, "--token-lifetime", "2"], stdout=file, stderr=subprocess.STDOUT)
    try:
        until(lambda: b"serves http" in log.read_bytes() or process.poll() is not None)
        yield int(re.search(r"serves http://127\.0\.0\.1:(\d+)", log.read_text())[1])
    finally:
        process.terminate()
        process.wait(30)


def client(port, **arguments):
    return vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=port, tenant_name="default-project", conf_file=[], **arguments)


@pytest.fixture
def vnc(port):
    with client(port, username="ada", password=PASSWORD) as vnc:
        yield vnc


def outlive_token(vnc):
    """Waits until the server takes the client's token no more."""

    def is_refused():
        try:
            vnc.virtual_networks_list(count=True, token=token)
        except vnc_api.AuthFailed:
            return True
        return False

    token = vnc.get_auth_token()
    until(is_refused)
    return token


def test_requests_and_a_watch_outlive_their_token(port, vnc):
    project = vnc.project_read(fq_name=["default-domain", "default-project"])
    first, second = (vnc_api.VirtualNetwork(name, project) for name in ("first", "second"))

    def hear(network):
        return next(event.kind for event in watch if event.obj is not None and event.obj.name == network.name)

    with vnc.watch("virtual-network") as watch:
        assert any(event.kind == "synchronized" for event in watch)
        # The connection of the watch stands; a bulk gets another token.
        old = outlive_token(vnc)
        with vnc.bulk() as bulk:
            bulk.virtual_network_create(first)
        assert hear(first) == "created"
        assert vnc.get_auth_token() != old
        # The connection has to be made again, with a token that is no longer good.
        old = outlive_token(vnc)
        _shut_down(watch._response)
        with client(port, username="ada", password=PASSWORD) as other:
            other.virtual_network_create(second)
        assert hear(second) == "created"
        assert vnc.get_auth_token() != old


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "give username=, password=, tenant_name= and auth_host=, or auth_token="),
        ({"username": "ada", "password": "wrong"}, "401 The name or the password is wrong"),
        ({"username": "ada", "password": PASSWORD, "auth_port": 1}, "Keystone at http://127.0.0.1:1/v3/auth/tokens cannot be reached"),
        ({"auth_token": "stale"}, "the server does not take the token that it was sent"),
    ],
)
def test_who_is_not_let_in_is_told_why(port, arguments, text):
    with pytest.raises(vnc_api.AuthFailed) as caught, client(port, **arguments) as vnc:
        vnc.virtual_networks_list()
    assert text in str(caught.value) and PASSWORD not in str(caught.value)
    assert isinstance(caught.value, vnc_api.KeystoneUnreachableError) == ("auth_port" in arguments)
