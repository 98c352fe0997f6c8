"""Burning: at what pace programs spend their budgets, when they will be used up, and what was left day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from accolade.analytics.cube import GIVEN
from accolade.flows.figures import MOST_ENTRIES, Counting
from accolade.model.ledger import Budget

PACE = 28
"""Days by which the pace is measured: four whole weeks."""

SHOWN = 90
"""Days of the burn-down."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A budget and its pace: `daily` points of the last weeks; `dry` the day on which it ends so, None: never, or over."""

    budget: Budget
    daily: int
    dry: date | None
    left: int | None


def burn(it: Budget, lately: int, today: date) -> Burn:
    """A budget's pace by the points that its program gave in the last `PACE` days."""
    left = None if it.left is None else max(0, it.left)
    if left is None or lately <= 0:
        return Burn(it, max(0, lately) // PACE, None, left)
    days = left * PACE // lately
    return Burn(it, lately // PACE, today + timedelta(days=days) if days < 3_650 else None, left)


def burn_down(it: Budget, given: Mapping[date, int], today: date) -> list[tuple[date, int, int | None]]:
    """(day, points given, what was left at its end), the newest last: counted back from what is left now."""
    left, found = it.left, []
    for ago in range(SHOWN):
        on = today - timedelta(days=ago)
        found.append((on, given.get(on, 0), left))
        left = None if left is None else left + given.get(on, 0)
    return found[::-1]


def given_by(figures: Counting, tenant: str, since: date, until: date) -> dict[str, dict[date, int]]:
    """Program -> day -> points given, net of what went back."""
    cube = figures.cube(tenant, since, until, most=MOST_ENTRIES)
    found: dict[str, dict[date, int]] = {}
    sums = cube.sums(lambda cell: (cell.program, cell.day) if since <= cell.day <= until else None, *GIVEN)
    for (program, on), (_, points) in sums.items():
        found.setdefault(program, {})[on] = points
    return found
