"""Accounts with providers of rewards: what is left on them and whether they answer; added and changed."""

from functools import partial
from typing import Annotated

from pydantic import Field

from accolade import providers
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import AccoladeError, Missing, Rejected
from accolade.store.comparing import DONE
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import Closed, Instant, Part, example
from accolade.web.provider_keeping import account_of, check_base, keep_account, without_secrets
from accolade.web.visitors import Scope

PRODUCTS = 200
"""Products of a provider in one answer."""

_Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Secret = Annotated[str, Field(max_length=4_000, pattern=r"^[\x21-\x7e]*$")]


class BalanceShape(Closed):
    """What is left, in minor units of a currency."""

    amount: int
    currency: str


class ProductShape(Closed):
    """Something that the provider sells."""

    id: str
    name: str


class AccountShape(Closed):
    """An account with a provider; its keys are never shown. `kept`: there is one. `balance` and `products` are what it answers
    now, and `wrong` why it does not."""

    provider: str
    kept: bool
    api_base: str
    settings: dict[str, str]
    per_minute: int
    has_key: bool
    has_webhook_key: bool
    webhook: str
    balance: list[BalanceShape]
    products: list[ProductShape]
    wrong: str


class Accounts(Closed):
    """Every provider that is reached over the network."""

    items: list[AccountShape]


class RoundShape(Closed):
    """The newest comparison of a provider's orders with redemptions: what was looked at, and how much of it differs. `ended_at`
    null: it goes on, or waits (`problem`); `cut`: there were more orders than are read."""

    provider: str
    orders: int
    redemptions: int
    differences: int
    cut: bool
    problem: str
    ended_at: Instant | None


class Rounds(Closed):
    """Comparisons by provider."""

    items: list[RoundShape]


class Asked(Closed):
    """The providers whose orders are compared again."""

    providers: list[str]


class AccountWanted(Closed):
    """Where a provider's API is, its own settings, how many calls a minute it bears, and its keys; an empty key leaves the one
    there is."""

    model_config = example(
        {
            "api_base": "https://testflight.tremendous.com",
            "settings": {"funding_source": "BALANCE"},
            "per_minute": 60,
            "key": "TEST_...",
        }
    )

    api_base: Annotated[str, Field(min_length=8, max_length=300, pattern=r"^https?://[\x21-\x7e]+$")]
    per_minute: Annotated[int, Field(strict=True, ge=1, le=6_000)] = 60
    settings: Annotated[dict[_Text, _Text], Field(max_length=20, default_factory=dict)]
    key: _Secret = ""
    webhook: _Secret = ""


def list_accounts(call: Call) -> Accounts:
    """The accounts with providers, with what is left on each now."""
    names = [name for name in providers.names() if providers.adapter(name).api_hosts]
    return Accounts(items=[_shape(call, account_of(call.house, call.tenant.id, name)) for name in names])


def get_account(call: Call, provider: Part) -> AccountShape:
    """One account, with what is left on it now."""
    return _shape(call, account_of(call.house, call.tenant.id, _known(provider)))


def put_account(call: Call, provider: Part, body: AccountWanted) -> AccountShape:
    """Add or change an account. Keys go to Secrets Manager and come back to nobody."""
    before = account_of(call.house, call.tenant.id, _known(provider))
    if not before.secret and not body.key:
        raise Rejected("the account has no key yet", where="body.key", mend="Send the key that the provider gave")
    asked = providers.adapter(before.name).asks
    unknown = sorted(set(body.settings) - set(asked))
    if unknown:
        raise Rejected(f"there is no setting {unknown[0][:40]!r}", where="body.settings", mend=f"There are {', '.join(asked)}")
    check_base(call.house, before.name, body.api_base)
    keys = {"key": body.key, "webhook": body.webhook}
    more = {"api_base": body.api_base, "per_minute": body.per_minute, "settings": body.settings}
    after = keep_account(call.house, before, keys=keys, **more)  # type: ignore[arg-type]  # of a shape
    states = without_secrets(before), without_secrets(after)
    call.record("provider.changed", f"provider:{after.name}", before=states[0], after=states[1])
    return _shape(call, after)


def order_comparisons(call: Call) -> Rounds:
    """How providers' orders compare with redemptions, which is looked into daily; what differs is among the cases."""
    found = call.house.redeeming.compare.store.progress(call.tenant.id)
    return Rounds(
        items=[
            RoundShape(
                **{name: getattr(it, name) for name in ("provider", "orders", "redemptions", "differences", "cut", "problem")},
                ended_at=it.ended_at if it.step == DONE else None,
            )
            for _, it in sorted(found.items())
            if it.begun
        ]
    )


def compare_orders(call: Call) -> Asked:
    """Let all orders be compared again, within some minutes."""
    names = call.house.redeeming.ask_to_compare(call.tenant.id)
    call.record("orders.compared", "redemptions", after={"providers": names})
    return Asked(providers=names)


def _known(name: str) -> str:
    if name not in providers.names() or not providers.adapter(name).api_hosts:
        raise Missing("there is no such provider")
    return name


def _shape(call: Call, it: ProviderAccount) -> AccountShape:
    balance, products, wrong = list[BalanceShape](), list[ProductShape](), ""
    if it.secret:
        try:
            found = call.house.redeeming.accounts(it)
            balance = [BalanceShape(amount=money.minor, currency=money.currency) for money in found.balance()]
            products = [ProductShape(id=one.id, name=one.name) for one in found.products()[:PRODUCTS]]
        except AccoladeError as error:
            wrong = error.what
    return AccountShape(
        provider=it.name,
        kept=bool(it.secret),
        api_base=it.api_base,
        settings=dict(it.settings),
        per_minute=it.per_minute,
        has_key=bool(it.secret),
        has_webhook_key=bool(it.webhook_secret),
        webhook=f"{call.tenant.public_url.rstrip('/')}/providers/{it.name}/{call.tenant.id}",
        balance=balance,
        products=products,
        wrong=wrong,
    )


_offered = partial(Operation, tag="rewards")
_ONE = "/providers/{provider}"

OPERATIONS = (
    _offered("GET", "/providers", Scope.CATALOG, list_accounts, title="Accounts with providers"),
    _offered("GET", _ONE, Scope.CATALOG, get_account, title="One account"),
    _offered("GET", "/comparisons", Scope.REDEMPTIONS, order_comparisons, title="Orders against redemptions"),
    _offered("POST", "/comparisons", Scope.REDEMPTIONS_WRITE, compare_orders, title="Compare orders now"),
    _offered("PUT", _ONE, Scope.CONNECTIONS_WRITE, put_account, title="Add or change an account"),
)
