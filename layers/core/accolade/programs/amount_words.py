"""A KPI's value in words: `70%`, `$5,000.00`, `3 days`, `1.5 hours`."""

from decimal import Decimal
from fractions import Fraction

from accolade.model.money import Money
from accolade.programs.condition_words import share
from accolade.texts import Texts

_SPANS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


def amount_words(value: int | Fraction, unit: str, texts: Texts, *, currency: str | None = None) -> str:
    """A value of a KPI of that unit, as people read it. Money comes in minor units; halves of them are rounded up.

    Seconds are told in the largest unit that says them with one decimal: `1 hour`, `1.5 hours`, `100 minutes`.
    """
    exact = Fraction(value)
    if unit == "ratio":
        return share(exact, texts)
    if unit in ("money", "money_per_day") and currency:
        money = texts.money(Money(_whole(exact), currency))
        return money if unit == "money" else texts.t("%(amount)s a day", amount=money)
    if unit == "days":
        return _spans(exact, "days", texts)
    if unit == "seconds":
        name, size = next((it for it in _SPANS if exact >= it[1] and (exact * 10 / it[1]).denominator == 1), _SPANS[-1])
        return _spans(exact / size if size > 1 else Fraction(_whole(exact)), name, texts)
    return _written(exact, texts)


def _spans(amount: Fraction, name: str, texts: Texts) -> str:
    count, written = (int(amount) if amount.denominator == 1 else 2), _written(amount, texts)
    return {
        "days": lambda: texts.n("%(amount)s day", "%(amount)s days", count, amount=written),
        "hours": lambda: texts.n("%(amount)s hour", "%(amount)s hours", count, amount=written),
        "minutes": lambda: texts.n("%(amount)s minute", "%(amount)s minutes", count, amount=written),
        "seconds": lambda: texts.n("%(amount)s second", "%(amount)s seconds", count, amount=written),
    }[name]()


def _written(amount: Fraction, texts: Texts) -> str:
    """With at most two decimals, half up."""
    cents = _whole(amount * 100)
    return texts.decimal((Decimal(cents) / 100).normalize() + 0)


def _whole(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
