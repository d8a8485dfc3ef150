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

from .connection import part
from .gen.vnc_api_client_gen import ResourceOperations
from .operations import Filters, Texts
from .resource import Resource
from .tracking import Pending

if TYPE_CHECKING:
    from typing_extensions import Self

    from .client import ObjectClient, Write

R = TypeVar("R", bound=Resource)

__all__ = ["Bulk"]


class Bulk(ResourceOperations):
    """A client whose writes wait for :meth:`commit`. One thread uses it, once."""

    def __init__(self, client: ObjectClient) -> None:
        self._bulk_client = client
        self._writes: list[Write] = []
        # The object that a write creates, by its place.
        self._created: dict[int, Resource] = {}
        # Objects whose pending changes wait here, with what is needed to give them back.
        self._taken: dict[int, tuple[Resource, Pending]] = {}
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

    def __len__(self) -> int:
        """How many requests wait."""
        return len(self._writes)

    # The end

    def commit(self, dry_run: bool = False) -> None:
        """Sends what waits. The server's refusal names the place of the request that it refuses, and nothing of the bulk was done.

        ``dry_run``: the server checks it all and changes nothing; the bulk can be committed afterwards.
        """
        self._expect_open()
        if not dry_run:
            self._is_over = True
        if not self._writes:
            return
        try:
            replies = self._bulk_client.send_together(self._writes, dry_run)
        except Exception:
            if not dry_run:
                self._give_back()
            raise
        if dry_run:
            return
        for obj, _ in self._taken.values():
            obj.set_server_conn(self._bulk_client)
        for place, obj in self._created.items():
            created = part(replies[place].get("body"), obj.resource_type, dict, "POST /bulk")
            obj._is_complete = True
            obj.__dict__.update((name, created[name]) for name in ("parent_uuid", "parent_href", "href") if name in created)

    def discard(self) -> None:
        """Forgets what waits; the objects hold their changes as before."""
        if not self._is_over:
            self._is_over = True
            self._give_back()

    def _give_back(self) -> None:
        for obj, pending in self._taken.values():
            obj._restore_pending(pending)

    def _expect_open(self) -> None:
        if self._is_over:
            raise RuntimeError("this bulk is over; begin another with bulk()")

    def _take(self, obj: Resource) -> None:
        """From now on the object's changes are those that come after what waits."""
        self._expect_open()
        if id(obj) not in self._taken:
            self._taken[id(obj)] = (obj, obj._keep_pending())

    # What the operations need of a client: writes wait

    def create_object(self, obj: Resource) -> str:
        """Keeps the creation of an object; returns the UUID that it gets, chosen here when it has none."""
        self._take(obj)
        if obj.uuid is None:
            # Chosen here, so that objects of the same bulk can refer to it.
            obj.uuid = str(uuid.uuid4())
        self._created[len(self._writes)] = obj
        self._writes.append(self._bulk_client.write_of_creation(obj))
        obj.clear_pending_updates()
        return obj.uuid

    def update_object(self, obj: Resource) -> dict[str, Any] | None:
        """Keeps what was changed of an object; None, as the answer is not known yet."""
        self._take(obj)
        self._writes += self._bulk_client.writes_of_update(obj)
        obj.clear_pending_updates()
        return None

    def delete_object(self, cls: type[Resource], fq_name: Sequence[str] | None, id: str | None) -> None:
        """Keeps the deletion of an object."""
        self._expect_open()
        if id is None and fq_name is not None:
            id = next((obj.uuid for obj in self._created.values() if type(obj) is cls and list(obj.fq_name) == list(fq_name)), None)
        self._writes.append(self._bulk_client.write_of_deletion(cls, fq_name, id))

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
        """As :meth:`vnc_api.vnc_api.VncApi.ref_update`, with the rest."""
        self._expect_open()
        self._writes.append(self._bulk_client.write_of_reference(obj_type, obj_uuid, ref_type, ref_uuid, ref_fq_name, operation, attr))
        return obj_uuid

    # Reads do not

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
        """As the client reads it."""
        return self._bulk_client.read_object(cls, fq_name, fq_name_str, id, fields, exclude_back_refs, exclude_children)

    def read_draft_of_object(
        self,
        cls: type[R],
        fq_name: Sequence[str] | None,
        fq_name_str: str | None,
        id: str | None,
        fields: Sequence[str] | None,
    ) -> R:
        """As the client reads it."""
        return self._bulk_client.read_draft_of_object(cls, fq_name, fq_name_str, id, fields)

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
        """As the client lists them."""
        return self._bulk_client.list_objects(
            cls, parent_id, parent_fq_name, obj_uuids, back_ref_id, fields, detail, count, filters, shared, fq_names, token
        )

    def default_object_id(self, cls: type[Resource]) -> str:
        """As the client finds it."""
        return self._bulk_client.default_object_id(cls)
