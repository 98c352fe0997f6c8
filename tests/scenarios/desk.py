"""A company with a console: people, managers, a second company beside it, and browsers of staff and of participants."""

import re
from dataclasses import replace

from tests.scenarios.house import BOB, PROGRAM, House
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.crm.salesforce.ids import to18
from accolade.model.participants import Participant
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import SESSION, STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

CHEN = to18("0055e000000Chen")
WAITING = (
    PROGRAM.replace("debt_limit: 300", "debt_limit: 300\nbudget: {points: 20000}")
    + """
  - id: big-deal
    title: {en: Deal of the year, nl: Deal van het jaar}
    kind: record
    when: {all: [{field: deal.amount, above: 5000 USD}]}
    points: 5000
    approval_above: 1000
  - id: helpful
    title: {en: A great colleague, nl: Een geweldige collega}
    kind: manual
    by: manager
    points: 250
"""
)


class Desk:
    """Asha and Bob work for Maria, Chen for nobody; `other` is another company in the same stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.house = House(stack, WAITING)
        people = [
            replace(self.house.asha, team="West", manager="maria"),
            Participant("acme", "maria", "", "Maria Lopez", email="maria@acme.example", team="West"),
            Participant(
                "acme", "bob", "", "Bob <b>Robb</b>", team="West", manager="maria", email="bob@acme.example",
                identities={"salesforce": BOB},
            ),
            Participant("acme", "chen", "", "Chen Wei", team="East", email="chen@acme.example", identities={"salesforce": CHEN}),
        ]  # fmt: skip
        self.house.people.register("acme", people)
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)
        self.here.tenants.put(replace(self.here.tenants.get("acme"), public_url="https://rewards.acme.example/live"))
        self.other = self.here.tenants.ensure("other", name="Other", sender_email="rewards@other.example")
        self.house.people.register("other", [Participant("other", "olga", "", "Olga", email="olga@other.example")])

    def person(self, id_: str, tenant: str = "acme") -> Participant:
        return self.house.people.by_id(tenant, id_)

    def staff(self, *roles: str, name: str = "dana@acme.example", tenant: str = "acme") -> Browser:
        """A browser in which somebody of the staff is signed in."""
        browser = self._browser()
        _, id_ = self.here.sessions.begin("staff", tenant, name, now=self.house.now, roles=roles or ("admin",))
        browser.cookies[STAFF] = id_
        return browser

    def signed_in(self, id_: str) -> Browser:
        """A browser in which a participant has signed in with a code."""
        browser, person = self._browser(), self.person(id_)
        leads = bool(self.house.people.led_by(person))
        _, session = self.here.sessions.begin("code", "acme", person.number, now=self.house.now, leads=leads)
        browser.cookies[SESSION] = session
        return browser

    def did(self) -> set[str]:
        """What the audit log says was done."""
        return {it.what for it in self.here.actions.list("acme")}

    def _browser(self) -> Browser:
        return Browser(Site(self.here, SessionVisitors(self.here), ROUTES, enter), now=self.house.now)


def send(browser: Browser, page: str, path: str, **fields: str) -> str:
    """Open a page and send one of its forms to a path; the text that is shown in the end."""
    found = re.search(r'name="csrf" value="([^"]*)"', browser.get(page))
    assert found
    return browser.post(path, {"csrf": found[1]} | fields)
