"""Drafting: one milestone while it is built, and the pieces that several kinds are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accolade import kpis
from accolade.kpis import Kpi
from accolade.model.fields import FieldType
from accolade.model.money import exponent
from accolade.programs import conditions, operands
from accolade.programs.catalogue import Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, both, fields, fingerprint, tests
from accolade.programs.operands import Unreadable
from accolade.programs.periods import KINDS, Calendar, calendar
from accolade.programs.problems import Findings, Path, shown
from accolade.programs.rules import CREDITS, KpiUse, Points, Threshold

THRESHOLDS = (*conditions.ORDER, "between")
MOST_POINTS = 10**9
_COUNTABLE = (FieldType.MONEY, FieldType.INTEGER, FieldType.DECIMAL)


@dataclass(frozen=True, slots=True)
class Head:
    """What all milestones of a program share; `audience` is the parsed tree, None for everybody."""

    program: str
    version: int
    zone: str
    fiscal_start: int
    currency: str
    audience: Condition | None
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Draft:
    """A milestone of a document: what the author wrote (`raw`, any shape), where, and the program around it."""

    raw: Mapping[str, Any]
    path: Path
    head: Head
    findings: Findings

    def wrong(self, key: str, what: str, mend: str = "") -> None:
        """Note a problem with one of the milestone's keys."""
        self.findings.add((*self.path, key) if key else self.path, what, mend)

    def title(self) -> dict[str, str]:
        """Locale -> title; a title without a locale is English."""
        return titles(self.raw.get("title"))

    def credit(self) -> str:
        """Whom a record counts for."""
        credit = self.raw.get("credit", CREDITS[0])
        return credit if credit in CREDITS else CREDITS[0]


def titles(raw: object) -> dict[str, str]:
    """Locale -> text; a text without a locale is English."""
    return {str(locale): str(text) for locale, text in raw.items()} if isinstance(raw, Mapping) else {"en": str(raw)}


def condition(draft: Draft, key: str, record: str) -> Condition | None:
    """The condition under a key, joined with the audience; None if neither is there (or one of them is wrong)."""
    raw, head = draft.raw.get(key), draft.head
    if raw is None:
        return head.audience
    asked = conditions.Asked(head.catalogue, record, head.currency, head.zone, draft.findings)
    return both(head.audience, conditions.parse(raw, asked, (*draft.path, key)))


def reads_money(tree: Condition | None) -> bool:
    """Whether the condition compares amounts, which only means something in the program's currency."""
    return tree is not None and any(test.currency and test.operator != "is_set" for test in tests(tree))


def reads_participant(tree: Condition | None) -> bool:
    """Whether the condition asks about the person."""
    return tree is not None and any(name.startswith("participant.") for name in fields(tree))


def period(draft: Draft) -> Calendar | None:
    """The calendar of `period`, in the program's zone."""
    raw = draft.raw.get("period")
    if raw not in KINDS:
        if raw is None:
            draft.wrong("", "the milestone does not say for how long its KPI counts", f"Write period: {', '.join(KINDS)}")
        else:
            draft.wrong(
                "period", f"{shown(raw)} is not a period", draft.findings.meant(raw, KINDS, f"Use one of {', '.join(KINDS)}")
            )
        return None
    try:
        return calendar(str(raw), zone=draft.head.zone, fiscal_start=draft.head.fiscal_start)
    except ValueError:
        return None  # the zone or the month is wrong, and the document's shape has said so


def kpi(draft: Draft) -> Kpi | None:
    """The KPI of `kpi`."""
    raw = draft.raw.get("kpi")
    if raw is None:
        draft.wrong("", "the milestone names no KPI", f"Write kpi: {', '.join(kpis.names())}")
    elif raw in kpis.names():
        return kpis.kpi(str(raw))
    else:
        names = kpis.names()
        draft.wrong("kpi", f"{shown(raw)} is not a KPI", draft.findings.meant(raw, names, f"There are {', '.join(names)}"))
    return None


def kpi_use(draft: Draft, measure: Kpi, cut: Calendar) -> KpiUse:
    """The KPI as this milestone reads it; its id holds everything that makes it another number."""
    tree = condition(draft, "where", measure.record)
    money = measure.reads_money or reads_money(tree)
    credit = draft.credit()
    marks = [
        measure.name,
        *([draft.head.currency] if money else []),
        *([credit] if credit != CREDITS[0] else []),
        *([fingerprint(tree)] if tree else []),
    ]
    return KpiUse(
        id=".".join(marks),
        name=measure.name,
        kpi=measure,
        calendar=cut,
        where=compiled(tree) if tree else None,
        tree=tree,
        credit=credit,
        currency=draft.head.currency if money else None,
        reads_money=money,
        reads_participant=reads_participant(tree),
    )


