"""What a generated class declares about its objects: properties, references, children and back references.

A declaration is the attribute of the objects (a descriptor) and the entry of the class's tables at once. It says what the schema says;
what an object holds and what of it is still to be sent is :mod:`vnc_api.tracking`'s business.
"""

from __future__ import annotations

import inspect
import itertools
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from .references import Reference, decode
from .structure import describe_type, fitting, structure_named

if TYPE_CHECKING:
    from .tracking import Tracked

T = TypeVar("T")
D = TypeVar("D")


class _Documentation:
    """The text of a class for the class; for a field of an object type, what the schema says about it, found when ``help()`` asks."""

    def __init__(self, of_class: str | None) -> None:
        self._of_class = of_class

    def __get__(self, instance: Field | None, owner: type) -> str | None:
        return self._of_class if instance is None else instance.described()


class Field:
    """Anything that an object holds beside its identity."""

    # How `Resource.dump` marks the field.
    letter: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _Documentation(cls.__doc__)  # type: ignore[assignment]

    def __init__(self, link: str = "", json: str = "") -> None:
        self.name = ""
        self.owner: type | None = None
        # The member of the object's JSON, where Python cannot spell it so.
        self.json = json
        # The name of the property or relation in the graph.
        self.link = link

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.owner = owner
        self.json = self.json or name

    def described(self) -> str:
        """What the field is, in words for people."""
        return self._prose()

    def _prose(self) -> str:
        """The field's entry in the text of the class that declares it."""
        lines = inspect.cleandoc((self.owner and self.owner.__doc__) or "").splitlines()
        start = next((number for number, line in enumerate(lines) if line.startswith(f"    {self.name}: ")), None)
        if start is None:
            return ""
        entry = [lines[start].split(": ", 1)[1], *itertools.takewhile(lambda line: line.startswith("     "), lines[start + 1 :])]
        return "\n".join(textwrap.wrap(" ".join(line.strip() for line in entry), 110))


class FqName:
    """The attribute ``fq_name``: always a list, though it need not be given."""

    def __init__(self) -> None:
        self.__doc__ = "The names of the objects that it lives below, from the root downwards, and its own."

    @overload
    def __get__(self, instance: None, owner: type) -> FqName: ...

    @overload
    def __get__(self, instance: object, owner: type) -> list[str]: ...

    def __get__(self, instance: Any, owner: type) -> FqName | list[str]:
        return self if instance is None else instance.__dict__.get("fq_name", [])

    def __set__(self, instance: object, value: Sequence[str] | None) -> None:
        instance.__dict__["fq_name"] = value if isinstance(value, list) else list(value or ())


class Property(Field, Generic[T]):
    """A property. ``element`` names the list inside a value whose elements are stored one by one, ``key`` what tells them apart."""

    letter = "P"

    def __init__(
        self,
        type_name: str,
        *,
        default: Any = None,
        presence: str = "optional",
        operations: str = "CRUD",
        element: str | None = None,
        key: str | None = None,
        link: str = "",
        json: str = "",
    ) -> None:
        super().__init__(link, json)
        self.type_name = type_name
        self.default = default
        self.presence = presence
        self.operations = operations
        self.element = element
        self.key = key

    def described(self) -> str:
        kind = describe_type(self.type_name)
        facts = [f"Type: ``{self.type_name if kind.scalar is None else kind.scalar}``"]
        if kind.restriction_type == "enum":
            facts.append(f"one of {', '.join(map(repr, kind.restrictions or ()))}")
        elif kind.restrictions:
            lowest, highest = kind.restrictions
            facts.append(f"{'any' if lowest is None else lowest} to {'any' if highest is None else highest}")
        if self.default is not None:
            facts.append(f"{self.default!r} unless set")
        return f"{self._prose()}\n{'; '.join(facts)}.".strip()

    @overload
    def __get__(self, instance: None, owner: type) -> Property[T]: ...

    @overload
    def __get__(self, instance: Tracked, owner: type) -> T | None: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        if self.name not in instance._values:
            value = instance._stored(self.name)
            if value is None:
                return self.default
            structure = structure_named(self.type_name) if isinstance(value, Mapping) else None
            instance._keep(self.name, value if structure is None else structure.from_dict(value))
        return instance._values[self.name]

    def __set__(self, instance: Tracked, value: T | None) -> None:
        where = f"{type(instance).__name__}.{self.name}"
        instance._replace(self.name, fitting(where, self.type_name, structure_named(self.type_name), value))


class References(Field, Generic[D]):
    """References to objects of one type, which carry data of the type D or none."""

    letter = "REF"

    def __init__(self, target: str, data: str | None = None, *, derived: bool = False, link: str = "") -> None:
        super().__init__(link)
        self.target = target
        self.data = data
        # Made by the system; does not keep its target from being deleted.
        self.derived = derived

    def described(self) -> str:
        carried = f", each with a ``{self.data}`` in its ``attr``" if self.data else ""
        return f"{self._prose()}\nReferences to ``{self.target}`` objects{carried}.".strip()

    @overload
    def __get__(self, instance: None, owner: type) -> References[D]: ...

    @overload
    def __get__(self, instance: Tracked, owner: type) -> list[Reference[D]]: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        if self.name not in instance._values:
            # The list is kept even when it is empty: what is added to it has to arrive.
            instance._keep(self.name, decode(instance._stored(self.name) or (), self.data))
        return instance._values[self.name]

    def __set__(self, instance: Tracked, value: Sequence[Any] | None) -> None:
        instance._set_references(self.name, value or ())


class _Related(Field):
    """Other objects that point here. The server knows them; they are read from it when they are looked at."""

    how: ClassVar[str] = ""

    def __init__(self, target: str, data: str | None = None, *, derived: bool = False, link: str = "") -> None:
        super().__init__(link)
        self.target = target
        self.data = data
        self.derived = derived

    @overload
    def __get__(self, instance: None, owner: type) -> _Related: ...

    @overload
    def __get__(self, instance: Tracked, owner: type) -> list[Reference[dict[str, Any]]]: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        if self.name not in instance._values:
            stored = instance._stored(self.name, ask=True)
            if stored is None and instance._client is None:
                return []  # Nobody was asked, so there is nothing to remember.
            instance._keep(self.name, decode(stored or (), None))
        return instance._values[self.name]


    def __set__(self, instance: Tracked, value: object) -> None:
        raise AttributeError(f"{self.name} are objects of their own: {self.how}")


class Children(_Related):
    """Objects of one type that live below this one."""

    letter = "HAS"
    how = "create them with this one as their parent_obj="

    def described(self) -> str:
        return f"The ``{self.target}`` objects that live below it, read when they are first looked at."


class BackReferences(_Related):
    """Objects of one type that refer to this one."""

    letter = "BCK"
    how = "change their references to this one"

    def described(self) -> str:
        return f"The ``{self.target}`` objects that refer to it, read when they are first looked at."
