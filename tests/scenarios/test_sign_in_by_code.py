"""Signing in by a one-time code: from the link or without it, over the real pages, queues and senders."""

import pytest
from tests.scenarios.signing_in import Firm, typed
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade.web.entry.cookies import CHALLENGE


@pytest.fixture
def firm(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> Firm:
    return Firm(linked)


def test_a_link_shows_the_wallet_and_a_code_opens_the_shop(firm: Firm) -> None:
    browser = firm.opened(firm.asha)
    assert browser.get("me/wallet").startswith("link acme P000001 wallet csrf=")
    browser.get("me/shop/card")
    assert browser.place == "sign-in/code?next=me%2Fshop%2Fcard"
    assert "a***@people.example" in browser.seen
    assert "+31 *** 42" in browser.seen
    browser.submit(channel="sms")
    assert "We sent six digits to +31 *** 42." in browser.seen
    assert firm.messages("email") == []
    browser.submit(code=firm.code("sms"))
    assert browser.place == "me/shop/card"
    assert browser.text.startswith("code acme P000001 prefer redeem wallet csrf=")


def test_the_sms_fits_one_segment_and_is_bound_to_the_host(firm: Firm) -> None:
    browser = firm.opened(firm.asha)
    browser.get("sign-in/code")
    browser.submit(channel="sms")
    (text,) = firm.messages("sms")
    code = text[:6]
    assert text == (
        f"{code} is your code for Acme Rewards. It works for 10 minutes. Nobody of us asks for it.\n\n"
        f"@rewards.acme.example #{code}"
    )


def test_somebody_who_leads_others_sees_the_team(firm: Firm) -> None:
    assert "team" in firm.signed_in(firm.bob).get("team/standing")
    assert firm.signed_in(firm.asha).get("team/standing", follow=False)
    browser = firm.signed_in(firm.asha)
    browser.get("team/standing")
    assert browser.status == 404


def test_without_a_link_the_address_is_enough_and_spelling_does_not_matter(firm: Firm) -> None:
    browser = Browser(firm.site)
    browser.get("sign-in/person/acme")
    browser.submit(address=" ASHA@People.example ")
    assert "If we know this address" in browser.seen
    browser.submit(code=firm.code())
    assert browser.text.startswith("code acme P000001")
    other = Browser(firm.site, source="203.0.113.8")
    other.get("sign-in/person/acme")
    other.submit(address="+31 6 1234 5642")
    other.submit(code=firm.code("sms"))
    assert other.text.startswith("code acme P000001")


def test_a_code_works_five_tries_ten_minutes_once_and_only_in_its_own_browser(firm: Firm) -> None:
    tried = firm.opened(firm.asha)
    tried.get("sign-in/code")
    tried.submit(channel="email")
    code = firm.code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert "This code is not right, or it works no more." in tried.submit(code=wrong)
    assert tried.status == 422
    assert "This code is not right, or it works no more." in tried.submit(code=code)

    late = firm.opened(firm.asha)
    late.get("sign-in/code")
    late.submit(channel="email")
    code = firm.code()
    thief = Browser(firm.site, source="198.51.100.9")
    thief.get("sign-in/type")
    assert 'name="code"' not in thief.text
    assert "is not right" in typed(thief, code)
    late.wait(minutes=9, seconds=59)
    late.submit(code=code, follow=False)
    assert late.status == 303
    again = firm.opened(firm.asha)
    again.now, again.cookies[CHALLENGE] = late.now, late.cookies.get(CHALLENGE, "")
    assert "is not right" in typed(again, code)

    over = firm.opened(firm.bob)
    over.get("sign-in/code")
    over.submit(channel="email")
    code = firm.code()
    over.wait(minutes=10)
    assert "is not right" in over.submit(code=code)
