"""What an award is worth as an author writes it: points, or points per unit of a field."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from accolade.model.fields import FieldType
from accolade.model.money import exponent
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.drafting import Draft, whole
from accolade.programs.operands import Unreadable
from accolade.programs.problems import shown
from accolade.programs.terms import Points

_COUNTABLE = (FieldType.MONEY, FieldType.INTEGER, FieldType.DECIMAL)
_PER = ("per", "rate", "every", "points", "floor", "cap")
_EXAMPLE = t("Write it like {per: deal.amount, rate: 1%, cap: 1000}")


def points(draft: Draft, record: str | None) -> Points | None:
    """What the award is worth: a whole number, or per unit of a field of the record (`record` None: not possible here)."""
    raw = draft.raw.get("points")
    try:
        if raw is None:
            raise Unreadable(t("the milestone does not say what it pays"), t("Write points: 100"))
        if isinstance(raw, str) and raw.endswith("%"):
            raise Unreadable(
                t('"%(raw)s" needs a field to be a percentage of, for example {per: deal.amount, rate: %(raw)s}', raw=shown(raw))
            )
        if isinstance(raw, Mapping):
            return _per(draft, raw, record)
        return Points(fixed=whole(raw, "points", least=1))
    except Unreadable as error:
        draft.wrong("points", error.what, error.mend)
        return None


def _per(draft: Draft, raw: Mapping[str, Any], record: str | None) -> Points | None:
    if record is None:
        raise Unreadable(t("points per unit of a field belong to one record"), t("Use kind record, or a whole number of points"))
    unknown = next((key for key in raw if key not in _PER), None)
    if unknown is not None:
        mend = draft.findings.meant(unknown, _PER, _EXAMPLE)
        draft.findings.add(
            (*draft.path, "points", shown(unknown)), t("%(unknown)s is not part of points", unknown=shown(unknown)), mend
        )
        return None
    name = raw.get("per")
    known = {field: type_ for field, type_ in draft.head.catalogue.fields(record).items() if type_ in _COUNTABLE}
    if not isinstance(name, str) or name not in known:
        raise Unreadable(
            t("%(name)s is not a field that can be counted", name=shown(name)), draft.findings.meant(name, known, _EXAMPLE)
        )
    currency = draft.head.currency if known[name] is FieldType.MONEY else None
    floor, cap = (whole(raw[key], key, least=0) if raw.get(key) is not None else None for key in ("floor", "cap"))
    if floor is not None and cap is not None and cap < floor:
        raise Unreadable(
            t("the cap (%(cap)s) is below the floor (%(floor)s)", cap=str(cap), floor=str(floor)), t("Raise the cap")
        )
    rate, written = _rate(raw, name, currency)
    return Points(per=name, rate=rate, floor=floor or 0, cap=cap, currency=currency, written=written)


def _rate(raw: Mapping[str, Any], name: str, currency: str | None) -> tuple[Fraction, str]:
    """Points per unit as the value is held: for money per minor unit."""
    minor = 10 ** exponent(currency) if currency else 1
    if ("rate" in raw) == ("every" in raw):
        raise Unreadable(t("points per unit need either a rate, or every and points"), _EXAMPLE)
    if "rate" in raw:
        rate = operands.share(raw["rate"], "rate")
        if not 0 < rate <= 10**6:
            raise Unreadable(t("%(raw)s is not a rate", raw=shown(raw["rate"])), t("Write it like 1% or 0.5 (points per unit)"))
        return rate / minor, shown(raw["rate"])
    step = operands.money(raw["every"], name, currency) if currency else operands.number(raw["every"], "every")
    if step <= 0:
        raise Unreadable(t("%(raw)s is not a step", raw=shown(raw["every"])), t("Write an amount above 0"))
    return Fraction(whole(raw.get("points", 1), "points", least=1)) / Fraction(step), shown(raw["every"])
