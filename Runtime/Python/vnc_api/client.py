"""The client that does what descriptions (:mod:`vnc_api.conversation`) say, request by request, over a connection.

Paths are not known here: the server's home page lists them, and the client asks for it first.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .actions import Actions
from .connection import Connection
from .conversation import Conversation, Request, Shell, Together, part
from .exceptions import HttpError, NoIdError, ResourceTypeUnknownError, VncError, WrongAnswerError
from .operations import stored
from .resource import Resource, get_object_class
from .settings import Settings
from .spelling import shown
from .watch import Watch

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


class HomePage:
    """What a server offers: paths by the kind and the name of what is there."""

    def __init__(self, content: Any) -> None:
        links = part(content, "links", list, "GET /")
        base = str(content.get("href") or "").rstrip("/")
        self._paths: dict[tuple[str, str], str] = {}
        for entry in links:
            link = part(entry, "link", dict, "GET /")
            path = str(link.get("href"))
            path = path[len(base) :] if base and path.startswith(base) else path
            self._paths[str(link.get("rel")), str(link.get("name"))] = path if path.startswith("/") else "/" + path

    @classmethod
    def read(cls, connection: Connection, wait: bool = False) -> HomePage:
        """The home page of the server at the other end. WrongAnswerError: it is no API server."""
        try:
            return cls(connection.request("GET", "/", wait=wait))
        except (NoIdError, HttpError) as error:
            raise WrongAnswerError(
                f"GET /: the answer is not that of an API server: received {error.status_code} {shown(error.content)}; "
                "see api_server_host=, api_server_port=, api_server_url="
            ) from error

    def path(self, kind: str, name: str, uuid: str | None = None) -> str | None:
        """Where something is found; None: it is not listed."""
        path = self._paths.get((kind, name))
        if path is None or uuid is None:
            return path
        return path.replace("%s", uuid) if kind == "action" else f"{path}/{uuid}"

    def actions(self) -> list[str]:
        """The names of all actions."""
        return sorted(name for kind, name in self._paths if kind == "action")


class Client(Actions, Shell):
    """Does what descriptions say, one request after the other."""

    # Longer lists of UUIDs than this are sent in the body of a request: a URL has limits.
    POST_FOR_LIST_THRESHOLD = 25

    def __init__(self, settings: Settings, *, token: str | None, wait: bool, exclude_hrefs: bool, probe: bool) -> None:
        self._connection = Connection(settings, token)
        self._exclude_hrefs = exclude_hrefs
        self._discovery = threading.Lock()
        if probe:
            self._connection.probe_hosts()
        self._home = HomePage.read(self._connection, wait)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._connection}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections to the server. A client that is used again opens new ones."""
        self._connection.close()

    # Descriptions

    @property
    def _handle(self) -> Self:
        return self

    def _carry_out(self, conversation: Conversation[T]) -> T:
        with contextlib.closing(conversation):
            try:
                step = next(conversation)
                while True:
                    step = conversation.send(self._answer(step))
            except StopIteration as end:
                result: T = end.value
                return result

    def _answer(self, step: Request | Together) -> Any:
        """What the server says to a step."""
        if isinstance(step, Together):
            return [self._answer(write) for write in step.writes]
        headers = None if step.token is None else {"X-AUTH-TOKEN": step.token, "X-USER-TOKEN": step.token}
        return self._connection.request(
            step.method, self._path(step), body=step.body, query=step.query, headers=headers, repeatable=step.repeatable
        )

    def _path(self, request: Request) -> str:
        path = self._home.path(request.kind, request.name, request.uuid)
        if path is None and request.kind == "action":
            # It may be new: the server may have been replaced since the home page was read.
            with self._discovery:
                self._home = HomePage.read(self._connection)
            path = self._home.path(request.kind, request.name, request.uuid)
            if path is None:
                raise VncError(f"this server has no action {request.name!r}; it has {', '.join(self._home.actions())}")
        if path is None:
            raise ResourceTypeUnknownError(request.name, ": this server has no objects of the type")
        return path

    def read_fields(self, resource: Resource, fields: Sequence[str]) -> Mapping[str, Any]:
        """The named fields of an object, as its attributes ask for them."""
        if not fields or resource.uuid is None:
            return {}
        return self._carry_out(stored(self, type(resource), resource.uuid, {"fields": ",".join(fields)}))

    # Changes

    def watch(
        self,
        *types: str | type[Resource],
        fields: Mapping[str, Sequence[str]] | None = None,
        after: int | None = None,
    ) -> Watch:
        """What there is and what happens to it, as an iterator of :class:`vnc_api.watch.WatchEvent` that never ends by itself.

        ``types`` are names of types, ``"virtual-network"``, or classes; none: all types. ``fields`` names, for some types, the only members
        of interest. ``after`` is the ``revision`` of an event that was heard earlier: the watch goes on there, and lists nothing.
        ``close()``, or the end of a ``with`` statement, ends it.
        """
        names = [(get_object_class(each) if isinstance(each, str) else each).resource_type for each in types]
        return Watch(self._connection, self._home.path("action", "watch") or "/watch", self, names, fields, after)

    # Who asks, and how

    def get_auth_token(self) -> str:
        """The token that requests carry; fetched from Keystone if there is none yet. AuthFailed: Keystone gives none."""
        return self._connection.token or self._connection.authenticate()

    def set_auth_token(self, token: str | None) -> None:
        """Sends this token from now on."""
        self._connection.set_token(token)

    def set_user_roles(self, roles: Sequence[str]) -> None:
        """Asks with these roles of the caller only, from now on."""
        self._connection.set_header("X-API-ROLE", ",".join(roles))

    def set_exclude_hrefs(self) -> None:
        """Asks the server, from now on, to leave URLs out of its answers."""
        self._exclude_hrefs = True

    # Conversion

    def obj_to_dict(self, obj: Resource) -> dict[str, Any]:
        """An object as JSON knows it."""
        return obj.to_json()

    def obj_to_json(self, obj: Resource) -> str:
        """An object as JSON text."""
        return json.dumps(obj.to_json())
