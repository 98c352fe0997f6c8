"""Seeing: the values that rules see of a record, of what it refers to, and of a person; frozen once they have counted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from accolade import selling
from accolade.model.connections import FieldMap
from accolade.model.fields import RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.reading import Closing, business_date, closing, values
from accolade.model.records import Record, RecordKey, Value, Version
from accolade.model.relations import follow_lead, relations
from accolade.programs.rulebook import Asked, Rulebook
from accolade.situation import Situation

_ANY = Version(0)
"""The version of what is frozen: it is read, never merged."""


class Dated(NamedTuple):
    """How a record was closed (None: it is open, or its type has no stages), and the day that counts."""

    closed: Closing | None
    on: date | None


class Sight:
    """What rules see of one record. `plain`: its own values and those of what it refers to; `people`: what is frozen with it.

    `settled`: it has come to its end, or has none; what is read of people and related records is then frozen. `on`: its
    business date.
    """

    def __init__(
        self, record: Record, field_map: FieldMap, situation: Situation, asked: Asked, dated: Dated | None = None
    ) -> None:
        self.people: Mapping[str, Mapping[str, Value]] = record.people
        self.closed, self.on = dated or Dated(closing(record), business_date(record))
        self.record, self._map, self._situation, self._asked = record, field_map, situation, asked
        kind = record.key.type
        self.settled = self.closed is not None or "stage" not in RECORD_FIELDS.get(kind, {})
        plain = values(record, currency=field_map.currency, types=field_map.types)
        self.plain = plain | self._related(kind) if asked.beside else plain
        if kind == "deal" and "lead" in asked.prefixes:
            follow_lead(self.plain)
        if asked.sales and kind == "deal":
            self._sell()
        self._seen: dict[str, Mapping[str, object]] = {}

    def _sell(self) -> None:
        """Remember the sale that a deal is, and see what it was to its account."""
        seen = selling.sale_of(self.record, self.plain, self.closed)
        kept = {name: it for name, it in self.people.items() if name != selling.SALE}
        if seen is not None:
            self.plain = self.plain | selling.derived(self.record, seen, self._situation.sales, beside=self._asked.near)
            self.people = kept | {selling.SALE: seen}
        elif selling.SALE in self.people:
            self.people = kept

    def of(self, number: str) -> Mapping[str, object]:
        """What rules see for a person: the record, what it refers to, and the person at event time, as first seen."""
        seen = self._seen.get(number)
        if seen is None:
            person: Mapping[str, Value] = self.people.get(number, {})
            participant = self._situation.participants.get(number)
            if not person and participant is not None and "participant" in self._asked.prefixes:
                person = attributes(participant, self.on)
                if self.settled:
                    self.people = dict(self.people) | {number: person}
            known = {f"participant.{name}": value for name, value in person.items() if value is not None} if person else {}
            rolled_out = self._situation.rulebook.buckets(number)
            seen = self._seen[number] = {**self.plain, **known, **rolled_out} if known or rolled_out else self.plain
        return seen

    def roster(self, number: str, subject: str) -> list[str]:
        """The members of the person's team (region, company) when the record was first paid for."""
        name = self.of(number).get(f"participant.{subject}", "") if subject != "company" else ""
        key = f"{subject}:{name}"
        if key not in self.people:
            self.people = dict(self.people) | {key: {it: 1 for it in self._situation.teams.get(key, (number,))}}
        return sorted(self.people[key])

    def _related(self, kind: str) -> dict[str, object]:
        """What the record refers to; the first reference that leads to a prefix counts."""
        found: dict[str, object] = {}
        tried: set[str] = set()
        for name, type_, prefix in relations(kind):
            if prefix in self._asked.prefixes and prefix not in tried:
                fields = self.people.get(prefix) or self._read(name, type_, prefix)
                if fields:
                    tried.add(prefix)
                    found |= self._typed(type_, prefix, fields)
        return found

    def _read(self, name: str, type_: str, prefix: str) -> Mapping[str, Value]:
        reference = self.record.value(name)
        key = replace(self.record.key, type=type_, id=str(reference))
        other = self._situation.related.get(key) if reference else None
        fields = {name: value for name, (_, value) in other.fields.items()} if other else {}
        if fields and self.settled:
            self.people = dict(self.people) | {prefix: fields}
        return fields

    def _typed(self, type_: str, prefix: str, fields: Mapping[str, Value]) -> dict[str, object]:
        their_map = self._situation.connection.map_for(record=type_)
        key = replace(self.record.key, type=type_, id="")
        record = Record(key, {name: (_ANY, value) for name, value in fields.items()})
        currency, types = (their_map.currency, their_map.types) if their_map else (self._map.currency, {})
        read = values(record, currency=currency, types=types)
        return {f"{prefix}.{name.partition('.')[2]}": value for name, value in read.items()}


def references(record: Record, rulebook: Rulebook) -> set[RecordKey]:
    """The records that this one refers to and that a rule reads."""
    kind, asked = record.key.type, rulebook.asked(record.key.type).prefixes
    return {
        replace(record.key, type=type_, id=str(reference))
        for name, type_, prefix in relations(kind)
        if prefix in asked and (reference := record.value(name))
    }


def seen_by(record: Record, situation: Situation, number: str) -> Mapping[str, object]:
    """What rules see of a record for a person: its values, what it refers to, the person at event time; empty if unmapped."""
    field_map = situation.connection.map_for(record=record.key.type)
    return Sight(record, field_map, situation, situation.rulebook.asked(record.key.type)).of(number) if field_map else {}


def attributes(participant: Participant, on: date | None) -> dict[str, Value]:
    """What rules may ask of a person, on a day: team and role as they are known now, tenure in days by then."""
    tenure = (on - participant.started_on).days if participant.started_on and on else None
    return {
        "number": participant.number,
        "role": participant.role,
        "team": participant.team,
        "manager": participant.manager,
        "country": participant.country,
        "region": participant.region,
        "kind": participant.kind,
        "tenure_days": tenure,
    }
