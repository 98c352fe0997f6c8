"""The catalog's nouns: an item that points buy, its options, the provider that delivers it, a rate between currencies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ITEM_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""What an item may be called: it stands in entry ids and in addresses of pages."""

MAX_OPTIONS = 50
TITLE_LIMIT = 120
TEXT_LIMIT = 2_000
OWN_CODES = "stock"
"""The provider that is nobody else: codes that the company stored, of which none may be left."""


@dataclass(frozen=True, slots=True)
class Option:
    """One face value of an item: `value` in minor units of the item's currency, its price in `points`."""

    value: int
    points: int


@dataclass(frozen=True, slots=True)
class Item:
    """What points buy. `provider` delivers it, `product` is its name there (empty: the provider's settings say what).

    `title`, `description`, `terms` by language; `countries` (ISO 3166, upper case) where it can be used, empty: everywhere;
    `options` in the order of their values. There are no pictures: pages make no third-party requests.
    """

    tenant: str
    id: str
    provider: str
    title: Mapping[str, str]
    currency: str
    options: tuple[Option, ...]
    description: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    countries: tuple[str, ...] = ()
    product: str = ""
    active: bool = True

    @property
    def counted(self) -> bool:
        """Whether there are only as many as the company has stored codes."""
        return self.provider == OWN_CODES

    def option(self, value: int) -> Option | None:
        """The option of a face value in minor units; None if there is none."""
        return next((it for it in self.options if it.value == value), None)


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """A tenant's account with a provider (`name`: the adapter's). Secrets by their names in the vault, never themselves.

    `settings`: what else the adapter asks for (funding source, campaign, ...). `per_minute`: orders that we send at most.
    """

    tenant: str
    name: str
    api_base: str = ""
    secret: str = ""
    webhook_secret: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    per_minute: int = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of `source` is worth in `target`, and when that was so."""

    source: str
    target: str
    rate: Decimal
    at: datetime
