"""The client without its generated methods: finding servers and their paths, and what is done with objects of any type.

Paths are not known here: the server's home page lists them, and the client asks for it first.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .connection import Connection, part
from .exceptions import HttpError, NoIdError, ResourceTypeUnknownError, VncError, WrongAnswerError
from .operations import Filters, Texts
from .resource import Resource, resource_class, resource_types
from .settings import Settings
from .spelling import NoSuchAttribute, shown, suggestion
from .watch import Watch

R = TypeVar("R", bound=Resource)

_DRAFT = "draft-policy-management"
_GLOBAL_POLICY_MANAGEMENT = "default-policy-management"


class Write(NamedTuple):
    """A request that changes something."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


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

    def collection(self, resource_type: str) -> str:
        """Where objects of a type are listed and created."""
        return self._path("collection", resource_type)

    def object(self, resource_type: str, uuid: str) -> str:
        """Where one object is read, updated and deleted."""
        return f"{self._path('resource-base', resource_type)}/{uuid}"

    def action(self, name: str) -> str | None:
        return self._paths.get(("action", name))

    def actions(self) -> list[str]:
        return sorted(name for kind, name in self._paths if kind == "action")

    def _path(self, kind: str, resource_type: str) -> str:
        path = self._paths.get((kind, resource_type))
        if path is None:
            raise ResourceTypeUnknownError(resource_type, ": this server has no objects of the type")
        return path


