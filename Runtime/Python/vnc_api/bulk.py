"""Writes that take effect together or not at all.

    with vnc.bulk() as bulk:
        bulk.virtual_network_create(network)
        bulk.virtual_machine_interface_create(port)  # It may refer to the network.
        bulk.network_policy_update(policy)

A bulk has the methods of the client. What they would write is kept, and sent as one request at the end of the ``with`` statement; the server
does all of it in one transaction. When it refuses a part, or the body of the statement raises, nothing was done, and the objects hold what
they are to be as before: mend them and try again. What is read is what the server has, without the writes that wait.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .actions import SingleChanges
from .conversation import Conversation, Request, Shell, Together, part, to_action
from .exceptions import WrongAnswerError
from .gen.vnc_api_client_gen import ResourceOperations
from .resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Self

    from .client import Client

T = TypeVar("T")

__all__ = ["Bulk"]


class Bulk(SingleChanges, ResourceOperations, Shell):
    """A client whose writes wait for :meth:`commit`. One thread uses it, once."""

    def __init__(self, client: Client) -> None:
        self._bulk_client = client
        # Methods that wait to hear what the server says to their writes.
        self._waiting: list[tuple[Conversation[Any], Sequence[Request]]] = []
        self._made: dict[tuple[str, tuple[str, ...]], str] = {}
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

    if not TYPE_CHECKING:  # A type checker knows the methods that there are.

        def __getattr__(self, name: str) -> Any:
            message = f"a bulk has no '{name}'"
            if not name.startswith("_") and hasattr(type(self._bulk_client), name):
                message = (
                    f"{name} cannot wait in a bulk, which takes objects that are created, updated and deleted, and changes of their single"
                    f" elements and references; call it on the client, before the bulk or after it"
                )
            raise AttributeError(message)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} requests to {self._bulk_client._connection}>"

    def __len__(self) -> int:
        """How many requests wait."""
        return sum(len(writes) for _, writes in self._waiting)

    # The end

    def commit(self, dry_run: bool = False) -> None:
        """Sends what waits. The server's refusal names the place of the request that it refuses, and nothing of the bulk was done.

        ``dry_run``: the server checks it all and changes nothing; the bulk can be committed afterwards.
        """
        self._expect_open()
        try:
            replies = self._send(dry_run) if self._waiting else []
        except Exception:
            if not dry_run:
                self.discard()
            raise
        if dry_run:
            return
        self._is_over = True
        for conversation, writes in self._waiting:
            bodies, replies = [reply.get("body") for reply in replies[: len(writes)]], replies[len(writes) :]
            try:
                conversation.send(bodies)
            except StopIteration:
                continue

    def _send(self, dry_run: bool) -> list[dict[str, Any]]:
        """Has the server do the writes in one transaction, or none of them; returns what it says to each."""
        writes = [write for _, writes in self._waiting for write in writes]
        requests = [{"method": each.method, "path": self._bulk_client._path(each), "body": each.body} for each in writes]
        request = to_action("bulk", {"requests": requests}, query={"dry_run": "true"} if dry_run else None)
        replies = part(self._bulk_client._answer(request), "replies", list, request)
        if len(replies) != len(requests):
            raise WrongAnswerError(f"{request}: the server was sent {len(requests)} requests and answered {len(replies)}")
        return replies

    def discard(self) -> None:
        """Forgets what waits; the objects hold their changes as before."""
        if not self._is_over:
            self._is_over = True
            for conversation, _ in reversed(self._waiting):
                conversation.close()

    def _expect_open(self) -> None:
        if self._is_over:
            raise RuntimeError("this bulk is over; begin another with bulk()")

    # Descriptions: writes wait, reads do not

    @property
    def _handle(self) -> Client:
        return self._bulk_client

    def _carry_out(self, conversation: Conversation[T]) -> T:
        try:
            step = next(conversation)
            while isinstance(step, Request):
                step = conversation.send(self._bulk_client._answer(step))
            self._expect_open()
        except StopIteration as end:
            result: T = end.value
            return result
        except BaseException:
            conversation.close()
            raise
        self._waiting.append((conversation, step.writes))
        promise: T = step.promise
        return promise

    def _uuid_for(self, obj: Resource) -> str:
        # Chosen here, so that objects of the same bulk can refer to it.
        chosen = obj.uuid or str(uuid.uuid4())
        self._made[obj.resource_type, tuple(obj.fq_name)] = chosen
        return chosen

    def _uuid_made_here(self, cls: type[Resource], fq_name: Sequence[str] | None) -> str | None:
        return self._made.get((cls.resource_type, tuple(fq_name or ())))
