"""The user port beside Open vSwitch's user-space datapath: VXLAN between two namespaces over the same kind of cable, one after the other.

For each: TCP both ways, and UDP of 64 bytes from A to B at 10 Mbit/s, with the processor time that the processes took for
each packet delivered. The machine's other work disturbs the rates; processor time a packet is the steadier figure.

  python3 Tests/Benchmarks/Forwarder/vrouter.py        as root; needs iperf3 and, for the comparison, openvswitch-switch
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "Build/forwarder"
GATEWAY = "00:00:5e:00:01:00"
HOSTS, WORKLOADS = [f"vb-h{n}-{os.getpid()}" for n in (1, 2)], [f"vb-w{n}-{os.getpid()}" for n in (1, 2)]
SECONDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def sh(command, ok=True):
    done = subprocess.run(command, shell=True, text=True, capture_output=True)
    if ok and done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
    return done.stdout


def in_space(space, command):
    return sh(f"ip netns exec {space} {command}")


def build_namespaces():
    for space in HOSTS + WORKLOADS:
        sh(f"ip netns add {space}; ip -n {space} link set lo up")
        in_space(space, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    sh(f"ip link add up0 netns {HOSTS[0]} address 02:00:00:00:01:00 type veth peer name up0 netns {HOSTS[1]} address 02:00:00:00:02:00")
    for number, (host, workload) in enumerate(zip(HOSTS, WORKLOADS), 1):
        sh(f"ip link add tap0 netns {host} type veth peer name eth0 netns {workload} address 02:00:00:01:0{number}:03")
        sh(f"ip -n {host} link set up0 mtu 1600 up; ip -n {host} link set tap0 up; ip -n {workload} link set eth0 up")
        sh(f"ip -n {workload} addr add 10.1.1.{number}/24 dev eth0")


def processor_seconds(processes):
    total = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def received(space):
    return int(re.search(r"RX:.*\n\s+\d+\s+(\d+)", in_space(space, "ip -s link show eth0"))[1])


def measure(title, processes):
    for _ in range(50):
        if " 0% packet loss" in sh(f"ip netns exec {WORKLOADS[0]} ping -n -c 1 -W 1 10.1.1.2", ok=False):
            break
    else:
        print(f"{title}: no ping, so nothing is measured")
        return
    rtt = re.search(r"= [\d.]+/([\d.]+)/", in_space(WORKLOADS[0], "ping -q -n -c 200 -i 0.005 10.1.1.2"))[1]
    rates = []
    print(f"{title}: ping {rtt} ms", flush=True)
    for option in ("", "-R"):
        server = subprocess.Popen(["ip", "netns", "exec", WORKLOADS[1], "iperf3", "-s", "-1", "--forceflush"], stdout=subprocess.PIPE, text=True)
        server.stdout.readline(), server.stdout.readline()
        before = processor_seconds(processes)
        done = sh(f"ip netns exec {WORKLOADS[0]} timeout 20 iperf3 -J -t {SECONDS} {option} -c 10.1.1.2", ok=False)
        server.kill()
        server.wait()
        try:
            result = json.loads(done)["end"]["sum_received"]
        except (ValueError, KeyError):
            rates.append("stalls (20 s)")
            continue
        gigabytes = result["bytes"] / 1e9
        rates.append(f"{result['bits_per_second'] / 1e6:.0f} Mbit/s ({(processor_seconds(processes) - before) / gigabytes:.2f} CPU s/GB)")
    server = subprocess.Popen(["ip", "netns", "exec", WORKLOADS[1], "iperf3", "-s", "-1", "--forceflush"], stdout=subprocess.PIPE, text=True)
    server.stdout.readline(), server.stdout.readline()
    before, packets = processor_seconds(processes), received(WORKLOADS[1])
    sent = json.loads(in_space(WORKLOADS[0], f"iperf3 -J -u -b 10M -l 64 -t {SECONDS} -c 10.1.1.2"))["end"]["sum"]["packets"]
    spent, packets = processor_seconds(processes) - before, received(WORKLOADS[1]) - packets
    server.kill()
    server.wait()
    print(f"{title}: TCP {rates[0]}, back {rates[1]}; UDP 64 B {packets / SECONDS / 1e3:.0f} kpps of {sent / SECONDS / 1e3:.0f}, "
          f"{spent / max(packets, 1) * 1e6:.2f} CPU µs a packet in both hosts together; ping {rtt} ms", flush=True)


def tungsten(folder):
    running = []
    for number, host in enumerate(HOSTS, 1):
        other = 3 - number
        path = folder / f"v{number}"
        running.append(subprocess.Popen(["ip", "netns", "exec", host, BUILD / "tungsten-vrouter", "--socket", path], stderr=subprocess.DEVNULL))
        while not path.exists():
            time.sleep(0.01)
        subprocess.run([BUILD / "vrouter-client", path], text=True, check=True, input=f"""
