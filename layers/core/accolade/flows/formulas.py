"""Cells that no spreadsheet runs as a formula (OWASP, CSV injection)."""

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(text: str) -> str:
    """The text as it stands; with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_BEGINS) or (text[:1] == " " and text.lstrip(" ").startswith(_BEGINS)) else text
