"""What a person is told about a reward: in words, on every channel, in both languages, and never the code."""

from datetime import UTC, datetime

import pytest

from accolade.channels.email import Email
from accolade.channels.sms import Sms
from accolade.channels.whatsapp import WhatsApp
from accolade.flows.settling import DECLINED, READY, RETURNED
from accolade.model.deliveries import Announcement, Delivery
from accolade.model.participants import Participant, Tenant
from accolade.model.redemptions import PROGRAM
from accolade.texts import texts

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACME = Tenant("acme", 1, "Acme Rewards", "rewards@acme.example", public_url="https://acme.example")
LINK, STOP = "https://acme.example/w/1.P000001.abc", "https://acme.example/u/1"
CHANNELS = {
    "email": Email(None),
    "sms": Sms(None, sender_id="", origination_number=""),
    "whatsapp": WhatsApp(None, phone_number_id="1"),
}
SAID = {
    (READY, "en"): "“Gift card” is ready: open your wallet to see it.",
    (READY, "nl"): "“Cadeaubon” staat klaar: open je wallet om het te zien.",
    (RETURNED, "en"): "“Gift card” could not be delivered: your points are back in your wallet.",
    (RETURNED, "nl"): "“Cadeaubon” kon niet worden geleverd: je punten staan weer in je wallet.",
    (DECLINED, "en"): "“Gift card” was not approved: your points are back in your wallet.",
    (DECLINED, "nl"): "“Cadeaubon” is niet goedgekeurd: je punten staan weer in je wallet.",
}


def rendered(channel: str, event: str, language: str, title: dict[str, str]):
    news = Announcement(event, "2026-03-01", title)
    delivery = Delivery("d", "acme", "P000001", PROGRAM, None, "", (), 40, AT, AT, announcement=news)
    person = Participant("acme", "asha", "P000001", "Asha", "asha@acme.example", locale=language)
    sending = CHANNELS[channel]
    return sending.render(delivery, participant=person, tenant=ACME, link=LINK, unsubscribe_link=STOP, texts=texts(language))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("event", "language"), SAID)
def test_a_reward_is_told_of_in_words_with_the_way_to_the_wallet(channel, event, language):
    message = rendered(channel, event, language, {"en": "Gift card", "nl": "Cadeaubon"})
    plain = message.text.replace('"', "“", 1).replace('"', "”", 1)
    assert SAID[event, language] in plain.replace("„", "“")
    assert "acme.example/w/1.P000001.abc" in message.text + message.html or message.button == "w/1.P000001.abc"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "{{ 7*7 }} https://evil.example", "x" * 2_000, "\u202egnp.exe\r\nBcc: a"]
)
def test_a_hostile_title_is_a_name_and_nothing_more(channel, title):
    message = rendered(channel, READY, "en", {"en": title})
    assert "<script>" not in message.html
    assert "\u202e" not in message.text
    assert "\n" not in message.subject
    assert "https://evil" not in message.text
    assert all(len(it) <= 400 for it in message.parameters)


@pytest.mark.parametrize("event", [READY, RETURNED, DECLINED])
def test_an_e_mail_that_has_little_to_say_leaves_no_holes(event):
    message = rendered("email", event, "en", {"en": "Gift card"})
    assert "\n\n\n" not in message.text
    assert 'class="lines"' not in message.html
