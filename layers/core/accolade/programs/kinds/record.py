"""Kind record: an award for each record that satisfies `when`, for as long as it does."""

from accolade.programs.drafting import Draft
from accolade.programs.drafting.recording import of_records
from accolade.programs.rules import Milestone


class RecordKind:
    """The scope of the award is the record; its points may depend on the record's fields."""

    name = "record"
    required = ("when",)
    optional = ("record",)

    def build(self, draft: Draft) -> Milestone | None:
        return of_records(draft, self.name)


KIND = RecordKind()
