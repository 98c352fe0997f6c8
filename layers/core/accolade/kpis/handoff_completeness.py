"""Hand-off completeness: whether what is handed over says what the next person has to know."""

from collections.abc import Mapping

from accolade.kpis.port import Option, Values
from accolade.kpis.shapes import OfType, Share, filled, whole


class HandoffCompleteness(OfType, Share):
    """complete / handed over: records that changed owner with all `fields` filled in, over all that did. Undefined for none."""

    name = "handoff_completeness"
    title = "Complete hand-offs"
    group = "adoption"
    natures = ("qualitative", "process", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "operations")
    day = "owner_since"
    part = "complete"
    whole = "handed_over"
    options = {
        "of": Option("deal", ("deal", "lead", "contact", "account", "ticket"), "what is handed over"),
        "fields": Option("handover_note", fields=True, says="the fields that a hand-off needs"),
    }

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self._fields = self.chosen["fields"].split()
        self.reads = tuple(f"{self.record}.{name}" for name in ("owner_changes", *self._fields))

    def verdict(self, values: Values) -> bool | None:
        if not whole(self.of(values, "owner_changes")):
            return None
        return all(filled(self.of(values, name)) for name in self._fields)


KPI = HandoffCompleteness
