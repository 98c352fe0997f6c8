"""Tremendous: gift cards by link. The same key gives the first order again; a link is asked for when it is shown, never kept.

https://developers.tremendous.com/reference (statuses have spaces in them; 200 is a new order, 201 one that was there).
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Forged, Missing, Rejected, Retry, UnknownOutcome
from accolade.model.money import Money, to_major, to_minor
from accolade.model.phrases import later as t
from accolade.model.redemptions import Revealed
from accolade.model.times import iso
from accolade.providers import Codes, Event, Listed, Order, Orders, Placed, Product, Progress, Replay
from accolade.providers.tremendous.calls import Calls

SANDBOX = "https://testflight.tremendous.com"
PROGRESS: Mapping[str, Progress] = {
    "EXECUTED": Progress.DONE,
    "OPEN": Progress.PENDING,
    "PENDING APPROVAL": Progress.PENDING,
    "PENDING INTERNAL PAYMENT APPROVAL": Progress.PENDING,
    "PENDING SETTLEMENT": Progress.PENDING,
    "CANCELED": Progress.FAILED,
    "FAILED": Progress.FAILED,
}
"""An order's status -> how far it is. One that is not here is still pending: nothing is concluded from a new word."""

SAYS: Mapping[str, str] = {
    "EXECUTED": t("the order is carried out"),
    "OPEN": t("the order is being carried out"),
    "PENDING APPROVAL": t("the order waits for somebody's approval at the provider"),
    "PENDING INTERNAL PAYMENT APPROVAL": t("the payment waits for somebody's approval at the provider"),
    "PENDING SETTLEMENT": t("the order waits until the payment has arrived"),
    "CANCELED": t("the order was canceled at the provider"),
    "FAILED": t("the order failed at the provider"),
}
"""An order's status -> what it means, for people."""

SIGNATURE = "tremendous-webhook-signature"
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_NAME_LIMIT = 100
PAGE = 100
"""Orders in a page: as many as Tremendous gives at once."""


@dataclass(frozen=True, slots=True)
class Account:
    """One tenant's account. `funding`: the id of a funding source, or `BALANCE`; `campaign`: what items without products use."""

    calls: Calls
    funding: str
    campaign: str
    name: str = "tremendous"
    replay: Replay = "replay"

    def order(self, order: Order, *, now: datetime) -> Placed:
        """POST /orders, once."""
        try:
            _, answer = self.calls.post("/orders", self._wanted(order))
        except Missing as error:
            raise Rejected(error.what, where=error.where, mend=error.mend) from error
        return _placed(answer, order)

    def find(self, order: Order) -> Placed | None:
        """GET /orders/{our key}."""
        try:
            answer = self.calls.get(f"/orders/{quote(order.key, safe='')}")
        except Missing:
            return None
        except Rejected as error:
            raise Retry(error.what, after=900, where=error.where, mend=error.mend) from error
        try:
            return _placed(answer, order)
        except UnknownOutcome as error:
            raise Retry(error.what, after=900, where=error.where, mend=error.mend) from error

    def orders(self, since: datetime, until: datetime, *, place: str = "") -> Orders:
        """GET /orders of a period, the newest first; pages are counted from the newest, so that `until` keeps them in place."""
        begin = int(place or 0)
        asked = {"created_at[gte]": iso(since), "created_at[lte]": iso(until), "limit": PAGE, "offset": begin}
        try:
            answer = self.calls.get(f"/orders?{urlencode(asked)}")
        except Rejected as error:
            raise Retry(error.what, after=900, where="orders", mend=error.mend) from error
        rows = answer.get("orders")
        if not isinstance(rows, list):
            raise Retry(t("Tremendous's list of orders is not what it says it sends"), after=900, where="orders")
        return Orders(tuple(map(_listed, _rows(answer, "orders"))), str(begin + len(rows)) if len(rows) >= PAGE else "")

    def reveal(self, order: Order, reward: str) -> Revealed:
        """POST /rewards/{id}/generate_link: a new link to the same card, as often as it is asked for."""
        try:
            _, answer = self.calls.post(f"/rewards/{quote(reward, safe='')}/generate_link", {})
        except UnknownOutcome as error:
            raise Retry(error.what, after=5, where=error.where, mend=error.mend) from error
        link = str(_part(answer, "reward").get("link") or "")
        if not link.startswith("https://"):
            raise Retry(t("Tremendous gave no link"), after=30, where="generate_link")
        return Revealed(link=link)

    def balance(self) -> tuple[Money, ...]:
        """GET /funding_sources: what those that have a balance have left."""
        found = []
        for source in _rows(self.calls.get("/funding_sources"), "funding_sources"):
            left = _part(source, "meta")
            if isinstance(left.get("available_cents"), int):
                found.append(Money(left["available_cents"], str(left.get("currency_code") or "USD")))
        return tuple(found)

    def products(self) -> list[Product]:
        """GET /products."""
        return [
            Product(
                id=str(row.get("id")),
                name=str(row.get("name") or ""),
                currencies=tuple(map(str, row.get("currency_codes") or ())),
                countries=tuple(str(it.get("abbr")) for it in row.get("countries") or () if isinstance(it, dict)),
            )
            for row in _rows(self.calls.get("/products"), "products")
        ]

    def key_of(self, event: Event) -> str | None:
        """Our key: of the order itself, or of the order that a reward is part of."""
        order = event.resource
        try:
            if event.kind == "rewards":
                order = str(_part(self.calls.get(f"/rewards/{quote(order, safe='')}"), "reward").get("order_id") or "")
            elif event.kind != "orders":
                return None
            found = _part(self.calls.get(f"/orders/{quote(order, safe='')}"), "order") if order else {}
        except Missing:
            return None
        return str(found.get("external_id") or "") or None

    def _wanted(self, order: Order) -> dict[str, Any]:
        reward: dict[str, Any] = {
            "value": {
                # a double on the wire: two decimals of an exact amount come out as they are written
                "denomination": float(to_major(order.value).quantize(Decimal("0.01"))),
                "currency_code": order.value.currency,
            },
            "recipient": {"name": order.name[:_NAME_LIMIT]},
            "delivery": {"method": "LINK"},
            "language": order.language,
        }
        reward |= {"products": [order.product]} if order.product else {}
        reward |= {"campaign_id": self.campaign} if self.campaign else {}
        return {"external_id": order.key, "payment": {"funding_source_id": self.funding}, "reward": reward}


