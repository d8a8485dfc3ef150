"""Prints, as JSON, what the package ``vnc_api`` of the interpreter that runs this offers: classes, their fields and methods.

Runs in two environments, one with our package and one with the published one, so that a test can compare them.
"""

import json
import sys

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
    return sorted(name for name in dir(cls) if not name.startswith("_") and not name.startswith(MACHINERY))


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


class Offline(vnc_api.VncApi):
    """The published client puts the methods of types into each client, which wants a server."""

    def __init__(self):
        pass


client = {name for name in dir(vnc_api.VncApi) if not name.startswith("_")}
json.dump(
    {
        "objects": objects,
        "structures": structures,
        "errors": sorted(name for name, _ in classes(errors)),
        "client": sorted(client),
        "module": sorted(name for name in dir(vnc_api) if not name.startswith("_")),
        "common": sorted(name for name, _ in classes(common, "resource_type")),
    },
    sys.stdout,
)
