"""Accounts with providers of rewards, as pages and the API keep them: where they are called, with which keys, how often."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accolade import providers
from accolade.crm.addresses import check_api_base
from accolade.model.catalog import ProviderAccount
from accolade.web.keeping import kept

if TYPE_CHECKING:
    from accolade.web.house import House


def account_of(house: "House", tenant: str, name: str) -> ProviderAccount:
    """The account as it is kept, or an empty one. Rejected if there is no such provider."""
    providers.adapter(name)
    known = [it for it in house.redeeming.catalog.accounts(tenant) if it.name == name]
    return known[0] if known else ProviderAccount(tenant, name)


def check_base(house: "House", name: str, base: str) -> None:
    """Rejected if a provider may not be called at that address."""
    check_api_base(base, vendor_hosts=providers.adapter(name).api_hosts, allowed=house.settings.api_hosts)


def keep_account(
    house: "House",
    it: ProviderAccount,
    *,
    api_base: str,
    per_minute: int,
    settings: Mapping[str, str],
    keys: Mapping[str, str],
) -> ProviderAccount:
    """Store an account; `keys`: `key` and `webhook`, of which an empty one leaves what there is. Secrets come first."""
    owner = f"provider-{it.tenant}-{it.name}"
    names = {kind: kept(house, kind, owner, text) for kind, text in keys.items() if text}
    changed = replace(
        it,
        api_base=api_base.rstrip("/"),
        secret=names.get("key", it.secret),
        webhook_secret=names.get("webhook", it.webhook_secret),
        settings={name: text for name, text in settings.items() if text},
        per_minute=per_minute,
    )
    house.redeeming.catalog.put_account(changed)
    return changed


def without_secrets(it: ProviderAccount) -> dict[str, Any]:
    """An account for the record of the staff's acts."""
    return {"api_base": it.api_base, "settings": dict(it.settings), "per_minute": it.per_minute, "has_key": bool(it.secret)}
