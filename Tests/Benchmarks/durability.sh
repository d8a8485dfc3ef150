#!/usr/bin/env bash
# Thousands of kills of the configuration server, on disks that work and on disks that fail, and of servers on one etcd: nothing that it
# acknowledged is lost, nothing is given twice, nothing is half there, and one order of requests explains what every client was told. ROUNDS
# says how often the one is killed, 2000 otherwise, which takes an hour or two; ETCD_ROUNDS how often the suite of the other runs, 20
# otherwise. No ratio: it passes or it does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build --product tungsten
ROUNDS="${ROUNDS:-2000}" Tests/Suites/durability
for round in $(seq "${ETCD_ROUNDS:-20}"); do
  echo "etcd, round $round"
  Tests/Suites/etcd
done
