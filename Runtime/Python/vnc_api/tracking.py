"""What an object holds, and what of it the server does not know yet.

Values come from the server as JSON and are decoded when they are first looked at. An update sends no more than what differs:

- properties that were set, and structured values that were changed in place since they were looked at, whole;
- references one by one, by comparing those that were read with those that are wanted;
- elements of list and map properties one by one, so that two clients can add elements at the same time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from .exceptions import NoIdError
from .fields import Field, FqName, Property, References
from .references import Reference, ReferenceChange, changes
from .spelling import shown
from .structure import StructuredType, fitting, structure_named, to_json


class FieldReader(Protocol):
    """What an object needs of the client that it was read with."""

    def read_fields(self, resource: Any, fields: Sequence[str]) -> Mapping[str, Any]:
        """The named fields of an object as they are stored now."""
        ...


class Tracked:
    """The part of an object that remembers what was read and what was changed."""

    _declarations: ClassVar[dict[str, Field]] = {}

    uuid: str | None = None
    fq_name: FqName = FqName()

    def _begin(self) -> None:
        self._values: dict[str, Any] = {}
        # As the server sent it, not looked at yet.
        self._raw: dict[str, Any] = {}
        # Structured values and references as the server knows them, in JSON.
        self._known: dict[str, Any] = {}
        # Fields that have to be asked for, since what is stored cannot be told from here.
        self._unread: set[str] = set()
        self._pending_field_updates: set[str] = set()
        self._element_updates: list[dict[str, Any]] = []
        # References to delete although they were never read.
        self._deleted_references: dict[str, list[dict[str, Any]]] = {}
        # All references that the server has were read; what is not here, it does not have.
        self._is_complete = False
        self._client: FieldReader | None = None

    # For the fields: reading and writing values

    def _stored(self, name: str, ask: bool = False) -> Any:
        """A field as the server has it: from what it sent, or by asking it; None when there is none."""
        if name not in self._raw and (ask or name in self._unread) and self._client is not None and self.uuid:
            # What else is not known comes along.
            wanted = {each: self._declarations[each].json for each in ({name} if ask else self._unread)}
            try:
                stored = self._client.read_fields(self, sorted(wanted.values()))
            except NoIdError:
                if ask:
                    raise
                stored = {}  # It has been deleted, and holds what it held.
            self._raw.update((each, stored.get(key)) for each, key in wanted.items())
            self._unread.difference_update(wanted)
        return self._raw.get(name)

    def _ask_for_unset(self) -> None:
        """Properties that were not set may get a value from the server: an address, a MAC address, an identifier. Whoever looks is told."""
        known = self._values.keys() | self._raw.keys()
        for name, field in self._declarations.items():
            if isinstance(field, Property) and not field.element and name not in known:
                self._unread.add(name)

    def _keep(self, name: str, value: Any) -> None:
        """Takes a decoded value that the server knows."""
        self._values[name] = value
        self._raw.pop(name, None)
        self._note_known(name)

    def _replace(self, name: str, value: Any) -> None:
        """Takes a value from the user, to be sent."""
        self._values[name] = value
        self._raw.pop(name, None)
        self._unread.discard(name)
        self._pending_field_updates.add(name)

    def _note_known(self, name: str) -> None:
        value = self._values[name]
        if isinstance(self._declarations[name], References):
            self._known[name] = [as_reference(item).to_json() for item in value]
        elif isinstance(value, (StructuredType, dict, list)):
            self._known[name] = to_json(value)
        else:
            self._known.pop(name, None)

    # What is to be sent

    def get_pending_updates(self) -> set[str]:
        """The names of the fields that the next update sends whole."""
        changed = {
            name
            for name, known in self._known.items()
            if isinstance(self._declarations[name], Property) and to_json(self._values[name]) != known
        }
        return changed | self._pending_field_updates

    def get_ref_updates(self) -> set[str]:
        """The names of the reference fields of which the next update sends single references."""
        return {change.field for change in self.reference_changes()}

    def reference_changes(self) -> list[ReferenceChange]:
        """The single references that the next update sends."""
        result = []
        for name, field in self._declarations.items():
            if not isinstance(field, References) or name in self._pending_field_updates:
                continue
            unread = self._deleted_references.get(name, [])
            if name in self._values or unread:
                wanted = [as_reference(item) for item in self._values.get(name, ())]
                result += changes(name, [*self._known.get(name, ()), *unread], wanted)
        return result

    def element_updates(self) -> list[dict[str, Any]]:
        """The single elements of list and map properties that the next update sends."""
        whole = self.get_pending_updates()
        return [
            {**update, "field": self._declarations[update["field"]].json, "value": to_json(update["value"])}
            for update in self._element_updates
            if update["field"] not in whole
        ]

    def clear_pending_updates(self) -> None:
        """Takes what the object holds for what the server knows."""
        self._pending_field_updates.clear()
        self._deleted_references.clear()
        if self._client is not None:
            # The server gives the elements of a list their positions, so the list has to be read again.
            for name in {update["field"] for update in self._element_updates}:
                self._values.pop(name, None)
                self._known.pop(name, None)
                self._unread.add(name)
        self._element_updates.clear()
        for name in self._values:
            self._note_known(name)

    @contextlib.contextmanager
    def _sending(self) -> Iterator[None]:
        """Takes the changes for sent, and takes that back when what is done meanwhile fails. What was set since then stays set."""
        uuid, known, fields, elements = self.uuid, dict(self._known), set(self._pending_field_updates), list(self._element_updates)
        deleted = {name: list(references) for name, references in self._deleted_references.items()}
        collections = {each["field"]: self._values[each["field"]] for each in elements if each["field"] in self._values}
        self.clear_pending_updates()
        try:
            yield
        except BaseException:
            self.uuid = uuid
            for name, value in collections.items():
                if self._values.setdefault(name, value) is value:
                    self._unread.discard(name)
            self._known.update((name, value) for name, value in known.items() if name in self._values)
            self._pending_field_updates |= fields
            self._element_updates[:0] = elements
            for name, references in deleted.items():
                self._deleted_references.setdefault(name, [])[:0] = references
            raise

    def set_server_conn(self, vnc_api_handle: FieldReader | None) -> None:
        """Connects the object with the client through which it reads what it does not hold."""
        self._client = vnc_api_handle

    # Elements of list and map properties; generated methods call these.

    def _add_element(self, name: str, value: Any, position: str | None = None) -> None:
        self._change_element(name, "add", value, position)

    def _set_element(self, name: str, value: Any) -> None:
        key = self._property(name).key or ""
        position = to_json(value).get(key)
        if position is None:
            raise ValueError(f"elements of {name} are told apart by their {key}, which this one has not set")
        self._change_element(name, "set", value, str(position))

    def _delete_element(self, name: str, position: str) -> None:
        self._change_element(name, "delete", None, position)

    def _change_element(self, name: str, operation: str, value: Any, position: str | None) -> None:
        field = self._property(name)
        if name in self.get_pending_updates():
            self._pending_field_updates.add(name)
        wrapper = getattr(self, name)
        if wrapper is None:
            structure = structure_named(field.type_name)
            assert structure is not None, f"{field.type_name} is not a structure"
            wrapper = self._values[name] = structure()
        _change_list(getattr(wrapper, field.element or ""), operation, value, position, field.key)
        self._element_updates.append({"field": name, "operation": operation, "value": value, "position": position})
        self._note_known(name)

    def _property(self, name: str) -> Property[Any]:
        field = self._declarations[name]
        assert isinstance(field, Property)
        return field

    # References; generated methods call these.

    def _set_reference(self, name: str, target: Any, data: Any = None) -> None:
        self._replace(name, [self._reference(name, target, data)])

    def _set_references(self, name: str, targets: Sequence[Any], data: Sequence[Any] | None = None) -> None:
        if data is not None and len(data) != len(targets):
            raise ValueError(f"{name}: {len(targets)} objects and {len(data)} values; each object needs one")
        self._replace(name, [self._reference(name, target, data[index] if data else None) for index, target in enumerate(targets)])

    def _reference(self, name: str, target: Any, data: Any = None) -> Reference[Any]:
        """A reference of the kind that a field holds. TypeError: it cannot lead there, or carry that."""
        field = self._declarations[name]
        assert isinstance(field, References)
        where = f"{type(self).__name__}.{name}"
        kind = getattr(target, "resource_type", field.target) if isinstance(target, Tracked) else field.target
        if kind != field.target:
            raise TypeError(f"{where} leads to objects of the type {field.target}; {shown(target)} is a {kind}")
        if data is not None and field.data is None:
            raise TypeError(f"{where} carries no data; {shown(data)} was given")
        structure = structure_named(field.data) if field.data else None
        return as_reference(target, data if structure is None else fitting(f"{where} (its data)", structure.__name__, structure, data))

    def _add_reference(self, name: str, target: Any, data: Any = None) -> None:
        added = self._reference(name, target, data)
        references: list[Reference[Any]] = getattr(self, name)
        for index, reference in enumerate(references):
            if added.leads_to(reference):
                references[index] = added
                return
        references.append(added)

    def _delete_reference(self, name: str, target: Any) -> None:
        unwanted = self._reference(name, target)
        references: list[Reference[Any]] = getattr(self, name)
        kept = [reference for reference in references if not unwanted.leads_to(reference)]
        if len(kept) == len(references) and not self._is_complete:
            # It may be stored all the same.
            self._deleted_references.setdefault(name, []).append(unwanted.to_json())
        references[:] = kept


def as_reference(target: Any, data: Any = None) -> Reference[Any]:
    """A reference to ``target``: an object, or a mapping with ``to`` or ``uuid``, such as a reference of another object."""
    if isinstance(target, Mapping) and (target.get("to") or target.get("uuid")):
        reference = target if isinstance(target, Reference) and data is None else Reference(target)
    elif isinstance(target, Tracked):
        reference = Reference(to=target.fq_name)
        if target.uuid:
            reference["uuid"] = target.uuid
    else:
        raise TypeError(f"a reference leads to an object, or to a mapping with 'to' or 'uuid'; {target!r} is neither")
    if data is not None:
        reference["attr"] = data
    return reference


def _change_list(elements: list[Any], operation: str, value: Any, position: str | None, key: str | None) -> None:
    """Does to a list at hand what the server is going to do to the stored one, as far as that can be known here."""
    if key:
        kept = [element for element in elements if str(to_json(element).get(key)) != position]
        elements[:] = kept if value is None else [*kept, value]
    elif operation == "add":
        elements.append(value)
    elif operation == "delete" and position is not None and position.isdigit() and int(position) < len(elements):
        del elements[int(position)]
