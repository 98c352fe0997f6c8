"""Sessions of a one-time code: a new one each time, ended by silence, by leaving and by signing out; nobody else's."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.scenarios.signing_in import Firm, typed
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.participants import Channel
from accolade.web.entry.cookies import LINK, SESSION


@pytest.fixture
def firm(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> Firm:
    return Firm(linked)


def test_a_new_session_has_a_new_id_and_the_old_one_opens_nothing(firm: Firm) -> None:
    browser = firm.opened(firm.asha)
    browser.cookies[SESSION] = "chosen-by-somebody-else-0123456789012345678"
    browser.get("sign-in/code")
    browser.submit(channel="email")
    browser.submit(code=firm.code())
    first = browser.cookies[SESSION]
    assert first != "chosen-by-somebody-else-0123456789012345678"
    browser.get("sign-in/person/acme")
    browser.submit(address="asha@people.example")
    browser.submit(code=firm.code())
    assert browser.cookies[SESSION] != first
    browser.cookies[SESSION] = first
    del browser.cookies[LINK]
    browser.get("me/wallet", follow=False)
    assert browser.status == 303


def test_a_session_ends_after_half_an_hour_of_silence_and_after_eight_hours(firm: Firm) -> None:
    browser = firm.signed_in(firm.asha)
    for _ in range(15):
        browser.wait(minutes=29)
        assert browser.get("me/wallet").startswith("code")
    browser.wait(minutes=31)
    assert browser.get("me/wallet").startswith("link")
    busy = firm.signed_in(firm.asha)
    for _ in range(17):
        busy.wait(minutes=28)
        busy.get("me/wallet")
    assert busy.text.startswith("code")
    busy.wait(minutes=5)
    assert busy.get("me/wallet").startswith("link")


def test_signing_out_ends_it_on_our_side_too(firm: Firm) -> None:
    browser = firm.signed_in(firm.asha)
    stolen, csrf = dict(browser.cookies), browser.get("me/wallet").split("csrf=")[1]
    browser.post("sign-in/out", {"csrf": "wrong"})
    assert browser.status == 403
    browser.post("sign-in/out", {"csrf": csrf})
    assert "You are signed out" in browser.seen
    assert SESSION not in browser.cookies
    assert LINK not in browser.cookies
    browser.cookies = {SESSION: stolen[SESSION]}
    browser.get("me/wallet", follow=False)
    assert browser.status == 303


def test_whoever_leaves_is_out_at_once(firm: Firm) -> None:
    browser = firm.signed_in(firm.asha)
    firm.people.update(replace(firm.asha, active=False))
    browser.get("me/wallet", follow=False)
    assert browser.status == 303
    firm.people.update(firm.asha)
    house = firm.site._house
    assert house.sessions.end_all("acme", firm.asha.number) == 1
    assert browser.get("me/wallet").startswith("link"), "back as before, but the session stays ended"


def test_a_changing_request_needs_the_token_of_its_session(firm: Firm) -> None:
    browser = firm.signed_in(firm.asha)
    csrf = browser.get("me/wallet").split("csrf=")[1]
    other = firm.signed_in(firm.bob).get("me/wallet").split("csrf=")[1]
    for given in ("", "wrong", other, firm.site._house.links.csrf(firm.token(firm.asha))):
        browser.post("me/redeem", {"csrf": given})
        assert browser.status == 403
    browser.post("me/redeem", {"csrf": csrf}, Sec_Fetch_Site="cross-site")
    assert browser.status == 403
    assert browser.post("me/redeem", {"csrf": csrf}).startswith("code acme P000001")


def test_nobody_is_signed_in_as_another_by_a_form_from_elsewhere(firm: Firm) -> None:
    attacker = Browser(firm.site)
    attacker.get("sign-in/person/acme")
    attacker.submit(address="bob@people.example")
    code, victim = firm.code(), Browser(firm.site)
    victim.post("sign-in/type", {"code": code, "csrf": re.search(r'name="csrf" value="(\w+)"', attacker.text)[1]})
    assert victim.status == 403
    typed(victim, code, sec_fetch_site="cross-site")
    assert victim.status == 403
    assert SESSION not in victim.cookies


@pytest.mark.parametrize("next_", ["//evil.example/x", "me/wallet\r\nSet-Cookie: a=b"])
def test_no_redirect_leads_away(firm: Firm, next_: str) -> None:
    from urllib.parse import quote

    browser = firm.opened(firm.asha)
    browser.get(f"sign-in/code?next={quote(next_, safe='')}")
    browser.submit(channel="email", follow=False)
    assert browser.headers["Location"] == "../sign-in/type?next=me/wallet"
    browser.get("sign-in/type?next=me/wallet")
    browser.submit(code=firm.code(), next=next_, follow=False)
    assert browser.headers["Location"] == "../me/wallet"


def test_a_forged_or_foreign_cookie_opens_nothing(firm: Firm) -> None:
    token = firm.token(firm.asha)
    unsubscribe = wiring.links().token(firm.tenants.get("acme"), firm.asha, datetime.now(UTC), channel=Channel.EMAIL)
    for cookies in (
        {LINK: token[:-1] + ("A" if token[-1] != "A" else "B")},
        {LINK: unsubscribe},
        {LINK: ""},
        {SESSION: token},
        {SESSION: "a" * 43},
        {SESSION: "x" * 5000},
        {"accolade": token},
    ):
        browser = Browser(firm.site)
        browser.cookies = dict(cookies)
        browser.get("me/wallet", follow=False)
        assert browser.status == 303, cookies
    over = firm.opened(firm.asha)
    over.wait(days=91)
    over.get("me/wallet", follow=False)
    assert over.status == 303


def test_the_link_of_another_person_on_a_shared_phone_shows_the_other_person(firm: Firm) -> None:
    browser = firm.signed_in(firm.asha)
    browser.cookies[LINK] = firm.token(firm.bob)
    assert browser.get("me/wallet").startswith("link acme P000002")
    browser.get("sign-in/person/acme")
    browser.submit(address="asha@people.example")
    browser.submit(code=firm.code())
    assert browser.get("me/wallet").startswith("code acme P000001")
    assert LINK not in browser.cookies
