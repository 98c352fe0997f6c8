"""`accolade catalog`, `stock`, `provider`: what points buy, own codes, and who delivers."""

from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from babel.numbers import list_currencies

from accolade import config, providers, wiring
from accolade.cli import options, screen
from accolade.cli.choices import unused
from accolade.cli.connections import keep_secret
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.crm.addresses import check_api_base
from accolade.flows.catalog_file import read_items
from accolade.flows.redeeming import Redeeming
from accolade.flows.stock_csv import import_codes
from accolade.model.catalog import Item, ProviderAccount, Rate
from accolade.model.errors import Rejected
from accolade.model.money import Money, to_major

catalog = typer.Typer(help="What points buy.")
stock = typer.Typer(help="Own codes of gift cards, encrypted.")
provider = typer.Typer(help="Accounts with providers of rewards.")

ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="As accolade catalog list shows it.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="tremendous or stock.")]
USD = "USD"
"""The currency of the yearly thresholds, for which alone rates are asked."""
Partial = Annotated[bool, typer.Option("--partial", help="Take the right ones in spite of wrong ones.")]


def redeeming(open_: Session) -> Redeeming:
    """Everything about redemptions, on the stack of this run."""
    assert open_.stack  # noqa: S101 (opening it points this process at it)
    return wiring.house(_quiet).redeeming


def _quiet(event: str, **fields: Any) -> None:
    """A command says itself what it does."""


@catalog.command("import")
def catalog_import(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML: items, each with an id, a provider, a title, a currency and options.")
    ],
    partial: Partial = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Add items to the catalog, or change them. What was redeemed keeps what it was."""
    open_ = session(context)
    own = open_.tenant(tenant)
    with options.reading(file):
        items, problems = read_items(options.yaml_document(file), tenant=own)
    stored, shelf = items if partial or not problems else [], redeeming(open_).catalog
    before = shelf.list(own)
    changed = [item for item in stored if item not in before]
    for item in changed:
        shelf.put(item)
    wrong = [{"where": it.where, "what": it.what, "mend": it.mend} for it in problems]
    text = [f"{file}: {it['where']}: {it['what']}. {it['mend']}" for it in wrong]
    text.append(
        f"{len(stored)} item{'s' * (len(stored) != 1)}, {len(changed)} changed"
        if stored
        else "nothing was imported (--partial takes the other items)"
    )
    shown = {"stored": [it.id for it in stored], "changed": [it.id for it in changed], "problems": wrong}
    screen.show(shown, "\n".join(text), as_json=as_json)
    if not stored:
        raise typer.Exit(1)


@catalog.command("list")
def catalog_list(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """The items, with their values and prices."""
    open_ = session(context)
    rows = [_item_row(item) for item in redeeming(open_).catalog.list(open_.tenant(tenant))]
    columns = ("id", "title", "provider", "category", "countries", "options", "active")
    screen.show_list(rows, columns, as_json=as_json, empty="No items yet: accolade catalog import FILE.yaml")


@catalog.command("rate")
def catalog_rate(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Currency of items, like EUR.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Currency of the thresholds: USD.")],
    rate: Annotated[str, typer.Argument(metavar="RATE", help="What one unit is worth, like 1.0850.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Set a rate between currencies; each redemption keeps the one it was made with."""
    open_ = session(context)
    currencies = source.upper(), target.upper()
    known = list_currencies()
    for place, name in zip(("SOURCE", "TARGET"), currencies, strict=True):
        if name not in known:
            raise Rejected(f"{name[:20]!r} is no currency", where=place, mend="Write it as three letters, like EUR")
    if currencies[1] != USD or currencies[0] == USD:
        mend = f"Write them as EUR {USD}"
        raise Rejected(f"only a rate from another currency to {USD} is used", where="SOURCE TARGET", mend=mend)
    try:
        worth = Decimal(rate)
    except InvalidOperation:
        worth = Decimal(0)
    if not worth.is_finite() or not Decimal("0.000001") <= worth <= 1_000_000:
        raise Rejected(f"{rate[:40]!r} is no rate", where="RATE", mend="Write it as 1.0850")
    redeeming(open_).catalog.put_rate(open_.tenant(tenant), Rate(*currencies, worth, now()))
    shown = {"source": currencies[0], "target": currencies[1], "rate": str(worth)}
    screen.show(shown, f"1 {currencies[0]} is {worth} {currencies[1]} from now on", as_json=as_json)


