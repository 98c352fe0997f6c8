"""Kind kpi: an award for a period in which a KPI is beyond a threshold, or as many points as its highest tier is worth."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from accolade.kpis.port import Tally
from accolade.model.phrases import later as t
from accolade.programs.drafting import Draft
from accolade.programs.drafting.calendars import period
from accolade.programs.drafting.finishing import finished
from accolade.programs.drafting.measures import kpi, kpi_use, measured, needs_facts
from accolade.programs.drafting.targets import THRESHOLDS, quota, threshold, tiers
from accolade.programs.drafting.worths import points
from accolade.programs.keeping import highest
from accolade.programs.rules import KpiUse, Milestone, Points, Threshold


class KpiKind:
    """Level = 1 while the KPI is defined, beyond the threshold, and rests on at least `min_sample` records; with tiers, how
    many of them are reached. With `quota` the KPI over the subject's quota is what has to be beyond them."""

    name = "kpi"
    required = ("kpi", "period")
    optional = ("where", "min_sample", "options", "quota", "tiers", *THRESHOLDS)

    def build(self, draft: Draft) -> Milestone | None:
        measure, cut = kpi(draft), period(draft)
        tiered = draft.raw.get("tiers") is not None
        worth = self._worth(draft, tiered=tiered)
        if measure is None:
            return None
        of_quota = quota(draft, measure)
        steps = tiers(draft, measure) if tiered else ()
        line = None if tiered else threshold(draft, measure)
        if cut is None or worth is None or steps is None or (line is None and not steps):
            return None
        begun = draft.milestone(self.name, measure.record, worth, self)
        made: dict[str, Any] = {
            **measured(begun, kpi_use(draft, measure, cut, facts=needs_facts(draft))),
            "threshold": line,
            "tiers": steps,
            "quota": of_quota,
            "min_sample": draft.whole("min_sample", example=20) or 0,
        }
        return finished(draft, replace(begun, **made))

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """1 or 0; with tiers, how many are reached."""
        return highest(milestone, tally, lambda it: self._level(milestone, it))

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """The points of the award, or those of the highest tier that is reached."""
        level = self.level(milestone, tally)
        if milestone.tiers:
            return milestone.tiers[level - 1].points if level else 0
        return milestone.points_for(level) or 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """How near the next threshold is; whole percent for shares and quotas, rounded away from the goal."""
        line, use = self._next(milestone, tally), milestone.kpi
        if line is None or use is None or line.low is None or line.high is not None:
            return None
        value = self._value(milestone, use, tally) or Fraction(0)
        if use.kpi.unit == "ratio" or milestone.quota:
            return floor(value * 100), ceil(line.low * 100)
        return max(0, int(value)), floor(line.low) + 1 if line.operator == "above" else ceil(line.low)

    def _next(self, milestone: Milestone, tally: Tally) -> Threshold | None:
        """The line to cross next."""
        level = self.level(milestone, tally)
        lines = [it.threshold for it in milestone.tiers] or ([milestone.threshold] if milestone.threshold else [])
        return lines[level] if level < len(lines) else None

    def _level(self, milestone: Milestone, tally: Tally) -> int:
        use = milestone.kpi
        if use is None or use.kpi.sample(tally) < milestone.min_sample:
            return 0
        value = self._value(milestone, use, tally)
        if milestone.tiers:
            return sum(1 for tier in milestone.tiers if tier.threshold.crossed(value))
        return int(milestone.threshold is not None and milestone.threshold.crossed(value))

    def _value(self, milestone: Milestone, use: KpiUse, tally: Tally) -> int | Fraction | None:
        """The KPI, or how much of the quota it is; undefined without a quota above 0."""
        value = use.kpi.value(tally)
        if not milestone.quota or value is None:
            return value
        return Fraction(value) / tally.target if tally.target else None

    def _worth(self, draft: Draft, *, tiered: bool) -> Points | None:
        if not tiered:
            return points(draft, None)
        if draft.raw.get("points") is not None:
            draft.wrong("points", t("the tiers say already what each of them pays"), t("Leave points out"))
        for key in THRESHOLDS:
            if draft.raw.get(key) is not None:
                draft.wrong(key, t("the tiers say already what has to be reached"), t("Leave %(key)s out", key=key))
        return Points()


KIND = KpiKind()
