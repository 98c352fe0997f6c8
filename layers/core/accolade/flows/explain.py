"""Explain: for one participant, why each award is there, waits, or is not there; by record, by milestone, by line, or all."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from accolade import crm
from accolade.decide import credited_users
from accolade.flows.explain_period import Looked, period_award
from accolade.flows.explain_record import Judged, record_awards, uncounted
from accolade.flows.explanation import Explanation, Verdict, Why
from accolade.flows.situations import Situations
from accolade.model.connections import INTERNAL, Connection, internal
from accolade.model.fields import RECORD_FIELDS
from accolade.model.ledger import Entry
from accolade.model.participants import Participant
from accolade.model.records import Record, RecordKey
from accolade.programs import capping
from accolade.programs.current import current_periods
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.situation import Closed, Situation
from accolade.store.closes import Closes
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.views import Views

RECENT = 50
"""Entries that are looked back at for records and periods worth explaining."""

RECORDS = 20
"""Records explained at once, the newest; of a person's own reading of every record, more."""

MOST = 300
"""Awards in one explanation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a milestone by its id, a record by its key (`connection:deal:ID`) or the CRM's own id, one line of the
    statement by its number; empty: everything recent and everything that is near."""

    milestone: str = ""
    record: str = ""
    line: int = 0

    @property
    def anything(self) -> bool:
        """Whether something in particular is asked."""
        return bool(self.milestone or self.record or self.line)


class Explainer:
    """Reads and judges; writes nothing. `rulebook` gives a tenant's compiled programs.

    `records`, where it is given, yields all records of a tenant: then also those are found that never gave a point, and what
    is asked about a record that is not the participant's is answered too. Pages for participants do without it.
    """

    def __init__(
        self,
        *,
        connections: Connections,
        decisions: Decisions,
        views: Views,
        closes: Closes,
        rulebook: Callable[[str], Rulebook],
        records: Callable[[str], Iterable[Record]] | None = None,
    ) -> None:
        self._connections, self._decisions, self._views, self._rulebook = connections, decisions, views, rulebook
        self._closes, self._all = closes, records

    def explain(self, participant: Participant, asked: Asked, *, now: datetime) -> Explanation:
        """Everything that is known about what was asked; no awards where nothing is, or nothing of theirs."""
        return Explanation(participant, tuple(islice(_Run(self, participant, asked, now).awards(), MOST)))

    def judged(self, participant: Participant, records: Collection[Record], book: Rulebook) -> Iterator[Judged]:
        """The records as the rules see them for the participant; on a page only those that are theirs."""
        for connection in self.origins(participant.tenant, records):
            mine = [record for record in records if record.key.connection == connection.id]
            situation = Situations(connection, book, self._decisions).load(mine, mine)
            situation.participants.setdefault(participant.number, participant)
            for record in mine:
                judged = Judged(record, situation, participant.number)
                if judged.theirs or self._all is not None:
                    yield judged

    def connections(self, tenant: str) -> list[Connection]:
        """The tenant's connections with their maps, and where its own records come from."""
        return [*(replace(it, maps=crm.maps_of(it)) for it in self._connections.list(tenant)), internal(tenant)]

    def origins(self, tenant: str, records: Iterable[Record]) -> list[Connection]:
        """Where these records come from: without looking for the tenant's other connections."""
        named = sorted({record.key.connection for record in records})
        known = [replace(it, maps=crm.maps_of(it)) for it in self._connections.some(tenant, named)]
        return [*known, *([internal(tenant)] if INTERNAL in named else [])]

    def records(self, tenant: str, named: Iterable[str]) -> list[Record]:
        """The records that these texts name: full keys, or a CRM's own ids in any connection; unknown ones are left out."""
        wanted: list[RecordKey] = []
        for text in named:
            parts = text.split(":", 2)
            if len(parts) == 3:
                wanted.append(RecordKey(tenant, *parts))
            elif text:
                wanted += [RecordKey(tenant, it.id, kind, text) for it in self.connections(tenant) for kind in RECORD_FIELDS]
        found = self._decisions.records(dict.fromkeys(wanted)) if wanted else {}
        return [record for record in found.values() if record.revision]

    def everything(self, tenant: str) -> Iterable[Record]:
        """All records, where they may be read."""
        return self._all(tenant) if self._all else ()

    @property
    def scans(self) -> bool:
        """Whether all records may be read."""
        return self._all is not None

    def rulebook(self, tenant: str) -> Rulebook:
        """The programs of a tenant."""
        return self._rulebook(tenant)

    def entries(self, participant: Participant, *, line: int = 0) -> list[Entry]:
        """The newest entries, or the one of that line."""
        if not line:
            return self._views.entries(participant.tenant, participant.number, limit=RECENT)
        found = self._views.entries(participant.tenant, participant.number, before=line + 1, limit=1)
        return [entry for entry in found if entry.seq == line]

    def award(self, participant: Participant, key: str) -> list[Entry]:
        """The entries of an award."""
        return self._views.award(participant.tenant, participant.number, key)

    def closed(self, tenant: str, periods: Collection[str], book: Rulebook) -> dict[tuple[str, str, str], Closed]:
        """What was judged over everybody in these periods, by program, milestone and period."""
        rules = [(rule, it) for it in periods for rule in book.milestones_in(parse_period(it)) if not rule.inline]
        found = self._closes.some(tenant, [(rule.program, rule.id, it) for rule, it in rules]) if rules else {}
        return {name: close.closed for name, close in found.items()}

    def periods(
        self, participant: Participant, periods: Collection[str], book: Rulebook, records: Collection[Record]
    ) -> Situation:
        """The participant's standings of these periods, with the facts and quotas that their milestones read; seen from where
        these records of theirs come from."""
        tenant, number = participant.tenant, participant.number
        connection = (self.origins(tenant, records) or self.connections(tenant))[0]
        _, _, standings, _ = self._decisions.people(tenant, (), {(number, it) for it in periods}, ())
        asked = [(it, rule) for it in periods for rule in book.milestones_in(parse_period(it)) if rule.kpi]
        folded = {(number, it, rule.kpi.id) for it, rule in asked if rule.kpi and rule.kpi.folded}
        quotas = {(number, rule.kpi.name, it) for it, rule in asked if rule.kpi and rule.quota}
        return Situation(
            book,
            connection,
            participants={number: participant},
            standings=standings,
            facts=self._decisions.facts(tenant, folded),
            quotas=self._decisions.quotas(tenant, quotas) if quotas else {},
        )


