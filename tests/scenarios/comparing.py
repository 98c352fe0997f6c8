"""A company whose orders at its providers are compared with its redemptions: the shop with its minute, and its staff."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.scenarios.shopping import CODES, Shop
from tests.scenarios.stack import Stack, function
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.store.database import Database
from accolade.store.parked import Case, Parked
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site


class Company(Shop):
    """The shop with its minute: `minute()` is what `maintain` does at the shop's own time."""

    def __init__(self, stack: Any) -> None:
        super().__init__(stack)
        self.stand_in.clock = lambda: self.now
        self.maintain = function("maintain")
        self.parked = Parked(wiring.database())

    def minute(self, **later: float) -> dict[str, int]:
        self.now += timedelta(**later)
        return self.maintain.run(now=self.now)

    def cases(self, *, every: bool = False) -> list[Case]:
        return list(self.parked.list("acme", every=every))

    def case(self) -> Case:
        """The only case there is."""
        (found,) = self.cases()
        assert found.origin == "provider"
        return found

    def rounds(self) -> dict[str, Any]:
        return self.parts.compare.store.progress("acme")

    def lists(self) -> int:
        """How often the provider was asked for its list."""
        return sum(path.startswith("/api/v2/orders?") for _, path in self.stand_in.calls)

    def finds(self) -> int:
        """How often it was asked for one order."""
        return sum(method == "GET" and path.startswith("/api/v2/orders/") for method, path in self.stand_in.calls)

    def fulfilled(self, key: str = "one", **more: Any) -> Redemption:
        it = self.redeem(key, **more)
        self.work()
        done = self.stands(it)
        assert done.state is RedemptionState.FULFILLED
        return done

    def there(self, it: Redemption) -> dict[str, Any]:
        """The order as the provider keeps it."""
        return next(order for order in self.stand_in.orders.values() if order["external_id"] == it.id)

    def browser(self, *roles: str) -> Browser:
        here = wiring.house(self.log)
        browser = Browser(Site(here, SessionVisitors(here), ROUTES, enter), now=self.now)
        _, id_ = here.sessions.begin("staff", "acme", "eve@acme.example", now=self.now, roles=roles or ("admin",))
        browser.cookies[STAFF] = id_
        return browser


@contextmanager
def opened(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company on a stack that may call its stand-in."""
    monkeypatch.setenv("API_HOSTS", "127.0.0.1")
    wiring.point_at({})
    made = Company(linked)
    try:
        yield made
    finally:
        made.close()


def db() -> Database:
    return wiring.database()


def coffee(company: Company) -> Redemption:
    for number in range(3):
        company.parts.stock.add("acme", "coffee", value=500, code=f"CODE-{number}", pin="", now=company.now)
    return company.fulfilled(item=CODES.id)


def csrf(browser: Browser) -> str:
    return browser.text.split('name="csrf" value="')[1].split('"')[0]
