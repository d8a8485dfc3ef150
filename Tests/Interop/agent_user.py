#!/usr/bin/env python3
"""The agent as a process, from its start alone on a host to traffic that outlives it. Runs in a network and mount namespace of its own
(Tests/Suites/agent-user sees to that): the configuration server, transformer and control node are there, hosts and workloads in others.

    198.18.0.1   configuration server, transformer, control node, a name server
    198.18.0.11  host-a    red-web1 10.1.1.x           blue-web1
    198.18.0.12  host-b    red-web2 10.1.1.x           blue-web2     red-db1 10.1.2.x
"""

import contextlib
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid
from pathlib import Path

TUNGSTEN = os.environ["TUNGSTEN"]
FORWARDER = TUNGSTEN + "-vrouter"
WORK = Path(tempfile.mkdtemp(prefix="agent-user-"))
HERE = "198.18.0.1"
SECOND = "198.18.0.2"
BEGAN = time.monotonic()
processes = {}
passed, failed = 0, 0


def check(condition, what, more=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}\n  {more}", flush=True)
    return bool(condition)


def section(title):
    print(f"-- {title} ({time.monotonic() - BEGAN:.0f} s)", flush=True)


def run(*command, check=True, seconds=60, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=seconds, **more)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(word) for word in command)}: {done.stderr or done.stdout}")
    return done


def until(condition, what, seconds=30):
    """Waits for a condition; its value when it is true. Counts as a check."""
    end = time.monotonic() + seconds
    value = problem = None
    while time.monotonic() < end:
        try:
            problem = None
            value = condition()
            if value:
                check(True, what)
                return value
        except (RuntimeError, OSError, ValueError, KeyError, StopIteration) as error:
            problem = error
        time.sleep(0.05)
    check(False, f"within {seconds} s: {what}", problem or value)
    return value


# ---- Processes ----


def start(name, *command, place=None):
    words = ["ip", "netns", "exec", place] if place else []
    log = open(WORK / f"{name}.log", "a")
    processes[name] = subprocess.Popen([*words, *[str(word) for word in command]], stdout=log, stderr=log)


def log(name):
    return (WORK / f"{name}.log").read_text(errors="replace")


def announced(name, text, seconds=60):
    """The first line of the newest start that has the text."""
    return until(lambda: next((line for line in reversed(log(name).splitlines()) if text in line), None), f"{name} says '{text}'", seconds)


def stop(name, how=signal.SIGTERM, status=0):
    process = processes.pop(name)
    process.send_signal(how)
    code = process.wait(timeout=30)
    check(code == (-how if how == signal.SIGKILL else status), f"{name} ends well", f"status {code}: {log(name)[-1500:]}")


# ---- The hosts ----


