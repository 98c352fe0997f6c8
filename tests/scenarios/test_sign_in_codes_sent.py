"""To whom codes are sent, how many, and what nobody learns of it."""

import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from tests.leaks import stands
from tests.scenarios.signing_in import Firm, person
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.participants import Channel
from accolade.store.deliveries import Deliveries
from accolade.wiring import shared


@pytest.fixture
def firm(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> Firm:
    return Firm(linked)


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


def test_five_codes_an_hour_and_three_of_them_for_strangers(firm: Firm) -> None:
    stranger = Browser(firm.site, source="198.51.100.1", now=(now := datetime.now(UTC)))
    for _ in range(8):
        stranger.get("sign-in/person/acme")
        stranger.submit(address="asha@people.example")
        assert "If we know this address" in stranger.seen
    assert len(firm.messages("email")) == 3
    browser = firm.opened(firm.asha, now=now)
    for _ in range(2):
        browser.get("sign-in/code")
        browser.submit(channel="email")
    assert len(firm.messages("email")) == 2
    browser.get("sign-in/code")
    assert "Too many codes were asked for. Use the newest one" in browser.submit(channel="email")
    assert (browser.status, browser.headers["Retry-After"]) == (429, "3600")
    browser.get(re.findall(r'href="([^"]*sign-in/type[^"]*)"', browser.text)[0].replace("../", ""))
    assert "We sent six digits" in browser.seen, "the newest code is typed from there"
    browser.wait(hours=1)
    browser.get("sign-in/code")
    assert "Type the newest code" not in browser.seen
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
    assert (browser.status, browser.headers["Retry-After"]) == (429, "3600")
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
