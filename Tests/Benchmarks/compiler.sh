#!/usr/bin/env bash
# The schema compiler, all backends together and cold, beside generateDS making Python alone, both from the same schema.
# The schema is the root file named by TUNGSTEN_OLDER_SCHEMA, or the newest one that the package contrail-api-cli carries.
set -euo pipefail
cd "$(dirname "$0")/../.."
schema=${TUNGSTEN_OLDER_SCHEMA:-$(Scripts/peers schema)}
peers=$(Scripts/peers venv generateDS)
swift build -c release --product schemac --static-swift-stdlib
schemac=$(swift build -c release --static-swift-stdlib --show-bin-path)/schemac
# Into memory where there is any to write to: making 266 files costs some file systems more than compiling does.
out=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$out"' EXIT

python3 - "$schemac" "$schema" "$peers" "$out" <<'PYTHON'
import os, resource, shutil, subprocess, sys

schemac, schema, peers, out = sys.argv[1:]

def cpu(command, folder, repeats):
    """The least CPU seconds, user and system, of several cold runs, each into an empty folder."""
    best = (float("inf"), 0)
    for _ in range(repeats):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        best = min(best, (user + system, system))
    return best

def size(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)

backends = "swift-model,swift-rest,swift-client,swift-graph,python,openapi,json-schema,manual"
ours = os.path.join(out, "ours")
seconds, system = cpu([schemac, "compile", "--backend", backends, "--out", ours, schema], ours, 25)
files = sum(len(names) for _, _, names in os.walk(ours))
print(
    f"schemac, {backends.count(',') + 1} backends: {seconds * 1000:.0f} ms CPU ({system * 1000:.0f} of it in the system), "
    f"{size(ours) / 1e6:.1f} MB in {files} files")

# generateDS wants one file of well-formed XSD; the older schema is only readable to it file by file.
theirs = os.path.join(out, "theirs")
source = os.path.join(os.path.dirname(schema), "vnc_cfg.xsd")
flat = os.path.join(out, "flat.xsd")
text = open(source, encoding="utf-8").read()
lines = [line for line in text.split("\n") if "xsd:include" not in line and not line.startswith("#")]
open(flat, "w", encoding="utf-8").write("\n".join(lines))
seconds_theirs, _ = cpu([os.path.join(peers, "bin/generateDS"), "-f", "-o", os.path.join(theirs, "model.py"), flat], theirs, 5)
print(f"generateDS, Python only, vnc_cfg.xsd alone: {seconds_theirs * 1000:.0f} ms CPU, {size(theirs) / 1e6:.1f} MB written")
print(f"ratio: generateDS takes {seconds_theirs / seconds:.1f} times as long for one backend as schemac for all")
PYTHON
