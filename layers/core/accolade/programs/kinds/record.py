"""Kind record: an award for each record that satisfies `when`, for as long as it does."""

from accolade.programs import drafting
from accolade.programs.compiling import compiled
from accolade.programs.drafting import Draft
from accolade.programs.problems import shown
from accolade.programs.rules import Milestone


class RecordKind:
    """The scope of the award is the record; its points may depend on the record's fields."""

    name = "record"
    required = ("when",)
    optional = ("record",)

    def build(self, draft: Draft) -> Milestone | None:
        record = draft.raw.get("record", "deal")
        records = draft.head.catalogue.records
        if record not in records:
            mend = draft.findings.meant(record, records, f"There are {', '.join(records)}")
            draft.wrong("record", f"{shown(record)} is not a type of record", mend)
            return None
        tree = drafting.condition(draft, "when", record)
        points = drafting.points(draft, record)
        if points is None or tree is None:
            return None
        return Milestone(
            program=draft.head.program,
            version=draft.head.version,
            id=str(draft.raw.get("id")),
            title=draft.title(),
            kind=self.name,
            record=record,
            points=points,
            when=compiled(tree),
            tree=tree,
            credit=draft.credit(),
            reads_money=drafting.reads_money(tree) or points.currency is not None,
            reads_participant=drafting.reads_participant(tree) or (points.per or "").startswith("participant."),
        )


KIND = RecordKind()
