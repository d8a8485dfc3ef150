"""The methods that the asynchronous client has for every object type: those of :mod:`vnc_api.operations`, to be awaited."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Callable, Generic, Literal, Protocol, TypeVar, overload

from . import operations
from .operations import Filters, Operation, Texts
from .resource import Resource

if TYPE_CHECKING:
    from typing_extensions import ParamSpec, Self

    P = ParamSpec("P")

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


class Runner(Protocol):
    """What the operations need of an asynchronous client."""

    @property
    def sync(self) -> operations.ObjectStore: ...

    async def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T: ...


class AsyncOperation(Generic[R]):
    """An operation on one object type; with a client, a method of it."""

    kind: type[Operation[Any]]

    def __init__(self, resource: type[R]) -> None:
        self.resource = resource
        self._runner: Runner | None = None
        self._operation: Operation[R] = self.kind(resource)
        self.__doc__ = self._operation.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._operation.__set_name__(owner, name)
        self.__name__ = name
        self.__qualname__ = f"AsyncVncApi.{name}"

    def __get__(self, instance: Runner | None, owner: type) -> Self:
        if instance is None:
            return self
        bound = copy(self)
        bound._runner = instance
        return bound

    async def _run(self, *arguments: Any) -> Any:
        if self._runner is None:
            raise TypeError(f"{self.__name__} is called on a client: AsyncVncApi(...).{self.__name__}(...)")
        return await self._runner.run(self._operation.__get__(self._runner.sync, type(self._runner.sync)), *arguments)

    def __repr__(self) -> str:
        return f"<{'bound ' if self._runner else ''}operation {self.__qualname__}>"


class AsyncCreate(AsyncOperation[R]):
    kind = operations.Create

    async def __call__(self, obj: R) -> str:
        result: str = await self._run(obj)
        return result


class AsyncRead(AsyncOperation[R]):
    kind = operations.Read

    async def __call__(
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
        exclude_back_refs: bool = True,
        exclude_children: bool = True,
    ) -> R:
        result: R = await self._run(fq_name, fq_name_str, id, fields, exclude_back_refs, exclude_children)
        return result


class AsyncReadDraft(AsyncOperation[R]):
    kind = operations.ReadDraft

    async def __call__(
        self,
        fq_name: Sequence[str] | None = None,
        fq_name_str: str | None = None,
        id: str | None = None,
        fields: Sequence[str] | None = None,
    ) -> R:
        result: R = await self._run(fq_name, fq_name_str, id, fields)
        return result


class AsyncUpdate(AsyncOperation[R]):
    kind = operations.Update

    async def __call__(self, obj: R) -> dict[str, Any] | None:
        result: dict[str, Any] | None = await self._run(obj)
        return result


class AsyncDelete(AsyncOperation[R]):
    kind = operations.Delete

    async def __call__(self, fq_name: Sequence[str] | None = None, id: str | None = None) -> None:
        await self._run(fq_name, id)


class AsyncListObjects(AsyncOperation[R]):
    kind = operations.ListObjects

    @overload
    async def __call__(
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
    async def __call__(
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

    async def __call__(
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
        return await self._run(
            parent_id, parent_fq_name, obj_uuids, back_ref_id, fields, detail, count, filters, shared, fq_names, token
        )


class AsyncDefaultId(AsyncOperation[R]):
    kind = operations.DefaultId

    async def __call__(self) -> str:
        result: str = await self._run()
        return result
