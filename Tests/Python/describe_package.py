"""Prints, as JSON, what the package ``vnc_api`` of the interpreter that runs this offers: classes, their fields, methods and arguments.

Runs in two environments, one with our package and one with the published one, so that test_published_package.py can compare them.
"""

import inspect
import json
import pkgutil
import sys

from recording_server import RecordingServer

import vnc_api as package
import vnc_api.exceptions as errors
import vnc_api.gen.resource_common as common
import vnc_api.gen.resource_xsd as xsd
from vnc_api import vnc_api

# What the published package has besides, and nobody means by its interface: the XML machinery of the generator it was made with.
MACHINERY = ("gds_", "export", "build", "populate", "validate_", "hasContent", "get_class_obj", "get_path", "subclass", "superclass", "Tag_")


def classes(module, base=None):
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if isinstance(value, type) and name[:1].isupper() and (base is None or hasattr(value, base)):
            yield name, value


def public(cls):
    """Names, and for those that can be called their arguments."""
    names = sorted(name for name in dir(cls) if not name.startswith("_") and not name.startswith(MACHINERY))
    return {name: arguments(getattr(cls, name)) for name in names}


def arguments(function):
    """Name and default of each argument in order; ``*`` and ``**`` stand for any. None: it cannot be called."""
    if isinstance(function, type) or not callable(function):
        return None
    described = []
    for each in inspect.signature(function).parameters.values():
        if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            described.append(["*" if each.kind == each.VAR_POSITIONAL else "**", None])
        elif each.name not in ("self", "cls", "res_type"):  # The last is bound already in what the published client has.
            described.append([each.name, None if each.default is each.empty else repr(each.default)])
    return described


objects = {}
for name, cls in classes(vnc_api, "resource_type"):
    if not cls.resource_type:
        continue
    objects[cls.resource_type] = {
        "class": name,
        "parents": sorted(cls.parent_types),
        "properties": sorted(cls.prop_fields),
        "references": {field: [kind[0], kind[1], bool(kind[2])] for field, kind in cls.ref_field_types.items()},
        "children": {field: [kind[0], bool(kind[1])] for field, kind in cls.children_field_types.items()},
        "back references": {field: [kind[0], kind[1], bool(kind[2])] for field, kind in cls.backref_field_types.items()},
        "lists": sorted(cls.prop_list_fields),
        "maps": dict(cls.prop_map_field_key_names),
        "metas": {**cls.prop_field_metas, **cls.ref_field_metas, **cls.children_field_metas},
        "property types": {
            field: {key: kind[key] for key in ("is_complex", "restrictions", "restriction_type", "xsd_type", "required", "operations")}
            for field, kind in cls.prop_field_types.items()
        },
        "members": public(cls),
    }
structures = {}
for name, cls in classes(xsd, "attr_fields"):
    structures[name] = {
        "fields": list(cls.attr_fields),
        "types": {
            field: [kind["attr_type"], bool(kind["is_complex"]), bool(kind["is_array"]), kind["restrictions"], kind["restriction_type"]]
            for field, kind in cls.attr_field_type_vals.items()
        },
        "members": public(cls),
    }


server = RecordingServer(objects)
# The published client makes the methods of types when it has found a server.
client = vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=server.port, auth_type="noauth")
json.dump(
    {
        "objects": objects,
        "structures": structures,
        "modules": sorted(module.name for module in pkgutil.walk_packages(package.__path__, "vnc_api.")),
        "errors": sorted(name for name, _ in classes(errors)),
        "constructor": arguments(vnc_api.VncApi.__init__),
        "client": public(client),
        "module": public(vnc_api),
        "common": sorted(name for name, _ in classes(common, "resource_type")),
    },
    sys.stdout,
)
server.stop()