vrf 1
device 0 up0
device 1 vhost0
device 3 tap0
interface 0 physical mac 02:00:00:00:0{number}:00 cross 1
interface 1 host mac 02:00:00:00:0{number}:00 cross 0
interface 3 virtual vrf 1 mac {GATEWAY} flags l2,l3
next-hop 1 receive if 1
next-hop 3 encapsulate if 3 vrf 1 family bridge
next-hop 5 vrf-translate vrf 1 family bridge
next-hop 11 tunnel over vxlan if 0 src 172.16.0.{number} dst 172.16.0.{other} eth 02:00:00:00:0{other}:00/02:00:00:00:0{number}:00
route 0 172.16.0.{number}/32 nh 1
route 1 10.1.1.{other}/32 nh 11 label 42 flags proxy mac 02:00:00:01:0{other}:03
bridge 1 02:00:00:01:0{other}:03 nh 11 label 42
bridge 1 02:00:00:01:0{number}:03 nh 3
vxlan-network 42 nh 5
""")
    measure("tungsten-vrouter ", [process.pid for process in running])
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.wait()


def open_vswitch(folder):
    if not shutil.which("ovs-vswitchd"):
        print("Open vSwitch is not installed, so there is nothing to compare with")
        return
    pids = []
    for number, host in enumerate(HOSTS, 1):
        place = folder / f"ovs{number}"
        place.mkdir()
        env = f"OVS_RUNDIR={place} OVS_LOGDIR={place} OVS_DBDIR={place}"
        ctl = f"{env} ovs-vsctl --db=unix:{place}/db.sock --timeout=20"
        sh(f"ovsdb-tool create {place}/db /usr/share/openvswitch/vswitch.ovsschema")
        in_space(host, f"env {env} ovsdb-server {place}/db --remote=punix:{place}/db.sock --detach --no-chdir --pidfile={place}/db.pid --log-file={place}/db.log")
        sh(f"{ctl} --no-wait init")
        in_space(host, f"env {env} ovs-vswitchd unix:{place}/db.sock --disable-system --detach --no-chdir --pidfile={place}/vs.pid --log-file={place}/vs.log")
        sh(f"{ctl} add-br brp -- set bridge brp datapath_type=netdev -- add-port brp up0 -- add-br bri -- set bridge bri datapath_type=netdev "
           f"-- add-port bri tap0 -- add-port bri vx0 -- set interface vx0 type=vxlan options:remote_ip=172.16.0.{3 - number} options:key=42")
        sh(f"ip -n {host} addr add 172.16.0.{number}/24 dev brp; ip -n {host} link set brp up; ip -n {host} link set bri up")
        # It forwards packets as they are, so that workloads must not leave checksums open.
        if shutil.which("ethtool"):
            in_space(WORKLOADS[number - 1], "ethtool -K eth0 tx off")
        else:
            print("ethtool is not installed: Open vSwitch's TCP will stall, for nobody computes its checksums")
        pids += [int((place / "vs.pid").read_text()), int((place / "db.pid").read_text())]
    measure("Open vSwitch netdev", pids[::2])
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    time.sleep(1)


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            build_namespaces()
            tungsten(Path(folder))
            open_vswitch(Path(folder))
        finally:
            for space in HOSTS + WORKLOADS:
                sh(f"ip netns del {space}", ok=False)


main()
