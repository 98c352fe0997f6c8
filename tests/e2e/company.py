"""A company with all that the pages show: people with a manager, a program, a shop with own codes and a provider, staff."""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Deployed
from tests.e2e.senders import XML, notification, outbound, post, texts
from tests.e2e.tenancy import Tenancy, organization, tenancy

from accolade.crm.salesforce.ids import to18

PROGRAM = """
id: spring
title: {en: Spring race, nl: Voorjaarsrace}
department: sales
audience: everyone
effective: {from: 2016-01-01}
review: 2030-01-01
time_zone: UTC
point_value: 0.01 USD
budget: {points: 900000}
announce: false
debt_limit: 500
milestones:
  - id: win
    title: {en: A deal won, nl: Een gewonnen deal}
    kind: record
    when: {all: [{field: deal.stage, is: won}]}
    points: 1500
  - id: large
    title: {en: A large deal won, nl: Een grote gewonnen deal}
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.amount, at_least: 50000 USD}]}
    points: 5000
    approval_above: 4000
  - id: every-fifth
    title: {en: Every fifth win, nl: Elke vijfde gewonnen deal}
    kind: every
    kpi: won_count
    n: 5
    period: year
    points: 500
  - id: thanks
    title: {en: Thanked by a colleague, nl: Bedankt door een collega}
    kind: manual
    by: manager
    points: 100
    caps: [{points: 300, per: participant, period: quarter}]
"""
COLUMNS = "id,name,email,phone,locale,zone,country,manager,team,role,channels,consents,salesforce_user_id"
ITEMS = """
items:
  - id: coffee
    provider: stock
    title: {en: Coffee card, nl: Koffiekaart}
    description: {en: For the bar downstairs., nl: Voor de bar beneden.}
    terms: {en: Valid for a year., nl: Een jaar geldig.}
    currency: EUR
    category: Own
    countries: [NL]
    options: [{value: 10, points: 1000}, {value: 40, points: 4000}]
  - id: card
    provider: tremendous
    title: {en: Gift card, nl: Cadeaukaart}
    currency: USD
    category: Gift cards
    product: OKMHM2X2OHYV
    options: [{value: 5, points: 500}, {value: 25, points: 2500}]
"""
PASSWORD = "Tuesday-Harbour-19"
_NUMBERS = count(100_000 + secrets.randbelow(880_000))
"""One after the other: companies of one run never share a phone number or an id of the CRM."""
_LINK = re.compile(r"https?://\S+/w/[A-Za-z0-9_.~-]+")


Deal = tuple[str, str, dict[str, str]]
"""The owner's id, the name, further fields as Salesforce has them."""


@dataclass
class Company:
    """A tenant in use. `phones`: by participant id; `owners`: their users in the CRM."""

    tenant: Tenancy
    number: int
    phones: dict[str, str]
    owners: dict[str, str]
    deals: list[str] = field(default_factory=list)

    @property
    def deployed(self) -> Deployed:
        return self.tenant.deployed

    @property
    def id(self) -> str:
        return self.tenant.id

    @property
    def site(self) -> str:
        """Where the pages are, with a slash at the end."""
        return f"{self.deployed.api_url}/".replace("localhost", "127.0.0.1")

    def tell(self, *deals: Deal) -> None:
        """The CRM tells of deals (owner, name, further fields), in one message."""
        rows = []
        for owner, name, more in deals:
            record = self._record()
            rows.append(
                notification(
                    f"04l{record[3:15]}AAA",
                    record,
                    owner=self.owners.get(owner, "0055e00000Nobod"),
                    name=escape(name),
                    **(dated() | more),
                )
            )
        answer = post(self.tenant.urls["salesforce"], outbound(*rows, organization=organization(self.number)), XML)
        assert answer.status == 200, answer.body

    def garble(self) -> None:
        """The CRM sends what nobody can read: a case for a person."""
        assert post(self.tenant.urls["salesforce"], b"<oops", XML).status == 200

    def win(self, owner: str, name: str, **more: str) -> None:
        """A deal is won today."""
        self.tell((owner, name, dict(more)))

    def _record(self) -> str:
        record = to18(f"0065e0000{self.number % 1000:03d}{len(self.deals):03d}")
        self.deals.append(record)
        return record

    def texted(self, who: str, found: Callable[[str], str], *, after: int = 0) -> str:
        """What is found in an SMS to somebody that came after so many others; waits for it."""
        return until(
            lambda: next(filter(None, map(found, self.all_texts(who)[after:])), ""), f"an SMS to {who}: {self.all_texts(who)}"
        )

    def all_texts(self, who: str) -> list[str]:
        """Every SMS to somebody, oldest first."""
        return texts(self.deployed.place.endpoint, self.phones[who])

    def wallet_link(self, who: str, *, after: int = 0) -> str:
        """The link of the next SMS."""
        return self.texted(who, lambda text: (_LINK.search(text) or [""])[0], after=after)

    def staff(self, role: str, *more: str) -> tuple[str, str]:
        """A new account of these roles: its address and temporary password."""
        email = f"{role}.{secrets.token_hex(3)}@acme.example"
        roles = [part for name in (role, *more) for part in ("--role", name)]
        made = self.tenant.json("staff", "add", email, *roles, "--print-password")
        return email, made["password"]


