"""The methods that a client has for every object type: ``virtual_network_create`` and its sisters.

All types have the same ones, so they are described once, here, and a generated table names them: ``virtual_network_create =
Create(VirtualNetwork)``. An entry of the table that is looked up through a client, a bulk, or a client for asyncio is bound to it, as a
method is.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from copy import copy
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Generic, Literal, TypeVar, Union, overload

from .conversation import (
    AsyncShell,
    Conversation,
    Handle,
    Request,
    Shell,
    Together,
    ask,
    carried_out,
    part,
    to_action,
    to_collection,
    to_object,
)
from .resource import Resource
from .spelling import shown, suggestion

if TYPE_CHECKING:
    import inspect

    from typing_extensions import ParamSpec, Self

    P = ParamSpec("P")

R = TypeVar("R", bound=Resource)
T = TypeVar("T")
# What a list of objects, and a list of anything else, comes as.
Objects = TypeVar("Objects")
Answer = TypeVar("Answer")

# Text for one value, or several.
Texts = Union[str, Sequence[str]]
Filters = Union[str, Mapping[str, Any]]

_DRAFT = "draft-policy-management"
_GLOBAL_POLICY_MANAGEMENT = "default-policy-management"


# What several methods do


def uuid_named(resource_type: str, fq_name: Sequence[str]) -> Conversation[str]:
    """The UUID of the object of a type and name."""
    body = {"type": resource_type.replace("_", "-"), "fq_name": list(fq_name)}
    return (yield from ask(to_action("name-to-id", body, repeatable=True), "uuid", str))


def name_and_type(uuid: str) -> Conversation[tuple[list[str], str]]:
    """The fully qualified name and the type of the object of a UUID."""
    request = to_action("id-to-name", {"uuid": uuid}, repeatable=True)
    reply = yield request
    return part(reply, "fq_name", list, request), part(reply, "type", str, request)


def uuid_of(obj: Resource) -> Conversation[str]:
    """The UUID of an object that may not know it."""
    return obj.uuid or (yield from uuid_named(obj.resource_type, obj.fq_name))


def stored(handle: Handle, cls: type[Resource], uuid: str, query: Mapping[str, Any]) -> Conversation[dict[str, Any]]:
    """An object as the server answers it."""
    if handle._exclude_hrefs:
        query = {**query, "exclude_hrefs": True}
    return (yield from ask(to_object(cls.resource_type, uuid, "GET", query=query), cls.resource_type, dict))


def reference_update(
    obj_type: str, obj_uuid: str, ref_type: str, ref_uuid: str | None, ref_fq_name: Sequence[str] | None, operation: str, attr: Any
) -> Request:
    """What adds or deletes a reference."""
    body = {
        "type": obj_type.replace("_", "-"),
        "uuid": obj_uuid,
        "ref-type": (ref_type[: -len("_refs")] if ref_type.endswith("_refs") else ref_type).replace("_", "-"),
        "ref-uuid": ref_uuid,
        "ref-fq-name": None if ref_fq_name is None else list(ref_fq_name),
        "operation": operation,
        "attr": attr.to_json() if hasattr(attr, "to_json") else attr,
    }
    return to_action("ref-update", body)


# The operations


class _SignatureOfCall:
    """What ``help()`` shows as the arguments of an operation. ``inspect`` takes an object that can be bound for a builtin, and would
    say nothing; the classes themselves have the signature that they have anyway."""

    def __get__(self, instance: Operation[Any] | None, owner: type) -> inspect.Signature:
        import inspect  # Only wanted by those who read.

        if instance is None:
            raise AttributeError("__signature__")
        signature = inspect.signature(owner.__call__.__get__(instance))
        spelled = {"R": instance.resource.__name__}
        return signature.replace(
            parameters=[each.replace(annotation=spelled.get(each.annotation, each.annotation)) for each in signature.parameters.values()],
            return_annotation=spelled.get(signature.return_annotation, signature.return_annotation),
        )


class Operation(Generic[R]):
    """An operation on one object type; with a client, a method of it."""

    summary: ClassVar[str] = ""
    details: ClassVar[str] = ""
    __signature__ = _SignatureOfCall()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Without the indentation that the text has in the source.
        first, _, rest = (cls.__call__.__doc__ or "").partition("\n")
        cls.details = f"{first}\n{dedent(rest)}".rstrip()

    def __init__(self, resource: type[R]) -> None:
        self.resource = resource
        self.__name__ = ""
        self._client: Shell | AsyncShell | None = None
        article = "an" if resource.resource_type[0] in "aeiou" else "a"
        self.__doc__ = f"{self.summary.format(type=resource.resource_type, a=article)}\n\n{self.details}"

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name
        self.__qualname__ = f"VncApi.{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self: Callable[P, T], instance: AsyncShell, owner: type) -> Callable[P, Awaitable[T]]: ...

    @overload
    def __get__(self, instance: Shell, owner: type) -> Self: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else self._on(instance)

    def _on(self, client: Any) -> Any:
        """The operation as a method of a client."""
        bound = copy(self)
        bound._client = client
        bound.__qualname__ = f"{type(client).__name__}.{self.__name__}"
        return bound

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise NotImplementedError

    @property
    def client(self) -> Shell | AsyncShell:
        if self._client is None:
            raise TypeError(f"{self.__name__} is called on a client: VncApi(...).{self.__name__}(...)")
        return self._client

    def _carry_out(self, conversation: Conversation[Any]) -> Any:
        return self.client._carry_out(conversation)

    def _identify(self, fq_name: Sequence[str] | None, fq_name_str: str | None, id: str | None) -> Conversation[str]:
        """The UUID of the object that the arguments of a method mean."""
        if id is not None:
            return id
        return (yield from uuid_named(self.resource.resource_type, self._name(fq_name, fq_name_str)))

    def _name(self, fq_name: Sequence[str] | None, fq_name_str: str | None) -> Sequence[str]:
        if fq_name_str is not None:
            return fq_name_str.split(":")
        if fq_name is None:
            raise TypeError(f"which {self.resource.resource_type}? give fq_name=, fq_name_str= or id=")
        if isinstance(fq_name, str):
            raise TypeError(f"fq_name= takes a list of names; for text with colons there is fq_name_str={fq_name!r}")
        return fq_name

    def _expect(self, obj: object) -> None:
        if not isinstance(obj, Resource):
            raise TypeError(f"an object of the configuration is wanted, such as {self.resource.__name__}(...), not {obj!r}")
        if obj.resource_type != self.resource.resource_type:
            right = self.__name__.replace(self.resource.object_type, obj.object_type)
            raise TypeError(f"{self.__name__} takes a {self.resource.__name__}, not {obj!r}; for that there is {right}")

    def _fields(self, names: Sequence[str] | None) -> dict[str, Any]:
        """The part of a query that names fields, with a warning about those that the type does not have."""
        if not names:
            return {}
        listed = [names] if isinstance(names, str) else list(names)
        self._warn_of_unknown(listed)
        return {"fields": ",".join(listed)}

    def _warn_of_unknown(self, names: Iterable[str], depth: int = 7) -> None:
        cls = self.resource
        for name in names:
            if name not in cls._names_by_json and not hasattr(cls, name):
                near = suggestion(name, cls._names_by_json)
                # The line of the script is told: between it and here is what carries a description out.
                warnings.warn(f"a {cls.resource_type} has no field {name!r}" + (f"; {near}" if near else ""), stacklevel=depth)

    def __repr__(self) -> str:
        return f"<{'bound ' if self._client else ''}operation {self.__qualname__}>"


class Create(Operation[R]):
    """``<type>_create``"""

    summary = "Create {a} {type}; return its UUID."

    @carried_out
    def __call__(self, obj: R) -> Conversation[str]:
        """The object knows its UUID and the client afterwards. RefsExistError: one of this name or UUID exists."""
        self._expect(obj)
        kind = obj.resource_type
        body, uuid = obj.to_json(), self.client._uuid_for(obj)
        body.pop("parent_uuid", None)
        request = to_collection(kind, "POST", body={kind: {**body, "uuid": uuid} if uuid else body})
        with obj._sending():
            obj.uuid = uuid
            (reply,) = yield Together([request], obj.uuid)
            created = part(reply, kind, dict, request)
            obj.uuid = uuid = part(created, "uuid", str, request)
        obj.set_server_conn(self.client._handle)
        obj._is_complete = True
        obj._ask_for_unset()
        obj.__dict__.update((name, created[name]) for name in ("parent_uuid", "parent_href", "href") if name in created)
        return uuid


class Read(Operation[R]):
    """``<type>_read``"""

    summary = "Read {a} {type}, found by its name or UUID."

    @carried_out
    def __call__(
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
        exclude_back_refs: bool = True,
        exclude_children: bool = True,
    ) -> Conversation[R]:
        """``fields`` names what to read; without it all properties and references are read. Children and back references that were
        not read are read when they are looked at. NoIdError: there is none.
        """
        left_out = {"exclude_back_refs": exclude_back_refs, "exclude_children": exclude_children}
        query = self._fields(fields) or {name: True for name, is_left_out in left_out.items() if is_left_out}
        uuid = yield from self._identify(fq_name, fq_name_str, id)
        return (yield from self._read(uuid, query, is_complete=not fields))

    def _read(self, uuid: str, query: Mapping[str, Any], is_complete: bool) -> Conversation[R]:
        handle = self.client._handle
        return self.resource.from_server((yield from stored(handle, self.resource, uuid, query)), handle, is_complete)


class ReadDraft(Read[R]):
    """``<type>_read_draft``"""

    summary = "Read the uncommitted version of {a} {type}."

    @carried_out
    def __call__(  # type: ignore[override]  # What is left out cannot be chosen.
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
    ) -> Conversation[R]:
        """It is found by the name or UUID of the committed version. NoIdError: there is none."""
        query = self._fields(fields) or {"exclude_back_refs": True, "exclude_children": True}
        name = self._name(fq_name, fq_name_str) if id is None else (yield from name_and_type(id))[0]
        # It lives below a draft policy management of the same scope.
        scope = [] if name[0] == _GLOBAL_POLICY_MANAGEMENT else list(name[:-1])
        uuid = yield from uuid_named(self.resource.resource_type, [*scope, _DRAFT, name[-1]])
        return (yield from self._read(uuid, query, is_complete=not fields))


class Update(Operation[R]):
    """``<type>_update``"""

    summary = "Send what was changed of {a} {type}; return the server's answer, None when nothing was changed."

    @carried_out
    def __call__(self, obj: R) -> Conversation[dict[str, Any] | None]:
        """The object is found by its UUID, or by its name when it has none. NoIdError: there is none."""
        self._expect(obj)
        obj.uuid = yield from uuid_of(obj)
        obj.set_server_conn(self.client._handle)
        writes = list(_changes(obj, obj.uuid))
        with obj._sending():
            replies = yield Together(writes)
        return next((reply for write, reply in zip(writes, replies) if write.method == "PUT"), None)


class Delete(Operation[R]):
    """``<type>_delete``"""

    summary = "Delete {a} {type}, found by its name or UUID."

    @carried_out
    def __call__(self, fq_name: Sequence[str] | None = None, id: str | None = None) -> Conversation[None]:
        """NoIdError: there is none. RefsExistError: it has children, or others refer to it."""
        uuid = yield from self._identify(fq_name, None, id or self.client._uuid_made_here(self.resource, fq_name))
        yield Together([to_object(self.resource.resource_type, uuid, "DELETE")])


class Listing(Operation[R], Generic[R, Objects, Answer]):
    """``<type>s_list``, whatever way the answer comes."""

    summary = "List objects of the type {type}."

    @overload
    def __call__(
        self,
        parent_id: Texts | None = ...,
        parent_fq_name: Sequence[str] | None = ...,
        obj_uuids: Sequence[str] | None = ...,
        back_ref_id: Texts | None = ...,
        fields: Sequence[str] | None = ...,
        *,
        detail: Literal[True],
        count: Literal[False] = ...,
        filters: Filters | None = ...,
        shared: bool = ...,
        fq_names: Sequence[Sequence[str]] | None = ...,
        token: str | None = ...,
    ) -> Objects: ...

    @overload
    def __call__(
        self,
        parent_id: Texts | None = ...,
        parent_fq_name: Sequence[str] | None = ...,
        obj_uuids: Sequence[str] | None = ...,
        back_ref_id: Texts | None = ...,
        fields: Sequence[str] | None = ...,
        detail: Literal[False] = ...,
        count: bool = ...,
        filters: Filters | None = ...,
        shared: bool = ...,
        fq_names: Sequence[Sequence[str]] | None = ...,
        token: str | None = ...,
    ) -> Answer: ...

    @carried_out  # type: ignore[misc]  # mypy takes it for narrower than it is.
    def __call__(
        self,
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
    ) -> Conversation[Any]:
        """Without arguments: all that the caller may see, as ``{"<type>s": [{"uuid", "fq_name", "href"}]}``.

        parent_id, parent_fq_name: those below these parents. back_ref_id: those that refer to these objects. obj_uuids, fq_names: those
        of these identities. filters: those whose fields have these values, such as ``{"display_name": "front"}``. shared: also those
        that other projects share. fields: what else to say of each. detail: objects instead of dictionaries, in a list. count: only
        ``{"<type>s": {"count": n}}``. token: the identity to ask with.
        """
        kind, name, handle = self.resource.resource_type, f"{self.resource.resource_type}s", self.client._handle
        if isinstance(parent_fq_name, str):
            raise TypeError(f"parent_fq_name= takes a list of names, not {parent_fq_name!r}")
        if any(isinstance(each, str) for each in fq_names or ()):
            raise TypeError(f"fq_names= takes a list of lists of names, not {shown(fq_names)}")
        names = None if fq_names is None else [":".join(each) for each in fq_names]
        query: dict[str, Any] = {}
        longest = 0
        for key, identities in (("parent_id", parent_id), ("obj_uuids", obj_uuids), ("back_ref_id", back_ref_id), ("fq_names", names)):
            if identities is not None:
                if isinstance(identities, Resource):
                    raise TypeError(f"{key}= takes a UUID, or a list of them, not {identities!r}: write .uuid behind it")
                listed = [identities] if isinstance(identities, str) else list(identities)
                longest = max(longest, len(listed))
                query[key] = ",".join(listed)
        if parent_fq_name is not None:
            query["parent_fq_name_str"] = ":".join(parent_fq_name)
        query.update(self._fields(fields), detail=detail, count=count, shared=shared)
        if filters:
            if not isinstance(filters, str):
                self._warn_of_unknown(filters, 6)
            query["filters"] = filters if isinstance(filters, str) else ",".join(_filter_terms(filters))
        if handle._exclude_hrefs:
            query["exclude_hrefs"] = True
        if longest > handle.POST_FOR_LIST_THRESHOLD:
            request = to_action("list-bulk-collection", {"type": kind, **query}, token=token, repeatable=True)
        else:
            request = to_collection(kind, "GET", query=query, token=token)
        reply = yield request
        if not detail or count:
            part(reply, name, object, request)
            return reply
        return [self.resource.from_server(part(each, kind, dict, request), handle) for each in part(reply, name, list, request)]


class ListObjects(Listing[R, "list[R]", "dict[str, Any]"]):
    """``<type>s_list``"""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: AsyncShell, owner: type) -> Listing[R, Awaitable[list[R]], Awaitable[dict[str, Any]]]: ...

        @overload
        def __get__(self, instance: Shell, owner: type) -> Self: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class DefaultId(Operation[R]):
    """``get_default_<type>_id``"""

    summary = "The UUID of the {type} that exists from the start."

    @carried_out
    def __call__(self) -> Conversation[str]:
        """NoIdError: there is none."""
        return (yield from uuid_named(self.resource.resource_type, self.resource().fq_name))


def _changes(obj: Resource, uuid: str) -> Iterable[Request]:
    """What sends what was changed of an object: whole fields first, then elements, then references."""
    kind = obj.resource_type
    whole = obj.get_pending_updates()
    if whole:
        values = {obj._declarations[name].json: obj.field_to_json(name) for name in sorted(whole)}
        yield to_object(kind, uuid, "PUT", body={kind: {"uuid": uuid, **values}})
    elements = obj.element_updates()
    if elements:
        yield to_action("prop-collection-update", {"uuid": uuid, "updates": elements})
    for change in obj.reference_changes():
        target = change.reference
        data = target.to_json().get("attr") if change.operation == "ADD" else None
        target_type = obj.ref_field_types[change.field][0]
        yield reference_update(kind, uuid, target_type, target.uuid, target.to or None, change.operation, data)


def _filter_terms(filters: Mapping[str, Any]) -> Iterable[str]:
    """``name==value`` for each value that a field may have."""
    for name, values in filters.items():
        for value in values if isinstance(values, (list, tuple, set, frozenset)) else [values]:
            yield f"{name}=={json.dumps(value)}"
