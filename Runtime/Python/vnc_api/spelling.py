"""Words for the moment when a name does not exist: which one was meant, and which there are."""

from __future__ import annotations

from collections.abc import Iterable


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """``did you mean 'x'?``, or nothing when no candidate is close to ``name``."""
    import difflib  # Only wanted when something has gone wrong already.

    close = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.75)
    return f"did you mean {close[0]!r}?" if close else ""


def choice(name: str, candidates: Iterable[str]) -> str:
    """A suggestion and the whole choice, as the end of an error's text."""
    names = list(candidates)
    listed = f"there are: {', '.join(names)}" if names else "there are none"
    near = suggestion(name, names)
    return f"{near} {listed}" if near else listed
