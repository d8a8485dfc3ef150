"""What the tests share: servers that record, and clients of them."""

import uuid

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
def vnc():
    """A client of the real server."""
    from api_server import ARGUMENTS

    with vnc_api.VncApi(**ARGUMENTS) as client:
        yield client


@pytest.fixture
def own_project(vnc):
    """A project on the real server for one test, deleted afterwards with what lives in it."""
    made = vnc_api.Project(f"test-{uuid.uuid4()}", vnc.domain_read(fq_name=["default-domain"]))
    vnc.project_create(made)
    yield made
    # Ports before networks, networks before policies: who refers to another goes first.
    for kind in ("virtual-machine-interface", "virtual-network", "network-policy"):
        with vnc.bulk() as bulk:
            for each in vnc.resource_list(kind, parent_id=made.uuid)[f"{kind}s"]:
                getattr(bulk, f"{kind.replace('-', '_')}_delete")(id=each["uuid"])
    vnc.project_delete(id=made.uuid)


@pytest.fixture
def project():
    return vnc_api.Project("admin", uuid="00000000-0000-0000-0000-000000000001")


@pytest.fixture
def ipam(project):
    return vnc_api.NetworkIpam("addresses", project, uuid="00000000-0000-0000-0000-000000000002")


@pytest.fixture
def policy(project):
    return vnc_api.NetworkPolicy("web", project, uuid="00000000-0000-0000-0000-000000000003")
