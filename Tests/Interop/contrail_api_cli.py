"""The published command of the older platform, contrail-api-cli, unmodified, against this configuration server.

    contrail_api_cli.py COMMAND         the server at API_HOST and API_PORT of the environment

Every command of it that talks to a server is run as a person would. It knows release 5.0 of the schema. What is made is removed again.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
import uuid

PROJECT = "default-domain:default-project"


class Command:
    """The command, and a home of its own for what it remembers."""

    def __init__(self, path, home):
        self.start = [path, "-H", os.environ["API_HOST"], "-p", os.environ["API_PORT"], "--schema-version", "5.0"]
        self.home = home
        self.count = 0

    def __call__(self, *arguments, status=0, **environment):
        """What it prints."""
        self.count += 1
        done = subprocess.run(
            self.start + list(arguments), env={**os.environ, "HOME": self.home, **environment}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, universal_newlines=True, timeout=120)
        text = " ".join(arguments)
        if done.returncode != status:
            raise AssertionError("'%s' ended with %d: %s%s" % (text, done.returncode, done.stdout, done.stderr))
        return done.stdout


def expect(condition, *shown):
    if not condition:
        raise AssertionError(*shown)


def create(kind, name):
    """The UUID of a new object in the default project."""
    body = json.dumps({kind: {"fq_name": PROJECT.split(":") + [name], "parent_type": "project"}})
    request = urllib.request.Request(
        "http://%s:%s/%ss" % (os.environ["API_HOST"], os.environ["API_PORT"], kind), body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)[kind]["uuid"]


def run(cli, home):
    name = "cli-%s" % uuid.uuid4()
    network, policy = ("virtual-network/%s:%s" % (PROJECT, name), "network-policy/%s:%s" % (PROJECT, name))

    # What the server has, from its home page.
    types = cli("ls").split()
    expect({"virtual-network", "network-policy", "global-system-config", "instance-ip"} <= set(types), types)

    # It makes nothing from nothing (its `exec` runs on Python 2 only).
    made = {kind: create(kind, name) for kind in ("virtual-network", "network-policy")}

    listed = cli("ls", "-l", "virtual-network")
    expect(re.search(r"virtual-network/%s +%s:%s$" % (made["virtual-network"], PROJECT, name), listed, re.M), listed)
    expect(int(cli("du", "virtual-network")) == len(listed.splitlines()), listed)
    cli("ls", network + "-that-is-not-there", status=1)

    shown = json.loads(cli("cat", network))
    expect(shown["uuid"] == made["virtual-network"] and shown["fq_name"] == PROJECT.split(":") + [name], shown)
    expect(json.loads(cli("cat", "virtual-network/" + shown["uuid"])) == shown)

    parents = cli("tree", "-p", network)
    expect([line.split("/")[0].split()[-1] for line in parents.splitlines()] == ["virtual-network", "project", "domain"], parents)

    # References, seen from both ends.
    cli("ln", network, policy)
    tree = cli("tree", network)
    expect("network-policy/" + made["network-policy"] in tree, tree)
    tree = cli("tree", "-r", policy)
    expect("virtual-network/" + made["virtual-network"] in tree, tree)
    related = cli("relative", network, "network-policy")
    expect(made["network-policy"] in related, related)
    refused = cli("rm", "-f", policy, status=1)
    expect(json.loads(cli("cat", policy))["uuid"] == made["network-policy"], refused)
    cli("ln", "-r", network, policy)
    expect("network_policy_refs" not in json.loads(cli("cat", network)))

    # An editor that is a command of its own changes the display name in the file that it is given, and leaves that file in its place.
    editor = os.path.join(home, "editor")
    with open(editor, "w") as file:
        file.write("#!/bin/sh\ntext=$(sed 's/\"display_name\": \"[^\"]*\"/\"display_name\": \"edited\"/' \"$1\")\necho \"$text\" > \"$1\"\n")
    os.chmod(editor, 0o755)
    cli("edit", network, EDITOR=editor)
    expect(json.loads(cli("cat", network))["display_name"] == "edited")

    cli("kv", "--add", name, "kept")
    expect(json.loads(cli("kv", "--get", name)) == [{"key": name, "value": "kept"}])
    expect(name in cli("kv", "--list-all"))
    cli("kv", "--delete", name)
    expect(name not in cli("kv", "--list-all"))

    for path in (network, policy):
        cli("rm", "-f", path)
        cli("cat", path, status=1)


def main():
    if len(sys.argv) != 2 or not {"API_HOST", "API_PORT"} <= set(os.environ):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as home:
        cli = Command(sys.argv[1], home)
        run(cli, home)
    print("contrail-api-cli: %d commands, all as expected" % cli.count)


if __name__ == "__main__":
    main()
