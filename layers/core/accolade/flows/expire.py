"""Expire: once a day, where it is over, points that nobody spent go; their owners were told 30 and 7 days before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accolade.flows.expiring import Expiring
from accolade.model.deliveries import Announcement, Delivery, delivery_id, notice
from accolade.model.errors import Conflict
from accolade.model.expiry import PROGRAM, WARNINGS
from accolade.model.participants import Participant, Tenant
from accolade.model.times import zone_of
from accolade.programs.expiring import rules, zones
from accolade.store.deliveries import Deliveries
from accolade.store.expiring import Look
from accolade.store.people import People
from accolade.texts import LANGUAGES, texts
from accolade.texts.phrases import points
from accolade.wallet.expiry import Lots, Rules, expire

PEOPLE_A_RUN = 300
"""Participants looked at in a minute, so that it stays one."""

ATTEMPTS = 5
"""How often a wallet is folded again that somebody else moved meanwhile."""

ENTRIES_AT_ONCE = 40
"""Entries in one transaction."""

TOGETHER = timedelta(days=6)
"""What expires within a week of the first is told of with it: nobody hears of expiry more often than weekly."""

DONE = "~"
"""After every participant number."""


@dataclass(frozen=True, slots=True)
class _Today:
    """A round in a tenant: the newest day of all programs that let points expire, their rules, and the instant."""

    tenant: str
    day: date
    rules: Rules
    now: datetime


@dataclass(frozen=True, slots=True)
class _Warning:
    """`points` can be spent until `day`, `more` until `until`; told `before` days before, or a little more."""

    before: int
    day: date
    points: int
    until: date
    more: int


@dataclass(frozen=True, slots=True)
class Expire:
    """Called each minute with a tenant. A round begins when it is another day for some program that lets points expire, and
    goes on where the minute before stopped. `settings` gives a tenant's; `route`, `hand_over` as in `flows.outbox`."""

    expiring: Expiring
    people: People
    deliveries: Deliveries
    settings: Callable[[str], Tenant]
    route: Callable[[Delivery, Participant, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    log: Callable[..., None]

    def __call__(self, tenant: str, *, now: datetime) -> Mapping[str, int]:
        """Go on with today's round; how many expiries were posted and warnings became owed. Retry if the tables are busy."""
        book = self.expiring.rulebook(tenant)
        there = zones(book)
        if not there:
            return {}
        days = {zone: now.astimezone(zone_of(zone)).date() for zone in there}
        name = ",".join(sorted({day.isoformat() for day in days.values()}))
        begun, upto = self.expiring.store.round(tenant)
        if begun == name and upto == DONE:
            return {}
        today = _Today(tenant, max(days.values()), rules(book), now)
        return self._round(today, name, upto if begun == name else "")

    def _round(self, today: _Today, name: str, upto: str) -> dict[str, int]:
        store, done = self.expiring.store, {"expired": 0, "warned": 0}
        people = list(self.people.page(today.tenant, after=upto, limit=PEOPLE_A_RUN))
        looked = store.looked(today.tenant, [person.number for person in people])
        for person in people:
            wallet, look = looked[person.number]
            if wallet.available and (wallet.head != look.head or (look.again is not None and look.again <= today.day)):
                self._person(person, look, today, done)
        store.move(today.tenant, name, people[-1].number if len(people) == PEOPLE_A_RUN else DONE)
        return done

    def _person(self, person: Participant, look: Look, today: _Today, done: dict[str, int]) -> None:
        for _ in range(ATTEMPTS):
            try:
                found, head, gone = self._expired(person, today)
            except Conflict:
                continue
            done["expired"] += gone
            if gone:
                continue
            done["warned"] += self._warned(person, found, head, look, today)
            return
        # The next round looks again; nothing is lost but a day.
        self.log("expiry_put_off", tenant=today.tenant, participant=person.number)

    def _expired(self, person: Participant, today: _Today) -> tuple[Lots, str, int]:
        """The wallet's lots and head, and how many entries let points expire. Conflict if others move it meanwhile."""
        store = self.expiring.store
        wallet = store.wallet(today.tenant, person.number)
        entries = store.entries(today.tenant, person.number)
        if len(entries) != wallet.next_seq - 1:
            raise Conflict("an entry came in between", where=person.number)
        found = self.expiring.of(today.tenant, person.number, entries, today.rules)
        gone = expire(wallet, found, now=today.now, most=ENTRIES_AT_ONCE) if found.available == wallet.available else None
        if gone is None:
            return found, wallet.head, 0
        store.commit(wallet, gone.wallet, gone.entries)
        self.log("expired", tenant=today.tenant, participant=person.number, entries=[it.id for it in gone.entries])
        return found, gone.wallet.head, len(gone.entries)

    def _warned(self, person: Participant, found: Lots, head: str, look: Look, today: _Today) -> int:
        days, told = found.days(), dict(look.told)
        owed = list(_warnings(days, told, today.day)) if person.active else []
        new = [it for warning in owed if self.deliveries.add(it := self._delivery(person, warning, found.available, today))]
        self.expiring.store.keep(today.tenant, person.number, Look(head, _again(days, told), told))
        self.hand_over(new, today.now)
        return len(new)

    def _delivery(self, person: Participant, warning: _Warning, balance: int, today: _Today) -> Delivery:
        unit, t = self.settings(today.tenant).unit, texts(person.locale)
        title = {language: points(texts(language), warning.points, unit) for language in LANGUAGES}
        said = [t.t("You can spend them until the end of that day.")]
        if warning.more:
            more, until = points(t, warning.more, unit), t.date(warning.until)
            said.append(t.t("Another %(points)s will expire by %(on)s.", points=more, on=until))
        day = warning.day.isoformat()
        delivery = notice(
            delivery_id("expires", today.tenant, person.number, str(warning.before), day),
            today.tenant,
            person.number,
            now=today.now,
            program=PROGRAM,
            balance=balance,
            announcement=Announcement("expires", day, title, tuple(said), "me/shop"),
        )
        return self.route(delivery, person, today.now)


def _warnings(days: Mapping[date, int], told: dict[int, date], today: date) -> Iterator[_Warning]:
    """What has to be told of now, the nearest first; `told` moves on with it."""
    for before in WARNINGS:
        first = _untold(days, told, before, today)
        if first is None or first > today + timedelta(days=before):
            continue
        within = [day for day in days if first < day <= first + TOGETHER]
        until = within[-1] if within else first
        for it in WARNINGS:  # who hears of a day a week before needs not hear that it is within a month
            if it >= before:
                told[it] = max(told.get(it, date.min), first + TOGETHER)
        yield _Warning(before, first, days[first], until, sum(days[day] for day in within))


def _untold(days: Mapping[date, int], told: Mapping[int, date], before: int, today: date) -> date | None:
    return next((day for day in days if day >= today and day > told.get(before, date.min)), None)


def _again(days: Mapping[date, int], told: Mapping[int, date]) -> date | None:
    """The first day on which something expires or is told of, if the wallet stays as it is."""
    untold = ((_untold(days, told, before, date.min), before) for before in WARNINGS)
    found = [day - timedelta(days=before) for day, before in untold if day]
    return min([*found, *(day + timedelta(days=1) for day in days)], default=None)
