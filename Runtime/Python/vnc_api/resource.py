"""Objects of the configuration: what every generated class has in common.

A generated class declares its properties, references, children and back references, one line each, and methods that name them. How an
object finds its place in the tree, and how it turns into JSON and back, is here; what it holds is :mod:`vnc_api.tracking`'s business.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .exceptions import ResourceTypeUnknownError
from .field_tables import FieldTables
from .fields import Field, FqName, Property, References
from .spelling import NoSuchAttribute, choice, near, suggestion
from .structure import to_json
from .tracking import FieldReader, Tracked, as_reference

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:
    from .structure import dataclass_transform

_resources: dict[str, type[Resource]] = {}


def resource_class(name: str) -> type[Resource] | None:
    """The class of an object type by its name, spelled ``virtual-network`` or ``virtual_network``."""
    import vnc_api.gen.resource_client  # noqa: F401  Loads every generated class.

    return _resources.get(name.replace("_", "-"))


def get_object_class(res_type: str) -> type[Resource]:
    """The class of an object type by its name. ResourceTypeUnknownError: there is none."""
    cls = resource_class(res_type)
    if cls is None:
        near = suggestion(res_type.replace("_", "-"), resource_types())
        raise ResourceTypeUnknownError(res_type, f"; {near}" if near else "")
    return cls


def resource_types() -> list[str]:
    """The names of all object types, in alphabetical order."""
    import vnc_api.gen.resource_client  # noqa: F401

    return sorted(_resources)


def positional(*, default: None = None, kw_only: Literal[False] = False) -> Any:
    """Tells type checkers that an argument of a class may be given by position."""
    return default


@dataclass_transform(kw_only_default=True, field_specifiers=(positional,))
class _Declared(Tracked, FieldTables):
    """Type checkers work out the arguments of the classes below from what they declare."""


class Resource(_Declared):
    """The base of all object types."""

    resource_type: ClassVar[str] = ""
    object_type: ClassVar[str] = ""
    parent_types: ClassVar[list[str]] = ["config-root"]
    _names_by_json: ClassVar[dict[str, str]] = {}

    name: str = positional(default=None, kw_only=False)
    parent_obj: InitVar[Any] = positional(default=None, kw_only=False)
    fq_name: FqName = FqName()
    parent_type: str | None = None
    uuid: str | None = None

    # The server says these; see `_holding`.
    parent_uuid: ClassVar[str | None] = None
    parent_href: ClassVar[str | None] = None
    href: ClassVar[str | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # What a type declares itself comes before what all types have.
        cls._declarations = {**{name: value for name, value in vars(cls).items() if isinstance(value, Field)}, **cls._declarations}
        cls._names_by_json = {field.json: name for name, field in cls._declarations.items()}
        if "resource_type" in vars(cls):
            cls.object_type = cls.resource_type.replace("-", "_")
            _resources.setdefault(cls.resource_type, cls)

    def __init__(
        self,
        name: str | None = None,
        parent_obj: Resource | None = None,
        *values: Any,
        fq_name: Sequence[str] | None = None,
        parent_type: str | None = None,
        uuid: str | None = None,
        **properties: Any,
    ) -> None:
        self._begin()
        if fq_name:
            self.fq_name = fq_name
            self.name = fq_name[-1]
            self.parent_type = parent_type or self._parent_type_of_name()
        else:
            self.name = name or f"default-{self.resource_type}"
            self._live_below(parent_obj, parent_type)
        self.uuid = uuid
        if values:
            properties = {**self._named(values), **properties}
        for field, value in properties.items():
            if not isinstance(self._declarations.get(field), (Property, References)):
                known = ["fq_name", "parent_type", "uuid", *self._properties(), *self._of_kind(References)]
                raise TypeError(f"{type(self).__name__} has no property {field!r}; {choice(field, known)}")
            if value is not None:
                setattr(self, field, value)

    def _named(self, values: Sequence[Any]) -> dict[str, Any]:
        """Properties given by position, which only old scripts do."""
        names = list(self._properties())
        if len(values) > len(names):
            raise TypeError(f"{type(self).__name__} has {len(names)} properties, and {len(values)} values were given by position")
        return dict(zip(names, values))

    if not TYPE_CHECKING:  # Where a checker sees these methods, it lets every name pass.

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise NoSuchAttribute(lambda: self._no_field(name, dir(type(self))))

        def __setattr__(self, name: str, value: Any) -> None:
            if not name.startswith("_") and not hasattr(type(self), name):
                # Something else than a field, such as a note that a script keeps with the object, is allowed.
                if near(name, self._declarations, cutoff=0.8):
                    raise AttributeError(self._no_field(name, self._declarations))
                warnings.warn(f"{self._no_field(name, self._declarations)}: the server will not see it", stacklevel=2)
            super().__setattr__(name, value)

    def _no_field(self, name: str, candidates: Iterable[str]) -> str:
        meant = suggestion(name, [each for each in candidates if not each.startswith("_")], 3)
        return f"{type(self).__name__} has no field {name!r}" + (f"; {meant}" if meant else "")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.get_fq_name_str()}{f' {self.uuid}' if self.uuid else ''}>"

    # Place in the tree

    def _live_below(self, parent: Resource | None, parent_type: str | None) -> None:
        choices = " or ".join(self.parent_types)
        if parent is not None:
            kind = parent.resource_type
        elif parent_type is None and "config-root" in self.parent_types:
            kind = "config-root"
        else:
            kind = parent_type or self.parent_types[0]
            if parent_type is None and len(self.parent_types) > 1:
                raise TypeError(
                    f"{type(self).__name__} lives below {choices}: say which with parent_obj=, or with fq_name= and parent_type="
                )
        if kind not in self.parent_types:
            raise TypeError(f"{type(self).__name__} lives below {choices}, not below {kind}")
        if parent is not None:
            self.__dict__["parent_uuid"] = parent.uuid
        if kind == "config-root":
            # Names do not mention the root. The parent's type does where there are others: the server wants to know which.
            self.fq_name = [self.name]
            self.parent_type = kind if len(self.parent_types) > 1 else None
        else:
            self.parent_type = kind
            self.fq_name = [*(parent.fq_name if parent is not None else _default_fq_name(kind)), self.name]

    def _parent_type_of_name(self) -> str | None:
        """The type of the parent as far as a fully qualified name tells it: a single name can only be below the root."""
        if len(self.parent_types) > 1:
            return "config-root" if len(self.fq_name) == 1 and "config-root" in self.parent_types else None
        return None if self.parent_types == ["config-root"] else self.parent_types[0]

    def get_type(self) -> str:
        """The name of the type: ``virtual-network``."""
        return self.resource_type

    def get_uuid(self) -> str | None:
        """The UUID; None before the object is created, unless the caller chose one."""
        return self.uuid

    def set_uuid(self, uuid_val: str | None) -> None:
        """Chooses the UUID that the object is to have."""
        self.uuid = uuid_val

    def get_fq_name(self) -> list[str]:
        """The names of the objects that it lives below, from the root downwards, and its own."""
        return self.fq_name

    def get_fq_name_str(self) -> str:
        """The fully qualified name with colons: ``default-domain:admin:front``."""
        return ":".join(self.fq_name)

    @property
    def parent_name(self) -> str | None:
        """The name of the parent; None below the root."""
        return self.fq_name[-2] if len(self.fq_name) > 1 else None

    def get_parent_fq_name(self) -> list[str] | None:
        """The fully qualified name of the parent; None below the root."""
        return self.fq_name[:-1] or None

    def get_parent_fq_name_str(self) -> str | None:
        """The fully qualified name of the parent with colons; None below the root."""
        return ":".join(self.fq_name[:-1]) or None

    # JSON

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None = None, **named: Any) -> Self:
        """An object from decoded JSON, given as a mapping or by name. An update sends all of it."""
        result = cls._holding({**(values or {}), **named})
        result._pending_field_updates.update(name for name in result._raw if isinstance(cls._declarations[name], (Property, References)))
        return result

    @classmethod
    def from_server(cls, values: Mapping[str, Any], client: FieldReader, is_complete: bool = True) -> Self:
        """An object as a server knows it; complete when no property or reference was left out."""
        result = cls._holding(values)
        result._is_complete = is_complete
        result._client = client
        return result

    @classmethod
    def _holding(cls, values: Mapping[str, Any]) -> Self:
        result = cls.__new__(cls)
        result._begin()
        result.fq_name = values.get("fq_name")
        result.name = result.fq_name[-1] if result.fq_name else values.get("name") or f"default-{cls.resource_type}"
        result.uuid = values.get("uuid")
        result.parent_type = values.get("parent_type")
        result.__dict__.update((name, values[name]) for name in ("parent_uuid", "parent_href", "href") if name in values)
        names = cls._names_by_json
        result._raw = {names[key]: value for key, value in values.items() if key in names and value is not None}
        return result

    def to_json(self, field_names: Iterable[str] | None = None) -> dict[str, Any]:
        """The object, with all properties and references that it has or with the named fields, as JSON knows it."""
        result: dict[str, Any] = {"fq_name": self.fq_name}
        result.update((name, getattr(self, name)) for name in ("uuid", "parent_type", "parent_uuid") if getattr(self, name))
        wanted = None if field_names is None else set(field_names)
        for name, field in self._declarations.items():
            if name in wanted if wanted is not None else isinstance(field, (Property, References)):
                value = self.field_to_json(name)
                if value is not None and value != []:
                    result[field.json] = value
        return result

    def serialize_to_json(self, field_names: Iterable[str] | None = None) -> dict[str, Any]:
        """The same as :meth:`to_json`, by the name that scripts for the older platform use."""
        return self.to_json(field_names)

    def field_to_json(self, name: str) -> Any:
        """One field as JSON knows it; None when it is not set."""
        if name in self._raw:
            return self._raw[name]
        value = self._values.get(name)
        if isinstance(self._declarations[name], References) and value is not None:
            return [as_reference(item).to_json() for item in value]
        return to_json(value)

    def dump(self) -> None:
        """Prints the object and everything that it is connected to."""
        if self._client is not None and self.uuid:
            # All in one request, before each asks for itself.
            related = [name for name in (*self.children_fields, *self.backref_fields) if name not in self._values]
            stored = self._client.read_fields(self, sorted(related))
            self._raw.update((name, stored.get(name)) for name in related)
        print(f"------------ {self.resource_type} ------------")
        print("Name = ", self.fq_name)
        print("Uuid = ", self.uuid)
        if self.parent_type:
            print("Parent Type = ", self.parent_type)
        for name, field in self._declarations.items():
            print(field.letter, name, "= ", getattr(self, name) if isinstance(field, Property) else getattr(self, name) or None)


def _default_fq_name(resource_type: str) -> list[str]:
    """The name of the object that a new one lives below when nothing is said about it."""
    cls = resource_class(resource_type)
    return cls().fq_name if cls is not None else [f"default-{resource_type}"]
