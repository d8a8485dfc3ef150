#!/usr/bin/env bash
# What the generated code costs to compile, in CPU seconds, wall seconds and the largest compiler process, in a copy of the tree:
# clean debug and release builds of the generated modules alone, one property added, and a build with nothing to do.
set -euo pipefail
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy"
cd "$copy"

# One target on top of all generated ones, so that one command builds them as a plain `swift build` would.
mkdir Generated/All
echo "// Stands on everything that is generated." > Generated/All/All.swift
cat >> Package.swift <<'SWIFT'

package.targets.append(
    .target(
        name: "GeneratedCode", dependencies: ["ConfigurationModel", "ConfigurationREST", "ConfigurationClient", "ConfigurationGraph"],
        path: "Generated/All"))
SWIFT

python3 - <<'PYTHON'
import os, re, resource, shutil, subprocess, time

target = "GeneratedCode"

def measured(label, *arguments):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(["swift", "build", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # ru_maxrss of children is the largest of all so far: it only says something where it grew.
    print(f"{label:58} {cpu:6.1f} s CPU  {time.monotonic() - start:6.1f} s wall  largest process so far {after.ru_maxrss / 1048576:.2f} GB", flush=True)

def build(label, configuration):
    # What generated code stands on, and the compiler itself, first: they are not what is measured.
    for prerequisite in ["schemac", "Client", "Graph"]:
        kind = "--product" if prerequisite == "schemac" else "--target"
        subprocess.run(["swift", "build", "-c", configuration, kind, prerequisite], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    measured(label, "-c", configuration, "--target", target)

build("debug, clean", "debug")
measured("debug, nothing to do", "--target", target)
path = "Schema/Configuration/network.xsd"
text = open(path, encoding="utf-8").read()
added = '<xs:complexType name="VirtualNetworkType">'
at = text.index("<xs:sequence>", text.index(added)) + len("<xs:sequence>")
member = '<xs:element name="colour" type="xs:string" minOccurs="0"><xs:annotation><xs:documentation>A colour.</xs:documentation></xs:annotation></xs:element>'
open(path, "w", encoding="utf-8").write(text[:at] + member + text[at:])
measured("debug, one member added", "--target", target)
build("release, clean", "release")
PYTHON
