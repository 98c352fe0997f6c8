"""Providers of rewards: one folder each. This module is the port: what a provider must do, how it is found, how its errors read.

An order is sent once and never repeated here. What comes back says what is known: `Placed`, or one of three errors. Retry: it
was certainly not ordered, and may be later. Rejected: it was certainly not ordered, and never will be. UnknownOutcome: nobody
knows, and only `find` may tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, Protocol

from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Rejected
from accolade.model.money import Money
from accolade.model.phrases import later as t
from accolade.model.redemptions import Revealed

Replay = Literal["replay", "unique"]
"""What the same key does a second time: gives the first order again, or is refused."""


@dataclass(frozen=True, slots=True)
class Order:
    """What we ask for: a gift card of `value` for a person. `key` is ours and the same for ever; `item`, `product` as in the
    catalog; `name` of the person, `language` for the provider's own pages. No address: links are shown here, never sent."""

    key: str
    item: str
    product: str
    value: Money
    name: str
    language: str


class Progress(StrEnum):
    """How far an order is at the provider: the card is there, it is being made, or it will never be."""

    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as the provider has it. `order`, `reward`: its ids there; `value` what it is for, None if it does not say."""

    order: str
    reward: str
    progress: Progress
    value: Money | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An order in the provider's own list. `key`: that of whoever ordered it, ours or not, empty if there is none; `order`,
    `reward`: its ids there; `minor`: what it is for in minor units, `currency` of that, None and empty where the list does not
    say; `placed_at` as the provider writes it; `wrong`: what is wrong with it whatever we know, in words."""

    key: str
    order: str
    reward: str
    progress: Progress
    minor: int | None = None
    currency: str = ""
    placed_at: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """A page of the provider's list. `further`: where the next page begins, empty after the last."""

    listed: tuple[Listed, ...]
    further: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """Something that the provider sells: its id there, and in which currencies and countries (empty: everywhere)."""

    id: str
    name: str
    currencies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider told of its own accord: `id` of the telling, its name, and which resource it is about. Never a state."""

    id: str
    name: str
    kind: str
    resource: str


class Provider(Protocol):
    """A tenant's account with a provider. Every call has a time-out, none is repeated."""

    name: str
    replay: Replay

    def order(self, order: Order, *, now: datetime) -> Placed:
        """Order it, once. Retry, Rejected, UnknownOutcome as this module says."""
        ...

    def find(self, order: Order) -> Placed | None:
        """The order by our key; None if there is certainly none at this moment. Retry if the provider cannot tell now."""
        ...

    def orders(self, since: datetime, until: datetime, *, place: str = "") -> Orders:
        """A page of all orders of the account that were placed from `since` to `until`, whoever placed them; `place`: where the
        page before said that the next begins. Bounded in size. Retry if the provider cannot tell now."""
        ...

    def reveal(self, order: Order, reward: str) -> Revealed:
        """The link or the code of a card that is there. Retry if it cannot be had now; Rejected if never."""
        ...

    def balance(self) -> tuple[Money, ...]:
        """What is left to order from, by currency; nothing where there is no such thing."""
        ...

    def products(self) -> list[Product]:
        """What can be ordered."""
        ...

    def key_of(self, event: Event) -> str | None:
        """Our key of the order that an event is about, read from the provider; None if it is about none of ours."""
        ...


@dataclass(frozen=True, slots=True)
class TakenCode:
    """A code that a redemption took: its name, its face value in minor units, when; `free`: it can be taken once more, which
    must never be."""

    redemption: str
    code: str
    value: int
    at: datetime
    free: bool


class Codes(Protocol):
    """A tenant's own codes (see `store.stock`)."""

    def all_taken(self, *, place: str = "") -> tuple[list[TakenCode], str]:
        """A page of the codes that were taken, in no order of time, and where the next page begins (empty: there is none)."""
        ...

    def take(self, item: str, *, value: int, redemption: str, now: datetime) -> str:
        """The name of the code that the redemption takes or took. Missing if none of that value is left."""
        ...

    def taken(self, item: str, redemption: str) -> tuple[str, int] | None:
        """The name and face value of the code that the redemption took; None if it took none."""
        ...

    def read(self, item: str, redemption: str) -> Revealed:
        """The code in plain text; Rejected if the redemption took none."""
        ...


class Adapter(Protocol):
    """A provider's folder has one of these as `ADAPTER`. `api_hosts`: the vendor's hosts (see `crm.addresses`), empty where
    nothing is called. `asks`: the settings it needs, each with what it is. `event_header`: where a webhook's signature is."""

    name: str
    replay: Replay
    api_hosts: tuple[str, ...]
    asks: Mapping[str, str]
    default_base: str

    def connect(self, account: ProviderAccount, *, secret: Callable[[str], str], codes: Codes) -> Provider:
        """The tenant's account; Rejected if a setting is missing."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> None:
        """Forged unless the webhook is authentic; header names in lower case."""
        ...

    def read_event(self, body: bytes) -> Event:
        """What an authentic webhook says; Rejected if it is not what the vendor sends."""
        ...


@cache
def names() -> tuple[str, ...]:
    """The providers there are, by scanning this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


@cache
def adapter(name: str) -> Adapter:
    """The adapter of that name; Rejected if there is none."""
    if name not in names():
        raise Rejected(
            t("%(name)r is not a provider we know", name=name[:60]), mend=t("Use one of %(names)s", names=", ".join(names()))
        )
    return import_module(f"{__name__}.{name}").ADAPTER
