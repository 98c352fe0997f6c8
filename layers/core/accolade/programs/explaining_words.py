"""Findings in words: what was seen, what is not known, and by how much something was missed; plainly, and by language."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accolade.model.fields import FieldType
from accolade.model.money import Money, to_major
from accolade.model.times import iso
from accolade.programs.condition_tree import Not
from accolade.programs.condition_words import condition_words, field_name, joined, value_words
from accolade.programs.distances import Gap
from accolade.programs.explaining import Answer, Change, Way, currency_field
from accolade.texts import Texts
from accolade.texts.plain import plain

LONG = 120
"""Characters of a value from a CRM that are shown."""


def seen_words(answer: Answer, texts: Texts) -> str:
    """The value that was there: `16`, `$8,000.00`, `won`; empty if it is not known."""
    if answer.seen is None:
        return ""
    if answer.foreign and isinstance(answer.seen, int):
        return texts.money(Money(answer.seen, answer.foreign)) if _is_currency(answer.foreign) else plain(answer.foreign)
    seen: Any = answer.seen
    return value_words(seen, answer.test, texts)


def unknown_words(answer: Answer, texts: Texts) -> str:
    """Why a question has no answer: `the amount is not known: the CRM has not sent it`; empty if it has one."""
    if answer.foreign and answer.test.currency:
        return texts.t(
            "%(field)s is in %(foreign)s, and this rule counts in %(currency)s",
            field=field_name(answer.test.field, texts),
            foreign=plain(answer.foreign, limit=10),
            currency=answer.test.currency,
        )
    if not answer.unknown:
        return ""
    named = joined((field_name(name, texts) for name in answer.unknown), texts.t("and"))
    if all(name.startswith("participant.") for name in answer.unknown):
        return texts.t("%(field)s is not known: nobody has entered it", field=named)
    return texts.t("%(field)s is not known: the CRM has not sent it", field=named)


def missed_words(gap: Gap, texts: Texts) -> str:
    """By how much: `missed by 3 days`, `$2,000.00 short`, `$2,000.00 too much`."""
    words = gap_words(gap, texts)
    if gap.unit != "money":
        return texts.t("missed by %(gap)s", gap=words)
    return texts.t("%(gap)s short", gap=words) if gap.short else texts.t("%(gap)s too much", gap=words)


def gap_words(gap: Gap, texts: Texts) -> str:
    """A distance: `3 days`, `$2,000.00`, `2 hours`, `0.5`."""
    if gap.unit == "money" and gap.currency:
        return texts.money(Money(int(gap.amount), gap.currency))
    amount, unit = _round_time(gap)
    count = int(amount) if amount.denominator == 1 else 2
    written = texts.decimal(Decimal(amount.numerator) / Decimal(amount.denominator))
    counted = {
        "days": lambda: texts.n("%(amount)s day", "%(amount)s days", count, amount=written),
        "hours": lambda: texts.n("%(amount)s hour", "%(amount)s hours", count, amount=written),
        "minutes": lambda: texts.n("%(amount)s minute", "%(amount)s minutes", count, amount=written),
        "seconds": lambda: texts.n("%(amount)s second", "%(amount)s seconds", count, amount=written),
    }
    return counted[unit]() if unit in counted else written


def change_words(change: Change, texts: Texts) -> str:
    """One thing that would have had to be otherwise, as a clause: `the amount is at least $10,000.00 (it was $8,000.00;
    $2,000.00 short)`."""
    answer = change.answer
    asked = condition_words(answer.test if change.want else Not(answer.test), texts)
    if answer.truth is None:
        return texts.t("%(condition)s (%(unknown)s)", condition=asked, unknown=unknown_words(answer, texts))
    seen = seen_words(answer, texts)
    if not seen:
        return asked
    if change.gap is None:
        return texts.t("%(condition)s (it was %(seen)s)", condition=asked, seen=seen)
    missed = missed_words(change.gap, texts)
    return texts.t("%(condition)s (it was %(seen)s; %(missed)s)", condition=asked, seen=seen, missed=missed)


def way_words(way: Way, texts: Texts) -> str:
    """All that would have had to be otherwise, in one phrase; empty for no change."""
    return joined((change_words(change, texts) for change in way), texts.t("and")) if way else ""


def plain_value(answer: Answer) -> str:
    """The value as it is held, for those who read rules: `won`, `8,000 USD`, `2026-03-30`; `-` if it is not known."""
    return _plain(answer.seen, answer)


def plain_gap(gap: Gap) -> str:
    """`3 days`, `2,000 USD`, `1.5`."""
    if gap.unit == "money" and gap.currency:
        return _money(int(gap.amount), gap.currency)
    amount, unit = _round_time(gap)
    count = f"{int(amount):,}" if amount.denominator == 1 else f"{amount:,.6g}"
    return count if unit == "number" else f"{count} {unit[:-1] if amount == 1 else unit}"


def plain_miss(change: Change) -> str:
    """`deal.cycle_days below 14 (it is 16, missed by 3 days)`, `deal.amount is not known: the CRM has not sent it`."""
    answer = change.answer
    asked = answer.test.describe() if change.want else f"not {answer.test.describe()}"
    if answer.truth is None:
        return plain_unknown(answer)
    missed = f", {plain_missed(change.gap)}" if change.gap else ""
    return f"{asked} (it is {plain_value(answer)}{missed})"


def plain_missed(gap: Gap) -> str:
    """`missed by 3 days`, `2,000 USD short`, `2,000 USD too much`."""
    if gap.unit != "money":
        return f"missed by {plain_gap(gap)}"
    return f"{plain_gap(gap)} {'short' if gap.short else 'too much'}"


def plain_unknown(answer: Answer) -> str:
    """`deal.amount is not known: the CRM has not sent it`; empty where the question has an answer."""
    if answer.foreign:
        return f"{currency_field(answer.test)} is {plain(answer.foreign, limit=10)}, the rule counts in {answer.test.currency}"
    if not answer.unknown:
        return ""
    verb = "is" if len(answer.unknown) == 1 else "are"
    people = all(name.startswith("participant.") for name in answer.unknown)
    whence = "no import has said it" if people else "the CRM has not sent it"
    return f"{' and '.join(answer.unknown)} {verb} not known: {whence}"


def _plain(value: object, answer: Answer) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if answer.test.type is FieldType.MONEY and isinstance(value, int):
        return _money(value, answer.foreign or answer.test.currency or "")
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:f}" if isinstance(value, Decimal) else plain(str(value), limit=LONG) or '""'


def _money(minor: int, currency: str) -> str:
    amount = to_major(Money(minor, currency))
    return f"{amount:,f}".removesuffix(".00") + f" {plain(currency, limit=10)}"


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()


def _round_time(gap: Gap) -> tuple[Fraction, str]:
    """Seconds in the largest unit that says enough, rounded up: nobody needs 93,784 seconds."""
    if gap.unit != "seconds":
        return gap.amount, gap.unit
    length = timedelta(microseconds=round(gap.amount * 1_000_000))
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if length >= 2 * size:
            return Fraction(-(-length // size)), unit
    return Fraction(-(-int(gap.amount * 1000) // 1000)), "seconds"
