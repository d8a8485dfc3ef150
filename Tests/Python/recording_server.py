"""An HTTP server that notes what it is asked and answers what a test tells it to.

It stands where an API server or Keystone cannot: it breaks connections, answers 503 for a while, or refuses a token on purpose. What a
real server answers is tested against a real server (test_configuration_server.py). Needs nothing but the standard library, so that
the published package can be asked the same questions (requests_of_both.py).
"""

import http.server
import json
import re
import threading
import uuid

NEW_UUID = str(uuid.UUID(int=9))
NAMED_UUID = str(uuid.UUID(int=7))

ACTIONS = {
    "name-to-id": ("POST", "/fqname-to-id"),
    "id-to-name": ("POST", "/id-to-fqname"),
    "ref-update": ("POST", "/ref-update"),
    "ref-relax-for-delete": ("POST", "/ref-relax-for-delete"),
    "prop-collection-get": ("GET", "/prop-collection-get"),
    "prop-collection-update": ("POST", "/prop-collection-update"),
    "list-bulk-collection": ("POST", "/list-bulk-collection"),
    "useragent-keyvalue": ("POST", "/useragent-kv"),
    "obj-perms": ("GET", "/obj-perms"),
    "chown": ("POST", "/chown"),
    "chmod": ("POST", "/chmod"),
    "aaa-mode": ("PUT", "/aaa-mode"),
    "set-tag": ("POST", "/set-tag"),
    "virtual-network-ip-alloc": ("POST", "/virtual-network/%s/ip-alloc"),
    "virtual-network-ip-free": ("POST", "/virtual-network/%s/ip-free"),
    "virtual-network-subnet-ip-count": ("POST", "/virtual-network/%s/subnet-ip-count"),
    "execute-job": ("POST", "/execute-job"),
    "abort-job": ("POST", "/abort-job"),
    "amqp-publish": ("POST", "/amqp-publish"),
    "amqp-request": ("POST", "/amqp-request"),
    "security-policy-draft": ("POST", "/security-policy-draft"),
}


class Request:
    """What a client sent."""

    def __init__(self, method, path, body, headers):
        self.method = method
        self.path = path
        self.headers = headers
        self.text = body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text) if self.text else None

    @property
    def line(self):
        return f"{self.method} {self.path}"

    def __repr__(self):
        return f"{self.line} {self.text}"


class Hangup(Exception):
    """Raised by an answer to break the connection instead of answering."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: otherwise the client's delayed acknowledgement holds up the second.
    wbufsize = -1

    def log_message(self, *_):
        pass

    def _handle(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, body, dict(self.headers))
        self.server.requests.append(request)
        try:
            status, content, *headers = self.server.answer(request)
        except Hangup:
            self.close_connection = True
            self.connection.close()
            return
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers[0].items() if headers else ():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _handle


class RecordingServer(http.server.ThreadingHTTPServer):
    """Answers as an API server does; ``answers`` maps patterns of request lines to (status, body[, headers]) or a function that makes them."""

    daemon_threads = True

    def __init__(self, resource_types=(), prefix=""):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests = []
        self.answers = {}
        self.resource_types = list(resource_types)
        self.prefix = prefix
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def take(self):
        """The requests since the last call."""
        taken, self.requests = self.requests, []
        return taken

    def lines(self):
        """The methods and paths of the requests since the last call."""
        return [request.line for request in self.take()]

    def handle_error(self, request, client_address):
        pass  # A client that hung up is no news here.

    def answer(self, request):
        line = request.line.split("?")[0]
        for pattern, answer in self.answers.items():
            if re.fullmatch(pattern, line):
                return answer(request) if callable(answer) else answer
        path = line.split(" ")[1][len(self.prefix) :]
        if path in ("", "/"):
            return 200, self.home_page()
        if path == "/fqname-to-id":
            return 200, {"uuid": NAMED_UUID}
        if path in ("/ref-update", "/ref-relax-for-delete"):
            return 200, {"uuid": request.json["uuid"]}
        if path == "/list-bulk-collection":
            return 200, {request.json["type"] + "s": []}
        segments = path.strip("/").split("/")
        if request.method == "GET" and segments[0][:-1] in self.resource_types and len(segments) == 1:
            return 200, {segments[0]: []}
        if request.method == "POST" and segments[0][:-1] in self.resource_types and len(segments) == 1:
            kind = segments[0][:-1]
            sent = request.json[kind]
            return 200, {kind: {"uuid": sent.get("uuid") or NEW_UUID, "fq_name": sent["fq_name"], "name": sent["fq_name"][-1]}}
        if request.method == "PUT":
            return 200, {segments[0]: {"uuid": segments[-1], "href": self.url + path}}
        if request.method == "DELETE":
            return 200, b""
        return 200, {}

    def home_page(self):
        links = []
        base = self.url + self.prefix
        for kind in self.resource_types:
            links.append({"link": {"href": f"{base}/{kind}s", "name": kind, "rel": "collection", "method": None}})
            links.append({"link": {"href": f"{base}/{kind}", "name": kind, "rel": "resource-base", "method": None}})
        for name, (method, path) in ACTIONS.items():
            links.append({"link": {"href": base + path, "name": name, "rel": "action", "method": method}})
        return {"href": base, "links": links}
