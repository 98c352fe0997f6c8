"""The port of KPIs: what a KPI says of one record (moments), and of many (a tally); see `kpis` for finding one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from accolade.model.phrases import later as t
from accolade.model.quick import quick

Values = Mapping[str, object]
"""A record as it stands, flat, by `type.field`: money in `int` minor units, dates as `date`, decimals as `Decimal`, instants
as aware UTC; None or absent: unknown. What it refers to (`account.*`, `product.*`) and who earns (`participant.*`) lie beside."""

_FIELD = r"[a-z][a-z0-9_]{0,39}(?::[a-z0-9_]{1,40})?"
_FIELDS = re.compile(rf"{_FIELD}(?:[, ]+{_FIELD}){{0,19}}")

Parts = Mapping[str, int]
"""Additive contributions by name."""

Value = int | Fraction | None
"""A KPI's value: exact, and None where it is undefined, which is never 0."""

UNITS = ("deals", "records", "money", "ratio", "days", "seconds", "points", "money_per_day", "number")
"""What a value counts: deals or records, minor units of one currency, an exact fraction, days, seconds, score points."""

NATURES = (
    "quantitative",
    "qualitative",
    "input",
    "output",
    "leading",
    "lagging",
    "directional",
    "process",
    "outcome",
    "practical",
    "actionable",
    "financial",
)
"""The kinds of KPI that textbooks name; a KPI has several."""

ROLES = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
"""Who may earn from a KPI."""


@quick
@dataclass(frozen=True, slots=True)
class Moment:
    """What a record adds on a business day; `about`: what it is about in folds (an account, a stage, a product family)."""

    on: date
    parts: Parts
    about: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Fact:
    """A moment as it was applied: ordered by day, then by record id in byte order, whatever the order of arrival."""

    on: date
    record: str
    parts: Parts
    about: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Tally:
    """What a value is taken from: sums of parts, and for folded KPIs the facts themselves, in order.

    [`start`, `end`) is the period in days. A KPI that looks back is given the facts from before `start` too.
    `target`: what attainment of a quota is measured against, in the unit of the value.
    """

    sums: Parts = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    start: date = date.min
    end: date = date.max
    target: Fraction | None = None

    def within(self) -> list[Fact]:
        """The facts of the period itself."""
        return [it for it in self.facts if self.start <= it.on < self.end]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that an author has: `values` are those allowed (empty: a whole number from 1), `default` the one taken.

    `fields`: it lists names of fields instead, separated by commas or spaces, each for one role if it says so
    (`margin:support`; a role in lower case, `_` for spaces). `says`: what the option decides.
    """

    default: str
    values: tuple[str, ...] = ()
    says: str = ""
    fields: bool = False


class Kpi:
    """A measure of what somebody did. One subclass a file; attributes that differ from these are stated there.

    `title`: an English phrase that the texts room translates. `better`: `higher` or `lower`. `natures` and `earners`
    as in NATURES and ROLES. `record`: the canonical type it reads first (`where` asks about it), `records`: all of them.
    `reads`: their fields; `dated_by`: the field whose date decides the period. `additive`: the value is one of the sums,
    so it may be counted in steps (`every`). `folded`: the value needs the facts in order, not only their sums.
    `looks_back`: a period's value needs facts from before it. `reads_money`: parts are worthless across currencies.
    `money`: its columns that are minor units of money.
    `people`: False where only teams and companies may be rewarded for it. `open_too`: records that have not come to their end
    count as well, as they do for every KPI with moments or a day of its own. `about`: what its moments are about: a field of
    the record (`account`, `product`) or `stage`; empty if nothing.
    """

    name: str
    title: str
    unit: str = "records"
    better: str = "higher"
    group: str = "sales"
    natures: tuple[str, ...] = ("quantitative",)
    earners: tuple[str, ...] = ("sales",)
    record: str = "deal"
    dated_by: str = "deal.close_date"
    reads: tuple[str, ...] = ()
    additive: bool = False
    folded: bool = False
    looks_back: bool = False
    reads_money: bool = False
    money: tuple[str, ...] = ()
    people: bool = True
    open_too: bool = False
    about: str = ""
    options: Mapping[str, Option] = {}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        """The KPI with its options chosen; ValueError, in plain words, for one that there is not."""
        self.chosen = {name: option.default for name, option in self.options.items()}
        for name, value in (options or {}).items():
            self.chosen[name] = _choice(self, name, value)

    @property
    def records(self) -> tuple[str, ...]:
        """Every canonical type that it reads."""
        return (self.record,)

    def moments(self, values: Values) -> Iterable[Moment]:
        """What this record adds as it stands, and on which days: by default its `parts` on the day of `dated_by`."""
        on = on_day(values, self.dated_by)
        parts = self.parts(values)
        return (Moment(on, parts),) if parts and on else ()

    def parts(self, values: Values) -> Parts:
        """What this record adds as it stands; empty if nothing, or if what it needs is unknown."""
        return {}

    def value(self, tally: Tally) -> Value:
        """The KPI, exactly; None where it is undefined."""
        return None

    def sample(self, tally: Tally) -> int:
        """How many records the value rests on (what `min_sample` asks about)."""
        return max(0, sum(tally.sums.values()))

    def columns(self, tally: Tally) -> Mapping[str, object]:
        """The parts as `accolade kpi` shows them beside the value; by default the sums."""
        return dict(sorted(tally.sums.items()))

    def together(self, tallies: Mapping[str, Tally]) -> Mapping[str, tuple[Value, Mapping[str, object]]]:
        """Value and columns of many subjects of one period. A KPI that measures subjects against each other overrides it."""
        return {subject: (self.value(tally), self.columns(tally)) for subject, tally in tallies.items()}


def _choice(kpi: Kpi, name: str, value: str) -> str:
    option = kpi.options.get(name)
    if option is None:
        raise ValueError(
            t(
                "%(kpi)s has no option %(name)s; it has %(names)s",
                kpi=kpi.name,
                name=name,
                names=", ".join(kpi.options) or t("none"),
            )
        )
    if value == option.default:  # also where that is nothing, as a stored program has it
        return value
    if option.values and value not in option.values:
        raise ValueError(
            t(
                "option %(name)r of %(kpi)s is one of %(values)s; %(value)r is not",
                name=name,
                kpi=kpi.name,
                values=", ".join(option.values),
                value=value[:60],
            )
        )
    if option.fields:
        if not _FIELDS.fullmatch(value):
            raise ValueError(
                t(
                    "%(name)s of %(kpi)s lists at most 20 fields, like amount, next_step, not %(value)s",
                    name=name,
                    kpi=kpi.name,
                    value=value[:60],
                )
            )
        return " ".join(sorted({*value.replace(",", " ").split()}))
    if not option.values and not (value.isdecimal() and len(value) <= 6 and int(value) >= 1):
        raise ValueError(t("%(name)s of %(kpi)s is a whole number from 1, not %(value)s", name=name, kpi=kpi.name, value=value))
    return value


def on_day(values: Values, name: str) -> date | None:
    """A field as a day: a date as it is, an aware instant by its UTC day; None if unknown."""
    value = values.get(name)
    return value.date() if hasattr(value, "date") else value if isinstance(value, date) else None  # type: ignore[no-any-return] # datetime.date()
