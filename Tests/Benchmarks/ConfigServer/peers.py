"""The configuration server and its peers as processes to be measured: started on free ports of loopback, ended by whoever started them, and
asked for the processor time and the memory that they took."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TUNGSTEN = os.environ["TUNGSTEN"]
# A Python that has bottle and gevent.
PYTHON = os.environ["PEER_PYTHON"]
CONNECTIONS = 64
SECONDS = int(os.environ.get("SECONDS_EACH", "5"))
HERE = Path(__file__).resolve().parent


def processor_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid, field="VmRSS"):
    """In bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(each) for each in found.split()]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_open(port, process, name):
    for _ in range(200):
        if process.poll() is not None:
            sys.exit(f"{name} ended with status {process.returncode} instead of listening on port {port}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{name} does not listen on port {port}")


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Server:
    """A configuration server, once it serves."""

    def __init__(self, process, port, seconds):
        self.process, self.port, self.start_seconds = process, port, seconds
        self.pids = [process.pid]

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if response.status != 200:
            sys.exit(f"{method} {path}: {response.status} {content[:300]!r}")
        return content

    def json(self, method, path, body=None):
        return json.loads(self.request(method, path, body))


@contextlib.contextmanager
def configuration_server(folder, *options, before=()):
    began = time.monotonic()
    command = [*before, TUNGSTEN, "api", "--listen", "127.0.0.1:0", "--data-dir", str(folder), "--log-level", "error", *options]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            found = re.search(r"serves http://127\.0\.0\.1:(\d+)", line)
            if found:
                server = Server(process, int(found.group(1)), time.monotonic() - began)
                # Measured is the server, not what it is started through.
                server.pids = children(process.pid) if before else [process.pid]
                try:
                    yield server
                finally:
                    for pid in server.pids:
                        os.kill(pid, signal.SIGTERM)
                    process.wait(timeout=60)
                return
        sys.exit("the configuration server ended before it served")


@contextlib.contextmanager
def scratch():
    """A folder on a disk: a file system in memory has no price for durability."""
    folder = Path(tempfile.mkdtemp(prefix="tungsten-bench-", dir=os.environ.get("BENCH_DIR", str(HERE.parents[2] / ".build"))))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Load:
    """What a run of wrk came to."""

    def __init__(self, requests, seconds, processor):
        self.requests, self.seconds, self.processor = requests, seconds, processor

    @property
    def per_processor_second(self):
        return self.requests / self.processor if self.processor else 0

    def row(self, name):
        return (f"{name:44} {self.requests / self.seconds:9.0f}/s {self.per_processor_second:9.0f} per CPU-second "
                f"{self.processor / self.requests * 1e6:8.1f} us each")


def load(port, path, pids, script=None, arguments=(), connections=CONNECTIONS, seconds=SECONDS):
    """wrk against a server; every answer must be a good one."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    if script:
        command += ["-s", str(HERE / script)]
    command += [f"http://127.0.0.1:{port}{path}"]
    if arguments:
        command += ["--", *arguments]
    before = processor_seconds(pids)
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    processor = processor_seconds(pids) - before
    if "Non-2xx" in report or "Socket errors" in report:
        sys.exit(f"{' '.join(command)}:\n{report}")
    found = re.search(r"(\d+) requests in ([\d.]+)s", report)
    return Load(int(found.group(1)), float(found.group(2)), processor)
