"""Resales: deals that are something else since another deal of their account moved are decided once more."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import batched

from accolade.model.messages import Reevaluate
from accolade.model.records import RecordKey
from accolade.queues import Queue
from accolade.store.sales import Resales

MARKS_A_RUN = 500
RECORDS_A_MESSAGE = 25


@dataclass(frozen=True, slots=True)
class ResaleRun:
    """Called each minute with a tenant. A mark goes only after its message is on the queue."""

    resales: Resales
    inbox: Queue
    log: Callable[..., None]

    def __call__(self, tenant: str) -> int:
        """Put what is marked on the Inbox; how many deals. Retry if the tables or the queue are busy."""
        marks = list(self.resales.list(tenant, limit=MARKS_A_RUN))
        deals = dict.fromkeys(key for it in marks for key in it.deals)
        messages = [
            Reevaluate(
                tenant=tenant,
                connection=connection,
                records=[f"{it.type}:{it.id}" for it in part],
                cause="its account bought more",
            ).to_json()
            for connection in sorted({it.connection for it in deals})
            for part in batched(_of(deals, connection), RECORDS_A_MESSAGE, strict=False)
        ]
        if messages:
            self.inbox.send(messages)
            self.log("resold", tenant=tenant, records=[str(key) for key in deals])
        for mark in marks:
            self.resales.forget(mark)
        return len(deals)


def _of(deals: dict[RecordKey, None], connection: str) -> list[RecordKey]:
    return [it for it in deals if it.connection == connection]
