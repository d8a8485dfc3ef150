"""Slow, idle and too many clients against a configuration server whose limits are short:

    tungsten api --header-timeout 0.5 --body-timeout 0.5 --idle-timeout 1.5 --write-timeout 0.5 --max-connections 50 --access-log FILE

API_HOST, API_PORT say where it is, ACCESS_LOG what it logs to. What is waited for is waited for until it happens; 20 seconds is for ever.
"""

import json
import os
import socket
import time

ADDRESS = os.environ["API_HOST"], int(os.environ["API_PORT"])
GET = b"GET /projects HTTP/1.1\r\nHost: server\r\n"


def connect(receive=None):
    one = socket.socket()
    if receive:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    one.settimeout(20)
    one.connect(ADDRESS)
    return one


def read_all(one):
    """Everything until the server closes the connection."""
    data = b""
    try:
        while part := one.recv(1 << 16):
            data += part
    except ConnectionResetError:
        pass
    return data


def trickle(one, data):
    """Sends a byte at a time, for as long as the server listens: what is new each time is no excuse."""
    one.settimeout(0.05)
    begin = time.monotonic()
    for byte in data:
        try:
            one.send(bytes([byte]))
            if seen := one.recv(1 << 16):
                one.settimeout(20)
                return seen + read_all(one), time.monotonic() - begin
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            break
    return b"", time.monotonic() - begin


def slow_headers():
    seen, seconds = trickle(connect(), GET + b"X: " + b"a" * 400)
    assert seen.startswith(b"HTTP/1.1 408 ") and b"Connection: close" in seen and b"headers" in seen, seen
    assert 0.5 <= seconds < 15, seconds


def slow_body():
    one = connect()
    one.sendall(b"POST /projects HTTP/1.1\r\nHost: server\r\nContent-Length: 1000\r\nAccept: application/problem+json\r\n\r\n")
    seen, seconds = trickle(one, b"{" + b" " * 400)
    assert seen.startswith(b"HTTP/1.1 408 ") and b"application/problem+json" in seen and b'"hint":' in seen, seen
    assert 0.5 <= seconds < 15, seconds


def idle():
    fresh, used = connect(), connect()
    used.sendall(GET + b"\r\n")
    assert used.recv(12) == b"HTTP/1.1 200"
    begin = time.monotonic()
    assert fresh.recv(1) == b"" and time.monotonic() - begin >= 1, "closed without a word, and not at once"
    read_all(used)


def slow_reader():
    """Replies that nobody takes are given up; those that are taken slowly are not."""
    # More than the kernel holds for a connection.
    replies = 4
    slow, dead = connect(receive=1 << 16), connect(receive=4096)
    for one in (slow, dead):
        one.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: server\r\n\r\n" * replies)
    head = b""
    while b"\r\n\r\n" not in head:
        head += slow.recv(4096)
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    count = len(head)
    begin = time.monotonic()
    while count < length * replies:
        part = slow.recv(1 << 16)
        assert part, f"given up after {count} bytes of {replies} times {length}"
        count += len(part)
        # Longer in all than the limit, and not for a part.
        time.sleep(0.01)
    assert time.monotonic() - begin > 0.7
    # What the kernel holds can still be read.
    assert len(read_all(dead)) < length * replies, "all replies came, although they were not read for long"


def crowd():
    """Beyond the limit there is an answer, and health is told."""
    many = []
    try:
        for _ in range(50):
            one = connect()
            one.sendall(GET + b"\r\n")
            assert one.recv(12) == b"HTTP/1.1 200", len(many)
            many.append(one)
        one = connect()
        one.sendall(GET + b"\r\n")
        seen = read_all(one)
        assert seen.startswith(b"HTTP/1.1 503 ") and b"--max-connections" in seen and b"Connection: close" in seen, seen
        one = connect()
        one.sendall(b"GET /readyz HTTP/1.1\r\nHost: server\r\n\r\n")
        assert read_all(one).startswith(b"HTTP/1.1 200 "), "health"
    finally:
        for one in many:
            one.close()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        one = connect()
        one.sendall(GET + b"Connection: close\r\n\r\n")
        if read_all(one).startswith(b"HTTP/1.1 200 "):
            return
    raise AssertionError("no connection is free, although all were closed")


def log():
    one = connect()
    one.sendall(b"GET /projects?x=%22 HTTP/1.1\r\nHost: server\r\nX-Request-Id: the-last\r\nX-Auth-Token: secret-token\r\nConnection: close\r\n\r\n")
    length = int(read_all(one).lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open(os.environ["ACCESS_LOG"], encoding="utf-8") as file:
            text = file.read()
        if '"the-last"' in text and text.endswith("\n"):
            break
    assert "secret" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    last = [line for line in lines if line["request"] == "the-last"][0]
    assert last["method"] == "GET" and last["target"] == "/projects?x=%22" and last["status"] == 200 and last["bytes"] == length, last
    assert last["address"] == "127.0.0.1" and "user" not in last and 0 < last["microseconds"] < 20_000_000 and last["time"], last
    assert {200, 408, 503} <= {line["status"] for line in lines} and len({line["request"] for line in lines}) == len(lines)


for test in (slow_headers, slow_body, idle, slow_reader, crowd, log):
    begin = time.monotonic()
    test()
    print(f"{test.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
