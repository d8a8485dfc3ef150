"""Configuration servers that share an etcd behave as one, whatever dies: servers, the leader of etcd, all of etcd, connections.

    etcd.py TUNGSTEN     TUNGSTEN: the built executable; etcd comes from the system

Three members of etcd, and servers that reach them through relays of this program, which can cut any connection at any moment. Clients
write all the time and remember what they were told; a request without an answer, or one answered with 503, may have happened or not.
Others fight over a few names and addresses, and one order of requests must explain what all of them were told (histories.py).
Afterwards every server shows the same objects, has told its watchers the same changes, and nothing was lost or given twice.
Prints the seed, which SEED of the environment repeats.
"""

import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import durability
import histories

PROJECT = durability.PROJECT


def wait(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Member:
    """One member of etcd."""

    def __init__(self, folder, name, port, peer_port, cluster):
        self.port, self.data = port, folder / name
        self.arguments = [
            "etcd", "--name", name, "--data-dir", self.data, "--listen-client-urls", f"http://127.0.0.1:{port}",
            "--advertise-client-urls", f"http://127.0.0.1:{port}", "--listen-peer-urls", f"http://127.0.0.1:{peer_port}",
            "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer_port}", "--initial-cluster", cluster,
        ]  # fmt: skip
        self.log = folder / f"{name}.log"
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.arguments, stdout=log, stderr=subprocess.STDOUT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, path, body=b"{}"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("POST", path, body)
            return json.loads(connection.getresponse().read())

    def leads(self):
        """Whether this member is the leader; None when it does not answer."""
        try:
            status = self.ask("/v3/maintenance/status")
            return status.get("leader") == status["header"]["member_id"]
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return None


class Cluster:
    """Three members, on ports that were free a moment ago."""

    def __init__(self, folder):
        for attempt in range(5):
            ports = free_ports(6)
            cluster = ",".join(f"m{number}=http://127.0.0.1:{ports[3 + number]}" for number in range(3))
            place = folder / f"etcd-{attempt}"
            place.mkdir()
            self.members = [Member(place, f"m{number}", ports[number], ports[3 + number], cluster) for number in range(3)]
            with contextlib.suppress(AssertionError):
                wait("etcd starts", lambda: self.leader() or self.is_broken())
                if not self.is_broken():
                    return
            self.kill()
        raise SystemExit("etcd does not start:\n" + self.members[0].log.read_text(errors="replace")[-2000:])

    def is_broken(self):
        return any(member.process.poll() is not None for member in self.members)

    def leader(self):
        return next((member for member in self.members if member.leads()), None)

    def kill(self):
        for member in self.members:
            member.kill()

    def keys(self, prefix):
        """How many keys begin with a prefix."""
        code = lambda text: __import__("base64").b64encode(text.encode()).decode()
        body = {"key": code(prefix), "range_end": code(prefix[:-1] + chr(ord(prefix[-1]) + 1)), "count_only": True}
        return int(self.members[0].ask("/v3/kv/range", json.dumps(body)).get("count", 0))


class Relay:
    """A port that leads to a member, until its connections are cut."""

    def __init__(self, port):
        self.target, self.open = port, set()
        self.refuses = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.refuses:
                    raise OSError
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                self.open.add(one)
                threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    def copy(self, one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.open.discard(one)

    def cut(self):
        """Ends every connection where it is: requests on their way, and answers on their way back, are lost."""
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Server(durability.Server):
    """A configuration server on the cluster."""

    count = 0

    def __init__(self, tungsten, folder, ports):
        Server.count += 1
        self.log = folder / f"server-{Server.count}.log"
        store = "etcd:" + ",".join(f"http://127.0.0.1:{port}" for port in ports)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [tungsten, "api", "--listen", "127.0.0.1:0", "--store", store], stdout=log, stderr=subprocess.STDOUT
            )
        wait("the server listens", lambda: self.process.poll() is not None or re.search(rb"http://127\.0\.0\.1:(\d+), data", self.log.read_bytes()), 60)
        found = re.search(rb"http://127\.0\.0\.1:(\d+), data", self.log.read_bytes())
        if not found:
            raise SystemExit("the server does not start:\n" + self.log.read_text(errors="replace")[-2000:])
        self.port = int(found[1])

    def get(self, path, host="server"):
        """Status and text. The name of the host is in replies, so it is the same for all servers."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path, headers={"Host": host})
            reply = connection.getresponse()
            return reply.status, reply.read().decode()

    def is_ready(self):
        return self.get("/readyz")[0] == 200

    def metric(self, name):
        return float(re.search(rf"^{name} (\S+)$", self.get("/metrics")[1], re.M)[1])

    def revision(self):
        return int(self.metric("tungsten_api_revision"))


class Client(durability.PatientClient):
    """First wants some names that others want at the same moment."""

    def __init__(self, server, seed, prefix, races=()):
        super().__init__(server, seed, prefix)
        self.won, self.races = {}, list(races)

    def begin(self, connection):
        while self.races:
            name = self.races.pop()
            body = {"virtual-machine": {"fq_name": [name]}}
            status, content, _ = self.server.request(connection, "POST", "/virtual-machines", body)
            if status == 503:
                raise durability.Unanswered(content)
            assert status in (200, 409), f"{name}: {status} {content}"
            if status == 200:
                self.won[name] = content["virtual-machine"]["uuid"]


class Watcher(threading.Thread):
    """Follows a server from a revision on."""

    def __init__(self, server, after):
        super().__init__(daemon=True)
        self.events, self.ended = [], None
        self.connection = server.connect()
        self.connection.request("GET", "/watch", headers={"Last-Event-ID": str(after)})
        self.reply = self.connection.getresponse()
        assert self.reply.status == 200, self.reply.read()
        self.start()

    def run(self):
        event = {}
        try:
            for line in self.reply:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "id" in event:
                    self.events.append((int(event["id"]), event["event"], event["data"]))
                    event = {}
                elif event.get("event") == "stop":
                    self.ended = event["data"]
                    return
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            self.ended = "the connection ended"

    def wait_for(self, revision):
        wait(f"the watcher hears of revision {revision}", lambda: self.events and self.events[-1][0] >= revision)


class Bed:
    """The cluster, its relays, and servers."""

    def __init__(self, tungsten, folder, seed):
        self.tungsten, self.folder, self.chance = tungsten, folder, random.Random(seed)
        self.cluster = Cluster(folder)
        self.servers, self.past, self.contestants = [], [], []

    def store(self):
        return "etcd:" + ",".join(f"http://127.0.0.1:{member.port}" for member in self.cluster.members)

    def add_server(self):
        # Each has relays of its own, and another first member.
        relays = [Relay(member.port) for member in self.cluster.members]
        ports = [relay.port for relay in relays]
        turn = Server.count % 3
        server = Server(self.tungsten, self.folder, ports[turn:] + ports[:turn])
        server.relays = relays
        self.servers.append(server)
        return server

    def start_clients(self, count, races=0):
        names = [f"race-{len(self.past)}-{number}" for number in range(races)]
        for server in self.servers:
            self.start_contestants(server)
        return self.begin([
            Client(server, self.chance.random(), f"{len(self.past)}-{number}-{turn}", names)
            for turn in range(count) for number, server in enumerate(self.servers)
        ])  # fmt: skip

    def begin(self, clients):
        for client in clients:
            client.start()
        self.past += clients
        return clients

    def start_contestants(self, server):
        self.contestants += histories.start(self.contest, server, 1, self.chance)

    def stop(self, clients):
        histories.stop(self.contestants)
        self.contestants = []
        for client in clients:
            client.stops.set()
        for client in clients:
            client.join()
            if client.unexpected:
                raise client.unexpected

    def settle(self):
        """Waits until every server shows the same revision; gives it."""
        for server in self.servers:
            wait("the server is ready", server.is_ready)
        # A change made now comes after everything that was stored, in doubt or not.
        first = self.servers[0]
        body = {"virtual-machine": {"fq_name": [f"settled-{time.monotonic_ns()}"]}}
        status, content, revision = first.request(first.connect(), "POST", "/virtual-machines", body)
        assert status == 200, content
        wait("all servers have all changes", lambda: all(server.revision() >= revision for server in self.servers))
        return revision

    def check(self):
        """Everything that was acknowledged is there, nothing was given twice, and all servers show the same."""
        revision = self.settle()
        # The head of the store is past all that, so nothing that was on its way can be stored any more.
        self.contest.settled()
        self.contest.judge(*self.servers)
        revision = self.settle()
        durability.check(self.chance.choice(self.servers), self.past, revision)
        self.settle()
        for path in ("virtual-networks", "routing-instances", "instance-ips", "virtual-machines", "route-targets", "projects"):
            status, first = self.servers[0].get(f"/{path}?detail=true")
            assert status == 200, first
            for other in self.servers[1:]:
                assert other.get(f"/{path}?detail=true") == (status, first), f"two servers show different {path}"
        won = {}
        for client in self.past:
            for name, uuid in client.won.items():
                assert name not in won, f"the name {name} was given to {won[name]} and {uuid}"
                won[name] = uuid
        names = [line["fq_name"][0] for line in json.loads(self.servers[0].get("/virtual-machines")[1])["virtual-machines"]]
        assert len(names) == len(set(names)) and set(won) <= set(names), "a name that was given is gone, or there twice"

    def close(self):
        for server in self.servers:
            server.kill()
        self.cluster.kill()


def writers_at_once(bed):
    """Servers under contention: one order of changes for all watchers, every name given once, progress on every server."""
    start = bed.settle()
    watchers = [Watcher(server, start) for server in bed.servers]
    clients = bed.start_clients(4, races=30)
    time.sleep(3)
    bed.stop(clients)
    end = bed.settle()
    for watcher in watchers:
        watcher.wait_for(end)
    bed.check()
    first = [event for event in watchers[0].events if event[0] <= end]
    assert [event[0] for event in first] == list(range(start + 1, end + 1)), "revisions are missing, or in another order"
    for watcher in watchers[1:]:
        assert [event for event in watcher.events if event[0] <= end] == first, "two servers tell of other changes"
    assert sum(len(client.won) for client in clients) == 30, "some names of the race were given to nobody"
    progress = [sum(client.written for client in clients if client.server is server) for server in bed.servers]
    assert min(progress) * 4 > max(progress), f"a server hardly wrote: {progress}"
    # A watcher goes on where it was on another server, which may not have heard of that revision yet.
    middle = start + (end - start) // 2
    for server in bed.servers:
        resumed = Watcher(server, middle)
        resumed.wait_for(end)
        assert [event for event in resumed.events if event[0] <= end] == first[middle - start :], "a resumed watch differs"
    one, other = bed.servers[:2]
    for number in range(20):
        body = {"virtual-machine": {"fq_name": [f"hop-{number}"]}}
        _, content, revision = one.request(one.connect(), "POST", "/virtual-machines", body)
        Watcher(other, revision)
        uuid = content["virtual-machine"]["uuid"]
        assert other.get(f"/virtual-machine/{uuid}")[0] == 200, "a server that let a watcher go on does not show what that one saw"
    overtaken = sum(server.metric("tungsten_api_store_overtaken_total") for server in bed.servers)
    assert overtaken > 0, "no server was ever overtaken: nothing was tried"
    return f"{end - start} changes, {progress} by server, overtaken {overtaken:.0f} times"


def servers_killed(bed):
    clients = bed.start_clients(3)
    kills = 4
    for _ in range(kills):
        time.sleep(bed.chance.uniform(0.2, 0.5))
        victim = bed.chance.choice(bed.servers)
        victim.kill()
        bed.servers.remove(victim)
        server = bed.add_server()
        wait("the new server is ready", server.is_ready)
        clients += bed.begin([Client(server, bed.chance.random(), f"{len(bed.past)}-new")])
        bed.start_contestants(server)
    bed.stop(clients)
    bed.check()
    return f"{kills} kills"


def connections_cut(bed):
    """Answers are lost on their way: what was stored is stored once, and known."""
    clients = bed.start_clients(3)
    cuts = 30
    for _ in range(cuts):
        time.sleep(bed.chance.uniform(0.02, 0.15))
        bed.chance.choice(bed.chance.choice(bed.servers).relays).cut()
    written = sum(client.written for client in clients)
    bed.stop(clients)
    bed.check()
    refused = sum(client.refused for client in clients)
    assert written > 10 * refused, f"{refused} requests were refused, although another attempt would have done, and {written} not"
    return f"{cuts} cuts, {refused} requests refused, {written} written"


def server_cut_off(bed):
    """One server does not reach etcd: it says so and refuses changes, the others go on, and when it is back it has what they made."""
    lonely = bed.chance.choice(bed.servers)
    clients = bed.start_clients(1)
    time.sleep(0.3)
    for relay in lonely.relays:
        relay.refuses = True
        relay.cut()
    wait("the server says that it is not ready", lambda: not lonely.is_ready())
    others = [client for client in clients if client.server is not lonely]
    alone = [client for client in clients if client.server is lonely]
    wait("its clients are refused", lambda: all(client.refused > 0 for client in alone))
    before = {client: client.written for client in clients}
    wait("the others write", lambda: all(client.written > before[client] + 2 for client in others))
    assert all(client.written == before[client] for client in alone), "a server without a store acknowledged a change"
    assert lonely.get("/virtual-networks")[0] == 200
    for relay in lonely.relays:
        relay.refuses = False
    wait("the server is ready again", lonely.is_ready)
    wait("its clients write", lambda: all(client.written > before[client] for client in alone))
    bed.stop(clients)
    bed.check()
    return f"{sum(client.refused for client in alone)} requests refused"


def leader_killed(bed):
    clients = bed.start_clients(3)
    time.sleep(0.5)
    leader = bed.cluster.leader()
    leader.kill()
    killed = time.monotonic()
    before = {client: client.written for client in clients}
    wait("every client writes again", lambda: all(client.written > before[client] + 1 for client in clients))
    seconds = time.monotonic() - killed
    leader.start()
    bed.stop(clients)
    bed.check()
    refused = sum(client.refused for client in clients)
    return f"writes went on after {seconds:.1f} s, {refused} requests refused"


def etcd_gone(bed):
    clients = bed.start_clients(2)
    time.sleep(0.3)
    bed.cluster.kill()
    for server in bed.servers:
        wait("the server says that it is not ready", lambda: not server.is_ready())
        status, text = server.get("/readyz")
        assert status == 503 and "out of reach" in text, text
        assert server.get("/healthz")[0] == 200
        status, text = server.get("/virtual-networks")
        assert status == 200, text
        # Nobody waits when it is known that nothing can be stored.
        wait("clients are refused", lambda: all(client.refused > 0 for client in clients))
        start = time.monotonic()
        body = {"virtual-machine": {"fq_name": ["nobody"]}}
        status, content, _ = server.request(server.connect(), "POST", "/virtual-machines", body)
        assert status == 503 and "nothing was changed" in content and "out of reach" in content, (status, content)
        assert time.monotonic() - start < 4, "a refusal took long"
    # A server that starts meanwhile waits.
    late = bed.add_server()
    status, text = late.get("/readyz")
    assert status == 503 and "Initializing" in text, text
    for member in bed.cluster.members:
        member.start()
    started = time.monotonic()
    for server in bed.servers:
        wait("the server is ready again", server.is_ready)
    seconds = time.monotonic() - started
    bed.stop(clients)
    bed.check()
    late.process.send_signal(signal.SIGTERM)
    assert late.process.wait(20) == 0
    bed.servers.remove(late)
    return f"ready again after {seconds:.1f} s"


def large_transactions(bed):
    """More than etcd takes in one request, from one client: there at once or not at all."""
    first = bed.servers[0]
    connection = first.connect()
    text = "x" * 700_000
    made = []
    body = {"annotations": {"key_value_pair": [{"key": "k", "value": text}]}, "fq_name": ["large"], "display_name": text[:250_000]}
    status, content, _ = first.request(connection, "POST", "/virtual-machines", {"virtual-machine": body})
    assert status == 200, content
    uuid = content["virtual-machine"]["uuid"]
    revision = bed.settle()
    for server in bed.servers:
        status, shown = server.get(f"/virtual-machine/{uuid}")
        assert status == 200 and json.loads(shown)["virtual-machine"]["annotations"]["key_value_pair"][0]["value"] == text
    # Many at once: one batch, several pairs of etcd.
    def create(number):
        body = {"annotations": {"key_value_pair": [{"key": "k", "value": text[:200_000]}]}, "fq_name": [f"large-{number}"]}
        status, content, _ = first.request(first.connect(), "POST", "/virtual-machines", {"virtual-machine": body})
        made.append(content["virtual-machine"]["uuid"] if status == 200 else content)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bed.settle()
    for uuid in made:
        for server in bed.servers:
            assert server.get(f"/virtual-machine/{uuid}")[0] == 200, uuid
    restarted = bed.add_server()
    wait("a new server is ready", restarted.is_ready)
    bed.check()
    return f"revision {revision}"


def main():
    tungsten = os.path.abspath(sys.argv[1])
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        bed = Bed(tungsten, pathlib.Path(folder), seed)
        try:
            for _ in range(3):
                bed.add_server()
            for server in bed.servers:
                wait("the server is ready", server.is_ready, 60)
            first = bed.servers[0]
            subnet = {"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}}
            reference = {"to": PROJECT + ["default-network-ipam"], "attr": {"ipam_subnets": [subnet]}}
            shared = {"fq_name": PROJECT + ["shared"], "parent_type": "project", "network_ipam_refs": [reference]}
            status, content, _ = first.request(first.connect(), "POST", "/virtual-networks", {"virtual-network": shared})
            assert status == 200, content
            bed.settle()
            bed.contest = histories.Contest(first, is_late=True)
            bed.settle()
            for scenario in (writers_at_once, servers_killed, connections_cut, server_cut_off, leader_killed, etcd_gone, large_transactions):
                if len(sys.argv) > 2 and scenario.__name__ not in sys.argv[2:]:
                    continue
                start = time.monotonic()
                outcome = scenario(bed)
                print(f"{scenario.__name__.replace('_', ' ')}: {outcome} ({time.monotonic() - start:.1f} s)", flush=True)
            bed.contest.finish(bed.servers[0])
            durability.check_store(bed.tungsten, "--store", bed.store())
            print(bed.contest.summary())
            assert bed.cluster.keys("/tungsten/configuration/objects/") > 0, "nothing came into the checkpoint"
        except BaseException:
            for log in sorted(pathlib.Path(folder).glob("server-*.log"))[-4:]:
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}", file=sys.stderr)
            raise
        finally:
            bed.close()


if __name__ == "__main__":
    main()
