"""A company with one program, one connection and Asha on moto, asked by way of the real handlers."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

from tests.scenarios.stack import LambdaContext, Stack, function

from accolade import crm, wiring
from accolade.crm.salesforce.ids import to18
from accolade.model.connections import Connection
from accolade.model.messages import Notifications
from accolade.model.participants import Channel, Consent, Participant
from accolade.programs.loading import load
from accolade.store.connections import Connections
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants

ASHA, BOB = to18("0055e000000Asha"), to18("0055e000000Robb")
LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)
PROGRAM = """
id: race
title: {en: Quarter race, nl: Kwartaalrace}
effective: {from: 2017-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
debt_limit: 300
milestones:
  - id: every-second
    title: {en: Every second win, nl: Elke tweede gewonnen deal}
    kind: every
    kpi: won_count
    n: 2
    period: year
    points: 500
  - id: fast-win
    title: {en: "closed in {in_days}", nl: "gesloten in {in_days}"}
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}
    points: 50
"""


class House:
    """A company with one program, one connection and Asha, on moto; what happens goes through the functions' handlers."""

    def __init__(self, stack: Stack, program: str = PROGRAM) -> None:
        self.stack = stack
        self.now = datetime.now(UTC)
        here = wiring.database()
        tenants = Tenants(here)
        self.tenant = tenants.ensure("acme", name="Acme Rewards", sender_email="rewards@acme.example")
        self.people = People(here)
        asha = Participant(
            "acme",
            "asha",
            "",
            "Asha Patel",
            email="asha@acme.example",
            phone="+31612345642",
            identities={"salesforce": ASHA},
            channels=(Channel.EMAIL, Channel.SMS),
            consents=(Consent(Channel.SMS, date(2026, 1, 5)),),
        )
        self.people.register("acme", [asha])
        self.asha = self.people.by_id("acme", "asha")
        Programs(here).publish("acme", load(program, file="race.yaml"), title="Quarter race", now=self.now)
        maps = crm.adapter("salesforce").default_maps
        Connections(here).put(Connection("sf", "acme", "salesforce", "00D000000000001AAA", LONG_AGO, LONG_AGO, maps=maps))
        self.process, self.pages = function("process"), function("pages")
        self.links = wiring.links()

    def again(self) -> "House":
        """The same with functions that have just started: they read the rules anew."""
        self.process, self.pages = function("process"), function("pages")
        return self

    def deal(
        self, number: int, stage: str, *, name: str = "", after: int = 0, days: int = 6, owner: str = ASHA, **more: str | None
    ) -> None:
        """A deal of Asha's as Salesforce's message tells it, created six days before it closes; `more` fields, None: left out."""
        today = self.now.date()
        # half an hour ago, and never yesterday: it counts for the month and the year in which the test looks at it
        at = max(self.now - timedelta(minutes=30), self.now.replace(hour=0, minute=0, second=0, microsecond=0))
        stamp = (at + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        fields = {
            "Id": f"0065e00000{number:05d}AAA",
            "Name": name or f"Deal {number}",
            "StageName": stage,
            "Amount": "1000.0",
            "CurrencyIsoCode": "USD",
            "CloseDate": today.isoformat(),
            "CreatedDate": f"{today - timedelta(days=days)}T00:00:00.000Z",
            "OwnerId": owner,
            "SystemModstamp": stamp,
        }
        said = {name: value for name, value in (fields | more).items() if value is not None}
        item = {"id": f"04l{number:015d}", "type": "Opportunity", "fields": said}
        message = Notifications(tenant="acme", connection="sf", crm="salesforce", received_at=self.now, items=[item])
        event = {"Records": [{"messageId": "1", "body": message.to_json()}]}
        assert self.process.handler(event, LambdaContext()) == {"batchItemFailures": []}

    def ask(
        self,
        kind: str,
        token: str,
        *,
        method: str = "GET",
        body: str = "",
        query: dict | None = None,
        type_: str = "",
        accept: str = "text/html",
    ) -> dict:
        """The answer of the pages function to a REST proxy event."""
        event = {
            "httpMethod": method,
            "resource": f"/{kind}/{{token}}",
            "path": f"/{kind}/{token}",
            "pathParameters": {"token": token},
            "queryStringParameters": query,
            "headers": {"Content-Type": type_ or "application/x-www-form-urlencoded", "Accept": accept},
            "body": body or None,
            "isBase64Encoded": False,
        }
        return self.pages.handler(event, LambdaContext())

    def wallet(self, **query: str) -> str:
        """What Asha reads on her page, without tags."""
        answer = self.ask("w", self.links.token(self.tenant, self.asha, self.now), query=query or None)
        assert answer["statusCode"] == 200
        return plain(answer)

    def stopped(self, channel: Channel = Channel.EMAIL) -> bool:
        address = self.asha.address(channel)
        assert address
        return self.people.suppression("acme", channel, address) is not None

    def unsubscribe_token(self, channel: Channel = Channel.EMAIL) -> str:
        return self.links.token(self.tenant, self.asha, self.now, channel=channel)


def plain(answer: dict) -> str:
    without_style = re.sub(r"<style>.*?</style>", "", answer["body"], flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", without_style)))