class Host:
    def __init__(self, name, number):
        self.name, self.number = name, number
        self.address = f"198.18.0.{number}"
        self.mac = f"02:00:c6:12:00:{number:02x}"
        self.folder = WORK / name
        self.socket = self.folder / "vrouter.sock"
        self.data = self.folder / "agent"
        self.folder.mkdir()

    def make(self):
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        run("ip", "link", "add", f"to-{self.name}", "mtu", "1600", "type", "veth", "peer", "name", "uplink0", "netns", self.name)
        run("ip", "link", "set", f"to-{self.name}", "master", "fabric", "up")
        run("ip", "-n", self.name, "link", "set", "uplink0", "address", self.mac, "mtu", "1600", "up")
        run("ip", "-n", self.name, "tuntap", "add", "dev", "vhost0", "mode", "tap")
        run("ip", "-n", self.name, "link", "set", "vhost0", "address", self.mac, "up")
        run("ip", "-n", self.name, "address", "add", f"{self.address}/24", "dev", "vhost0")

    def start_forwarder(self):
        start(f"{self.name}-vrouter", FORWARDER, "--socket", self.socket, place=self.name)

    def start_agent(self, *more):
        log_before = len(log(f"{self.name}-agent")) if (WORK / f"{self.name}-agent.log").exists() else 0
        start(
            f"{self.name}-agent", TUNGSTEN, "agent", "--name", self.name, "--address", f"{self.address}/24", "--device", "uplink0",
            "--vrouter-socket", self.socket, "--data-dir", self.data, "--control-node", HERE, "--name-server", HERE, *more, place=self.name)
        until(lambda: f"agent {self.name} serves ports on http://127.0.0.1:9091" in log(f"{self.name}-agent")[log_before:],
              f"{self.name}'s agent starts", 60)

    def inside(self, *command, **more):
        return run("ip", "netns", "exec", self.name, *command, **more)

    def ask(self, method, path, body=None):
        """Status and body of an answer of the port API, asked as a plug-in would: over HTTP."""
        data = [] if body is None else ["--data-binary", "@-"]
        words = ["curl", "-s", "-m", "20", "-w", "\n%{http_code}", "-X", method, *data, f"http://127.0.0.1:9091{path}"]
        done = self.inside(*words, check=False, input=body)
        text, _, status = done.stdout.rpartition("\n")
        if status in ("", "000"):
            raise RuntimeError(f"{self.name}: no answer to {method} {path}")
        return int(status), json.loads(text)

    def status(self):
        return self.ask("GET", "/status")[1]

    def port(self, *words, **more):
        return self.inside(TUNGSTEN, "port", *words, **more)

    def table(self, name, *arguments):
        return json.loads(run(TUNGSTEN, name, "--socket", self.socket, "-o", "json", *arguments).stdout)


class Workload:
    def __init__(self, tenant, name, network, host):
        self.tenant, self.network, self.host = tenant, network, host
        self.name = f"{tenant}-{name}"
        self.tap = f"tap-{self.name}"

    def make(self):
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        run("ip", "-n", self.host.name, "link", "add", self.tap, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        run("ip", "-n", self.host.name, "link", "set", self.tap, "up")

    def plug(self, *more):
        run("ip", "-n", self.name, "link", "set", "eth0", "address", self.mac, "up")
        return self.host.port(
            "add", "--uuid", self.interface, "--instance", self.machine, "--device", self.tap, "--mac", self.mac, "--name", self.name, *more)

    def configure(self):
        """Asks for an address by DHCP, as a guest does."""
        script = WORK / "dhcp"
        if not script.exists():
            script.write_text('#!/bin/sh\ncase "$1" in bound|renew)\nip address replace "$ip/$mask" dev "$interface"\n'
                              '[ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface"\n'
                              'echo "$ip $mask $router $dns $lease" > "$LEASE";;\nesac\n')
            script.chmod(0o755)
        lease = WORK / f"{self.name}.lease"
        self.inside("env", f"LEASE={lease}", "busybox", "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "15", "-T", "1", "-s", script)
        return lease.read_text().split()

    def inside(self, *command, **more):
        return run("ip", "netns", "exec", self.name, *command, **more)

    def pings(self, other, count=3, wait=2):
        """How many of the pings came back."""
        done = self.inside("ping", "-n", "-c", count, "-i", "0.2", "-W", wait, other.address, check=False)
        return int(re.search(r"(\d+) received", done.stdout)[1])


# ---- The configuration ----


def ask_api(method, path, body=None):
    request = urllib.request.Request(f"http://{HERE}:8082{path}", method=method, headers={"Content-Type": "application/json"},
                                     data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or b"{}")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None


def make(type_, fq_name, parent=None, **properties):
    body = {"fq_name": fq_name, **({"parent_type": parent} if parent else {}), **properties}
    return ask_api("POST", f"/{type_}s", {type_: body})[type_]["uuid"]


def configure_tenant(tenant, networks, connected):
    project = ["default-domain", tenant]
    make("project", project, "domain")
    references = []
    if connected:
        ends = [[{"virtual_network": ":".join([*project, name])}] for name in networks]
        ports = [{"start_port": -1, "end_port": -1}]
        make("network-policy", [*project, "between"], "project", network_policy_entries={"policy_rule": [{
            "direction": "<>", "protocol": "any", "src_addresses": ends[0], "dst_addresses": ends[1], "src_ports": ports, "dst_ports": ports,
            "action_list": {"simple_action": "pass"}}]})
        references = [{"to": [*project, "between"], "attr": {"sequence": {"major": 0, "minor": 0}}}]
    for name, prefix in networks.items():
        make("virtual-network", [*project, name], "project", network_policy_refs=references, network_ipam_refs=[{
            "to": ["default-domain", "default-project", "default-network-ipam"],
            "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": prefix, "ip_prefix_len": 24}, "addr_from_start": True}]}}])


