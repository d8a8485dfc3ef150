"""A BGP speaker of a few lines: opens a session, sends bytes that it is given, keeps what it receives. It says what a test tells it to, also
what no speaker should say; it is no model of one."""

import socket
import struct
import time

MARKER = b"\xff" * 16
OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4
VPNV4 = (1, 128)


def frame(kind, body=b""):
    return MARKER + struct.pack("!HB", 19 + len(body), kind) + body


def open_message(system, identifier, families, hold=180):
    capabilities = b"".join(b"\x02\x06\x01\x04" + struct.pack("!HBB", afi, 0, safi) for afi, safi in families)
    capabilities += b"\x02\x06\x41\x04" + struct.pack("!I", system)
    short = system if system < 65536 else 23456
    return frame(OPEN, struct.pack("!BHH4sB", 4, short, hold, socket.inet_aton(identifier), len(capabilities)) + capabilities)


def attribute(flags, kind, value):
    if len(value) > 255:
        return struct.pack("!BBH", flags | 0x10, kind, len(value)) + value
    return struct.pack("!BBB", flags, kind, len(value)) + value


def update(attributes, routes=b""):
    return frame(UPDATE, struct.pack("!HH", 0, len(attributes)) + attributes + routes)


def vpn_prefix(prefix, length, label, distinguisher):
    width = (length + 7) // 8
    return struct.pack("!B", 88 + length) + (label << 4 | 1).to_bytes(3, "big") + distinguisher + socket.inet_aton(prefix)[:width]


def reachable(next_hop, routes):
    return attribute(0x80, 14, struct.pack("!HBB8s4sB", 1, 128, 12, b"", socket.inet_aton(next_hop), 0) + routes)


def common(systems, targets=(), local_preference=None):
    path = struct.pack("!BB", 2, len(systems)) + b"".join(struct.pack("!I", system) for system in systems) if systems else b""
    attributes = attribute(0x40, 1, b"\0") + attribute(0x40, 2, path)
    if local_preference is not None:
        attributes += attribute(0x40, 5, struct.pack("!I", local_preference))
    if targets:
        attributes += attribute(0xC0, 16, b"".join(struct.pack("!HHI", 2, system, number) for system, number in targets))
    return attributes


class Speaker:
    """A session that this side opens. Everything that waits has a deadline."""

    def __init__(self, local, remote, system, families=(VPNV4,), port=179, deadline=20.0):
        until = time.monotonic() + deadline
        while True:
            self.socket = socket.socket()
            self.socket.settimeout(deadline)
            self.socket.bind((local, 0))
            try:
                self.socket.connect((remote, port))
                self.buffer = b""
                self.socket.sendall(open_message(system, local, families))
                kind, body = self.receive(deadline)
                if kind == OPEN:
                    break
                raise AssertionError(f"type {kind} instead of OPEN: {body.hex()}")
            except (OSError, AssertionError, EOFError):
                self.socket.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        self.socket.sendall(frame(KEEPALIVE))
        while self.receive(deadline)[0] != KEEPALIVE:
            pass

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, deadline=10.0):
        """The next message, as type and body."""
        self.socket.settimeout(deadline)
        while True:
            if len(self.buffer) >= 19:
                length = struct.unpack_from("!H", self.buffer, 16)[0]
                if len(self.buffer) >= length:
                    kind, body = self.buffer[18], self.buffer[19:length]
                    self.buffer = self.buffer[length:]
                    return kind, body
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("the session was closed")
            self.buffer += data

    def close(self):
        self.socket.close()
