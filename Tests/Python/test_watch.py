"""Watching, and the client for asyncio, against a real configuration server."""

import asyncio
import itertools
import threading

import pytest
from api_server import ARGUMENTS
from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi


def events_about(watch, uuid, count):
    return list(itertools.islice((event for event in watch if event.obj is not None and event.obj.uuid == uuid), count))


def test_a_watch_lists_and_then_tells_every_change(vnc, own_project):
    before = vnc_api.VirtualNetwork("before", parent_obj=own_project)
    vnc.virtual_network_create(before)
    with vnc.watch(vnc_api.VirtualNetwork) as watch:
        assert next(watch).kind == "listing"
        for event in watch:
            if event.kind == "synchronized":
                break
            assert event.kind == "listed" and event.obj.resource_type == "virtual-network"
        network = vnc_api.VirtualNetwork("front", parent_obj=own_project)
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


def test_requests_are_awaited_at_once(own_project):
    async def work():
        async with AsyncVncApi(**ARGUMENTS) as vnc:
            parent = await vnc.project_read(id=own_project.uuid)
            networks = [vnc_api.VirtualNetwork(f"n{number}", parent_obj=parent) for number in range(20)]
            made = await asyncio.gather(*(vnc.virtual_network_create(each) for each in networks))
            listed = (await vnc.virtual_networks_list(parent_id=own_project.uuid))["virtual-networks"]
            assert set(made) <= {each["uuid"] for each in listed} and len(set(made)) == 20
            names = await vnc.id_to_fq_name(made[0])
            assert names == await vnc.run(vnc.sync.id_to_fq_name, made[0])
            await vnc.prop_map_set_element(made[0], "annotations", vnc_api.KeyValuePair("owner", "ada"))
            assert [value["value"] for value, _ in await vnc.prop_map_get(made[0], "annotations")] == ["ada"]
            assert {each.uuid for each in await vnc.resource_list("virtual-network", obj_uuids=made, detail=True)} == set(made)
            assert names[-1] in {each.name for each in networks}
            with pytest.raises(vnc_api.NoIdError):
                await vnc.virtual_network_read(fq_name=["default-domain", own_project.name, "missing"])
            return await vnc.virtual_networks_list(parent_id=own_project.uuid, detail=True)

    assert {f"n{number}" for number in range(20)} <= {each.name for each in asyncio.run(work())}


def test_a_watch_is_awaited_and_cancelled(own_project):
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
            await vnc.virtual_network_create(vnc_api.VirtualNetwork("heard", parent_obj=own_project))
            assert await asyncio.wait_for(task, 30) == "heard"

            ready = asyncio.Event()
            task = asyncio.create_task(first_change())
            await ready.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 30)

    asyncio.run(work())


def test_the_first_request_connects(own_project):
    async def work():
        vnc = AsyncVncApi(**ARGUMENTS)
        read = await asyncio.gather(*(vnc.project_read(id=own_project.uuid) for _ in range(5)))
        await vnc.close()
        return {each.name for each in read}

    assert asyncio.run(work()) == {own_project.name}


def test_mistyped_names_are_told():
    with pytest.raises(TypeError, match="no argument 'api_sever_host'; did you mean 'api_server_host'"):
        AsyncVncApi(api_sever_host="127.0.0.1")
    with pytest.raises(AttributeError, match="AsyncVncApi has no method 'virtual_network_raed'; did you mean 'virtual_network_read'"):
        AsyncVncApi(**ARGUMENTS).virtual_network_raed


def test_a_client_that_is_not_connected_says_so():
    with pytest.raises(RuntimeError, match="async with"):
        AsyncVncApi(**ARGUMENTS).sync