class _Run:
    """One explanation on its way."""

    def __init__(self, by: Explainer, participant: Participant, asked: Asked, now: datetime) -> None:
        self._by, self._who, self._asked, self._now = by, participant, asked, now
        self._book = by.rulebook(participant.tenant)
        # What was redeemed or corrected by hand is no award: no rule explains it.
        self._entries = [it for it in by.entries(participant, line=asked.line) if not it.cause.program.startswith("~")]

    def awards(self) -> Iterator[Why]:
        """The awards: what was asked first, each with its entries."""
        if self._asked.line and not self._entries:
            return
        records = self._records()
        judged = list(self._by.judged(self._who, records, self._book))
        if self._asked.record and not judged:
            return
        found = [why for it in judged for why in record_awards(it, milestone=self._milestone)]
        found += [why for it in judged for why in uncounted(it, milestone=self._milestone) if self._asked.anything]
        found += self._periods([it.record for it in judged])
        for why in sorted(found, key=self._order):
            private = why.verdict is Verdict.OTHER and not self._by.scans  # who that is, is not the reader's business
            yield replace(why, entries=tuple(self._entries_of(why)), detail="" if private else why.detail)

    @property
    def _milestone(self) -> str:
        return self._asked.milestone

    def _records(self) -> list[Record]:
        tenant = self._who.tenant
        if self._asked.record:
            return self._by.records(tenant, [self._asked.record])
        named = dict.fromkeys(entry.cause.record for entry in self._entries if entry.cause.record)
        recent = self._by.records(tenant, list(named)[:RECORDS])
        if self._asked.line or not self._by.scans:
            return recent
        known = {record.key for record in recent}
        return recent + [it for it in self._by.everything(tenant) if it.key not in known and self._counts(it)]

    def _counts(self, record: Record) -> bool:
        """Whether the record is, or was, the participant's: read as stored, before anything is judged."""
        number, users = self._who.number, {self._who.number, *self._who.identities.values()}
        return (
            bool(users & {*credited_users(record, open_too=True).values()})
            or any(it.participant == number for it in record.contributions)
            or any(key.split("/")[2] == number for key in record.awards)
        )

    def _periods(self, records: Sequence[Record]) -> list[Why]:
        """The period milestones: of the periods that were asked about, or that the records count in, or of today."""
        number = self._who.number
        ids = {it.period for record in records for it in record.contributions if it.participant == number}
        ids |= {entry.cause.scope for entry in self._entries if ":" not in entry.cause.scope} if not self._asked.record else set()
        ids |= current_periods(self._book, self._now) if not (self._asked.record or self._asked.line) else set()
        situation = self._by.periods(self._who, sorted(ids), self._book, records)
        closes = self._by.closed(self._who.tenant, ids, self._book)
        found = []
        for id_ in sorted(ids):
            for rule in self._book.milestones_in(parse_period(id_)):
                program = self._book.version(rule.program, rule.version)
                if program is None or rule.kpi is None or self._milestone not in ("", rule.id):
                    continue
                closed = closes.get((rule.program, rule.id, id_))
                standing = situation.standings[number, id_]
                looked = Looked(program, rule, rule.kpi, standing, situation, closed, tuple(records))
                why = period_award(looked, now=self._now)
                if self._wanted(why, records):
                    found.append(why)
        return found

    def _wanted(self, why: Why, records: Sequence[Record]) -> bool:
        """What is not held by period is explained by record; what a record does not count for is not its story."""
        use = why.milestone.kpi
        if use is None or use.name == capping.Awarded.name:
            return False
        if not (self._asked.record or self._asked.line) or why.scope in {entry.cause.scope for entry in self._entries}:
            return True
        place = (self._who.number, why.scope, use.id)
        return any((it.participant, it.period, it.kpi) == place for record in records for it in record.contributions)

    def _entries_of(self, why: Why) -> list[Entry]:
        key = f"{why.program.id}/{why.milestone.id}/{self._who.number}/{why.scope}"
        known = [entry for entry in reversed(self._entries) if entry.id.startswith(f"{key}#")]
        if len(known) < why.holding.revision and (self._asked.anything or why.holding.posted):
            return self._by.award(self._who, key)
        return known

    def _order(self, why: Why) -> tuple[bool, bool, str, str, str]:
        """The award of the line that was asked about first, then what is held, then the rest."""
        named = any(
            (entry.cause.program, entry.cause.milestone, entry.cause.scope) == (why.program.id, why.milestone.id, why.scope)
            for entry in self._entries
        )
        return not (self._asked.line and named), not why.held, why.program.id, why.milestone.id, why.scope
