"""Win streak: the longest run of won deals in a row."""

from collections.abc import Mapping

from accolade.kpis.port import Fact, Kpi, Parts, Tally, Values
from accolade.kpis.runs import records_in_a_row


class WinStreak(Kpi):
    """The longest run of consecutive won deals among the closed ones, in the order of (close date, id).

    A lost deal breaks it, an open one does not. Of equal runs the earliest counts.
    """

    name = "win_streak"
    title = "Longest winning streak"
    unit = "deals"
    natures = ("quantitative", "output", "lagging", "outcome")
    reads = ("deal.stage",)
    folded = True

    def parts(self, values: Values) -> Parts:
        stage = values.get("deal.stage")
        if stage == "won":
            return {"won": 1, "closed": 1}
        return {"closed": 1} if stage == "lost" else {}

    def value(self, tally: Tally) -> int:
        return len(_longest(tally))

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        run = _longest(tally)
        first, last = (run[0], run[-1]) if run else (None, None)
        return {
            "first_record": first.record if first else None,
            "first": first.on if first else None,
            "last_record": last.record if last else None,
            "last": last.on if last else None,
        }


def _longest(tally: Tally) -> list[Fact]:
    # max gives the first of equals.
    return max(records_in_a_row(tally.within(), hit="won"), key=len, default=[])


KPI = WinStreak
