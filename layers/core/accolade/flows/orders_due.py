"""The Orders queue: hints that a redemption is to be looked at. A lost one costs a minute, because the due ones come again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accolade.model.errors import Retry
from accolade.model.messages import FulfillRedemption
from accolade.model.redemptions import Redemption
from accolade.queues import Queue
from accolade.store.redemptions import Redemptions

A_RUN = 200
"""Redemptions in each state that one run enqueues."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Puts redemptions on the queue. `log` as everywhere."""

    queue: Queue
    log: Callable[..., None]

    def hint(self, redemption: Redemption) -> None:
        """Let somebody look at a redemption soon; what the queue does not take is found by `due`."""
        try:
            self.queue.send([_message(redemption)])
        except Retry as error:
            self.log("not_queued", redemption=redemption.id, tenant=redemption.tenant, error=str(error))

    def due(self, redemptions: Redemptions, tenant: str, *, now: datetime) -> int:
        """Enqueue what is due; how many. What the queue does not take is due in a minute still."""
        found = [_message(it) for it in redemptions.due(tenant, now, limit=A_RUN)]
        try:
            self.queue.send(found)
        except Retry as error:
            self.log("not_queued", redemptions=len(found), tenant=tenant, error=str(error))
            return 0
        return len(found)


def _message(it: Redemption) -> str:
    return FulfillRedemption(tenant=it.tenant, participant=it.participant, redemption=it.id).to_json()
