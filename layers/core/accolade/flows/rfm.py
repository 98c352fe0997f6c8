"""RFM: once a day the accounts of a connection are scored by what they bought, kept as fields of theirs, and written back.

Gathering reads the records page by page; tagging decides accounts whose scores changed, as every record is decided; writing
back tells the CRM of changed tags. Each step goes on where it was left, and the same again changes nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched

from accolade import crm, kpis
from accolade.crm import Reader
from accolade.flows.batch import Batch
from accolade.flows.inbox import Park, Step
from accolade.kpis.rfm import rated
from accolade.kpis.scores import bucket, segment
from accolade.model.connections import Connection
from accolade.model.errors import Conflict, Missing, Rejected, Retry
from accolade.model.fields import RECORD_FIELDS
from accolade.model.phrases import later as t
from accolade.model.reading import values
from accolade.model.records import Facts, Origin, Record, RecordKey, Value, Version
from accolade.model.times import to_millis
from accolade.programs.rulebook import Rulebook
from accolade.store import keys
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.rfm import DONE, GATHER, TAG, WRITE, Bought, Progress, RfmStore

FIELDS = ("rfm_r", "rfm_f", "rfm_m", "rfm_segment", "priority_bucket", "rfm_on")
"""The fields of an account that are computed; `rfm_on` is the day on which its segment or bucket last changed."""

SECONDS = 15.0
"""How long one run of `maintain` works at this."""

PAGE = 1_000
"""Records gathered at once."""

ACCOUNTS = 50
"""Accounts decided, or told the CRM, between two stored positions."""

REFUSED_MOST = 20
"""Accounts that the CRM refuses in a day; then the rest is left, for the reason is the same."""

_TYPES = {"deals": "deal", "invoices": "invoice"}


@dataclass(frozen=True, slots=True)
class Rfm:
    """The scoring of all connections. `batch_of` decides records of a connection, `reader_for` gives its API if it has one."""

    connections: Connections
    decisions: Decisions
    store: RfmStore
    rulebook_of: Callable[[str], Rulebook]
    batch_of: Callable[[Connection, Rulebook], Batch]
    reader_for: Callable[[Connection], Reader | None]
    park: Park
    monotonic: Callable[[], float]
    log: Callable[..., None]

    def __call__(self, tenants: Iterable[str], *, now: datetime) -> int:
        """What a day owes, as far as it goes in some seconds; how many accounts got another tag or were told the CRM."""
        until = self.monotonic() + SECONDS
        return sum(self._tenant(tenant, now, until) for tenant in tenants)

    def _tenant(self, tenant: str, now: datetime, until: float) -> int:
        book, done = self.rulebook_of(tenant), 0
        asked = any(book.asked(kind).names & _NAMES for kind in RECORD_FIELDS)
        for connection in self.connections.list(tenant):
            connection = replace(connection, maps=crm.maps_of(connection))
            if not (asked or _written_back(connection)):
                continue
            progress = self.store.progress(tenant, connection.id)
            if progress.day >= now.date().isoformat() and progress.step == DONE:
                continue
            try:
                after = self._on(connection, book, self._begun(progress, now), now, until)
            except (Conflict, Retry) as error:  # another run is at it, or the CRM is busy: the next minute goes on
                self.log("rfm_waits", tenant=tenant, connection=connection.id, reason=str(error))
                continue
            done += after.tagged + after.sent
        return done

    def run(self, connection: Connection, *, of: str, now: datetime) -> Progress:
        """Score a connection's accounts anew and to the end; Retry if its CRM is busy meanwhile."""
        progress = self.store.progress(connection.tenant, connection.id)
        begun = self._begun(replace(progress, day="", of=of or progress.of), now)
        connection = replace(connection, maps=crm.maps_of(connection))
        return self._on(connection, self.rulebook_of(connection.tenant), begun, now, float("inf"))

    def _begun(self, progress: Progress, now: datetime) -> Progress:
        """The day's progress; a new day begins at the beginning."""
        today = now.date().isoformat()
        if progress.day == today:
            return progress
        kept = Progress(progress.connection, today, GATHER, of=progress.of, revision=progress.revision)
        return replace(kept, tagged_at=progress.tagged_at, written=progress.written)

    def _on(self, connection: Connection, book: Rulebook, progress: Progress, now: datetime, until: float) -> Progress:
        if progress.step == GATHER and not progress.page and not progress.after:
            self.store.drop(connection.tenant, connection.id)
        while progress.step == GATHER and self.monotonic() < until:
            progress = self._gather(connection, progress)
        if progress.step == TAG and self.monotonic() < until:
            progress = self._tag(connection, book, progress, now, until)
        if progress.step == WRITE and self.monotonic() < until:
            progress = self._write(connection, progress, now, until)
        return progress

    def _gather(self, connection: Connection, progress: Progress) -> Progress:
        """One page of records: what each account bought before the day."""
        tenant, kind = connection.tenant, _TYPES[progress.of]
        found = self.store.records(tenant, connection.id, kind, part=progress.part, after=progress.after, limit=PAGE)
        bought = _bought(connection, progress, self.decisions.records(found).values())
        if bought:
            self.store.keep(tenant, progress, bought)
        if len(found) == PAGE:
            further = replace(progress, after=found[-1].id, page=progress.page + 1)
        else:
            last = progress.part + 1 >= keys.SHARDS
            further = replace(progress, part=progress.part + 1, after="", page=progress.page + 1, step=TAG if last else GATHER)
        return self.store.move(tenant, further)

    def _tag(self, connection: Connection, book: Rulebook, progress: Progress, now: datetime, until: float) -> Progress:
        """Accounts whose scores changed, in the order of their ids, after the last one."""
        tenant = connection.tenant
        scored = _scored(self.store.kept(tenant, connection.id, progress.day), date.fromisoformat(progress.day))
        batch = self.batch_of(connection, book)
        left = [account for account in sorted(scored) if account > progress.after]
        for part in batched(left, ACCOUNTS, strict=False):
            if self.monotonic() >= until:
                return progress
            known = self.decisions.records([RecordKey(tenant, connection.id, "account", it) for it in part])
            steps = [it for record in known.values() if (it := _step(record, scored[record.key.id], progress.day, now))]
            done = batch.run(steps, now=now)
            for _, error in done.broken:
                raise error
            if done.lost:
                raise Conflict("somebody else decides about these accounts just now", where=connection.id)
            moved = replace(progress, after=part[-1], tagged=progress.tagged + len(steps), tagged_at=to_millis(now))
            progress = self.store.move(tenant, moved)
        return self.store.move(tenant, replace(progress, after="", step=WRITE, accounts=len(scored)))

    def _write(self, connection: Connection, progress: Progress, now: datetime, until: float) -> Progress:
        """Tell the CRM of accounts whose tag changed since it was told last, once each; what it refuses waits for a person."""
        tenant, field_map = connection.tenant, connection.map_for(record="account")
        named = [name for name in FIELDS if field_map and name in field_map.named]
        reader = self.reader_for(connection) if named else None
        if field_map is None or reader is None:
            return self._done(tenant, progress)
        scored = sorted({account for page in self.store.kept(tenant, connection.id, progress.day) for account in page})
        for part in batched([it for it in scored if it > progress.after], ACCOUNTS, strict=False):
            known = self.decisions.records([RecordKey(tenant, connection.id, "account", it) for it in part])
            for key in sorted(known, key=lambda it: it.id):
                if self.monotonic() >= until:
                    return self.store.move(tenant, progress)
                record = known[key]
                if "rfm_on" in record.fields and record.fields["rfm_on"][0].at > progress.written:
                    told = {name: record.value(name) for name in named}
                    try:
                        sent = reader.write_back(field_map, key.id, told)
                        progress = replace(progress, sent=progress.sent + sent)
                    except (Rejected, Missing) as error:
                        self._refused(connection, key, told, error, now)
                        progress = replace(progress, failed=progress.failed + 1)
                progress = replace(progress, after=key.id)
            progress = self.store.move(tenant, progress)
            if progress.failed >= REFUSED_MOST:
                break
        return self._done(tenant, progress)

    def _done(self, tenant: str, progress: Progress) -> Progress:
        return self.store.move(tenant, replace(progress, step=DONE, after="", written=progress.tagged_at))

    def _refused(
        self, connection: Connection, key: RecordKey, told: Mapping[str, Value], error: Rejected | Missing, now: datetime
    ) -> None:
        cause = f"{key}|rfm|{told.get('rfm_segment')}|{error.what}"
        self.park(
            connection.tenant,
            id_=hashlib.sha256(cause.encode()).hexdigest()[:20],
            connection=connection.id,
            crm=connection.crm,
            reason=t("the CRM did not take the tag of account %(id)s: %(why)s", id=key.id, why=error.what),
            where=error.where,
            mend=error.mend or t("Mend it there, then: accolade rfm run"),
            content=[{"record": str(key), "fields": dict(told)}],
            now=now,
            origin="record",
        )


