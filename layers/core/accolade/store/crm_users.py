"""What a CRM's list of users means for the participants: whom to update, whom to link, whom to add."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from accolade.model.participants import Participant


class User(Protocol):
    """A user or owner as the sweep read it: the CRM's id, name, e-mail (None if unknown), and whether active."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def active(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Participants to store: `updated` (same identities), `linked` (with the new identity), `created` (no number yet)."""

    updated: tuple[Participant, ...]
    linked: tuple[Participant, ...]
    created: tuple[Participant, ...]
    unchanged: int


def plan(stored: Sequence[Participant], users: Sequence[User], *, tenant: str, crm: str) -> Plan:
    """How to bring participants in step with a CRM's users.

    A user known by identity is updated (name, e-mail, active). Else, when exactly one participant without an identity
    there has the user's e-mail, and no other user has it, the two are linked. Else an active user becomes a
    participant under the id `<crm>-<user>`, which an import may replace by its own. Nobody is merged or deleted.
    """
    ordered = sorted(stored, key=lambda person: person.merged_into is None)  # whom a merged one goes on as, comes last and wins
    known = {person.identities[crm]: person for person in ordered if crm in person.identities}
    free = _by_email(person for person in stored if crm not in person.identities and not person.merged_into)
    emails = Counter(user.email.lower() for user in users if user.email)
    updated, linked, created = [], [], []
    for user in {user.id: user for user in users}.values():
        email = user.email.lower() if user.email else ""
        if user.id in known:
            updated.append(_updated(known[user.id], user))
        elif emails[email] == 1 and email in free:
            linked.append(replace(_updated(free[email], user), identities={**free[email].identities, crm: user.id}))
        elif user.active:
            created.append(_new(user, tenant=tenant, crm=crm))
    changed = tuple(person for person in updated if person != known[person.identities[crm]])
    return Plan(changed, tuple(linked), tuple(created), len(updated) - len(changed))


def _updated(person: Participant, user: User) -> Participant:
    """The participant as the CRM knows them; whoever left here, was erased or goes on elsewhere is not brought back."""
    if person.erased_on or person.merged_into:
        return person
    active = user.active and person.left_on is None
    return replace(person, name=user.name or person.name, email=user.email or person.email, active=active)


def _by_email(people: Iterable[Participant]) -> Mapping[str, Participant]:
    """Participants by e-mail where exactly one has it."""
    found: dict[str, list[Participant]] = {}
    for person in people:
        if person.email:
            found.setdefault(person.email.lower(), []).append(person)
    return {email: them[0] for email, them in found.items() if len(them) == 1}


def _new(user: User, *, tenant: str, crm: str) -> Participant:
    return Participant(
        tenant=tenant,
        id=f"{crm}-{user.id}",
        number="",
        name=user.name or user.id,
        email=user.email,
        identities={crm: user.id},
        imported=False,
    )