def configure_workload(workload):
    project = ["default-domain", workload.tenant]
    network = [{"to": [*project, workload.network]}]
    workload.machine = make("virtual-machine", [workload.name])
    workload.interface = make("virtual-machine-interface", [*project, workload.name], "project", virtual_network_refs=network,
                              virtual_machine_refs=[{"to": [workload.name]}])
    address = make("instance-ip", [workload.name], virtual_network_refs=network,
                   virtual_machine_interface_refs=[{"to": [*project, workload.name]}])
    workload.address = ask_api("GET", f"/instance-ip/{address}")["instance-ip"]["instance_ip_address"]
    interface = ask_api("GET", f"/virtual-machine-interface/{workload.interface}")["virtual-machine-interface"]
    workload.mac = interface["virtual_machine_interface_mac_addresses"]["mac_address"][0]


# ---- What must be true ----


def wrong_options(host):
    section("options")
    good = ["--name", "x", "--address", "192.0.2.1/24", "--mac", "02:00:00:00:00:01", "--data-dir", WORK / "wrong"]
    for change, text in (
            (["--address", "192.0.2.1"], "--address: '192.0.2.1' is not an address with its network's length"),
            (["--mac", "03:00:00:00:00:01"], "--mac: '03:00:00:00:00:01' is not one device's address"),
            (["--gateway", "here"], "--gateway: 'here' is not an IPv4 address"),
            (["--control-node", "192.0.2.9:5269,"], "--control-node: '' is not an address"),
            (["--name-server", "ns.example"], "--name-server: 'ns.example' is not an IP address"),
            (["--device", "a/b"], "--device: 'a/b' cannot be a device's name"),
            (["--vrouter-socket", "netlink", "--packet-socket", "/run/pkt0"], "--packet-socket: '/run/pkt0' cannot be a device's name"),
            (["--name", "a b"], "--name: 'a b' is not a name")):
        done = run(TUNGSTEN, "agent", *good, *change, check=False)
        check(done.returncode == 64 and text in done.stderr, f"{' '.join(change)} is refused in words", done.stderr)
    check(not (WORK / "wrong").exists(), "and nothing is made before")
    done = run(TUNGSTEN, "agent", "--address", "192.0.2.1/24", "--device", "nothere", check=False)
    check("no device nothere with a MAC address here" in done.stderr, "a missing device is named", done.stderr)
    (WORK / "file").touch()
    done = run(TUNGSTEN, "agent", *good[:-2], "--data-dir", WORK / "file", check=False)
    check(done.returncode == 1 and "is not a folder" in done.stderr, "a data folder that is none is named", done.stderr)
    done = run(TUNGSTEN, "port", "list", check=False)
    check(done.returncode == 1 and "is `tungsten agent` running here?" in done.stderr, "a client without an agent says so", done.stderr)


def body_of_port(id_, device, mac="02:00:00:00:00:0a"):
    return {"id": str(id_), "system-name": device, "mac-address": mac}


