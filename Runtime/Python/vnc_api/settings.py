"""Where the API server and Keystone are, and who calls: arguments of the client, then the ini file, then defaults.

The ini file is ``/etc/contrail/vnc_api_lib.ini`` unless ``conf_file`` names another. It has the sections ``[global]`` (the API server)
and ``[auth]`` (Keystone); the options are listed in ``_OPTIONS``.
"""

from __future__ import annotations

import configparser
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

log = logging.getLogger("vnc_api")

DEFAULT_CONF_FILE = "/etc/contrail/vnc_api_lib.ini"


@dataclass
class TLSFiles:
    """What a TLS connection presents and trusts."""

    certfile: str | None = None
    keyfile: str | None = None
    cafile: str | None = None
    insecure: bool = False

    @property
    def presented(self) -> None | str | tuple[str, str]:
        """The client's own certificate, as requests takes it."""
        return (self.certfile, self.keyfile) if self.certfile and self.keyfile else self.certfile

    @property
    def trusted(self) -> bool | str:
        """What the server's certificate is checked against: a file, the system's authorities (True), or nothing (False)."""
        return False if self.insecure else self.cafile or True


@dataclass
class KeystoneSettings:
    """How to get a token. The password never shows in ``repr``."""

    username: str = ""
    password: str = field(default="", repr=False)
    tenant_name: str | None = None
    domain_name: str = "default"
    protocol: str = "http"
    host: str = "127.0.0.1"
    port: int = 35357
    # The path of the tokens, when it is known: `/v3/auth/tokens`.
    path: str | None = None
    # A whole URL, used instead of protocol, host, port and path.
    token_url: str | None = None
    tls: TLSFiles = field(default_factory=TLSFiles)
    # Was it said where Keystone is? Otherwise a server that has users of its own may say that it is Keystone.
    is_told: bool = False


@dataclass
class Settings:
    """Everything that a connection needs to know."""

    hosts: list[str] = field(default_factory=lambda: ["127.0.0.1"])
    port: int = 8082
    use_ssl: bool = False
    base_path: str = "/"
    tls: TLSFiles = field(default_factory=TLSFiles)
    pools: int = 100
    connections_per_pool: int = 100
    timeout: float = 120.0
    connection_timeout: float = 5.0
    request_log: str | None = None
    uses_keystone: bool = True
    keystone: KeystoneSettings = field(default_factory=KeystoneSettings)

    @property
    def scheme(self) -> str:
        return "https" if self.use_ssl else "http"


def _texts(value: Any) -> list[str]:
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    return [str(item).strip() for item in items]


def _hosts(value: Any) -> list[str]:
    hosts = _texts(value)
    for host in hosts:
        if "/" in host or host.count(":") == 1:
            raise ValueError(
                f"{host!r} is not the name or address of a host: its port goes into api_server_port= or WEB_PORT, a whole URL into "
                "api_server_url= or BASE_URL"
            )
    return hosts


def _port(value: Any) -> int:
    if not str(value).strip().isdecimal() or not 0 < int(value) < 65536:
        raise ValueError(f"{value!r} is not the number of a port, 1 to 65535")
    return int(value)


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in ("1", "yes", "true", "on")


def _keystone(value: Any) -> bool:
    kind = str(value).strip().lower()
    if kind not in ("keystone", "noauth"):
        raise ValueError(f"auth_type is {value!r}; there are: keystone, noauth")
    return kind == "keystone"


def _log_file(value: Any) -> str | None:
    return None if str(value).strip().lower() in ("", "false", "no", "0") else str(value)


