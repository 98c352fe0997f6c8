"""The real function of pages: from the link in a message to what only its owner may, and from a password to the console."""

import json
import re
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from tests.leaks import stands
from tests.scenarios.running import sqs_event
from tests.scenarios.stack import LambdaContext, Stack, function
from tests.scenarios.test_sign_in_of_staff import OWN, Firm
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.participants import Participant
from accolade.store.people import People
from accolade.store.tenants import Tenants


class Pages:
    """The handler of `functions/pages` as a site that a browser can ask; `log` is what it wrote."""

    def __init__(self) -> None:
        self._module, self.log = function("pages"), StringIO()
        self._module.logger.registered_handler.setStream(self.log)

    def respond(self, event: dict[str, Any], *, now: datetime) -> Any:
        answer = self._module.handler(event, LambdaContext())
        return SimpleNamespace(as_proxy=lambda: answer)


def test_from_the_link_in_a_message_to_what_only_its_owner_may(linked: Stack) -> None:
    here, pages = wiring.database(), Pages()
    Tenants(here).ensure("acme", name="Acme Rewards", sender_email="rewards@acme.example")
    boto3.client("sesv2").create_email_identity(EmailIdentity="rewards@acme.example")
    People(here).register("acme", [Participant("acme", "asha", "", "Asha Patel", "asha@people.example")])
    asha = People(here).by_id("acme", "asha")
    token = wiring.links().token(Tenants(here).get("acme"), asha, datetime.now(UTC))
    browser = Browser(pages)
    browser.get(f"w/{token}")
    assert "0 points" in browser.seen
    browser.get("me/preferences")
    browser.post("me/preferences", {"csrf": wiring.links().csrf(token)})
    assert browser.place == "sign-in/code?next=me%2Fpreferences"
    browser.submit(channel="email")
    bodies = [json.dumps(body) for body in linked.messages("email")]
    function("send_email").handler(sqs_event(bodies), LambdaContext())
    code = re.match(r"\d{6}", ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages[-1].subject)[0]
    browser.submit(code=code)
    assert (browser.place, browser.status) == ("me/preferences", 200)
    assert "You are Asha Patel." in browser.seen
    assert not stands(code, pages.log.getvalue())
    for secret in (token, "asha@people", *browser.cookies.values()):
        assert secret not in pages.log.getvalue()


def test_from_a_password_to_the_console(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = Firm()
    monkeypatch.setenv("USER_POOL_ID", firm.pool)
    wiring.point_at({})
    browser = Browser(Pages())
    firm.member()
    browser.get("admin/today")
    browser.submit(email="maria@acme.example", password=OWN)
    assert (browser.place, browser.status) == ("admin/today", 200)
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("sign-in/out", {"csrf": csrf})
    assert "You are signed out" in browser.seen
    browser.get("admin/today", follow=False)
    assert browser.status == 303
