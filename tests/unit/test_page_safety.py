"""The pages in a hostile world: names of strangers, bad links, odd forms, any colour, nothing loaded, nothing kept."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.page_samples import (
    ASHA,
    FAST,
    FIFTH,
    FIFTH_FACTS,
    LINKS,
    NOW,
    PROGRAM,
    STEP,
    TENANT,
    OneWallet,
    Outline,
    asking,
    explained,
    feed_line,
    opened,
    shown,
    site,
    view,
    words,
)
from tests.unit.why_samples import MISSED, NEAR, PAID, named

from accolade.model.errors import Rejected, Retry
from accolade.model.participants import Participant, Tenant
from accolade.texts.colours import DARK_RAISED, LIGHT_RAISED, MINIMUM, accents, contrast
from accolade.web.asking import read
from accolade.web.assets import asset, asset_name


def test_addresses_are_shown_masked():
    html = shown(view()).html
    assert "a***@acme.example" in html
    assert "+31 *** 42" in html
    assert "asha.patel" not in html
    assert "612345" not in html


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


def only_our_own_style(html: str) -> bool:
    """Whether the page loads nothing but style sheets of ours."""
    return all(re.fullmatch(r"\.\./assets/[a-z0-9.-]+\.css|data:,", str(it["href"])) for it in Outline(html).all("link"))


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
    assert not tags & {"script", "img", "svg", "iframe", "object"}
    assert only_our_own_style(answer.html)
    assert not any(key.startswith("on") or key == "src" for _, attributes in Outline(answer.html).tags for key in attributes)
    if "{{" in name:
        assert "{{ 7 * 7 }}{% raw %}" in Outline(answer.html).text
    assert not any(sign in answer.html for sign in "\u202e\u202c\u2066\u2069\u200f\x00\x1b\r")
    assert len(answer.html.encode()) < 100_000


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_strangers_are_only_ever_text_in_reasons_too(name):
    awards = [named(sample, name) for sample in (MISSED, PAID, NEAR) for _ in range(40)]
    for query in ({"record": name}, {"milestone": name, "lang": "nl"}, {"line": "1"}, {}):
        answer = explained(view(participant=replace(ASHA, name=name)), *awards, **query)
        tags = {tag for tag, _ in Outline(answer.html).tags}
        assert not tags & {"script", "img", "svg", "iframe", "object"}
        assert all(
            re.fullmatch(r"\.\./assets/[a-z0-9.-]+\.css|data:,", str(it["href"])) for it in Outline(answer.html).all("link")
        )
        assert not any(
            key.startswith("on") or key in ("src", "style") for _, attributes in Outline(answer.html).tags for key in attributes
        )
        links = [str(it["href"]) for it in Outline(answer.html).all("a")]
        assert all(re.match(r"(\.\./(w|explain|me)/|[A-Za-z0-9_-]{20,40}[?#])", link) for link in links)
        assert not any(sign in answer.html for sign in "\u202e\u202c\u2066\u2069\u200f\x00\x1b\r")
        assert len(answer.html.encode()) < 100_000
        assert answer.headers["Cache-Control"] == "no-store"


@settings(max_examples=30)
@given(st.text(max_size=300))
def test_no_name_whatever_breaks_the_reasons(name):
    plain = [tag for tag, _ in Outline(explained(view(), named(NEAR, "x"), milestone="m").html).tags]
    assert [tag for tag, _ in Outline(explained(view(), named(NEAR, name or "x"), milestone="m").html).tags] == plain


@settings(max_examples=30)
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
def test_only_our_own_style_applies_and_nothing_is_loaded_from_elsewhere(accent):
    answer = shown(view(tenant=replace(TENANT, accent=accent)))
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    styles = [str(it["href"]).removeprefix("../assets/") for it in Outline(answer.html).all("link") if it["rel"] == "stylesheet"]
    assert len(styles) == 3
    for name in styles:
        assert not re.search(r"url\(|@import", asset(name).html)
    assert "style" not in {key for _, attributes in Outline(answer.html).tags for key in attributes}
    assert "<style" not in answer.html
    assert not re.search(r"https?://", answer.html)


def test_the_page_is_private_to_its_reader():
    headers = shown(view()).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"].startswith("noindex")


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_accent_can_be_read_in_light_and_in_dark(accent):
    made = accents(accent)
    assert contrast(made["light"], LIGHT_RAISED) >= MINIMUM
    assert contrast(made["dark"], DARK_RAISED) >= MINIMUM
    assert contrast(made["on_light"], made["light"]) >= MINIMUM
    assert contrast(made["on_dark"], made["dark"]) >= MINIMUM


def test_the_other_colours_of_the_page_can_be_read():
    style = asset(asset_name("app.css")).html
    for block in re.findall(r":root\{(.*?)\}", style)[:2]:
        colours = {name: _six(value) for name, value in re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block)}
        for text in ("ink", "soft", "loss", "warn", "accent"):
            assert contrast(colours[text], colours["ground"]) >= MINIMUM
            assert contrast(colours[text], colours["raised"]) >= MINIMUM


def _six(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(sign * 2 for sign in colour[1:])


def test_black_on_white_is_the_most_contrast_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_link_that_opens_nothing_always_gets_the_same_page():
    pages = opened(view())
    good = LINKS.token(TENANT, ASHA, NOW)
    tries = [
        asking("w", "nonsense"),
        asking("w", good[:-1] + ("A" if good[-1] != "A" else "B")),
        asking("u", good),
        asking("explain", "nonsense"),
        asking("w", good, method="POST"),
        asking("w", LINKS.token(TENANT, ASHA, NOW - timedelta(days=91))),
    ]
    answers = [pages.answer(request, now=NOW) for request in tries]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.html for answer in answers}) == 1
    assert "The next message about your points has a new link." in words(answers[0].html)
    assert "Acme" not in answers[0].html


def test_the_closed_page_speaks_the_browsers_language():
    request = asking("w", "nonsense", languages="fr-FR,fr;q=0.9,nl;q=0.8,en;q=0.7")
    answer = opened(view()).answer(request, now=NOW)
    assert "Deze link werkt niet meer" in words(answer.html)


def test_while_the_tables_do_not_answer_the_page_asks_to_come_back():
    class Busy(OneWallet):
        def person(self, tenant_number: int, number: str) -> tuple[Tenant, Participant]:
            raise Retry("DynamoDB is busy (ThrottlingException)")

    answer = site(Busy(view())).answer(asking("w", LINKS.token(TENANT, ASHA, NOW)), now=NOW)
    assert answer.status == 503
    assert "in a minute" in words(answer.html)
    assert "Dynamo" not in answer.html


def form(body: bytes, content_type: str) -> dict[str, tuple[str, ...]]:
    """The form as the site reads it."""
    event = {"path": "/u/x", "httpMethod": "POST", "headers": {"Content-Type": content_type}}
    return dict(read(event | {"body": b64encode(body).decode(), "isBase64Encoded": True}).form)


def test_forms_are_read_in_both_ways_mail_providers_send_them():
    wanted = {"List-Unsubscribe": ("One-Click",)}
    assert form(b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded") == wanted
    body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    assert form(body, "multipart/form-data; boundary=b") == wanted
    assert form(b"", "") == {}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=" + b"x" * 1_600_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(2_100)), "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--b--", "multipart/form-data; boundary=b\r\nX: y"),
    ],
)
def test_forms_that_nobody_sends_are_refused(body, content_type):
    with pytest.raises(Rejected):
        form(body, content_type)
