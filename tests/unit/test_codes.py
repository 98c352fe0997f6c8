"""One-time codes as they are made, said and typed."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from accolade.channels.email.letter import code_letter
from accolade.channels.sms.septets import segments
from accolade.channels.sms.wording import worded_code
from accolade.channels.whatsapp import WhatsApp
from accolade.model.deliveries import Delivery
from accolade.model.errors import Rejected
from accolade.model.participants import Participant, Tenant
from accolade.texts import texts
from accolade.web.entry.places import safe
from accolade.web.links import Links

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TENANT = Tenant("acme", 1, "Acme Rewards", "rewards@acme.example", public_url="https://rewards.acme.example/live")
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \u202eevil.example\r\nBcc: a@b " + "\u738b" * 2_000


def test_a_code_belongs_to_its_challenge_and_to_our_key() -> None:
    links, others = Links(lambda: "one key"), Links(lambda: "another key")
    codes = [links.code(f"challenge-{number}") for number in range(2_000)]
    assert codes == [links.code(f"challenge-{number}") for number in range(2_000)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 1_950
    assert min(Counter(code[0] for code in codes).values()) > 130, "leading zeros too"
    assert sum(links.code(f"challenge-{number}") == others.code(f"challenge-{number}") for number in range(2_000)) < 5


def test_what_is_made_for_one_purpose_is_nothing_for_another() -> None:
    links = Links(lambda: "one key")
    assert len({links.csrf("x"), links.csrf("stranger:x"), links.csrf("hosted:x"), links.code("x"), links.proof(b"x").hex()}) == 5


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(
    "name", ["Acme Rewards", "Ace", "Caf\u00e9 \u0141\u00f3d\u017a \u2013 \u201cRewards\u201d", "\u738b\u5927\u660e", HOSTILE]
)
@pytest.mark.parametrize("host", ["acme.example", "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "127.0.0.1"])
def test_the_sms_is_one_segment_and_ends_with_what_a_phone_fills_in(language: str, name: str, host: str) -> None:
    tenant = Tenant("acme", 1, name, "rewards@acme.example", public_url=f"https://{host}:4566/x")
    text = worded_code("012345", tenant=tenant, texts=texts(language))
    assert segments(text) == 1
    assert text.startswith("012345 ")
    assert text.endswith(f"\n\n@{host} #012345")
    assert text.count("\n") == 2
    assert "evil.example" not in text


def test_an_sms_that_cannot_fit_is_not_sent() -> None:
    tenant = Tenant("acme", 1, "Acme", "rewards@acme.example", public_url=f"https://{'a' * 200}.example")
    with pytest.raises(Rejected):
        worded_code("012345", tenant=tenant, texts=texts("en"))


def test_the_e_mail_says_the_code_and_offers_nothing_to_click() -> None:
    for language, said in (("en", "012345 is your code for Acme Rewards"), ("nl", "012345 is je code voor Acme Rewards")):
        letter = code_letter("012345", tenant=TENANT, texts=texts(language))
        assert letter["subject"] == said
        assert "012345" in letter["html"]
        assert "012345" in letter["text"]
        assert "<a " not in letter["html"]
        assert "http" not in letter["text"]
    hostile = code_letter("012345", tenant=Tenant("acme", 1, HOSTILE, "r@acme.example"), texts=texts("en"))
    assert "<script>" not in hostile["html"]
    assert "\n" not in hostile["subject"]
    assert len(hostile["subject"]) < 120


def test_a_code_never_goes_by_whatsapp() -> None:
    delivery = Delivery("d", "acme", "P000001", "", None, "", (), 0, NOW, NOW, challenge="c")
    person = Participant("acme", "asha", "P000001", "Asha")
    with pytest.raises(Rejected):
        WhatsApp(None, phone_number_id="").render(
            delivery, participant=person, tenant=TENANT, link="", unsubscribe_link="", texts=texts("en"), code="012345"
        )


@pytest.mark.parametrize("path", ["me/wallet", "me/shop/bol.com-10", "admin/people/P000017", "team/standing", "board/a_b-c"])
def test_a_path_of_ours_is_gone_back_to(path: str) -> None:
    assert safe(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/me/wallet",
        "//evil",
        "me",
        "me/",
        "me/../admin",
        "me/./x",
        "w/token",
        "assets/app.css",
        "sign-in/out",
        "me/x?y",
        "me/x#y",
        "me/x\\y",
        "me/\u202e",
        "https://evil.example",
        "https:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil/wallet",
        "me//evil.example",
        "me/wallet?x=//evil.example",
        "me/wallet\r\nSet-Cookie: a=b",
        "me/wallet\n",
        "%2f%2fevil.example",
    ],
)
def test_everything_else_is_not(path: str) -> None:
    assert safe(path) == ""
