"""A wallet page to look at: one person, one program, three lines; and how a page is taken apart."""

import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace

from accolade import kpis
from accolade.flows.explain import Asked
from accolade.flows.explanation import Explanation, Why
from accolade.flows.wallet_view import FeedLine, PersonView, Step, Way
from accolade.model.catalog import Item
from accolade.model.deliveries import Delivery, DeliveryState, Line
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.participants import Channel, Consent, Participant, Suppression, Tenant
from accolade.programs.periods import calendar
from accolade.programs.rules import KpiUse, Milestone, Points, Program
from accolade.web.answers import PageAnswer
from accolade.web.asking import Request
from accolade.web.links import Links
from accolade.web.rep.links import ROUTES
from accolade.web.site import Site

NOW = datetime(2026, 4, 3, 9, 30, tzinfo=UTC)
ZONE = "Europe/Amsterdam"
QUARTER = calendar("quarter", zone=ZONE)
TENANT = Tenant("acme", 7, "Acme Rewards", "rewards@acme.example", public_url="https://acme.example")
ASHA = Participant(
    "acme",
    "asha",
    "P000017",
    "Asha Patel",
    email="asha.patel@acme.example",
    phone="+31612345642",
    zone=ZONE,
    channels=(Channel.SMS, Channel.EMAIL),
    consents=(Consent(Channel.SMS, date(2026, 1, 5)),),
)
WON = KpiUse("won_count", "won_count", kpis.kpi("won_count"), QUARTER)


def milestone(id_: str, kind: str, title: dict[str, str], points: int, **more) -> Milestone:
    return Milestone("q-race", 3, id_, title, kind, "deal", Points(fixed=points, written=str(points)), **more)


FIFTH = milestone(
    "every-fifth-win", "every", {"en": "Every fifth win", "nl": "Elke vijfde winst"}, 500, kpi=WON, calendar=QUARTER, n=5
)
FAST = milestone("fast-win", "record", {"en": "closed in {in_days}", "nl": "gesloten in {in_days}"}, 50)
PROGRAM = Program(
    "q-race",
    3,
    {"en": "Quarter race", "nl": "Kwartaalrace"},
    date(2026, 1, 1),
    None,
    ZONE,
    "EUR",
    "points",
    Fraction(1),
    None,
    timedelta(hours=72),
    500,
    (FIFTH, FAST),
    {},
)
STEP = Step(PROGRAM, FIFTH, 3, 5, 500, date(2026, 6, 30))
KEY = "a key of the test that is long enough"
LINKS = Links(lambda: KEY)


def entry(seq: int, rule: Milestone, kind: EntryKind, at: datetime, *transfers: Transfer) -> Entry:
    scope = "2026Q1@Europe.Amsterdam" if rule.calendar else f"salesforce:deal:006{seq}"
    cause = Cause("q-race", 3, rule.id, ASHA.number, scope, f"salesforce:deal:006{seq}")
    id_ = f"q-race/{rule.id}/{ASHA.number}/{scope}#{seq}"
    return Entry(id_, seq, "acme", at, at + timedelta(seconds=2), kind, cause, transfers, "process", "", "")


def feed_line(seq: int, rule: Milestone, points: int, subject: str, facts: dict, *, at: datetime, told: bool = True) -> FeedLine:
    kind = EntryKind.ACCRUAL if points > 0 else EntryKind.CLAWBACK
    program, wallet = "program:q-race", f"wallet:{ASHA.number}"
    source, target = (program, wallet) if points > 0 else (wallet, program)
    posted = entry(seq, rule, kind, at, Transfer(source, target, abs(points)))
    line = Line(posted.id, points, kind.value, rule.id, rule.kind, rule.title, facts)
    delivery = Delivery(
        f"d{seq}",
        "acme",
        ASHA.number,
        "q-race",
        posted.cause.record,
        subject,
        (line,),
        690,
        at,
        at,
        channel=Channel.SMS,
        state=DeliveryState.DELIVERED,
    )
    return FeedLine(posted, points, line, subject, PROGRAM, rule, delivery if told else None)


