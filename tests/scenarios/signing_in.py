"""People who sign in by a one-time code: two companies, a browser each, and the messages that went out by the real senders."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from tests.scenarios.running import sqs_event
from tests.scenarios.stack import LambdaContext, Stack, function
from tests.scenarios.visiting import Browser, site

from accolade import wiring
from accolade.model.participants import Channel, Consent, Participant
from accolade.store.people import People
from accolade.store.tenants import Tenants
from accolade.web.entry.cookies import LINK

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

    def opened(self, who: Participant, **more: Any) -> Browser:
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


def typed(browser: Browser, code: str, **headers: str) -> str:
    """A code sent without the page's own form for it, which is there only while a code is awaited."""
    browser.get("sign-in/person/acme")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)
    assert csrf
    return browser.post("sign-in/type", {"code": code, "csrf": csrf[1]}, **headers)
