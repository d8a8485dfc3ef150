"""Requests to the API servers: which server, how often, with which identity, and what the answer means.

Servers take turns. One that cannot be reached is left out for a while and the next is asked, unless the request may have arrived and
asking again could do something twice. A server that answers 502 or 503 is starting or waits for something: it is asked again. On 401 the
connection fetches a token, once for all threads that wait for one, and asks again.

Relies on requests. Log lines (logger ``vnc_api``, level DEBUG) say method, URL, status and time: no header and no body, since those
carry tokens and passwords.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import re
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from .exceptions import AuthFailed, ServerUnreachableError, TimeOutError, WrongAnswerError, error_for_status
from .keystone import fetch_token
from .settings import KeystoneSettings, Settings
from .spelling import plain

log = logging.getLogger("vnc_api")

# Asking again cannot do anything twice.
_REPEATABLE = frozenset({"GET", "PUT"})


class Connection:
    """A connection to one or several API servers that serve the same configuration. Threads may share it."""

    retries = 30
    retry_interval = 1.0
    # How long a server that could not be reached is left out.
    pause_after_failure = 10.0

    def __init__(self, settings: Settings, token: str | None = None) -> None:
        self.settings = settings
        self._http = requests.Session()
        adapter = HTTPAdapter(pool_connections=settings.pools, pool_maxsize=settings.connections_per_pool)
        self._http.mount(f"{settings.scheme}://", adapter)
        self._http.headers.update(
            {
                "Content-type": 'application/json; charset="UTF-8"',
                "X-Contrail-Useragent": f"{platform.node()}:{sys.argv[0] if sys.argv else ''}",
            }
        )
        if settings.keystone.tenant_name:
            self.set_header("X-Tenant-Name", settings.keystone.tenant_name)
        self._keystone_http = requests.Session()
        self._authentication = threading.Lock()
        self._token: str | None = None
        self.set_token(token)
        self._turn = 0
        self._paused_until: dict[str, float] = {}
        if settings.request_log:
            _log_requests_to(settings.request_log)

    def __str__(self) -> str:
        return ", ".join(map(self._origin, self.settings.hosts))

    def close(self) -> None:
        """Closes all sockets."""
        self._http.close()
        self._keystone_http.close()

    # Identity

    @property
    def token(self) -> str | None:
        return self._token

    def set_token(self, token: str | None) -> None:
        self._token = token
        self.set_header("X-AUTH-TOKEN", token)

    def set_header(self, name: str, value: str | None) -> None:
        """Sets a header of all later requests, or removes it."""
        if value is None:
            self._http.headers.pop(name, None)
        else:
            self._http.headers[name] = value

    def authenticate(self, refused: str | None = None, keystone: KeystoneSettings | None = None) -> str:
        """Fetches a token, unless another thread has replaced the ``refused`` one already."""
        with self._authentication:
            if self._token is None or self._token == refused:
                if refused and not self.settings.keystone.username:
                    raise AuthFailed(
                        "the server does not take the token that it was sent (any more): give another with auth_token= or "
                        "set_auth_token(), or username=, password=, tenant_name= and auth_host="
                    )
                timeout = (self.settings.connection_timeout, self.settings.timeout)
                self.set_token(fetch_token(keystone or self.settings.keystone, self._keystone_http, timeout))
            assert self._token is not None
            return self._token

    # Requests

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        wait: bool = False,
    ) -> Any:
        """Sends a request and returns the decoded answer, None when it is empty.

        ``repeatable`` says that sending it twice does no harm, which holds for GET and PUT anyway; ``wait`` that a server which is not
        there is to be waited for.
        """
        data = None if body is None else json.dumps(body)
        repeatable = repeatable or method in _REPEATABLE
        unreachable: dict[str, str] = {}
        retries = 0
        has_authenticated = False
        while True:
            host = self._next_host(avoiding=unreachable)
            token = self._token
            try:
                response = self._send(method, host, path, data, query, headers)
            except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
                self._paused_until[host] = time.monotonic() + self.pause_after_failure
                unreachable[host] = plain(error)
                if not (repeatable or _never_arrived(error)):
                    raise ServerUnreachableError(
                        f"{method} {path}: the connection to {host} broke before the answer came ({plain(error)}); "
                        "whether the request was carried out is not known"
                    ) from error
                if len(unreachable) < len(self.settings.hosts):
                    continue
                if not wait:
                    raise ServerUnreachableError(self._unreachable_text(unreachable)) from error
                log.info("%s; waiting", self._unreachable_text(unreachable))
                unreachable.clear()
                time.sleep(self.retry_interval)
                continue
            except requests.exceptions.Timeout as error:
                raise TimeOutError(
                    f"{method} {path}: {host} did not answer within {self.settings.timeout:g} s; see timeout="
                ) from error
            status = response.status_code
            if status in (502, 503) and (wait or retries < self.retries):
                retries += 1
                time.sleep(self.retry_interval)
                continue
            if status == 401 and not has_authenticated and self._may_authenticate(headers):
                has_authenticated = True
                self.authenticate(token, self._keystone_of(host, response))
                continue
            return _answer(response, f"{method} {path}")

    def stream(self, path: str, query: Mapping[str, Any], silence: float) -> requests.Response:
        """Begins a reply that has no end; ``silence`` says how long, in seconds, the server may say nothing. It is asked once, and once more
        when it wants a token: whoever watches tries again anyway."""
        for attempt in (1, 2):
            host, token = self._next_host(avoiding={}), self._token
            try:
                response = self._send("GET", host, path, None, query, None, silence)
            except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
                self._paused_until[host] = time.monotonic() + self.pause_after_failure
                raise ServerUnreachableError(self._unreachable_text({host: plain(error)})) from error
            if response.status_code == 401 and attempt == 1 and self._may_authenticate(None):
                response.close()
                self.authenticate(token, self._keystone_of(host, response))
                continue
            break
        if response.status_code != 200:
            with response:
                _answer(response, f"GET {path}")
        return response

    def probe_hosts(self) -> None:
        """Leaves out, for a while, the servers that cannot be reached now."""
        for host in self.settings.hosts:
            try:
                self._send("GET", host, "/", None, None, None)
            except requests.exceptions.RequestException as error:
                log.warning("API server %s is left out: %s", host, plain(error))
                self._paused_until[host] = time.monotonic() + self.pause_after_failure

    def _send(
        self,
        method: str,
        host: str,
        path: str,
        data: str | None,
        query: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        silence: float | None = None,
    ) -> requests.Response:
        settings = self.settings
        url = f"{self._origin(host)}{settings.base_path.rstrip('/')}{path}"
        started = time.monotonic()
        status: object = "failed"
        try:
            response = self._http.request(
                method,
                url,
                params=query,
                data=data,
                headers=headers,
                timeout=(settings.connection_timeout, silence or settings.timeout),
                stream=silence is not None,
                cert=settings.tls.presented,
                verify=settings.tls.trusted,
            )
            status = response.status_code
            return response
        finally:
            log.debug("%s %s %s %.0f ms", method, url, status, (time.monotonic() - started) * 1000)

    def _origin(self, host: str) -> str:
        return f"{self.settings.scheme}://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    def _keystone_of(self, host: str, refusal: requests.Response) -> KeystoneSettings:
        """Where a token is to be had. A server with users of its own says that it is Keystone itself, and is believed where nobody said
        where Keystone is; nobody else's word sends a password anywhere."""
        keystone = self.settings.keystone
        named = re.search(r'Keystone uri="([^"]+)"', refusal.headers.get("WWW-Authenticate", ""))
        if keystone.is_told or named is None or not named[1].startswith(self._origin(host) + "/"):
            return keystone
        return replace(keystone, token_url=f"{named[1]}/auth/tokens", tls=self.settings.tls)

    def _next_host(self, avoiding: Mapping[str, str]) -> str:
        hosts = self.settings.hosts
        now = time.monotonic()
        candidates = [host for host in hosts if host not in avoiding] or hosts
        awake = [host for host in candidates if self._paused_until.get(host, 0.0) <= now] or candidates
        self._turn += 1
        return awake[self._turn % len(awake)]

    def _may_authenticate(self, headers: Mapping[str, str] | None) -> bool:
        # A caller that sends a token of its own wants to know what the server says to that one.
        return self.settings.uses_keystone and not (headers and "X-AUTH-TOKEN" in headers)

    def _unreachable_text(self, reasons: Mapping[str, str]) -> str:
        settings = self.settings
        listed = "; ".join(f"{host}:{settings.port}: {reason}" for host, reason in reasons.items())
        return f"cannot reach an API server over {settings.scheme} ({listed}); see api_server_host=, api_server_port=, api_server_use_ssl="


def _answer(response: requests.Response, request: str) -> Any:
    """The decoded body of a success; an error otherwise. Success is 200, or 202 where changes are kept for review."""
    if response.status_code not in (200, 202):
        error = error_for_status(response.status_code, response.text, request)
        if isinstance(error, AuthFailed):
            error.args = (401, response.text or f"{request} needs an identity; give username=, password=, tenant_name=, auth_host=")
        raise error
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return response.text


def _never_arrived(error: requests.exceptions.RequestException) -> bool:
    """Did the request fail before anything of it was sent?"""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError")


def _log_requests_to(path: str) -> None:
    """Appends a line for each request to a file."""
    path = os.path.abspath(path)
    if not any(isinstance(handler, logging.FileHandler) and handler.baseFilename == path for handler in log.handlers):
        handler = logging.FileHandler(path)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)
