"""Kind behaviour: an award for each good record, or each day that has one; bounded by the day, so that nobody farms it."""

from accolade.model.phrases import later as t
from accolade.programs.drafting import Draft
from accolade.programs.drafting.recording import of_records
from accolade.programs.rules import Milestone

MOST_A_DAY = 1000


class BehaviourKind:
    """As kind record, with at most one award a day (`per: day`) or `daily_cap` of them."""

    name = "behaviour"
    required = ("record", "when")
    optional = ("per", "daily_cap")

    def build(self, draft: Draft) -> Milestone | None:
        per = draft.choice("per", ("record", "day"), "record", noun=t("what a behaviour is counted by"))
        daily = draft.whole("daily_cap", most=MOST_A_DAY, example=3)
        if per == "day" and draft.raw.get("daily_cap") is not None:
            draft.wrong(
                "daily_cap", t("per: day is at most one award a day already"), t("Leave daily_cap out, or write per: record")
            )
        return of_records(draft, self.name, daily=1 if per == "day" else daily)


KIND = BehaviourKind()
