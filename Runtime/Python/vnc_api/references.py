"""References between objects, and children and back references, which the server delivers in the same form.

A reference is a dictionary, as scripts for the older platform expect (``ref["uuid"]``), with typed attributes besides (``ref.uuid``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, Union, cast

from .structure import structure_named, to_json

D = TypeVar("D")
R = TypeVar("R")

# What a reference may be made of: an object of the class R, or a mapping with `to` or `uuid`, such as a reference of another object.
Target = Union[R, Mapping[str, Any]]


class Reference(dict[str, Any], Generic[D]):
    """``{"to": [...], "uuid": ..., "href": ..., "attr": ...}``: another object, and what the reference to it carries."""

    @property
    def to(self) -> list[str]:
        """The fully qualified name of the other object."""
        return cast("list[str]", self.get("to") or [])

    @property
    def uuid(self) -> str | None:
        """The UUID of the other object; None when the reference was made from a name."""
        return cast("str | None", self.get("uuid"))

    @property
    def href(self) -> str | None:
        """The URL of the other object; None when the reference does not come from a server."""
        return cast("str | None", self.get("href"))

    @property
    def attr(self) -> D | None:
        """The data of the reference; None where the schema gives it none."""
        return cast("D | None", self.get("attr"))

    def leads_to(self, other: Mapping[str, Any]) -> bool:
        """Do both lead to the same object? UUIDs decide where both are known."""
        mine, theirs = self.get("uuid"), other.get("uuid")
        if mine and theirs:
            return bool(mine == theirs)
        return bool(self.get("to")) and self.get("to") == other.get("to")

    def to_json(self) -> dict[str, Any]:
        """As requests carry it."""
        result: dict[str, Any] = {"to": self.to} if self.to else {}
        if self.uuid:
            result["uuid"] = self.uuid
        data = to_json(self.get("attr"))
        if data:
            result["attr"] = data
        return result


def decode(references: Sequence[Mapping[str, Any]], data: str | None) -> list[Reference[Any]]:
    """References from decoded JSON. Those that may carry data always have a value of that type, if an empty one."""
    structure = structure_named(data) if data else None
    result = []
    for values in references:
        reference: Reference[Any] = Reference(values)
        if structure is not None:
            attr = reference.get("attr")
            if attr is None or isinstance(attr, Mapping):
                reference["attr"] = structure.from_dict(attr or {})
        result.append(reference)
    return result


class ReferenceChange(NamedTuple):
    """One step towards the references that an object should have."""

    field: str
    operation: str
    reference: Reference[Any]


def changes(field: str, stored: Sequence[Mapping[str, Any]], wanted: Sequence[Reference[Any]]) -> list[ReferenceChange]:
    """What leads from the stored references to the wanted ones. Deletions come first: some references may exist only once."""
    result = [ReferenceChange(field, "DELETE", Reference(old)) for old in stored if not any(new.leads_to(old) for new in wanted)]
    for new in wanted:
        known = next((old for old in stored if new.leads_to(old)), None)
        if known is None or known.get("attr") != new.to_json().get("attr"):
            result.append(ReferenceChange(field, "ADD", new))
    return result
