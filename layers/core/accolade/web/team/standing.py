"""The team's standing: what everybody has earned this month, has now, and is near to."""

from typing import Any

from accolade.model.participants import Participant
from accolade.texts.phrases import points
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.csv_file import csv_answer
from accolade.web.desk.acting import name_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.waiting import earned_this_month, reports, waiting
from accolade.web.wallet_words import step_words

SHOWN = 25
"""People on a page."""

NEAREST = 2
"""Goals that a line shows: those of which least is missing."""


def standing(ask: Ask) -> PageAnswer:
    """The team, page by page."""
    t, team = ask.t, reports(ask)
    page = ask.value("page", limit=4)
    start = SHOWN * int(page) if page.isascii() and page.isdecimal() else 0
    shown = team[start : start + SHOWN]
    number = start // SHOWN
    return site_rendered(
        ask,
        "team/standing.html",
        title=t.t("Your team"),
        tab="team",
        part="standing",
        rows=_rows(ask, shown),
        count=t.n("%(count)s person", "%(count)s people", len(team)),
        waits=len(waiting(ask, {it.number for it in team})),
        newer=f"standing?page={number - 1}" if number > 0 else "",
        older=f"standing?page={number + 1}" if start + SHOWN < len(team) else "",
    )


def export(ask: Ask) -> PageAnswer:
    """The same as a file."""
    team = reports(ask)
    month, wallets = earned_this_month(ask), ask.house.views.wallets(ask.tenant.id, [it.number for it in team])
    rows = [(it.id, it.name, it.team, month.get(it.number, 0), wallets[it.number].available) for it in team]
    return csv_answer("team.csv", ("id", "name", "team", "earned_this_month", "available"), rows)


def _rows(ask: Ask, team: list[Participant]) -> list[dict[str, Any]]:
    t, unit = ask.t, ask.tenant.unit
    month, wallets = earned_this_month(ask), ask.house.views.wallets(ask.tenant.id, [it.number for it in team])
    rows = []
    for it in team:
        steps = [step for step in ask.house.wallets.steps(it, now=ask.now) if step.needed]
        steps.sort(key=lambda step: -min(step.done, step.needed) / step.needed)
        rows.append(
            {
                "name": name_of(it),
                "number": it.number,
                "earned": points(t, month.get(it.number, 0), unit),
                "has": points(t, wallets[it.number].available, unit),
                "steps": [step_words(step, t, unit) for step in steps[:NEAREST]],
            }
        )
    return rows


ROUTES = (
    Route("GET", "team/standing", Scope.TEAM, standing),
    Route("GET", "team/standing/export", Scope.TEAM, export),
)
