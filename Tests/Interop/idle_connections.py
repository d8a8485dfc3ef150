"""Opens many idle connections to a configuration server, of which each has asked once, and looks whether others are still served.

    Tests/Interop/with-api-server python3 Tests/Interop/idle_connections.py [NUMBER]     10000 when it is left out

Prints what a connection costs the server in memory, and how long a request takes beside them.
"""

import os
import re
import resource
import socket
import sys
import time

NUMBER = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ADDRESS = os.environ["API_HOST"], int(os.environ["API_PORT"])
GET = b"GET /healthz HTTP/1.1\r\nHost: server\r\n\r\n"


def memory():
    with open(f"/proc/{os.environ['API_PID']}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def connect():
    one = socket.create_connection(ADDRESS, timeout=20)
    return one


def ask(one):
    one.sendall(GET)
    reply = b""
    while not reply.endswith(b"ok\n"):
        part = one.recv(4096)
        assert part, reply
        reply += part
    assert reply.startswith(b"HTTP/1.1 200 "), reply


def request_time():
    """The median of some requests on a connection of their own, in milliseconds."""
    one = connect()
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        ask(one)
        times.append(time.perf_counter() - begin)
    one.close()
    return sorted(times)[100] * 1000


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
if hard != resource.RLIM_INFINITY and hard < NUMBER + 64:
    print(f"skipped: a process may open {hard} files here, and {NUMBER} connections need more")
    sys.exit(0)
alone = request_time()
before = memory()
many = []
begin = time.monotonic()
for _ in range(NUMBER):
    one = connect()
    ask(one)
    many.append(one)
seconds = time.monotonic() - begin
grown = memory() - before
beside = request_time()
# The first and the last are still served.
for one in (many[0], many[-1]):
    ask(one)
print(
    f"{NUMBER} idle connections: opened, with a request each, in {seconds:.1f} s; {grown / NUMBER:.1f} KB of the server's memory each; "
    f"a request takes {beside:.2f} ms beside them, {alone:.2f} ms without"
)
