"""What an SMS costs and what is left out of it when it does not fit."""

from dataclasses import replace

import pytest
from tests.sending import AWARD, CLAWBACK, TENANT

from accolade.channels.sms.septets import is_gsm, segments
from accolade.channels.sms.wording import worded
from accolade.model.deliveries import Announcement
from accolade.model.errors import Rejected
from accolade.texts import texts

LINK = "https://acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea"


def sms(delivery=AWARD, *, locale="en", link=LINK, **tenant):
    return worded(delivery, tenant=replace(TENANT, **tenant), link=link, texts=texts(locale))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("a" * 69 + "ё", 1),
        ("a" * 70 + "ё", 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("🙂" * 66, 2),
        ("🙂" * 67, 3),
    ],
)
def test_parts_hold_what_the_standard_says(text, parts):
    assert segments(text) == parts


def test_the_seven_bit_alphabet_has_exactly_its_137_signs():
    signs = [chr(code) for code in range(0x10000) if is_gsm(chr(code))]
    assert len(signs) == 137  # 127 of the default table (0x1B is the escape) and 10 of the extension table
    assert all(is_gsm(sign) for sign in "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€")
    assert not any(is_gsm(sign) for sign in "ç`ëïê’“–ăκ")


def test_a_win_reads_as_promised():
    said = sms()
    assert said == (
        'Acme Rewards: 550 points for "Northwind renewal" (5th win this quarter 500, closed in 10 days 50). '
        "You have 1,240. acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea  STOP to opt out"
    )


def test_a_win_in_dutch_reads_as_promised():
    assert sms(locale="nl", two_way_sms=False) == (
        'Acme Rewards: 550 punten voor "Northwind renewal" (5e gewonnen deal dit kwartaal 500, gesloten in 10 dagen 50). '
        "Saldo 1.240. acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea"
    )


def test_points_taken_back_say_why_and_how_they_return():
    assert sms(CLAWBACK, two_way_sms=False) == (
        'Acme Rewards: 550 points were taken back: "Northwind renewal" was reopened on 2 April. '
        "They return when it is won again. You have 690. Why: acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea"
    )


def test_stop_is_offered_only_where_the_number_hears_it():
    assert "STOP" in sms(two_way_sms=True)
    assert "STOP" not in sms(two_way_sms=False)


def test_a_tenant_may_keep_deal_names_out_of_sms():
    assert "Northwind" not in sms(names_in_sms=False)
    assert "550 points for a deal (" in sms(names_in_sms=False)


def test_what_does_not_fit_goes_in_the_order_stated():
    two, one = sms(sms_segments=2), sms(sms_segments=1)
    assert "5th win this quarter" in two
    assert segments(one) == 1
    assert "5th win" not in one
    assert '"Northwind renewal"' in one
    long = sms(replace(AWARD, subject="Northwind renewal of the whole fleet and everything else that they run"), sms_segments=1)
    assert segments(long) == 1
    assert '"Northwind' in long
    assert '..."' in long
    longest = sms(link="https://acme.example/" + "w" * 85, sms_segments=1)
    assert segments(longest) == 1
    assert "Northwind" not in longest
    assert "1,240" not in longest
    assert all(part in longest for part in ("550 points", "w" * 85, "STOP"))


def test_one_letter_outside_the_alphabet_does_not_halve_the_room():
    said = sms(replace(AWARD, subject="Zoë’s “Crème” – renewal of it all, again"), sms_segments=2)
    assert is_gsm(said)
    assert 'Zoe\'s "Crème" - renewal' in said
    assert segments(said) == 2


def test_a_name_in_another_alphabet_is_counted_in_its_own_units():
    said = sms(replace(AWARD, subject="Продление договора"), sms_segments=2)
    assert "Продление договора" in said
    assert not is_gsm(said)
    assert segments(said) <= 2


def test_a_debt_is_said_instead_of_a_balance():
    assert "You still owe 400 points." in sms(replace(CLAWBACK, balance=0, debt=400))


def test_what_cannot_fit_at_all_is_refused_and_not_cut():
    with pytest.raises(Rejected, match="does not fit"):
        sms(link="https://acme.example/" + "w" * 200, sms_segments=1)


@pytest.mark.parametrize("parts", [1, 2, 3])
@pytest.mark.parametrize("locale", ["en", "nl"])
@pytest.mark.parametrize("subject", ["", "x" * 2000, "ж" * 2000, "🙂" * 50, "ë" * 70, "{" * 70, "a b " * 400])
@pytest.mark.parametrize("delivery", [AWARD, CLAWBACK])
def test_no_message_is_longer_than_the_tenant_pays_for(delivery, subject, locale, parts):
    said = sms(replace(delivery, subject=subject), locale=locale, sms_segments=parts)
    assert segments(said) <= parts
    assert "550" in said
    assert "acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea" in said


def test_points_that_no_record_gave_name_their_goal_when_they_go_back():
    line = replace(
        CLAWBACK.lines[0], milestone_kind="rank", title={"en": "Most wins"}, facts={"reason": "late", "period": "2017Q1@UTC"}
    )
    said = sms(replace(CLAWBACK, record=None, subject="", lines=(line,), balance=690))
    assert said.startswith(
        "Acme Rewards: 500 points were taken back (Most wins, Q1 2017): something changed after the period was closed, "
        "and it was judged again. You have 690."
    )


def test_news_that_does_not_fit_ends_with_a_whole_sentence():
    rules = ("5 points for each won deal. " + "At most 1,000 points for one person in a month. " * 12,)
    said = sms(replace(AWARD, lines=(), announcement=Announcement("started", "2017-04-01", {"en": "Race"}, rules)))
    assert segments(said) <= TENANT.sms_segments
    assert "..." not in said
    assert "in a month. acme.example" in said
