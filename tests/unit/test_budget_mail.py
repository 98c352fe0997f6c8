"""The e-mail about a budget: what it says in both languages, as a page and as text, whatever a program is called."""

import re
from dataclasses import replace

import pytest
from tests.sending import AWARD, TENANT
from tests.unit.test_email_rendering import read

from accolade.channels.email import Email
from accolade.channels.email.letter import letter
from accolade.model.deliveries import Announcement, Delivery
from accolade.model.participants import Participant
from accolade.store.delivery_items import from_item, to_item
from accolade.store.wire import from_wire, to_wire
from accolade.texts import texts

LINK = "https://acme.example/admin/budgets/race"
LOW = {"level": 80, "limit": 1000, "spent": 812, "waiting": 0, "points": 0}
NEARLY = LOW | {"level": 95, "spent": 999}
FULL = LOW | {"level": 100, "spent": 1000}
WAITING = FULL | {"waiting": 3, "points": 900}
SHORT = LOW | {"level": 100, "spent": 900, "waiting": 1, "points": 150}


def alert(figures, title="Quarter race") -> Delivery:
    news = Announcement("budget", "2026-11-22", {"en": title}, path="admin/budgets/race", figures=figures)
    return replace(AWARD, participant="~staff", lines=(), progress=(), announcement=news)


def mail(figures, *, locale="en", title="Quarter race", **tenant):
    company = replace(TENANT, **tenant)
    return letter(alert(figures, title), tenant=company, link=LINK, unsubscribe_link="", texts=texts(locale))


@pytest.mark.parametrize(
    ("figures", "subject", "said"),
    [
        (LOW, "81% of the budget is used: Quarter race", "Left 188 points When it is used up, awards wait until it is raised"),
        (LOW, "81% of the budget is used: Quarter race", "none is lost. You are told again at 95%. Raise the budget"),
        (NEARLY, "99% of the budget is used: Quarter race", "Left 1 point When it is used up"),
        (NEARLY, "99% of the budget is used: Quarter race", "You are told again when it is used up."),
        (
            FULL,
            "The budget is used up: Quarter race",
            "What is earned from now on waits. After a top-up it is paid within minutes",
        ),
        (WAITING, "The budget is used up: Quarter race", "3 awards wait for budget 900 points Nothing is lost"),
        (SHORT, "Awards wait for budget: Quarter race", "90% of the budget is used Quarter race Budget 1,000 points"),
        (SHORT, "Awards wait for budget: Quarter race", "1 award waits for budget 150 points"),
        (WAITING | {"waiting": 500, "more": 1}, "The budget is used up: Quarter race", "At least 500 awards wait for budget"),
    ],
)
def test_it_says_how_much_of_how_much_what_waits_and_what_comes_next(figures, subject, said):
    made = mail(figures)
    assert made["subject"] == subject
    assert said in read(made["html"])


def test_the_companys_own_unit_is_used():
    assert "Given 812 stars" in read(mail(LOW, unit="stars")["html"])


@pytest.mark.parametrize("figures", [LOW, NEARLY, FULL, WAITING, SHORT])
@pytest.mark.parametrize("locale", ["en", "nl"])
def test_the_text_part_says_what_the_page_says(figures, locale):
    made = mail(figures, locale=locale)
    text = re.sub(r"[:\s]+", " ", made["text"].replace(LINK, "").replace("\n-- \n", "\n"))
    assert [part for part in re.split(r"[:\s]+", read(made["html"])) if part not in text] == []
    assert LINK in made["text"]
    assert f'href="{LINK}"' in made["html"]
    assert "nsubscribe" not in made["html"] + made["text"]
    assert len(made["html"]) < 20_000


def test_a_programs_title_turns_nothing_around_and_adds_no_header():
    made = mail(LOW, title="<b>Race</b>\r\nBcc: x@y.example \u202egnp " + "x" * 500)
    assert "<b>Race" not in made["html"]
    assert "\n" not in made["subject"]
    assert "\u202e" not in made["subject"] + made["html"] + made["text"]
    assert len(made["subject"]) < 120


def test_staff_mail_offers_no_unsubscribe_and_is_marked_as_automatic():
    reader = Participant("acme", "", "~staff", "", email="eve@acme.example")
    rendered = Email(None).render(
        alert(LOW), participant=reader, tenant=TENANT, link=LINK, unsubscribe_link="", texts=texts("en")
    )
    assert rendered.headers == (("Auto-Submitted", "auto-generated"),)


def test_the_figures_are_stored_with_the_message():
    kept = from_item(from_wire(to_wire(to_item(alert(WAITING)))))
    assert kept.announcement == alert(WAITING).announcement
    assert kept.for_staff