class ObjectClient:
    """Creates, reads, updates, deletes and lists objects."""

    # Longer lists of UUIDs than this are sent in the body of a request: a URL has limits.
    POST_FOR_LIST_THRESHOLD = 25

    def __init__(self, settings: Settings, *, token: str | None, wait: bool, exclude_hrefs: bool, probe: bool) -> None:
        self._connection = Connection(settings, token)
        self._exclude_hrefs = exclude_hrefs
        self._discovery = threading.Lock()
        if probe:
            self._connection.probe_hosts()
        self._home = HomePage.read(self._connection, wait)

    if not TYPE_CHECKING:  # Where a checker sees this method, it lets every name pass.

        def __getattr__(self, name: str) -> Any:
            raise NoSuchAttribute(lambda: f"{type(self).__name__} has no method {name!r}; {suggestion(name, dir(type(self)), 3)}".rstrip("; "))

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections to the server. A client that is used again opens new ones."""
        self._connection.close()

    # Actions

    def call(
        self,
        action: str,
        method: str = "POST",
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        token: str | None = None,
        uuid: str | None = None,
        repeatable: bool = False,
    ) -> Any:
        """Calls an action by the name under which the home page lists it. ``uuid`` goes into the path of actions on one object."""
        path = self._path_of(action)
        if uuid is not None:
            path = path.replace("%s", uuid)
        headers = None if token is None else {"X-AUTH-TOKEN": token, "X-USER-TOKEN": token}
        return self._connection.request(method, path, body=body, query=query, headers=headers, repeatable=repeatable)

    def _path_of(self, action: str) -> str:
        path = self._home.action(action)
        if path is None:
            # It may be new: the server may have been replaced since the home page was read.
            with self._discovery:
                self._home = HomePage.read(self._connection)
            path = self._home.action(action)
        if path is None:
            raise VncError(f"this server has no action {action!r}; it has {', '.join(self._home.actions())}")
        return path

    def _send(self, write: Write) -> Any:
        return self._connection.request(write.method, write.path, body=write.body)

    def send_together(self, writes: Sequence[Write], dry_run: bool = False) -> list[dict[str, Any]]:
        """Has the server do writes in one transaction, or none of them; returns what it says to each."""
        requests = [{"method": each.method, "path": each.path, "body": each.body} for each in writes]
        reply = self.call("bulk", body={"requests": requests}, query={"dry_run": "true"} if dry_run else None)
        replies = part(reply, "replies", list, "POST /bulk")
        if len(replies) != len(requests):
            raise WrongAnswerError(f"POST /bulk: the server was sent {len(requests)} requests and answered {len(replies)}")
        return replies

    # Names and UUIDs

    def fq_name_to_id(self, obj_type: str, fq_name: Sequence[str]) -> str:
        """The UUID of the object of a type and fully qualified name. NoIdError: there is none."""
        reply = self.call("name-to-id", body={"type": _type_name(obj_type), "fq_name": list(fq_name)}, repeatable=True)
        return part(reply, "uuid", str, "name-to-id")

    def id_to_fq_name(self, id: str) -> list[str]:
        """The fully qualified name of the object of a UUID. NoIdError: there is none."""
        return self.id_to_fq_name_type(id)[0]

    def id_to_fq_name_type(self, id: str) -> tuple[list[str], str]:
        """The fully qualified name and the type of the object of a UUID. NoIdError: there is none."""
        reply = self.call("id-to-name", body={"uuid": id}, repeatable=True)
        return part(reply, "fq_name", list, "id-to-name"), part(reply, "type", str, "id-to-name")

    def obj_to_id(self, obj: Resource) -> str:
        """The UUID of an object on the server, found by its name. NoIdError: it is not there."""
        return self.fq_name_to_id(obj.resource_type, obj.fq_name)

    def _id(self, cls: type[Resource], fq_name: Sequence[str] | None, fq_name_str: str | None, id: str | None) -> str:
        if id is not None:
            return id
        if fq_name_str is not None:
            fq_name = fq_name_str.split(":")
        if fq_name is None:
            raise TypeError(f"which {cls.resource_type}? give fq_name=, fq_name_str= or id=")
        if isinstance(fq_name, str):
            raise TypeError(f"fq_name= takes a list of names; for text with colons there is fq_name_str={fq_name!r}")
        return self.fq_name_to_id(cls.resource_type, fq_name)

    # Objects

    def create_object(self, obj: Resource) -> str:
        """Creates an object as it is; returns its UUID."""
        write = self.write_of_creation(obj)
        created = part(self._send(write), obj.resource_type, dict, f"POST {write.path}")
        uuid = part(created, "uuid", str, f"POST {write.path}")
        obj.clear_pending_updates()
        obj.set_server_conn(self)
        obj._is_complete = True
        obj.uuid = uuid
        obj.__dict__.update((name, created[name]) for name in ("parent_uuid", "parent_href", "href") if name in created)
        return uuid

    def write_of_creation(self, obj: Resource) -> Write:
        """What creates an object as it is."""
        _expect_object(obj)
        body = obj.to_json()
        body.pop("parent_uuid", None)
        return Write("POST", self._home.collection(obj.resource_type), {obj.resource_type: body})

    def read_object(
        self,
        cls: type[R],
        fq_name: Sequence[str] | None,
        fq_name_str: str | None,
        id: str | None,
        fields: Sequence[str] | None,
        exclude_back_refs: bool,
        exclude_children: bool,
    ) -> R:
        """Reads an object."""
        query: dict[str, Any] = {}
        if fields:
            query["fields"] = _known_fields(cls, fields)
        else:
            if exclude_back_refs:
                query["exclude_back_refs"] = True
            if exclude_children:
                query["exclude_children"] = True
        return cls.from_server(self._read(cls, self._id(cls, fq_name, fq_name_str, id), query), self, is_complete=not fields)

    def read_draft_of_object(
        self,
        cls: type[R],
        fq_name: Sequence[str] | None,
        fq_name_str: str | None,
        id: str | None,
        fields: Sequence[str] | None,
    ) -> R:
        """Reads the uncommitted version of an object, which lives below a draft policy management of the same scope."""
        if id is not None:
            fq_name = self.id_to_fq_name(id)
        elif fq_name_str is not None:
            fq_name = fq_name_str.split(":")
        if fq_name is None:
            raise TypeError(f"which {cls.resource_type}? give fq_name=, fq_name_str= or id=")
        scope = [] if fq_name[0] == _GLOBAL_POLICY_MANAGEMENT else list(fq_name[:-1])
        return self.read_object(cls, [*scope, _DRAFT, fq_name[-1]], None, None, fields, True, True)

    def read_fields(self, resource: Resource, fields: Sequence[str]) -> Mapping[str, Any]:
        """The named fields of an object, as its attributes ask for them."""
        if not fields or resource.uuid is None:
            return {}
        return self._read(type(resource), resource.uuid, {"fields": ",".join(fields)})

    def _read(self, cls: type[Resource], uuid: str, query: dict[str, Any]) -> Mapping[str, Any]:
        if self._exclude_hrefs:
            query["exclude_hrefs"] = True
        path = self._home.object(cls.resource_type, uuid)
        return part(self._connection.request("GET", path, query=query), cls.resource_type, dict, f"GET {path}")

    def update_object(self, obj: Resource) -> dict[str, Any] | None:
        """Sends what was changed of an object: whole fields first, then elements, then references."""
        reply: dict[str, Any] | None = None
        for write in self.writes_of_update(obj):
            answer = self._send(write)
            reply = answer if write.method == "PUT" else reply
        obj.set_server_conn(self)
        obj.clear_pending_updates()
        return reply

    def writes_of_update(self, obj: Resource) -> list[Write]:
        """What sends what was changed of an object; it gets its UUID when it has none."""
        _expect_object(obj)
        if obj.uuid is None:
            obj.uuid = self.obj_to_id(obj)
        writes = []
        elements, references = obj.element_updates(), obj.reference_changes()
        whole = obj.get_pending_updates()
        if whole:
            values = {obj._declarations[name].json: obj.field_to_json(name) for name in sorted(whole)}
            path = self._home.object(obj.resource_type, obj.uuid)
            writes.append(Write("PUT", path, {obj.resource_type: {"uuid": obj.uuid, **values}}))
        if elements:
            writes.append(Write("POST", self._path_of("prop-collection-update"), {"uuid": obj.uuid, "updates": elements}))
        for change in references:
            target = change.reference
            writes.append(
                self.write_of_reference(
                    obj.resource_type,
                    obj.uuid,
                    obj.ref_field_types[change.field][0],
                    target.uuid,
                    target.to or None,
                    change.operation,
                    target.to_json().get("attr") if change.operation == "ADD" else None,
                )
            )
        return writes

    def delete_object(self, cls: type[Resource], fq_name: Sequence[str] | None, id: str | None) -> None:
        """Deletes an object."""
        self._send(self.write_of_deletion(cls, fq_name, id))

    def write_of_deletion(self, cls: type[Resource], fq_name: Sequence[str] | None, id: str | None) -> Write:
        """What deletes an object."""
        return Write("DELETE", self._home.object(cls.resource_type, self._id(cls, fq_name, None, id)))

    def default_object_id(self, cls: type[Resource]) -> str:
        """The UUID of the object that has the default name."""
        return self.fq_name_to_id(cls.resource_type, cls().fq_name)

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
        names = []
        for each in types:
            name = each if isinstance(each, str) else each.resource_type
            cls = resource_class(name)
            if cls is None:
                near = suggestion(name.replace("_", "-"), resource_types())
                raise ResourceTypeUnknownError(name, f"; {near}" if near else "")
            names.append(cls.resource_type)
        return Watch(self._connection, self._home.action("watch") or "/watch", self, names, fields, after)

    # References

    def ref_update(
        self,
        obj_type: str,
        obj_uuid: str,
        ref_type: str,
        ref_uuid: str | None,
        ref_fq_name: Sequence[str] | None,
        operation: str,
        attr: Any = None,
    ) -> str:
        """Adds (``operation="ADD"``) or deletes (``"DELETE"``) a reference of an object to another, named by UUID or name.

        ADD replaces the data of a reference that exists. Returns the UUID of the object.
        """
        write = self.write_of_reference(obj_type, obj_uuid, ref_type, ref_uuid, ref_fq_name, operation, attr)
        return part(self._send(write), "uuid", str, "ref-update")

    def write_of_reference(
        self,
        obj_type: str,
        obj_uuid: str,
        ref_type: str,
        ref_uuid: str | None,
        ref_fq_name: Sequence[str] | None,
        operation: str,
        attr: Any = None,
    ) -> Write:
        """What adds or deletes a reference."""
        ref_type = ref_type[: -len("_refs")] if ref_type.endswith("_refs") else ref_type
        body: dict[str, Any] = {
            "type": _type_name(obj_type),
            "uuid": obj_uuid,
            "ref-type": _type_name(ref_type),
            "ref-uuid": ref_uuid,
            "ref-fq-name": None if ref_fq_name is None else list(ref_fq_name),
            "operation": operation,
            "attr": attr.to_json() if hasattr(attr, "to_json") else attr,
        }
        return Write("POST", self._path_of("ref-update"), body)

    # Lists

    def list_objects(
        self,
        cls: type[R],
        parent_id: Texts | None = None,
        parent_fq_name: Sequence[str] | None = None,
        obj_uuids: Sequence[str] | None = None,
        back_ref_id: Texts | None = None,
        fields: Sequence[str] | None = None,
        detail: bool = False,
        count: bool = False,
        filters: Filters | None = None,
        shared: bool = False,
        fq_names: Sequence[Sequence[str]] | None = None,
        token: str | None = None,
    ) -> Any:
        """Lists objects; see :class:`vnc_api.operations.ListObjects`."""
        query: dict[str, Any] = {}
        longest = 0
        for name, identities in (("parent_id", parent_id), ("obj_uuids", obj_uuids), ("back_ref_id", back_ref_id)):
            if identities is not None:
                listed = [identities] if isinstance(identities, str) else list(identities)
                longest = max(longest, len(listed))
                query[name] = ",".join(listed)
        if fq_names is not None:
            longest = max(longest, len(fq_names))
            query["fq_names"] = ",".join(":".join(name) for name in fq_names)
        if parent_fq_name is not None:
            query["parent_fq_name_str"] = ":".join(parent_fq_name)
        if fields:
            query["fields"] = _known_fields(cls, fields)
        query.update(detail=detail, count=count, shared=shared)
        if filters:
            query["filters"] = filters if isinstance(filters, str) else ",".join(_filter_terms(filters))
        if self._exclude_hrefs:
            query["exclude_hrefs"] = True
        if longest > self.POST_FOR_LIST_THRESHOLD:
            reply = self.call("list-bulk-collection", body={"type": cls.resource_type, **query}, token=token, repeatable=True)
        else:
            headers = None if token is None else {"X-AUTH-TOKEN": token}
            reply = self._connection.request("GET", self._home.collection(cls.resource_type), query=query, headers=headers)
        name = f"{cls.resource_type}s"
        if not detail or count:
            part(reply, name, object, f"list of {name}")
            return reply
        entries = part(reply, name, list, f"list of {name}")
        return [cls.from_server(part(entry, cls.resource_type, dict, f"list of {name}"), self) for entry in entries]

    def resource_list(
        self,
        obj_type: str,
        parent_id: Texts | None = None,
        parent_fq_name: Sequence[str] | None = None,
        back_ref_id: Texts | None = None,
        obj_uuids: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        detail: bool = False,
        count: bool = False,
        filters: Filters | None = None,
        shared: bool = False,
        token: str | None = None,
        fq_names: Sequence[Sequence[str]] | None = None,
    ) -> Any:
        """As ``<type>s_list``, with the type as an argument."""
        cls = resource_class(obj_type)
        if cls is None:
            near = suggestion(obj_type, resource_types())
            raise ResourceTypeUnknownError(obj_type, f"; {near}" if near else "")
        return self.list_objects(
            cls, parent_id, parent_fq_name, obj_uuids, back_ref_id, fields, detail, count, filters, shared, fq_names, token
        )


C = TypeVar("C", bound=ObjectClient)


def _type_name(name: str) -> str:
    return name.replace("_", "-")


def _expect_object(obj: object) -> None:
    if not isinstance(obj, Resource):
        raise TypeError(f"an object of the configuration is wanted, such as VirtualNetwork(...), not {obj!r}")


def _known_fields(cls: type[Resource], names: str | Sequence[str]) -> str:
    """Names of fields for a query, with a warning about those that the type does not have."""
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        if name not in cls._declarations and not hasattr(cls, name):
            near = suggestion(name, cls._declarations)
            warnings.warn(f"a {cls.resource_type} has no field {name!r}" + (f"; {near}" if near else ""), stacklevel=4)
    return ",".join(listed)


def _filter_terms(filters: Mapping[str, Any]) -> Iterable[str]:
    """``name==value`` for each value that a field may have."""
    for name, values in filters.items():
        for value in values if isinstance(values, (list, tuple)) else [values]:
            yield f"{name}=={json.dumps(value)}"
