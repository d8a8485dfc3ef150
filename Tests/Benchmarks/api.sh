#!/usr/bin/env bash
# What the configuration server costs: reads and creates beside nginx, bottle on gevent and etcd in one run, a million objects, and ten
# thousand watchers. OBJECTS and WATCHERS make it smaller.
set -euo pipefail
cd "$(dirname "$0")/../.."
for product in tungsten ConstantServer; do swift build -c release --product "$product"; done
TUNGSTEN=$(swift build -c release --show-bin-path)/tungsten
CONSTANT=$(dirname "$TUNGSTEN")/ConstantServer
PEER_PYTHON=$(Scripts/peers venv bottle gevent)/bin/python
export TUNGSTEN CONSTANT PEER_PYTHON
for each in exchanges population watchers; do python3 "Tests/Benchmarks/ConfigServer/$each.py"; done
