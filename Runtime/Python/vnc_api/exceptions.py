"""What can go wrong between a script and the API server.

Every error is a :class:`VncError`. Errors that the server answered with have ``status_code`` and ``content``, its own words, and
``request_line``, the method and path that it answered to.
"""

from __future__ import annotations

import requests.exceptions

__all__ = [
    "AuthFailed",
    "BadRequest",
    "HttpError",
    "KeystoneUnreachableError",
    "NoIdError",
    "OverQuota",
    "PermissionDenied",
    "RefsExistError",
    "RequestSizeError",
    "ResourceTypeUnknownError",
    "ServerUnreachableError",
    "ServiceUnavailableError",
    "TimeOutError",
    "VncError",
    "WrongAnswerError",
    "error_for_status",
]


class VncError(Exception):
    """The base of all errors of this package."""

    status_code: int | None = None
    content: str = ""
    request_line: str = ""


class HttpError(VncError):
    """The server refused with a status that has no error of its own."""

    def __init__(self, status_code: int, content: str) -> None:
        super().__init__(status_code, content)
        self.status_code = status_code
        self.content = content

    def __str__(self) -> str:
        return f"HTTP Status: {self.status_code} Content: {self.content}"


class BadRequest(VncError):
    """400: the request is wrong; the text says which field and why."""

    def __init__(self, status_code: int, content: str) -> None:
        super().__init__(status_code, content)
        self.status_code = status_code
        self.content = content

    def __str__(self) -> str:
        return self.content


class AuthFailed(VncError, RuntimeError):
    """401: no identity, or one that the server or Keystone does not accept."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)


class PermissionDenied(VncError):
    """403: the caller's roles do not allow it."""


class NoIdError(VncError):
    """404: there is no such object."""

    def __init__(self, unknown_id: str) -> None:
        super().__init__(unknown_id)
        self.unknown_id = unknown_id

    def __str__(self) -> str:
        return f"Unknown id: {self.unknown_id}" + (f" ({self.request_line})" if self.request_line else "")


class RefsExistError(VncError):
    """409: the object exists already, or others still refer to it or live below it."""


class OverQuota(VncError):
    """412: the project may not have more of this type."""


class RequestSizeError(VncError):
    """413: the request is larger than the server accepts."""


class TimeOutError(VncError):
    """The answer did not come in time."""

    def __init__(self, code: object) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"Timed out due to: {self.code}"


class ServiceUnavailableError(VncError):
    """502 or 503, still after all retries: the server is starting, or something it needs is down."""

    def __init__(self, code: object) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"Service unavailable time out due to: {self.code}"


class ServerUnreachableError(VncError, requests.exceptions.ConnectionError):
    """No server could be reached, or the connection broke before the answer came."""


class KeystoneUnreachableError(AuthFailed, ServerUnreachableError):
    """No token, as Keystone is not there or cannot give any now: it may later."""


class WrongAnswerError(VncError):
    """An answer that no API server gives: something else listens there, or a proxy answers in its place."""


class ResourceTypeUnknownError(VncError):
    """There is no object type of this name."""

    def __init__(self, obj_type: str, hint: str = "") -> None:
        super().__init__(obj_type)
        self.obj_type = obj_type
        self.hint = hint

    def __str__(self) -> str:
        return f"Unknown object type: {self.obj_type}{self.hint}"


def error_for_status(status: int, content: str, request_line: str) -> VncError:
    """The error that stands for an HTTP status; ``request_line`` is the method and path, such as ``GET /virtual-networks``."""
    error: VncError
    if status == 400:
        error = BadRequest(status, content)
    elif status == 401:
        error = AuthFailed(status, content)
    elif status == 403:
        error = PermissionDenied(content)
    elif status == 404:
        error = NoIdError(content)
    elif status == 409:
        error = RefsExistError(content)
    elif status == 412:
        error = OverQuota(content)
    elif status == 413:
        error = RequestSizeError(content)
    elif status in (502, 503):
        error = ServiceUnavailableError(f"{status} {content}".rstrip())
    elif status == 504:
        error = TimeOutError(f"Gateway Timeout 504 {content}".rstrip())
    else:
        error = HttpError(status, content)
    error.status_code = status
    error.content = content
    error.request_line = request_line
    return error
