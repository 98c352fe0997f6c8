"""Show a wallet: everything that a person may see of their own points, and stop or restart a channel for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from accolade.kpis.port import Tally
from accolade.model.deliveries import Announcement, Delivery, Line
from accolade.model.errors import Missing
from accolade.model.ledger import Entry, EntryKind, Standing, Transfer, Wallet
from accolade.model.participants import Channel, Consent, Participant, Suppression, Tenant
from accolade.model.records import Record
from accolade.model.redemptions import PROGRAM as REDEMPTION
from accolade.model.redemptions import Redemption
from accolade.programs.current import current_periods
from accolade.programs.periods import Period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone, Program
from accolade.programs.timeline import included
from accolade.store.people import People
from accolade.store.tenants import Tenants
from accolade.store.views import Views
from accolade.tell import days_to_close
from accolade.wallet import accounts

NAME_LIMIT = 200
"""Characters of a record's name that a page may show."""

PAGE = 50
"""Lines of the feed on one page."""

NEWS = 3
"""Announcements on the page."""

NEWS_AGE = timedelta(days=30)
"""How long an announcement stands on the page."""

UNSUBSCRIBED = "unsubscribed"
"""The reason of an opt-out made by the person here; only that can be undone here."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One entry as its owner reads it: `points` is what it changed for them (wallet and debt together).

    `line` says what for, as the message about it did; `milestone` and `program` as they were when it was posted, None if
    they are not known any more; `message` is the delivery that told of it, None if it was posted silently; `redemption` is
    what points were held, spent or released for.
    """

    entry: Entry
    points: int
    line: Line
    subject: str
    program: Program | None = None
    milestone: Milestone | None = None
    message: Delivery | None = None
    redemption: Redemption | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far the next award of a milestone is, in its `progress_unit`; `last_day` of its period, None if it has no end."""

    program: Program
    milestone: Milestone
    done: int
    needed: int
    points: int | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as it stands for a person: their address on it, whether they prefer it, allowed it, or stopped it."""

    channel: Channel
    address: str | None
    preferred: bool
    consent: Consent | None
    suppression: Suppression | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A wallet page's content. `older`: the sequence number before which there are more lines; `newest`: this is the first page.

    `programs` are those in force today that are rolled out to this person, then those that ended but gave lines on this
    page. `news`: what was announced lately, newest first. `expiring`: (last day, points) of what expires, soonest first.
    """

    tenant: Tenant
    participant: Participant
    wallet: Wallet
    feed: tuple[FeedLine, ...]
    older: int | None
    newest: bool
    steps: tuple[Step, ...]
    programs: tuple[Program, ...]
    ways: tuple[Way, ...]
    news: tuple[Announcement, ...] = ()
    expiring: tuple[tuple[date, int], ...] = ()


InPeriod = tuple[Program, Milestone, Period]
Redeemed = Callable[[str, Sequence[str]], Mapping[str, Redemption]]
Expiring = Callable[[str, str, datetime], Sequence[tuple[date, int]]]


def _never(tenant: str, number: str, now: datetime) -> Sequence[tuple[date, int]]:
    return ()


def _nothing_redeemed(tenant: str, ids: Sequence[str]) -> Mapping[str, Redemption]:
    return {}


class WalletView:
    """Loads what the pages show. `rulebook` gives a tenant's compiled programs by tenant id, `redeemed` redemptions by id,
    `expiring` what of a wallet expires when (see `flows.expiring`)."""

    def __init__(
        self,
        *,
        people: People,
        tenants: Tenants,
        views: Views,
        rulebook: Callable[[str], Rulebook],
        redeemed: Redeemed = _nothing_redeemed,
        expiring: Expiring = _never,
    ) -> None:
        self._expiring = expiring
        self._people, self._tenants, self._views, self._rulebook, self._redeemed = people, tenants, views, rulebook, redeemed

    def person(self, tenant_number: int, number: str) -> tuple[Tenant, Participant]:
        """The tenant and the participant that a link names; Missing if either is gone."""
        for tenant in self._tenants.list():
            if tenant.number == tenant_number:
                return tenant, self._people.by_number(tenant.id, number)
        raise Missing(f"there is no tenant with number {tenant_number}")

    def show(self, tenant: Tenant, participant: Participant, *, now: datetime, before: int | None = None) -> PersonView:
        """The wallet with its newest lines, or those before a sequence number. Missing if nothing can be shown."""
        book = self._rulebook(tenant.id)
        entries = self._views.entries(tenant.id, participant.number, before=before, limit=PAGE)
        sent = self._views.deliveries(tenant.id, participant.number, upto=entries[0].posted_at if before and entries else None)
        wanted = _periods(participant, book, now)
        periods = {*(it.id for _, _, it in wanted), *current_periods(book, now)}
        self._views.ahead(participant, entries, periods=sorted(periods), programs=book.program_ids())
        wallet = self._views.wallet(tenant.id, participant.number)
        return PersonView(
            tenant,
            participant,
            wallet,
            tuple(self._feed(tenant.id, participant.number, entries, sent, book)),
            entries[-1].seq if len(entries) == PAGE and entries[-1].seq > 1 else None,
            before is None,
            tuple(self._steps(participant, book, wanted)),
            tuple(_programs(entries, book, participant, now)),
            tuple(self.way(participant, channel) for channel in _ordered(participant)),
            tuple(_news(sent, now)) if before is None else (),
            tuple(self._expiring(tenant.id, participant.number, now)) if before is None and wallet.available else (),
        )

    def steps(self, participant: Participant, *, now: datetime) -> list[Step]:
        """How far the next awards of somebody are, in the programs in force."""
        book = self._rulebook(participant.tenant)
        return list(self._steps(participant, book, _periods(participant, book, now)))

    def way(self, participant: Participant, channel: Channel) -> Way:
        """How a channel stands for a person now."""
        address = participant.address(channel)
        return Way(
            channel,
            address,
            channel in participant.channels,
            next((it for it in participant.consents if it.channel is channel), None),
            self._people.suppression(participant.tenant, channel, address) if address else None,
        )

    def stop(self, participant: Participant, channel: Channel, *, now: datetime) -> Way:
        """Send this person nothing more on the channel; asking twice changes nothing."""
        address = participant.address(channel)
        if address:
            self._people.suppress(participant.tenant, channel, address, reason=UNSUBSCRIBED, now=now)
        return self.way(participant, channel)

    def restart(self, participant: Participant, channel: Channel) -> Way:
        """Take the person's own opt-out back. A bounce, a complaint or a STOP stays: those are not undone by a link."""
        way = self.way(participant, channel)
        if way.address and way.suppression and way.suppression.reason == UNSUBSCRIBED:
            self._people.lift(participant.tenant, channel, way.address)
        return self.way(participant, channel)

    def _feed(
        self, tenant: str, number: str, entries: list[Entry], sent: Iterable[Delivery], book: Rulebook
    ) -> Iterator[FeedLine]:
        messages = {line.entry: it for it in sent if it.announcement is None for line in it.lines}
        untold = [entry.cause.record for entry in entries if entry.cause.record and entry.id not in messages]
        known = self._views.records(tenant, untold)
        bought = [entry.cause.scope for entry in entries if entry.cause.program == REDEMPTION]
        redeemed = self._redeemed(tenant, bought) if bought else {}
        for entry in entries:
            message = messages.get(entry.id)
            program = book.version(entry.cause.program, entry.cause.version)
            milestone = program.milestone(entry.cause.milestone) if program else None
            points = change(entry, number)
            record = known.get(entry.cause.record or "")
            subject = message.subject if message else str(record.value("name") or "")[:NAME_LIMIT] if record else ""
            line = _line(entry, points, milestone, message, record)
            yield FeedLine(entry, points, line, subject, program, milestone, message, redeemed.get(entry.cause.scope))

    def _steps(self, person: Participant, book: Rulebook, wanted: Sequence[InPeriod]) -> Iterator[Step]:
        standings = self._views.standings(person.tenant, person.number, {period.id for _, _, period in wanted})
        for program, milestone, period in wanted:
            step = _step(program, milestone, period, standings)
            if step and book.for_period(program.id, period.start) is program:
                yield step


