"""KPIs: one file each, found by scanning this folder. `port` says what a KPI is."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules

from accolade.kpis.port import Fact, Kpi, Moment, Option, Parts, Tally, Value, Values
from accolade.model.errors import Rejected
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by

__all__ = ["Fact", "Kpi", "Moment", "Option", "Parts", "Tally", "Value", "Values", "kpi", "names"]

_NOT_KPIS = ("folds", "port", "shapes", "recurring", "attribution", "purchases", "scores", "runs")
"""Modules of this folder that several KPIs are made of."""


@cache
def names() -> tuple[str, ...]:
    """The KPIs there are, by scanning this folder."""
    return tuple(sorted(it.name for it in iter_modules(__path__) if it.name not in _NOT_KPIS))


def kpi(name: str, options: Mapping[str, str] | None = None) -> Kpi:
    """The KPI of that name with its options chosen; Rejected, with what to write, if there is none such."""
    return _made(name, tuple(sorted((options or {}).items())))


@lru_cache(maxsize=1024)
def _made(name: str, options: tuple[tuple[str, str], ...]) -> Kpi:
    if name not in names():
        near = get_close_matches(name, names(), n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise Rejected(t("%(name)r is not a KPI we know", name=name[:60]), mend=f"{meant}accolade kpi lists all {len(names())}")
    kind: type[Kpi] = import_module(f"{__name__}.{name}").KPI
    try:
        return kind(dict(options))
    except ValueError as error:
        raise Rejected(said_by(error), where=name) from error
