"""Selling: what a won deal was to its account, beside the account's other sales as they are stored. Pure.

A deal remembers under which account its sale lies (`Record.people`, by SALE). What a deal changes for others of its account
is told as `again`: they are decided once more, so that in the end each is what all of them together say, in whatever order
they came.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from accolade.model.reading import Closing
from accolade.model.records import Record, Value
from accolade.model.sales import NEAR_AMOUNTS, Judged, Sale, judged, near
from accolade.situation import AccountSales, SaleMoves

SALE = "sale"

Seen = Mapping[str, Value]
"""A sale as a record remembers it."""


def sale_of(record: Record, values: Mapping[str, object], closed: Closing | None) -> Seen | None:
    """The sale that a deal is, with the account that it belongs to; None unless it is won, dated and of an account.

    `values`: its own by `deal.field`, and those of its product, in minor units.
    """
    on, account = values.get("deal.close_date"), record.value("account") or record.value("account_name")
    if closed is None or closed.stage != "won" or record.deleted or not account or not isinstance(on, date):
        return None
    family = values.get("deal.product_family") or values.get("product.family") or values.get("product.series")
    price = values.get("deal.list_price", values.get("product.list_price"))
    amount = values.get("deal.amount")
    found: dict[str, Value] = {"account": str(account), "on": on.isoformat()}
    made, owner = values.get("deal.created_on"), values.get("deal.owner")
    texts = {"product": values.get("deal.product"), "family": family, "made": made, "owner": owner}
    found |= {name: str(text) for name, text in texts.items() if text}
    return found | {name: it for name, it in (("price", price), ("amount", amount)) if isinstance(it, int)}


def derived(record: Record, seen: Seen, sales: Mapping[str, AccountSales], *, beside: bool) -> dict[str, object]:
    """What follows from the account's other sales, with those near it if `beside`; empty where they were not read."""
    known = sales.get(str(seen["account"]))
    if known is None:
        return {}
    own = _sale(record.key.id, seen)
    return _told([*(sale for id_, sale in known.sales.items() if id_ != own.id), own], beside=beside)[own.id]


def accounts_of(deals: Sequence[Record]) -> set[str]:
    """The accounts whose sales deciding these deals may ask for."""
    found = {deal.value("account") or deal.value("account_name") for deal in deals if deal.key.type == "deal"}
    found |= {deal.people[SALE]["account"] for deal in deals if SALE in deal.people}
    return {str(it) for it in found if it}


def moves(before: Record, after: Record, sales: Mapping[str, AccountSales], *, beside: bool) -> SaleMoves | None:
    """What a decision moves among the sales of accounts, and whom else it concerns; None if it is about no sale that is read.

    `beside`: whether rules ask what was sold near a deal."""
    was, now = before.people.get(SALE), after.people.get(SALE)
    accounts = {str(it["account"]) for it in (was, now) if it} & {*sales}
    if not accounts:
        return None
    id_ = after.key.id
    gone = (str(was["account"]), _sale(id_, was)) if was and was != now else None
    come = (str(now["account"]), _sale(id_, now)) if now and was != now else None
    again: set[str] = set()
    moved: dict[str, Mapping[str, Sale]] = {}
    for account in sorted(accounts) if gone or come else ():
        known = sales[account].sales
        left = {name: it for name, it in known.items() if name != id_}
        moved[account] = left | {id_: come[1]} if come and come[0] == account else left
        again |= _others(id_, known, moved[account], beside=beside)
    return SaleMoves(after.key.tenant, after.key.connection, tuple(sorted(accounts)), gone, come, moved, tuple(sorted(again)))


def _others(own: str, before: Mapping[str, Sale], after: Mapping[str, Sale], *, beside: bool) -> set[str]:
    """The other deals of an account that are something else now."""
    was, now = _told(before.values(), beside=beside), _told(after.values(), beside=beside)
    return {id_ for id_ in after if id_ != own and was[id_] != now[id_]}


def _told(sales: Collection[Sale], *, beside: bool) -> dict[str, dict[str, object]]:
    """What follows for each of an account's sales."""
    parts = near(sales) if beside else {}
    return {it.sale.id: _values(it) | ({NEAR_AMOUNTS: parts[it.sale.id]} if it.sale.id in parts else {}) for it in judged(sales)}


def _values(it: Judged) -> dict[str, object]:
    if it.kind is None:
        return {}
    return {"deal.sale_kind": it.kind, "deal.upsell_amount": it.increase, "deal.new_family": it.new_family}


def _sale(id_: str, seen: Seen) -> Sale:
    price, amount, made = seen.get("price"), seen.get("amount"), seen.get("made")
    return Sale(
        date.fromisoformat(str(seen["on"])),
        id_,
        str(seen.get("product", "")),
        str(seen.get("family", "")),
        price if isinstance(price, int) else None,
        amount if isinstance(amount, int) else None,
        date.fromisoformat(str(made)) if made else None,
        str(seen.get("owner", "")),
    )
