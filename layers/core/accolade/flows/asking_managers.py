"""Asking managers: an award that waits for a person is told to its owner's manager once, with the page on which to decide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accolade.model.deliveries import Announcement, Delivery, delivery_id
from accolade.model.errors import Missing
from accolade.model.participants import Participant
from accolade.programs.rulebook import Rulebook
from accolade.store.deliveries import Deliveries
from accolade.store.outstanding import Held, Outstanding
from accolade.store.people import People
from accolade.texts import texts

LOOK_BACK = timedelta(days=2)
"""What waits longer was told long ago."""

LOOKED_AT = 500
"""Awards that wait, looked at in a minute."""

BY_NAME = 2_000
"""Participants among whom a manager who is known by name only is looked for."""


def award_id(tenant: str, award: str) -> str:
    """A short name for an award, for addresses."""
    return delivery_id("award", tenant, award)[:16]


@dataclass(frozen=True, slots=True)
class AskManagers:
    """Called each minute with a tenant. The id of a message is its cause, so nobody is asked twice about the same."""

    outstanding: Outstanding
    people: People
    deliveries: Deliveries
    rulebook_of: Callable[[str], Rulebook]
    route: Callable[[Delivery, Participant, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Tell managers what waits lately; how many messages became owed."""
        fresh = [it for it in self.outstanding.approvals(tenant, limit=LOOKED_AT) if it.at >= now - LOOK_BACK]
        if not fresh:
            return 0
        owners = self.people.participants(tenant, {it.award.split("/")[2] for it in fresh})
        new = []
        for held in fresh:
            owner = owners.get(held.award.split("/")[2])
            manager = self.manager_of(owner) if owner else None
            if owner is not None and manager is not None and manager.active:
                delivery = self._delivery(held, owner, manager, now)
                if self.deliveries.get(delivery.id) is None and self.deliveries.add(delivery):
                    new.append(delivery)
        self.hand_over(new, now)
        return len(new)

    def manager_of(self, person: Participant) -> Participant | None:
        """The participant who is somebody's manager: by import id, number, e-mail address or name; None if nobody is."""
        if not person.manager:
            return None
        try:
            return self.people.by_id(person.tenant, person.manager)
        except Missing:
            numbers = self.people.at_address(person.tenant, person.manager) if "@" in person.manager else ()
        if numbers:
            return self.people.by_number(person.tenant, numbers[0])
        wanted = person.manager.strip().casefold()
        named = self.people.page(person.tenant, limit=BY_NAME)
        return next((it for it in named if it.name.casefold() == wanted and it.number != person.number), None)

    def _delivery(self, held: Held, owner: Participant, manager: Participant, now: datetime) -> Delivery:
        program, milestone = held.award.split("/")[:2]
        versions = self.rulebook_of(owner.tenant).versions(program)
        found = versions[-1].milestone(milestone) if versions else None
        title = {name: text for name, text in (found.title if found else {}).items() if "{" not in text}
        t = texts(manager.locale)
        said = t.t("%(points)s points for somebody in your team.", points=t.number(held.points))  # who, the page says
        path = f"team/approvals/{award_id(owner.tenant, held.award)}?company={owner.tenant}"  # who has no link signs in there
        news = Announcement("approval", held.at.date().isoformat(), title or {"en": milestone.replace("-", " ")}, (said,), path)
        id_ = delivery_id("approval", owner.tenant, held.award, str(held.points), held.at.isoformat(), manager.number)
        return self.route(
            Delivery(id_, owner.tenant, manager.number, program, None, "", (), 0, now, now, announcement=news), manager, now
        )
