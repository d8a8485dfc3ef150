#!/usr/bin/env python3
"""What many objects cost: memory for each, the time of a cold start, and the processor time of long lists.

Ports with a network each, the commonest thing there is: OBJECTS of them (1,000,000) are made through /bulk, a tenth of them networks' worth of
virtual machines to list."""

import os
import sqlite3
import time

from peers import configuration_server, memory, processor_seconds, scratch

OBJECTS = int(os.environ.get("OBJECTS", "1000000"))
LISTED = min(100_000, OBJECTS // 2)
PART = 5_000


def creation(kind, member):
    return {"method": "POST", "path": f"/{kind}s", "body": {kind: member}}


def fill(server, network):
    """Virtual machines to be listed, and ports, each in the network."""
    made = 0
    while made < OBJECTS:
        part = []
        for number in range(made, min(made + PART, OBJECTS)):
            if number < LISTED:
                part.append(creation("virtual-machine", {"fq_name": [f"machine-{number}"]}))
            else:
                part.append(creation("virtual-machine-interface", {
                    "fq_name": ["default-domain", "default-project", f"port-{number}"], "parent_type": "project",
                    "virtual_network_refs": [{"uuid": network}]}))
        server.request("POST", "/bulk", {"requests": part})
        made += len(part)
        if made % 100_000 == 0:
            print(f"  {made} objects", flush=True)


def timed(server, name, path):
    used, began = processor_seconds(server.pids), time.monotonic()
    length = len(server.request("GET", path))
    print(f"{name:44} {(processor_seconds(server.pids) - used) * 1000:9.0f} ms CPU, {(time.monotonic() - began) * 1000:.0f} ms, "
          f"{length / 1e6:.1f} MB")


def read_by_sqlite(folder):
    """The processor time and the time that SQLite takes to hand over every value of every object, of which nothing is made."""
    used, began = time.process_time(), time.monotonic()
    connection = sqlite3.connect(f"file:{folder}/configuration.db?mode=ro", uri=True)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(objects)")]
    sums = ", ".join(f'sum(length("{each}"))' for each in columns)
    connection.execute(f"SELECT {sums} FROM objects").fetchall()
    connection.close()
    return time.process_time() - used, time.monotonic() - began


def main():
    with scratch() as folder:
        with configuration_server(folder / "data") as server:
            empty = memory(server.pids[0])
            network = server.json("POST", "/virtual-networks", {"virtual-network": {
                "fq_name": ["default-domain", "default-project", "ports"], "parent_type": "project"}})["virtual-network"]["uuid"]
            print(f"\n{OBJECTS} objects: {LISTED} virtual machines, the others ports of a network")
            used, began = processor_seconds(server.pids), time.monotonic()
            fill(server, network)
            used = processor_seconds(server.pids) - used
            print(f"{'made through /bulk':44} {used / OBJECTS * 1e6:9.1f} us CPU each; {time.monotonic() - began:.0f} s in all")
            filled = memory(server.pids[0])
            print(f"{'memory after making them':44} {filled / 1e6:9.0f} MB, {(filled - empty) / OBJECTS:.0f} bytes an object")
            timed(server, f"list of {LISTED}", "/virtual-machines")
            timed(server, f"list of {LISTED}, detailed", "/virtual-machines?detail=true")
            print(f"{'the most memory there was':44} {memory(server.pids[0], 'VmHWM') / 1e6:9.0f} MB")
        size = sum(each.stat().st_size for each in (folder / "data").iterdir())
        with configuration_server(folder / "data") as server:
            print(f"{'started again':44} {server.start_seconds:9.2f} s, {processor_seconds(server.pids):.2f} s CPU; "
                  f"{size / 1e6:.0f} MB on the disk")
            print(f"{'memory after starting':44} {memory(server.pids[0]) / 1e6:9.0f} MB, "
                  f"{(memory(server.pids[0]) - empty) / OBJECTS:.0f} bytes an object")
            print(f"{'the most memory there was':44} {memory(server.pids[0], 'VmHWM') / 1e6:9.0f} MB")
        processor, passed = read_by_sqlite(folder / "data")
        print(f"{'SQLite alone reads all of it':44} {passed:9.2f} s, {processor:.2f} s CPU")


main()