def alone(host):
    section("an agent without forwarder and control node")
    host.start_agent()
    status, state = host.ask("GET", "/status")
    check(status == 200 and state["name"] == host.name and state["forwarder"]["state"] == "disconnected", "its state says what is missing", state)
    id_ = uuid.uuid4()
    done = host.port("add", "--uuid", id_, "--device", "tapx", "--mac", "02:00:00:00:00:0a", "--address", "10.9.9.9", "--name", "trial")
    check(f"port {id_} is attached to tapx" in done.stdout, "a port is added", done.stdout)
    file = host.data / "ports" / str(id_)
    check(file.exists() and json.loads(file.read_text())["system-name"] == "tapx", "and is on disk")
    check(oct(file.stat().st_mode)[-3:] == "600" and oct(host.data.stat().st_mode)[-3:] == "700", "for its user only")
    rows = host.port("list").stdout.splitlines()
    check(len(rows) == 2 and rows[0].startswith("UUID") and all(word in rows[1] for word in (str(id_), "tapx", "10.9.9.9", "trial")), "it is listed", rows)
    check(json.loads(host.port("list", "-o", "json").stdout)[0]["id"] == str(id_), "also as JSON")
    check(json.loads(host.port("show", id_, "-o", "json").stdout)["system-name"] == "tapx", "and shown")
    done = host.port("add", "--uuid", uuid.uuid4(), "--device", "tapx", "--mac", "02:00:00:00:00:0b", check=False)
    check(done.returncode == 1 and f"the device tapx belongs to the port {id_}" in done.stderr, "a device has one port", done.stderr)
    done = host.port("show", uuid.uuid4(), check=False)
    check(done.returncode == 1 and "there is no port" in done.stderr, "a port that is not there is named", done.stderr)
    done = host.port("add", "--uuid", "x", "--device", "tapy", "--mac", "02:00:00:00:00:0b", check=False)
    check(done.returncode == 64 and "--uuid: 'x' is not a UUID" in done.stderr, "what is no UUID is named", done.stderr)
    done = host.inside(TUNGSTEN, "agent", "--address", "192.0.2.1/24", "--mac", "02:00:00:00:00:01", "--data-dir", host.data, check=False)
    check(done.returncode == 1 and "is in use by another agent" in done.stderr, "a second agent with the folder is refused", done.stderr)
    done = host.inside(TUNGSTEN, "agent", "--address", "192.0.2.1/24", "--mac", "02:00:00:00:00:01", "--data-dir", WORK / "second", check=False)
    check(done.returncode == 1 and "choose another address with --listen" in done.stderr, "and one with the address", done.stderr)
    host.port("delete", id_)
    check(not file.exists() and host.port("list", "-o", "json").stdout.strip() == "[]", "a port that is deleted is gone, also from the disk")


def killed_while_writing(host):
    section("killed while it writes")
    for _ in range(3):
        # Outside the agent: what it has said to be done.
        said, doing = set(), threading.Event()

        def add():
            while not doing.is_set():
                ids = [uuid.uuid4() for _ in range(5)]
                try:
                    status, _ = host.ask("POST", "/port", json.dumps([body_of_port(id_, f"t{id_.hex[:10]}") for id_ in ids]))
                except (RuntimeError, ValueError):
                    return
                if status == 200:
                    said.update(map(str, ids))

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        until(lambda: len(said) >= 20, "ports are added")
        stop(f"{host.name}-agent", signal.SIGKILL)
        doing.set()
        for thread in threads:
            thread.join()
        host.start_agent()
        known = {port["id"] for port in host.ask("GET", "/port")[1]}
        check(said <= known, "every port that was said to be added is there", f"{len(said - known)} of {len(said)} are not")
        for file in (host.data / "ports").iterdir():
            check(file.is_file() and json.loads(file.read_text())["id"] == file.name, f"{file.name} is whole")
    host.port("delete", *known)
    check(list((host.data / "ports").iterdir()) == [], "all are gone")


