"""What an explanation holds: one award of one person, or the lack of it, with everything that led there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from accolade.model.ledger import Entry
from accolade.model.participants import Participant
from accolade.model.records import Holding
from accolade.programs.condition_tree import Condition
from accolade.programs.explaining import Finding, Way
from accolade.programs.periods import Period
from accolade.programs.rules import Milestone, Program


class Verdict(StrEnum):
    """What became of an award. The first group is held, the second waits, the third is not there, each with its reason."""

    PAID = "paid"

    PENDING = "pending"
    PARKED = "parked"
    AWAITING = "awaiting"
    GHOST = "ghost"
    CLOSING = "closing"
    COMING = "coming"

    REFUSED = "refused"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    AUDIENCE = "not_in_audience"
    ROLLOUT = "not_rolled_out"
    BEFORE = "before_program"
    AFTER = "after_program"
    VERSION = "other_version"
    BACKLOG = "backlog"
    UNDATED = "no_date"
    OPEN = "still_open"
    DELETED = "deleted"
    COPY = "copy"
    OWNER = "owner_unknown"
    OTHER = "credited_to_another"
    CURRENCY = "foreign_currency"
    UNCOUNTED = "not_counted"
    SHORT = "short"
    RANKED = "not_among_the_first"
    EQUAL = "not_improved"
    SAMPLE = "small_sample"
    UNDEFINED = "nothing_counted"
    CAPPED = "capped"
    WORTHLESS = "no_points"


HELD = (Verdict.PAID, Verdict.PENDING)
WAITING = (Verdict.PARKED, Verdict.AWAITING, Verdict.GHOST, Verdict.CLOSING, Verdict.COMING)


def capped_or_coming(program: Program, milestone: Milestone) -> Verdict:
    """What is due and not there was cut by a limit; where there is none, the program has just changed and it is on its way."""
    return Verdict.CAPPED if milestone.caps or program.caps or milestone.daily is not None else Verdict.COMING


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to an award's points, `points` after it. `kind`:

    `points` (what the rule gives), `times` (a multiplier `written` so, `applied` or not where `tree` says), `signal` (an
    anti-gaming signal of that `score`, with what was `seen`, caps them at `limit`), `longer`, `review` (a signal holds them for
    `limit` days, or asks for a person), `share` (of a split or a group), `cap` (of `limit` points), `hold` (`until`), `gate`
    (until `tree` is true, and at the latest by `until`), `approval` (above `limit` a person has to approve).
    """

    kind: str
    points: int
    written: str = ""
    tree: Condition | None = None
    limit: int = 0
    score: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)
    until: datetime | None = None
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """A record that counts for a KPI: its key's text, name, day and parts."""

    record: str
    name: str
    on: date | None
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """The KPI of a period milestone as it stands: its exact value (None: undefined), its parts, how many records it rests on,
    and how far the next award is (`done` of `needed`, in the milestone's `progress_unit`). `before`: what an improvement is
    measured against (None: nothing yet); `place`: the place in a rank (0: none that pays)."""

    value: int | Fraction | None
    parts: Mapping[str, object]
    sample: int
    level: int
    done: int | None = None
    needed: int | None = None
    baseline: Mapping[str, int] = field(default_factory=dict)
    quota: Fraction | None = None
    before: Fraction | None = None
    place: int = 0
    records: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The record that an explanation is about: `on` is the day that counts, `days` how long it took from its creation.

    `notes`: by field, where its value comes from: `since` an instant, or the (field, day) pairs that it is made of.
    """

    key: str
    type: str
    name: str
    on: date | None
    days: int | None = None
    stage: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """One milestone for one person and scope (a record or a period).

    `holding` is what is held, `due` what the rules give as things stand. `audience` and `conditions` say what was asked and
    found; `nearest` what would have had to be otherwise. `entries` are those of this award, oldest first. `detail` is a
    person, a currency or a reason that the verdict names.
    """

    program: Program
    milestone: Milestone
    scope: str
    verdict: Verdict
    holding: Holding = field(default_factory=Holding)
    due: int = 0
    record: Subject | None = None
    period: Period | None = None
    audience: Finding | None = None
    conditions: Finding | None = None
    nearest: Way = ()
    measure: Measure | None = None
    steps: tuple[Step, ...] = ()
    entries: tuple[Entry, ...] = ()
    detail: str = ""

    @property
    def held(self) -> bool:
        """Whether points are in the wallet, or pending there."""
        return self.verdict in HELD

    @property
    def share(self) -> Fraction:
        """How far away it is, from 0 (there) to 1, to show the nearest first."""
        if self.measure and self.measure.needed and self.measure.done is not None:
            return Fraction(max(0, self.measure.needed - self.measure.done), self.measure.needed)
        if self.nearest:
            return min(Fraction(1), sum((change.share for change in self.nearest), Fraction(0)))
        return Fraction(1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that was asked about one participant: awards that are held, those that wait, those that are not there."""

    participant: Participant
    awards: tuple[Why, ...]

    @property
    def missing(self) -> list[Why]:
        """What is not held, the nearest first."""
        lacking = [it for it in self.awards if not it.held and it.verdict not in WAITING]
        return sorted(lacking, key=lambda it: (it.share, it.program.id, it.milestone.id, it.scope))
