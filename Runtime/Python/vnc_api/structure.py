"""Structured types: the values of properties, and the data that references carry.

A generated class declares the members that the schema gives it, one line each:

    class SubnetType(StructuredType):
        ip_prefix: str | None = member("string")
        ip_prefix_len: int | None = member("integer")

Everything else is here. A value knows its members by name, turns into JSON and back, prints and compares. Members that a newer server
sends and this package does not know are kept and sent back, so that reading, changing and writing a value loses nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from .spelling import NoSuchAttribute, choice, shown

if TYPE_CHECKING:
    import inspect

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[Any], Any]:
        """Tells type checkers to work out ``__init__`` from the declared members; does nothing when the program runs."""
        return lambda cls: cls


V = TypeVar("V")

_OWN_NAME = "the name of the type"

# The scalars of the schema. Every other name of a type is that of a structure or of a simple type.
SCALARS = frozenset({"string", "integer", "unsignedInt", "unsignedShort", "unsignedLong", "boolean", "dateTime", "time"})

_structures: dict[str, type[StructuredType]] = {}
_restrictions: dict[str, Restriction] = {}


class Restriction:
    """What a simple type of the schema allows: some values, or a range."""

    __slots__ = ("base", "values", "bounds")

    def __init__(self, base: str, values: tuple[Any, ...] | None, bounds: tuple[int | None, int | None] | None) -> None:
        self.base = base
        self.values = values
        self.bounds = bounds


def restrict(name: str, base: str, literal: Any = None, *, minimum: int | None = None, maximum: int | None = None) -> None:
    """Makes a simple type known. ``literal`` is the ``Literal`` of its values, where it is an enumeration."""
    values = None if literal is None else tuple(literal.__args__)
    bounds = None if minimum is None and maximum is None else (minimum, maximum)
    _restrictions[name] = Restriction(base, values, bounds)


def structure_named(name: str) -> type[StructuredType] | None:
    """The class of a structured type by its name in the schema; None for simple types and scalars."""
    if name not in _structures and name not in _restrictions and name not in SCALARS:
        importlib.import_module("vnc_api.gen.resource_xsd")  # Loads every generated type.
    return _structures.get(name)


class TypeDescription(NamedTuple):
    """What the field tables of classes say about a type."""

    scalar: str | None  # What the value is in XSD; None for structures.
    is_simple: bool  # A simple type: a scalar with a name of its own.
    restrictions: list[Any] | None
    restriction_type: str | None


def describe_type(name: str) -> TypeDescription:
    """What is known about a type by its name in the schema."""
    if structure_named(name) is not None:
        return TypeDescription(None, False, None, None)
    restriction = _restrictions.get(name)
    if restriction is None:
        return TypeDescription(name, False, None, None)
    if restriction.values is not None:
        return TypeDescription(restriction.base, True, list(restriction.values), "enum")
    if restriction.bounds is not None:
        return TypeDescription(restriction.base, True, list(restriction.bounds), "range")
    return TypeDescription(restriction.base, True, None, None)


class Derived(Generic[V]):
    """A class attribute that is worked out from the declarations of the class when it is first wanted."""

    def __init__(self, derive: Callable[[Any], V], doc: str) -> None:
        self._derive = derive
        self._derived: dict[type, V] = {}
        self.__doc__ = doc

    def __get__(self, instance: object, owner: type) -> V:
        if owner not in self._derived:
            self._derived[owner] = self._derive(owner)
        return self._derived[owner]


def fitting(where: str, type_name: str, structure: type[StructuredType] | None, given: Any) -> Any:
    """A value that a script gives, as it is kept: a mapping becomes a structure. TypeError: it can never be a value of the type.

    Whether text is one of the values of an enumeration, or a number in its range, the server says; it may be newer than this package.
    """
    if structure is not None:
        if isinstance(given, Mapping):
            return structure.from_dict(given)
        if given is not None and not isinstance(given, structure):
            article = "an" if structure.__name__[0] in "AEIO" else "a"
            raise TypeError(f"{where} takes {article} {structure.__name__}, or a mapping with its members; {shown(given)} is neither")
    elif isinstance(given, (StructuredType, Mapping, list, tuple, set)):
        scalar = describe_type(type_name).scalar
        raise TypeError(f"{where} takes a single value ({scalar}); {shown(given)} is a {type(given).__name__}")
    return given


class Member:
    """What the schema says about one member of a structured type."""

    __slots__ = ("name", "owner", "key", "type_name", "many", "default", "presence", "operations", "_structure", "_is_resolved")

    def __init__(self, type_name: str, key: str | None, many: bool, default: Any, presence: str, operations: str) -> None:
        self.name = ""
        self.owner = ""
        self.key = key or ""
        self.type_name = type_name
        self.many = many
        self.default = default
        self.presence = presence
        self.operations = operations
        self._structure: type[StructuredType] | None = None
        self._is_resolved = type_name in SCALARS

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.owner = owner.__name__
        self.key = self.key or name

    @property
    def structure(self) -> type[StructuredType] | None:
        """The class of the value; None for scalars. Found late, since types may be declared in any order."""
        if not self._is_resolved:
            self._structure = structure_named(self.type_name)
            self._is_resolved = True
        return self._structure

    def value(self, given: Any) -> Any:
        """What a script gives, as the member holds it: mappings become structures, a repeated member is a list. TypeError: it cannot be."""
        where = f"{self.owner}.{self.name}"
        structure = self.structure
        if not self.many:
            # Most values are of a type that nothing is to be said about.
            return given if structure is None and isinstance(given, (str, int)) else fitting(where, self.type_name, structure, given)
        if given is None:
            return []
        if isinstance(given, (str, bytes, Mapping, StructuredType)):
            raise TypeError(f"{where} takes a list of {self.type_name}; put the {type(given).__name__} into one: [value]")
        values = [fitting(f"{where}[{index}]", self.type_name, structure, item) for index, item in enumerate(given)]
        # The caller may go on adding to a list that was given.
        return given if isinstance(given, list) and not any(isinstance(item, Mapping) for item in given) else values

    def stored(self, given: Any) -> Any:
        """What a server sent, as the member holds it. It may be newer, and is not argued with."""
        if self.structure is None:
            return given
        if self.many and isinstance(given, list):
            return [self.structure.from_dict(item) if isinstance(item, Mapping) else item for item in given]
        return self.structure.from_dict(given) if isinstance(given, Mapping) else given


def member(
    type_name: str,
    *,
    key: str | None = None,
    many: bool = False,
    default: Any = None,
    presence: str = "optional",
    operations: str = "CRUD",
) -> Any:
    """Declares a member. ``key`` is its name in JSON where Python spells it differently; ``many`` says that it is a list."""
    return Member(type_name, key, many, default, presence, operations)


def to_json(value: Any) -> Any:
    """A value as JSON knows it: structures become objects without the members that are not set."""
    if isinstance(value, StructuredType):
        return value.to_json()
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    return value


@dataclass_transform()
class StructuredType:
    """The base of all structured types. Members are given in the order of the schema, or by name; all may be left out."""

    _members: ClassVar[tuple[Member, ...]] = ()
    _by_name: ClassVar[dict[str, Member]] = {}

    def __init_subclass__(cls, schema_name: str | None = None) -> None:
        super().__init_subclass__()
        declared = tuple(value for value in vars(cls).values() if isinstance(value, Member))
        cls._members += declared
        cls._by_name = {declaration.name: declaration for declaration in cls._members}
        for declaration in declared:
            # A list must not be shared; without a class attribute, only the instance has it.
            if declaration.many:
                delattr(cls, declaration.name)
            else:
                setattr(cls, declaration.name, declaration.default)
        if StructuredType in cls.__bases__:
            _structures[schema_name or cls.__name__] = cls

    def __init__(self, *values: Any, params_dict: Mapping[str, Any] | None = None, **named: Any) -> None:
        members = self._members
        state = self.__dict__
        for declaration in members:
            state[declaration.name] = [] if declaration.many else declaration.default
        if params_dict:
            self._take(params_dict)
        if len(values) > len(members):
            raise TypeError(f"{type(self).__name__} has {len(members)} members, and {len(values)} values were given")
        for declaration, value in zip(members, values):
            if declaration.name in named:
                raise TypeError(f"{type(self).__name__}: {declaration.name} is given twice, by position and by name")
            state[declaration.name] = declaration.value(value)
        for name, value in named.items():
            known = self._by_name.get(name)
            if known is None:
                raise TypeError(f"{type(self).__name__} has no member {name!r}; {choice(name, self._by_name)}")
            state[name] = known.value(value)

    if not TYPE_CHECKING:  # Where a checker sees these methods, it lets every name pass.

        def __getattr__(self, name: str) -> Any:
            raise NoSuchAttribute(lambda: f"{type(self).__name__} has no member {name!r}; {choice(name, self._by_name)}")

        def __setattr__(self, name: str, value: Any) -> None:
            declaration = self._by_name.get(name)
            if declaration is not None:
                value = declaration.value(value)
            elif not name.startswith("_"):
                raise AttributeError(f"{type(self).__name__} has no member {name!r}; {choice(name, self._by_name)}")
            super().__setattr__(name, value)

    # JSON

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """A value from decoded JSON. Members that the schema does not know are kept and sent back."""
        result = cls()
        result._take(values)
        return result

    @classmethod
    def factory(cls, *values: Any, **named: Any) -> Self:
        """A value from members in the order of the schema, or by their names in JSON as for :meth:`from_dict`."""
        result = cls(*values)
        result._take(named)
        return result

    def _take(self, values: Mapping[str, Any]) -> None:
        state = self.__dict__
        known = 0
        for declaration in self._members:
            if declaration.key in values:
                known += 1
                given = values[declaration.key]
                if given is not None:
                    state[declaration.name] = declaration.stored(given)
        if known < len(values):
            keys = {declaration.key for declaration in self._members}
            state["_unknown_members"] = {key: value for key, value in values.items() if key not in keys}

    def to_json(self) -> dict[str, Any]:
        """The members that are set, as the server wants them. Lists are always there: an empty one clears what is stored."""
        state = self.__dict__
        result: dict[str, Any] = {}
        for declaration in self._members:
            value = state[declaration.name]
            if value is not None:
                result[declaration.key] = value if isinstance(value, (str, int)) else to_json(value)
        result.update(state.get("_unknown_members", ()))
        return result

    def exportDict(self, name_: str | None = _OWN_NAME) -> dict[str, Any]:
        """All members, those not set as None, below the name of the type. ``name_=None`` leaves that level out."""
        members = {declaration.key: _export(self.__dict__[declaration.name]) for declaration in self._members}
        if name_ == _OWN_NAME:
            name_ = type(self).__name__
        return {name_: members} if name_ else members

    # Python

    def copy(self) -> Self:
        """A copy that shares nothing with the original."""
        return type(self).from_dict(self.to_json())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        shown = (f"{m.name}={self.__dict__[m.name]!r}" for m in self._members if self.__dict__[m.name] not in (None, []))
        return f"{type(self).__name__}({', '.join(shown)})"

    # What the declarations say, in the form that tools for the older platform read.

    attr_fields: ClassVar[Derived[list[str]]] = Derived(
        lambda cls: [declaration.name for declaration in cls._members], "The names of all members, in order."
    )
    attr_field_type_vals: ClassVar[Derived[dict[str, dict[str, Any]]]] = Derived(
        lambda cls: {declaration.name: _describe(declaration) for declaration in cls._members},
        "What the schema says about each member.",
    )
    __signature__: ClassVar[Derived[inspect.Signature]] = Derived(
        lambda cls: _signature(cls), "What ``help()`` shows as the arguments of the class."
    )


def _export(value: Any) -> Any:
    if isinstance(value, StructuredType):
        return value.exportDict(None)
    if isinstance(value, (list, tuple)):
        return [_export(item) for item in value]
    return value


def _describe(declaration: Member) -> dict[str, Any]:
    kind = describe_type(declaration.type_name)
    structure = declaration.structure
    return {
        "attr_type": kind.scalar if structure is None else structure.__name__,
        "simple_type": declaration.type_name if kind.is_simple or structure is not None else f"xsd:{kind.scalar}",
        "is_complex": structure is not None,
        "is_array": declaration.many,
        "restrictions": kind.restrictions,
        "restriction_type": kind.restriction_type,
        "required": declaration.presence,
        "operations": declaration.operations,
        "default": declaration.default,
        "description": [],
    }


def _signature(cls: type[StructuredType]) -> inspect.Signature:
    import inspect

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(m.name, kind, default=() if m.many else m.default) for m in cls._members])
