"""Logos: an SVG picture as a data address, which stands in every page, runs nothing and loads nothing."""

import re
from base64 import b64encode

MAX_LOGO = 8_000
"""Characters of a logo: it stands in every page."""

_SVG = re.compile(r"\s*(<\?xml[^>]*\?>)?\s*<svg[\s>].*</svg>\s*", re.DOTALL)


def is_svg(text: str) -> bool:
    """Whether it is an SVG picture without declarations of its own."""
    return _SVG.fullmatch(text) is not None and "<!" not in text.replace("<!--", "")


def data_address(text: str) -> str:
    """The picture as a data address."""
    return "data:image/svg+xml;base64," + b64encode(text.encode()).decode()
