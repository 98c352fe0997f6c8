"""Kind every: an award for each `n` of an additive KPI within a period."""

from dataclasses import replace
from typing import Any

from accolade.kpis.port import Kpi, Tally
from accolade.model.phrases import later as t
from accolade.programs.drafting import Draft
from accolade.programs.drafting.calendars import period
from accolade.programs.drafting.finishing import finished
from accolade.programs.drafting.measures import kpi, kpi_use, measured, needs_facts
from accolade.programs.drafting.targets import amount
from accolade.programs.drafting.worths import points
from accolade.programs.keeping import highest
from accolade.programs.operands import Unreadable
from accolade.programs.rules import Milestone


class EveryKind:
    """Level = floor(value / n); what is left over at the end of a period is not carried into the next."""

    name = "every"
    required = ("kpi", "n", "period")
    optional = ("where", "options")

    def build(self, draft: Draft) -> Milestone | None:
        measure, cut = kpi(draft), period(draft)
        worth = points(draft, None)
        n = self._step(draft, measure) if measure else None
        if measure is None or cut is None or worth is None or n is None:
            return None
        begun = draft.milestone(self.name, measure.record, worth, self)
        use = kpi_use(draft, measure, cut, facts=needs_facts(draft))
        made: dict[str, Any] = {**measured(begun, use), "n": n}
        return finished(draft, replace(begun, **made))

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """floor(value / n), at least 0."""
        return highest(milestone, tally, lambda it: self._level(milestone, it))

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """The points of one award, as many times as it is held."""
        return milestone.points_for(self.level(milestone, tally)) or 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """How much of the next n is there."""
        value = milestone.kpi.kpi.value(tally) if milestone.kpi else None
        return (int(max(0, value or 0) % milestone.n), milestone.n) if milestone.n else None

    def _level(self, milestone: Milestone, tally: Tally) -> int:
        value = milestone.kpi.kpi.value(tally) if milestone.kpi else None
        return 0 if value is None or not milestone.n else max(0, int(value // milestone.n))

    def _step(self, draft: Draft, measure: Kpi) -> int | None:
        if not measure.additive:
            draft.wrong(
                "kpi", t("%(measure)s cannot be counted in steps", measure=measure.name), t("Use kind kpi with a threshold")
            )
            return None
        if draft.raw.get("n") is None:
            return None
        try:
            n = amount(draft, draft.raw["n"], measure, key="n")
            if n < 1 or n.denominator != 1:
                raise Unreadable(t("n must be at least 1"), t("Write it like n: 5"))
        except Unreadable as error:
            draft.wrong("n", error.what, error.mend)
            return None
        return int(n)


KIND = EveryKind()
