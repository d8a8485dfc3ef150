"""Names of object types and their classes, for scripts that look classes up by text."""

from __future__ import annotations

import importlib
import re
from typing import Any

__all__ = ["CamelCase", "obj_type_to_vnc_class", "str_to_class"]


def CamelCase(input: str) -> str:  # noqa: A002, N802  The name and the argument are those that scripts know.
    """The name of the class of an object type: ``VirtualNetwork`` for ``virtual-network`` or ``virtual_network``."""
    return "".join(part.capitalize() for part in re.split("[-_]", input))


def str_to_class(class_name: str, module_name: str) -> Any:
    """What a module calls by a name; None when it has nothing of it. The module is loaded if it has to be."""
    return getattr(importlib.import_module(module_name), class_name, None)


def obj_type_to_vnc_class(obj_type: str, module_name: str) -> Any:
    """The class of an object type in a module, such as ``vnc_api.vnc_api``; None when there is none."""
    return str_to_class(CamelCase(obj_type), module_name)
