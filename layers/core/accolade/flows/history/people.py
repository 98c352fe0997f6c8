"""The people of an export: who the owner column means, and what rules may ask about them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accolade.flows.history.rows import Row
from accolade.model.participants import Participant
from accolade.model.times import parse_date

ASKED = ("role", "team", "manager", "region", "country", "kind")
"""The fields of a participant that values carry, `tenure_days` aside."""


class People:
    """Participants by what the owner column says of them: their `name` or their `id` (`by`)."""

    def __init__(self, listed: list[Participant], *, by: str) -> None:
        self.listed, self.by = listed, by
        self._known: dict[str, Participant] = {}
        for person in listed:
            self._known.setdefault(person.name if by == "name" else person.id, person)
        self._values: dict[str, dict[str, object]] = {}

    def find(self, owner: str) -> Participant | None:
        """The participant whom an owner column means; None if no file tells of them."""
        return self._known.get(owner)

    def made_up(self, owner: str) -> Participant:
        """Somebody of whom only the owner column tells."""
        return Participant("", owner, "", owner, imported=False)

    def values(self, owner: str, on: date | None) -> dict[str, object]:
        """`participant.*` of an owner as of a day; without tenure where the day or the start is unknown."""
        known = self._values.get(owner)
        person = self._known.get(owner)
        if known is None:
            known = {f"participant.{name}": getattr(person, name) for name in ASKED if person and getattr(person, name)}
            self._values[owner] = known
        if person is None or person.started_on is None or on is None:
            return known
        return {**known, "participant.tenure_days": (on - person.started_on).days}


def read_people(rows: Iterable[Row], *, by: str) -> People:
    """Participants from rows of participant files: `participant.name`, `participant.team` and so on."""
    people = []
    for row in rows:
        said: dict[str, Any] = {key.removeprefix("participant."): value for key, value in row.values.items()}
        name = said.pop("name", None) or said.get("id") or row.id
        started, id_ = said.pop("started_on", None), said.pop("id", None) or (row.id if row.id != f"L{row.line}" else name)
        people.append(Participant("", id_, "", name, started_on=parse_date(started) if started else None, **said))
    return People(people, by=by)
