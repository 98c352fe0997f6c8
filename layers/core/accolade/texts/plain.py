"""Names that strangers typed into a CRM, made fit to stand in a message: one line, no tricks, no links, bounded."""

import re
import unicodedata

ELLIPSIS = "..."

_LINK_DOT = re.compile(r"[.\u3002\uff0e\uff61](?=[^\W_])")
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.\-]{1,15}:/*(?=\S)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def plain(text: str, *, limit: int = 120) -> str:
    """The text in one line of at most `limit` characters, as a reader sees it.

    Control, formatting (bidirectional overrides, zero width) and private characters go; what a phone or a mail client
    would turn into a link is broken up with spaces: `evil.example/x` reads `evil. example/x`.
    """
    kept = (" " if sign.isspace() else sign for sign in text[: 4 * limit] if sign.isspace() or _is_readable(sign))
    line = unicodedata.normalize("NFC", "".join(kept))
    line = _SCHEME.sub(lambda found: found[0].rstrip(":/") + " ", line)
    line = _LINK_DOT.sub(_broken, line)
    return shortened(_SPACES.sub(" ", line).strip(), limit)


def readable(text: str, *, limit: int) -> str:
    """The text as its author wrote it, its lines kept, for our own pages: at most `limit` characters, nothing that cannot be
    seen (control, formatting and private characters)."""
    lines = ("".join(filter(_is_readable, line)).rstrip() for line in text[: 4 * limit].splitlines())
    return shortened(unicodedata.normalize("NFC", "\n".join(lines)).strip(), limit)


def one_line(text: str, *, limit: int) -> str:
    """The same in one line: a title of the company's own."""
    return _SPACES.sub(" ", readable(text, limit=limit))


def shortened(text: str, limit: int) -> str:
    """The text itself if it has at most `limit` characters, else its beginning and three dots, `limit` together."""
    if len(text) <= limit:
        return text
    return text[: max(limit - len(ELLIPSIS), 0)].rstrip(" .,-") + ELLIPSIS


def _is_readable(sign: str) -> bool:
    return unicodedata.category(sign)[0] != "C"


def _broken(dot: re.Match[str]) -> str:
    """A dot before a letter ends a word from here on; one inside a number (2.5, v1.2) is no link's."""
    text, at = dot.string, dot.start()
    digits = at > 0 and text[at - 1].isdigit() and text[at + 1].isdigit()
    return dot[0] if digits and not _is_address(text, at) else ". "


def _is_address(text: str, at: int) -> bool:
    """Whether the dot is one of an IPv4 address."""
    return any(found.start() <= at < found.end() for found in re.finditer(r"\d{1,3}(\.\d{1,3}){3}", text))
