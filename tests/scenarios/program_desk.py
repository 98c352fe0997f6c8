"""Programs in the console: a company with a race that pays, browsers of its staff, and its form as a browser would send it."""

from dataclasses import replace
from html.parser import HTMLParser

from tests.scenarios.house import BOB, PROGRAM, House
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.participants import Participant
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202eWei"


class Fields(HTMLParser):
    """What a browser would send of the form `#rules`, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside, self.area, self.select = False, "", ""
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        it = {name: value or "" for name, value in attrs}
        self.inside = self.inside or (tag == "form" and it.get("id") == "rules")
        name = it.get("name", "") if self.inside else ""
        if tag == "textarea" and name:
            self.area = name
            self.found.append((name, ""))
        elif tag == "select" and name:
            self.select = name
            self.found.append((name, ""))
        elif tag == "option" and self.select and "selected" in it:
            self.found[-1] = (self.select, it.get("value", ""))
        elif tag == "input" and name and (it.get("type") != "checkbox" or "checked" in it):
            self.found.append((name, it.get("value", "")))

    def handle_data(self, data):
        if self.area:
            name, value = self.found[-1]
            self.found[-1] = (name, value + data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            name, value = self.found[-1]
            self.found[-1], self.area = (name, value.removeprefix("\n").removeprefix("\n")), ""
        self.select = "" if tag == "select" else self.select
        self.inside = self.inside and tag != "form"


class Desk:
    """A company with two people and a race that pays; browsers of its staff."""

    def __init__(self, stack) -> None:
        self.house = House(stack, PROGRAM.replace("debt_limit: 300", "debt_limit: 300\nbudget: {points: 800}"))
        bob = Participant("acme", "bob", "", f"Bob {HOSTILE}", team="East", role="sales", identities={"salesforce": BOB})
        self.house.people.register("acme", [replace(self.house.asha, team="West", role="sales"), bob])
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)

    def browser(self, role: str = "admin", name: str = "eve@acme.example") -> Browser:
        browser = Browser(Site(self.here, SessionVisitors(self.here), ROUTES, enter), now=self.house.now)
        _, id_ = self.here.sessions.begin("staff", "acme", name, now=self.house.now, roles=(role,))
        browser.cookies[STAFF] = id_
        return browser

    def fresh(self) -> None:
        """Functions and pages that have just started."""
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)

    def draft(self, text: str, id_: str) -> None:
        self.here.programs.drafts.save("acme", id_, text, seen=0, by="anna@acme.example", now=self.house.now)

    @property
    def first_day(self):
        return self.house.now.date().replace(day=1)


def csrf(browser: Browser) -> str:
    return dict(Fields(f'<form id="rules">{browser.text}').found)["csrf"]


def sent(browser: Browser, **typed: str) -> list[tuple[str, str]]:
    """The form as it stands, with something typed into it."""
    found = [(name, typed.pop(name, value)) for name, value in Fields(browser.text).found]
    return [*found, *typed.items()]


def act(browser: Browser, path: str, **fields: str) -> str:
    browser.get(path)
    return browser.post(path, {"csrf": csrf(browser), **fields})
