"""Who won by a program lately, as its page shows it (see `web.effects`)."""

from typing import Any

from accolade.web.asking import Ask
from accolade.web.desk.program_seen import Seen
from accolade.web.desk.simulation_view import unit_words
from accolade.web.effects import won

WINNERS = 20
"""People who are named."""


def winners(ask: Ask, it: Seen) -> dict[str, Any]:
    """Who got how much by this program in this month and the one before, most first, as far as it was read."""
    found = won(ask, it.id)
    people = ask.house.people.participants(ask.tenant.id, [number for number, _ in found.best[:WINNERS]])
    rows = [
        {"number": number, "name": people[number].name if number in people else number, "points": ask.t.number(points)}
        for number, points in found.best[:WINNERS]
    ]
    unit = unit_words(it.newest.unit if it.newest else ask.tenant.unit, ask.t)
    return {"rows": rows, "people": len(found.best), "cut": found.cut, "unit": unit}
