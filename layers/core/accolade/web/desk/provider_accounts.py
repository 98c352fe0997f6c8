"""Accounts with providers of rewards: what is left on them, whether they answer, and the form that adds or changes one."""

from dataclasses import replace
from typing import Any

from accolade import providers
from accolade.crm.addresses import check_api_base
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import AccoladeError
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, noted, said, went
from accolade.web.desk.keeping import kept
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

PRODUCTS = 30


def accounts(ask: Ask) -> PageAnswer:
    """Every provider that there is, with the account if there is one, and what it answers now."""
    known = {it.name: it for it in ask.house.redeeming.catalog.accounts(ask.tenant.id)}
    names = [name for name in providers.names() if providers.adapter(name).api_hosts]
    words: dict[str, Any] = {
        "title": ask.t.t("Providers"),
        "room": "shop",
        "rows": [{"name": name, "it": known.get(name), **_state(ask, known.get(name))} for name in names],
        "done": done_word(ask, {"saved": ask.t.t("The account is saved.")}),
    }
    return site_rendered(ask, "desk/providers.html", **words)


def account(ask: Ask) -> PageAnswer:
    """The form of one account; keys are never shown again."""
    it = _account(ask)
    shown = {"api_base": it.api_base or providers.adapter(it.name).default_base, "per_minute": str(it.per_minute)}
    return _page(ask, it, form_of(ask, **shown, **{f"set_{name}": value for name, value in it.settings.items()}))


def save(ask: Ask) -> PageAnswer:
    """Store the account. An empty key leaves the one there is."""
    it, form = _account(ask), form_of(ask)
    adapter = providers.adapter(it.name)
    base, per_minute = (
        form.text("api_base", most=300, required=True),
        form.whole("per_minute", least=1, most=6_000, required=True),
    )
    settings = {name: form.text(f"set_{name}", most=200) for name in adapter.asks}
    keys = {kind: form.text(kind, most=4_000) for kind in ("key", "webhook")}
    if not it.secret and not keys["key"]:
        form.wrong("key", ask.t.t("Fill this in."))
    if form.good:
        try:
            check_api_base(base, vendor_hosts=adapter.api_hosts, allowed=ask.house.settings.api_hosts)
        except AccoladeError as error:
            form.wrong("api_base", said(error))
    if not form.good:
        form.values = {name: value for name, value in form.values.items() if name not in keys}
        return _page(ask, it, form, status=422)
    owner = f"provider-{ask.tenant.id}-{it.name}"
    names = {kind: kept(ask.house, kind, owner, text) for kind, text in keys.items() if text}
    changed = replace(
        it,
        api_base=base.rstrip("/"),
        secret=names.get("key", it.secret),
        webhook_secret=names.get("webhook", it.webhook_secret),
        settings={name: text for name, text in settings.items() if text},
        per_minute=per_minute or 60,
    )
    ask.house.redeeming.catalog.put_account(changed)
    noted(ask, "provider.changed", f"provider:{it.name}", before=_plain(it), after=_plain(changed))
    return went(ask, "admin/providers", "saved")


def _state(ask: Ask, it: ProviderAccount | None) -> dict[str, Any]:
    """What the provider answers now: balances and products, or what is wrong."""
    if it is None:
        return {"balance": [], "products": [], "wrong": ""}
    try:
        found = ask.house.redeeming.accounts(it)
        balance = [ask.t.money(money) for money in found.balance()]
        return {"balance": balance, "products": found.products()[:PRODUCTS], "wrong": ""}
    except AccoladeError as error:
        return {"balance": [], "products": [], "wrong": said(error)}


def _account(ask: Ask) -> ProviderAccount:
    name = ask.args["provider"]
    providers.adapter(name)
    known = [it for it in ask.house.redeeming.catalog.accounts(ask.tenant.id) if it.name == name]
    return known[0] if known else ProviderAccount(ask.tenant.id, name)


def _page(ask: Ask, it: ProviderAccount, form: FormState, *, status: int = 200) -> PageAnswer:
    words: dict[str, Any] = {
        "title": it.name.capitalize(),
        "room": "shop",
        "it": it,
        "form": form,
        "asks": list(providers.adapter(it.name).asks.items()),
        "webhook": f"{ask.tenant.public_url.rstrip('/')}/providers/{it.name}/{ask.tenant.id}",
    }
    return site_rendered(ask, "desk/provider.html", status=status, **words)


def _plain(it: ProviderAccount) -> dict[str, Any]:
    return {"api_base": it.api_base, "settings": dict(it.settings), "per_minute": it.per_minute, "has_key": bool(it.secret)}


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/providers", Scope.CATALOG, accounts),
    Route("GET", "admin/providers/{provider}", Scope.CATALOG, account),
    Route("POST", "admin/providers/{provider}", Scope.CONNECTIONS_WRITE, save),
)
