"""Flows about people over a house: merging, leaving, erasing. Pages and the API use the same."""

from datetime import datetime
from typing import TYPE_CHECKING

from accolade.flows.announce import Announcer
from accolade.flows.people_leaving import PeopleLeaving
from accolade.flows.people_merge import PeopleMerge
from accolade.model.errors import Missing
from accolade.model.participants import Participant
from accolade.store.erasing import Erasing
from accolade.store.merging import Merging
from accolade.store.waiting import Waiting

if TYPE_CHECKING:
    from accolade.web.house import House


def merge_of(house: "House") -> PeopleMerge:
    """The flow that merges two participants."""
    announce = Announcer(Waiting(house.db), house.queue("inbox"))
    return PeopleMerge(house.people, Merging(house.db), house.actions, end_sessions=house.sessions.end_all, announce=announce)


def somebody(house: "House", tenant: str, text: str) -> Participant:
    """A participant by import id, number, e-mail address or phone number; Missing if there is none, or more than one."""
    try:
        return house.people.by_id(tenant, text)
    except Missing:
        numbers = house.people.at_address(tenant, text)
        if len(numbers) != 1:
            raise
        return house.people.by_number(tenant, numbers[0])


def leaving_of(house: "House", *, by: str) -> PeopleLeaving:
    """The flow of leaving and of erasing, for somebody of the staff."""

    def forget(tenant: str, number: str, now: datetime) -> list[str]:
        house.disputes.forget(tenant, number)
        return list(house.nominations(tenant).forget(number, by=by, now=now))

    return PeopleLeaving(house.people, Erasing(house.db), house.actions, house.sessions.end_all, forget)
