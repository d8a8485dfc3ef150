#!/usr/bin/env python3
"""What one request costs: reads beside nginx and SwiftNIO with a constant of the same bytes and beside bottle on gevent; durable creates
beside etcd's put; and what one client alone waits for a create, beside one fdatasync of the same disk."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

from peers import (CONNECTIONS, HERE, PYTHON, children, configuration_server, free_port, load, running, scratch, wait_until_open)


def ratio(name, ours, theirs):
    print(f"{'':44} {ours.per_processor_second / theirs.per_processor_second:9.2f} times {name}, per CPU-second")


def nginx(folder, content):
    """nginx that answers everything with the content."""
    port = free_port()
    (folder / "logs").mkdir()
    (folder / "content").write_bytes(content)
    (folder / "nginx.conf").write_text(f"""
        daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr crit;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; keepalive_requests 1000000000; default_type application/json;
            server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{content.decode()}'; }} }}
        }}
        """)
    return port, ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def reads(folder, server):
    network = server.json("POST", "/virtual-networks", {"virtual-network": {
        "fq_name": ["default-domain", "default-project", "read"], "parent_type": "project"}})["virtual-network"]["uuid"]
    path = f"/virtual-network/{network}"
    content = server.request("GET", path)
    print(f"\nReading one virtual network of {len(content)} bytes, {CONNECTIONS} clients")
    ours = load(server.port, path, server.pids)
    print(ours.row("this server"))
    (folder / "nginx").mkdir()
    port, command = nginx(folder / "nginx", content)
    with running(command, stderr=subprocess.DEVNULL) as process:
        wait_until_open(port, process, "nginx")
        peer = load(port, path, [process.pid, *children(process.pid)])
        print(peer.row("nginx, a constant of the same bytes"))
        ratio("nginx", ours, peer)
    (folder / "object.json").write_bytes(content)
    port = free_port()
    with running([os.environ["CONSTANT"], str(port), str(folder / "object.json")]) as process:
        wait_until_open(port, process, "ConstantServer")
        peer = load(port, path, [process.pid])
        print(peer.row("SwiftNIO's HTTP/1, a constant of the same bytes"))
        ratio("SwiftNIO alone", ours, peer)
    port = free_port()
    with running([PYTHON, str(HERE / "bottle_server.py"), str(port), str(folder / "object.json")]) as process:
        wait_until_open(port, process, "bottle")
        peer = load(port, path, [process.pid])
        print(peer.row("bottle on gevent, a constant object"))
        ratio("bottle", ours, peer)


def wait_until_healthy(port):
    """etcd answers before it has elected itself."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as response:
                if json.load(response)["health"] == "true":
                    return
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    sys.exit("etcd does not become healthy")


def creates(folder, server):
    print(f"\nCreating, durably, {CONNECTIONS} clients")
    ours = load(server.port, "/", server.pids, "create.lua", ["virtual-machine", "one"])
    print(ours.row("this server, virtual-machine (1 object)"))
    networks = load(server.port, "/", server.pids, "create.lua", ["virtual-network", "two"])
    print(networks.row("this server, virtual-network (2 objects)"))
    if not shutil.which("etcd"):
        print("etcd: skipped, it is not installed (Scripts/install test)")
        return
    client, peer = free_port(), free_port()
    command = ["etcd", "--data-dir", str(folder / "etcd"), "--listen-client-urls", f"http://127.0.0.1:{client}",
               "--advertise-client-urls", f"http://127.0.0.1:{client}", "--listen-peer-urls", f"http://127.0.0.1:{peer}",
               "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}", "--initial-cluster", f"default=http://127.0.0.1:{peer}"]
    with running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until_open(client, process, "etcd")
        wait_until_healthy(client)
        etcd = load(client, "/", [process.pid], "put.lua", ["YmVuY2gv"])
        print(etcd.row("etcd, put of 640 bytes, JSON gateway"))
        ratio("etcd", ours, etcd)


def fdatasync_microseconds(folder, count=400):
    """The median wait for one page appended and synced."""
    page = b"x" * 4096
    waits = []
    descriptor = os.open(folder / "synced", os.O_CREAT | os.O_WRONLY)
    try:
        os.pwrite(descriptor, page * count, 0)
        os.fsync(descriptor)
        for number in range(count):
            os.pwrite(descriptor, page, number * 4096)
            began = time.monotonic()
            os.fdatasync(descriptor)
            waits.append(time.monotonic() - began)
    finally:
        os.close(descriptor)
    return sorted(waits)[count // 2] * 1e6


def one_client(folder):
    print("\nCreating, durably, one client")
    with configuration_server(folder / "alone") as server:
        alone = load(server.port, "/", server.pids, "create.lua", ["virtual-machine", "alone"], connections=1)
    print(alone.row("this server, virtual-machine (1 object)"))
    sync = fdatasync_microseconds(folder)
    wait = alone.seconds / alone.requests * 1e6
    print(f"{'':44} {wait:9.0f} us each: {sync:.0f} us fdatasync of this disk + {wait - sync:.0f} us")
    if not shutil.which("strace"):
        print("system calls: skipped, strace is not installed (Scripts/install bench)")
        return
    counts = folder / "counts"
    with configuration_server(folder / "counted", before=["strace", "-f", "-c", "-e", "trace=fdatasync,fsync", "-o", str(counts)]) as server:
        counted = load(server.port, "/", server.pids, "create.lua", ["virtual-machine", "counted"], connections=1, seconds=2)
    calls = sum(int(match.group(1)) for match in re.finditer(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f\w*sync$", counts.read_text(), re.M))
    print(f"{'':44} {calls / counted.requests:9.2f} waits for the disk each ({calls} for {counted.requests})")


def main():
    with scratch() as folder:
        with configuration_server(folder / "data") as server:
            reads(folder, server)
            creates(folder, server)
        one_client(folder)


sys.exit(main())