def full_disk(host):
    section("a full disk")
    stop(f"{host.name}-agent")
    small = WORK / "small"
    small.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)
    data, host.data = host.data, small / "agent"
    host.start_agent()
    added, refused = [], None
    for _ in range(100):
        id_ = uuid.uuid4()
        status, answer = host.ask("POST", "/port", json.dumps(body_of_port(id_, f"t{id_.hex[:10]}")))
        if status != 200:
            refused = id_
            break
        added.append(str(id_))
    check(status == 500 and "No space left on device" in answer["error"], "the disk is full, and the answer says so", answer)
    check("No space left on device" in json.dumps(host.status()["process"]["files-refused"]), "and so does the state")
    check(added and {file.name for file in (small / "agent/ports").iterdir()} == set(added), "what was added before is there, and nothing by halves")
    check(host.ask("GET", f"/port/{added[0]}")[0] == 200 and "No space left" in log(f"{host.name}-agent"), "the agent goes on, and logs it")
    for id_ in added[:4]:
        host.ask("DELETE", f"/port/{id_}")
    status, answer = host.ask("POST", "/port", json.dumps(body_of_port(refused, f"t{refused.hex[:10]}")))
    check(status == 200 and (small / "agent/ports" / str(refused)).exists(), "the same request is fulfilled once there is room", answer)
    stop(f"{host.name}-agent")
    run("umount", small)
    host.data = data


def platform(hosts, workloads):
    section("the platform")
    start("api", TUNGSTEN, "api", "--listen", f"{HERE}:8082", "--data-dir", WORK / "api")
    announced("api", "serves")
    start("transformer", TUNGSTEN, "transformer", "--server", f"{HERE}:8082")
    announced("transformer", "follows")
    # A control node waits for the hosts that it knows when it starts.
    for host in hosts:
        make("virtual-router", ["default-global-system-config", host.name], "global-system-config", virtual_router_ip_address=host.address)
    start_control()
    announced("control", "agents are served on")
    networks = {"web": "10.1.1.0", "db": "10.1.2.0"}
    configure_tenant("red", networks, connected=True)
    configure_tenant("blue", networks, connected=False)
    for workload in workloads:
        configure_workload(workload)


def start_control(name="control", address=HERE, *more):
    start(name, TUNGSTEN, "control", "--server", f"{HERE}:8082", "--as", "64512", "--router-id", address, "--listen-bgp", f"{address}:179",
          "--listen-xmpp", f"{address}:5269", "--data-dir", WORK / name, "--log-level", "debug", *more)


def states(host):
    return {port["device"]: port["state"] for port in host.status()["ports"]}


def attach(hosts, workloads):
    section("forwarders, ports and addresses")
    a, b = hosts
    # One host's agent is there before its forwarder, the other's after.
    a.start_agent()
    a.start_forwarder()
    b.start_forwarder()
    b.start_agent()
    for host in hosts:
        until(lambda: host.status()["forwarder"]["state"] == "running", f"{host.name}'s agent has its forwarder")
        until(lambda: host.status()["process"]["packet-channel"] == "open", f"{host.name}'s agent has its packet channel")
        until(lambda: host.status()["control-nodes"][0]["state"] == "established", f"{host.name}'s agent has its control node")
    check(run("ping", "-n", "-c", "3", "-i", "0.2", a.address).stdout.count("bytes from") == 3, "the host answers through its forwarder")
    for workload in workloads:
        workload.plug()
    for workload in workloads:
        lease = workload.configure()
        check(lease and lease[0] == workload.address, f"{workload.name} gets its address by DHCP", lease)
    for host in hosts:
        until(lambda: set(states(host).values()) == {"up"}, f"{host.name}'s ports are up", 30)


def traffic(workloads):
    section("what goes through, and what does not")
    web1, web2, db1, blue1, blue2, bluedb = workloads
    until(lambda: web1.pings(web2, 1) == 1, "red-web1 reaches red-web2 in its network on the other host")
    until(lambda: web1.pings(db1, 1) == 1, "red-web1 reaches red-db1 in another network, as policy allows")
    until(lambda: blue1.pings(blue2, 1) == 1, "blue-web1 reaches blue-web2, which has an address of red's")
    for left, right in ((web1, web2), (web2, web1), (web1, db1), (db1, web1), (blue1, blue2)):
        check(left.pings(right) == 3, f"every ping from {left.name} to {right.name} comes back")
    check(blue1.pings(bluedb, 2, 1) == 0, "blue's networks have no policy: nothing comes back")
    flows = web1.host.table("flow")
    check(any(web1.address in json.dumps(flow) for flow in flows), "the agent has made flows", flows)


