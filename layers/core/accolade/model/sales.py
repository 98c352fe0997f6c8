"""What a won deal was to its account: exactly one of first, repeat, upsell and cross-sell. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accolade.model.fields import TOLD_FIELDS

SALE_KINDS = ("first", "repeat", "upsell", "cross_sell")
"""first: the account never bought before. repeat: a product it has. upsell: a new product of a family it has, with a list
price above the highest it has there. cross_sell: any other new product."""

SALE_FIELDS = frozenset(f"deal.{name}" for name in TOLD_FIELDS["deal"])
"""What is derived from it for a deal; it takes the account's other deals to know."""

BACK_MONTHS = 24
"""How far back a product counts as one that the account has."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A won deal of one account. `price`: the product's list price, `amount`: what was paid; minor units of one currency,
    None where unknown. `product` and `family` are empty where unknown."""

    on: date
    id: str
    product: str = ""
    family: str = ""
    price: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A sale with its kind; `kind` is None where its product is unknown and the account bought before.

    `increase`: what it brings above the highest amount that the account paid in that family before, never below 0, in minor
    units; 0 unless it is an upsell. `new_family`: a family that the account did not have, other than with its first sale.
    """

    sale: Sale
    kind: str | None
    increase: int = 0
    new_family: bool = False


def judged(sales: Iterable[Sale], *, back_months: int = BACK_MONTHS) -> Iterator[Judged]:
    """The sales of one account in the order of (day, id), each with what it was. The order of arrival does not matter.

    A product or family bought longer ago than `back_months` is new again; a first sale is the first ever.
    """
    bought: dict[str, date] = {}
    families: dict[str, list[Sale]] = {}
    for place, sale in enumerate(sorted(sales, key=lambda it: (it.on, it.id.encode()))):
        since = months_before(sale.on, back_months)
        if place == 0:
            yield Judged(sale, "first")
        elif not sale.product:
            yield Judged(sale, None)
        elif bought.get(sale.product, date.min) >= since > date.min:
            yield Judged(sale, "repeat")
        else:
            yield _new([it for it in families.get(sale.family, ()) if it.on >= since], sale)
        if sale.product:
            bought[sale.product] = sale.on
        if sale.family:
            families.setdefault(sale.family, []).append(sale)


def _new(family: list[Sale], sale: Sale) -> Judged:
    """A product that is new to the account, beside the recent sales of its family there."""
    listed = [it.price for it in family if it.price is not None]
    if listed and sale.price is not None and sale.price > max(listed):
        paid = max((it.amount for it in family if it.amount is not None), default=0)
        return Judged(sale, "upsell", increase=max(0, (sale.amount or 0) - paid))
    return Judged(sale, "cross_sell", new_family=bool(sale.family) and not family)


def months_before(day: date, months: int) -> date:
    """The same day of the month, that many months earlier; the last one of a shorter month."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
