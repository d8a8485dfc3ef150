"""A real Keystone on SQLite, from the system's packages, in a folder of its own. Forgotten with the folder."""

import base64
import json
import os
import secrets
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request


class Keystone:
    """Projects, users and roles, as an operator of a cloud makes them."""

    def __init__(self, folder):
        self.folder = folder
        self.password = secrets.token_hex(8)
        self.process = None
        self.token = None
        self.configuration = folder / "keystone.conf"
        self.configuration.write_text(
            f"[database]\nconnection = sqlite:////{folder}/keystone.db\n[token]\nprovider = fernet\n"
            f"[fernet_tokens]\nkey_repository = {folder}/fernet\n[credential]\nkey_repository = {folder}/credential\n"
            "[cache]\nenabled = false\n"
        )
        self._manage("db_sync")
        # Without a write-ahead log every write waits for the readers in vain.
        sqlite3.connect(folder / "keystone.db").execute("PRAGMA journal_mode=WAL")
        for name in ("fernet", "credential"):
            # What `keystone-manage fernet_setup` makes, without waiting for it to start: the key in use, and the next one.
            (folder / name).mkdir(mode=0o700)
            for index in ("0", "1"):
                (folder / name / index).write_bytes(base64.urlsafe_b64encode(secrets.token_bytes(32)))
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}/v3"
        self._manage("bootstrap", "--bootstrap-password", self.password, "--bootstrap-region-id", "RegionOne",
                     *(f"--bootstrap-{kind}-url={self.url}" for kind in ("admin", "public", "internal")))
        self.start()

    def _manage(self, *arguments):
        done = subprocess.run(
            ["keystone-manage", "--config-file", self.configuration, *arguments], capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise SystemExit(f"keystone-manage {arguments[0]} fails:\n{done.stdout}{done.stderr}")

    def start(self):
        log = open(self.folder / "uwsgi.log", "ab")
        self.process = subprocess.Popen(
            ["uwsgi-core", "--plugins", "python3", "--http-socket", f"127.0.0.1:{self.port}", "--wsgi-file",
             "/usr/bin/keystone-wsgi-public", "--master", "--processes", "1", "--enable-threads", "--lazy-apps", "--die-on-term",
             "--buffer-size", "65535", "--post-buffering", "65535", "--add-header", "Connection: close"],
            env={**os.environ, "OS_KEYSTONE_CONFIG_FILES": str(self.configuration)}, stdout=log, stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=5).read()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("Keystone does not start:\n" + (self.folder / "uwsgi.log").read_text()[-3000:])
                time.sleep(0.1)
        self.token = self.log_in("admin", self.password, "admin")

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def log_in(self, user, password, project):
        domain = {"id": "default"}
        body = {"auth": {"identity": {"methods": ["password"],
                                      "password": {"user": {"name": user, "domain": domain, "password": password}}},
                         "scope": {"project": {"name": project, "domain": domain}}}}
        request = urllib.request.Request(
            self.url + "/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.headers["X-Subject-Token"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-Auth-Token": self.token}, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            content = reply.read()
        return json.loads(content) if content else None

    def add(self, project, user, password, role):
        """A user with a role in a project of their own. Returns the project's identifier."""
        project_id = self.call("POST", "/projects", {"project": {"name": project, "domain_id": "default"}})["project"]["id"]
        user_id = self.call(
            "POST", "/users", {"user": {"name": user, "password": password, "domain_id": "default"}})["user"]["id"]
        roles = self.call("GET", f"/roles?name={role}")["roles"]
        role_id = roles[0]["id"] if roles else self.call("POST", "/roles", {"role": {"name": role}})["role"]["id"]
        self.call("PUT", f"/projects/{project_id}/users/{user_id}/roles/{role_id}")
        return project_id


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
