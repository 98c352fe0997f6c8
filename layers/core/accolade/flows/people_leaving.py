"""When somebody leaves, comes back, or asks to be erased: what ends, what stays, and what nobody can bring back by accident."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.errors import Refused
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.store.actions import Actions
from accolade.store.erasing import GONE, Erasing
from accolade.store.people import People


@dataclass(frozen=True, slots=True)
class PeopleLeaving:
    """Changes who may earn and sign in. `end_sessions(tenant, name)` ends sessions and counts them; `forget(tenant, number, now)`
    takes texts of and about a person (questions, nominations) away, and gives the ids of the nominations."""

    people: People
    erasing: Erasing
    actions: Actions
    end_sessions: Callable[[str, str], int]
    forget: Callable[[str, str, datetime], list[str]]

    def leave(self, tenant: str, number: str, *, by: str, reason: str, now: datetime) -> Participant:
        """No message, no sign-in, no redemption any more; the points stay in the wallet. A CRM's list does not undo it."""
        before = self._person(tenant, number)
        after = replace(before, active=False, left_on=now.date())
        self.people.update(after)
        ended = self.end_sessions(tenant, number)
        state = {"active": False, "left_on": now.date().isoformat(), "sessions_ended": ended}
        self._note(after, "person.left", {"active": before.active}, state, by=by, reason=reason, now=now)
        return after

    def come_back(self, tenant: str, number: str, *, by: str, reason: str, now: datetime) -> Participant:
        """Undo `leave`. Refused for who was erased, or merged into somebody else."""
        before = self._person(tenant, number)
        after = replace(before, active=True, left_on=None)
        self.people.update(after)
        self._note(after, "person.came_back", {"active": before.active}, {"active": True}, by=by, reason=reason, now=now)
        return after

    def erase(self, tenant: str, number: str, *, by: str, reason: str, now: datetime) -> Participant:
        """Name, addresses and free texts give way to a tombstone; amounts and keys stay. It cannot be undone.

        Refused for who was erased before. Conflict if somebody changes the participant at the same time.
        """
        before = self.people.by_number(tenant, number)
        if before.erased_on:
            raise Refused(
                t("%(number)s was erased on %(erased_on)s", number=number, erased_on=before.erased_on),
                mend=t("There is nothing left to erase"),
            )
        after = replace(
            before,
            id=f"erased-{number}",
            name=GONE,
            email=None,
            phone=None,
            manager=None,
            role=None,
            region=None,
            started_on=None,
            channels=(),
            consents=(),
            active=False,
            left_on=before.left_on or now.date(),
            erased_on=now.date(),
        )
        act = self.actions.write(
            tenant, at=now, by=by, what="person.erased", on=number, after={"erased_on": now.date().isoformat()}, reason=reason
        )
        self.erasing.commit(before, after, beside=[act])
        self.end_sessions(tenant, number)
        self.erasing.forget_reasons(tenant, number, self.forget(tenant, number, now))
        return after

    def _person(self, tenant: str, number: str) -> Participant:
        person = self.people.by_number(tenant, number)
        if person.erased_on:
            raise Refused(
                t("%(number)s was erased at their request", number=number), mend=t("An erased participant does not come back")
            )
        if person.merged_into:
            raise Refused(
                t("%(number)s was merged into %(merged_into)s", number=number, merged_into=person.merged_into),
                mend=t("Change that participant instead"),
            )
        return person

    def _note(
        self, person: Participant, what: str, before: object, after: object, *, by: str, reason: str, now: datetime
    ) -> None:
        self.actions.record(person.tenant, at=now, by=by, what=what, on=person.number, before=before, after=after, reason=reason)
