"""Kills the configuration server with SIGKILL while clients write, and checks that what it acknowledged is there when it is back.

    durability.py TUNGSTEN [ROUNDS [FAULTS]]     TUNGSTEN: the built executable; ROUNDS: how often to kill, 6 when left out;
                                                 FAULTS: the library made of faults/disk.c, to let the disk fail in every second round

A round starts the server on the data of the rounds before, checks them, lets clients write for a random while and kills it. A request
without an answer, or one answered with 503, may have happened or not; any other must have. Where the disk fails, writes end early or are
torn by the end of the process, and syncs fail. Other clients fight over a few names and addresses: what they were told must be explained
by requests that took effect one after the other (histories.py). Prints the seed, which SEED of the environment repeats.
"""

import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import histories

CLIENTS = 6
# Clients that fight over a few names and addresses (histories.py), besides.
CONTESTANTS = 6
PROJECT = ["default-domain", "default-project"]


class Server:
    """The process, as an operator starts it."""

    def __init__(self, tungsten, folder, faults=None):
        """`faults`: the settings of a disk that fails; the server may end at any moment, also now."""
        self.log = folder / "log"
        with open(self.log, "ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(
                [tungsten, "api", "--listen", "127.0.0.1:0", "--data-dir", folder / "data"], stdout=log, stderr=subprocess.STDOUT,
                env=dict(os.environ, **(faults or {})),
            )
        deadline = time.monotonic() + 60
        while True:
            found = re.search(rb"http://127\.0\.0\.1:(\d+)", self.log.read_bytes()[start:])
            if found:
                break
            if self.process.poll() is not None or time.monotonic() > deadline:
                if faults:
                    raise OSError("the server ended")
                raise SystemExit("the server does not start:\n" + self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)
        self.port = int(found[1])
        while self.request(self.connect(), "GET", "/virtual-networks?count=true")[0] == 503:
            time.sleep(0.02)

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    @staticmethod
    def request(connection, method, path, body=None):
        """Status, JSON or text, and the revision that a change had."""
        connection.request(method, path, None if body is None else json.dumps(body))
        reply = connection.getresponse()
        content = reply.read().decode()
        revision = int(reply.headers.get("X-Configuration-Revision", 0))
        return reply.status, json.loads(content) if content and reply.status == 200 else content, revision

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Client(threading.Thread):
    """Creates and deletes until the server is gone, and remembers what it was told."""

    def __init__(self, server, seed, prefix):
        super().__init__()
        self.server, self.random, self.prefix = server, random.Random(seed), prefix
        self.present = {}
        self.gone = set()
        self.addresses = {}
        self.values = {}
        self.revision = 0
        self.unexpected = None

    def run(self):
        connection = self.server.connect()
        number = 0
        try:
            while True:
                number += 1
                self.step(connection, f"{self.prefix}-{number}")
        except (OSError, http.client.HTTPException):
            pass  # The server was killed: what was asked last may have happened or not.
        except AssertionError as error:
            self.unexpected = error

    def send(self, connection, method, path, body=None):
        status, content, revision = self.server.request(connection, method, path, body)
        assert status == 200, f"{method} {path}: {status} {content}"
        assert revision == 0 or revision > self.revision, f"revision {revision} after {self.revision}"
        self.revision = max(self.revision, revision)
        return content

    def step(self, connection, name):
        made = self.send(connection, "POST", "/virtual-networks", {"virtual-network": {"fq_name": PROJECT + [name], "parent_type": "project"}})
        uuid = made["virtual-network"]["uuid"]
        self.present[uuid] = name
        address = {"fq_name": [name], "virtual_network_refs": [{"to": PROJECT + ["shared"]}]}
        made = self.send(connection, "POST", "/instance-ips", {"instance-ip": address})["instance-ip"]["uuid"]
        read = self.send(connection, "GET", f"/instance-ip/{made}?fields=instance_ip_address")
        self.addresses[made] = read["instance-ip"]["instance_ip_address"]
        self.send(connection, "POST", "/useragent-kv", {"operation": "STORE", "key": name, "value": name})
        self.values[name] = name
        if self.random.random() < 0.4:
            victim = self.random.choice(list(self.present))
            name = self.present.pop(victim)  # Until the answer comes, it may be either.
            self.send(connection, "DELETE", f"/virtual-network/{victim}")
            self.gone.add(victim)


class Unanswered(OSError):
    """503: it may have happened or not."""


class PatientClient(Client):
    """Goes on when a request was answered with 503, until it is told to stop or the server is gone."""

    def __init__(self, server, seed, prefix):
        super().__init__(server, seed, prefix)
        self.stops, self.refused, self.written = threading.Event(), 0, 0

    def begin(self, connection):
        """What comes before the first step; may be interrupted, and is begun again."""

    def run(self):
        number = 0
        try:
            connection = self.server.connect()
            while not self.stops.is_set():
                number += 1
                try:
                    self.begin(connection)
                    self.step(connection, f"{self.prefix}-{number}")
                except Unanswered:
                    self.refused += 1
                    self.stops.wait(0.02)
        except (OSError, http.client.HTTPException):
            pass  # The server was killed.
        except AssertionError as error:
            self.unexpected = error

    def send(self, connection, method, path, body=None):
        status, content, revision = self.server.request(connection, method, path, body)
        if status == 503:
            raise Unanswered(content)
        assert status == 200, f"{method} {path}: {status} {content}"
        assert revision == 0 or revision > self.revision, f"revision {revision} after {self.revision}"
        self.revision = max(self.revision, revision)
        self.written += revision > 0
        return content


