"""Weekly streak: the longest run of weeks in a row with a won deal."""

from collections.abc import Mapping

from accolade.kpis.port import Kpi, Option, Parts, Tally, Values
from accolade.kpis.runs import Run, stretches_in_a_row


class WeeklyStreak(Kpi):
    """The longest run of consecutive ISO weeks (Monday to Sunday), days or months that have at least one won deal;
    undefined where nothing was won."""

    name = "weekly_streak"
    title = "Longest streak of weeks with a win"
    unit = "number"
    natures = ("quantitative", "process", "lagging", "actionable")
    reads = ("deal.stage",)
    folded = True
    options = {"of": Option("weeks", ("days", "weeks", "months"), "what has to follow one another")}

    def parts(self, values: Values) -> Parts:
        return {"won": 1} if values.get("deal.stage") == "won" else {}

    def value(self, tally: Tally) -> int | None:
        return max((it.length for it in self._runs(tally)), default=None)

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        runs = self._runs(tally)
        # max gives the first of equals.
        longest = max(runs, key=lambda it: it.length, default=None)
        return {
            "longest": longest.length if longest else 0,
            "with_a_win": sum(it.length for it in runs),
            "runs": len(runs),
            "first": longest.first if longest else None,
            "last": longest.last if longest else None,
        }

    def _runs(self, tally: Tally) -> list[Run]:
        return stretches_in_a_row((it.on for it in tally.within()), of=self.chosen["of"])


KPI = WeeklyStreak
