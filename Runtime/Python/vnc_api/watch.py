"""What happens to objects on a server, as it happens: the change feed (``GET /watch``) as an iterator.

A broken connection is made again, with growing pauses, and goes on where it was, so that nothing is missed and nothing comes twice. When the
server no longer holds what was missed, everything is listed again: what a listing does not have is gone.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import requests

from .connection import Connection
from .exceptions import ServerUnreachableError, ServiceUnavailableError, TimeOutError, VncError, WrongAnswerError
from .resource import Resource, resource_class
from .spelling import plain, shown

if TYPE_CHECKING:
    from typing_extensions import Self

    from .tracking import FieldReader

log = logging.getLogger("vnc_api")

Kind = Literal["listing", "listed", "synchronized", "created", "updated", "deleted"]

_KINDS: dict[str, Kind] = {"create": "created", "update": "updated", "delete": "deleted"}


@dataclass(frozen=True)
class WatchEvent:
    """Something that a watcher hears.

    A watch begins with ``listing``, a ``listed`` for each object, and ``synchronized``. Then every change follows: ``created``, ``updated``,
    ``deleted``. ``obj`` is the object as it is after the change, of a deleted one the names; None for ``listing`` and ``synchronized``.
    ``revision`` is where a later watch goes on (``after=``); None for what is listed.
    """

    kind: Kind
    obj: Resource | None = None
    revision: int | None = None


class Watch(Iterator[WatchEvent]):
    """An iterator that ends with :meth:`close`, from whatever thread, and then only."""

    # Seconds between two attempts to reach a server that is not there; twice as long each time.
    shortest_pause = 0.1
    longest_pause = 10.0
    # So long the server may be silent; it shows signs of life more often.
    silence = 150.0

    def __init__(
        self,
        connection: Connection,
        path: str,
        client: FieldReader,
        resource_types: Sequence[str] = (),
        fields: Mapping[str, Sequence[str]] | None = None,
        after: int | None = None,
    ) -> None:
        self._connection = connection
        self._path = path
        self._client = client
        self._types = list(resource_types)
        self._fields = dict(fields or {})
        self.revision = after
        self._response: requests.Response | None = None
        self._lines: Iterator[bytes] = iter(())
        self._ready: deque[WatchEvent] = deque()
        self._closed = threading.Event()
        self._is_listing = False
        self._failures = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the iteration; a thread that waits for an event waits no longer."""
        self._closed.set()
        response = self._response
        if response is not None:
            _shut_down(response)

    def __next__(self) -> WatchEvent:
        while not self._ready:
            if self._closed.is_set():
                self._disconnect()
                raise StopIteration
            try:
                if self._response is None:
                    self._connect()
                else:
                    self._read_event()
            except (requests.exceptions.RequestException, ServerUnreachableError, OSError, ValueError, AttributeError) as error:
                # A response that another thread shuts down fails in many ways, all of them meant.
                if self._closed.is_set():
                    continue
                if isinstance(error, (ValueError, AttributeError)):
                    raise
                self._broken(plain(error) if isinstance(error, requests.exceptions.RequestException) else str(error))
        return self._ready.popleft()

    # The conversation

    def _query(self) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if self._types:
            query["resource_type"] = ",".join(self._types)
        for name, members in self._fields.items():
            query[f"{name.replace('-', '_')}_fields"] = ",".join(members)
        if self.revision is None:
            query["init_limit"] = 500
        else:
            query["revision"] = self.revision
        return query

    def _connect(self) -> None:
        if self._failures:
            self._closed.wait(min(self.longest_pause, self.shortest_pause * 2.0 ** min(self._failures - 1, 20)))
            if self._closed.is_set():
                return
        try:
            response = self._connection.stream(self._path, self._query(), self.silence)
        except (ServiceUnavailableError, TimeOutError) as error:
            self._broken(str(error))
            return
        except VncError as error:
            # The revision is gone: begin with a list again.
            if error.status_code != 410:
                raise
            self.revision = None
            return
        self._response = response
        self._lines = response.iter_lines(chunk_size=None)
        if self._closed.is_set():
            return
        self._is_listing = self.revision is None
        if self._is_listing:
            self._ready.append(WatchEvent("listing"))

    def _broken(self, reason: str) -> None:
        log.info("watch: %s; connecting again", reason)
        self._failures += 1
        self._disconnect()

    def _disconnect(self) -> None:
        if self._response is not None:
            with contextlib.suppress(Exception):
                self._response.close()
            self._response = None

    def _read_event(self) -> None:
        event = "message"
        identity: str | None = None
        data: list[str] = []
        for line in self._lines:
            if not line:
                if data or event != "message":
                    break
                continue
            name, _, value = line.decode("utf-8", "replace").partition(":")
            value = value[1:] if value.startswith(" ") else value
            if name == "event":
                event = value
            elif name == "id":
                identity = value
            elif name == "data":
                data.append(value)
            elif not name:
                # A sign of life.
                self._failures = 0
        else:
            self._broken("the server ended the stream")
            return
        self._failures = 0
        self._received(event, int(identity) if identity and identity.isdigit() else None, "\n".join(data))

    def _received(self, event: str, revision: int | None, data: str) -> None:
        if event not in ("init", "stop") and event not in _KINDS:
            return
        try:
            content = json.loads(data or "{}")
            if event == "init":
                self._listed(content, revision)
            elif event == "stop":
                if content.get("reason") == "behind":
                    self.revision = None
            else:
                self._changed(_KINDS[event], content, revision)
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            raise WrongAnswerError(f"GET {self._path}: an event {event!r} of the server cannot be read: {shown(data)}") from error

    def _listed(self, content: Mapping[str, Any], revision: int | None) -> None:
        for entries in content.values():
            for entry in entries:
                self._ready.append(WatchEvent("listed", self._object(entry)))
        if self._is_listing and revision is not None:
            self._is_listing = False
            self.revision = revision
            self._ready.append(WatchEvent("synchronized", revision=revision))

    def _changed(self, kind: Kind, content: Mapping[str, Any], revision: int | None) -> None:
        if revision is None:
            raise ValueError("an event without an id")
        # The server sends each change once; who hears one again has heard it already.
        if self.revision is not None and revision <= self.revision:
            return
        self.revision = revision
        self._ready.append(WatchEvent(kind, self._object(content), revision))

    def _object(self, entry: Mapping[str, Any]) -> Resource:
        """``{"virtual-network": {...}}`` as an object."""
        (resource_type, members) = next(iter(entry.items()))
        cls = resource_class(resource_type)
        if cls is None:
            raise ValueError(f"no class for {resource_type}")
        return cls.from_server(members, self._client, is_complete=False)


def _shut_down(response: requests.Response) -> None:
    """Ends a reply that another thread may be waiting for: closing alone would let that one wait on."""
    connection = getattr(response.raw, "_connection", None) or getattr(response.raw, "connection", None)
    sock = getattr(connection, "sock", None)
    if isinstance(sock, socket.socket):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
