"""Shares of budgets as the desk shows them: whose they are, how full, and whom one can still be given to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accolade.model.ledger import Budget
from accolade.texts.plain import plain
from accolade.wallet.budgets import level
from accolade.wallet.shares import MANAGER, TEAM, kind_of, program_of
from accolade.web.asking import Ask

CHOICES = 300
"""Teams and managers that a list offers; the API and the command line take any."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share: `name` as people say it, points as they read them, `used` in percent (empty without a limit)."""

    name: str
    limit: str
    spent: str
    left: str
    used: str
    percent: int
    tone: str


def share_rows(ask: Ask, shares: Sequence[Budget]) -> dict[str, list[ShareRow]]:
    """Shares by their programs; the company's by an empty text."""
    names = _names(ask) if any(kind_of(it.program) == MANAGER for it in shares) else {}
    found: dict[str, list[ShareRow]] = {}
    for it in shares:
        found.setdefault(program_of(it.program), []).append(_row(ask, it, names))
    return found


def share_choices(ask: Ask) -> list[tuple[str, str]]:
    """(value, words) of the teams and managers that people have: `team:West`, "Team West (12 people)"."""
    t, known = ask.t, ask.house.budget_shares.whose(ask.tenant.id)
    names = _names(ask) if known[MANAGER] else {}
    found = []
    for kind in (TEAM, MANAGER):
        for who, count in sorted(known[kind].items(), key=lambda it: it[0].casefold()):
            people = t.n("%(count)s person", "%(count)s people", count)
            found.append((f"{kind}:{who}", f"{_whose(ask, kind, who, names)} ({people})"))
    return found[:CHOICES]


def done_words(ask: Ask) -> dict[str, str]:
    """What the pages of budgets say was done."""
    t = ask.t
    return {
        "topped": t.t("The budget is raised. What waited for it is paid within minutes."),
        "shared": t.t("The share is set. It counts what is given from now on; what waited for it is paid within minutes."),
    }


def _row(ask: Ask, it: Budget, names: Mapping[str, str]) -> ShareRow:
    t, limit = ask.t, it.limit
    return ShareRow(
        name=_whose(ask, kind_of(it.program), it.who, names),
        limit=t.t("none") if limit is None else t.number(limit),
        spent=t.number(it.spent),
        left="" if it.left is None else t.number(max(0, it.left)),
        used=t.percent(it.spent, limit) if limit else "",
        percent=min(100, 100 * it.spent // limit) if limit else 0,
        tone="warn" if level(it.spent, limit) else "",
    )


def _whose(ask: Ask, kind: str, who: str, names: Mapping[str, str]) -> str:
    if kind == TEAM:
        return ask.t.t("Team %(team)s", team=plain(who, limit=80))
    if kind == MANAGER:
        name = names.get(who.casefold(), who)
        return ask.t.t("People of %(manager)s", manager=plain(name, limit=80))
    return ask.t.t("The whole company")


def _names(ask: Ask) -> dict[str, str]:
    """How managers are called, by everything that people's records call them."""
    found: dict[str, str] = {}
    for it in ask.house.people.list(ask.tenant.id):
        for called in (it.id, it.number, it.email or "", it.name):
            found.setdefault(called.strip().casefold(), it.name)
    return found
