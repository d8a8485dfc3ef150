#!/usr/bin/env python3
"""What watchers cost: memory for each of WATCHERS (10,000) that follow everything from now on, and processor time to tell all of them of a
change. The watchers are sockets of processes of their own, which read what comes and count it."""

import os
import resource
import selectors
import socket
import subprocess
import sys
import time

from peers import configuration_server, memory, processor_seconds, scratch

WATCHERS = int(os.environ.get("WATCHERS", "10000"))
CHANGES = int(os.environ.get("CHANGES", "20"))
PATIENCE = 120


def raise_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def follow(port, count, revision):
    """Opens the watches, says so, and then says how many events came, whenever that is a multiple of their number."""
    raise_limit()
    selector = selectors.EpollSelector()
    request = (f"GET /watch?resource_type=virtual-machine&revision={revision} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").encode()
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request)
        if not connection.recv(64).startswith(b"HTTP/1.1 200"):
            sys.exit("watchers: a watch was refused")
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    print("open", flush=True)
    events = 0
    while True:
        for key, _ in selector.select():
            data = key.fileobj.recv(65536)
            if not data:
                sys.exit("watchers: the server closed a watch")
            found = data.count(b"event: ")
            events += found
            if found and events % count == 0:
                print(events // count, flush=True)


def wait(process, text):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        line = process.stdout.readline().strip()
        if line == text:
            return
        if not line:
            break
    sys.exit(f"watchers: no '{text}' from the watchers")


def main():
    if raise_limit() < WATCHERS + 1000:
        sys.exit(f"watchers: skipped, a process may only open {raise_limit()} files here (ulimit -n)")
    print(f"\n{WATCHERS} watchers")
    with scratch() as folder, configuration_server(folder / "data") as server:
        server.request("POST", "/virtual-machines", {"virtual-machine": {"fq_name": ["before"]}})
        revision = server.json("GET", "/audit?limit=1")["changes"][0]["revision"]
        before, used = memory(server.pids[0]), processor_seconds(server.pids)
        followers = subprocess.Popen([sys.executable, __file__, str(server.port), str(WATCHERS), str(revision)],
                                     stdout=subprocess.PIPE, text=True)
        try:
            wait(followers, "open")
            grown = memory(server.pids[0]) - before
            opened = processor_seconds(server.pids) - used
            print(f"{'memory for each':44} {grown / WATCHERS:9.0f} bytes; {opened / WATCHERS * 1e6:.0f} us CPU to begin")
            used, began = processor_seconds(server.pids), time.monotonic()
            for number in range(CHANGES):
                server.request("POST", "/virtual-machines", {"virtual-machine": {"fq_name": [f"machine-{number}"]}})
                wait(followers, str(number + 1))
            used = processor_seconds(server.pids) - used
            print(f"{'a change told to all':44} {used / CHANGES * 1000:9.1f} ms CPU, {used / CHANGES / WATCHERS * 1e6:.1f} us a watcher; "
                  f"{(time.monotonic() - began) / CHANGES * 1000:.0f} ms until the last has it")
            print(f"{'memory for each, afterwards':44} {(memory(server.pids[0]) - before) / WATCHERS:9.0f} bytes")
        finally:
            followers.kill()
            followers.wait()


if len(sys.argv) > 1:
    follow(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
else:
    main()
