"""The page that says why: one award of the reader's own, and what is not earned yet (`/explain/`), as a page or as JSON."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from accolade.flows.explain import Asked, Explainer
from accolade.flows.explanation import Explanation
from accolade.flows.explanation_json import as_json
from accolade.model.errors import Missing
from accolade.model.participants import Participant, Tenant
from accolade.texts import Texts
from accolade.web.answers import PageAnswer, PageRequest, json_page
from accolade.web.rendering import rendered
from accolade.web.why_words import LONGEST_KEY, explained, given, missing

NEAREST = 3
"""What is not earned yet, on the wallet page."""

_MAX_LINE_DIGITS = 12


def why_page(
    request: PageRequest, tenant: Tenant, participant: Participant, explainer: Explainer, t: Texts, *, now: datetime
) -> PageAnswer:
    """What was asked about the participant, who is the reader: Missing for a line, a milestone or a record that is not
    theirs or is not there."""
    asked = _asked(request)
    found = explainer.explain(participant, asked, now=now)
    if not found.awards and (asked.line or asked.milestone or asked.record):
        raise Missing("there is nothing to explain under this address")
    if _wants_json(request):
        return json_page(json.dumps(as_json(found), ensure_ascii=False))
    return rendered(
        "why.html", t, tenant=tenant, **_words(request, found, asked, participant, t, now=now), contact=tenant.sender_email
    )


def nearest(
    found: Explanation, t: Texts, *, zone: str, now: datetime, token: str, shown: Collection[str]
) -> list[dict[str, Any]]:
    """The nearest of what is not earned yet, with links to why; milestones that are `shown` already are left out."""
    rows = [row for row in missing(found, t, zone=zone, now=now) if row["milestone"] not in shown or row["record"]]
    return [row | {"link": _link(token, row, t)} for row in rows[:NEAREST]]


def _asked(request: PageRequest) -> Asked:
    line = request.query.get("line", "")
    known = line.isascii() and line.isdecimal() and len(line) <= _MAX_LINE_DIGITS
    if line and not known:
        raise Missing("there is no such line")
    return Asked(
        milestone=request.query.get("milestone", "")[:LONGEST_KEY],
        record=request.query.get("record", "")[:LONGEST_KEY],
        line=int(line) if known else 0,
    )


def _words(
    request: PageRequest, found: Explanation, asked: Asked, participant: Participant, t: Texts, *, now: datetime
) -> dict[str, Any]:
    """What the template shows: the award that was asked about, if it is one, then everything else that is not there."""
    first = found.awards[0] if asked.line or (found.awards and (asked.milestone or asked.record)) else None
    others = Explanation(participant, tuple(it for it in found.awards if it is not first))
    award = explained(first, t, zone=participant.zone, now=now) if first else None
    rows = missing(others, t, zone=participant.zone, now=now)
    held = given(others, t, zone=participant.zone, now=now) if first else []
    about = t.t("What else it could have given") if asked.record or asked.line else t.t("Not earned yet")
    kept = {name: request.query[name] for name in ("milestone", "record", "line") if request.query.get(name)}
    return {
        "heading": award["title"] if award else t.t("What is not earned yet"),
        "award": award,
        "given": [row | {"link": _link(request.token, row, t)} for row in held],
        "missing": [row | {"link": _link(request.token, row, t)} for row in rows],
        "missing_heading": about if award else t.t("The nearest first"),
        "token": request.token,
        "keep": f"&{urlencode(kept)}" if kept else "",
    }


def _link(token: str, row: dict[str, Any], t: Texts) -> str:
    asked = {name: row[name] for name in ("milestone", "record") if row[name]}
    return f"../explain/{token}?{urlencode(asked | {'lang': t.language})}"


def _wants_json(request: PageRequest) -> bool:
    """Whether the reader is a program: it asks for JSON and not for a page."""
    return "application/json" in request.accept and "text/html" not in request.accept
