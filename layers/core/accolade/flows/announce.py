"""Somebody became known: the records that waited for this CRM user are decided again."""

from collections.abc import Callable, Iterable, Sequence
from itertools import batched, groupby

from accolade.model.messages import Reevaluate
from accolade.queues import Queue

RECORDS = 25
"""Records in one message: what `process` decides at once."""


class Announcer:
    """`waiting(tenant, crm, user)` gives the keys (`connection:type:id`) of what waits for a user."""

    def __init__(self, waiting: Callable[[str, str, str], Iterable[str]], inbox: Queue) -> None:
        self._waiting, self._inbox = waiting, inbox

    def __call__(self, tenant: str, users: Sequence[tuple[str, str]]) -> None:
        """Put the records that wait for these (crm, user) pairs on the Inbox; Retry if the queue does not take them."""
        keys = sorted({key for crm, user in users for key in self._waiting(tenant, crm, user)})
        messages = []
        for connection, found in groupby((key.split(":", 1) for key in keys), key=lambda parts: parts[0]):
            for chunk in batched((rest for _, rest in found), RECORDS, strict=False):
                message = Reevaluate(tenant=tenant, connection=connection, records=list(chunk), cause="owner known")
                messages.append(message.to_json())
        if messages:
            self._inbox.send(messages)
