"""Redeeming: everything about redemptions, put together from the tables, the Orders queue, the vault and the key for codes."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accolade.cipher import Cipher
from accolade.flows.compare_orders import CompareOrders
from accolade.flows.fulfill import Fulfiller
from accolade.flows.orders_due import Orders
from accolade.flows.outbox import Outbox
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.provider_events import ProviderEvents
from accolade.flows.redeem import Redeemer
from accolade.flows.redemption_care import RedemptionCare
from accolade.flows.settling import Settling
from accolade.model.catalog import OWN_CODES
from accolade.model.participants import Tenant
from accolade.queues import Queue
from accolade.store.catalog import Catalog
from accolade.store.comparing import Comparing
from accolade.store.database import Database
from accolade.store.parked import Parked
from accolade.store.people import People
from accolade.store.redemptions import Redemptions
from accolade.store.signatures import Signatures
from accolade.store.stock import Stock


@dataclass(frozen=True, slots=True)
class Redeeming:
    """The parts. `redeemer`: for people; `fulfiller`: works off the queue; `care`: for operators; `events`: what providers
    tell; `compare`: orders against redemptions, daily; `orders`: the queue; the stores."""

    redeemer: Redeemer
    fulfiller: Fulfiller
    care: RedemptionCare
    events: ProviderEvents
    compare: CompareOrders
    orders: Orders
    redemptions: Redemptions
    catalog: Catalog
    stock: Stock
    accounts: ProviderAccounts

    def ask_to_compare(self, tenant: str) -> list[str]:
        """Let the orders of all the tenant's accounts be compared again, by `maintain`; gives the providers' names."""
        names = sorted({OWN_CODES, *(it.name for it in self.catalog.accounts(tenant))})
        for name in names:
            self.compare.ask_for(tenant, name)
        return names


def redeeming(
    db: Database,
    *,
    queue: Queue,
    kms: Any,
    key_id: str,
    secret: Callable[[str], str],
    hosts: tuple[str, ...],
    settings: Callable[[str], Tenant],
    outbox: Outbox,
    salt: Callable[[], str],
    monotonic: Callable[[], float],
    log: Callable[..., None],
) -> Redeeming:
    """All of it. `kms` is a client, `key_id` the key for codes; `secret` reads the vault; `hosts`: the stack's allow-list;
    `settings` gives a tenant's settings; `salt()` a new random text."""
    redemptions, catalog, stock = Redemptions(db), Catalog(db), Stock(db, Cipher(kms, key_id))
    accounts = ProviderAccounts(catalog, stock, secret, hosts=hosts, monotonic=monotonic)
    people, orders, signatures, parked = People(db), Orders(queue, log), Signatures(db), Parked(db)
    settling = Settling(redemptions, people.by_number, outbox.route_to, outbox.hand_over, jittered)
    return Redeeming(
        redeemer=Redeemer(
            redemptions, catalog, accounts, settling, people.by_number, settings, signatures, salt, orders.hint, stock
        ),
        fulfiller=Fulfiller(redemptions, catalog, accounts, settling, people.by_number),
        care=RedemptionCare(redemptions, accounts, settling, people.by_number, signatures, salt, orders.hint),
        events=ProviderEvents(redemptions, accounts, secret, orders.hint, people.by_number, parked.park),
        compare=CompareOrders(redemptions, accounts, Comparing(db), orders.hint, parked.park_once, monotonic, log),
        orders=orders,
        redemptions=redemptions,
        catalog=catalog,
        stock=stock,
        accounts=accounts,
    )


def jittered(attempt: int) -> None:
    """Wait a moment, longer with each attempt, each worker a different one."""
    time.sleep(random.uniform(0, 0.02 * 2**attempt))
