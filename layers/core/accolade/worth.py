"""What a record is worth as it stands: its contributions to KPIs, and the record awards it earns."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from accolade.model.connections import FieldMap
from accolade.model.participants import Participant
from accolade.model.reading import business_date, closing, values
from accolade.model.records import Contribution, Facts, Record, Value
from accolade.programs.rulebook import Rulebook
from accolade.situation import Problem, Projection, Situation, Wanted


def credited_users(record: Record) -> dict[str, str | None]:
    """Who earns by this record, by credit rule, as CRM user ids: the owner at its closing, and the owner now.

    Empty while it is open, deleted or without a business date.
    """
    closed = closing(record)
    if closed is None or business_date(record) is None:
        return {}
    owner = record.value("owner")
    return {"owner_at_closing": closed.owner, "current_owner": str(owner) if owner else None}


def project(before: Record, merged: Record, situation: Situation, *, facts: Facts | None = None) -> Projection:
    """What the merged record is worth now, by the rules in force at its business date."""
    field_map = situation.connection.map_for(record=merged.key.type)
    closed, on = closing(merged), business_date(merged)
    users = credited_users(merged) if field_map and field_map.source else {}
    numbers = {credit: situation.owners.get(user) if user else None for credit, user in users.items()}
    unknown = users.get("owner_at_closing") if users and not numbers["owner_at_closing"] else None
    record = replace(merged, contributions=(), waiting_for=unknown)
    worth = _Worth(situation.rulebook, record.key.type, on, numbers) if on and any(numbers.values()) else None
    if worth and field_map:
        record = worth.look(record, field_map, situation)
        backfill = worth.on < situation.connection.since.date()
        parts = [replace(it, baseline=backfill) for it in worth.contributions()]
        record = replace(record, contributions=tuple(sorted(parts, key=lambda it: (it.participant, it.period, it.kpi))))
        if not backfill:
            worth.find_record_awards(record)
    return Projection(
        before,
        record,
        closed,
        worth.wanted if worth else {},
        tuple(dict.fromkeys(worth.problems)) if worth else (),
        facts.version.at if facts else record.version,
        facts.notification_ids if facts else (),
        again=facts is None,
    )


class _Worth:
    """One record under the rules of its business date; `numbers`: who earns, by credit rule."""

    def __init__(self, rulebook: Rulebook, kind: str, on: date, numbers: Mapping[str, str | None]) -> None:
        self.on, self._rulebook, self._kind, self._numbers = on, rulebook, kind, numbers
        self._uses = rulebook.kpi_uses(kind, on)
        self._milestones = rulebook.record_milestones(kind, on)
        self._seen: dict[str, Mapping[str, object]] = {}
        self.wanted: dict[str, Wanted] = {}
        self.problems: list[Problem] = []

    def look(self, record: Record, field_map: FieldMap, situation: Situation) -> Record:
        """Read the values that rules see; what they see of a person is frozen with the record at first sight."""
        plain = values(record, currency=field_map.currency, types=field_map.types)
        personal = any(use.reads_participant for use in self._uses) or any(it.reads_participant for it in self._milestones)
        for number in {number for number in self._numbers.values() if number}:
            if personal and number not in record.people and number in situation.participants:
                seen = _person(situation.participants[number], self.on)
                record = replace(record, people=dict(record.people) | {number: seen})
            person = record.people.get(number, {})
            self._seen[number] = plain | {f"participant.{name}": value for name, value in person.items() if value is not None}
        return record

    def contributions(self) -> Iterator[Contribution]:
        """What the record adds to each KPI that a program in force reads."""
        for use in self._uses:
            number = self._numbers.get(use.credit)
            period = use.calendar.period_of(self.on)
            if number and not (use.reads_money and self._foreign(number, use.currency)):
                parts = use.parts(self._seen[number])
                if parts:
                    yield Contribution(number, period.id, use.id, parts)
            elif number:
                for milestone in self._rulebook.period_milestones(use.id, period):
                    self._park(milestone.program, milestone.id, number)

    def find_record_awards(self, record: Record) -> None:
        """Which record milestones hold, and what they are worth."""
        for milestone in self._milestones:
            number = self._numbers.get(milestone.credit)
            program = self._rulebook.version(milestone.program, milestone.version)
            if number and program and milestone.reads_money and self._foreign(number, program.currency):
                self._park(program.id, milestone.id, number)
            elif number and milestone.holds(self._seen[number]) is True:
                points = milestone.points.of(self._seen[number])
                if points:
                    key = f"{milestone.program}/{milestone.id}/{number}/{record.key}"
                    self.wanted[key] = Wanted(milestone, number, points)

    def _foreign(self, number: str, currency: str | None) -> bool:
        return self._seen[number].get(f"{self._kind}.currency") != currency

    def _park(self, program: str, milestone: str, number: str) -> None:
        currency = self._seen[number].get(f"{self._kind}.currency")
        reason = f"its amount is in {currency}, which is not the program's currency, and no rate is known"
        self.problems.append(Problem(program, milestone, reason))


def _person(participant: Participant, on: date) -> dict[str, Value]:
    tenure = (on - participant.started_on).days if participant.started_on else None
    return {
        "role": participant.role,
        "team": participant.team,
        "manager": participant.manager,
        "country": participant.country,
        "tenure_days": tenure,
    }