def everything(server, connection, path, key):
    status, content, _ = server.request(connection, "GET", path)
    assert status == 200, f"{path}: {content}"
    return [entry[key[:-1]] for entry in content[key]]


def check(server, clients, revision):
    connection = server.connect()
    networks = {network["uuid"]: network for network in everything(server, connection, "/virtual-networks?detail=true", "virtual-networks")}
    addresses = {each["uuid"]: each for each in everything(server, connection, "/instance-ips?detail=true", "instance-ips")}
    instances = everything(server, connection, "/routing-instances?detail=true", "routing-instances")
    numbers = [network["virtual_network_network_id"] for network in networks.values()]
    assert len(numbers) == len(set(numbers)), "a network number was given twice"
    given = [address["instance_ip_address"] for address in addresses.values()]
    assert len(given) == len(set(given)), "an address was given twice"
    # Nothing half-done: a network and its routing instance come and go together.
    owners = [instance["parent_uuid"] for instance in instances]
    assert set(owners) == set(networks), "a network without its routing instance, or the other way round"
    for client in clients:
        for uuid, name in client.present.items():
            assert uuid in networks and networks[uuid]["fq_name"][-1] == name, f"the network {name} was acknowledged and is lost"
        assert not client.gone & set(networks), "a deleted network is back"
        for uuid, address in client.addresses.items():
            assert uuid in addresses and addresses[uuid]["instance_ip_address"] == address, f"the address {address} is lost"
        for key, value in client.values.items():
            status, content, _ = server.request(connection, "POST", "/useragent-kv", {"operation": "RETRIEVE", "key": key})
            assert status == 200 and content["value"] == value, f"the value {key} is lost"
    body = {"virtual-machine": {"fq_name": [f"revision-{revision}-{time.monotonic_ns()}"]}}
    status, content, latest = server.request(connection, "POST", "/virtual-machines", body)
    assert status == 200 and latest > revision, f"revision {latest} after {revision}: {content}"
    return latest


def check_store(tungsten, *store):
    """What `tungsten db check` says of it: nothing."""
    found = subprocess.run([tungsten, "db", "check", *store], capture_output=True, text=True)
    assert found.returncode == 0 and " 0 errors, 0 warnings" in found.stdout, found.stdout[-3000:] + found.stderr


def main():
    tungsten = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    library = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    clients, revision, acknowledged, refused, torn = [], 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = Server(tungsten, folder)
        try:
            subnet = {"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}}
            reference = {"to": PROJECT + ["default-network-ipam"], "attr": {"ipam_subnets": [subnet]}}
            shared = {"fq_name": PROJECT + ["shared"], "parent_type": "project", "network_ipam_refs": [reference]}
            status, content, _ = server.request(server.connect(), "POST", "/virtual-networks", {"virtual-network": shared})
            assert status == 200, content
            contest = histories.Contest(server)
            for turn in range(rounds):
                if library and turn % 2:
                    server.kill()
                    faults = {
                        "LD_PRELOAD": library, "DISK_FILES": "/configuration.db", "DISK_SEED": str(chance.randrange(1 << 32)),
                        "DISK_FAULTS": str(chance.choice([2_000, 20_000, 100_000])), "DISK_TEARS": str(chance.choice([5, 30])),
                    }  # fmt: skip
                    try:
                        server = Server(tungsten, folder, faults)
                    except (OSError, http.client.HTTPException):
                        torn += 1  # While it started: also a good moment.
                workers = [PatientClient(server, chance.random(), f"{turn}-{number}") for number in range(CLIENTS)]
                for worker in workers:
                    worker.start()
                contestants = histories.start(contest, server, CONTESTANTS, chance)
                time.sleep(chance.uniform(0.05, 0.8))
                torn += server.process.poll() is not None
                server.kill()
                for worker in workers:
                    worker.stops.set()
                    worker.join()
                    if worker.unexpected:
                        raise worker.unexpected
                histories.stop(contestants)
                contest.settled()
                clients += workers
                refused += sum(worker.refused for worker in workers)
                acknowledged += sum(len(worker.present) + 2 * len(worker.gone) + 2 * len(worker.addresses) for worker in workers)
                revision = max([revision] + [worker.revision for worker in workers])
                check_store(tungsten, "--data-dir", folder / "data")
                server = Server(tungsten, folder)
                revision = check(server, clients, revision)
                contest.judge(server)
                if turn % 10 == 9:
                    contest.finish(server)
            contest.finish(server)
        except BaseException:
            print((folder / "log").read_text(errors="replace")[-3000:], file=sys.stderr)
            raise
        finally:
            server.kill()
    assert acknowledged > 100, f"only {acknowledged} writes were acknowledged: the clients hardly worked"
    assert not library or rounds < 6 or refused + torn > 0, "the disk never failed"
    faults = f", {torn} torn writes, {refused} requests refused" if library else ""
    print(f"{rounds} kills{faults}, {acknowledged} acknowledged writes, none lost; {contest.summary()}")


if __name__ == "__main__":
    main()