def policy_changes(workloads):
    section("policy changes")
    web1, db1 = workloads[0], workloads[2]
    policy = ask_api("POST", "/fqname-to-id", {"type": "network-policy", "fq_name": ["default-domain", "red", "between"]})["uuid"]
    entries = ask_api("GET", f"/network-policy/{policy}")["network-policy"]["network_policy_entries"]
    entries["policy_rule"][0]["action_list"]["simple_action"] = "deny"
    ask_api("PUT", f"/network-policy/{policy}", {"network-policy": {"network_policy_entries": entries}})
    until(lambda: web1.pings(db1, 1, 1) == 0, "a policy that denies stops the pings")
    check(web1.pings(db1, 3, 1) == 0, "and goes on to")
    check(web1.pings(workloads[1]) == 3, "but not those within the network")
    entries["policy_rule"][0]["action_list"]["simple_action"] = "pass"
    ask_api("PUT", f"/network-policy/{policy}", {"network-policy": {"network_policy_entries": entries}})
    until(lambda: web1.pings(db1, 1) == 1, "a policy that allows lets them through again")


# ---- Names ----


def dns_query(name, identifier=0x4242):
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack("!HH", 1, 1)
    return struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + question


CLIENT = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(8)
s.sendto(bytes.fromhex(sys.argv[2]), (sys.argv[1], 53)); print(s.recv(5000).hex())
"""


def names(workloads):
    section("names")
    asked = []
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((HERE, 53))

    def serve():
        while True:
            try:
                query, client = server.recvfrom(5000)
            except OSError:
                return
            asked.append(query)
            if b"silence" in query:
                continue
            records = 60 if b"long" in query else 1
            answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 7])
            server.sendto(query[:2] + struct.pack("!HHHHH", 0x8180, 1, records, 0, 0) + query[12:] + answer * records, client)

    threading.Thread(target=serve, daemon=True).start()
    web1 = workloads[0]
    resolver = (WORK / f"{web1.name}.lease").read_text().split()[3]

    def look_up(name):
        done = web1.inside("python3", "-c", CLIENT, resolver, dns_query(name).hex(), check=False)
        return bytes.fromhex(done.stdout.strip())

    answer = look_up(web1.name)
    check(answer[:2] == b"\x42\x42" and answer[-4:] == socket.inet_aton(web1.address), "a workload's name is answered by the agent", answer.hex())
    check(asked == [], "without anybody else being asked", asked)
    answer = look_up("www.example.org")
    check(answer[:2] == b"\x42\x42" and answer[-4:] == bytes([192, 0, 2, 7]), "other names are answered by the host's name server", answer.hex())
    check(len(asked) == 1 and asked[0][2:] == dns_query("www.example.org")[2:] and asked[0][:2] != b"\x42\x42", "under an identifier of the agent's", asked)
    answer = look_up("long.example.org")
    check(len(answer) < 512 and answer[2] & 2 and answer[6:8] == b"\0\0", "an answer that is too long is cut, and says so", answer.hex())
    answer = look_up("silence.example.org")
    check(answer[3] & 15 == 2, "when nobody answers in time, the client is told (SERVFAIL)", answer.hex())
    server.close()


# ---- Everything ends once ----


class Pinging:
    """Pings without a pause, while something else happens."""

    def __init__(self, left, right):
        self.process = subprocess.Popen(["ip", "netns", "exec", left.name, "ping", "-n", "-i", "0.05", "-W", "2", right.address],
                                        stdout=subprocess.PIPE, text=True)

    def lost(self):
        # However quick the rest was: as many must have come back that a gap would show.
        replies, end = 0, time.monotonic() + 20
        while replies <= 20 and time.monotonic() < end and select.select([self.process.stdout], [], [], 20)[0]:
            replies += "bytes from" in self.process.stdout.readline()
        self.process.send_signal(signal.SIGINT)
        text = self.process.communicate(timeout=20)[0]
        sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+)", text).groups())
        # The last may still be on its way.
        return max(0, sent - received - 1), sent


def ends(hosts, workloads):
    web1, web2, db1 = workloads[:3]
    a, b = hosts
    for how in (signal.SIGTERM, signal.SIGKILL):
        section(f"the agent ends by {how.name}, and comes back")
        pinging = [Pinging(web1, web2), Pinging(web1, db1)]
        before = a.table("vif")
        until(lambda: any(web2.address in json.dumps(flow) for flow in a.table("flow")), "traffic flows")
        stop(f"{a.name}-agent", how)
        check([vif["name"] for vif in a.table("vif")] == [vif["name"] for vif in before], "the forwarder's tables stay")
        a.start_agent()
        until(lambda: a.status()["settled"], "the agent knows all again")
        until(lambda: set(states(a).values()) == {"up"}, "its ports are up")
        for each in pinging:
            lost, sent = each.lost()
            check(lost == 0 and sent > 20, "no packet was lost", f"{lost} of {sent}")
        check([vif["index"] for vif in a.table("vif")] == [vif["index"] for vif in before], "interfaces have the numbers that they had")
        check(web1.pings(db1) == 3, "new traffic is decided on")

    section("the control node ends, and comes back")
    pinging = Pinging(web1, web2)
    stop("control", signal.SIGKILL)
    until(lambda: a.status()["control-nodes"][0]["state"] != "established", "the agent notices")
    check(web1.pings(db1) == 3, "new traffic goes through without it")
    start_control()
    for host in hosts:
        until(lambda: host.status()["control-nodes"][0]["state"] == "established", f"{host.name}'s agent comes back to it", 60)
        until(lambda: host.status()["control-nodes"][0]["routes-complete"], f"{host.name}'s agent has all routes again", 60)
    lost, sent = pinging.lost()
    check(lost == 0 and sent > 20, "no packet was lost", f"{lost} of {sent}")

    section("the forwarder ends, and comes back")
    stop(f"{a.name}-vrouter", signal.SIGKILL)
    until(lambda: a.status()["forwarder"]["state"] == "disconnected", "the agent notices")
    a.start_forwarder()
    until(lambda: a.status()["forwarder"]["state"] == "running", "the agent comes back to it", 30)
    until(lambda: web1.pings(web2, 1, 1) == 1, "traffic goes through again", 30)
    check(web1.pings(db1) == 3, "and is decided on")


def two_control_nodes(hosts, workloads):
    section("a second control node, and the first one killed")
    web1, web2, db1 = workloads[:3]
    run("ip", "address", "add", f"{SECOND}/24", "dev", "fabric")
    start_control("control-2", SECOND, "--introspection", "127.0.0.1:0")
    announced("control-2", "agents are served on")
    for host in hosts:
        stop(f"{host.name}-agent")
        host.start_agent("--control-node", SECOND)

    def both(host, what):
        return [node[what] for node in host.status()["control-nodes"]]

    for host in hosts:
        until(lambda: both(host, "state") == ["established"] * 2, f"{host.name}'s agent has both", 60)
        until(lambda: both(host, "routes-complete") == [True, True], f"{host.name}'s agent has the routes of both", 60)
        until(lambda: host.status()["settled"], f"{host.name}'s agent knows all")
    check(web1.pings(db1) == 3 and web1.pings(web2) == 3, "traffic goes as before")
    routes = {host.name: host.table("rt", "--vrf", "1") for host in hosts}
    pinging = Pinging(web1, web2)
    stop("control", signal.SIGKILL)
    for host in hosts:
        until(lambda: "established" in both(host, "state") != ["established"] * 2, f"{host.name}'s agent notices")
    # The configuration, and what follows from it, now comes from the one that is left.
    policy_changes(workloads)
    check({host.name: host.table("rt", "--vrf", "1") for host in hosts} == routes, "the forwarders' routes are what they were")
    start_control()
    for host in hosts:
        until(lambda: both(host, "state") == ["established"] * 2, f"{host.name}'s agent has both again", 60)
        until(lambda: both(host, "routes-complete") == [True, True], f"{host.name}'s agent has the routes of both again", 60)
    check({host.name: host.table("rt", "--vrf", "1") for host in hosts} == routes, "the routes stay what they were")
    lost, sent = pinging.lost()
    check(lost == 0 and sent > 20, "no packet was lost", f"{lost} of {sent}")
    stop("control-2")


FLOOD = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent = 0
for port in range(1024, 31024):
    try:
        s.sendto(b'x' * 64, (sys.argv[1], port)); sent += 1
    except OSError: pass
print(sent)
"""