def six_digits(text: str) -> str:
    """The one-time code of a text; empty if it has none."""
    found = re.search(r"(?<!\d)(\d{3}) ?(\d{3})(?!\d)", text)
    return found[1] + found[2] if found and "/w/" not in text else ""


def dated(days: int = 0) -> dict[str, str]:
    """The dates of a deal that was closed so many days ago."""
    now = datetime.now(UTC) - timedelta(days=days)
    return {
        "CloseDate": now.date().isoformat(),
        "CreatedDate": f"{now - timedelta(days=9):%Y-%m-%dT%H:%M:%S.000Z}",
        "SystemModstamp": f"{now:%Y-%m-%dT%H:%M:%S.000Z}",
    }


def until[T](look: Callable[[], T], what: str, *, seconds: float = 180.0) -> T:
    """What `look` finds, once it finds anything."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"there is no {what}"
        time.sleep(0.2)
    return found


def company(
    deployed: Deployed, folder: Path, people: Sequence[dict[str, Any]], *, name: str, program: str = PROGRAM, items: str = ITEMS
) -> Company:
    """Make one, under an id of its own, so that the tests can run again on the same stack. `people`: id, name and, as wanted,
    manager, team, locale; each gets a phone number and a user in the CRM."""
    number = next(_NUMBERS)
    owners = {who["id"]: to18(f"0055e00{place:02d}{number:06d}") for place, who in enumerate(people)}
    phones = {who["id"]: f"+3161{number % 100_000:05d}{place:02d}" for place, who in enumerate(people)}
    lines = [COLUMNS, *(_line(who, phones[who["id"]], owners[who["id"]]) for who in people)]
    files = {"people.csv": "\n".join(lines), "program.yaml": program, "items.yaml": items, "codes.csv": _codes(number)}
    for file, content in files.items():
        (folder / file).write_text(content)
    made = tenancy(
        deployed,
        f"{name}-{number}",
        number=number,
        program=folder / "program.yaml",
        people=folder / "people.csv",
        mapping=None,
    )
    made.json("provider", "add", "tremendous", "--key-env", "HOME", "--api-base", deployed.place.rewards)
    made.json("catalog", "import", str(folder / "items.yaml"))
    made.json("stock", "import", "coffee", str(folder / "codes.csv"))
    return Company(made, number, phones, owners)


def _line(who: dict[str, Any], phone: str, owner: str) -> str:
    cells = {"locale": "en", "zone": "Europe/Amsterdam", "country": "NL", "role": "sales", "channels": "sms"}
    cells |= {"consents": "sms:2016-02-06 form", "email": f"{who['id']}@acme.example", "phone": phone}
    cells |= {"salesforce_user_id": owner} | who
    return ",".join('"' + str(cells.get(column, "")).replace('"', '""') + '"' for column in COLUMNS.split(","))


def _codes(number: int) -> str:
    rows = [f"10,BEAN-{number}-{place},{4321 + place}" for place in range(6)]
    return "\n".join(["value,code,pin", *rows, *(f"40,LARGE-{number}-{place},99" for place in range(3))])
