"""Two companies on moto, everybody who may ask, and the API that they ask; what is the other company's is marked."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.flows.disputes import About
from accolade.model.catalog import Item, Option
from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery, DeliveryState, Line
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.participants import Channel, Consent, Participant
from accolade.model.redemptions import redemption_id
from accolade.programs.loading import load
from accolade.store.codec import entry_to_item, wallet_to_item
from accolade.store.screens import Screen
from accolade.web.api.callers import Rates
from accolade.web.api.door import Api
from accolade.web.entry.cookies import LINK, SESSION, STAFF
from accolade.web.visitors import OWN, ROLES, Scope

SECRET = "RIVALSECRET"
"""Stands in everything of the other company that has a text."""

PROGRAM = """
id: {id}
title: {{en: "{title}"}}
audience: everyone
effective: {{from: 2017-01-01}}
time_zone: UTC
currency: USD
point_value: 0.01 USD
debt_limit: 300
budget: {{points: 100000}}
milestones:
  - id: fast-win
    title: {{en: Fast win}}
    kind: record
    when: {{all: [{{field: deal.stage, is: won}}, {{field: deal.cycle_days, below: 14}}]}}
    points: 50
  - id: thanks
    title: {{en: Thanks}}
    kind: manual
    by: anyone
    points: 20
