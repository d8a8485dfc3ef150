#!/usr/bin/env bash
# What the control node costs: a quarter of a million VPN routes through it, BIRD, FRR and GoBGP in one run; and a thousand agents.
set -euo pipefail
cd "$(dirname "$0")/../.."
unshare --net true 2>/dev/null || { echo "control-node: skipped, making a network namespace needs root"; exit 0; }
swift build -c release --product tungsten
TUNGSTEN=$(swift build -c release --show-bin-path)/tungsten
export TUNGSTEN
unshare --net python3 Tests/Benchmarks/ControlNode/agents.py
for program in bird /usr/lib/frr/bgpd gobgpd; do
  command -v "$program" >/dev/null || { echo "control-node: skipped, $program is not installed (Scripts/install test)"; exit 0; }
done
exec unshare --net python3 Tests/Benchmarks/ControlNode/routes_through.py
