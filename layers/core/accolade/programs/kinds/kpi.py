"""Kind kpi: one award for a period in which a KPI is beyond a threshold."""

from math import ceil, floor

from accolade.kpis.port import Tally
from accolade.programs import drafting
from accolade.programs.drafting import Draft
from accolade.programs.rules import Milestone, Threshold


class KpiKind:
    """Level = 1 while the KPI is defined, beyond the threshold, and rests on at least `min_sample` records."""

    name = "kpi"
    required = ("kpi", "period")
    optional = ("where", "min_sample", *drafting.THRESHOLDS)

    def build(self, draft: Draft) -> Milestone | None:
        measure, cut = drafting.kpi(draft), drafting.period(draft)
        points = drafting.points(draft, None)
        line = drafting.threshold(draft, measure) if measure else None
        if measure is None or cut is None or points is None or line is None or not self._sound(draft, line):
            return None
        use = drafting.kpi_use(draft, measure, cut)
        return Milestone(
            program=draft.head.program,
            version=draft.head.version,
            id=str(draft.raw.get("id")),
            title=draft.title(),
            kind=self.name,
            record=measure.record,
            points=points,
            tree=use.tree,
            kpi=use,
            calendar=cut,
            threshold=line,
            min_sample=self._min_sample(draft),
            credit=use.credit,
            reads_money=use.reads_money,
            reads_participant=use.reads_participant,
            judge=self,
        )

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """1 or 0."""
        if milestone.kpi is None or milestone.threshold is None or milestone.kpi.kpi.sample(tally) < milestone.min_sample:
            return 0
        return int(milestone.threshold.crossed(milestone.kpi.kpi.value(tally)))

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """The points of one award, as many times as it is held."""
        return milestone.points_for(self.level(milestone, tally)) or 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """How near the threshold is; whole percent for shares, rounded away from the goal."""
        line, use = milestone.threshold, milestone.kpi
        if line is None or use is None or line.low is None or line.high is not None or self.level(milestone, tally):
            return None
        value = use.kpi.value(tally) or 0
        if use.kpi.unit == "ratio":
            return floor(value * 100), ceil(line.low * 100)
        return max(0, int(value)), floor(line.low) + 1 if line.operator == "above" else ceil(line.low)

    def _sound(self, draft: Draft, line: Threshold) -> bool:
        """A threshold that doing nothing satisfies would pay everybody."""
        if line.low is not None and line.high is not None and line.high < line.low:
            draft.wrong("between", "no value lies between these two", "Write the lower one first")
            return False
        idle = line.crossed(0)
        if idle and not self._min_sample(draft):
            draft.wrong(
                line.operator,
                "this threshold is also kept by doing nothing",
                "Say how many records it takes, for example min_sample: 20",
            )
            return False
        return True

    def _min_sample(self, draft: Draft) -> int:
        raw = draft.raw.get("min_sample") or 0
        return raw if isinstance(raw, int) else 0


KIND = KpiKind()
