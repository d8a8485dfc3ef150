"""The client for asyncio: every method of :class:`vnc_api.vnc_api.VncApi`, to be awaited.

    from vnc_api.aio import AsyncVncApi

    async with AsyncVncApi(api_server_host="10.1.1.1") as vnc:
        networks = await vnc.virtual_networks_list(detail=True)
        async for event in vnc.watch("virtual-network"):
            ...

Requests are made in threads of the client's own, as many at once as ``concurrency`` says, so that nothing waits for anything else in the loop.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from .actions import Actions
from .bulk import Bulk
from .conversation import AsyncShell, Conversation
from .gen.vnc_api_client_gen import ResourceOperations
from .resource import Resource
from .spelling import choice
from .vnc_api import VncApi
from .watch import Watch, WatchEvent

if TYPE_CHECKING:
    from typing_extensions import ParamSpec, Self

    P = ParamSpec("P")

T = TypeVar("T")

__all__ = ["AsyncBulk", "AsyncVncApi", "AsyncWatch"]


class AsyncVncApi(Actions, ResourceOperations, AsyncShell):
    """A client of the configuration API for asyncio.

    The arguments are those of :class:`vnc_api.vnc_api.VncApi`. The server is looked for when the client is entered, ``async with``, or awaited
    for the first time. ``concurrency`` is how many requests are made at once.
    """

    def __init__(self, *, concurrency: int = 16, **arguments: Any) -> None:
        # A mistyped argument is told here, not by the first request.
        for name in arguments:
            if name not in inspect.signature(VncApi).parameters:
                raise TypeError(f"AsyncVncApi() takes no argument {name!r}; {choice(name, inspect.signature(VncApi).parameters)}")
        self._arguments = arguments
        self._executor = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="vnc_api")
        self._sync: VncApi | None = None
        self._connecting: asyncio.Lock | None = None

    @property
    def sync(self) -> VncApi:
        """The client that does the work. RuntimeError: it has not been connected yet."""
        if self._sync is None:
            raise RuntimeError("the client is not connected yet: write `async with AsyncVncApi(...) as vnc:`, or await vnc.connect()")
        return self._sync

    async def connect(self) -> VncApi:
        """Finds the server, unless that was done already."""
        if self._sync is None:
            if self._connecting is None:
                self._connecting = asyncio.Lock()
            async with self._connecting:
                if self._sync is None:
                    self._sync = await self._in_thread(partial(VncApi, **self._arguments))
        return self._sync

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections to the server."""
        if self._sync is not None:
            await self._in_thread(self._sync.close)
        self._executor.shutdown(wait=False)

    async def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Calls a method of :attr:`sync`, or anything else that waits, in a thread."""
        return await self._in_thread(partial(function, *arguments, **named))

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    @property
    def _handle(self) -> VncApi:
        return self.sync

    async def _carry_out(self, conversation: Conversation[T]) -> T:
        # Until here nothing was done: a description begins with its first step, in the thread.
        return await self.run((await self.connect())._carry_out, conversation)

    def bulk(self) -> AsyncBulk:
        """As :meth:`vnc_api.vnc_api.VncApi.bulk`, for ``async with``."""
        return AsyncBulk(self)

    def watch(
        self,
        *types: str | type[Resource],
        fields: Mapping[str, Sequence[str]] | None = None,
        after: int | None = None,
    ) -> AsyncWatch:
        """As :meth:`vnc_api.vnc_api.VncApi.watch`, for ``async for``. Ends when its task is cancelled, or with :meth:`AsyncWatch.close`."""
        return AsyncWatch(self.sync.watch(*types, fields=fields, after=after))


class AsyncBulk:
    """``async with vnc.bulk() as bulk:`` collects writes as :class:`vnc_api.bulk.Bulk` does, and sends them at the end without holding up the
    loop. Its methods are not awaited: they only keep what is to be written, so give UUIDs to those that would have to look one up."""

    def __init__(self, client: AsyncVncApi) -> None:
        self._client = client
        self._bulk = client.sync.bulk()

    async def __aenter__(self) -> Bulk:
        return self._bulk

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._client.run(self._bulk.commit)
        else:
            self._bulk.discard()


class AsyncWatch(AsyncIterator[WatchEvent]):
    """What happens on a server, for one task to hear."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        # A thread of its own: a watch waits for as long as nothing happens.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vnc_api watch")

    @property
    def revision(self) -> int | None:
        """Where a later watch goes on."""
        return self._watch.revision

    async def __anext__(self) -> WatchEvent:
        try:
            event = await asyncio.get_running_loop().run_in_executor(self._executor, next, self._watch, None)
        except asyncio.CancelledError:
            self.close()
            raise
        if event is None:
            self.close()
            raise StopAsyncIteration
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the watch."""
        self._watch.close()
        self._executor.shutdown(wait=False)
