"""Whom a manager leads: nobody else's figures, awards or names are ever shown."""

from accolade.model.participants import Participant
from accolade.web.asking import Ask
from accolade.web.desk.acting import name_of

SHOWN = 25
"""People on a page of the team's standing."""


def reports(ask: Ask) -> list[Participant]:
    """The active participants whose manager is the visitor, by name."""
    numbers = ask.house.people.led_by(ask.person)
    found = ask.house.people.participants(ask.tenant.id, numbers).values()
    return sorted((it for it in found if it.active), key=lambda it: (name_of(it).casefold(), it.number))
