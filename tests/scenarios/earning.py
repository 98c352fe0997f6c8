"""Asha and her colleagues in front of their own pages: the real site, a browser each, and a shop with codes of its own."""

from dataclasses import replace
from datetime import timedelta

from tests.scenarios.house import BOB, House
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.crm.salesforce.ids import to18
from accolade.model.catalog import Item, Option, ProviderAccount
from accolade.model.participants import Participant
from accolade.model.redemptions import Redemption
from accolade.web.entry import ROUTES as ENTRY
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import SESSION, STAFF
from accolade.web.rep import ROUTES
from accolade.web.routes import ROUTES as EVERYTHING
from accolade.web.site import Site

CHEN = to18("0055e000000Chen")
CARD = Item(
    tenant="acme",
    id="bol",
    provider="stock",
    title={"en": "bol. gift card", "nl": "bol. cadeaukaart"},
    currency="EUR",
    options=(Option(1_000, 500), Option(5_000, 2_500)),
    description={"en": "Books and toys."},
    terms={"en": "Valid for two years."},
    category="Gift cards",
    countries=("NL", "BE"),
)
DONATION = replace(CARD, id="unhcr", title={"en": "Donation"}, category="Donations", countries=(), options=(Option(500, 100),))
DOLLARS = replace(
    CARD, id="dollars", title={"en": "Dollar card"}, currency="USD", countries=("US",), options=(Option(1_000, 100),)
)


class Firm:
    """A company with a shop; Asha and Bob are in team West, Chen in team East, Dana in none."""

    def __init__(self, stack: Stack) -> None:
        self.house = House(stack)
        self.stack, self.tenant, self.people = stack, self.house.tenant, self.house.people
        self.people.register(
            "acme",
            [
                replace(self.house.asha, team="West", country="NL", zone="Europe/Amsterdam"),
                Participant("acme", "bob", "", "Bob Robb", email="bob@acme.example", team="West", identities={"salesforce": BOB}),
                Participant("acme", "chen", "", "Chen Wei", team="East", identities={"salesforce": CHEN}),
                Participant("acme", "dana", "", "Dana Field"),
            ],
        )
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)
        self.parts = self.here.redeeming
        self.parts.catalog.put_account(ProviderAccount("acme", "stock"))
        for item in (CARD, DONATION, DOLLARS):
            self.parts.catalog.put(item)
        for number in range(3):
            code = f"BOL-{number}X7K-99QP"
            self.parts.stock.add("acme", "bol", value=1_000, code=code, pin="4821", now=self.house.now)
        self.site = Site(self.here, SessionVisitors(self.here), [*ENTRY, *ROUTES], enter)

    def person(self, id_: str = "asha") -> Participant:
        return self.people.by_id("acme", id_)

    def linked(self, id_: str = "asha") -> Browser:
        """Somebody who opened their link."""
        browser = Browser(self.site, now=self.house.now)
        browser.get(f"w/{self.here.links.token(self.tenant, self.person(id_), self.house.now)}")
        assert browser.status == 200
        return browser

    def signed_in(self, id_: str = "asha") -> Browser:
        """Somebody who has signed in by a code."""
        browser = Browser(self.site, now=self.house.now)
        _, key = self.here.sessions.begin("code", "acme", self.person(id_).number, now=self.house.now)
        browser.cookies[SESSION] = key
        return browser

    def admin(self) -> Browser:
        """One of the staff, who has signed in."""
        browser = Browser(Site(self.here, SessionVisitors(self.here), EVERYTHING, enter), now=self.house.now)
        _, browser.cookies[STAFF] = self.here.sessions.begin(
            "staff", "acme", "eve@acme.example", now=self.house.now, roles=("admin",)
        )
        return browser

    def earn(self, wins: int = 2, *, owner: str | None = None, first: int = 1) -> None:
        """Asha (or who else owns the deals) wins: 50 points each, and 500 more for every second."""
        for number in range(first, first + wins):
            more = {} if owner is None else {"owner": owner}
            self.house.deal(number, "Closed Won", name=f"Northwind renewal {number}", after=number, **more)

    def deliver(self) -> list[Redemption]:
        """What is to be ordered is ordered; the redemptions of Asha then."""
        for it in self.mine():
            if it.due_at is not None:
                self.parts.fulfiller.look(it, now=self.house.now + timedelta(seconds=5))
        return self.mine()

    def mine(self) -> list[Redemption]:
        return self.parts.redemptions.of_person("acme", self.person().number)

    def points(self, id_: str = "asha") -> int:
        return self.parts.redemptions.wallet("acme", self.person(id_).number).available
