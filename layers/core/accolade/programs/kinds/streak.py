"""Kind streak: an award for each run of `n` in a row: of records, or of days, weeks or months that have one."""

from dataclasses import replace
from typing import Any

from accolade.kpis.port import Tally
from accolade.model.phrases import later as t
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import both, fingerprint
from accolade.programs.drafting import Draft, own_condition
from accolade.programs.drafting.calendars import period
from accolade.programs.drafting.finishing import dated_by, finished
from accolade.programs.drafting.measures import measured, use_of_records
from accolade.programs.drafting.worths import points
from accolade.programs.rules import Milestone
from accolade.programs.runs import OF, Hits, reached, running
from accolade.programs.terms import Streak

LONGEST = 1000


class StreakKind:
    """Level = floor(length / n), summed over the period's maximal runs, in the order of event date and record id."""

    name = "streak"
    required = ("when", "n", "period")
    optional = ("record", "where", "of", "once")

    def build(self, draft: Draft) -> Milestone | None:
        record, cut = draft.record(), period(draft)
        worth, k = points(draft, None), draft.whole("n", least=2, most=LONGEST, example=5)
        of = draft.choice("of", OF, "records", noun=t("what a run is made of"))
        once = draft.flag("once")
        if record is None:
            return None
        tree, dated = own_condition(draft, "when", record), dated_by(draft, record)
        if cut is None or worth is None or k is None or tree is None:
            return None
        asked = both(draft.head.audience, tree) or tree
        measure = Hits(record, tree, dated)
        mark = ".".join(filter(None, (record, dated, fingerprint(tree))))
        use = use_of_records(draft, measure, cut, tree=tree, mark=mark)
        begun = draft.milestone(self.name, record, worth, self)
        made: dict[str, Any] = {
            **measured(begun, use),
            "when": compiled(asked),
            "tree": asked,
            "dated_by": dated,
            "streak": Streak(k, of, once),
        }
        return finished(draft, replace(begun, **made))

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """How many full runs there are."""
        return reached(milestone.streak, tally) if milestone.streak else 0

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """The points of one run, as many times as it is held."""
        return milestone.points_for(self.level(milestone, tally)) or 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """How long the present run is, of the next full one."""
        streak = milestone.streak
        if streak is None or (streak.once and self.level(milestone, tally)):
            return None
        return running(streak, tally) % streak.k, streak.k


KIND = StreakKind()
