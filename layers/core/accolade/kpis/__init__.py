"""KPIs: one file each, found by scanning this folder. This module is the port: what a KPI says of a record."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from accolade.model.errors import Rejected

Values = Mapping[str, object]
"""A record as it stands, flat: money in `int` minor units, dates as `date`, decimals as `Decimal`, instants as aware UTC;
None or absent: unknown."""

Parts = Mapping[str, int]
"""Additive contributions by name."""

UNITS = ("deals", "money", "ratio")
"""What a value counts: records, minor units of the program's currency, or an exact fraction."""


class Kpi(Protocol):
    """A measure of what somebody did.

    `title` is an English phrase that the texts room translates. `group` is the family it belongs to, `better` is
    `higher` or `lower`, `record` the canonical type it reads, `reads` its fields, `dated_by` the field whose date
    decides the period. `additive`: the value is one of the parts, so it may be counted in steps (`every`).
    `reads_money`: parts are worthless across currencies.
    """

    name: str
    title: str
    unit: str
    better: str
    group: str
    record: str
    dated_by: str
    additive: bool
    reads: tuple[str, ...]
    reads_money: bool

    def parts(self, values: Values) -> Parts:
        """What this record adds as it stands; empty if nothing, or if what it needs is unknown."""
        ...

    def value(self, parts: Parts) -> int | Fraction | None:
        """The KPI over summed parts, exactly; None where it is undefined, which is never 0."""
        ...

    def sample(self, parts: Parts) -> int:
        """How many records the value rests on (what `min_sample` asks about)."""
        ...


@cache
def names() -> tuple[str, ...]:
    """The KPIs there are, by scanning this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


@cache
def kpi(name: str) -> Kpi:
    """The KPI of that name; Rejected if there is none."""
    if name not in names():
        raise Rejected(f"{name!r} is not a KPI we know", mend=f"Use one of {', '.join(names())}")
    found: Kpi = import_module(f"{__name__}.{name}").KPI
    return found
