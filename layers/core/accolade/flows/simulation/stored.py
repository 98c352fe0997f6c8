"""A history that the tenant has already: the records as they are stored, each as it stands now, dated by its own event."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accolade import crm
from accolade.flows.simulation.outcome import Left
from accolade.flows.simulation.source import LONG_AGO, TENANT, Ahead, Read, day_of
from accolade.flows.simulation.spool import Spool
from accolade.model.connections import Connection, FieldMap
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.records import Facts, Record, RecordKey, Version

CONNECTION = "stored"


@dataclass(frozen=True, slots=True)
class Stored:
    """Records of a tenant, read beforehand (as many as there was time for), and its participants by number.

    References hold within one connection; records of several connections are taken as of one.
    """

    held: Sequence[Record]
    links: Sequence[Connection]
    participants: Mapping[str, Participant]

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
        """A connection that reads as those of the tenant do, with everything dated after its start."""
        maps: dict[str, FieldMap] = {}
        for link in self.links:
            maps |= {it.record: it for it in crm.maps_of(link) if it.record not in maps}
        kind = self.links[0].crm if self.links else "generic"
        return Connection(CONNECTION, TENANT, kind, "", LONG_AGO, LONG_AGO, maps=tuple(maps.values()))

    def read(self, into: Spool, *, wanted: Callable[[str], bool], ahead: Ahead, until: date | None) -> Read:
        """Each record is one event; those that were deleted are left out."""
        read, deleted = Read(), 0
        for record in self.held:
            if record.deleted:
                deleted += 1
                continue
            facts = _facts(record)
            owner = str(facts.fields.get("owner") or "")
            if wanted(owner):
                read.take(facts, owner, day_of(facts), into, until)
        ahead(len(self.held))
        into.seal()
        read.problems = [Left(t("records that were deleted"), deleted)] if deleted else []
        return read

    def owners(self) -> Iterator[str]:
        """The owner of each record."""
        return (str(it.value("owner") or "") for it in self.held)

    def related(self, types: Iterable[str]) -> Iterable[tuple[RecordKey, Record]]:
        """The records of these types among those that were read."""
        wanted = set(types)
        for it in self.held:
            if it.key.type in wanted and not it.deleted:
                key = _key(it.key)
                yield key, Record(key, it.fields, it.history, complete=it.complete)

    def people(self, owners: Iterable[str]) -> tuple[dict[str, Participant], Mapping[str, str]]:
        """The tenant's participants, under their own numbers."""
        users = {user: it.number for it in self.participants.values() for user in it.identities.values()}
        own = {it.number: it.number for it in self.participants.values()}
        return {number: replace(person, tenant=TENANT) for number, person in self.participants.items()}, own | users


def _facts(record: Record) -> Facts:
    said = {name: value for name, (_, value) in record.fields.items()}
    newest = max((version for version, _ in record.fields.values()), key=lambda it: it.at, default=Version(0))
    return Facts(_key(record.key), newest, said, record.history, complete=record.complete)


def _key(key: RecordKey) -> RecordKey:
    return RecordKey(TENANT, CONNECTION, key.type, key.id)
