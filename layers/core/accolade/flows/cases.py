"""Cases: what was parked is decided again, by the road of every notification, or dismissed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from accolade.flows.inbox import PAUSED
from accolade.flows.order_differences import ORIGIN
from accolade.flows.receive import FOREIGN
from accolade.model.connections import Connection
from accolade.model.errors import Missing, Refused
from accolade.model.messages import Notifications, Reevaluate
from accolade.model.phrases import later as t
from accolade.store.connections import Connections
from accolade.store.parked import Case, Parked

MOST = 1_000
"""Cases that are looked at when all of them are retried."""


class Inbox(Protocol):
    """The queue to process."""

    def send(self, bodies: Sequence[str]) -> Any:
        """Put messages on it."""
        ...


_DONE = {"retried": t("retried"), "dismissed": t("dismissed")}


@dataclass(frozen=True, slots=True)
class Cases:
    """The parked cases of any tenant."""

    parked: Parked
    connections: Connections
    inbox: Inbox

    def retry(self, case: Case, *, now: datetime) -> bool:
        """Ask for a case to be decided again and mark it; False if its content was too large to keep, or is no notification.

        Missing if its connection is not there (any more, or yet). Doing it twice pays nobody twice.
        """
        if not case.content or case.origin == ORIGIN:
            return False
        connection = self._connection(case)
        self.inbox.send([_message(connection, case, now)])
        self.parked.resolve(case.tenant, case.id)
        return True

    def retry_all(self, tenant: str, *, connection: str = "", now: datetime) -> int:
        """Ask for all that waits to be decided again, of a connection or of all; how many. What waits for a pause to end, or
        cannot be asked for, stays where it is."""
        done = 0
        for _, case in list(self.parked.newest(tenant, limit=MOST)):
            if case.state == "waiting" and case.reason != PAUSED and connection in ("", case.connection):
                with suppress(Missing):  # its connection is gone: it waits on, and its own page says why
                    done += self.retry(case, now=now)
        return done

    def dismiss(self, case: Case) -> None:
        """Nothing is to be done about it. Refused if it does not wait any more."""
        if case.state != "waiting":
            raise Refused(t("the case was %(state)s before", state=_DONE.get(case.state, case.state)), where=case.id)
        self.parked.resolve(case.tenant, case.id, state="dismissed")

    def _connection(self, case: Case) -> Connection:
        """The case's connection; of a foreign portal the one that has been added for it since."""
        if case.tenant == FOREIGN and case.content:
            found = self.connections.by_external(case.crm, str(case.content[0].get("portalId", "")))
        else:
            found = self.connections.of(case.tenant, case.connection)
        if found is None:
            raise Missing(
                t("connection %(connection)r of case %(case)s is not there", connection=case.connection, case=case.id),
                mend=t("Add it, then retry"),
            )
        return found


def _message(connection: Connection, case: Case, now: datetime) -> str:
    content = list(case.content or ())
    if case.origin == "record":  # a record that no rule could count is judged once more as it stands
        _, _, rest = str(content[0]["record"]).partition(":")
        again = Reevaluate(tenant=connection.tenant, connection=connection.id, records=[rest], cause="a person retries")
        return again.to_json()
    place: dict[str, Any] = {"tenant": connection.tenant, "connection": connection.id, "crm": connection.crm}
    origin: Literal["message", "read"] = "read" if case.origin == "read" else "message"
    items = [dict(entry) for entry in content]
    return Notifications(**place, received_at=now, origin=origin, items=items).to_json()
