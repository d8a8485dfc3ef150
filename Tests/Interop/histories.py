"""Clients that fight over a few names and a few addresses, and remember exactly what they asked, what they were told, and when.

`Contest` has the names of some rounds and the histories of them; `Contestant` is one client. After a round `judge` looks at everything
once more and has linearizability.py decide whether one order of requests explains it all. At last `finish` gives everything back, and the
pool of addresses must have as many as in the beginning: none was lost.

Relies on a server as durability.py starts it. Promises not to guess: a request without an answer is unknown, a 503 that says that nothing
was changed is believed, so that it is found out when it is not true.
"""

import collections
import dataclasses
import http.client
import json
import random
import threading
import time
import uuid

import linearizability
from linearizability import CONFLICT, MISSING, OK, STALE, UNKNOWN, Operation

NAMES, HOLDERS = 5, 3
PROJECT = ["default-domain", "default-project"]
POOL = PROJECT + ["tight"]
OUTCOMES = {200: OK, 404: MISSING, 409: CONFLICT, 412: STALE}


class NotDone(OSError):
    """503."""


class Contest:
    """What all clients of one run share.

    `is_late`: several servers share the store, so reads may be of a moment ago.
    """

    def __init__(self, server, is_late=False):
        self.is_late, self.lock, self.round = is_late, threading.Lock(), 0
        self.histories = collections.defaultdict(list)
        self.names, self.previous = [], []
        # By name: the UUID that somebody saw last. Addresses by UUID, once they are known.
        self.known, self.held = {}, {}
        # Requests for an address whose answer does not tell which it is, by UUID.
        self.nameless = {}
        self.operations = self.unknown = self.rounds = 0
        asker = Asker(self, server, "before")
        subnet = {"subnet": {"ip_prefix": "192.168.77.0", "ip_prefix_len": 28}}
        reference = {"to": PROJECT + ["default-network-ipam"], "attr": {"ipam_subnets": [subnet]}}
        asker.must("POST", "/virtual-networks", {"virtual-network": {"fq_name": POOL, "parent_type": "project", "network_ipam_refs": [reference]}})
        self.holders = {}
        for number in range(HOLDERS):
            body = {"virtual-router": {"fq_name": ["default-global-system-config", f"holder-{number}"], "parent_type": "global-system-config"}}
            self.holders[asker.must("POST", "/virtual-routers", body)["virtual-router"]["uuid"]] = f"holder-{number}"
        self.capacity = asker.fill()
        assert self.capacity > 10, f"a /28 has only {self.capacity} addresses"
        self.begin()

    def begin(self):
        """New names for a new round; those of the last one are looked at once more."""
        self.round += 1
        self.previous = self.names
        self.names = [f"hot-{self.round}-{number}" for number in range(NAMES)]
        self.histories = collections.defaultdict(list, {key: self.histories[key] for key in self.previous})
        self.known, self.nameless = {}, {}
        now = time.monotonic_ns()
        for each, address in self.held.items():
            self.note(address, Operation("create", OK, now, now, each, client="before"))

    def note(self, key, operation):
        with self.lock:
            self.histories[key].append(operation)
            self.operations += 1
            self.unknown += operation.outcome == UNKNOWN

    def settled(self):
        """What was not answered until now will not happen any more: nobody is left who could store it."""
        gone = time.monotonic_ns()
        end = lambda each: dataclasses.replace(each, returned=gone) if each.outcome == UNKNOWN and each.returned == float("inf") else each
        for key, history in self.histories.items():
            self.histories[key] = [end(each) for each in history]
        self.nameless = {uuid: end(each) for uuid, each in self.nameless.items()}

    def judge(self, *servers):
        """Looks at everything on each of the servers, and decides. They have all changes by now."""
        for server in servers:
            asker = Asker(self, server, "after", is_late=False)
            for name in self.previous + self.names:
                found = asker.find(name)
                if found:
                    asker.read(name, found)
        for each, operation in list(self.nameless.items()):
            found = asker.address(each, operation)
            assert found or operation.outcome == UNKNOWN, f"the address of instance-ip {each} was acknowledged and is lost"
        for each, address in list(self.held.items()):
            if not asker.read_held(address, each):
                del self.held[each]
        linearizability.check_all(self.histories)
        self.rounds += 1
        self.begin()

    def finish(self, server):
        """Gives all addresses back and takes as many as there are: as many as in the beginning."""
        asker = Asker(self, server, "after")
        for each in asker.must("GET", "/instance-ips")["instance-ips"]:
            if each["fq_name"][0].startswith("tight-"):
                asker.must("DELETE", f"/instance-ip/{each['uuid']}")
        self.held = {}
        self.begin()
        capacity = asker.fill()
        assert capacity == self.capacity, f"{capacity} addresses can be had from an empty pool that had {self.capacity}: some leaked"

    def summary(self):
        return f"{self.rounds} histories of {self.operations} requests, {self.unknown} of them without an answer, are linearizable"


