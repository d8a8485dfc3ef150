#!/usr/bin/env bash
# A quarter of a million VPN routes through the control node, BIRD, FRR and GoBGP: processor time of each, in one run.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in bird /usr/lib/frr/bgpd gobgpd; do
  command -v "$program" >/dev/null || { echo "control-node: skipped, $program is not installed (Scripts/install test)"; exit 0; }
done
unshare --net true 2>/dev/null || { echo "control-node: skipped, making a network namespace needs root"; exit 0; }
swift build -c release --product tungsten
TUNGSTEN=$(swift build -c release --show-bin-path)/tungsten
export TUNGSTEN
exec unshare --net python3 Tests/Benchmarks/ControlNode/routes_through.py