# Argument of VncApi, section and option of the ini file, place in Settings, conversion.
_OPTIONS: Sequence[tuple[str, str, str, str, Any]] = (
    ("api_server_host", "global", "WEB_SERVER", "hosts", _hosts),
    ("api_server_port", "global", "WEB_PORT", "port", _port),
    ("api_server_url", "global", "BASE_URL", "base_path", str),
    ("api_server_use_ssl", "global", "use_ssl", "use_ssl", _boolean),
    ("apiinsecure", "global", "insecure", "tls.insecure", _boolean),
    ("apicertfile", "global", "certfile", "tls.certfile", str),
    ("apikeyfile", "global", "keyfile", "tls.keyfile", str),
    ("apicafile", "global", "cafile", "tls.cafile", str),
    ("", "global", "MAX_POOLS", "pools", int),
    ("", "global", "MAX_CONNS_PER_POOL", "connections_per_pool", int),
    ("timeout", "global", "TIMEOUT", "timeout", float),
    ("connection_timeout", "global", "CONNECTION_TIMEOUT", "connection_timeout", float),
    ("", "global", "curl_log", "request_log", _log_file),
    ("auth_type", "auth", "AUTHN_TYPE", "uses_keystone", _keystone),
    ("auth_protocol", "auth", "AUTHN_PROTOCOL", "keystone.protocol", str),
    ("auth_host", "auth", "AUTHN_SERVER", "keystone.host", str),
    ("auth_port", "auth", "AUTHN_PORT", "keystone.port", _port),
    ("auth_url", "auth", "AUTHN_URL", "keystone.path", str),
    ("auth_token_url", "auth", "AUTHN_TOKEN_URL", "keystone.token_url", str),
    ("username", "auth", "AUTHN_USER", "keystone.username", str),
    ("password", "auth", "AUTHN_PASSWORD", "keystone.password", str),
    ("tenant_name", "auth", "AUTHN_TENANT", "keystone.tenant_name", str),
    ("domain_name", "auth", "AUTHN_DOMAIN", "keystone.domain_name", str),
    ("ksinsecure", "auth", "insecure", "keystone.tls.insecure", _boolean),
    ("kscertfile", "auth", "certfile", "keystone.tls.certfile", str),
    ("kskeyfile", "auth", "keyfile", "keystone.tls.keyfile", str),
    ("kscafile", "auth", "cafile", "keystone.tls.cafile", str),
)

_PLACE_OF_KEYSTONE = ("keystone.protocol", "keystone.host", "keystone.port", "keystone.path", "keystone.token_url")


def load(arguments: Mapping[str, Any], conf_file: None | str | Sequence[str] = None) -> Settings:
    """Settings from the arguments of the client, those that are None left to the ini file and the defaults."""
    # Without interpolation: a password may contain a percent sign.
    ini = configparser.ConfigParser(interpolation=None)
    names = [DEFAULT_CONF_FILE] if conf_file is None else [conf_file] if isinstance(conf_file, str) else list(conf_file)
    found = ini.read(names)
    if conf_file and not found:
        log.warning("none of the configuration files exists: %s", ", ".join(map(str, names)))
    settings = Settings()
    for argument, section, option, place, convert in _OPTIONS:
        value = arguments.get(argument) if argument else None
        origin = f"{argument}="
        if value is None:
            value = ini.get(section, option, fallback=None)
            origin = f"{option} in [{section}] of {os.fspath(found[-1]) if found else ''}"
            if value is None or value == "":
                continue
        try:
            _put(settings, place, convert(value))
        except ValueError as error:
            # A value may be a secret, so it is not repeated unless the conversion did.
            raise ValueError(f"{origin}: {error}") from None
        settings.keystone.is_told |= place in _PLACE_OF_KEYSTONE
    if not settings.hosts:
        raise ValueError("no API server is named: give api_server_host=, or WEB_SERVER in the section [global] of the ini file")
    _take_url(settings)
    return settings


def _put(target: Any, place: str, value: Any) -> None:
    *path, last = place.split(".")
    for step in path:
        target = getattr(target, step)
    assert last in {each.name for each in fields(target)}, place
    setattr(target, last, value)


def _take_url(settings: Settings) -> None:
    """``api_server_url`` may be a whole URL; then it says the scheme, host and port as well."""
    url = urlsplit(settings.base_path)
    if url.scheme in ("http", "https") and url.hostname:
        settings.use_ssl = url.scheme == "https"
        settings.hosts = [url.hostname]
        settings.port = url.port or (443 if settings.use_ssl else 80)
        settings.base_path = url.path
    settings.base_path = "/" + settings.base_path.strip("/")
