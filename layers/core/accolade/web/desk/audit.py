"""What staff did: who, when, to what, why, and how it stood before and after; the newest first, nothing ever left out."""

import json
from typing import Any

from accolade.store.actions import Action
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import moment
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

PAGE = 50


def audit(ask: Ask) -> PageAnswer:
    """A page of acts, all of them or those of one person or on one thing."""
    by, on = ask.value("by"), ask.value("on")
    before = ask.value("before", limit=400)
    found = [it for it in ask.house.actions.list(ask.tenant.id, before=before, limit=PAGE + 1)]
    older = found[PAGE - 1].id if len(found) > PAGE else ""
    lines = [_line(it, ask) for it in found[:PAGE] if by.casefold() in it.by.casefold() and on.casefold() in it.on.casefold()]
    words: dict[str, Any] = {
        "title": ask.t.t("Audit"),
        "room": "audit",
        "lines": lines,
        "older": older,
        "newer": bool(before),
        "by": by,
        "on": on,
    }
    return site_rendered(ask, "desk/audit.html", **words)


def _line(action: Action, ask: Ask) -> dict[str, Any]:
    return {
        "at": moment(ask, action.at),
        "by": action.by,
        "what": action.what,
        "on": action.on,
        "reason": action.reason,
        "before": _said(action.before),
        "after": _said(action.after),
    }


def _said(value: Any) -> str:
    return "" if value in (None, {}, []) else json.dumps(value, ensure_ascii=False, indent=1, default=str)


ROUTES: tuple[Route, ...] = (Route("GET", "admin/audit", Scope.AUDIT, audit),)
