"""What every channel promises: hostile names do no harm, errors read by one table, a message is handed over once."""

import json
from base64 import b64decode
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from importlib import import_module

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ParamValidationError, ReadTimeoutError
from tests.sending import ASHA, AWARD, CLAWBACK, TENANT, aws

from accolade import channels
from accolade.channels import Fault, connected, names
from accolade.channels.email.letter import letter
from accolade.channels.whatsapp import templates
from accolade.model.errors import Rejected, Retry, UnknownOutcome
from accolade.model.participants import Channel
from accolade.texts import texts

LINK = "https://acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea"
STOP = "https://acme.example/u/AQEBEfyAAb_7Hq2deadbeefdea"
SETTINGS = {
    "ses_configuration_set": "accolade-emails",
    "sms_sender_id": "ACME",
    "sms_origination_number": "+31600000000",
    "whatsapp_phone_number_id": "phone-number-id-0123456789abcdef0123456789abcdef",
}
OPERATION = {"email": "SendEmail", "sms": "Publish", "whatsapp": "SendWhatsAppMessage"}
ADDRESS = {"email": "asha@example.com", "sms": "+31612345678", "whatsapp": "+31612345678"}
ANSWER = {"email": {"MessageId": "m-1"}, "sms": {"MessageId": "m-1"}, "whatsapp": {"messageId": "m-1"}}
HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)',
    "header": "Deal\r\nBcc: victim@example.com\r\n\r\nbody",
    "template": "{{ 7*191 }}{% for x in y %}{{ config }}{% endfor %}${7*191}%(points)s{days}",
    "direction": "\u202egnp.elif\u202c\u2066evil\u2069",
    "link": "win at https://evil.example/login now",
    "nul": "a\x00b\x1b[31mc\x07",
    "long": "x" * 2000,
    "emoji": "🙂" * 300,
    "whatsapp": "*bold*\n\n\n     five spaces\t{{1}}",
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


class Wire:
    """A client whose calls are answered before they leave: what would have gone out is in `sent`."""

    def __init__(self, name):
        self.name, self.sent, self.asked, self.answers = name, [], [], []
        self.channel = connected(name, self._client, SETTINGS)

    def _client(self, service, *, attempts):
        self.attempts = attempts
        client = aws(service, attempts)
        client.meta.events.register("before-call.*.*", self._answer)
        return client

    def _answer(self, model, params, **_):
        if model.name != OPERATION[self.name]:
            self.asked.append(model.name)
            return _http(200), {"isOptedOut": False}
        self.sent.append(params)
        answer = self.answers.pop(0) if self.answers else ANSWER[self.name]
        if isinstance(answer, Exception):
            raise answer
        return _http(200), answer

    def render(self, delivery=AWARD, *, locale="en", tenant=TENANT):
        return self.channel.render(
            delivery, participant=ASHA, tenant=tenant, link=LINK, unsubscribe_link=STOP, texts=texts(locale)
        )

    def send(self, delivery=AWARD, *, to=None, **how):
        address = ADDRESS[self.name] if to is None else to
        return self.channel.send(self.render(delivery, **how), to=address, delivery_id=delivery.id)


def _http(status):
    return type("Response", (), {"status_code": status, "headers": {}, "content": b""})()


@pytest.fixture(params=names())
def wire(request):
    return Wire(request.param)


def test_there_are_the_three_channels_and_each_is_named_as_people_choose_it():
    assert set(names()) == {channel.value for channel in Channel}
    assert {Wire(name).channel.name for name in names()} == set(Channel)


def test_an_unknown_channel_is_refused():
    with pytest.raises(Rejected, match="not a channel"):
        connected("pigeon", aws, SETTINGS)


def test_the_vendors_id_comes_back(wire):
    assert wire.send() == "m-1"
    assert len(wire.sent) == 1


def test_clients_never_repeat_a_send(wire):
    assert wire.attempts == 1
    wire.answers = [ReadTimeoutError(endpoint_url="https://example.com")]
    with pytest.raises(UnknownOutcome):
        wire.send()
    assert len(wire.sent) == 1


def _codes():
    for name in names():
        table = import_module(f"accolade.channels.{name}").FAULTS
        yield from ((name, code, fault) for code, fault in (table | channels.CREDENTIALS).items())
        yield from ((name, status, fault) for status, fault in ((429, Fault.BUSY), (400, Fault.HOPELESS), (500, Fault.UNKNOWN)))
        yield from ((name, status, Fault.UNKNOWN) for status in (502, 503, 504))


