"""Kind improvement: better than one's own earlier periods, or record by record faster than the team was in the period before."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from accolade.kpis.port import Kpi, Tally
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import both, fingerprint
from accolade.programs.drafting import Draft, own_condition
from accolade.programs.drafting.calendars import period
from accolade.programs.drafting.finishing import dated_by, finished
from accolade.programs.drafting.measures import kpi, kpi_use, measured, use_of_records
from accolade.programs.drafting.targets import amount
from accolade.programs.drafting.worths import points
from accolade.programs.improving import LEAST, Lengths, improved
from accolade.programs.operands import Unreadable
from accolade.programs.periods import Calendar
from accolade.programs.problems import listed, shown
from accolade.programs.rules import Milestone, Points
from accolade.programs.terms import Improvement

MOST_PERIODS = 24
_LENGTHS = (FieldType.INTEGER, FieldType.DECIMAL)
_OF_PERIOD = ("kpi", "where", "options", "by", "over")
_OF_RECORD = ("record", "when", "faster_than", "of", "dated_by")


class ImprovementKind:
    """What is compared with is frozen when the period closes, and comes as the tally's target (see `improving`)."""

    name = "improvement"
    required = ("period",)
    optional = ("min_sample", *_OF_PERIOD, *_OF_RECORD[:-1])

    def build(self, draft: Draft) -> Milestone | None:
        by_record = any(draft.raw.get(key) is not None for key in _OF_RECORD)
        both_ways = next((key for key in _OF_PERIOD if draft.raw.get(key) is not None), "")
        if by_record and both_ways:
            mend = t("Write kpi, by and over for periods; or record, when and faster_than for records")
            draft.wrong(both_ways, t("an improvement is either of a period or of single records"), mend)
            return None
        cut, worth = period(draft), points(draft, None)
        if cut is not None and cut.kind in ("lifetime", "window"):
            draft.wrong(
                "period", t("there is no period before a %(kind)s", kind=cut.kind), t("Use week, month, quarter, half or year")
            )
            return None
        built = self._of_records(draft, cut, worth) if by_record else self._of_periods(draft, cut, worth)
        return finished(draft, built) if built else None

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """1 or 0; for single records, how many of them were faster."""
        return improved(milestone, tally)

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """The points of one award, as many times as it is held."""
        return milestone.points_for(self.level(milestone, tally)) or 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """None: what it is compared with is only known at the close."""
        return None

    def _of_periods(self, draft: Draft, cut: Calendar | None, worth: Points | None) -> Milestone | None:
        measure = kpi(draft)
        over = draft.whole("over", least=LEAST, most=MOST_PERIODS, example=3)
        wanted = self._by(draft, measure, over or LEAST) if measure else None
        if measure is None or cut is None or worth is None or wanted is None:
            return None
        begun = draft.milestone(self.name, measure.record, worth, self)
        made: dict[str, Any] = {
            **measured(begun, kpi_use(draft, measure, cut)),
            "improvement": wanted,
            "min_sample": draft.whole("min_sample", example=20) or 0,
        }
        return replace(begun, **made)

    def _by(self, draft: Draft, measure: Kpi, over: int) -> Improvement | None:
        raw = draft.raw.get("by")
        if raw is None:
            draft.wrong("", t("the milestone does not say how much better is better"), t("Write by: 10%"))
            return None
        try:
            relative = isinstance(raw, str) and raw.endswith("%")
            delta = operands.share(raw, "by") if relative else amount(draft, raw, measure, key="by")
            if delta <= 0 or (relative and delta > 100):
                raise Unreadable(t("%(raw)s is no improvement", raw=shown(raw)), t("Write it like by: 10%"))
        except Unreadable as error:
            draft.wrong("by", error.what, error.mend)
            return None
        return Improvement(Fraction(delta), over, relative)

    def _of_records(self, draft: Draft, cut: Calendar | None, worth: Points | None) -> Milestone | None:
        record = draft.record()
        draft.choice("faster_than", ("team",), "team", noun=t("whom a record can be faster than"))
        for key in ("faster_than", "when"):
            if draft.raw.get(key) is None:
                draft.wrong("", t("%(key)s is missing", key=key), t("Write record, when and faster_than: team"))
        of = self._of(draft, record) if record else ""
        tree = own_condition(draft, "when", record) if record else None
        if record is None or tree is None or cut is None or worth is None or not of:
            return None
        dated = dated_by(draft, record)
        asked = both(draft.head.audience, tree) or tree
        measure = Lengths(record, of, tree, dated)
        mark = ".".join(filter(None, (of.replace(".", ":"), dated.replace(".", ":"), fingerprint(tree))))
        use = use_of_records(draft, measure, cut, tree=tree, mark=mark)
        begun = draft.milestone(self.name, record, worth, self)
        made: dict[str, Any] = {
            **measured(begun, use),
            "when": compiled(asked),
            "tree": asked,
            "dated_by": dated,
            "improvement": Improvement(Fraction(0), 1, than="team", of=of),
            "min_sample": draft.whole("min_sample", example=20) or 0,
        }
        return replace(begun, **made)

    def _of(self, draft: Draft, record: str) -> str:
        """The field that says how long a record took."""
        fields_of = draft.head.catalogue.fields(record)
        known = [name for name, type_ in fields_of.items() if type_ in _LENGTHS and name.startswith(f"{record}.")]
        raw = draft.raw.get("of", f"{record}.cycle_days")
        if isinstance(raw, str) and raw in known:
            return raw
        mend = draft.findings.meant(raw, known, t("Name a field under of. %(known)s", known=listed(known)))
        draft.wrong("of", t("%(raw)s does not say how long a record took", raw=shown(raw)), mend)
        return ""


KIND = ImprovementKind()
