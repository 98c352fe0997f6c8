"""What an e-mail says, and that HTML and text say the same."""

import re
from dataclasses import replace
from html import unescape

import pytest
from tests.sending import AWARD, CLAWBACK, FAST, STEP, TENANT

from accolade.channels.email.letter import letter
from accolade.model.deliveries import Line
from accolade.texts import texts

LINK = "https://acme.example/w/AQEBEfyAAb_7Hq2deadbeefdea"
STOP = "https://acme.example/u/AQEBEfyAAb_7Hq2deadbeefdea"


def mail(delivery=AWARD, *, locale="en", **tenant):
    return letter(delivery, tenant=replace(TENANT, **tenant), link=LINK, unsubscribe_link=STOP, texts=texts(locale))


def read(html):
    """The visible words of a page."""
    body = re.sub(r"<style.*?</style>|<title.*?</title>|<div[^>]*>.*?</div>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def test_a_win_has_one_number_its_two_reasons_the_next_step_and_the_balance():
    made = mail()
    assert made["subject"] == '550 points for "Northwind renewal"'
    words = read(made["html"])
    assert words == (
        'Acme Rewards +550 points for "Northwind renewal" 5th win this quarter +500 Closed in 10 days +50 '
        "Your balance 1,240 points 2 more wins for 500 points, until 30 June Open your wallet "
        "Acme Rewards sends you this because your work earns points. Answer this message if something is wrong. "
        "Unsubscribe from these e-mails"
    )
    assert f'href="{LINK}"' in made["html"]
    assert f'href="{STOP}"' in made["html"]


def test_a_clawback_in_dutch_says_why_and_how_the_points_return():
    made = mail(CLAWBACK, locale="nl")
    assert made["subject"] == '550 punten zijn teruggenomen: "Northwind renewal"'
    words = read(made["html"])
    assert words.startswith(
        'Acme Rewards −550 punten teruggenomen "Northwind renewal" is op 2 april heropend. '
        "Je krijgt ze terug zodra de deal weer gewonnen is. "
        "5e gewonnen deal dit kwartaal −500 Gesloten in 10 dagen −50 Je saldo 690 punten"
    )
    assert '<html lang="nl">' in made["html"]


@pytest.mark.parametrize(
    "delivery", [AWARD, CLAWBACK, replace(AWARD, subject="", record=None, progress=()), replace(CLAWBACK, debt=400)]
)
@pytest.mark.parametrize("locale", ["en", "nl"])
def test_the_text_part_says_what_the_html_says(delivery, locale):
    made = mail(delivery, locale=locale)
    text = re.sub(r"[:\s]+", " ", made["text"].replace(LINK, "").replace(STOP, "").replace("\n-- \n", "\n"))
    said = [part for part in re.split(r"[:\s]+", read(made["html"])) if part]
    missing = [word for word in said if word not in text]
    assert missing == []
    assert max(map(len, made["text"].splitlines())) < 400
    assert "\n\n\n\n" not in made["text"]


def test_styles_are_inlined_and_nothing_is_loaded():
    html = mail()["html"]
    assert "style=" in html
    assert 'class="amount won" style="' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(img|link|script|iframe|object)\b|url\(|@import", html)
    assert len(html) < 20_000


def test_the_bar_is_as_long_as_the_way_that_is_done():
    assert 'width="60%"' in mail()["html"]
    assert 'width="0%"' not in mail(replace(AWARD, progress=(replace(STEP, done=0),)))["html"]
    assert 'width="100%"' in mail(replace(AWARD, progress=(replace(STEP, done=9),)))["html"]


@pytest.mark.parametrize("accent", ["red;}</style><script>", "#12345", "javascript:1", "", "#ffffff", "#000000", "#ffcc00"])
def test_the_accent_is_a_colour_that_can_be_read_or_ours(accent):
    html = mail(accent=accent)["html"]
    assert "<script" not in html
    assert html.count("</style>") == 1


def test_a_company_may_name_its_unit():
    assert "+550 coins" in read(mail(unit="coins")["html"])
    assert "because your work earns coins" in read(mail(unit="coins")["html"])


def test_a_debt_is_explained():
    made = mail(replace(CLAWBACK, balance=0, debt=400))
    assert "You still owe 400 points: what you earn next pays this back first." in made["text"]
    assert "−400 points" in made["text"]


def test_points_that_waited_for_budget_say_so():
    waited = replace(AWARD, lines=(replace(FAST, facts={**FAST.facts, "reason": "budget"}),))
    assert "These points had waited for budget." in mail(waited)["text"]


def test_sixty_lines_are_told_in_twelve():
    made = mail(replace(AWARD, lines=tuple([FAST] * 60)))
    assert made["text"].count("Closed in 10 days") == 12
    assert "48 more lines: +2,400" in made["text"]


def test_a_message_about_no_record_names_its_goal_in_the_subject():
    line = Line("e", 3000, "accrual", "top", "rank", {"en": "Most wins"}, {"place": 1, "period": "2017Q1@UTC", "reason": "close"})
    alone = replace(AWARD, subject="", record=None, lines=(line,), progress=())
    assert mail(alone)["subject"] == "3,000 points: Most wins, 1st place, Q1 2017"
    nominated = replace(alone, record="acme:nomination:1", lines=(replace(FAST, title={"en": "Helped a colleague"}),))
    assert mail(nominated)["subject"] == "50 points: Helped a colleague"