FIFTH_FACTS = {"period": "2026Q1@Europe.Amsterdam", "unit_kpi": "won_count", "n": 5, "count": 5}
FEED = (
    feed_line(
        3,
        FIFTH,
        -500,
        "Contoso",
        FIFTH_FACTS | {"count": 4, "reason": "reopened", "on": "2026-04-02"},
        at=datetime(2026, 4, 2, 8, tzinfo=UTC),
    ),
    feed_line(2, FIFTH, 500, "Northwind renewal", FIFTH_FACTS, at=datetime(2026, 3, 30, 22, 30, 3, tzinfo=UTC)),
    feed_line(1, FAST, 50, "Northwind renewal", {"days": 10}, at=datetime(2026, 3, 30, 22, 30, 3, tzinfo=UTC), told=False),
)
WAYS = (
    Way(Channel.SMS, ASHA.phone, True, ASHA.consents[0], None),
    Way(Channel.EMAIL, ASHA.email, True, None, Suppression(Channel.EMAIL, "hash", "unsubscribed", NOW)),
    Way(Channel.WHATSAPP, ASHA.phone, False, None, None),
)


class OneWallet:
    """Gives the view that the test made, as the tables would."""

    def __init__(self, view: PersonView) -> None:
        self.view = view

    def person(self, tenant_number: int, number: str) -> tuple[Tenant, Participant]:
        return self.view.tenant, self.view.participant

    def show(self, tenant: Tenant, participant: Participant, *, now: datetime, before: int | None = None) -> PersonView:
        return self.view

    def way(self, participant: Participant, channel: Channel) -> Way:
        return next(way for way in self.view.ways if way.channel is channel)


class OneExplanation:
    """Explains what the test made: its first award where something was asked, everything where nothing was."""

    def __init__(self, *awards: Why) -> None:
        self.awards = awards

    def explain(self, participant: Participant, asked: Asked, *, now: datetime) -> Explanation:
        return Explanation(participant, self.awards)


def view(**changes) -> PersonView:
    wallet = Wallet("acme", ASHA.number, available=1240, next_seq=4)
    known = PersonView(TENANT, ASHA, wallet, FEED, None, True, (STEP,), (PROGRAM,), WAYS)
    return replace(known, **changes)


class NoCatalog:
    """A shop without items."""

    def list(self, tenant: str) -> list[Item]:
        return []

    def left(self, tenant: str, items: object) -> dict[str, object]:
        return {}


class Nobody:
    """Nobody has signed in, and no link is remembered."""

    def of(self, request: Request, *, now: datetime) -> None:
        return None


def asking(
    kind: str, token: str, *, method: str = "GET", accept: str = "text/html", languages: str = "", **query: str
) -> Request:
    """What a browser asks by a link."""
    headers = {"accept": accept, "accept-language": languages}
    return Request(method, (kind, token), {name: (value,) for name, value in query.items()}, headers=headers)


def shown(made: PersonView, **query: str) -> PageAnswer:
    return opened(made).answer(asking("w", LINKS.token(TENANT, ASHA, NOW), **query), now=NOW)


def opened(made: PersonView, *awards: Why) -> Site:
    """The site with this wallet and these reasons in it."""
    return site(OneWallet(made), *awards)


def site(wallets: "OneWallet", *awards: Why) -> Site:
    house = SimpleNamespace(
        db=SimpleNamespace(once=nullcontext),
        links=LINKS,
        wallets=wallets,
        explainer=OneExplanation(*awards),
        redeeming=SimpleNamespace(catalog=NoCatalog(), redeemer=NoCatalog()),
    )
    return Site(house, Nobody(), ROUTES, lambda request, scope: "sign-in/code")  # type: ignore[arg-type] # stand-ins


def explained(made: PersonView, *awards: Why, accept: str = "text/html", **query: str) -> PageAnswer:
    """The page of reasons for these awards; the first is the one that is asked about."""
    token = LINKS.token(TENANT, ASHA, NOW)
    return opened(made, *awards).answer(asking("explain", token, accept=accept, **query), now=NOW)


class Outline(HTMLParser):
    """A page's tags in order, its text, and whether all tags were closed properly."""

    VOID = ("meta", "input", "br", "link")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", Outline(html).text)
