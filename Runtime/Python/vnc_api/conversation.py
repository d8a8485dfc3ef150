"""How a method is written once, whoever carries it out: a description says what to ask the server and how to read the answers, and never
waits for anything itself.

A description is a generator. It yields a :class:`Request`, or several writes that belong together, is resumed with what the server
answered, and returns what the method returns:

    @described
    def id_to_fq_name(self, id: str) -> Conversation[list[str]]:
        return (yield from ask(to_action("id-to-name", {"uuid": id}), "fq_name", list))

The client carries it out step by step, a bulk keeps the writes for its end, the client for asyncio does it in a thread: they are *shells*.
A description that is closed before its end, since a request failed or was never sent, leaves everything as it was.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Generic, NamedTuple, Protocol, TypeVar, Union, overload

from .exceptions import WrongAnswerError
from .spelling import NoSuchAttribute, shown, suggestion
from .tracking import FieldReader

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    from .resource import Resource

    P = ParamSpec("P")

S = TypeVar("S")
T = TypeVar("T")


class Request(NamedTuple):
    """What to ask a server. ``kind`` and ``name`` are those under which its home page lists the path; ``uuid`` goes into the path."""

    method: str
    kind: str
    name: str
    uuid: str | None = None
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] | None = None
    # Who asks, where it is not the client's own user.
    token: str | None = None
    # Sent twice, it does no harm.
    repeatable: bool = False

    def __str__(self) -> str:
        if self.kind == "action":
            return self.name
        return f"{self.method} /{self.name}{'s' if self.uuid is None else f'/{self.uuid}'}"


class Together(NamedTuple):
    """Writes of one method, answered by a list of the server's answers. ``promise`` is what the method returns when they wait in a bulk."""

    writes: Sequence[Request]
    promise: Any = None


Conversation = Generator[Union[Request, Together], Any, T]


def to_collection(resource_type: str, method: str, **more: Any) -> Request:
    """A request to where objects of a type are listed and created."""
    return Request(method, "collection", resource_type, **more)


def to_object(resource_type: str, uuid: str, method: str, **more: Any) -> Request:
    """A request to where one object is read, updated and deleted."""
    return Request(method, "resource-base", resource_type, uuid, **more)


def to_action(name: str, body: Mapping[str, Any] | None = None, method: str = "POST", **more: Any) -> Request:
    """A request to do anything else."""
    return Request(method, "action", name, body=body, **more)


def ask(request: Request, member: str, kind: type[T]) -> Conversation[T]:
    """Asks, and takes one member of the answer."""
    return part((yield request), member, kind, request)


def part(answer: Any, name: str, kind: type[T], request: object) -> T:
    """A member of a decoded answer, of the type that it must have. WrongAnswerError: that is not what came."""
    members = answer if isinstance(answer, Mapping) else {}
    if name not in members or not isinstance(members[name], kind):
        raise WrongAnswerError(
            f"{request}: the answer is not that of an API server: expected a JSON object with {name!r}, "
            f"received {'nothing' if answer is None else shown(answer)}; see api_server_host=, api_server_port=, api_server_url="
        )
    value: T = members[name]
    return value


# Shells


class Handle(FieldReader, Protocol):
    """What descriptions need of the client that does the work: objects that they make read through it what they do not hold."""

    POST_FOR_LIST_THRESHOLD: int
    _exclude_hrefs: bool


class _Shell:
    """Who carries descriptions out."""

    if not TYPE_CHECKING:  # Where a checker sees this method, it lets every name pass.

        def __getattr__(self, name: str) -> Any:
            raise NoSuchAttribute(lambda: f"{type(self).__name__} has no method {name!r}; {suggestion(name, dir(type(self)), 3)}".rstrip("; "))

    @property
    def _handle(self) -> Handle:
        raise NotImplementedError

    def _uuid_for(self, obj: Resource) -> str | None:
        """The UUID that a new object is to have; None: the server chooses."""
        return obj.uuid

    def _uuid_made_here(self, cls: type[Resource], fq_name: Sequence[str] | None) -> str | None:
        """The UUID of an object that the server does not know yet."""
        return None


class Shell(_Shell):
    """Does what a description says before its method returns."""

    def _carry_out(self, conversation: Conversation[T]) -> T:
        raise NotImplementedError


class AsyncShell(_Shell):
    """Does what a description says when its method is awaited."""

    def _carry_out(self, conversation: Conversation[T]) -> Awaitable[T]:
        raise NotImplementedError


def _told(error: TypeError, description: Callable[..., Any], caller: Any, named: Mapping[str, Any]) -> str:
    """The error in the words of whoever called, with the argument that was meant."""
    text = str(error).replace(description.__qualname__, getattr(caller, "__name__", description.__name__))
    known = description.__code__.co_varnames[1 : description.__code__.co_argcount + description.__code__.co_kwonlyargcount]
    return "; ".join([text, *(suggestion(name, known) or f"there are: {', '.join(known)}" for name in named if name not in known)])


def carried_out(description: Callable[Concatenate[S, P], Conversation[T]]) -> Callable[Concatenate[S, P], T]:
    """The method of a description: what it is called on carries it out."""
    annotations = description.__annotations__
    annotations["return"] = str(annotations["return"])[len("Conversation[") : -1]

    def method(self: Any, /, *arguments: Any, **named: Any) -> Any:
        try:
            conversation = description(self, *arguments, **named)
        except TypeError as error:  # The arguments: nothing else was done yet.
            raise TypeError(_told(error, description, self, named)) from None
        return self._carry_out(conversation)

    functools.update_wrapper(method, description)
    return method


if TYPE_CHECKING:

    class described(Generic[P, T]):
        """As ``carried_out``, for the methods that all clients have: one for asyncio has them awaited."""

        def __init__(self, description: Callable[Concatenate[Any, P], Conversation[T]]) -> None: ...

        @overload
        def __get__(self, instance: AsyncShell, owner: type) -> Callable[P, Awaitable[T]]: ...

        @overload
        def __get__(self, instance: Any, owner: type) -> Callable[P, T]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...

else:
    described = carried_out
