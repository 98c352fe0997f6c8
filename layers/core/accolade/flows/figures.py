"""Figures: what a company's programs gave, what was spent of it, what is owed, and what a rewarded deal costs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from accolade.analytics.cube import Cell, Cube
from accolade.flows.past_months import PastMonths
from accolade.model.ledger import EntryKind, Wallet
from accolade.model.money import Money, exponent
from accolade.model.participants import Participant
from accolade.programs.rulebook import Rulebook

MOST_ENTRIES = 60_000
"""Entries read for one answer: it has to come within a browser's patience. What is older is left out, and the page says so."""

MOST_DAYS = 366

OLD = timedelta(days=365)
"""Points that were given so long ago and never spent are breakage: most of them never will be."""


@dataclass(frozen=True, slots=True)
class Group:
    """A program or a team: awards, points given and spent, and people who got any."""

    name: str
    awards: int
    given: int
    spent: int
    people: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day (of the company's clock, UTC here): awards, points given and spent."""

    on: date
    awards: int
    given: int
    spent: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What one point is worth, exactly, in units of a currency; None where programs disagree or none says so."""

    value: Fraction
    currency: str

    def of(self, points: int) -> Fraction:
        """The worth of points in units of the currency."""
        return self.value * points

    def money(self, points: int) -> Money:
        """The same in the currency's smallest units, rounded half away from zero, as invoices are."""
        minor = self.of(points) * 10 ** exponent(self.currency)
        whole = int(abs(minor) + Fraction(1, 2))
        return Money(whole if minor >= 0 else -whole, self.currency)


@dataclass(frozen=True, slots=True)
class Figures:
    """From `since` to `until`, both included. `expired`: points that nobody spent in time. `liability`: points that people have
    or will have (available, pending, held, less debt). `unspent`: of those, what is older than a year, first in first out.
    `deals`: those whose points are above 0 in the end. `complete`: nothing was left out for its number."""

    since: date
    until: date
    days: Sequence[Day]
    programs: Sequence[Group]
    teams: Sequence[Group]
    awards: int
    given: int
    spent: int
    expired: int
    liability: int
    unspent: int | None
    deals: int
    worth: Worth | None
    complete: bool

    def table(self, name: str) -> tuple[Sequence[str], list[tuple[object, ...]]]:
        """`days`, `programs` or `teams` as a file has it: the names of its columns, and its rows."""
        if name == "days":
            return ("day", "awards", "points_given", "points_spent"), [(it.on, it.awards, it.given, it.spent) for it in self.days]
        groups = self.programs if name == "programs" else self.teams
        columns = ("name", "awards", "points_given", "points_spent", "people")
        return columns, [(it.name, it.awards, it.given, it.spent, it.people) for it in groups]


@dataclass(frozen=True, slots=True)
class Counting:
    """Counts for any tenant. `people` and `wallets` list a tenant's."""

    past: PastMonths
    people: Callable[[str], Iterable[Participant]]
    wallets: Callable[[str], Iterable[Wallet]]

    def figures(self, tenant: str, book: Rulebook, *, since: date, until: date, now: datetime) -> Figures:
        """The figures of a span of at most a year; the balances are those of now."""
        cube, complete = self._cube(tenant, since - OLD if until >= now.date() else since, until, MOST_ENTRIES, now)
        teams = {it.number: it.team or "" for it in self.people(tenant)}
        wallets = list(self.wallets(tenant))
        within = _Within(cube, since, until)
        return Figures(
            since,
            until,
            within.days(),
            within.groups(lambda cell: cell.program if cell.program in book.program_ids() else None),
            within.groups(lambda cell: teams.get(cell.participant)),
            within.total(EntryKind.ACCRUAL)[0],
            within.total()[1],
            -within.total(EntryKind.SPEND)[1],
            -within.total(EntryKind.EXPIRY)[1],
            sum(it.available + it.pending + it.held - it.debt for it in wallets),
            _unspent(wallets, cube, now.date() - OLD) if complete and until >= now.date() else None,
            sum(points > 0 for record, points in cube.records.items() if ":deal:" in record),
            worth_of(book),
            complete,
        )

    def cube(self, tenant: str, since: date, until: date, *, most: int = MOST_ENTRIES) -> Cube:
        """The entries of the months of a span, counted; of more than `most` the newest months."""
        return self._cube(tenant, since, until, most)[0]

    def _cube(self, tenant: str, since: date, until: date, left: int, now: datetime | None = None) -> tuple[Cube, bool]:
        """The newest months first, so that what is left out is the oldest. With `now` those that are over are read once."""
        cube = Cube("UTC")
        for month in _months(since, until):
            found = self.past.count(tenant, month, most=left, now=now)
            cube.join(found.cube)
            left -= found.entries
            if left < 0:
                return cube, False
        return cube, True


@dataclass(frozen=True, slots=True)
class _Within:
    cube: Cube
    since: date
    until: date

    def _in(self, cell: Cell) -> bool:
        return self.since <= cell.day <= self.until

    def total(self, *kinds: EntryKind) -> tuple[int, int]:
        return self.cube.sums(lambda cell: "" if self._in(cell) else None, *kinds).get("", (0, 0))

    def days(self) -> list[Day]:
        def day(cell: Cell) -> date | None:
            return cell.day if self._in(cell) else None

        awards, given, spent = self._three(day)
        span = (self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1))
        return [Day(on, awards.get(on, 0), given.get(on, 0), spent.get(on, 0)) for on in span]

    def groups(self, name: Callable[[Cell], str | None]) -> list[Group]:
        def inside(cell: Cell) -> str | None:
            return name(cell) if self._in(cell) else None

        awards, given, spent = self._three(inside)
        people: dict[str, set[str]] = {}
        for cell in self.cube.cells:
            group = inside(cell)
            if group is not None and cell.kind is EntryKind.ACCRUAL:
                people.setdefault(group, set()).add(cell.participant)
        names = sorted({*awards, *given, *spent}, key=lambda it: (-given.get(it, 0), it))
        return [Group(it, awards.get(it, 0), given.get(it, 0), spent.get(it, 0), len(people.get(it, ()))) for it in names]

    def _three[K](self, key: Callable[[Cell], K | None]) -> tuple[dict[K, int], dict[K, int], dict[K, int]]:
        awards = {name: count for name, (count, _) in self.cube.sums(key, EntryKind.ACCRUAL).items()}
        given = {name: points for name, (_, points) in self.cube.sums(key).items()}
        spent = {name: -points for name, (_, points) in self.cube.sums(key, EntryKind.SPEND).items()}
        return awards, given, spent


def _months(since: date, until: date) -> Iterator[str]:
    year, month = until.year, until.month
    while (year, month) >= (since.year, since.month):
        yield f"{year}-{month:02d}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _unspent(wallets: Iterable[Wallet], cube: Cube, before: date) -> int:
    """Of what people can spend, what was given before that day: what they have beyond everything that they got since."""
    since = cube.sums(lambda cell: cell.participant if cell.day >= before else None, EntryKind.ACCRUAL, EntryKind.ADJUSTMENT)
    return sum(max(0, it.available - max(0, since.get(it.participant, (0, 0))[1])) for it in wallets)


def worth_of(book: Rulebook) -> Worth | None:
    """What a point is worth, if all programs that say so agree."""
    newest = [version for id_ in book.program_ids() for version in book.versions(id_)[:1] if not version.ghost]
    found = {(it.point_value, it.currency) for it in newest if it.point_value}
    return Worth(*found.pop()) if len(found) == 1 else None
