#!/usr/bin/env python3
"""What a thousand agents cost a control node: processor time until each knows every route of its network, memory and processor time for each
agent afterwards, when nothing happens but keepalives.

The agents are simulated (`tungsten sim agents`), spread over networks of ten, with twenty addresses each. It runs in a network namespace
that the caller has made."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TUNGSTEN = os.environ["TUNGSTEN"]
AGENTS = int(os.environ.get("AGENTS", "1000"))
NETWORKS = int(os.environ.get("NETWORKS", str(max(AGENTS // 10, 1))))
ROUTES = int(os.environ.get("ROUTES", "20"))
# Seconds of quiet over which the cost of an idle agent is taken.
QUIET = float(os.environ.get("QUIET", "30"))
PATIENCE = 120


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid, field):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    return 0


def agents(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/agents")
    return json.loads(connection.getresponse().read())["agents"]


def address(process, mark):
    """The port at the end of the address that the control node says it has."""
    line = process.stdout.readline()
    if mark not in line:
        sys.exit(f"agents: the control node says '{line.strip()}', expected '{mark}'")
    return int(line.rsplit(":", 1)[1])


def main():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    instances = [part for number in range(NETWORKS) for part in
                 ["--instance", f"sim{number},target=target:64512:{number + 1},network={number + 1}"]]
    control = subprocess.Popen(
        [TUNGSTEN, "control", "--as", "64512", "--router-id", "10.98.0.1", "--listen-bgp", "127.0.0.1:0", "--listen-xmpp", "127.0.0.1:0",
         "--introspection", "127.0.0.1:0", "--log-level", "error", *instances], stdout=subprocess.PIPE, text=True)
    simulation = None
    try:
        port = address(control, "answers on")
        xmpp = address(control, "agents are served on")
        before = memory(control.pid, "VmRSS")
        used = processor_seconds(control.pid)
        began = time.monotonic()
        simulation = subprocess.Popen(
            [TUNGSTEN, "sim", "agents", "--count", str(AGENTS), "--instances", str(NETWORKS), "--routes", str(ROUTES), "--server",
             f"127.0.0.1:{xmpp}", "--patience", str(PATIENCE), "--hold", str(PATIENCE)], stdout=subprocess.DEVNULL)
        # What each is to hear: the routes of all agents of its network, its own among them.
        expected = sum(((AGENTS - number + NETWORKS - 1) // NETWORKS) ** 2 for number in range(NETWORKS)) * ROUTES
        while True:
            known = agents(port)
            sent = sum(each["sent"] for each in known)
            if len(known) == AGENTS and sent >= expected and not any(each["pending"] for each in known):
                break
            if time.monotonic() > began + PATIENCE:
                pending = sum(each["pending"] for each in known)
                sys.exit(f"agents: after {PATIENCE} s {len(known)} of {AGENTS} agents are there, {sent} of {expected} routes were sent, and "
                         f"{pending} wait")
            time.sleep(0.25)
        passed, busy = time.monotonic() - began, processor_seconds(control.pid) - used
        grown = memory(control.pid, "VmRSS") - before
        idle = processor_seconds(control.pid)
        time.sleep(QUIET)
        idle = processor_seconds(control.pid) - idle
        print(f"{AGENTS} agents in {NETWORKS} networks, {ROUTES} routes each: {expected} routes told")
        print(f"{'until all was told':32} {passed:10.2f} s")
        print(f"{'processor, until all was told':32} {busy:10.2f} s {busy / AGENTS * 1000:10.2f} ms an agent {busy / expected * 1e6:8.1f} us a route")
        print(f"{'memory, grown by':32} {grown / 1024:10.1f} MB {grown / AGENTS:9.1f} KB an agent; the most was "
              f"{memory(control.pid, 'VmHWM') / 1024:.0f} MB")
        print(f"{'processor, idle':32} {idle / QUIET * 100:10.2f} % {idle / QUIET / AGENTS * 1e6:10.1f} us an agent and second")
    finally:
        for process in [simulation, control]:
            if process:
                process.send_signal(signal.SIGKILL)
                process.wait()


main()
