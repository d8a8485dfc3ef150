"""The tables by which tools for the older platform find out what the schema says about a class.

They are worked out from the declarations of the class when they are first asked for; a script that does not ask pays nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from .fields import BackReferences, Children, Field, Property, References
from .structure import Derived, describe_type

if TYPE_CHECKING:
    import inspect

F = TypeVar("F", bound=Field)


class FieldTables:
    """Class attributes that every object type has."""

    # Not named `_fields`: what has that is a named tuple for `help()`, which then shows what begins with an underscore.
    _declarations: ClassVar[dict[str, Field]] = {}

    @classmethod
    def _of_kind(cls, kind: type[F]) -> dict[str, F]:
        """The declared fields of one kind, by name."""
        return {name: field for name, field in cls._declarations.items() if isinstance(field, kind)}

    @classmethod
    def _properties(cls) -> dict[str, Property[Any]]:
        return cls._of_kind(Property)

    prop_fields: ClassVar[Derived[set[str]]] = Derived(lambda cls: set(cls._properties()), "The names of all properties.")
    ref_fields: ClassVar[Derived[set[str]]] = Derived(
        lambda cls: set(cls._of_kind(References)), "The names of all reference fields."
    )
    children_fields: ClassVar[Derived[set[str]]] = Derived(
        lambda cls: set(cls._of_kind(Children)), "The names of all fields of children."
    )
    backref_fields: ClassVar[Derived[set[str]]] = Derived(
        lambda cls: set(cls._of_kind(BackReferences)), "The names of all fields of back references."
    )

    prop_field_types: ClassVar[Derived[dict[str, dict[str, Any]]]] = Derived(
        lambda cls: {name: _describe(field) for name, field in cls._properties().items()},
        "What the schema says about each property.",
    )
    prop_list_fields: ClassVar[Derived[set[str]]] = Derived(
        lambda cls: {name for name, field in cls._properties().items() if field.element and not field.key},
        "The names of the properties whose elements are stored one by one.",
    )
    prop_map_field_key_names: ClassVar[Derived[dict[str, str]]] = Derived(
        lambda cls: {name: field.key for name, field in cls._properties().items() if field.key},
        "The member by which elements are told apart, of each map property.",
    )
    prop_map_fields: ClassVar[Derived[set[str]]] = Derived(
        lambda cls: set(cls.prop_map_field_key_names), "The names of the properties whose elements are stored one by one, by key."
    )
    prop_list_field_has_wrappers: ClassVar[Derived[dict[str, bool]]] = Derived(
        lambda cls: dict.fromkeys(cls.prop_list_fields, True), "Whether a structure holds the list; one always does."
    )
    prop_map_field_has_wrappers: ClassVar[Derived[dict[str, bool]]] = Derived(
        lambda cls: dict.fromkeys(cls.prop_map_fields, True), "Whether a structure holds the map; one always does."
    )

    ref_field_types: ClassVar[Derived[dict[str, tuple[str, str, bool, list[str]]]]] = Derived(
        lambda cls: {
            name: (field.target, field.data or "None", field.derived, []) for name, field in cls._of_kind(References).items()
        },
        "The type referred to, the type of the data, and whether the reference is weak, of each reference field.",
    )
    children_field_types: ClassVar[Derived[dict[str, tuple[str, bool]]]] = Derived(
        lambda cls: {name: (field.target, field.derived) for name, field in cls._of_kind(Children).items()},
        "The type of the children, and whether the system makes them, of each field of children.",
    )
    backref_field_types: ClassVar[Derived[dict[str, tuple[str, str, bool]]]] = Derived(
        lambda cls: {
            name: (field.target, field.data or "None", field.derived) for name, field in cls._of_kind(BackReferences).items()
        },
        "The type that refers, the type of the data, and whether the reference is weak, of each field of back references.",
    )

    prop_field_metas: ClassVar[Derived[dict[str, str]]] = Derived(
        lambda cls: {name: field.link or name.replace("_", "-") for name, field in cls._properties().items()},
        "The name in the graph of each property.",
    )
    ref_field_metas: ClassVar[Derived[dict[str, str]]] = Derived(
        lambda cls: {name: field.link or f"{cls.resource_type}-{field.target}" for name, field in cls._of_kind(References).items()},
        "The name in the graph of each reference.",
    )
    children_field_metas: ClassVar[Derived[dict[str, str]]] = Derived(
        lambda cls: {name: field.link or f"{cls.resource_type}-{field.target}" for name, field in cls._of_kind(Children).items()},
        "The name in the graph of each relation to children.",
    )

    __signature__: ClassVar[Derived[inspect.Signature]] = Derived(
        lambda cls: _signature(cls), "What ``help()`` shows as the arguments of the class."
    )


def _describe(field: Property[Any]) -> dict[str, Any]:
    kind = describe_type(field.type_name)
    return {
        "xsd_type": kind.scalar or field.type_name,
        "simple_type": field.type_name if kind.is_simple else None,
        "is_complex": kind.scalar is None,
        "restrictions": kind.restrictions,
        "restriction_type": kind.restriction_type,
        "required": field.presence,
        "operations": field.operations,
        "default": field.default,
        "description": [],
    }


def _signature(cls: type[FieldTables]) -> inspect.Signature:
    import inspect

    by_position = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None) for name in ("name", "parent_obj")
    ]
    by_name = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("fq_name", "parent_type", "uuid")]
    by_name += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=field.default) for name, field in cls._properties().items()
    ]
    by_name += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in cls._of_kind(References)]
    return inspect.Signature(by_position + by_name)
