"""Watching, and the client for asyncio, against a real configuration server."""

import asyncio
import itertools
import os
import threading
import uuid

import pytest
from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi

if not os.environ.get("API_PORT"):
    pytest.skip("no configuration server: run this through Tests/Interop/with-api-server", allow_module_level=True)

ARGUMENTS = {"api_server_host": os.environ.get("API_HOST"), "api_server_port": os.environ.get("API_PORT"), "conf_file": []}


@pytest.fixture
def vnc():
    with vnc_api.VncApi(**ARGUMENTS) as client:
        yield client


@pytest.fixture
def project(vnc):
    made = vnc_api.Project(f"watched-{uuid.uuid4()}", vnc.domain_read(fq_name=["default-domain"]))
    vnc.project_create(made)
    yield made
    for each in vnc.virtual_networks_list(parent_id=made.uuid)["virtual-networks"]:
        vnc.virtual_network_delete(id=each["uuid"])
    vnc.project_delete(id=made.uuid)


def events_about(watch, uuid, count):
    return list(itertools.islice((event for event in watch if event.obj is not None and event.obj.uuid == uuid), count))


def test_a_watch_lists_and_then_tells_every_change(vnc, project):
    before = vnc_api.VirtualNetwork("before", parent_obj=project)
    vnc.virtual_network_create(before)
    with vnc.watch(vnc_api.VirtualNetwork) as watch:
        assert next(watch).kind == "listing"
        for event in watch:
            if event.kind == "synchronized":
                break
            assert event.kind == "listed" and event.obj.resource_type == "virtual-network"
        network = vnc_api.VirtualNetwork("front", parent_obj=project)
        vnc.virtual_network_create(network)
        network.mtu = 9000
        vnc.virtual_network_update(network)
        vnc.virtual_network_delete(id=network.uuid)
        heard = events_about(watch, network.uuid, 3)
        assert [event.kind for event in heard] == ["created", "updated", "deleted"]
        assert heard[1].obj.mtu == 9000 and heard[1].obj.fq_name == network.fq_name
        assert heard[0].revision < heard[1].revision < heard[2].revision == watch.revision

    # A later watch goes on where this one was.
    with vnc.watch("virtual-network", after=heard[0].revision) as again:
        assert [event.kind for event in events_about(again, network.uuid, 2)] == ["updated", "deleted"]


def test_another_thread_ends_a_watch_that_waits(vnc):
    watch = vnc.watch("alarm")
    waiting = threading.Event()
    heard = []

    def listen():
        for event in watch:
            heard.append(event.kind)
            if event.kind == "synchronized":
                waiting.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert waiting.wait(30)
    watch.close()
    listener.join(30)
    assert not listener.is_alive() and heard[-1] == "synchronized"


def test_a_mistyped_type_is_an_error(vnc):
    with pytest.raises(vnc_api.ResourceTypeUnknownError, match="virtual-network"):
        vnc.watch("virtual-netwrk")


def test_requests_are_awaited_at_once(project):
    async def work():
        async with AsyncVncApi(**ARGUMENTS) as vnc:
            parent = await vnc.project_read(id=project.uuid)
            networks = [vnc_api.VirtualNetwork(f"n{number}", parent_obj=parent) for number in range(20)]
            made = await asyncio.gather(*(vnc.virtual_network_create(each) for each in networks))
            listed = (await vnc.virtual_networks_list(parent_id=project.uuid))["virtual-networks"]
            assert set(made) <= {each["uuid"] for each in listed} and len(set(made)) == 20
            names = await vnc.run(vnc.sync.id_to_fq_name, made[0])
            assert names[-1] in {each.name for each in networks}
            with pytest.raises(vnc_api.NoIdError):
                await vnc.virtual_network_read(fq_name=["default-domain", project.name, "missing"])
            return await vnc.virtual_networks_list(parent_id=project.uuid, detail=True)

    assert {f"n{number}" for number in range(20)} <= {each.name for each in asyncio.run(work())}


def test_a_watch_is_awaited_and_cancelled(project):
    async def work():
        async with AsyncVncApi(**ARGUMENTS) as vnc:
            async def first_change():
                async with vnc.watch("virtual-network") as watch:
                    async for event in watch:
                        if event.kind == "synchronized":
                            ready.set()
                        elif event.kind == "created":
                            return event.obj.name

            ready = asyncio.Event()
            task = asyncio.create_task(first_change())
            await ready.wait()
            await vnc.virtual_network_create(vnc_api.VirtualNetwork("heard", parent_obj=project))
            assert await asyncio.wait_for(task, 30) == "heard"

            ready = asyncio.Event()
            task = asyncio.create_task(first_change())
            await ready.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 30)

    asyncio.run(work())


def test_a_client_that_is_not_connected_says_so():
    with pytest.raises(RuntimeError, match="async with"):
        AsyncVncApi(**ARGUMENTS).sync
