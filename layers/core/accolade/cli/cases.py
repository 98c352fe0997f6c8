"""Putting parked cases back on the Inbox."""

from typing import Any, Literal

from accolade import wiring
from accolade.cli.session import Session, now
from accolade.flows.receive import FOREIGN
from accolade.model.connections import Connection
from accolade.model.errors import Missing
from accolade.model.messages import Notifications, Reevaluate
from accolade.store.parked import Case


def retried(open_: Session, case: Case) -> bool:
    """Ask for a case to be decided again and mark it; False if its content was too large to keep.

    Missing if its connection is not there (any more, or yet).
    """
    if not case.content:
        return False
    connection = _connection(open_, case)
    if case.origin == "record":
        message = _record(connection, case.content[0])
    else:
        items = [dict(entry) for entry in case.content]
        place: dict[str, Any] = {"tenant": connection.tenant, "connection": connection.id, "crm": connection.crm}
        origin: Literal["message", "read"] = "read" if case.origin == "read" else "message"
        message = Notifications(**place, received_at=now(), origin=origin, items=items).to_json()
    wiring.inbox().send([message])
    open_.parked.resolve(case.tenant, case.id)
    return True


def _record(connection: Connection, content: Any) -> str:
    """A record that no rule could count is judged once more as it stands."""
    _, _, rest = str(content["record"]).partition(":")
    again = Reevaluate(tenant=connection.tenant, connection=connection.id, records=[rest], cause="a person retries")
    return again.to_json()


def _connection(open_: Session, case: Case) -> Connection:
    """The case's connection; of a foreign portal the one that has been added for it since."""
    if case.tenant == FOREIGN and case.content:
        found = open_.connections.by_external(case.crm, str(case.content[0].get("portalId", "")))
    else:
        found = open_.connections.of(case.tenant, case.connection)
    if found is None:
        raise Missing(f"connection {case.connection!r} of case {case.id} is not there", mend="Add it, then retry")
    return found
