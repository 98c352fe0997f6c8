"""A history read from a connected CRM through its adapter's reader; nothing is written to the stack."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from accolade import crm
from accolade.crm import Reader
from accolade.flows.simulation.outcome import Left
from accolade.flows.simulation.source import LONG_AGO, TENANT, Ahead, Read, day_of
from accolade.flows.simulation.spool import Spool
from accolade.model.connections import Connection
from accolade.model.errors import Rejected
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.participants import Participant
from accolade.model.records import Facts, Record, RecordKey, merge


@dataclass(frozen=True, slots=True)
class FromCrm:
    """Everything that a connection's reader gives, and the tenant's participants by number and by CRM user.

    It cannot leave its process: a reader holds a session.
    """

    link: Connection
    reader: Reader
    participants: Mapping[str, Participant]
    users: Mapping[str, str]
    now: datetime

    @property
    def size(self) -> int:
        return 0

    @property
    def separable(self) -> bool:
        return False

    @property
    def tells_sales(self) -> bool:
        return False

    def connection(self) -> Connection:
        """The connection as it reads, with everything dated after its start."""
        return replace(self.link, tenant=TENANT, since=LONG_AGO, added_at=LONG_AGO, maps=crm.maps_of(self.link))

    def read(self, into: Spool, *, wanted: Callable[[str], bool], ahead: Ahead, until: date | None) -> Read:
        """Page by page, all that there is. Retry if the CRM is busy, Rejected if it does not let us in."""
        read, refused = Read(), dict[str, int]()
        for content in self._contents(ahead):
            try:
                found = crm.adapter(self.link.crm).normalize(content, self.connection(), origin="read")
            except Rejected as error:
                refused[error.what] = refused.get(error.what, 0) + 1
                continue
            for facts in found:
                owner = str(facts.fields.get("owner") or "")
                if wanted(owner):
                    read.take(_ours(facts), owner, day_of(facts), into, until)
        into.seal()
        read.problems = [Left(what, count) for what, count in sorted(refused.items())]
        return read

    def owners(self) -> Iterator[str]:
        """Nothing is known of owners before the records are read."""
        return iter(())

    def related(self, types: Iterable[str]) -> Iterable[tuple[RecordKey, Record]]:
        """All records of these types, as the CRM has them now."""
        wanted = {type_ for type_ in types if self.connection().map_for(record=type_)}
        known: dict[RecordKey, Record] = {}
        for content in self._contents(lambda _: None, only=wanted) if wanted else ():
            for facts in crm.adapter(self.link.crm).normalize(content, self.connection(), origin="read"):
                if facts.key.type in wanted:
                    mine = _ours(facts)
                    tracked = TRACKED_FIELDS.get(mine.key.type, ())
                    known[mine.key] = merge(known.get(mine.key, Record(mine.key)), mine, tracked=tracked)
        return known.items()

    def people(self, owners: Iterable[str]) -> tuple[dict[str, Participant], Mapping[str, str]]:
        """The tenant's participants, under their own numbers."""
        return {number: replace(person, tenant=TENANT) for number, person in self.participants.items()}, self.users

    def _contents(self, ahead: Ahead, *, only: Iterable[str] | None = None) -> Iterator[Mapping[str, object]]:
        for map_ in self.connection().maps:
            if only is None or map_.record in only:
                for page in self.reader.changed_since(map_, None, now=self.now):
                    ahead(len(page.items))
                    yield from page.items


def _ours(facts: Facts) -> Facts:
    return replace(facts, key=replace(facts.key, tenant=TENANT))
