"""A code or a link as a QR code: an SVG of one path, made here, so that nobody else sees what it holds."""

import segno
from markupsafe import Markup
from segno import DataOverflowError

LONGEST = 1_200
"""Characters: a larger code is not read off a screen."""


def qr_of(text: str) -> Markup | str:
    """The SVG (black on white in both schemes, for cameras); empty if there is nothing to show or too much."""
    if not text or len(text) > LONGEST:
        return ""
    try:
        made = segno.make(text, error="m", micro=False)
    except DataOverflowError:
        return ""
    return Markup(made.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 (numbers of ours)
