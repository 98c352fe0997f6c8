"""What a won deal was to its account: exactly one of first, repeat, upsell and cross-sell; and what was sold near it. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accolade.model.fields import TOLD_FIELDS

SALE_KINDS = ("first", "repeat", "upsell", "cross_sell")
"""first: the account never bought before. repeat: a product it has. upsell: a new product of a family it has, with a list
price above the highest it has there. cross_sell: any other new product."""

SALE_FIELDS = frozenset(f"deal.{name}" for name in TOLD_FIELDS["deal"])
"""What is derived from it for a deal; it takes the account's other deals to know."""

NEAR_AMOUNTS = "deal.near_amounts"
"""The amounts of the deals near one, in minor units with blanks between, `?` where unknown; see `near`."""

NEAR_DAYS = 7
MOST_NEAR = 100

BACK_MONTHS = 24
"""How far back a product counts as one that the account has."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A won deal of one account. `price`: the product's list price, `amount`: what was paid; minor units of one currency,
    None where unknown. `product` and `family` are empty where unknown. `made`: the day on which the deal was created, `owner`:
    the CRM's word for who owns it."""

    on: date
    id: str
    product: str = ""
    family: str = ""
    price: int | None = None
    amount: int | None = None
    made: date | None = None
    owner: str = ""


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


def near(sales: Iterable[Sale]) -> dict[str, str]:
    """Deal -> `NEAR_AMOUNTS` of an account's sales: those that the same owner created within a week of it, before or after.
    Deals with nothing near them are left out; of very many, the `MOST_NEAR` before and after count."""
    found: dict[str, str] = {}
    dated = [(it.owner, it.made.toordinal(), it.id.encode(), it) for it in sales if it.owner and it.made]
    for _, group in groupby(sorted(dated, key=lambda it: it[:3]), key=lambda it: it[0]):
        row = list(group)
        for place, (_, day, _, sale) in enumerate(row):
            before, after = row[max(0, place - MOST_NEAR) : place], row[place + 1 : place + 1 + MOST_NEAR]
            amounts = [it.amount for _, other, _, it in (*before, *after) if abs(other - day) <= NEAR_DAYS]
            if amounts:
                known = sorted(it for it in amounts if it is not None)
                found[sale.id] = " ".join([*map(str, known), *["?"] * (len(amounts) - len(known))])
    return found


def months_before(day: date, months: int) -> date:
    """The same day of the month, that many months earlier; the last one of a shorter month."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
