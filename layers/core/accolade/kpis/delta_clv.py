"""Change of CLV: whether customers became worth more over four quarters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from accolade.kpis.clv import Clv
from accolade.kpis.port import Tally


class DeltaClv(Clv):
    """CLV of the four quarters up to the end of the period - CLV of the four before; undefined where one of them is."""

    name = "delta_clv"
    title = "Change of customer value"
    natures = ("quantitative", "financial", "outcome", "directional")
    earners = ("service", "marketing", "success")
    looks_back = True
    money = ("clv", "clv_before")

    def value(self, tally: Tally) -> Fraction | None:
        now, before = self._years(tally)
        return now - before if now is not None and before is not None else None

    def sample(self, tally: Tally) -> int:
        return len(_year(tally, 1).within()) + len(_year(tally, 2).within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        now, before = self._years(tally)
        return {"clv": now, "clv_before": before}

    def _years(self, tally: Tally) -> tuple[Fraction | None, Fraction | None]:
        return super().value(_year(tally, 1)), super().value(_year(tally, 2))


def _year(tally: Tally, back: int) -> Tally:
    """The tally of the last year before the end of the period, or of the one `back` from there; an empty one if none ends."""
    if tally.end == date.max or tally.end.year <= back:
        return Tally()
    return replace(tally, start=_earlier(tally.end, back), end=_earlier(tally.end, back - 1))


def _earlier(day: date, years: int) -> date:
    """The same day so many years before; 28 February for the 29th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap and years else day.day)


KPI = DeltaClv
