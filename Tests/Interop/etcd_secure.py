"""A configuration server on an etcd that speaks TLS and has users: the command, with its options, and what it says when it may not get in.

    etcd_secure.py TUNGSTEN     TUNGSTEN: the built executable; etcd and openssl come from the system
"""

import base64
import contextlib
import http.client
import json
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile

import durability
import etcd

PASSWORD, WRONG = "correct:horse", "battery-staple"


def certificates(folder):
    """An authority, and a certificate of it for this host."""
    (folder / "own.ext").write_text("subjectAltName=IP:127.0.0.1\n")
    new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    for arguments in (
        f"req -x509 {new} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
        f"req {new} -keyout own.key -out own.csr -subj /",
        "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out own.pem -extfile own.ext",
    ):
        subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    for name, password in (("good", PASSWORD), ("bad", WRONG)):
        (folder / name).write_text(f"tungsten:{password}\n")
        (folder / name).chmod(0o600)


class Member(etcd.Member):
    """An etcd of one member that speaks TLS to its clients."""

    def __init__(self, folder, attempt):
        self.folder = folder
        port, peer_port = etcd.free_ports(2)
        peer = f"http://127.0.0.1:{peer_port}"
        super().__init__(folder, f"secure-{attempt}", port, peer_port, f"secure-{attempt}={peer}")

    def start(self):
        url = f"https://127.0.0.1:{self.port}"
        for name in ("--listen-client-urls", "--advertise-client-urls"):
            self.arguments[self.arguments.index(name) + 1] = url
        if "--cert-file" not in self.arguments:
            self.arguments += ["--cert-file", self.folder / "own.pem", "--key-file", self.folder / "own.key"]
        super().start()

    def ask(self, path, body=b"{}"):
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5, context=context)
        with contextlib.closing(connection):
            connection.request("POST", path, body)
            reply = connection.getresponse()
            text = reply.read()
            assert reply.status == 200, f"{path}: {text}"
            return json.loads(text)


def started(folder):
    for attempt in range(5):
        member = Member(folder, attempt)
        etcd.wait("etcd starts", lambda: member.process.poll() is not None or member.leads())
        if member.process.poll() is None:
            return member
    raise SystemExit("etcd does not start:\n" + member.log.read_text(errors="replace")[-2000:])


def add_users(member, prefix):
    code = lambda text: base64.b64encode(text.encode()).decode()
    keys = {"permType": "READWRITE", "key": code(prefix), "range_end": code(prefix[:-1] + chr(ord(prefix[-1]) + 1))}
    for path, body in (
        ("user/add", {"name": "root", "password": "root"}), ("user/grant", {"user": "root", "role": "root"}),
        ("role/add", {"name": "configuration"}), ("role/grant", {"name": "configuration", "perm": keys}),
        ("user/add", {"name": "tungsten", "password": PASSWORD}), ("user/grant", {"user": "tungsten", "role": "configuration"}),
        ("enable", {}),
    ):  # fmt: skip
        member.ask("/v3/auth/" + path, json.dumps(body))


class Server(etcd.Server):
    def __init__(self, arguments, log):
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
        etcd.wait("the server serves", lambda: self.process.poll() is not None or b"serves" in log.read_bytes(), 60)
        found = re.search(rb"serves http://127\.0\.0\.1:(\d+)", log.read_bytes())
        assert found, "the server does not start:\n" + log.read_text(errors="replace")[-2000:]
        self.port = int(found[1])


def main():
    tungsten = sys.argv[1]
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as running:
        folder = pathlib.Path(place)
        certificates(folder)
        member = started(folder)
        running.callback(member.kill)
        add_users(member, "/secure/")
        address = f"etcd:https://127.0.0.1:{member.port}"

        def options(credentials, prefix="/secure/"):
            named = ["--etcd-credentials", folder / credentials] if credentials else []
            return ["--store", address + prefix.rstrip("/"), "--etcd-ca", folder / "ca.pem", *named]

        # Who may not get in is told so at once, and nobody is told a password.
        for refused, words in (
            (options("bad"), "etcd does not let the user tungsten in"), (options(None), "--etcd-credentials"),
            (options("good", "/elsewhere/"), "permission denied"),
        ):  # fmt: skip
            ended = subprocess.run(
                [tungsten, "api", "--listen", "127.0.0.1:0", *refused], capture_output=True, text=True, timeout=60
            )
            told = ended.stdout + ended.stderr
            assert ended.returncode not in (0, -9) and words in ended.stderr, f"{ended.returncode}: {told}"
            assert PASSWORD not in told and WRONG not in told, told

        server = Server([tungsten, "api", "--listen", "127.0.0.1:0", *options("good")], folder / "server.log")
        running.callback(server.kill)
        create = lambda name: server.request(
            server.connect(), "POST", "/virtual-machines", {"virtual-machine": {"fq_name": [name]}}
        )[0]
        assert create("one") == 200
        # An etcd that is lost is waited for.
        member.kill()
        etcd.wait("the server says that it is not ready", lambda: not server.is_ready())
        assert create("two") == 503
        member.start()
        etcd.wait("the server is ready again", server.is_ready, 60)
        assert create("three") == 200
        found = subprocess.run([tungsten, "db", "export", *options("good")], capture_output=True, text=True, check=True)
        names = [line["fq_name"][0] for line in json.loads(found.stdout)["objects"] if line["type"] == "virtual-machine"]
        assert "one" in names and "three" in names, names
        durability.check_store(tungsten, *options("good"))
    print("etcd with TLS and users: the server gets in with the right credentials, and ends with a word about others")


main()