MEANS = {Fault.BUSY: Retry, Fault.CLOSED: Retry, Fault.HOPELESS: Rejected, Fault.UNKNOWN: UnknownOutcome}


@pytest.mark.parametrize(("name", "code", "fault"), list(_codes()))
def test_vendors_errors_read_by_one_table(name, code, fault):
    wire = Wire(name)
    error = {"Error": {"Code": "NeverHeardOf" if isinstance(code, int) else code, "Message": "no"}}
    wire.answers = [ClientError(error | {"ResponseMetadata": {"HTTPStatusCode": code if isinstance(code, int) else 400}}, "x")]
    with pytest.raises(MEANS[fault]) as raised:
        wire.send()
    assert ADDRESS[name] not in str(raised.value)
    assert len(wire.sent) == 1
    if fault is Fault.CLOSED:
        assert raised.value.after >= 60


def test_every_error_that_a_vendor_models_is_in_its_table():
    for name in names():
        wire = Wire(name)
        service = {"email": "sesv2", "sms": "sns", "whatsapp": "socialmessaging"}[name]
        model = aws(service).meta.service_model.operation_model(OPERATION[name])
        known = import_module(f"accolade.channels.{name}").FAULTS | channels.CREDENTIALS
        modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
        # What concerns platform endpoints, topics and topic keys cannot come of a message to a phone number.
        elsewhere = {"EndpointDisabled", "PlatformApplicationDisabled", "NotFound", "InvalidSecurity", "KMSDisabled"}
        elsewhere |= {"KMSInvalidState", "KMSNotFound", "KMSOptInRequired", "KMSAccessDenied"} if name == "sms" else set()
        assert modelled - elsewhere <= set(known), name
        assert wire.channel.name == name


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ReadTimeoutError(endpoint_url="https://x.example"), UnknownOutcome),
        (ConnectTimeoutError(endpoint_url="https://x.example"), Retry),
        (ParamValidationError(report="no"), Rejected),
    ],
)
def test_a_request_that_may_have_gone_out_is_unknown_and_one_that_has_not_is_not(wire, error, meaning):
    wire.answers = [error]
    with pytest.raises(meaning):
        wire.send()


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("delivery", [AWARD, CLAWBACK], ids=["award", "clawback"])
@pytest.mark.parametrize("locale", ["en", "nl"])
def test_a_hostile_name_does_no_harm(wire, kind, delivery, locale):
    bad = HOSTILE[kind]
    tenant = replace(TENANT, name=f"Acme {bad[:300]}", unit="points")
    rendered = wire.render(replace(delivery, subject=bad), locale=locale, tenant=tenant)
    parts = (rendered.subject, rendered.sender, rendered.template, rendered.button, *rendered.parameters)
    parts += tuple(text for header in rendered.headers for text in header)
    for text in parts:
        assert "\n" not in text
        assert "\r" not in text
    for text in (*parts, rendered.text, rendered.html):
        assert not any(sign in text for sign in "\x00\x1b\x07\u202e\u202c\u2066\u2069")
        assert "evil.example" not in text
        assert "https://evil" not in text
        assert "1337" not in text
    assert len(rendered.text) < 1600
    assert len(rendered.subject) <= 120
    wire.channel.send(rendered, to=ADDRESS[wire.name], delivery_id=delivery.id)
    assert len(wire.sent) == 1


class Tags(HTMLParser):
    """The elements and attributes of a page as a mail client sees them."""

    def __init__(self, html):
        super().__init__()
        self.seen = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(sorted(name for name, _ in attrs))))


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind not in {"long", "emoji"}])
def test_names_add_no_element_and_no_attribute_to_an_e_mail(kind):
    def shape(name):
        delivery = replace(AWARD, subject=name, lines=tuple(replace(line, title={"en": name[:70]}) for line in AWARD.lines))
        made = letter(delivery, tenant=replace(TENANT, name=name), link=LINK, unsubscribe_link=STOP, texts=texts("en"))
        return Tags(made["html"]).seen

    assert shape(HOSTILE[kind]) == shape("Northwind renewal")