def _periods(person: Participant, book: Rulebook, now: datetime) -> list[InPeriod]:
    """What is counted for somebody by period, and in which now."""
    return [
        (program, milestone, milestone.calendar.period_at(now))
        for program in _in_force(book, person, now)
        for milestone in program.milestones
        if milestone.calendar
    ]


def _news(sent: Iterable[Delivery], now: datetime) -> list[Announcement]:
    """What was announced lately, the newest first."""
    found = (it.announcement for it in sent if it.announcement and it.created_at >= now - NEWS_AGE)
    return [it for it in found if not it.path][:NEWS]


def change(entry: Entry, number: str) -> int:
    """What an entry changed for its owner, in points: into the wallet, pending or off the debt counts up, the reverse down;
    what vests is what became free."""
    mine = {accounts.wallet(number), accounts.debt(number)}
    if entry.kind is not EntryKind.VEST:
        mine.add(accounts.pending(number))

    def sign(transfer: Transfer) -> int:
        return (transfer.target in mine) - (transfer.source in mine)

    return sum(sign(transfer) * transfer.amount for transfer in entry.transfers)


def _line(entry: Entry, points: int, milestone: Milestone | None, message: Delivery | None, record: Record | None = None) -> Line:
    """What the message said of the entry; without one, what the rule and the record as it is now tell."""
    for line in message.lines if message else ():
        if line.entry == entry.id:
            return line
    facts: dict[str, str | int] = {"period": entry.cause.scope} if milestone and milestone.calendar else {}
    if milestone and milestone.n:
        facts["n"] = milestone.n
    days = days_to_close(record) if record and not facts else None
    if days is not None:
        facts["days"] = days
    if entry.kind is EntryKind.CLAWBACK:
        facts["on"] = entry.at.astimezone(UTC).date().isoformat()
    title: Mapping[str, str] = milestone.title if milestone else {"en": entry.cause.milestone}
    kind = milestone.kind if milestone else "record"
    return Line(entry.id, points, entry.kind.value, entry.cause.milestone, kind, title, facts)


