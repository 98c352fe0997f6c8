"""Cases: notifications that could not be decided, each with what is wrong, decided again or dismissed."""

import json
from typing import Any
from urllib.parse import urlencode

from accolade.flows.cases import Cases
from accolade.flows.order_differences import ORIGIN
from accolade.store.parked import Case
from accolade.texts import Texts
from accolade.texts.plain import plain
from accolade.texts.refusals import kept
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, noted, reason_of, tried, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SHOWN = 50
READ = 1_000
"""Cases read for a page at most."""

CONTENT = 20_000
"""Characters of a case's content that a page shows."""


def cases(ask: Ask) -> PageAnswer:
    """Those that wait, newest first; or all."""
    t, every, connection = ask.t, ask.value("all") == "1", ask.value("connection", limit=40)
    rows, older = _page(ask, every=every, connection=connection)
    kept = {name: value for name, value in (("all", "1" if every else ""), ("connection", connection)) if value}
    done = {
        "retried": t.t("It is decided again. What is still wrong comes back here."),
        "dismissed": t.t("It is dismissed. It stays readable under all cases."),
        "all": t.t("They are decided again. What is still wrong comes back here."),
    }
    return site_rendered(
        ask,
        "desk/cases.html",
        title=t.t("Cases"),
        room="cases",
        rows=rows,
        every=every,
        connection=connection,
        older=f"cases?{urlencode(kept | {'before': older})}" if older else "",
        newer=f"cases?{urlencode(kept)}" if ask.value("before", limit=120) else "",
        form=FormState(t, here="cases"),
        writes=ask.may(Scope.CASES_WRITE),
        done=done_word(ask, done),
    )


def case(ask: Ask) -> PageAnswer:
    """One case with its content."""
    return _one(ask, ask.house.parked.get(ask.tenant.id, ask.args["case"]), FormState(ask.t, here=ask.args["case"]))


def act(ask: Ask) -> PageAnswer:
    """Decide it again, or dismiss it."""
    it, form = ask.house.parked.get(ask.tenant.id, ask.args["case"]), form_of(ask)
    what, reason = form.one_of("act", ("retry", "dismiss")), reason_of(form)
    flow, left = _flow(ask), []

    def acted() -> None:
        if what == "dismiss":
            flow.dismiss(it)
        elif not flow.retry(it, now=ask.now):
            left.append(it)

    if not form.good or not tried(form, acted):
        return _one(ask, it, form, status=422)
    if left:
        large = ask.t.t("Its content was too large to keep. The next sweep reads the record again; then dismiss this.")
        ended = ask.t.t("Nothing of it can be decided again. Mend it at the provider or with the person; then dismiss this.")
        form.wrong("", ended if it.origin == ORIGIN else large)
        return _one(ask, it, form, status=422)
    done = "retried" if what == "retry" else "dismissed"
    noted(ask, f"case.{done}", f"case:{it.id}", before={"state": it.state}, after={"state": done}, reason=reason)
    return went(ask, "admin/cases", done)


def retry_all(ask: Ask) -> PageAnswer:
    """Decide everything that waits again, of a connection or of all; what a paused one told waits on."""
    form = form_of(ask)
    reason, connection = reason_of(form), form.text("connection", most=40)
    if not form.good:
        return went(ask, "admin/cases")
    done = _flow(ask).retry_all(ask.tenant.id, connection=connection, now=ask.now)
    noted(ask, "cases.retried", f"connection:{connection}" if connection else "cases", after={"retried": done}, reason=reason)
    return went(ask, "admin/cases", "all")


def _flow(ask: Ask) -> Cases:
    return ask.house.cases


def _page(ask: Ask, *, every: bool, connection: str) -> tuple[list[dict[str, Any]], str]:
    rows: list[dict[str, Any]] = []
    last, read = "", 0
    for place, it in ask.house.parked.newest(ask.tenant.id, before=ask.value("before", limit=120), limit=READ):
        if len(rows) == SHOWN:
            return rows, last
        last, read = place, read + 1
        if (every or it.state == "waiting") and connection in ("", it.connection):
            rows.append(_row(ask, it))
    return rows, last if read == READ else ""


def _row(ask: Ask, it: Case) -> dict[str, Any]:
    return {
        "id": it.id,
        "when": moment(ask, it.at),
        "reason": _sentence(ask.t, it.reason),
        "where": plain(kept(ask.t, it.where), limit=120),
        "mend": _sentence(ask.t, it.mend),
        "connection": it.connection,
        "state": _state(ask.t, it),
        "waits": it.state == "waiting",
    }


def _sentence(t: Texts, text: str) -> str:
    """What was noted when it was parked, in the reader's language."""
    said = plain(kept(t, text), limit=200)
    return said[:1].upper() + said[1:]


def _state(t: Texts, it: Case) -> str:
    return {"waiting": t.t("Waits"), "retried": t.t("Decided again"), "dismissed": t.t("Dismissed")}.get(it.state, it.state)


def _one(ask: Ask, it: Case, form: FormState, *, status: int = 200) -> PageAnswer:
    t = ask.t
    text = json.dumps(list(it.content), indent=1, ensure_ascii=False) if it.content else ""
    return site_rendered(
        ask,
        "desk/case.html",
        status=status,
        title=t.t("Case"),
        room="cases",
        it=_row(ask, it),
        times=t.number(it.times) if it.times > 1 else "",
        redemption=_redemption(it),
        of_provider=it.origin == ORIGIN,
        provider=it.crm,
        content=text[:CONTENT],
        cut=len(text) > CONTENT,
        form=form,
        writes=ask.may(Scope.CASES_WRITE) and it.state == "waiting",
        done="",
    )


def _redemption(it: Case) -> str:
    """The redemption that a provider's case is about; empty if it is about none."""
    here = it.content[0].get("here") if it.origin == ORIGIN and it.content else None
    return str(here.get("redemption", "")) if isinstance(here, dict) else ""


ROUTES = (
    Route("GET", "admin/cases", Scope.CASES, cases),
    Route("POST", "admin/cases", Scope.CASES_WRITE, retry_all),
    Route("GET", "admin/cases/{case}", Scope.CASES, case),
    Route("POST", "admin/cases/{case}", Scope.CASES_WRITE, act),
)
