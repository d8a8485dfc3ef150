"""Hostile requests against a running configuration server: every address of its own /openapi.json with bodies, addresses and headers that are
wrong in as many ways as a seed gives. Nothing may end the server, be answered with 5xx (but 501 for what is not there), or make it grow;
what is refused says what it is about.

API_HOST, API_PORT and API_PID say where the server is; SEED (1) and ROUNDS (4) what is sent.
"""

import json
import os
import random
import re
import socket
import sys
import time

HOST, PORT, PID = os.environ["API_HOST"], int(os.environ["API_PORT"]), int(os.environ["API_PID"])
SEED, ROUNDS = int(os.environ.get("SEED", "1")), int(os.environ.get("ROUNDS", "4"))
source = random.Random(SEED)
UUID = "00000000-0000-4000-8000-000000000001"


class Connection:
    """One connection, opened again when the server has closed it, as it does after what it cannot follow."""

    def __init__(self):
        self.socket = None
        self.rest = b""

    def open(self):
        self.close()
        self.socket = socket.create_connection((HOST, PORT), timeout=20)

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.rest = None, b""

    def send(self, data):
        if not self.socket:
            self.open()
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # What it did not like it may not read to the end; the answer is there all the same.

    def reply(self, head=False):
        """(status, headers, body); None when the connection ended without an answer."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                return None
        text, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = text.decode("latin-1").split("\r\n")
        headers = dict((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
        status = int(lines[0].split()[1])
        length = 0 if head or status in (204, 304) else int(headers.get("content-length", 0))
        while len(self.rest) < length:
            if not self.more():
                return None
        body, self.rest = self.rest[:length], self.rest[length:]
        if headers.get("connection") == "close":
            self.close()
        return status, headers, body

    def more(self):
        try:
            part = self.socket.recv(1 << 16) if self.socket else b""
        except ConnectionResetError:
            part = b""
        self.rest += part
        if not part:
            self.close()
        return bool(part)


def request(method, path, body=b"", headers=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: server", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + body


def memory():
    with open(f"/proc/{PID}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


connection = Connection()
counts = {}
nested = {depth: b'{"a":' * depth + b"1" + b"}" * depth for depth in (100, 5000)}


def ask(method, path, body=b"", headers=(), expect=None):
    connection.send(request(method, path, body, headers))
    reply = connection.reply(head=method == "HEAD")
    what = f"{method} {path[:200]} {body[:300]!r} {list(headers)}"
    assert reply, f"no answer: {what}"
    status, _, text = reply
    counts[status] = counts.get(status, 0) + 1
    assert status < 500 or status == 501, f"{status} {text[:300]!r}: {what}"
    if status >= 400:
        assert len(text) > 10 or method == "HEAD", f"{status} says nothing: {what}"
    if expect:
        assert status in expect, f"{status} {text[:300]!r} instead of {expect}: {what}"
    return reply


# MARK: Values

def wrong_value(depth=0):
    kind = source.randrange(16 if depth < 3 else 12)
    if kind == 0:
        return None
    if kind == 1:
        return source.choice([True, False])
    if kind == 2:
        return source.choice([0, -1, 1 << 31, 1 << 63, -(1 << 63), (1 << 64) - 1, 1 << 64, 10**400])
    if kind == 3:
        return source.choice([0.5, -0.0, 1e308, 5e-324])
    if kind < 8:
        return source.choice([
            "", " ", "\0", "é", "\u202e", "a" * 5000, "../../etc/passwd", "%s%n", "'; DROP TABLE x; --", "<&>\"", "😀", "10.0.0.0/33",
            "255.255.255.256", "::", "fe80::1%eth0", "ff:ff:ff:ff:ff:ff:ff", UUID, "virtual-network", "default-domain", "true", "-1", "1e9",
        ])
    if kind < 12:
        return source.choice([UUID, ["default-domain", "default-project", f"n{source.randrange(20)}"], "ADD", "virtual-network", "project"])
    if kind < 14:
        return [wrong_value(depth + 1) for _ in range(source.randrange(4))]
    return {source.choice(["a", "uuid", "to", "attr", "", "fq_name", "é"]): wrong_value(depth + 1) for _ in range(source.randrange(4))}


def valid_of(schema, depth=0):
    """Something near to what a schema asks for."""
    for _ in range(20):
        if "$ref" not in schema:
            break
        schema = COMPONENTS[schema["$ref"].rsplit("/", 1)[1]] | {key: value for key, value in schema.items() if key != "$ref"}
    if source.random() < 0.12:
        return wrong_value()
    if "enum" in schema:
        return source.choice(schema["enum"])
    if "anyOf" in schema:
        return valid_of(source.choice(schema["anyOf"]), depth)
    properties = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        while "$ref" in part:
            part = COMPONENTS[part["$ref"].rsplit("/", 1)[1]]
        properties |= part.get("properties", {})
    if properties:
        if depth > 5:
            return {}
        keys = [key for key in properties if key in schema.get("required", []) or key == "fq_name" or source.random() < 3 / len(properties)]
        return {key: valid_of(properties[key], depth + 1) for key in keys}
    kind = schema.get("type", "string")
    kind = source.choice(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return [valid_of(schema.get("items", {}), depth + 1) for _ in range(source.randrange(3))]
    if kind in ("integer", "number"):
        return source.choice([0, 1, schema.get("minimum", 0), schema.get("maximum", 100), source.randrange(70000)])
    if kind == "boolean":
        return source.random() < 0.5
    return {} if kind == "object" else None if kind == "null" else source.choice(["x", UUID, "10.0.0.1", "a:b", f"n{source.randrange(20)}"])


def damaged(data):
    data = bytearray(data)
    for _ in range(source.randrange(1, 5)):
        if not data:
            break
        place = source.randrange(len(data))
        what = source.randrange(6)
        if what == 0:
            data[place] = source.randrange(256)
        elif what == 1:
            del data[place]
        elif what == 2:
            data[place:place] = data[place:place + 1]
        elif what == 3:
            del data[place:]
        elif what == 4:
            data[place:place] = source.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\0", b"\\ud800", b"{", b"[", b'"', b"1e999999"])
        else:
            data[place] = source.choice(b'{}[]",:\\0-e')
    return bytes(data)


def doubled(value):
    """An object with each member twice, the second time with something else."""
    text = ", ".join(f"{json.dumps(key)}: {json.dumps(one)}" for key, member in value.items() for one in (member, wrong_value()))
    return ("{" + text + "}").encode("utf-8", "surrogatepass")


# MARK: Rounds

def bodies(schema):
    value = valid_of(schema)
    text = json.dumps(value).encode("utf-8", "surrogatepass")
    yield text
    yield damaged(text)
    yield json.dumps(wrong_value()).encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and value:
        (key, inner), *_ = value.items()
        yield doubled(value)
        if isinstance(inner, dict):
            yield b"{" + json.dumps(key).encode() + b": " + doubled(inner) + b"}"
            yield json.dumps({key: inner | {source.choice(list(inner) or ["fq_name"]): wrong_value()}}).encode("utf-8", "surrogatepass")


def address(path, parameters):
    path = path.replace("{uuid}", source.choice([UUID, "x", "", "%00", "%2e%2e", "a%2fb", "%ff", "é", "1" * 300]))
    query = [
        f"{parameter['name']}={source.choice(['', 'true', '-1', '1', '9' * 30, '9223372036854775807', '%00', '%ff', '%', 'a,b', UUID, 'x==1', 'mtu==[', 'a:b', '%22'])}"
        for parameter in parameters
        if parameter.get("in") == "query" and source.random() < 0.4
    ]
    return path + ("?" + "&".join(query) if query else "")


def endpoints():
    operations = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item if method in ("get", "put", "post", "patch", "delete")]
    # /watch does not end; what starts by itself with wrong requests is the next test.
    operations = [(path, method) for path, method in operations if path != "/watch"]
    for turn in range(ROUNDS):
        # Everything that is not about a type each time, and a part of the types, another one each time.
        chosen = [one for one in operations if "s" != one[0][-1] and "{" not in one[0] or source.random() < 0.25]
        for path, method in chosen:
            item = DOCUMENT["paths"][path]
            operation = item[method]
            parameters = [
                COMPONENTS_OF["parameters"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
                for one in item.get("parameters", []) + operation.get("parameters", [])
            ]
            if "requestBody" not in operation:
                ask(method.upper(), address(path, parameters))
                continue
            (media,) = operation["requestBody"]["content"].values()
            for body in bodies(media["schema"]):
                ask(method.upper(), address(path, parameters), body)


def depths():
    for path in ("/virtual-networks", "/ref-update", "/bulk", "/useragent-kv", "/list-bulk-collection", "/v3/auth/tokens"):
        for body in nested.values():
            ask("POST", path, body, expect=(400, 404))
            ask("POST", path, body[: len(body) // 2], expect=(400, 404))
            ask("POST", path, b"[" * 100_000, expect=(400, 404))
    ask("POST", "/virtual-networks", b'{"virtual-network": {"mtu": ' + b"9" * 500_000 + b"}}", expect=(400,))


def names_the_member():
    """A 4xx says which member it is about, and as a document points to it."""
    name = '"fq_name": ["default-domain", "default-project", "hostile"], "parent_type": "project"'
    for path, body, member, pointer in [
        ("/virtual-networks", '{"virtual-network": {%s, "mtu": "wide"}}' % name, "mtu", "/virtual-network/mtu"),
        ("/virtual-networks", '{"virtual-network": {%s, "virtual_network_properties": {"vxlan_network_identifier": []}}}' % name,
         "vxlan_network_identifier", "/virtual-network/virtual_network_properties/vxlan_network_identifier"),
        ("/virtual-networks", '{"virtual-network": {"fq_name": [7]}}', "fq_name", "/virtual-network/fq_name/0"),
        ("/ref-update", '{"type": "virtual-network"}', "uuid", None),
        ("/fqname-to-id", '{"type": "virtual-network", "fq_name": 7}', "fq_name", "/fq_name"),
        ("/chmod", '{"uuid": "%s", "owner_access": 9}' % PROJECT, "owner_access", "/owner_access"),
        ("/bulk", '{"requests": [{"method": "POST", "path": "/virtual-networks", "body": {"virtual-network": {%s, "mtu": "wide"}}}]}' % name,
         "mtu", "/requests/0/body/virtual-network/mtu"),
    ]:
        status, _, text = ask("POST", path, body.encode(), expect=(400,))
        assert member in text.decode(), text
        status, headers, text = ask("POST", path, body.encode(), headers=["Accept: application/problem+json"], expect=(400,))
        problem = json.loads(text)
        assert headers["content-type"] == "application/problem+json" and problem["status"] == 400 and problem["request_id"], problem
        assert pointer is None or problem.get("pointer") == pointer, (pointer, problem)


def paths():
    for path in ["//", "/..", "/../etc/passwd", "/%2e%2e/%2e%2e", "/virtual-network/%2f", "/a//b", "/%00", "/%", "/%zz", "/%ff", "/\x7f"]:
        ask("GET", path, expect=(400,))
    ask("GET", "/" + "a" * 70_000, expect=(400, 414, 431))
    ask("GET", "/virtual-networks?" + "a=b&" * 10_000, expect=(200,))
    ask("GET", "/x", expect=(404,))
    for path in ("/virtual-networks", "/", "/healthz", "/bulk", "/virtual-network/" + UUID):
        assert "OPTIONS" in ask("OPTIONS", path, expect=(204,))[1]["allow"]
        reply = ask(source.choice(["TRACE", "PROPFIND"]), path, expect=(405,))
        assert reply[1]["allow"]
    ask("OPTIONS", "*", expect=(204,))
    ask("POST", "/virtual-networks", b"<x/>", headers=["Content-Type: application/xml"], expect=(415,))
    ask("POST", "/virtual-networks", b"{}", headers=["Content-Encoding: gzip"], expect=(415,))
    ask("POST", "/virtual-networks", b" " * 1_100_000, expect=(413,))
    ask("GET", "/", headers=["X: " + "a" * 70_000], expect=(431,))
    ask("GET", "/", headers=[f"X-{n}: a" for n in range(300)], expect=(431,))


def garbage():
    """What is no HTTP is answered with 400 or nothing, and the connection ends; what came before is answered."""
    good = request("GET", "/healthz")
    for round in range(150):
        text = source.choice([
            bytes(source.randrange(256) for _ in range(source.randrange(1, 200))), damaged(request("GET", "/virtual-networks")),
            b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\r\n" * 50 + b"x", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"POST /virtual-networks HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
            b"POST /virtual-networks HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            b"POST /virtual-networks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            b"POST /virtual-networks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
            b"POST /virtual-networks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        ])
        connection.open()
        before = source.randrange(4)
        connection.send(good * before + text)
        connection.socket.shutdown(socket.SHUT_WR)
        seen = []
        while reply := connection.reply():
            seen.append(reply[0])
        assert seen[:before] == [200] * before and all(status < 500 for status in seen), (text, seen)
    connection.open()


def unread():
    """Many large answers that nobody reads: they are not made before there is room for them."""
    before = memory()
    many = []
    for _ in range(10):
        one = socket.create_connection((HOST, PORT), timeout=20)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        one.sendall(request("GET", "/openapi.json") * 100)
        many.append(one)
    ask("GET", "/healthz", expect=(200,))
    grown = memory() - before
    for one in many:
        one.close()
    assert grown < 100 << 10, f"ten connections that read nothing make the server grow by {grown} KB"


print(f"seed {SEED}; set SEED and ROUNDS for others")
begin = time.monotonic()
connection.open()
DOCUMENT = json.loads(ask("GET", "/openapi.json", expect=(200,))[2])
COMPONENTS_OF = DOCUMENT["components"]
COMPONENTS = COMPONENTS_OF["schemas"]
PROJECT = json.loads(
    ask("POST", "/fqname-to-id", b'{"type": "project", "fq_name": ["default-domain", "default-project"]}', expect=(200,))[2]
)["uuid"]
start = memory()
for test in (names_the_member, paths, depths, garbage, endpoints, unread):
    test()
    ask("GET", "/healthz", expect=(200,))
    print(f"{test.__name__}: {time.monotonic() - begin:.1f} s, {memory() - start:+} KB", flush=True)
print("answers: " + ", ".join(f"{count} x {status}" for status, count in sorted(counts.items())))
assert memory() - start < 300 << 10, f"the server grew by {memory() - start} KB"
