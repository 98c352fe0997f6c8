"""Faults: what does not fit its description, in words of ours: what is wrong and how to write it."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from accolade.web.api.shapes import PLAIN

Fault = Mapping[str, Any]
"""As pydantic tells it: `type`, `loc`, `ctx` (limits, allowed values), `input`."""

OTHER = "this is not as described in /openapi.json"
"""What is said of a kind of fault that no operation can have as they are."""

KEY = "send a header Idempotency-Key of your own, one for each act: 8 to 80 letters, digits or . _ : -"
"""Of the header that nobody expects: how to write it."""

ID = "write lower-case letters, digits and hyphens, like q3-race"
LETTERS = "write letters and digits only"
ONE_LINE = "write it without line breaks and control characters"
MAIL = "write an e-mail address like name@example.com"
PRINTED = "write it without spaces, accents and control characters"

PATTERNS: Mapping[str, str] = {
    PLAIN: "it has control characters: leave them out",
    r"^[^\x00-\x1f\x7f]*$": ONE_LINE,
    r"^[\x21-\x7e]*$": PRINTED,
    r"^https?://[\x21-\x7e]+$": "write an address that begins with https://",
    r"^[A-Za-z0-9_-]*$": "this is no cursor: copy it from `next`, or leave it out",
    r"^[0-9]+$": "write digits only",
    r"^[a-z]{2}$": "write a language as two small letters, like en",
    r"^[A-Z]{2}$": "write a country as two capital letters, like NL",
    r"^[A-Z]{3}$": "write a currency as three capital letters, like EUR",
    r"^([A-Z]{3})?$": "write a currency as three capital letters, like EUR, or nothing",
    r"^[A-Z]*$": "write a currency as three capital letters, like EUR",
    r"^#[0-9a-fA-F]{6}$": "write a colour as #0b6e4f",
    r"^[a-z0-9][a-z0-9-]*$": ID,
    r"^[a-z0-9-]*$": ID,
    r"^[a-z0-9][a-z0-9-]{0,59}$": f"{ID}, 60 characters at most",
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": f"{ID}, without a hyphen at either end",
    r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$": f"{ID}, without a hyphen at either end",
    r"^[a-z][a-z0-9_]*$": "write lower-case letters, digits and _, a letter first",
    r"^[a-z_]+$": "write lower-case letters and _, like deal",
    r"^[A-Za-z0-9]+$": LETTERS,
    r"^[A-Za-z0-9-]*$": f"{LETTERS}, and hyphens",
    r"^[A-Za-z0-9._:-]+$": KEY,
    r"^[A-Za-z0-9._@+-]+$": "write a number like P000017, or an import id: letters, digits and . _ @ + -",
    r"^[A-Za-z0-9._~@:+-]+$": f"{LETTERS}, and . _ ~ @ : + -",
    r"^[A-Za-z0-9_+/-]+$": "write a time zone like Europe/Amsterdam",
    r"^[A-Za-z0-9][A-Za-z0-9 .:@+_-]*$": "write letters, digits, spaces and . : @ + _ -, a letter or a digit first",
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$": MAIL,
}
"""How what has to look like this is written. A test holds every pattern of every operation against it."""

_WHOLE = "write a whole number without quotation marks, like 5"
_DAY = "write a day as 2026-01-31"
_MOMENT = "write a moment as 2026-01-31T09:00:00Z"
_OBJECT = "write an object, { ... }"
_FLAG = "write true or false, without quotation marks"
_NUMBER = "write a number without quotation marks, like 2.5"
_TOO_LONG = "the number is too large"

_PLAIN: Mapping[str, str] = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field: leave it out, or look for its name in /openapi.json",
    "invalid_key": "the name of a field is no text",
    "string_type": "write a text between quotation marks",
    "string_unicode": "write a text that is UTF-8",
    "int_type": _WHOLE,
    "int_parsing": "write a whole number, like 5",
    "int_from_float": "write a whole number, like 5",
    "int_parsing_size": _TOO_LONG,
    "float_type": _NUMBER,
    "float_parsing": "write a number, like 2.5",
    "finite_number": _TOO_LONG,
    "bool_type": _FLAG,
    "bool_parsing": "write true or false",
    "list_type": "write a list, [ ... ]",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DAY),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_naive"), _MOMENT),
    "union": "write a text, a number, true, false or null",
}

_MEMBERS = {"str": "string_type", "int": "int_type", "float": "float_type", "bool": "bool_type"}
"""What is said of a value that may be of several kinds: one fault for each kind, below its place."""


def named(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """`field` and `what` of each fault, in their order; what may be of several kinds is one fault."""
    found = dict[tuple[str, str], None]()
    for fault in faults:
        place, kind = tuple(fault["loc"]), str(fault.get("type"))
        several = len(place) > 1 and _MEMBERS.get(str(place[-1])) == kind
        found[_field(place[:-1] if several else place), said({"type": "union"} if several else fault)] = None
    return [{"field": field, "what": what} for field, what in found]


def said(fault: Fault) -> str:
    """What is wrong and how to write it; never what pydantic says, and never what was sent."""
    if fault.get("loc") and str(fault["loc"][-1]) == "idempotency-key":
        return KEY
    kind = str(fault.get("type"))
    if kind in _PLAIN:
        return _PLAIN[kind]
    return _TOLD[kind](fault) if kind in _TOLD else OTHER


def _limit(text: str, name: str) -> Callable[[Fault], str]:
    """The sentence with the limit that the fault names, as people write numbers."""
    return lambda fault: text.format(f"{fault['ctx'][name]:,}")


def _shortest(fault: Fault) -> str:
    least = fault["ctx"]["min_length"]
    return "it is empty: write something" if least == 1 else f"it is too short: {least} characters are the least"


def _fewest(fault: Fault) -> str:
    least = fault["ctx"]["min_length"]
    return "it is empty: name at least one" if least == 1 else f"there are too few: {least} are the least"


def _one_of(fault: Fault) -> str:
    """The values that there are, and the one that was meant, if it is near."""
    values = re.findall(r"'([^']*)'", str(fault["ctx"]["expected"]))
    near = get_close_matches(str(fault.get("input"))[:80], [it for it in values if it], n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}use one of {', '.join(it or 'nothing' for it in values)}"


def _pattern(fault: Fault) -> str:
    return PATTERNS.get(str(fault["ctx"]["pattern"]), OTHER)


_TOLD: Mapping[str, Callable[[Fault], str]] = {
    "greater_than_equal": _limit("it is too small: {} is the least", "ge"),
    "less_than_equal": _limit("it is too large: {} is the most", "le"),
    "string_too_short": _shortest,
    "string_too_long": _limit("it is too long: {} characters are the most", "max_length"),
    "too_short": _fewest,
    "too_long": _limit("there are too many: {} are the most", "max_length"),
    "string_pattern_mismatch": _pattern,
    "literal_error": _one_of,
    "enum": _one_of,
    "value_error": lambda fault: str(fault["ctx"]["error"]),
}
"""What needs the fault's own values; of a check of ours, its own words."""


def _field(place: Iterable[Any]) -> str:
    """`body.options.0.value` of a place as pydantic says it."""
    return ".".join(str(part)[:80] for part in place)[:200]
