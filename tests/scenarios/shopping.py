"""A company with a shop on moto: Asha has earned points, and a stand-in provider delivers; minutes pass as the test says."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.scenarios.running import Running, deal, sqs_event
from tests.scenarios.stack import LambdaContext, Stack

from accolade import wiring
from accolade.flows.fulfill import Told
from accolade.flows.ledger_check import LedgerCheck, redemption_problems, wallet_problems
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.model.catalog import Item, Option, ProviderAccount
from accolade.model.redemptions import Redemption
from accolade.providers import Provider
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.people import People
from accolade.store.tenants import Tenants
from rewards.tremendous import StandIn

ASHA, BOB = "P000001", "P000002"
CARD = Item(
    tenant="acme",
    id="gift-card",
    provider="tremendous",
    title={"en": "Gift card", "nl": "Cadeaubon"},
    currency="USD",
    options=(Option(500, 10), Option(1_000, 20), Option(100_000, 1_000), Option(60_000, 400)),
    category="cards",
    product="OKMHM2X2OHYV",
)
CODES = replace(CARD, id="coffee", provider="stock", title={"en": "Coffee"}, currency="EUR", options=(Option(500, 10),))


class UniqueAccounts(ProviderAccounts):
    """The same accounts as if the provider refused a key a second time."""

    def __call__(self, account: ProviderAccount) -> Provider:
        """The provider, of the other style."""
        return replace(super().__call__(account), replay="unique")


class Shop:
    """The shop of one company. `parts` is all about redemptions, `now` its clock."""

    def __init__(self, stack: Stack, *, unique: bool = False, deals: int = 1) -> None:
        self.stack, self.running = stack, Running(stack)
        self.stand_in = StandIn(token="TEST_key", unique=unique, late_after=None).start()
        stack.secrets.create_secret(Name="accolade/tremendous", SecretString="TEST_key")
        stack.secrets.create_secret(Name="accolade/webhook", SecretString="TEST_private_key")
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self.parts = self.made(unique)
        self.parts.catalog.put(CARD)
        self.parts.catalog.put(CODES)
        settings = {"funding_source": "FUND0001", "campaign": "CAMP0001"}
        base = self.stand_in.base_url
        self.parts.catalog.put_account(
            ProviderAccount("acme", "tremendous", base, "accolade/tremendous", "accolade/webhook", settings, per_minute=6_000)
        )
        self.earn(deals)

    def made(self, unique: bool = False) -> Any:
        """The parts anew, as after a cold start."""
        parts = wiring.house(self.log).redeeming
        if not unique:
            return parts
        accounts = UniqueAccounts(
            parts.catalog, parts.stock, wiring.vault().read, hosts=wiring.settings().api_hosts, monotonic=lambda: 0.0
        )
        kept = {"redeemer": replace(parts.redeemer, accounts=accounts), "care": replace(parts.care, accounts=accounts)}
        return replace(parts, accounts=accounts, fulfiller=replace(parts.fulfiller, accounts=accounts), **kept)

    def log(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    def earn(self, deals: int) -> None:
        """Asha wins deals: 1,050 points each, and 500 more for every second."""
        for number in range(deals):
            self.running.put(deal(f"D{number:03d}", at=1, Amount="100000.0"))
        self.running.work()

    def redeem(self, key: str, *, value: int = 500, item: str = "gift-card", who: str = ASHA, **more: Any) -> Redemption:
        """Asha redeems; the hint goes on the queue."""
        return self.parts.redeemer.redeem("acme", who, item, value, key, now=self.now, actor=who, **more)

    def work(self, minutes: int = 0) -> list[Told]:
        """Let minutes pass, and each minute do what is due."""
        told = []
        for minute in range(minutes + 1):
            self.now += timedelta(minutes=min(minute, 1))
            self.parts.orders.due(self.parts.redemptions, "acme", now=self.now)
            for body in map(json.dumps, self.stack.messages("orders")):
                told.append(self.parts.fulfiller(body, now=self.now))
        return told

    def stands(self, it: Redemption) -> Redemption:
        """The redemption as it is stored."""
        return self.parts.redemptions.get("acme", it.id)

    def wallet(self, number: str = ASHA) -> Any:
        return self.parts.redemptions.wallet("acme", number)

    def sound(self, number: str = ASHA) -> None:
        """One person's books: the chain, the fold, each redemption's account."""
        audit = Audit(wiring.database())
        entries = audit.entries("acme", number)
        assert wallet_problems(audit.wallet("acme", number), entries) == []
        assert redemption_problems(audit.redemptions("acme", number), entries) == []

    def verified(self) -> None:
        """All books, as `accolade ledger verify` looks at them."""
        here = wiring.database()
        checked = LedgerCheck(Audit(here), People(here), Budgets(here)).verify("acme")
        assert checked.problems == []

    def told(self) -> list[str]:
        """What is owed to people about rewards, by event."""
        found = [item["news"] for item in self.running.deliveries() if item.get("news")]
        return sorted(json.loads(news)[0] for news in found)

    def settings(self, **changes: Any) -> None:
        tenants = Tenants(wiring.database())
        tenants.put(replace(tenants.get("acme"), **changes))

    def close(self) -> None:
        self.stand_in.stop()


@contextmanager
def shop(stack: Stack, monkeypatch: Any, **more: Any):
    """A shop whose provider is at an allowed address."""
    monkeypatch.setenv("API_HOSTS", "127.0.0.1")
    wiring.point_at({})
    made = Shop(stack, **more)
    try:
        yield made
    finally:
        made.close()


__all__ = ["ASHA", "BOB", "CARD", "CODES", "LambdaContext", "Shop", "shop", "sqs_event"]