class Asker:
    """Asks one server, and notes each answer in the history it belongs to."""

    def __init__(self, contest, server, name, is_late=False):
        self.contest, self.server, self.name, self.is_late = contest, server, name, is_late
        self.connection = server.connect()

    def request(self, method, path, body=None, headers=None):
        self.connection.request(method, path, None if body is None else json.dumps(body), headers or {})
        reply = self.connection.getresponse()
        text = reply.read().decode()
        return reply.status, json.loads(text) if reply.status == 200 and text else text, reply.headers

    def must(self, method, path, body=None):
        status, content, _ = self.request(method, path, body)
        assert status == 200, f"{method} {path}: {status} {content}"
        return content

    def ask(self, kind, method, path, body=None, headers=None, allowed=(OK, MISSING), **details):
        """The operation, for the caller to note, and the content and headers of the reply."""
        is_reading = kind in ("read", "find")
        place = dict(client=self.name, server=str(self.server.port), is_late=is_reading and self.is_late)
        call = time.monotonic_ns()
        try:
            status, content, reply = self.request(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            if not is_reading:
                error.operation = Operation(kind, UNKNOWN, call, **details, **place)
            raise
        returned = time.monotonic_ns()
        if status == 503:
            error = NotDone(content)
            if not is_reading and "not known" in content:
                error.operation = Operation(kind, UNKNOWN, call, **details, **place)
            raise error
        outcome = OUTCOMES.get(status)
        assert outcome in allowed, f"{method} {path}: {status} {content}"
        return Operation(kind, outcome, call, returned, **details, **place), content, reply

    def noted(self, key, *arguments, **details):
        try:
            operation, content, headers = self.ask(*arguments, **details)
        except (OSError, http.client.HTTPException) as error:
            if hasattr(error, "operation"):
                self.contest.note(key, error.operation)
            raise
        if operation.kind not in ("read", "find"):
            self.contest.note(key, operation)
        return operation, content, headers

    # Names, and the virtual machines that have them.

    def find(self, name):
        operation, content, _ = self.noted(name, "find", "POST", "/fqname-to-id", {"type": "virtual-machine", "fq_name": [name]})
        found = content["uuid"] if operation.outcome == OK else None
        self.contest.note(name, dataclasses.replace(operation, uuid=found))
        return found

    def create(self, name, value):
        own = str(uuid.uuid4())
        body = {"virtual-machine": {"fq_name": [name], "uuid": own, "display_name": value}}
        operation, _, _ = self.noted(name, "create", "POST", "/virtual-machines", body, allowed=(OK, CONFLICT), uuid=own, value=value)
        return own if operation.outcome == OK else None

    def read(self, name, which):
        """Its value and entity tag."""
        operation, content, headers = self.noted(name, "read", "GET", f"/virtual-machine/{which}", uuid=which)
        if operation.outcome != OK:
            self.contest.note(name, operation)
            return None
        shown = content["virtual-machine"]
        assert shown["fq_name"] == [name], f"{which} has another name: {shown['fq_name']}"
        holders = frozenset(self.contest.holders[each["uuid"]] for each in shown.get("virtual_router_back_refs", []))
        self.contest.note(name, dataclasses.replace(operation, value=shown["display_name"], holders=holders))
        return shown["display_name"], headers["ETag"]

    def update(self, name, which, value, expected=None, tag=None):
        self.noted(
            name, "update", "PUT", f"/virtual-machine/{which}", {"virtual-machine": {"display_name": value}},
            {"If-Match": tag} if tag else {}, allowed=(OK, MISSING, STALE), uuid=which, value=value, expected=expected,
        )  # fmt: skip

    def delete(self, name, which):
        self.noted(name, "delete", "DELETE", f"/virtual-machine/{which}", allowed=(OK, MISSING, CONFLICT), uuid=which)

    def link(self, name, which, holder, kind):
        body = {
            "operation": "ADD" if kind == "link" else "DELETE", "type": "virtual-router", "uuid": holder,
            "ref-type": "virtual-machine", "ref-uuid": which,
        }  # fmt: skip
        self.noted(name, kind, "POST", "/ref-update", body, uuid=which, holder=self.contest.holders[holder])

    # Addresses of the pool. Each is a name that the server chooses.

    def take(self):
        own = str(uuid.uuid4())
        body = {"instance-ip": {"fq_name": [f"tight-{own}"], "uuid": own, "virtual_network_refs": [{"to": POOL}]}}
        try:
            operation, content, _ = self.ask("create", "POST", "/instance-ips", body, allowed=(OK, CONFLICT), uuid=own)
        except (OSError, http.client.HTTPException) as error:
            if hasattr(error, "operation"):
                self.contest.nameless[own] = error.operation
            raise
        if operation.outcome == OK:
            self.contest.nameless[own] = operation
            self.address(own, operation)
            return own
        return None

    def address(self, own, operation):
        """Which address it is, from now on known; False when there is no such object."""
        reading, content, _ = self.ask("read", "GET", f"/instance-ip/{own}?fields=instance_ip_address", uuid=own)
        if reading.outcome != OK:
            return False
        key = content["instance-ip"]["instance_ip_address"]
        del self.contest.nameless[own]
        self.contest.note(key, operation)
        self.contest.note(key, reading)
        self.contest.held[own] = key
        return True

    def read_held(self, key, own):
        operation, content, _ = self.ask("read", "GET", f"/instance-ip/{own}?fields=instance_ip_address", uuid=own)
        self.contest.note(key, operation)
        assert operation.outcome != OK or content["instance-ip"]["instance_ip_address"] == key, f"{own} had {key}, and has another address"
        return operation.outcome == OK

    def give_back(self, own):
        key = self.contest.held[own]
        self.noted(key, "delete", "DELETE", f"/instance-ip/{own}", uuid=own)

    def fill(self):
        """Takes every address there is; gives all back, and how many there were."""
        made = []
        while True:
            own = str(uuid.uuid4())
            body = {"instance-ip": {"fq_name": [f"tight-{own}"], "uuid": own, "virtual_network_refs": [{"to": POOL}]}}
            status, content, _ = self.request("POST", "/instance-ips", body)
            if status != 200:
                assert status == 409, f"{status} {content}"
                break
            made.append(own)
        for own in made:
            self.must("DELETE", f"/instance-ip/{own}")
        return len(made)


class Contestant(threading.Thread):
    """Does what comes to its mind until it is told to stop or the server is gone."""

    def __init__(self, contest, server, seed, name):
        super().__init__()
        self.contest, self.server, self.random = contest, server, random.Random(seed)
        self.prefix, self.stops, self.unexpected, self.number = name, threading.Event(), None, 0

    def run(self):
        try:
            asker = Asker(self.contest, self.server, self.prefix, self.contest.is_late)
            while not self.stops.is_set():
                try:
                    self.step(asker)
                except NotDone:
                    self.stops.wait(0.02)
        except (OSError, http.client.HTTPException):
            pass  # The server was killed.
        except BaseException as error:
            self.unexpected = error

    def step(self, asker):
        contest, chance = self.contest, self.random.random()
        if chance < 0.25:
            held = list(contest.held)
            if held and self.random.random() < 0.5:
                asker.give_back(self.random.choice(held))
            else:
                asker.take()
            return
        self.number += 1
        name, value = self.random.choice(contest.names), f"{self.prefix}-{self.number}"
        which = contest.known.get(name)
        if which is None or chance < 0.4:
            made = asker.create(name, value)
            contest.known[name] = made or asker.find(name) or which
            if not contest.known[name]:
                del contest.known[name]
        elif chance < 0.5:
            asker.read(name, which)
        elif chance < 0.65:
            if seen := asker.read(name, which):
                asker.update(name, which, value, *seen)
        elif chance < 0.75:
            asker.update(name, which, value)
        elif chance < 0.87:
            asker.link(name, which, self.random.choice(list(contest.holders)), "link" if chance < 0.81 else "unlink")
        else:
            asker.delete(name, which)


def start(contest, server, count, chance):
    """So many clients of a server, at work."""
    made = [Contestant(contest, server, chance.random(), f"{server.port}-{contest.round}-{number}") for number in range(count)]
    for each in made:
        each.start()
    return made


def stop(contestants):
    """Waits for clients whose server was killed, or who shall come to an end."""
    for each in contestants:
        each.stops.set()
    for each in contestants:
        each.join()
        if each.unexpected:
            raise each.unexpected