"""
Answer = tuple[int, dict[str, str], Any]
STAFF_SCOPES = frozenset(Scope) - OWN
LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)


@dataclass
class Caller:
    """Somebody who asks: their scopes, and what their requests carry."""

    name: str
    scopes: frozenset[Scope]
    headers: dict[str, str] = field(default_factory=dict)


class World:
    """`acme` asks; `rival` has the same numbers, ids and addresses, and is never to be seen. `now` moves with each call."""

    def __init__(self, stack: Stack, *, rates: Rates | None = None) -> None:
        self.stack, self.now = stack, datetime.now(UTC).replace(microsecond=0)
        self.house = wiring.house(lambda *said, **more: None)
        self.api = Api(self.house, rates=rates or Rates(10**6, 10**6, 10**6))
        self.ids = {tenant: self._company(tenant) for tenant in ("acme", "rival")}
        self.callers = {it.name: it for it in self._callers()}
        self.strangers = {it.name: it for it in self._strangers()}

    def ask(self, caller: Caller | None, method: str, path: str, **more: Any) -> Answer:
        """Status, headers and JSON of a call (see `asked`)."""
        self.now += timedelta(milliseconds=50)
        return asked(self.api, caller, method, path, now=self.now, **more)

    def key(self, tenant: str, *scopes: Scope, name: str = "key") -> dict[str, str]:
        """The header of a new key."""
        made = self.house.keyring.add(tenant, name, scopes=[it.value for it in scopes], now=self.now)
        return {"Authorization": f"Bearer {made[1]}"}

    def state_of(self, tenant: str) -> dict[tuple[str, str], Any]:
        """Everything that State, Ledger and Deliveries have of a company."""
        found = {}
        for table in ("state_table", "ledger_table", "deliveries_table"):
            pages = self.stack.dynamodb.get_paginator("scan").paginate(TableName=self.stack.settings[table])
            for item in (item for page in pages for item in page["Items"]):
                pk, sk = item["pk"]["S"], item["sk"]["S"]
                theirs = tenant in (*pk.split("#"), *sk.split("#"), item.get("tenant", {}).get("S"))
                if theirs and not pk.startswith(("LIMIT#", "SESSION", "APIKEY#")):
                    found[pk, sk] = item
        return found

    def path(self, template: str, tenant: str) -> str:
        """The path of an operation with the ids of a company."""
        for name, value in self.ids[tenant].items():
            template = template.replace(f"{{{name}}}", quote(value, safe="~@:+"))
        return template

    def _callers(self) -> list[Caller]:
        found = []
        for role, scopes in ROLES.items():
            session, id_ = self.house.sessions.begin("staff", "acme", f"{role}@acme.example", now=self.now, roles=[role])
            found.append(Caller(role, scopes, {"Cookie": f"{STAFF}={id_}", "X-CSRF": session.csrf}))
        for name, leads in (("rep", False), ("manager", True)):
            number = self.house.people.by_id("acme", {"rep": "asha", "manager": "maria"}[name]).number
            session, id_ = self.house.sessions.begin("code", "acme", number, now=self.now, leads=leads)
            scopes = OWN if leads else OWN - {Scope.TEAM}
            found.append(Caller(name, scopes, {"Cookie": f"{SESSION}={id_}", "X-CSRF": session.csrf}))
        asha = self.house.people.by_id("acme", "asha")
        token = self.house.links.token(self.house.tenants.get("acme"), asha, self.now)
        found.append(Caller("link", frozenset({Scope.WALLET}), {"Cookie": f"{LINK}={token}"}))
        found.append(Caller("key", STAFF_SCOPES, self.key("acme", *STAFF_SCOPES)))
        return found

    def _strangers(self) -> list[Caller]:
        """Whoever is nobody here, however hard they try."""
        good = self.key("acme", *STAFF_SCOPES, name="gone")["Authorization"]
        id_ = good.split("_")[1]
        self.house.keyring.revoke("acme", id_, now=self.now)
        over, text = self.house.keyring.add(
            "acme", "over", scopes=[it.value for it in STAFF_SCOPES], now=self.now - timedelta(days=3), life=timedelta(days=1)
        )
        other = self.key("rival", *STAFF_SCOPES, name="other")["Authorization"]
        asha = self.house.people.by_id("acme", "asha")
        old = self.house.links.token(self.house.tenants.get("acme"), asha, self.now - timedelta(days=200))
        ended, ended_id = self.house.sessions.begin("staff", "acme", "gone@acme.example", now=self.now, roles=["admin"])
        self.house.sessions.end(ended)
        _, idle_id = self.house.sessions.begin(
            "staff", "acme", "idle@acme.example", now=self.now - timedelta(hours=1), roles=["admin"]
        )
        none: frozenset[Scope] = frozenset()
        carried = {
            "nobody": {},
            "forged key": {"Authorization": f"Bearer acc_{'a' * 16}_{'b' * 43}"},
            "forged secret": {"Authorization": other[:-1] + ("A" if other[-1] != "A" else "B")},
            "revoked key": {"Authorization": good},
            "key that is over": {"Authorization": f"Bearer {text}"},
            "basic": {"Authorization": "Basic YWRtaW46YWRtaW4="},
            "old link": {"Cookie": f"{LINK}={old}"},
            "ended session": {"Cookie": f"{STAFF}={ended_id}"},
            "idle session": {"Cookie": f"{STAFF}={idle_id}"},
            "made-up session": {"Cookie": f"{SESSION}={'x' * 43}; {STAFF}={'y' * 43}; {LINK}={'z' * 26}"},
        }
        assert over.id
        return [Caller(name, none, headers) for name, headers in carried.items()]

    def _company(self, tenant: str) -> dict[str, str]:
        """A company with one of everything; gives the ids by the names that paths have."""
        mark = "" if tenant == "acme" else f" {SECRET}"
        house, now = self.house, self.now
        made = house.tenants.ensure(tenant, name=f"Company {tenant}{mark}", sender_email=f"rewards@{tenant}.example")
        house.tenants.put(replace(made, second_person=False))
        people = [("asha", "Asha Patel"), ("maria", "Maria Lopez"), (f"only-{tenant}", "Only Here")]
        drafts = [
            Participant(
                tenant,
                id_,
                "",
                name + mark,
                email=f"{id_}@people.example",
                phone="+31612345642",
                team="West",
                manager="maria" if id_ == "asha" else None,
                channels=(Channel.EMAIL,),
                consents=(Consent(Channel.SMS, date(2026, 1, 5)),),
            )
            for id_, name in people
        ]
        house.people.register(tenant, drafts)
        text = PROGRAM.format(id=f"plan-{tenant}", title=f"Plan{mark}")
        house.programs.publish(tenant, load(text, file="plan.yaml"), title=f"Plan{mark}", now=now)
        house.connections.put(Connection(f"sf-{tenant}", tenant, "salesforce", f"00D00000000000{tenant[:1]}AAA", now, LONG_AGO))
        place = {"connection": f"sf-{tenant}", "crm": "salesforce", "reason": f"odd{mark}", "content": [{"Id": "1"}]}
        house.parked.park(tenant, id_=f"case-{tenant}", now=now, **place)
        number = house.people.by_id(tenant, f"only-{tenant}").number
        self._points(tenant, house.people.by_id(tenant, "asha").number)
        self._points(tenant, number)
        house.redeeming.catalog.put(
            Item(tenant, f"card-{tenant}", "stock", {"en": f"Card{mark}"}, "EUR", (Option(500, 100),), product="p")
        )
        for code in range(9):
            house.redeeming.stock.add(tenant, f"card-{tenant}", value=500, code=f"CODE-{code}{mark}", pin="", now=now)
        bought = house.redeeming.redeemer.redeem(tenant, number, f"card-{tenant}", 500, "first-key", now=now, actor=number)
        assert bought.id == redemption_id(tenant, number, "first-key")
        owner = house.people.by_number(tenant, number)
        asked = house.disputes.open(owner, f"This was mine{mark}", About(), key="asked", now=now)
        by, asha = "Somebody Else", house.people.by_id(tenant, "asha")
        named = house.nominations(tenant).nominate(asha, f"plan-{tenant}/thanks", by="maria", reason=f"Kind{mark}", now=now)
        key, _ = house.keyring.add(tenant, f"first {tenant}", scopes=["people"], now=now, by=by)
        return {
            "person": f"only-{tenant}",
            "program": f"plan-{tenant}",
            "version": "1",
            "connection": f"sf-{tenant}",
            "case": f"case-{tenant}",
            "message": self._message(tenant, number, mark),
            "redemption": bought.id,
            "dispute": asked.id,
            "nomination": named.id,
            "key": key.id,
            "item": f"card-{tenant}",
            "board": self._board(tenant, mark),
            "channel": "email",
            "preset": "quarter-race",
            "provider": "tremendous",
            "award": "none",
            "line": "1",
        }

    def _board(self, tenant: str, mark: str) -> str:
        screen = Screen(tenant, f"wall-{tenant}", f"Wall{mark}", self.now)
        assert self.house.screens.put_up(screen)
        return screen.id

    def _points(self, tenant: str, number: str) -> None:
        """1,000 points, as an award posts them."""
        cause = Cause(f"plan-{tenant}", 1, "fast-win", number, f"sf-{tenant}:deal:1", f"sf-{tenant}:deal:1", 1)
        moved = (Transfer(f"program:plan-{tenant}", f"wallet:{number}", 1000),)
        id_ = f"plan-{tenant}/fast-win/{number}/sf-{tenant}:deal:1#1"
        entry = Entry(id_, 1, tenant, self.now, self.now, EntryKind.ACCRUAL, cause, moved, "process", "", "")
        self.house.db.put(self.house.db.ledger, entry_to_item(entry))
        wallet = Wallet(tenant, number, revision=1, next_seq=2, head="h", available=1000)
        self.house.db.put(self.house.db.state, wallet_to_item(wallet))

    def _message(self, tenant: str, number: str, mark: str) -> str:
        id_ = f"message{tenant}".ljust(26, "x")
        line = Line(f"plan-{tenant}/fast-win/{number}/x#1", 50, "accrual", "fast-win", "record", {"en": f"Fast{mark}"}, {})
        at = {"created_at": self.now, "due_at": self.now, "channel": Channel.EMAIL, "state": DeliveryState.PARKED}
        owed = Delivery(id_, tenant, number, f"plan-{tenant}", None, f"Deal{mark}", (line,), 1000, outcome=f"why{mark}", **at)
        assert self.house.deliveries.add(owed)
        return id_


def asked(
    api: Api, caller: Caller | None, method: str, path: str, *, now: datetime, **more: Any
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of a call. `body`: to be sent as JSON; `raw`: as it is; `query`, `headers`, `source`."""
    body = more.get("raw", None if more.get("body") is None else json.dumps(more["body"]))
    headers = {"Content-Type": "application/json"} | (caller.headers if caller else {}) | more.get("headers", {})
    answer = api.respond(
        {
            "httpMethod": method,
            "path": path,
            "headers": {name: value for name, value in headers.items() if value},
            "queryStringParameters": more.get("query"),
            "body": body,
            "isBase64Encoded": False,
            "requestContext": {"identity": {"sourceIp": more.get("source", "192.0.2.1")}},
        },
        now=now,
    ).answer
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert "Traceback" not in answer["body"]
    return answer["statusCode"], answer["headers"], json.loads(answer["body"]) if answer["body"] else None
