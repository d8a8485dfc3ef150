"""Tokens from Keystone: version 3 of its API, or version 2.0 where it has no other.

Relies on requests. Nothing that is logged or raised here contains a password or a token.
"""

from __future__ import annotations

import logging
from typing import Any

import requests

from .exceptions import AuthFailed, KeystoneUnreachableError
from .settings import KeystoneSettings
from .spelling import plain

log = logging.getLogger("vnc_api")

_V3 = "/v3/auth/tokens"
_V2 = "/v2.0/tokens"


def fetch_token(settings: KeystoneSettings, session: requests.Session, timeout: tuple[float, float]) -> str:
    """A token for the user and project of the settings."""
    if not settings.username:
        raise AuthFailed(
            "the server wants to know who calls: give username=, password=, tenant_name= and auth_host=, or auth_token="
        )
    refusals = []
    for url in _urls(settings):
        body = _version_2(settings) if "/v2.0/" in url else _version_3(settings)
        try:
            response = session.post(
                url, json=body, timeout=timeout, cert=settings.tls.presented, verify=settings.tls.trusted, allow_redirects=False
            )
        except requests.exceptions.RequestException as error:
            raise KeystoneUnreachableError(
                f"the server wants to know who calls, and Keystone at {url} cannot be reached ({plain(error)}); "
                "see auth_host=, auth_port= and auth_protocol="
            ) from None
        if response.status_code >= 500:
            raise KeystoneUnreachableError(f"Keystone at {url} gives no token now: {response.status_code} {_reason(response)}".rstrip())
        token = _token(response)
        if token is not None:
            log.debug("got a token for user %s from %s", settings.username, url)
            return token
        refusals.append(f"{url}: {response.status_code} {_reason(response)}".rstrip())
        if response.status_code == 401:
            break  # It knows this version, and does not like the user.
    raise AuthFailed(
        f"Keystone gives user {settings.username!r} no token for project {_project(settings)!r}: {'; '.join(refusals)}"
    )


def _urls(settings: KeystoneSettings) -> list[str]:
    if settings.token_url:
        return [settings.token_url]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"{settings.protocol}://{host}:{settings.port}"
    return (
        [base + (settings.path if settings.path.startswith("/") else "/" + settings.path)]
        if settings.path
        else [base + _V3, base + _V2]
    )


def _project(settings: KeystoneSettings) -> str:
    return settings.tenant_name or "default-tenant"


def _version_3(settings: KeystoneSettings) -> dict[str, Any]:
    domain = {"name": settings.domain_name}
    user = {"name": settings.username, "domain": domain, "password": settings.password}
    return {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": _project(settings), "domain": domain}},
        }
    }


def _version_2(settings: KeystoneSettings) -> dict[str, Any]:
    credentials = {"username": settings.username, "password": settings.password}
    return {"auth": {"passwordCredentials": credentials, "tenantName": _project(settings)}}


def _token(response: requests.Response) -> str | None:
    if response.status_code not in (200, 201):
        return None
    if "X-Subject-Token" in response.headers:
        return response.headers["X-Subject-Token"]
    try:
        return str(response.json()["access"]["token"]["id"])
    except (ValueError, KeyError, TypeError):
        return None


def _reason(response: requests.Response) -> str:
    """Keystone's own words, if it has any."""
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.reason or ""
