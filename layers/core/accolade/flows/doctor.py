"""What a doctor says of a tenant: connections, sweeps, programs, people, and what waits; each with the mending step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from accolade.model.connections import Connection
from accolade.model.ledger import Budget
from accolade.model.participants import Tenant
from accolade.store.budgets import Budgets
from accolade.store.connections import Connections
from accolade.store.cursors import Cursors
from accolade.store.parked import Parked
from accolade.store.people import People
from accolade.wallet.budgets import level
from accolade.wallet.shares import is_share, kind_of, program_of

OK, NOTE, WARN, FAIL = "ok", "note", "warn", "FAIL"

SWEEP_LATE = timedelta(minutes=45)
"""Three sweeps missed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: `status` is ok, note (cannot be known here), warn or FAIL; `mend` the next step, empty if there is none."""

    status: str
    about: str
    what: str
    mend: str = ""


class Doctor:
    """Reads a tenant. `probe(connection)` gives (status, what, mend) of a connection's API."""

    def __init__(
        self,
        connections: Connections,
        cursors: Cursors,
        people: People,
        budgets: Budgets,
        parked: Parked,
        probe: Callable[[Connection], tuple[str, str, str]],
    ) -> None:
        self._connections, self._cursors, self._people = connections, cursors, people
        self._budgets, self._parked, self._probe = budgets, parked, probe

    def examine(self, tenant: Tenant, *, now: datetime) -> Iterator[Check]:
        """The tenant's findings."""
        connections = self._connections.list(tenant.id)
        if not connections:
            yield Check(WARN, f"Tenant {tenant.id}", "has no connection", "accolade connection add salesforce --help")
        for connection in connections:
            yield from self._connection(connection, now)
        yield from self._contents(tenant)
        if tenant.paused:
            yield Check(WARN, f"Tenant {tenant.id}", f"sending is paused: {', '.join(tenant.paused)}", "accolade resume")

    def _connection(self, connection: Connection, now: datetime) -> Iterator[Check]:
        about = f"{connection.crm} {connection.id}"
        yield Check(*_after(about, self._probe(connection)))
        heard = self._connections.last_heard(connection.id)
        if heard is None:
            yield Check(NOTE, about, "when it was last heard is not noted", "Its URL in the CRM: accolade connection list")
        else:
            yield Check(OK, about, f"last heard {_ago(now - heard)} ago")
        if not connection.credentials:
            return
        cursors = self._cursors.list(connection.id)
        if not cursors:
            yield Check(WARN, about, "was never swept", "Sweeps run every 15 minutes; now: accolade sweep run")
        for cursor in cursors:
            ended = cursor.swept_at
            late = ended is None or now - ended > SWEEP_LATE
            said = f"swept to the end {_ago(now - ended)} ago" if ended else "was never swept to the end"
            mend = f"accolade sweep run --connection {connection.id}" if late else ""
            yield Check(WARN if late else OK, about, f"{cursor.object} {said}", mend)

    def _contents(self, tenant: Tenant) -> Iterator[Check]:
        about = f"Tenant {tenant.id}"
        people = list(self._people.list(tenant.id))
        silent = [person.id for person in people if not person.channels]
        if not people:
            yield Check(WARN, about, "has no participants, so nobody can earn", "accolade participant import FILE.csv")
        elif silent:
            yield Check(WARN, about, f"{len(silent)} participants have no channel: {_some(silent)}", "Import them with channels")
        yield from self._money(tenant)
        waiting = sum(1 for _ in self._parked.list(tenant.id))
        if waiting:
            yield Check(WARN, about, f"{waiting} notifications are parked", "accolade parked list says why")

    def _money(self, tenant: Tenant) -> Iterator[Check]:
        """Budgets and shares of them that run low, and whether anybody is told."""
        about, budgets = f"Tenant {tenant.id}", self._budgets.list(tenant.id)
        if not budgets:
            yield Check(WARN, about, "has no program, so nothing pays", "accolade program publish FILE.yaml")
        limited = [it for it in (*budgets, *self._budgets.shares(tenant.id)) if it.limit]
        for it in limited:
            if level(it.spent, it.limit):
                yield Check(WARN, _whose(it), f"{100 * it.spent // (it.limit or 1)} % of the budget is used", _raising(it))
        if limited and not tenant.alerts:
            mend = f"accolade tenant set {tenant.id} --alerts name@example.com"
            yield Check(WARN, about, "nobody is told when a budget runs low", mend)


def _whose(it: Budget) -> str:
    if not is_share(it.program):
        return f"Program {it.program}"
    return f"Program {program_of(it.program)}, {kind_of(it.program)} {it.who}" if it.who else "All programs together"


def _raising(it: Budget) -> str:
    """The command that raises it."""
    if not is_share(it.program):
        return f"accolade budget top-up {it.program} POINTS"
    whose = f" --program {program_of(it.program)} --{kind_of(it.program)} {quote(it.who)}" if it.who else ""
    return f"accolade budget share POINTS{whose}"


def _after(about: str, found: tuple[str, str, str]) -> tuple[str, str, str, str]:
    status, what, mend = found
    return status, about, what, mend


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{max(0, minutes)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
