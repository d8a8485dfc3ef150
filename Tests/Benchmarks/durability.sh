#!/usr/bin/env bash
# Thousands of kills of the configuration server, on disks that work and on disks that fail: nothing that it acknowledged is lost, nothing is
# given twice, nothing is half there. ROUNDS says how often; 2000 otherwise, which takes an hour or two. No ratio: it passes or it does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build --product tungsten
ROUNDS="${ROUNDS:-2000}" Tests/Suites/durability
