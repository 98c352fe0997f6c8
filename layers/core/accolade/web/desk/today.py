"""Today: are rewards flowing, what waits for me, what does it cost. Each figure leads to its page; only what one may see."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from markupsafe import Markup

from accolade.flows.figures import worth_of
from accolade.model.disputes import DisputeState
from accolade.model.redemptions import RedemptionState
from accolade.model.times import zone_of
from accolade.programs.states import State
from accolade.store.disputes import Disputes
from accolade.store.outstanding import Outstanding
from accolade.store.redemptions import Redemptions
from accolade.texts import chosen
from accolade.texts.plain import plain
from accolade.wallet.budgets import level
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.charts import Series, columns
from accolade.web.connecting import KINDS
from accolade.web.desk.acting import moment
from accolade.web.desk.analytics import worth
from accolade.web.letters import letters_count
from accolade.web.rendering import site_rendered
from accolade.web.visitors import Scope

COUNTED = 100
"""What waits is counted so far; more is `100+`."""

WALLETS, BUDGETS = 5_000, 100
Waits = tuple[str, int, str]
"""What, how many, and where."""

TIGHT = 5
"""Budgets of which it is asked how many awards wait: an award waits where less is left than it is worth."""

SILENT = timedelta(hours=24)
"""How long a CRM may say nothing."""


def today(ask: Ask) -> PageAnswer:
    """The page; it asks for itself again each minute."""
    return site_rendered(
        ask,
        "desk/today.html",
        title=ask.t.t("Today"),
        room="today",
        at=moment(ask, ask.now),
        flow=_flow(ask) if ask.may(Scope.PROGRAMS) or ask.may(Scope.ANALYTICS) else None,
        heard=_heard(ask) if ask.may(Scope.CONNECTIONS) else None,
        waiting=_waiting(ask),
        costs=_costs(ask) if ask.may(Scope.BUDGETS) else None,
        paused=[it.value for it in ask.tenant.paused] if ask.may(Scope.MESSAGES) else [],
    )


def _heard(ask: Ask) -> list[dict[str, Any]]:
    """Each connection, and when it last spoke."""
    connections = ask.house.connections
    found = []
    for it in connections.list(ask.tenant.id):
        at = connections.last_heard(it.id)
        silent = at is None or ask.now - at > SILENT
        tone = "warn" if silent or it.paused else ""
        found.append(
            {
                "id": it.id,
                "crm": KINDS.get(it.crm, it.crm),
                "at": moment(ask, at) if at else "",
                "tone": tone,
                "paused": it.paused,
            }
        )
    return found


def _flow(ask: Ask) -> dict[str, Any]:
    t = ask.t
    flow = ask.house.flowing.flow(ask.tenant.id, now=ask.now)
    series = [
        Series(t.t("Awards"), [it.awards for it in flow.hours]),
        Series(t.t("Messages"), [it.messages for it in flow.hours], "two"),
    ]
    here = zone_of(ask.zone)
    labels = [f"{it.begins.astimezone(here):%H:%M}" for it in flow.hours]
    title = t.t("Awards and messages by the hour, last 24 hours (%(zone)s)", zone=here.key)
    return {
        "title": title,
        "chart": Markup(columns(labels, series, title=title, height=180)),  # noqa: S704 (escaped where it is drawn)
        "series": series,
        "rows": [
            (label, *map(t.number, (it.records, it.awards, it.messages))) for label, it in zip(labels, flow.hours, strict=True)
        ],
        "totals": [
            (t.t("Records that moved points"), t.number(sum(it.records for it in flow.hours))),
            (t.t("Awards"), t.number(sum(it.awards for it in flow.hours))),
            (t.t("Messages"), t.number(sum(it.messages for it in flow.hours))),
        ],
        "any": any(it.awards or it.records or it.messages for it in flow.hours),
        "cut": flow.cut,
    }


def _waiting(ask: Ask) -> list[dict[str, Any]]:
    """What waits for somebody with these scopes: how many, and where."""
    t = ask.t
    return [
        {"what": what, "count": f"{t.number(COUNTED)}+" if count >= COUNTED else t.number(count), "any": count > 0, "path": path}
        for scope, counts in _COUNTS.items()
        if ask.may(scope)
        for what, count, path in counts(ask)
    ]


def _awards(ask: Ask) -> Iterator[Waits]:
    count = Outstanding(ask.house.db).approvals_waiting(ask.tenant.id, limit=COUNTED)
    yield ask.t.t("Awards to approve"), count, "admin/approvals"


def _programs(ask: Ask) -> Iterator[Waits]:
    states = ask.house.programs.states.all(ask.tenant.id).values()
    count = sum(it.state is State.DRAFT for lifecycle in states for it in lifecycle.versions.values())
    yield ask.t.t("Programs to approve"), count, "admin/programs?state=draft"


def _cases(ask: Ask) -> Iterator[Waits]:
    t, tenant, disputes = ask.t, ask.tenant.id, Disputes(ask.house.db)
    opened = sum(disputes.waiting(tenant, it, limit=COUNTED) for it in (DisputeState.OPEN, DisputeState.PROPOSED))
    yield t.t("Questions of people"), opened, "admin/disputes"
    yield t.t("Notifications that could not be decided"), ask.house.parked.waiting(tenant, limit=COUNTED), "admin/cases"


def _messages(ask: Ask) -> Iterator[Waits]:
    parked = ask.house.deliveries.parked_count(ask.tenant.id, limit=COUNTED)
    yield ask.t.t("Messages that could not be sent"), parked, "admin/messages?state=parked"
    dead = letters_count(ask.house, ask.tenant.id)
    if dead is not None:
        yield ask.t.t("Dead letters"), dead, "admin/messages/dead"


def _redemptions(ask: Ask) -> Iterator[Waits]:
    t, redemptions = ask.t, Redemptions(ask.house.db)
    for state, words in (
        (RedemptionState.AWAITING, t.t("Redemptions to approve")),
        (RedemptionState.UNKNOWN, t.t("Redemptions of unknown outcome")),
    ):
        yield words, redemptions.waiting(ask.tenant.id, state, limit=COUNTED), f"admin/redemptions?state={state.value}"


def _budgets(ask: Ask) -> Iterator[Waits]:
    limited = [it for it in ask.house.budgets.list(ask.tenant.id) if it.limit][:BUDGETS]
    tenant, house = ask.tenant.id, ask.house
    shares = [it for it in house.budgets.shares(tenant) if it.limit] if house.programs.rulebook(tenant).shares else []
    full = sum(1 for it in (*limited, *shares) if level(it.spent, it.limit))
    outstanding = Outstanding(ask.house.db)
    tight = sorted(limited, key=lambda it: it.left or 0)[:TIGHT]
    waiting = sum(outstanding.parked_count(ask.tenant.id, it.program, limit=COUNTED) for it in tight)
    yield ask.t.t("Budgets above 80%"), full, "admin/budgets"
    yield ask.t.t("Awards that wait for budget"), waiting, "admin/budgets"


_COUNTS: dict[Scope, Callable[[Ask], Iterator[Waits]]] = {
    Scope.APPROVALS: _awards,
    Scope.PROGRAMS: _programs,
    Scope.CASES: _cases,
    Scope.MESSAGES: _messages,
    Scope.REDEMPTIONS: _redemptions,
    Scope.BUDGETS: _budgets,
}


def _costs(ask: Ask) -> dict[str, Any]:
    """What was given, what is owed, and how far each budget has burnt down."""
    t, house, tenant = ask.t, ask.house, ask.tenant
    book = house.programs.rulebook(tenant.id)
    of, budgets = worth_of(book), list(house.budgets.list(tenant.id))
    wallets = list(islice(house.audit.wallets(tenant.id), WALLETS))
    owed = sum(it.available + it.pending + it.held - it.debt for it in wallets)
    given = sum(it.spent for it in budgets)
    titles = {it.id: it.title for it in house.programs.bundle(tenant.id)}
    titles |= {id_: chosen(book.versions(id_)[0].title, t.language) for id_ in book.program_ids()}
    return {
        "boxes": [
            (t.t("Given so far"), t.number(given), worth(given, of, t), "admin/budgets", "given"),
            (t.t("Liability: points that people hold"), t.number(owed), worth(owed, of, t), "admin/analytics", "owed"),
        ],
        "cut": len(wallets) >= WALLETS,
        "budgets": [
            {
                "id": it.program,
                "title": plain(titles.get(it.program, it.program), limit=80),
                "used": min(100, 100 * it.spent // it.limit),
                "left": t.number(max(0, it.limit - it.spent)),
                "limit": t.number(it.limit),
                "tone": "warn" if level(it.spent, it.limit) else "",
            }
            for it in sorted(budgets, key=lambda it: (-(it.spent / it.limit if it.limit else 0), it.program))[:20]
            if it.limit
        ],
    }
