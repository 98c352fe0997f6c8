"""Values as a form shows them, and as they are typed again: a number stays a number, text stays text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accolade.model.fields import FieldType

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,12}", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,\u00a0\u202f ][0-9]{3})+", re.ASCII)
_TEXTS = (
    FieldType.TEXT,
    FieldType.CHOICE,
    FieldType.USER,
    FieldType.REFERENCE,
    FieldType.MONEY,
    FieldType.DATE,
    FieldType.INSTANT,
)


def shown_scalar(value: object) -> str:
    """A plain value as a field shows it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def scalar_of(text: str, type_: FieldType | None = None) -> Any:
    """The value that somebody typed, for a field of that type; without one, what it looks like."""
    if type_ in _TEXTS:
        return text
    if text.lower() in ("true", "false") and type_ in (None, FieldType.BOOLEAN):
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def whole_of(text: str) -> Any:
    """A whole number, thousands separated or not; the text itself if it is none, so that its author reads what is wrong."""
    digits = re.sub(r"[^0-9]", "", text) if _GROUPED.fullmatch(text) else text
    return int(digits) if _WHOLE.fullmatch(digits) else text


def shown_list(value: object) -> str:
    """`50%, 30%, 20%`"""
    return ", ".join(map(shown_scalar, value)) if isinstance(value, list) else shown_scalar(value)


def list_of(text: str) -> list[Any]:
    """The values between commas."""
    return [scalar_of(it.strip()) for it in text.split(",") if it.strip()]


def shown_tiers(value: object) -> str:
    """`70% = 100`, a line for each; what is written otherwise is not shown (see `tiers_shown`)."""
    if not isinstance(value, list) or not tiers_shown(value):
        return ""
    return "\n".join(f"{shown_scalar(it['at_least'])} = {shown_scalar(it['points'])}" for it in value)


def tiers_shown(value: object) -> bool:
    """Whether every tier is a value to reach and what it pays."""
    return isinstance(value, list) and all(isinstance(it, Mapping) and set(it) == {"at_least", "points"} for it in value)


def tiers_of(text: str) -> list[Any]:
    """The tiers of such lines."""
    found: list[Any] = []
    for line in text.splitlines():
        if line.strip():
            low, _, worth = line.partition("=")
            found.append({"at_least": scalar_of(low.strip()), "points": whole_of(worth.strip())})
    return found
