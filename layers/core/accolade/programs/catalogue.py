"""The fields that conditions and points may ask for: canonical ones, derived ones, the participant's, and the org's own."""

from collections.abc import Mapping

from accolade.model.fields import DERIVED_FIELDS, EVENT_FIELDS, PARTICIPANT_FIELDS, RECORD_FIELDS, STAGED, STAGES, FieldType
from accolade.model.relations import prefixes

PARTICIPANT = "participant"
CHOICES: dict[str, tuple[str, ...]] = {f"{record}.stage": STAGES for record in STAGED} | {
    "survey_response.kind": ("csat", "nps", "ces", "custom")
}
"""Fields whose values are known ahead of time."""

EVENT_DATE = {record: f"{record}.{dates[0] if len(dates) == 1 else 'event_on'}" for record, dates in EVENT_FIELDS.items()}
"""Record type -> the field that dates the event; `within` is relative to it."""


class Catalogue:
    """Record type -> fields with their types. `own`: record type -> the org's own fields, from the connections' mappings."""

    def __init__(self, own: Mapping[str, Mapping[str, FieldType]] | None = None) -> None:
        self.own = {record: dict(fields) for record, fields in (own or {}).items()}
        self._participant = {f"{PARTICIPANT}.{name}": type_ for name, type_ in PARTICIPANT_FIELDS.items()}
        self._joined: dict[str, dict[str, FieldType]] = {}

    @property
    def records(self) -> tuple[str, ...]:
        """The canonical record types."""
        return tuple(RECORD_FIELDS)

    def fields(self, record: str | None) -> dict[str, FieldType]:
        """`deal.amount` -> MONEY and so on, those of the records it refers to, and the participant's; only the participant's
        without a record type."""
        if record is None or record not in RECORD_FIELDS:
            return self._participant
        if record not in self._joined:
            joined = dict(self._participant)
            for other in reversed([record, *prefixes(record)]):  # what comes first counts
                joined |= self._of(other)
            self._joined[record] = joined
        return self._joined[record]

    def _of(self, record: str) -> dict[str, FieldType]:
        known = RECORD_FIELDS[record] | DERIVED_FIELDS.get(record, {})
        return {f"{record}.{name}": type_ for name, type_ in (self.own.get(record, {}) | known).items()}
