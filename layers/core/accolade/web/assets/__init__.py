"""Assets of the pages: style, scripts and the companies' colours, named by what they hold, so that browsers may keep them."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from accolade.model.errors import Missing
from accolade.texts.colours import accents
from accolade.web.answers import PageAnswer

_FOLDER = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_YEAR = 31_536_000


@cache
def _files() -> Mapping[str, tuple[str, str]]:
    """Name in an address -> (content type, text): `app-1a2b3c4d.css` for `app.css`."""
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            text = path.read_text()
            found[f"{path.stem}-{sha256(text.encode()).hexdigest()[:8]}{path.suffix}"] = (_TYPES[path.suffix], text)
    return found


@cache
def asset_name(name: str) -> str:
    """The name under which an asset (`app.css`, `vendor/...`) is served; it changes with what it holds."""
    path = _FOLDER / name
    return f"{path.stem}-{sha256(path.read_bytes()).hexdigest()[:8]}{path.suffix}"


def accent_name(accent: str) -> str:
    """The style sheet of a company's colour."""
    return f"accent-{accents(accent)['light'][1:]}-{accents(accent)['dark'][1:]}.css"


def asset(name: str) -> PageAnswer:
    """The asset of that name, to be kept for a year; Missing if there is none."""
    if name.startswith("accent-"):
        return _served("text/css; charset=utf-8", _accent(name))
    if name not in _files():
        raise Missing("there is no such asset")
    return _served(*_files()[name])


def _accent(name: str) -> str:
    light, _, dark = name.removeprefix("accent-").removesuffix(".css").partition("-")
    if not all(len(it) == 6 and set(it) <= set("0123456789abcdef") for it in (light, dark)):
        raise Missing("there is no such asset")
    on = accents(f"#{light}")["on_light"], accents(f"#{dark}")["on_dark"]
    return f":root{{--accent:#{light};--on:{on[0]}}}@media (prefers-color-scheme:dark){{:root{{--accent:#{dark};--on:{on[1]}}}}}"


def _served(content_type: str, text: str) -> PageAnswer:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": f"public, max-age={_YEAR}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": f"max-age={_YEAR}",
    }
    return PageAnswer(200, text, headers)
