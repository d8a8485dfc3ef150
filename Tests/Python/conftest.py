"""What the tests share: servers that record, and clients of them."""

import pytest
from recording_server import RecordingServer
from vnc_api import vnc_api
from vnc_api.connection import Connection


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Retries come at once."""
    monkeypatch.setattr(Connection, "retry_interval", 0.0)


@pytest.fixture
def make_server():
    """Makes servers that record; they stop with the test."""
    servers = []

    def make(**arguments):
        servers.append(RecordingServer(vnc_api.all_resource_types, **arguments))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
def client(server):
    """A client of ``server`` that has read its home page."""
    with vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=server.port, conf_file=[]) as client:
        server.take()
        yield client


@pytest.fixture
def project():
    return vnc_api.Project("admin", uuid="00000000-0000-0000-0000-000000000001")


@pytest.fixture
def ipam(project):
    return vnc_api.NetworkIpam("addresses", project, uuid="00000000-0000-0000-0000-000000000002")


@pytest.fixture
def policy(project):
    return vnc_api.NetworkPolicy("web", project, uuid="00000000-0000-0000-0000-000000000003")
