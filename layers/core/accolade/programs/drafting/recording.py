"""Milestones whose awards are of single records: which ones, what each is worth, and which of its dates counts."""

from dataclasses import replace
from typing import Any

from accolade.programs.compiling import compiled
from accolade.programs.drafting import Draft, condition, reads_money, reads_participant
from accolade.programs.drafting.finishing import dated_by, finished
from accolade.programs.drafting.worths import points
from accolade.programs.rules import Milestone


def of_records(draft: Draft, kind: str, *, daily: int | None = None) -> Milestone | None:
    """A milestone with an award for each record of `record` that satisfies `when`, at most `daily` a day."""
    record = draft.record()
    if record is None:
        return None
    tree = condition(draft, "when", record)
    worth = points(draft, record)
    if worth is None or tree is None or draft.raw.get("when") is None:
        return None
    begun = draft.milestone(kind, record, worth)
    made: dict[str, Any] = {
        "when": compiled(tree),
        "tree": tree,
        "reads_money": reads_money(tree) or worth.currency is not None,
        "reads_participant": reads_participant(tree) or (worth.per or "").startswith("participant."),
        "dated_by": dated_by(draft, record),
        "daily": daily,
    }
    return finished(draft, replace(begun, **made))
