"""Our package beside the published one of the older platform: what that one offers, ours offers, and sends the same for it.

Both are looked at in interpreters of their own. What differs on purpose is in intended_differences.toml, each with its reason; a difference
that is not there fails the test, and so does an entry that matches nothing any more.
"""

import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tomllib

import pytest

PUBLISHED = os.environ.get("PUBLISHED_PYTHON")
HERE = pathlib.Path(__file__).parent

if not PUBLISHED:
    pytest.skip("no published package: PUBLISHED_PYTHON names the interpreter that has contrail-api-client", allow_module_level=True)


def run(interpreter, script):
    done = subprocess.run([interpreter, str(HERE / script)], capture_output=True, text=True, cwd=HERE, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def both(script):
    return run(PUBLISHED, script), run(sys.executable, script)


def arguments(where, theirs, ours):
    """What a caller who knows their arguments would trip over."""
    if theirs is None:
        return
    if ours is None:
        yield f"{where}: cannot be called"
        return
    takes_any = ["*", None] in ours
    mine = dict(ours)
    place = 0
    for name, default in theirs:
        if name in ("*", "**"):
            break
        if name not in mine:
            yield f"{where}: no argument {name}"
            continue
        place += 1
        if not takes_any and ours[place - 1][0] != name:
            yield f"{where}: argument {name} is at another place"
        if default is not None and mine[name] is None:
            yield f"{where}: argument {name} must be given"
        elif default is not None and mine[name] != default:
            yield f"{where}: argument {name} is {mine[name]} unless given, there {default}"
    for name, default in ours:
        if default is None and name not in ("*", "**") and name not in dict(theirs) and ["**", None] not in theirs:
            yield f"{where}: argument {name} must be given"


def members(where, theirs, ours):
    for name, called in theirs.items():
        if name not in ours:
            yield f"{where}.{name}: missing"
        else:
            yield from arguments(f"{where}.{name}", called, ours[name])


def surface(theirs, ours):
    """Everything in which our package falls short of theirs."""
    for kind in ("modules", "errors", "common"):
        yield from (f"{kind} {name}: missing" for name in theirs[kind] if name not in ours[kind])
    yield from arguments("VncApi", theirs["constructor"], ours["constructor"])
    yield from members("client", theirs["client"], ours["client"])
    yield from members("module", theirs["module"], ours["module"])
    for name, their_type in theirs["structures"].items():
        our_type = ours["structures"].get(name)
        if our_type is None:
            yield f"structure {name}: missing"
            continue
        yield from members(f"structure {name}", their_type["members"], our_type["members"])
        for place, field in enumerate(their_type["fields"]):
            if field not in our_type["fields"]:
                yield f"structure {name}: no member {field}"
            elif our_type["fields"].index(field) != place:
                yield f"structure {name}: member {field} is at another place"
        for field, description in their_type["types"].items():
            if field in our_type["types"]:
                # No restriction and no permitted value at all are the same in their tables.
                for mine, yours in zip(our_type["types"][field], description):
                    if (mine or None) != (yours or None) and mine is not None and yours != "enum":
                        yield f"structure {name}.{field}: {mine}, there {yours}"
    for name, their_type in theirs["objects"].items():
        our_type = ours["objects"].get(name)
        if our_type is None:
            yield f"object {name}: missing"
            continue
        yield from members(f"object {name}", their_type["members"], our_type["members"])
        if their_type["class"] != our_type["class"]:
            yield f"object {name}: the class is {our_type['class']}, there {their_type['class']}"
        for kind in ("properties", "parents"):
            yield from (f"object {name} {kind} {each}: missing" for each in their_type[kind] if each not in our_type[kind])
        if their_type["parents"] != our_type["parents"]:
            yield f"object {name}: parents are {our_type['parents']}, there {their_type['parents']}"
        for each in sorted(set(their_type["lists"]) ^ set(our_type["lists"])):
            if each in their_type["properties"]:
                yield f"object {name}.{each}: kept element by element {'here' if each in our_type['lists'] else 'there'} only"
        for kind in ("references", "children", "back references", "maps", "metas"):
            for field, description in their_type[kind].items():
                if our_type[kind].get(field) != description:
                    yield f"object {name} {kind} {field}: {our_type[kind].get(field)}, there {description}"
        for field, description in their_type["property types"].items():
            for key, yours in description.items():
                mine = our_type["property types"].get(field, {}).get(key)
                if (mine or None) != (yours or None) and not (key == "restriction_type" and not description["restrictions"]):
                    yield f"object {name}.{field} {key}: {mine}, there {yours}"


def requests(theirs, ours):
    for call, their_answer in theirs.items():
        if ours[call]["requests"] != their_answer["requests"]:
            yield f"call {call}: sends {ours[call]['requests']}, there {their_answer['requests']}"
        if ours[call]["result"] != their_answer["result"]:
            yield f"call {call}: returns {ours[call]['result']}, there {their_answer['result']}"


INTENDED = tomllib.loads((HERE / "intended_differences.toml").read_text())


@pytest.mark.parametrize(("kind", "script", "compare"), [("surface", "describe_package.py", surface), ("requests", "requests_of_both.py", requests)])
def test_differences_are_intended(kind, script, compare):
    found = list(compare(*both(script)))
    patterns = {pattern: entry["reason"] for entry in INTENDED[kind] for pattern in entry["differences"]}
    assert all(len(reason) > 20 for reason in patterns.values())
    # A difference has brackets of its own, so only the star is special in a pattern.
    escaped = {pattern: pattern.replace("[", "[[]") for pattern in patterns}
    unlisted = [each for each in found if not any(fnmatch.fnmatchcase(each, pattern) for pattern in escaped.values())]
    assert not unlisted, f"{len(unlisted)} differences are not in intended_differences.toml:\n" + "\n".join(unlisted)
    unused = [pattern for pattern in patterns if not fnmatch.filter(found, escaped[pattern])]
    assert not unused, "these entries match no difference any more: " + ", ".join(unused)