def _step(program: Program, milestone: Milestone, period: Period, standings: Mapping[str, Standing]) -> Step | None:
    standing = standings.get(period.id)
    parts = standing.parts.get(milestone.kpi.id, {}) if standing and milestone.kpi else {}
    progress = milestone.progress(Tally(parts, start=period.start, end=period.end))
    if progress is None or progress[1] <= 0:
        return None
    return Step(program, milestone, *progress, milestone.points_for(1), period.last_day)


def _programs(entries: Iterable[Entry], book: Rulebook, person: Participant, now: datetime) -> list[Program]:
    current = _in_force(book, person, now)
    ids = {program.id for program in current}
    ended = {entry.cause.program: entry.cause.version for entry in entries if entry.cause.program not in ids}
    found = [book.version(id_, version) for id_, version in sorted(ended.items())]
    return current + [program for program in found if program]


def _in_force(book: Rulebook, person: Participant, now: datetime) -> list[Program]:
    """The versions in force today, each by the day in its own zone, that are rolled out to the person; no ghosts."""
    found = []
    for id_ in book.program_ids():
        for version in book.versions(id_)[:1]:
            program = book.on(id_, now.astimezone(ZoneInfo(version.zone)).date())
            if program and not program.ghost and included(program, person.number, person.team):
                found.append(program)
    return found


def _ordered(participant: Participant) -> list[Channel]:
    """Preferred channels first, then the others."""
    return list(dict.fromkeys([*participant.channels, *Channel]))
