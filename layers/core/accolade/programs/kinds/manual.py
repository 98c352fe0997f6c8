"""Kind manual: an award for each nomination that was approved."""

from dataclasses import replace
from typing import Any

from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.catalogue import EVENT_DATE
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, Condition, Test, both, question
from accolade.programs.drafting import Draft, own_condition, reads_participant
from accolade.programs.drafting.finishing import finished
from accolade.programs.drafting.worths import points
from accolade.programs.rules import Milestone

RECORD = "nomination"
NOMINATORS = ("manager", "anyone", "admin")


class ManualKind:
    """A record milestone on nominations: one that was approved for this milestone is `won`.

    `nomination.milestone` is `program/milestone`; whoever it is about is the nomination's owner.
    """

    name = "manual"
    required = ("by",)
    optional = ("when",)

    def build(self, draft: Draft) -> Milestone | None:
        by = draft.choice("by", NOMINATORS, "manager", noun=t("who may nominate"))
        worth = points(draft, None)
        if draft.raw.get("dated_by") is not None:
            draft.wrong("dated_by", t("a nomination counts on the day of its decision"), t("Leave dated_by out"))
        own = own_condition(draft, "when", RECORD)
        if worth is None or (own is None and draft.raw.get("when") is not None):
            return None
        approved = self._approved(draft)
        tree = both(draft.head.audience, All((*approved, own)) if own else All(approved)) or All(approved)
        made: dict[str, Any] = {
            "when": compiled(tree),
            "tree": tree,
            "reads_participant": reads_participant(tree),
            "nominators": by,
        }
        return finished(draft, replace(draft.milestone(self.name, RECORD, worth), **made))

    def _approved(self, draft: Draft) -> tuple[Condition, ...]:
        program = draft.head.program.partition("~")[0]  # a ghost looks at the nominations of the program that it shadows
        wanted = (("stage", FieldType.CHOICE, "won"), ("milestone", FieldType.TEXT, f"{program}/{draft.raw.get('id')}"))
        event = EVENT_DATE[RECORD]
        return tuple(
            Test(question(f"{RECORD}.{name}", type_, "is", None, draft.head.zone, event), value, value)
            for name, type_, value in wanted
        )


KIND = ManualKind()
