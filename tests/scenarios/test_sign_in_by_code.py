"""Signing in by a one-time code: from the link or without it, over the real pages, queues and senders."""

import json
import logging
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from tests.leaks import stands
from tests.scenarios.running import sqs_event
from tests.scenarios.stack import LambdaContext, Stack, function
from tests.scenarios.visiting import Browser, site

from accolade import wiring
from accolade.model.participants import Channel, Consent, Participant
from accolade.store.deliveries import Deliveries
from accolade.store.people import People
from accolade.store.tenants import Tenants
from accolade.web.entry.cookies import CHALLENGE, LINK, SESSION
from accolade.wiring import shared

SMS = (Consent(Channel.SMS, date(2026, 1, 5)),)


class Firm:
    """Acme with Asha (e-mail and SMS), Bob (who leads Asha, e-mail only), and Other with people of the same names."""

    def __init__(self, stack: Stack) -> None:
        self.stack, here = stack, wiring.database()
        self.tenants, self.people = Tenants(here), People(here)
        self.site = site()
        for id_ in ("acme", "other"):
            tenant = self.tenants.ensure(id_, name=f"{id_.title()} Rewards", sender_email="rewards@acme.example")
            self.tenants.put(replace(tenant, public_url="https://rewards.acme.example/live", sending_hours=(3, 4)))
            self.people.register(id_, [person(id_, "asha", "bob", "+31612345642"), person(id_, "bob", None, None)])
        boto3.client("sesv2").create_email_identity(EmailIdentity="rewards@acme.example")
        self.asha, self.bob = (self.people.by_id("acme", id_) for id_ in ("asha", "bob"))
        self.output = StringIO()

    def token(self, who: Participant) -> str:
        return wiring.links().token(self.tenants.get(who.tenant), who, datetime.now(UTC))

    def opened(self, who: Participant, **more: str) -> Browser:
        """A browser in which this person's link was opened."""
        browser = Browser(self.site, **more)
        browser.cookies[LINK] = self.token(who)
        return browser

    def messages(self, channel: str = "email") -> list[str]:
        """Send what is on a channel's queue by the real function; the texts that went out."""
        handler = function(f"send_{channel}")
        handler.logger.registered_handler.setStream(self.output)
        bodies = [json.dumps(body) for body in self.stack.messages(channel)]
        before = len(said(channel))
        if bodies:
            assert not handler.handler(sqs_event(bodies), LambdaContext())["batchItemFailures"], self.output.getvalue()
        return said(channel)[before:]

    def code(self, channel: str = "email") -> str:
        """The code in the one message that went out."""
        (text,) = self.messages(channel)
        return re.search(r"\b\d{6}\b", text)[0]

    def signed_in(self, who: Participant) -> Browser:
        """A browser in which this person has signed in by a code."""
        browser = self.opened(who)
        browser.get("me/shop/card")
        browser.submit(channel="email")
        browser.submit(code=self.code())
        assert browser.text.startswith("code ")
        return browser


def person(tenant: str, id_: str, manager: str | None, phone: str | None) -> Participant:
    channels = (Channel.EMAIL, Channel.SMS) if phone else (Channel.EMAIL,)
    email = f"{id_}@people.example"
    return Participant(
        tenant, id_, "", id_.title(), email, phone, manager=manager, channels=channels, consents=SMS if phone else ()
    )


def said(channel: str) -> list[str]:
    if channel == "sms":
        return [message[1] for message in sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages.values()]
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    return [f"{it.subject}\n{it.body}" if hasattr(it, "subject") else it.raw_data for it in sent]


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


def test_whoever_types_a_strange_address_learns_nothing(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer, the same cookies, the same calls of AWS for somebody, nobody, and somebody of another company."""
    firm.people.register("acme", [replace(person("acme", "left", None, None), number="")])
    firm.people.update(replace(firm.people.by_id("acme", "left"), active=False))
    monkeypatch.setattr(shared, "time", SimpleNamespace(monotonic=lambda: 1.0))  # what is read once in a while is read once
    seen = {}
    warm = Browser(firm.site, source="203.0.113.99")
    warm.get("sign-in/person/acme")
    warm.submit(address="warm@people.example")
    for number, address in enumerate(
        ("asha@people.example", "nobody@people.example", "left@people.example", "+31612345642", "+31600000000")
    ):
        browser = Browser(firm.site, source=f"203.0.113.{number}")
        browser.get("sign-in/person/acme")
        calls = counted(monkeypatch)
        browser.submit(address=address, follow=False)
        seen[address] = (browser.status, browser.headers["Location"], sorted(line.split("=")[0] for line in browser.set), calls())
        browser.get(f"sign-in/{browser.headers['Location'].split('sign-in/')[1]}")
        seen[address] += (re.sub(r'value="[0-9a-f]{64}"', "", browser.text),)
        for _ in range(6):
            browser.submit(code="000000")
            seen[address] += (browser.status, re.sub(r'value="[0-9a-f]{64}"', "", browser.text))
    assert len({repr(value) for value in seen.values()}) == 1
    assert len(firm.messages("email")) == 1
    assert len(firm.messages("sms")) == 1


def counted(monkeypatch: pytest.MonkeyPatch):
    """Counts calls of AWS by name until it is asked."""
    from botocore.client import BaseClient

    made: list[str] = []
    original = BaseClient._make_api_call

    def call(self, name, request):
        made.append(name)
        return original(self, name, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    def asked() -> list[str]:
        monkeypatch.setattr(BaseClient, "_make_api_call", original)
        kinds = {"BatchGetItem": "GetItem", "UpdateItem": "Write", "PutItem": "Write"}
        return sorted(kinds.get(name, name) for name in made)

    return asked


def typed(browser: Browser, code: str, **headers: str) -> str:
    """A code sent without the page's own form for it, which is there only while a code is awaited."""
    browser.get("sign-in/person/acme")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)
    assert csrf
    return browser.post("sign-in/type", {"code": code, "csrf": csrf[1]}, **headers)


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


