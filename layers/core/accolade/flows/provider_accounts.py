"""The tenants' accounts with providers, connected: only at allowed addresses, kept as long as a secret is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accolade import providers
from accolade.crm.addresses import check_api_base
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Missing, Rejected
from accolade.model.phrases import later as t
from accolade.model.redemptions import Revealed
from accolade.providers import Provider, TakenCode
from accolade.store.catalog import Catalog
from accolade.store.stock import Stock

TTL_SECONDS = 300
PAGE = 100
"""Codes that were taken, in a page."""


@dataclass(frozen=True, slots=True)
class TenantCodes:
    """One tenant's own codes, as `providers.stock` asks for them. `items()`: the ids of the items that may have some."""

    tenant: str
    stock: Stock
    items: Callable[[], Iterable[str]]

    def all_taken(self, *, place: str = "") -> tuple[list[TakenCode], str]:
        """A page of the codes that were taken, item by item; a place is the item and the redemption that was last."""
        item, _, after = place.partition("#")
        left = sorted(it for it in self.items() if it >= item)
        if not left:
            return [], ""
        rows = self.stock.all_taken(self.tenant, left[0], after=after if left[0] == item else "", limit=PAGE)
        free = self.stock.free_again(self.tenant, left[0], [taken for _, _, taken in rows])
        found = [TakenCode(id_, it.code, it.value, at, it.code in free) for id_, at, it in rows]
        if len(rows) == PAGE:
            return found, f"{left[0]}#{rows[-1][0]}"
        return found, f"{left[1]}#" if len(left) > 1 else ""

    def take(self, item: str, *, value: int, redemption: str, now: datetime) -> str:
        """The name of the code that the redemption takes or took."""
        return self.stock.take(self.tenant, item, value=value, redemption=redemption, now=now).code

    def taken(self, item: str, redemption: str) -> tuple[str, int] | None:
        """The name and face value of the code that the redemption took."""
        found = self.stock.taken(self.tenant, item, redemption)
        return (found.code, found.value) if found else None

    def read(self, item: str, redemption: str) -> Revealed:
        """The code in plain text."""
        found = self.stock.taken(self.tenant, item, redemption)
        if found is None:
            raise Rejected(
                t("the redemption took no code"), where=redemption, mend="accolade redemption show says what became of it"
            )
        code, pin = self.stock.read(self.tenant, item, found)
        return Revealed(code=code, pin=pin)


class ProviderAccounts:
    """Connects a tenant's account. `hosts`: the stack's allow-list beside the vendors' own."""

    def __init__(
        self,
        catalog: Catalog,
        stock: Stock,
        secret: Callable[[str], str],
        *,
        hosts: tuple[str, ...],
        monotonic: Callable[[], float],
    ) -> None:
        self._catalog, self._stock, self._secret = catalog, stock, secret
        self._hosts, self._monotonic = hosts, monotonic
        self._made: dict[ProviderAccountKey, tuple[float, Provider]] = {}

    def codes(self, tenant: str) -> TenantCodes:
        """A tenant's own codes, of whatever is or was in its catalog."""
        return TenantCodes(tenant, self._stock, lambda: [it.id for it in self._catalog.list(tenant)])

    def settings(self, tenant: str, name: str) -> ProviderAccount:
        """The account's settings. Missing if there is none; a provider that nobody has to be asked for has one always."""
        try:
            return self._catalog.account(tenant, name)
        except Missing:
            if providers.adapter(name).api_hosts:
                raise
            return ProviderAccount(tenant, name)

    def __call__(self, account: ProviderAccount) -> Provider:
        """The provider, connected; Rejected for an address that is not allowed or a setting that is missing."""
        key = (account.tenant, account.name, account.api_base, account.secret, tuple(sorted(account.settings.items())))
        known = self._made.get(key)
        if known and self._monotonic() - known[0] < TTL_SECONDS:
            return known[1]
        adapter = providers.adapter(account.name)
        if account.api_base:
            check_api_base(account.api_base, vendor_hosts=adapter.api_hosts, allowed=self._hosts)
        made = adapter.connect(account, secret=self._secret, codes=self.codes(account.tenant))
        self._made[key] = (self._monotonic(), made)
        return made


ProviderAccountKey = tuple[str, str, str, str, tuple[tuple[str, str], ...]]
