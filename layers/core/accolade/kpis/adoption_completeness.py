"""Adoption, completeness: how much of what should be filled in is filled in."""

from collections.abc import Mapping

from accolade.kpis.folds import ratio
from accolade.kpis.port import Option, Parts, Tally, Value, Values
from accolade.kpis.shapes import OfType, filled

_REQUIRED = {
    "deal": "account amount close_date next_step type",
    "lead": "company country source",
    "contact": "account job_title persona",
    "account": "country industry segment",
    "ticket": "account category priority",
}


class AdoptionCompleteness(OfType):
    """filled / required fields over the records created in the period; undefined for none.

    `fields` are required (where an author names none, a few for each type); those `hidden` from one's role do not count.
    """

    name = "adoption_completeness"
    title = "Completeness of records"
    unit = "ratio"
    group = "adoption"
    natures = ("quantitative", "qualitative", "process", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer", "operations")
    day = "created_on"
    options = {
        "of": Option("deal", tuple(_REQUIRED), "which records"),
        "fields": Option("", fields=True, says="the fields that are required"),
        "hidden": Option("", fields=True, says="fields that a role cannot see, like margin:support"),
    }

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self._fields = (self.chosen["fields"] or _REQUIRED[self.record]).split()
        self._hidden = {tuple(it.split(":", 1)) for it in self.chosen["hidden"].split() if ":" in it}
        self._nobody = {it for it in self.chosen["hidden"].split() if ":" not in it}
        asks = tuple(f"{self.record}.{name}" for name in self._fields)
        self.reads = (*asks, "participant.role") if self._hidden else asks

    def parts(self, values: Values) -> Parts:
        if not any(name.startswith(f"{self.record}.") for name in values):
            return {}
        role = str(values.get("participant.role") or "").lower().replace(" ", "_")
        asked = [it for it in self._fields if it not in self._nobody and (it, role) not in self._hidden]
        done = sum(1 for name in asked if filled(self.of(values, name)))
        return {"records": 1, "required": len(asked), "filled": done} if asked else {}

    def value(self, tally: Tally) -> Value:
        return ratio(tally.sums.get("filled", 0), max(0, tally.sums.get("required", 0)))

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get("records", 0))


KPI = AdoptionCompleteness
