"""The methods that the client has for every object type: ``virtual_network_create`` and its sisters.

All types have the same ones, so they are written once, here, and a generated table names them: ``virtual_network_create =
Create(VirtualNetwork)``. An entry of the table that is looked up through a client is bound to it, as a method is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from textwrap import dedent
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, TypeVar, Union, overload

from .resource import Resource

if TYPE_CHECKING:
    import inspect

    from typing_extensions import Self

R = TypeVar("R", bound=Resource)

# Text for one value, or several.
Texts = Union[str, Sequence[str]]
Filters = Union[str, Mapping[str, Any]]


class ObjectStore(Protocol):
    """What the operations need of a client."""

    def create_object(self, obj: Resource) -> str: ...

    def read_object(
        self,
        cls: type[R],
        fq_name: Sequence[str] | None,
        fq_name_str: str | None,
        id: str | None,
        fields: Sequence[str] | None,
        exclude_back_refs: bool,
        exclude_children: bool,
    ) -> R: ...

    def read_draft_of_object(
        self,
        cls: type[R],
        fq_name: Sequence[str] | None,
        fq_name_str: str | None,
        id: str | None,
        fields: Sequence[str] | None,
    ) -> R: ...

    def update_object(self, obj: Resource) -> dict[str, Any] | None: ...

    def delete_object(self, cls: type[Resource], fq_name: Sequence[str] | None, id: str | None) -> None: ...

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
    ) -> Any: ...

    def default_object_id(self, cls: type[Resource]) -> str: ...


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
        # Without the indentation that the text has in the source.
        first, _, rest = (cls.__call__.__doc__ or "").partition("\n")
        cls.details = f"{first}\n{dedent(rest)}".rstrip()

    def __init__(self, resource: type[R]) -> None:
        self.resource = resource
        self._client: ObjectStore | None = None
        self.__doc__ = f"{self.summary.format(type=resource.resource_type)}\n\n{self.details}"

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name
        self.__qualname__ = f"VncApi.{name}"

    def __get__(self, instance: ObjectStore | None, owner: type) -> Self:
        if instance is None:
            return self
        bound = copy(self)
        bound._client = instance
        return bound

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise NotImplementedError

    @property
    def client(self) -> ObjectStore:
        if self._client is None:
            raise TypeError(f"{self.__name__} is called on a client: VncApi(...).{self.__name__}(...)")
        return self._client

    def __repr__(self) -> str:
        return f"<{'bound ' if self._client else ''}operation {self.__qualname__}>"


class Create(Operation[R]):
    """``<type>_create``"""

    summary = "Create a {type}; return its UUID."

    def __call__(self, obj: R) -> str:
        """The object knows its UUID and the client afterwards. RefsExistError: one of this name or UUID exists."""
        return self.client.create_object(obj)


class Read(Operation[R]):
    """``<type>_read``"""

    summary = "Read a {type}, found by its name or UUID."

    def __call__(
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
        exclude_back_refs: bool = True,
        exclude_children: bool = True,
    ) -> R:
        """``fields`` names what to read; without it all properties and references are read. Children and back references that were
        not read are read when they are looked at. NoIdError: there is none.
        """
        return self.client.read_object(self.resource, fq_name, fq_name_str, id, fields, exclude_back_refs, exclude_children)


class ReadDraft(Operation[R]):
    """``<type>_read_draft``"""

    summary = "Read the uncommitted version of a {type}."

    def __call__(
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
    ) -> R:
        """It is found by the name or UUID of the committed version. NoIdError: there is none."""
        return self.client.read_draft_of_object(self.resource, fq_name, fq_name_str, id, fields)


class Update(Operation[R]):
    """``<type>_update``"""

    summary = "Send what was changed of a {type}; return the server's answer, None when nothing was changed."

    def __call__(self, obj: R) -> dict[str, Any] | None:
        """The object is found by its UUID, or by its name when it has none. NoIdError: there is none."""
        return self.client.update_object(obj)


class Delete(Operation[R]):
    """``<type>_delete``"""

    summary = "Delete a {type}, found by its name or UUID."

    def __call__(self, fq_name: Sequence[str] | None = None, id: str | None = None) -> None:
        """NoIdError: there is none. RefsExistError: it has children, or others refer to it."""
        self.client.delete_object(self.resource, fq_name, id)


class ListObjects(Operation[R]):
    """``<type>s_list``"""

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
    ) -> list[R]: ...

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
    ) -> dict[str, Any]: ...

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
    ) -> Any:
        """Without arguments: all that the caller may see, as ``{"<type>s": [{"uuid", "fq_name", "href"}]}``.

        parent_id, parent_fq_name: those below these parents. back_ref_id: those that refer to these objects. obj_uuids, fq_names: those
        of these identities. filters: those whose fields have these values, such as ``{"display_name": "front"}``. shared: also those
        that other projects share. fields: what else to say of each. detail: objects instead of dictionaries, in a list. count: only
        ``{"<type>s": {"count": n}}``. token: the identity to ask with.
        """
        return self.client.list_objects(
            self.resource,
            parent_id,
            parent_fq_name,
            obj_uuids,
            back_ref_id,
            fields,
            detail,
            count,
            filters,
            shared,
            fq_names,
            token,
        )


class DefaultId(Operation[R]):
    """``get_default_<type>_id``"""

    summary = "The UUID of the {type} that exists from the start."

    def __call__(self) -> str:
        """NoIdError: there is none."""
        return self.client.default_object_id(self.resource)