@stock.command("import")
def stock_import(
    context: typer.Context,
    item: ItemId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with the columns value, code and, if there are any, pin.")],
    partial: Partial = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Store codes, encrypted. A code that was ever here is refused."""
    open_ = session(context)
    parts = redeeming(open_)
    known = parts.catalog.get(open_.tenant(tenant), item)
    with options.reading(file):
        done = import_codes(parts.stock, known, options.content(file), now=now(), partial=partial)
    text = [f"{file}:{it.line}  {it.column:<6}  {it.what}. {it.mend}" for it in done.problems]
    text.append(
        f"{done.stored} {'code' if done.stored == 1 else 'codes'} stored"
        if done.stored
        else "nothing was stored (--partial takes the other lines)"
    )
    shown = {"stored": done.stored, "problems": [asdict(it) for it in done.problems]}
    screen.show(shown, "\n".join(text), as_json=as_json)
    if not done.stored:
        raise typer.Exit(1)


@stock.command("count")
def stock_count(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """How many codes are left, by item and value."""
    open_ = session(context)
    own, parts = open_.tenant(tenant), redeeming(open_)
    rows = []
    for item in parts.catalog.list(own):
        left = parts.stock.count(own, item.id) if item.provider == "stock" else {}
        for option in item.options if item.provider == "stock" else ():
            rows.append({"item": item.id, "value": _value(option.value, item.currency), "left": left.get(option.value, 0)})
    screen.show_list(rows, ("item", "value", "left"), as_json=as_json, empty="No item has own codes.")


@provider.command("add")
def provider_add(
    context: typer.Context,
    name: Name,
    key_env: Annotated[str, typer.Option(help="Variable that holds the API key.")] = "",
    webhook_key_env: Annotated[str, typer.Option(help="Variable that holds the key of the provider's webhooks.")] = "",
    api_base: Annotated[str, typer.Option(help="Where the API answers (default: the provider's sandbox).")] = "",
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Such as funding_source=BALANCE.")
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(min=1, max=6_000, help="Orders a minute at most (default: as it was, or 60).")
    ] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Add the account with a provider, or change it; secrets go to the vault and are never shown."""
    open_ = session(context)
    own, adapter = open_.tenant(tenant), providers.adapter(name)
    if not adapter.api_hosts:
        given = (("--key-env", key_env), ("--webhook-key-env", webhook_key_env), ("--api-base", api_base))
        unused(given, why=f"{name} calls nobody")
    settings = dict(_setting(text, adapter) for text in setting or ())
    if api_base:
        # its name is looked up when it is called; whether it may be called at all can be said now
        allowed = wiring.house(_quiet).settings.api_hosts
        check_api_base(api_base, vendor_hosts=adapter.api_hosts, allowed=allowed, resolve=lambda *_, **__: [])
    named = {"key": key_env, "webhook": webhook_key_env}
    kept = {kind: _keep(open_, own, name, kind, config.variable(env)) for kind, env in named.items() if env}
    parts = redeeming(open_)
    known = next((it for it in parts.catalog.accounts(own) if it.name == name), None)
    base = known or ProviderAccount(own, name, adapter.default_base)
    account = replace(
        base,
        api_base=api_base or base.api_base or adapter.default_base,
        secret=kept.get("key", base.secret),
        webhook_secret=kept.get("webhook", base.webhook_secret),
        settings={**base.settings, **settings},
        per_minute=per_minute or base.per_minute,
    )
    if adapter.api_hosts and not account.secret:
        raise Rejected("no API key is known", where="--key-env", mend="Put the key in a variable and add --key-env NAME")
    parts.catalog.put_account(account)
    url = f"{open_.stack.api_url}/providers/{name}/{own}"
    said = "was so already; nothing has changed" if account == known and not kept else "is set"
    shown = _account_row(account) | {"webhook_url": url}
    screen.show(shown, f"{name} {said}; its webhooks go to\n  {url}", as_json=as_json)


@provider.command("test")
def provider_test(context: typer.Context, name: Name, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Ask the provider for its balance and products."""
    open_ = session(context)
    own, parts = open_.tenant(tenant), redeeming(open_)
    account = parts.accounts.settings(own, name)
    found = providers.adapter(name).connect(account, secret=wiring.vault().read, codes=parts.accounts.codes(own))
    balance, products = [_money(it) for it in found.balance()], found.products()
    shown = {"name": name, "ok": True, "balance": balance, "products": len(products)}
    text = f"ok    {name} answers: {', '.join(balance) or 'no balance'}, {len(products):,} products"
    screen.show(shown, text, as_json=as_json)


@provider.command("list")
def provider_list(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """The accounts with providers. Secrets are never shown."""
    open_ = session(context)
    rows = [_account_row(it) for it in redeeming(open_).catalog.accounts(open_.tenant(tenant))]
    columns = ("name", "api_base", "settings", "per_minute", "has_key", "takes_webhooks")
    screen.show_list(rows, columns, as_json=as_json, empty="No account yet: accolade provider add tremendous --key-env NAME")


def _keep(open_: Session, tenant: str, name: str, kind: str, text: str) -> str:
    return keep_secret(open_, kind, f"provider-{tenant}-{name}", text)


def _setting(text: str, adapter: providers.Adapter) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or name not in adapter.asks or not 1 <= len(value) <= 200:
        known = "; ".join(f"{it}: {what}" for it, what in adapter.asks.items()) or "it asks for none"
        raise Rejected(f"{text[:60]!r} is no setting of {adapter.name}", where="--set", mend=f"Write NAME=VALUE ({known})")
    return name, value


def _item_row(item: Item) -> dict[str, Any]:
    prices = [f"{_value(it.value, item.currency)} for {it.points:,}" for it in item.options]
    kept = {name: getattr(item, name) for name in ("id", "provider", "product", "category", "active")}
    return kept | {"title": item.title.get("en", ""), "countries": list(item.countries), "options": prices}


def _account_row(account: ProviderAccount) -> dict[str, Any]:
    shown = {"name": account.name, "api_base": account.api_base, "per_minute": account.per_minute}
    settings = [f"{name}={value}" for name, value in sorted(account.settings.items())]
    return shown | {"settings": settings, "has_key": bool(account.secret), "takes_webhooks": bool(account.webhook_secret)}


def _value(minor: int, currency: str) -> str:
    return _money(Money(minor, currency))


def _money(money: Money) -> str:
    return f"{to_major(money):,f} {money.currency}"
