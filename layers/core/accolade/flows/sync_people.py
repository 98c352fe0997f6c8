"""Keep participants in step with a CRM's users: names, e-mails, who is active, who is new."""

from collections.abc import Callable, Iterable, Sequence

from accolade.crm import CrmUser
from accolade.store.people import People

Announce = Callable[[str, Sequence[tuple[str, str]]], None]


def sync_people(users: Iterable[CrmUser], *, tenant: str, crm: str, people: People, announce: Announce) -> dict[str, int]:
    """Store what changed about a CRM's users and give the counts (`updated`, `linked`, `created`, `unchanged`).

    `announce` hears the (crm, user) pairs that lead to somebody since: what waited for them is decided again.
    """
    listed = [user for user in users if user.id]
    pairs = [(crm, user.id) for user in listed]
    before = people.identities(tenant, pairs)
    counts = people.sync_users(tenant, crm, listed)
    if counts["linked"] or counts["created"]:
        found = people.identities(tenant, [pair for pair in pairs if pair not in before])
        if found:
            announce(tenant, sorted(found))
    return counts
