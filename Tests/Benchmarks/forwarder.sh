#!/usr/bin/env bash
# The forwarder: cycles and instructions that its core takes for a packet, nanoseconds a route lookup; then the user port between namespaces
# beside Open vSwitch's user-space datapath. Instructions need valgrind; the second part needs root, iperf3 and openvswitch-switch.
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

# What differs between two runs is what the packets between take, the copy of each into its buffer included. The same in every run.
if command -v valgrind >/dev/null; then
  collected() { valgrind --tool=callgrind --callgrind-out-file=/dev/null Build/forwarder/benchmark "$1" 1 "$2" 2>&1 | awk '/Collected/ { print $NF }'; }
  names=("flow hit, bridged into MPLS over UDP" "flow hit, routed into MPLS over UDP" "unwrapped, flow hit, delivered")
  for which in 0 1 2; do
    echo "${names[$which]}: $((($(collected 3000 "$which") - $(collected 1000 "$which")) / 2000)) instructions"
  done
else
  echo "valgrind is not installed, so instructions are not counted"
fi

if [ "$(id -u)" -eq 0 ] && command -v iperf3 >/dev/null; then
  flags=(-std=gnu11 -D_GNU_SOURCE -O2 -IRuntime/Forwarder/include -IRuntime/Forwarder/core -IRuntime/Forwarder/control -IRuntime/Forwarder/messages)
  gcc "${flags[@]}" Runtime/Forwarder/{core,control,messages,port/user}/*.c -pthread -o Build/forwarder/tungsten-vrouter
  gcc "${flags[@]}" Tests/Forwarder/{remote,remote_tables,socket,build,tables,client}.c Runtime/Forwarder/messages/*.c Runtime/Forwarder/core/vrouter_attributes.c \
    -o Build/forwarder/vrouter-client
  python3 Tests/Benchmarks/Forwarder/vrouter.py
else
  echo "not root, or no iperf3: the user port is not measured"
fi