def resident(name):
    """Megabytes of memory of a process of ours."""
    text = Path(f"/proc/{processes[name].pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


def flood(hosts, workloads):
    section("a workload that begins thirty thousand flows")
    web1, web2 = workloads[:2]
    agent = f"{web1.host.name}-agent"
    before = resident(agent)
    process = subprocess.Popen(["ip", "netns", "exec", web1.name, "python3", "-c", FLOOD, web2.address], stdout=subprocess.PIPE, text=True)
    slowest, asked = 0.0, 0
    while process.poll() is None or asked < 3:
        began = time.monotonic()
        web1.host.status()
        slowest, asked = max(slowest, time.monotonic() - began), asked + 1
    until(lambda: web1.pings(web2, 1) == 1, "the agent decides on the next flow")
    after = resident(agent)
    check(slowest < 5, "the agent answers meanwhile", f"{slowest:.1f} s")
    check(after < before + 200, "and does not grow without bound", f"{before:.0f} to {after:.0f} MB")
    print(f"   {process.stdout.read().strip()} packets; the slowest of {asked} answers took {slowest:.2f} s; memory {before:.0f} to {after:.0f} MB", flush=True)


def unplug(workloads):
    section("a port goes")
    web1, web2 = workloads[:2]
    web2.host.port("delete", web2.interface)
    until(lambda: web1.pings(web2, 1, 1) == 0, "a workload whose port is deleted is not reached")
    check(web2.tap not in {vif["name"] for vif in web2.host.table("vif")}, "its interface is gone from the forwarder")
    web2.plug()
    until(lambda: web1.pings(web2, 1, 1) == 1, "and is again when it is added")


def main():
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "fabric", "type", "bridge")
    run("ip", "address", "add", f"{HERE}/24", "dev", "fabric")
    run("ip", "link", "set", "fabric", "mtu", "1600", "up")
    a, b = hosts = [Host("host-a", 11), Host("host-b", 12)]
    workloads = [
        Workload("red", "web1", "web", a), Workload("red", "web2", "web", b), Workload("red", "db1", "db", b),
        Workload("blue", "web1", "web", a), Workload("blue", "web2", "web", b), Workload("blue", "db1", "db", b)]
    try:
        for place in [*hosts, *workloads]:
            place.make()
        wrong_options(a)
        alone(a)
        killed_while_writing(a)
        full_disk(a)
        platform(hosts, workloads)
        attach(hosts, workloads)
        traffic(workloads)
        policy_changes(workloads)
        names(workloads)
        ends(hosts, workloads)
        two_control_nodes(hosts, workloads)
        flood(hosts, workloads)
        unplug(workloads)
        section("the end")
        for name in [*[f"{host.name}-agent" for host in hosts], "control", "transformer", "api", *[f"{host.name}-vrouter" for host in hosts]]:
            stop(name)
    except Exception:
        check(False, "the suite goes to its end", traceback.format_exc())
    finally:
        if failed:
            for file in sorted(WORK.glob("*.log")):
                print(f"== {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-30:]))
            for host in hosts:
                with contextlib.suppress(Exception):
                    print(json.dumps(host.status(), indent=1))
        for process in processes.values():
            process.kill()
            process.wait()
        if not os.environ.get("KEEP"):
            run("rm", "-rf", WORK, check=False)
    print(f"agent-user: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