@dataclass(frozen=True, slots=True)
class Tremendous:
    """The adapter."""

    name: str = "tremendous"
    replay: Replay = "replay"
    api_hosts: tuple[str, ...] = ("api.tremendous.com", "testflight.tremendous.com")
    default_base: str = SANDBOX

    @property
    def asks(self) -> Mapping[str, str]:
        """The settings of an account."""
        return {
            "funding_source": "the id of a funding source, or BALANCE",
            "campaign": "the id of a campaign (optional)",
            "shared": "yes, if others order from this account too (optional)",
        }

    def connect(self, account: ProviderAccount, *, secret: Callable[[str], str], codes: Codes) -> Account:
        """The account with its key."""
        if not account.secret:
            raise Rejected(
                t("the account has no API key"), where="secret", mend="accolade provider add tremendous --key-variable NAME"
            )
        calls = Calls(account.api_base or SANDBOX, secret(account.secret))
        return Account(calls, account.settings.get("funding_source", "BALANCE"), account.settings.get("campaign", ""))

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> None:
        """HMAC-SHA256 of the raw body; hex, with `sha256=` before it or without."""
        given = headers.get(SIGNATURE, "").strip().removeprefix("sha256=").lower()
        expected = hmac.new(secret.encode(), body, sha256).hexdigest()
        if not secret or not hmac.compare_digest(given.encode(), expected.encode()):
            raise Forged("the signature is not Tremendous's", where=SIGNATURE)

    def read_event(self, body: bytes) -> Event:
        """`{"event", "uuid", "payload": {"resource": {"id", "type"}}}`; a state is nowhere in it."""
        try:
            told = json.loads(body)
            resource = told["payload"]["resource"]
            event = Event(str(told["uuid"]), str(told["event"]), str(resource["type"]), str(resource["id"]))
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise Rejected("this is no event of Tremendous", where="body") from error
        if not all(_NAME.fullmatch(text) for text in (event.id, event.name, event.kind, event.resource)):
            raise Rejected("this is no event of Tremendous", where="body")
        return event


def _placed(answer: Mapping[str, Any], order: Order) -> Placed:
    """An order as it is there. UnknownOutcome if it is not the one that we asked for, or not to be read."""
    found = _part(answer, "order")
    if not found.get("id") or str(found.get("external_id") or "") != order.key:
        raise UnknownOutcome(t("Tremendous's answer is about another order"), where="orders")
    reward = _reward(found)
    status = str(found.get("status") or "")
    return Placed(str(found["id"]), str(reward.get("id") or ""), _progress(status, reward), _value(reward), status[:60])


def _listed(found: Mapping[str, Any]) -> Listed:
    """An order of the list: who it is for is left out."""
    reward = _reward(found)
    value = _value(reward)
    return Listed(
        key=str(found.get("external_id") or "")[:_NAME_LIMIT],
        order=str(found.get("id") or "")[:_NAME_LIMIT],
        reward=str(reward.get("id") or "")[:_NAME_LIMIT],
        progress=_progress(str(found.get("status") or ""), reward),
        minor=value.minor if value else None,
        currency=value.currency if value else "",
        placed_at=str(found.get("created_at") or "")[:40],
    )


def _reward(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return _part(found, "reward") or next(iter(_rows(found, "rewards")), {})


def _progress(status: str, reward: Mapping[str, Any]) -> Progress:
    progress = PROGRESS.get(status, Progress.PENDING)
    return Progress.PENDING if progress is Progress.DONE and not reward.get("id") else progress


def _value(reward: Mapping[str, Any]) -> Money | None:
    value = _part(reward, "value")
    currency = str(value.get("currency_code") or "")
    try:
        return Money(to_minor(str(value["denomination"]), currency), currency) if currency else None
    except (KeyError, ValueError):
        return None


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _rows(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = of.get(name)
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


ADAPTER = Tremendous()
