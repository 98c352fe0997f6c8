"""The programs: what pays, what is tried as a ghost, what is being written; and where to begin another one."""

from collections.abc import Sequence
from typing import Any

from accolade.flows.news import concerns
from accolade.model.ledger import Budget
from accolade.model.participants import Participant
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State, in_rules
from accolade.store.drafts import Draft
from accolade.store.programs import Published
from accolade.texts import Texts
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.csv_file import csv_answer
from accolade.web.desk.acting import done_word
from accolade.web.desk.program_seen import Seen, states_shown
from accolade.web.rendering import site_rendered
from accolade.web.visitors import Scope

MOST_PEOPLE = 2_000
"""People of whom it is counted who is in an audience."""

SHOWN = 50
"""Programs on a page."""


def programs(ask: Ask) -> PageAnswer:
    """All programs of a state (default: those that are not over), by title."""
    tenant, house, t = ask.tenant.id, ask.house, ask.t
    found = _seen(house.programs.list(tenant), house.programs.drafts.list(tenant), ask)
    wanted = ask.value("state", limit=20)
    wanted = wanted if wanted in ("live", "ghost", "draft", "retired") else ""
    kept = sorted((it for it in found if _fits(it, wanted)), key=lambda it: (it.title(t).casefold(), it.id))
    after = ask.value("after", limit=60)
    start = next((place + 1 for place, it in enumerate(kept) if it.id == after), 0)
    page = kept[start : start + SHOWN]
    people = [it for it in house.people.page(tenant, limit=MOST_PEOPLE) if it.active]
    budgets = {it.program: it for it in house.budgets.list(tenant)}
    more = f"programs?state={wanted}&after={page[-1].id}" if len(kept) > start + SHOWN else ""
    states = (
        ("", t.t("All but retired")),
        ("live", t.t("Live")),
        ("ghost", t.t("Ghost")),
        ("draft", t.t("Draft")),
        ("retired", t.t("Retired")),
    )
    return site_rendered(
        ask,
        "desk/programs.html",
        title=t.t("Programs"),
        room="programs",
        rows=[_row(it, budgets.get(it.id), people, ask) for it in page],
        states=states,
        state=wanted,
        many=len(people) >= MOST_PEOPLE,
        export=f"programs.csv{f'?state={wanted}' if wanted else ''}",
        older=more,
        newer=f"programs?state={wanted}" if start else "",
        writes=ask.may(Scope.PROGRAMS_WRITE),
        done=done_word(ask, {"dropped": t.t("The draft is gone.")}),
    )


def export(ask: Ask) -> PageAnswer:
    """The same list as a file, all pages of it."""
    tenant, house, t = ask.tenant.id, ask.house, ask.t
    found = _seen(house.programs.list(tenant), house.programs.drafts.list(tenant), ask)
    kept = sorted((it for it in found if _fits(it, ask.value("state", limit=20))), key=lambda it: it.id)
    budgets = {it.program: it for it in house.budgets.list(tenant)}
    columns = ("program", "title", "version", "state", "from", "to", "goals", "points", "budget")
    return csv_answer("accolade-programs.csv", columns, [_line(it, budgets.get(it.id), t) for it in kept])


def _line(it: Seen, budget: Budget | None, t: Texts) -> tuple[object, ...]:
    shown = _standing(it)
    if shown is None:
        return (it.id, it.title(t), "", "draft", "", "", "", "", "")
    state = it.lifecycle.state(shown.version).value
    dates = shown.effective_from, shown.effective_to or ""
    limit = budget.limit if budget and budget.limit is not None else ""
    return (it.id, it.title(t), shown.version, state, *dates, len(shown.milestones), budget.spent if budget else "", limit)


def _seen(versions: Sequence[Published], drafts: Sequence[Draft], ask: Ask) -> list[Seen]:
    by_id: dict[str, list[Published]] = {}
    for it in versions:
        by_id.setdefault(it.id, []).append(it)
    written = {it.program: it for it in drafts}
    states = ask.house.programs.states.all(ask.tenant.id)
    known = [Seen(id_, found, states.get(id_, Lifecycle(id_)), written.get(id_)) for id_, found in by_id.items()]
    return known + [Seen(id_, (), Lifecycle(id_), draft) for id_, draft in written.items() if id_ not in by_id]


def _fits(it: Seen, wanted: str) -> bool:
    waiting = bool(it.of_state(State.LIVE) or it.of_state(State.GHOST) or it.of_state(State.DRAFT) or it.draft)
    if wanted == "draft":
        return it.draft is not None or bool(it.of_state(State.DRAFT))
    if wanted in ("live", "ghost"):
        return bool(it.of_state(State(wanted)))
    return not waiting if wanted == "retired" else waiting


def _row(it: Seen, budget: Budget | None, people: Sequence[Participant], ask: Ask) -> dict[str, Any]:
    t, shown = ask.t, _standing(it)
    limit, spent = (budget.limit, budget.spent) if budget else (None, 0)
    return {
        "id": it.id,
        "title": it.title(t),
        "states": states_shown(it, t),
        "version": shown.version if shown else "",
        "goals": t.number(len(shown.milestones)) if shown else "",
        "people": t.number(sum(1 for person in people if concerns(shown, person, ask.now))) if shown else "",
        "points": t.number(spent) if budget else "",
        "limit": t.number(limit) if limit is not None else "",
        "used": min(100, 100 * spent // limit) if limit else None,
        "starts": t.date(shown.effective_from) if shown else "",
        "unit": plain(shown.unit, limit=40) if shown else "",
    }


def _standing(it: Seen) -> Program | None:
    """The version that the list tells of: the live one, or else the newest, as it stands."""
    found = (it.of_state(State.LIVE) or it.programs)[-1:]
    return next(iter(in_rules(found, it.lifecycle)), found[0]) if found else None
