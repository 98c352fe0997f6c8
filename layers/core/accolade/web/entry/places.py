"""Where somebody wanted to go: a path of ours, relative to the root, and never anything else."""

import re

from accolade.web.asking import Ask

COMPANY = re.compile(r"[a-z0-9-]{1,64}")
"""The id of a company, as an address may name it."""

_PATH = re.compile(r"(?:me|team|admin|board)(?:/[A-Za-z0-9._~@:+-]{1,120}){1,10}")


def wanted(ask: Ask, *, otherwise: str) -> str:
    """The `next` of the query or the form if it is a path of ours (no host, no scheme, no way up), else `otherwise`."""
    given = ask.value("next", limit=2_000) or ask.field("next", limit=2_000)
    return safe(given) or otherwise


def safe(path: str) -> str:
    """The path itself if it is one of ours, else empty text."""
    ours = _PATH.fullmatch(path) is not None and ".." not in path.split("/") and "." not in path.split("/")
    return path if ours else ""
