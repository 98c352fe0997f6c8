"""Suggestions by name: which of the vendor's fields is probably meant by a canonical one."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from accolade.crm import VendorField

LIKE_ENOUGH = 0.8

_NOISE = re.compile(r"__c$|^hs_|[^a-z0-9]")


def suggestions(wanted: Iterable[str], fields: Iterable[VendorField]) -> Mapping[str, str]:
    """Canonical name -> the vendor's field whose name or label is most like it, for those that one is like enough to."""
    known = [(it.name, {_plain(it.name), _plain(it.label)}) for it in fields]
    found: dict[str, str] = {}
    for canonical in wanted:
        plain = _plain(canonical)
        rated = [(max(_likeness(plain, text) for text in texts), name) for name, texts in known]
        best = max(rated, default=(0.0, ""), key=lambda it: (it[0], [-ord(sign) for sign in it[1]]))
        if best[0] >= LIKE_ENOUGH:
            found[canonical] = best[1]
    return found


def _plain(name: str) -> str:
    return _NOISE.sub("", _NOISE.sub("", name.strip().lower(), count=1)) if name else ""


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    return 1.0 if one == other else SequenceMatcher(None, one, other).ratio()
