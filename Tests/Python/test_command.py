"""The command `tungsten` beside the package: what it prints of an object of every type is what it reads."""

import os
import subprocess

import samples
from api_server import ADDRESS, ARGUMENTS
from vnc_api import vnc_api
from vnc_api.resource import resource_types

TYPES = [kind for kind in resource_types() if kind != "config-root"]


def tungsten(*arguments, status=0, **named):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TUNGSTEN_SERVER": ADDRESS}
    done = subprocess.run(
        [os.environ["TUNGSTEN"], *arguments], capture_output=True, text=True, timeout=120, env=environment, **named)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_what_is_printed_of_every_type_changes_nothing_when_it_is_applied():
    with vnc_api.VncApi(**ARGUMENTS) as client:
        with samples.World(client) as world:
            made = {kind: world.some(kind) for kind in TYPES}
            printed = tungsten("get", ",".join(TYPES), "-o", "yaml")
            applied = tungsten("apply", "-f", "-", input=printed).splitlines()
            assert all(line.endswith(" unchanged") for line in applied), [line for line in applied if not line.endswith(" unchanged")]
            told = {line.rsplit(" ", 1)[0] for line in applied}
            missing = {kind for kind, obj in made.items() if f"{kind} {':'.join(obj.fq_name)}" not in told}
            assert not missing
