"""KPIs over records as production counts them: moments, in order, as sums and facts of a period."""

from collections.abc import Iterable, Mapping
from datetime import date

from accolade import kpis
from accolade.kpis import Fact, Kpi, Tally, Value, Values
from accolade.model.deriving import DERIVING

YEAR = (date(2018, 1, 1), date(2019, 1, 1))
Q1 = (date(2018, 1, 1), date(2018, 4, 1))


def worth(name: str, records: Iterable[Values], period: tuple[date, date] = YEAR, **options: str) -> Value:
    """The value of a KPI over records, each as its CRM states it; what follows from their dates is derived."""
    kpi, seen = counted(name, records, period, **options)
    return kpi.value(seen)


def columns(name: str, records: Iterable[Values], period: tuple[date, date] = YEAR, **options: str) -> Mapping[str, object]:
    """The parts that `accolade kpi` shows beside the value."""
    kpi, seen = counted(name, records, period, **options)
    return kpi.columns(seen)


def counted(name: str, records: Iterable[Values], period: tuple[date, date], **options: str) -> tuple[Kpi, Tally]:
    """The KPI and its tally."""
    kpi = kpis.kpi(name, options)
    known = [(f"{n:04}", derived(values)) for n, values in enumerate(records)]
    return kpi, tally(kpi, facts(kpi, known), start=period[0], end=period[1])


def derived(values: Values) -> Values:
    """A record's values with those that follow from them."""
    found = dict(values)
    for kind in sorted({name.partition(".")[0] for name in values}):
        derive = DERIVING.get(kind)
        if derive:
            derive(found)
    return found


def facts(kpi: Kpi, of: list[tuple[str, dict[str, object]]]) -> list[Fact]:
    """Their moments as they are applied: by day, then record, then what they are about."""
    found = [Fact(it.on, id_, it.parts, it.about) for id_, values in of for it in kpi.moments(values)]
    return sorted(found, key=lambda it: (it.on, it.record, it.about))


def tally(kpi: Kpi, found: list[Fact], *, start: date = YEAR[0], end: date = YEAR[1]) -> Tally:
    """What production hands a KPI: the sums of the period; the facts of folded ones, those before it if they look back."""
    within = [it for it in found if start <= it.on < end]
    sums: dict[str, int] = {}
    for fact in within:
        for name, amount in fact.parts.items():
            sums[name] = sums.get(name, 0) + amount
    seen = [it for it in found if it.on < end] if kpi.looks_back else within
    return Tally({name: it for name, it in sums.items() if it}, seen if kpi.folded else (), start, end)