def test_an_address_cannot_carry_a_header(wire):
    for to in ("asha@example.com\r\nBcc: x@example.com", "a@b.example, c@d.example", "+31612345678\n", "31612345678", ""):
        with pytest.raises(Rejected):
            wire.send(to=to)
    assert not wire.sent


# e-mail


def _posted():
    wire = Wire("email")
    wire.send(replace(AWARD, subject="Zoë's renewal"), tenant=replace(TENANT, name="Acmé Rewards"))
    return json.loads(wire.sent[0]["body"])


def test_an_e_mail_goes_out_with_both_parts_our_id_and_one_click_unsubscribe():
    body = _posted()
    simple = body["Content"]["Simple"]
    headers = {header["Name"]: header["Value"] for header in simple["Headers"]}
    assert headers["List-Unsubscribe"] == f"<{STOP}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert body["EmailTags"] == [{"Name": "delivery", "Value": AWARD.id}]
    assert body["ConfigurationSetName"] == "accolade-emails"
    assert body["Destination"] == {"ToAddresses": ["asha@example.com"]}
    assert simple["Subject"] == {"Data": '550 points for "Zoë\'s renewal"', "Charset": "UTF-8"}
    assert "550" in simple["Body"]["Text"]["Data"]
    assert "550" in simple["Body"]["Html"]["Data"]
    assert all(value.isascii() and len(value) <= 995 for value in headers.values())


def test_the_senders_name_is_encoded_as_mail_headers_are():
    sender = _posted()["FromEmailAddress"]
    assert sender.isascii()
    parsed = message_from_bytes(f"From: {sender}\r\n\r\n".encode(), policy=default)["From"].addresses[0]
    assert (parsed.display_name, parsed.addr_spec) == ("Acmé Rewards", "rewards@acme.example")


# SMS


def test_an_sms_goes_out_as_transactional_from_our_number():
    wire = Wire("sms")
    wire.send()
    body = wire.sent[0]["body"]
    values = {body[key]: body[key.replace("Name", "Value.StringValue")] for key in body if key.endswith(".Name")}
    assert values == {
        "AWS.SNS.SMS.SMSType": "Transactional",
        "AWS.SNS.SMS.SenderID": "ACME",
        "AWS.MM.SMS.OriginationNumber": "+31600000000",
    }
    assert body["PhoneNumber"] == "+31612345678"
    assert wire.asked == ["CheckIfPhoneNumberIsOptedOut"]


# WhatsApp


def test_a_whatsapp_message_is_raw_json_with_template_button_and_our_id():
    wire = Wire("whatsapp")
    wire.send(locale="nl")
    outer = json.loads(wire.sent[0]["body"])
    message = json.loads(b64decode(outer["message"]))
    assert outer["originationPhoneNumberId"] == SETTINGS["whatsapp_phone_number_id"]
    assert message["to"] == "+31612345678"
    assert message["biz_opaque_callback_data"] == AWARD.id
    assert message["template"]["name"] == "reward_awarded"
    assert message["template"]["language"] == {"code": "nl"}
    body, button = message["template"]["components"]
    assert [it["text"] for it in body["parameters"]] == [
        "550 punten",
        '"Northwind renewal"',
        "5e gewonnen deal dit kwartaal 500, gesloten in 10 dagen 50",
        "1.240 punten",
    ]
    assert button == {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "w/AQEBEfyAAb_7Hq2deadbeefdea"}],
    }


def test_the_preview_of_a_template_is_what_the_person_reads():
    wire = Wire("whatsapp")
    assert wire.render().text == (
        'You received 550 points for "Northwind renewal": 5th win this quarter 500, closed in 10 days 50. '
        "You have 1,240 points now."
    )
    assert wire.render(CLAWBACK).text == (
        'Taken back: 550 points. The reason: "Northwind renewal" was reopened on 2 April. '
        "They return when it is won again. You have 690 points now."
    )


def test_templates_are_such_that_meta_takes_them():
    for body in templates.BODIES.values():
        assert not body.startswith("{{")
        assert not body.endswith("}}")
        assert len(body) < 1024
    holes = {key: sorted(templates._HOLE.findall(body)) for key, body in templates.BODIES.items()}
    assert holes[templates.AWARDED, "en"] == holes[templates.AWARDED, "nl"] == ["1", "2", "3", "4"]
    assert holes[templates.TAKEN_BACK, "en"] == holes[templates.TAKEN_BACK, "nl"] == ["1", "2", "3"]
