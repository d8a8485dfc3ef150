#!/usr/bin/env bash
# The forwarder's core: cycles a packet, beside what Open vSwitch's user-space datapath takes for a plain hit; nanoseconds a route lookup.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p Build/forwarder
core=()
for file in Runtime/Forwarder/core/*.c; do
  [ "$(basename "$file")" = vrouter_attributes.c ] || core+=("$file")
done
gcc -std=gnu11 -D_GNU_SOURCE -O2 -IRuntime/Forwarder/include -IRuntime/Forwarder/core -ITests/Forwarder \
  "${core[@]}" Tests/Forwarder/{build,tables}.c Tests/Benchmarks/Forwarder/forwarder.c -o Build/forwarder/benchmark
Build/forwarder/benchmark
