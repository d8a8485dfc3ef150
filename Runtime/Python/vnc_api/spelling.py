"""Words for the moment when something is wrong: which name was meant, which there are, why a connection failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable


def near(name: str, candidates: Iterable[str], count: int = 1, cutoff: float = 0.75) -> list[str]:
    """The candidates that look most like a name, the closest first."""
    import difflib  # Only wanted when something has gone wrong already.

    return difflib.get_close_matches(name, list(candidates), n=count, cutoff=cutoff)


def suggestion(name: str, candidates: Iterable[str], count: int = 1) -> str:
    """``did you mean 'x'?``, or nothing when no candidate is close to ``name``."""
    close = near(name, candidates, count)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else ""


def choice(name: str, candidates: Iterable[str]) -> str:
    """A suggestion and the whole choice, as the end of an error's text."""
    names = list(candidates)
    listed = f"there are: {', '.join(names)}" if names else "there are none"
    meant = suggestion(name, names)
    return f"{meant} {listed}" if meant else listed


class NoSuchAttribute(AttributeError):
    """An attribute that does not exist. The text is made when it is read: programs ask with ``hasattr`` all the time."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text

    def __str__(self) -> str:
        return self._text()

    def __reduce__(self) -> tuple[type[AttributeError], tuple[str]]:
        # Between processes only the text travels.
        return AttributeError, (str(self),)


def shown(value: object) -> str:
    """A value as the text of an error shows it: not all of a long one."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def plain(error: Exception) -> str:
    """The cause of a failed request in few words; the errors around it repeat the URL and print the pool."""
    cause: object = error.args[0] if error.args else error
    cause = getattr(cause, "reason", cause)
    while isinstance(cause, Exception) and cause.args:
        if type(cause).__name__ == "BadStatusLine":
            return f"the answer is not HTTP: {shown(cause.args[0])}"
        cause = cause.args[-1]
    text = re.sub(r"^.*?HTTPS?Connection.*?: ", "", str(cause))
    return text.replace("Failed to establish a new connection: ", "").strip()