def amount(draft: Draft, raw: object, measure: Kpi, *, key: str) -> Fraction:
    """A value of the KPI as an author writes it: a whole number, `5000 USD`, `70%`. Unreadable otherwise."""
    if measure.unit == "money":
        return Fraction(operands.money(raw, key, draft.head.currency))
    if measure.unit == "ratio":
        share = operands.share(raw, key)
        if not 0 <= share <= 1:
            raise Unreadable(f"{shown(raw)} is not a share between 0 and 1", "Write it like 70% or 0.7")
        return share
    count = operands.number(raw, key)
    if count != count.to_integral_value() or count < 0:
        raise Unreadable(f"{shown(raw)} is not a number of records", "Write a whole number")
    return Fraction(count)


def threshold(draft: Draft, measure: Kpi) -> Threshold | None:
    """The one threshold of a milestone."""
    given = [key for key in THRESHOLDS if draft.raw.get(key) is not None]
    if len(given) != 1:
        what = "names no threshold" if not given else f"names {len(given)} thresholds ({', '.join(given)})"
        draft.wrong("", f"the milestone {what}", f"Write one of {', '.join(THRESHOLDS)}")
        return None
    key, raw = given[0], draft.raw[given[0]]
    try:
        if key == "between":
            if not isinstance(raw, list) or len(raw) != 2:
                raise Unreadable("between needs two values", "Write it like between: [lowest, highest]; both count")
            low, high = (amount(draft, it, measure, key=key) for it in raw)
            return Threshold(key, low, high)
        bound = amount(draft, raw, measure, key=key)
    except Unreadable as error:
        draft.wrong(key, error.what, error.mend)
        return None
    return Threshold(key, low=bound) if key in ("at_least", "above") else Threshold(key, high=bound)


def points(draft: Draft, record: str | None) -> Points | None:
    """What the award is worth: a whole number, or per unit of a field of the record (`record` None: not possible here)."""
    raw = draft.raw.get("points")
    try:
        if isinstance(raw, str) and raw.endswith("%"):
            raise Unreadable(
                f'"{shown(raw)}" needs a field to be a percentage of, for example {{per: deal.amount, rate: {shown(raw)}}}'
            )
        if isinstance(raw, Mapping):
            return _per(draft, raw, record)
        return Points(fixed=_whole(raw, "points", least=1)) if raw is not None else None
    except Unreadable as error:
        draft.wrong("points", error.what, error.mend)
        return None


def _per(draft: Draft, raw: Mapping[str, Any], record: str | None) -> Points | None:
    if record is None:
        raise Unreadable("points per unit of a field belong to one record", "Use kind record, or a whole number of points")
    unknown = next((key for key in raw if key not in _PER), None)
    if unknown is not None:
        mend = draft.findings.meant(unknown, _PER, _EXAMPLE)
        draft.findings.add((*draft.path, "points", shown(unknown)), f"{shown(unknown)} is not part of points", mend)
        return None
    name = raw.get("per")
    known = {field: type_ for field, type_ in draft.head.catalogue.fields(record).items() if type_ in _COUNTABLE}
    if name not in known:
        raise Unreadable(f"{shown(name)} is not a field that can be counted", draft.findings.meant(name, known, _EXAMPLE))
    currency = draft.head.currency if known[name] is FieldType.MONEY else None
    floor, cap = (_whole(raw[key], key, least=0) if raw.get(key) is not None else None for key in ("floor", "cap"))
    if floor is not None and cap is not None and cap < floor:
        raise Unreadable(f"the cap ({cap}) is below the floor ({floor})", "Raise the cap")
    rate, written = _rate(raw, name, currency)
    return Points(per=name, rate=rate, floor=floor or 0, cap=cap, currency=currency, written=written)


def _rate(raw: Mapping[str, Any], name: str, currency: str | None) -> tuple[Fraction, str]:
    """Points per unit as the value is held: for money per minor unit."""
    minor = 10 ** exponent(currency) if currency else 1
    if ("rate" in raw) == ("every" in raw):
        raise Unreadable("points per unit need either a rate, or every and points", _EXAMPLE)
    if "rate" in raw:
        rate = operands.share(raw["rate"], "rate")
        if not 0 < rate <= 10**6:
            raise Unreadable(f"{shown(raw['rate'])} is not a rate", "Write it like 1% or 0.5 (points per unit)")
        return rate / minor, shown(raw["rate"])
    step = operands.money(raw["every"], name, currency) if currency else operands.number(raw["every"], "every")
    if step <= 0:
        raise Unreadable(f"{shown(raw['every'])} is not a step", "Write an amount above 0")
    return Fraction(_whole(raw.get("points", 1), "points", least=1)) / Fraction(step), shown(raw["every"])


def _whole(raw: object, name: str, *, least: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal) or raw != int(raw) or not least <= raw <= MOST_POINTS:
        raise Unreadable(
            f"{name} {shown(raw)} is not a whole number from {least} to {MOST_POINTS:,}", f"Write it like {name}: 500"
        )
    return int(raw)


_PER = ("per", "rate", "every", "points", "floor", "cap")
_EXAMPLE = "Write it like {per: deal.amount, rate: 1%, cap: 1000}"
