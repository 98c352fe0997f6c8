"""The wallet page, rendered: what a person reads, in both languages, whatever their CRM calls things."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade import kpis
from accolade.flows.wallet_view import FeedLine, PersonView, Step, Way, change
from accolade.model.deliveries import Delivery, DeliveryState, Line
from accolade.model.errors import Rejected, Retry
from accolade.model.fields import FieldType
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.participants import Channel, Consent, Participant, Suppression, Tenant
from accolade.programs.condition_tree import Test as Question
from accolade.programs.periods import calendar
from accolade.programs.rules import KpiUse, Milestone, Points, Program
from accolade.texts.colours import DARK_RAISED, LIGHT_RAISED, MINIMUM, accents, contrast
from accolade.web.answers import PageAnswer, PageRequest, read_form
from accolade.web.links import Links
from accolade.web.pages import Pages

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


def view(**changes) -> PersonView:
    wallet = Wallet("acme", ASHA.number, available=1240, next_seq=4)
    known = PersonView(TENANT, ASHA, wallet, FEED, None, True, (STEP,), (PROGRAM,), WAYS)
    return replace(known, **changes)


def shown(made: PersonView, **query: str) -> PageAnswer:
    token = LINKS.token(TENANT, ASHA, NOW)
    return Pages(links=LINKS, wallets=OneWallet(made)).answer(PageRequest("GET", "w", token, query), now=NOW)  # type: ignore[arg-type]


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


def test_the_page_says_what_there_is_what_for_and_what_comes_next():
    text = words(shown(view()).html)
    assert "1,240 points" in text
    assert "2 more wins for 500 points, until 30 June" in text
    assert "5th win this quarter: Northwind renewal +500" in text
    assert "Closed in 10 days: Northwind renewal +50" in text
    assert "Reopened: Contoso \u2212500" in text
    assert "5 won deals in Q1 2026" in text
    assert "Every fifth win, Quarter race, version 3" in text


def test_points_that_went_back_say_why_and_how_they_return():
    assert '"Contoso" was reopened on 2 April. They return when it is won again.' in words(shown(view()).html)


def test_a_dutch_reader_reads_dutch_with_dutch_numbers():
    html = shown(view(participant=replace(ASHA, locale="nl-NL"))).html
    assert Outline(html).all("html") == [{"lang": "nl"}]
    assert "1.240 punten" in words(html)
    assert "5e gewonnen deal dit kwartaal: Northwind renewal" in words(html)


def test_the_language_can_be_switched_on_the_page_whatever_the_person_is_set_to():
    assert "1.240 punten" in words(shown(view(), lang="nl").html)
    assert "1,240 points" in words(shown(view(participant=replace(ASHA, locale="nl")), lang="en").html)
    assert "1,240 points" in words(shown(view(), lang="../../etc/passwd").html)


def test_days_are_the_readers_own_and_the_exact_instant_is_at_hand():
    times = Outline(shown(view()).html).all("time")
    assert times[1]["datetime"] == "2026-03-30T22:30:03.000Z"
    assert times[1]["title"] == "31 March 2026, 00:30 Europe/Amsterdam (2026-03-30T22:30:03.000Z)"
    assert "31 March" in words(shown(view()).html)


def test_what_is_owed_is_said_as_owed():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number, available=0, debt=400))).html)
    assert "0 points" in text
    assert "You still owe 400 points: what you earn next pays this back first." in text
    assert "You still owe" not in words(shown(view()).html)


def test_an_empty_wallet_says_what_will_appear():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number), feed=(), steps=(), programs=())).html)
    assert "Nothing yet. When you reach a goal, a line appears here" in text
    assert "this shows how far the next points are" in text
    assert "No program is running now" in text


def test_pending_and_held_points_show_only_where_there_are_any():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number, available=1, pending=150, held=20))).html)
    assert "150 points pending" in text
    assert "20 points kept for an order" in text
    assert "pending" not in words(shown(view()).html)


def test_longer_statements_are_paged():
    html = shown(view(older=951)).html
    assert {"href": "?lang=en&before=951#feed", "rel": "next"} in Outline(html).all("a")
    last = words(shown(view(newest=False, feed=()), before="1").html)
    assert "There are no earlier lines." in last
    assert "Newest lines" in last


def test_a_debt_that_was_repaid_counts_for_its_owner():
    repaid = entry(
        1,
        FIFTH,
        EntryKind.ACCRUAL,
        NOW,
        Transfer("program:q-race", "debt:P000017", 400),
        Transfer("program:q-race", "wallet:P000017", 100),
    )
    assert change(repaid, "P000017") == 500
    assert change(repaid, "P000018") == 0


def test_addresses_are_shown_masked():
    html = shown(view()).html
    assert "a***@acme.example" in html
    assert "+31 *** 42" in html
    assert "asha.patel" not in html
    assert "612345" not in html


def test_a_goal_that_counts_only_some_wins_is_called_by_its_title():
    some = replace(
        FIFTH,
        kpi=replace(WON, id="won_count#abc", tree=Question("deal.amount", FieldType.MONEY, "above", 500_000, "5000 EUR", "EUR")),
    )
    text = words(shown(view(steps=(replace(STEP, milestone=some),))).html)
    assert "Every fifth win, for 500 points, until 30 June 3 of 5" in text
    assert "more win" not in text.split("What your points were for")[0]


def test_a_program_that_ended_says_so():
    over = replace(PROGRAM, effective_to=date(2026, 4, 1))
    assert "This program has ended" in words(shown(view(programs=(over,))).html)
    assert "This program has ended" not in words(shown(view()).html)


def test_every_channel_says_how_it_stands_and_offers_what_can_be_done():
    made = Outline(shown(view()).html)
    text = re.sub(r"\s+", " ", made.text)
    assert "On. You agreed on 5 January 2026." in text
    assert "Stopped by you on 3 April 2026." in text
    assert "Off: you have not agreed to it." in text
    forms = made.all("form")
    assert len(forms) == 2
    assert all(form["method"] == "post" and str(form["action"]).startswith("../u/") for form in forms)
    assert [it["name"] for it in made.all("input")] == ["stop", "back", "undo", "back"]


def test_a_bounced_address_cannot_be_switched_on_from_the_page():
    bounced = Way(Channel.EMAIL, ASHA.email, True, None, Suppression(Channel.EMAIL, "hash", "bounce", NOW))
    made = Outline(shown(view(ways=(bounced,))).html)
    assert not made.all("form")
    assert "messages came back or were reported" in made.text


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}${7*7}#{7*7}",
    "%(name)s %s %d 100%",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f\x00\x1b[31m\r\nSet-Cookie: a=b",
    "x" * 2_000,
    "\u0416\u0416 \u05d0\u05d1\u05d2 " * 200,
    "javascript:alert(1) http://evil.example/x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_strangers_are_only_ever_text(name):
    rule = replace(FAST, title={"en": name})
    made = view(
        tenant=replace(TENANT, name=name, unit=name, accent="red;}</style><script>alert(1)</script>"),
        participant=replace(ASHA, name=name),
        feed=tuple(feed_line(seq, rule, 50, name, {"days": 1, "period": name}, at=NOW) for seq in range(50, 0, -1)),
        steps=(replace(STEP, milestone=replace(FIFTH, title={"en": name})),),
        programs=(replace(PROGRAM, title={"en": name}, milestones=(FIFTH,)),),
    )
    answer = shown(made)
    tags = {tag for tag, _ in Outline(answer.html).tags}
    assert not tags & {"script", "img", "svg", "iframe", "object", "link"}
    assert not any(key.startswith("on") or key == "src" for _, attributes in Outline(answer.html).tags for key in attributes)
    if "{{" in name:
        assert "{{ 7 * 7 }}{% raw %}" in Outline(answer.html).text
    assert not any(sign in answer.html for sign in "\u202e\u202c\u2066\u2069\u200f\x00\x1b\r")
    assert len(answer.html.encode()) < 100_000


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_no_name_whatever_breaks_the_page(name):
    made = view(participant=replace(ASHA, name=name), feed=(feed_line(1, FAST, 50, name, {"days": 2}, at=NOW),))
    plain = [tag for tag, _ in Outline(shown(view(participant=replace(ASHA, name="x"), feed=made.feed)).html).tags]
    assert [tag for tag, _ in Outline(shown(made).html).tags] == plain


def test_fifty_lines_stay_below_a_hundred_kilobytes():
    lines = tuple(
        feed_line(seq, FIFTH, 500, "An ordinary name of a deal", FIFTH_FACTS, at=NOW - timedelta(days=seq))
        for seq in range(50, 0, -1)
    )
    assert len(shown(view(feed=lines, older=1)).html.encode()) < 100_000


@pytest.mark.parametrize("accent", ["#0b6e4f", "#ffee00", "#000000", "nonsense"])
def test_only_the_pages_own_style_applies_and_nothing_is_loaded(accent):
    answer = shown(view(tenant=replace(TENANT, accent=accent)))
    style = answer.html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"url\(|@import", style)
    assert not re.search(r"\b(ACCENT|ON)_(LIGHT|DARK)\b", style)
    assert "style" not in {key for _, attributes in Outline(answer.html).tags for key in attributes}
    assert not re.search(r"https?://", answer.html)


def test_the_page_is_private_to_its_reader():
    headers = shown(view()).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"].startswith("noindex")


def test_the_page_reads_well_aloud():
    made = Outline(shown(view()).html)
    assert len(made.all("main")) == len(made.all("h1")) == len(made.all("header")) == len(made.all("footer")) == 1
    order = [tag for tag, _ in made.tags if re.fullmatch(r"h[1-6]", tag)]
    assert order[0] == "h1"
    assert all(int(later[1]) - int(earlier[1]) <= 1 for earlier, later in pairwise(order))
    ids = [attributes["id"] for _, attributes in made.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in made.tags if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)
    assert all(attributes.get("aria-labelledby") or attributes.get("aria-label") for attributes in made.all("nav"))


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_accent_can_be_read_in_light_and_in_dark(accent):
    made = accents(accent)
    assert contrast(made["light"], LIGHT_RAISED) >= MINIMUM
    assert contrast(made["dark"], DARK_RAISED) >= MINIMUM
    assert contrast(made["on_light"], made["light"]) >= MINIMUM
    assert contrast(made["on_dark"], made["dark"]) >= MINIMUM


def test_the_other_colours_of_the_page_can_be_read():
    style = shown(view()).html.split("<style>")[1].split("</style>")[0]
    for block in re.findall(r":root\{(.*?)\}", style)[:2]:
        colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", block))
        for text in ("ink", "soft", "loss", "accent"):
            assert contrast(colours[text], colours["ground"]) >= MINIMUM
            assert contrast(colours[text], colours["raised"]) >= MINIMUM


def test_black_on_white_is_the_most_contrast_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_link_that_opens_nothing_always_gets_the_same_page():
    pages = Pages(links=LINKS, wallets=OneWallet(view()))  # type: ignore[arg-type]
    good = LINKS.token(TENANT, ASHA, NOW)
    tries = [
        PageRequest("GET", "w", "nonsense"),
        PageRequest("GET", "w", good[:-1] + ("A" if good[-1] != "A" else "B")),
        PageRequest("GET", "u", good),
        PageRequest("GET", "x", good),
        PageRequest("POST", "w", good),
        PageRequest("GET", "w", LINKS.token(TENANT, ASHA, NOW - timedelta(days=91))),
    ]
    answers = [pages.answer(request, now=NOW) for request in tries]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.html for answer in answers}) == 1
    assert "The next message about your points has a new link." in words(answers[0].html)
    assert "Acme" not in answers[0].html


def test_the_closed_page_speaks_the_browsers_language():
    request = PageRequest("GET", "w", "nonsense", languages="fr-FR,fr;q=0.9,nl;q=0.8,en;q=0.7")
    answer = Pages(links=LINKS, wallets=OneWallet(view())).answer(request, now=NOW)  # type: ignore[arg-type]
    assert "Deze link werkt niet meer" in words(answer.html)


def test_while_the_tables_do_not_answer_the_page_asks_to_come_back():
    class Busy(OneWallet):
        def person(self, tenant_number: int, number: str) -> tuple[Tenant, Participant]:
            raise Retry("DynamoDB is busy (ThrottlingException)")

    request = PageRequest("GET", "w", LINKS.token(TENANT, ASHA, NOW))
    answer = Pages(links=LINKS, wallets=Busy(view())).answer(request, now=NOW)  # type: ignore[arg-type]
    assert answer.status == 503
    assert "in a minute" in words(answer.html)
    assert "Dynamo" not in answer.html


def test_forms_are_read_in_both_ways_mail_providers_send_them():
    assert read_form(b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded") == {"List-Unsubscribe": "One-Click"}
    body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    assert read_form(body, "multipart/form-data; boundary=b") == {"List-Unsubscribe": "One-Click"}
    assert read_form(b"", "") == {}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=" + b"x" * 5_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(200)), "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--b--", "multipart/form-data; boundary=b\r\nX: y"),
    ],
)
def test_forms_that_nobody_sends_are_refused(body, content_type):
    with pytest.raises(Rejected):
        read_form(body, content_type)


def test_every_text_of_the_pages_has_a_dutch_translation():
    from pathlib import Path

    from babel.messages.pofile import read_po

    from accolade import texts, web

    room, catalogue_file = Path(web.__file__).parent, Path(texts.__file__).parent / "locales/nl/LC_MESSAGES/accolade.po"
    with catalogue_file.open("rb") as stream:
        catalogue = read_po(stream, locale="nl")
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.string}
    source = "\n".join(path.read_text() for path in [*room.glob("*.py"), *room.glob("templates/*.html")])
    joined = re.sub(r'"\s*\n\s*"', "", source)
    used = set(re.findall(r'\bt\.[tn]\(\s*"((?:[^"\\]|\\.)*)"', joined)) | set(re.findall(r"\bt\.t\('([^']*)'\)", joined))
    assert len(used) > 60
    assert not used - known
