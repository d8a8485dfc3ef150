#!/usr/bin/env python3
"""How much processor time a BGP speaker needs to take in a quarter of a million VPN routes from one neighbour and tell another of them.

One run measures the control node, BIRD, FRR and GoBGP one after the other, with the same bytes. The sender is AS 65001, the receiver AS
65002, the speaker between them AS 64512. Measured is the processor time of the speaker's process from before the first route to after the
last one was received, and the time that passed; what it used before the routes came does not count."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Interop"))
import bgp_speaker as speaker  # noqa: E402

TUNGSTEN = os.environ["TUNGSTEN"]
ROUTES = int(os.environ.get("ROUTES", "250000"))
# How many routes have their attributes in common: what one router says of one of its networks.
SHARED = int(os.environ.get("SHARED", "100"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
WORK = tempfile.mkdtemp(prefix="control-node-benchmark-")
SPEAKER, SENDER, RECEIVER = "10.98.0.1", "10.98.0.2", "10.98.0.3"
DEADLINE = 240.0


def stream():
    messages = []
    for start in range(0, ROUTES, SHARED):
        group = start // SHARED
        distinguisher = struct.pack("!HHI", 0, 65001, group % 1000 + 1)
        routes = b"".join(
            speaker.vpn_prefix(socket.inet_ntoa(struct.pack("!I", 0x0A000000 + number * 16)), 28, number % 1000000 + 16, distinguisher)
            for number in range(start, min(start + SHARED, ROUTES)))
        # The sender, as FRR looks at next hops.
        hop = SENDER
        attributes = speaker.common([65001, 1000 + group], [(64512, group % 1000 + 1)])
        messages.append(speaker.update(speaker.reachable(hop, routes) + attributes))
    return b"".join(messages)


class Counter(threading.Thread):
    """Counts the VPN prefixes that a session receives."""

    def __init__(self, session):
        super().__init__(daemon=True)
        self.session, self.count, self.problem = session, 0, None
        self.finished = threading.Event()
        self.start()

    def run(self):
        try:
            while self.count < ROUTES:
                kind, body = self.session.receive(DEADLINE)
                if kind == speaker.NOTIFICATION:
                    raise EOFError(f"NOTIFICATION {body.hex()}")
                if kind == speaker.UPDATE:
                    self.count += prefixes(body)
        except (OSError, EOFError) as problem:
            self.problem = problem
        self.finished.set()


def prefixes(body):
    """How many VPN prefixes an UPDATE announces."""
    withdrawn = struct.unpack_from("!H", body)[0]
    at = 4 + withdrawn
    end = at + struct.unpack_from("!H", body, 2 + withdrawn)[0]
    count = 0
    while at < end:
        flags, kind = body[at], body[at + 1]
        length, header = (struct.unpack_from("!H", body, at + 2)[0], 4) if flags & 0x10 else (body[at + 2], 3)
        if kind == 14:
            here = at + header
            here, stop = here + 5 + body[here + 3], at + header + length
            while here < stop:
                here += 1 + (body[here] + 7) // 8
                count += 1
        at += header + length
    return count


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def tungsten():
    return [TUNGSTEN, "control", "--as", "64512", "--router-id", SPEAKER, "--listen-bgp", f"{SPEAKER}:179", "--log-level", "error",
            "--introspection", "127.0.0.1:0", "--peer", f"{SENDER},as=65001,families=inet-vpn,passive",
            "--peer", f"{RECEIVER},as=65002,families=inet-vpn,passive"]


def bird():
    neighbours = "".join(
        f"protocol bgp {name} {{ local {SPEAKER} as 64512; neighbor {address} as {system}; passive on; strict bind on; multihop;\n"
        "  vpn4 mpls { table known; import all; export all; next hop keep; }; }\n"
        for name, address, system in [("sender", SENDER, 65001), ("receiver", RECEIVER, 65002)])
    Path(f"{WORK}/bird.conf").write_text(f"router id {SPEAKER};\nvpn4 table known;\nprotocol device {{ }}\n{neighbours}")
    return ["bird", "-f", "-c", f"{WORK}/bird.conf", "-s", f"{WORK}/bird.ctl"]


def frr():
    os.makedirs(f"{WORK}/frr", exist_ok=True)
    lines = ["router bgp 64512", f" bgp router-id {SPEAKER}", " no bgp default ipv4-unicast", " no bgp ebgp-requires-policy",
             " bgp disable-ebgp-connected-route-check"]
    for address, system in [(SENDER, 65001), (RECEIVER, 65002)]:
        lines += [f" neighbor {address} remote-as {system}", f" neighbor {address} passive", f" neighbor {address} ebgp-multihop 8",
                  f" neighbor {address} advertisement-interval 0"]
    lines += [" address-family ipv4 vpn"]
    for address in [SENDER, RECEIVER]:
        lines += [f"  neighbor {address} activate", f"  neighbor {address} attribute-unchanged next-hop"]
    Path(f"{WORK}/frr.conf").write_text("\n".join(lines) + "\n exit-address-family\nexit\n")
    return ["/usr/lib/frr/bgpd", "-n", "-S", "-u", "root", "-g", "root", "-f", f"{WORK}/frr.conf", "--vty_socket", f"{WORK}/frr",
            "-i", f"{WORK}/frr/pid", "-z", f"{WORK}/frr/zserv", "-P", "0", "-l", SPEAKER]


def gobgp():
    neighbours = ", ".join(
        f"{{config: {{neighbor-address: {address}, peer-as: {system}}}, transport: {{config: {{passive-mode: true}}}},"
        " ebgp-multihop: {config: {enabled: true, multihop-ttl: 8}}, afi-safis: [{config: {afi-safi-name: l3vpn-ipv4-unicast}}]}"
        for address, system in [(SENDER, 65001), (RECEIVER, 65002)])
    Path(f"{WORK}/gobgp.yaml").write_text(
        f"global: {{config: {{as: 64512, router-id: {SPEAKER}, port: 179, local-address-list: [{SPEAKER}]}}}}\nneighbors: [{neighbours}]\n")
    return ["gobgpd", "-f", f"{WORK}/gobgp.yaml", "-t", "yaml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable", "-l", "error"]


def measure(name, command, data):
    with open(f"{WORK}/{name}.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        receiver = speaker.Speaker(RECEIVER, SPEAKER, 65002)
        sender = speaker.Speaker(SENDER, SPEAKER, 65001)
        time.sleep(1)
        counter = Counter(receiver)
        before, began = processor_seconds(process.pid), time.monotonic()
        sender.send(data)
        # Keepalives are not needed: the hold time is longer than the deadline, or the speaker is too slow to be measured.
        counter.finished.wait(DEADLINE)
        passed, used = time.monotonic() - began, processor_seconds(process.pid) - before
        if counter.problem or counter.count < ROUTES:
            print(f"{name}: {counter.count} of {ROUTES} routes came through ({counter.problem}); "
                  f"its log ends: {Path(f'{WORK}/{name}.log').read_text()[-300:]}", flush=True)
            return None
        return used, passed, memory(process.pid)
    except (OSError, EOFError, AssertionError) as problem:
        print(f"{name}: not measured, {problem}; its log ends: {Path(f'{WORK}/{name}.log').read_text()[-300:]}", flush=True)
        return None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


SPEAKERS = {"tungsten": tungsten, "bird": bird, "frr": frr, "gobgp": gobgp}
# Names with spaces between them; nothing for all.
ONLY = os.environ.get("ONLY", "").split()


def main():
    for address in [SPEAKER, SENDER, RECEIVER]:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    data = stream()
    print(f"{ROUTES} VPN routes, {SHARED} to a set of attributes, {len(data) / 1e6:.1f} MB; the best of {ROUNDS} rounds")
    best = {}
    for _ in range(ROUNDS):
        for name, command in SPEAKERS.items():
            if ONLY and name not in ONLY:
                continue
            if result := measure(name, command(), data):
                best[name] = min(best.get(name, result), result)
    reference = best.get("bird")
    print(f"{'speaker':10} {'processor s':>12} {'elapsed s':>10} {'memory MB':>10} {'to BIRD':>9}")
    for name, (used, passed, megabytes) in best.items():
        print(f"{name:10} {used:12.2f} {passed:10.2f} {megabytes:10} {used / reference[0] if reference else 0:8.1f}x")


main()