_NAMES = {f"account.{name}" for name in FIELDS}


def _written_back(connection: Connection) -> bool:
    """Whether the org's own mapping names a field for any of them."""
    field_map = connection.map_for(record="account")
    return field_map is not None and any(name in field_map.named for name in FIELDS)


def _bought(connection: Connection, progress: Progress, records: Iterable[Record]) -> dict[str, Bought]:
    """What each account bought before the day, by these records; those that name no account are left out."""
    kpi, day = kpis.kpi("rfm", {"of": progress.of}), date.fromisoformat(progress.day)
    found: dict[str, Bought] = {}
    for record in records:
        field_map = connection.map_for(record=record.key.type)
        account = str(record.value("account") or "")
        if record.deleted or not account or field_map is None or not field_map.source:
            continue
        for moment in kpi.moments(values(record, currency=field_map.currency, types=field_map.types)):
            if moment.on < day:
                on = moment.on.toordinal()
                one = (moment.parts["purchases"], moment.parts["amount"], on, on)
                found[account] = _added(found.get(account), one)
    return found


def _added(one: Bought | None, other: Bought) -> Bought:
    if one is None:
        return other
    return one[0] + other[0], one[1] + other[1], min(one[2], other[2]), max(one[3], other[3])


def _scored(pages: Iterable[Mapping[str, Bought]], day: date) -> dict[str, tuple[int, int, int]]:
    """(R, F, M) of every account that bought something before the day."""
    found: dict[str, Bought] = {}
    for page in pages:
        for account, bought in page.items():
            found[account] = _added(found.get(account), bought)
    return rated({account: (day.toordinal() - it[3], it[0], it[1]) for account, it in found.items()})


def _step(record: Record, scores: tuple[int, int, int], day: str, now: datetime) -> Step | None:
    """The change of an account's fields; None if they are what they should be."""
    name = segment(*scores)
    fields: dict[str, Value] = dict(zip(FIELDS[:3], scores, strict=True))
    fields |= {"rfm_segment": name or None, "priority_bucket": bucket(name) or None}
    changed = {it for it, value in fields.items() if record.value(it) != value}
    if not changed:
        return None
    if changed & {"rfm_segment", "priority_bucket"}:
        fields["rfm_on"] = day
    return Step(record.key, Facts(record.key, Version(to_millis(now), Origin.READ), fields))
