"""Accounts with providers of rewards: what is left on them, whether they answer, and the form that adds or changes one."""

from typing import Any

from accolade import providers
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import AccoladeError
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, noted, went
from accolade.web.forms import FormState, form_of
from accolade.web.provider_keeping import account_of, check_base, keep_account, without_secrets
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
        form.wrong("key", form.missing)
    if form.good:
        try:
            check_base(ask.house, it.name, base)
        except AccoladeError as error:
            form.wrong("api_base", told(ask.t, error))
    if not form.good:
        form.values = {name: value for name, value in form.values.items() if name not in keys}
        return _page(ask, it, form, status=422)
    changed = keep_account(ask.house, it, api_base=base, per_minute=per_minute or 60, settings=settings, keys=keys)
    before, after = without_secrets(it), without_secrets(changed)
    noted(ask, "provider.changed", f"provider:{it.name}", before=before, after=after)
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
        return {"balance": [], "products": [], "wrong": told(ask.t, error)}


def _account(ask: Ask) -> ProviderAccount:
    return account_of(ask.house, ask.tenant.id, ask.args["provider"])


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


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/providers", Scope.CATALOG, accounts),
    Route("GET", "admin/providers/{provider}", Scope.CATALOG, account),
    Route("POST", "admin/providers/{provider}", Scope.CONNECTIONS_WRITE, save),
)