def test_five_codes_an_hour_and_three_of_them_for_strangers(firm: Firm) -> None:
    stranger = Browser(firm.site, source="198.51.100.1")
    for _ in range(8):
        stranger.get("sign-in/person/acme")
        stranger.submit(address="asha@people.example")
        assert "If we know this address" in stranger.seen
    assert len(firm.messages("email")) == 3
    browser = firm.opened(firm.asha)
    for _ in range(2):
        browser.get("sign-in/code")
        browser.submit(channel="email")
    assert len(firm.messages("email")) == 2
    browser.get("sign-in/code")
    assert "Too many codes were asked for. Use the newest one" in browser.submit(channel="email")
    assert browser.status == 422
    browser.wait(hours=1)
    browser.get("sign-in/code")
    browser.submit(channel="email")
    assert "We sent six digits" in browser.seen


def test_one_source_cannot_ask_for_everybody(firm: Firm) -> None:
    browser = Browser(firm.site, source="198.51.100.2")
    for number in range(30):
        browser.get("sign-in/person/acme")
        browser.submit(address=f"person{number}@people.example")
    browser.get("sign-in/person/acme")
    assert "Too many codes were asked for from here." in browser.submit(address="asha@people.example")
    assert "asha@people.example" in browser.text, "a form never loses input"


def test_sms_only_with_consent_or_without_an_email_address(firm: Firm) -> None:
    no_consent = replace(firm.asha, consents=())
    firm.people.update(no_consent)
    assert "+31" not in firm.opened(firm.asha).get("sign-in/code")
    firm.people.update(replace(no_consent, email=None))
    browser = firm.opened(firm.asha)
    assert "+31 *** 42" in browser.get("sign-in/code")
    browser.submit(channel="email")
    assert browser.status == 422
    browser.submit(channel="sms")
    assert firm.code("sms")


def test_an_address_that_opted_out_gets_no_code(firm: Firm) -> None:
    firm.people.suppress("acme", Channel.EMAIL, "bob@people.example", reason="unsubscribed", now=datetime.now(UTC))
    browser = firm.opened(firm.bob)
    browser.get("sign-in/code")
    assert "There is no address to which we may send you a code" in browser.seen
    stranger = Browser(firm.site)
    stranger.get("sign-in/person/acme")
    stranger.submit(address="bob@people.example")
    assert "If we know this address" in stranger.seen
    assert firm.messages("email") == []


def test_who_opts_out_between_asking_and_sending_gets_none_either(firm: Firm) -> None:
    browser = firm.opened(firm.bob)
    browser.get("sign-in/code")
    browser.submit(channel="email")
    firm.people.suppress("acme", Channel.EMAIL, "bob@people.example", reason="unsubscribed", now=datetime.now(UTC))
    assert firm.messages("email") == []
    (delivery,) = Deliveries(wiring.database()).of_person("acme", firm.bob.number)
    assert delivery.state == "suppressed"


def test_a_code_that_is_sent_too_late_is_not_sent(firm: Firm) -> None:
    browser = firm.opened(firm.bob, now=datetime.now(UTC) - timedelta(minutes=11))
    browser.get("sign-in/code")
    browser.submit(channel="email")
    assert firm.messages("email") == []
    (delivery,) = Deliveries(wiring.database()).of_person("acme", firm.bob.number)
    assert (delivery.state, delivery.outcome) == ("suppressed", "the code works no more")


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


def test_no_code_and_no_address_lies_about(firm: Firm, caplog: pytest.LogCaptureFixture) -> None:
    """The code is in the message alone; addresses are with their owner, nowhere else."""
    caplog.set_level(logging.INFO)
    browser = Browser(firm.site)
    browser.get("sign-in/person/acme")
    browser.submit(address="asha@people.example")
    bodies = [json.dumps(body) for body in firm.stack.messages("email")]
    wiring.queue("email").send(bodies)
    code = firm.code()
    browser.submit(code="999999" if code != "999999" else "111111")
    browser.submit(code=code)
    stored = [
        item
        for table in ("state_table", "deliveries_table")
        for item in boto3.client("dynamodb").scan(TableName=firm.stack.settings[table])["Items"]
    ]
    kept = json.dumps([it for it in stored if not it["sk"]["S"].startswith("PERSON#")])
    everything = "".join(bodies) + firm.output.getvalue() + caplog.text + kept
    assert not stands(code, everything)
    for canary in ("asha@people", "12345642", "203.0.113.7", *browser.cookies.values()):
        assert canary not in everything, canary
