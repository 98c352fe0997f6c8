"""The wallet page, rendered: what a person reads, in both languages."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

from tests.unit.page_samples import (
    ASHA,
    FIFTH,
    NOW,
    PROGRAM,
    STEP,
    WON,
    Outline,
    entry,
    shown,
    view,
    words,
)

from accolade.flows.wallet_view import Way, change
from accolade.model.deliveries import Announcement
from accolade.model.fields import FieldType
from accolade.model.ledger import EntryKind, Transfer, Wallet
from accolade.model.participants import Channel, Suppression
from accolade.programs.condition_tree import Test as Question
from accolade.programs.condition_tree import question


def test_the_page_says_what_there_is_what_for_and_what_comes_next():
    text = words(shown(view()).html)
    assert "1,240 points" in text
    assert "2 more wins for 500 points, until 30 June" in text
    assert "5th win in Q1 2026: Northwind renewal +500" in text
    assert "Closed in 10 days: Northwind renewal +50" in text
    assert "Reopened: Contoso \u2212500" in text
    assert "5 won deals in Q1 2026" in text
    assert "Every fifth win, Quarter race, version 3" in text


def test_points_that_went_back_say_why_and_how_they_return():
    assert '"Contoso" was reopened on 2 April. They return when it is won again.' in words(shown(view()).html)


def test_a_dutch_reader_reads_dutch_with_dutch_numbers():
    html = shown(view(participant=replace(ASHA, locale="nl-NL"))).html
    assert Outline(html).all("html") == [{"lang": "nl"}]
    assert "1.240 punten" in words(html)
    assert "5e gewonnen deal in Q1 2026: Northwind renewal" in words(html)


def test_the_language_can_be_switched_on_the_page_whatever_the_person_is_set_to():
    assert "1.240 punten" in words(shown(view(), lang="nl").html)
    assert "1,240 points" in words(shown(view(participant=replace(ASHA, locale="nl")), lang="en").html)
    assert "1,240 points" in words(shown(view(), lang="../../etc/passwd").html)


def test_days_are_the_readers_own_and_the_exact_instant_is_at_hand():
    times = Outline(shown(view()).html).all("time")
    assert times[1]["datetime"] == "2026-03-30T22:30:03.000Z"
    assert times[1]["title"] == "31 March 2026, 00:30 Europe/Amsterdam (2026-03-30T22:30:03.000Z)"
    assert "31 March" in words(shown(view()).html)


def test_what_is_owed_is_said_as_owed():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number, available=0, debt=400))).html)
    assert "0 points" in text
    assert "You still owe 400 points: what you earn next pays this back first." in text
    assert "You still owe" not in words(shown(view()).html)


def test_an_empty_wallet_says_what_will_appear():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number), feed=(), steps=(), programs=())).html)
    assert "Nothing yet. When you reach a goal, a line appears here" in text
    assert "this shows how far the next points are" in text
    assert "No program is running now" in text


def test_pending_and_held_points_show_only_where_there_are_any():
    text = words(shown(view(wallet=Wallet("acme", ASHA.number, available=1, pending=150, held=20))).html)
    assert "150 points pending" in text
    assert "20 points kept for an order" in text
    assert "pending" not in words(shown(view()).html)


def test_longer_statements_are_paged():
    html = shown(view(older=951)).html
    assert {"href": "?lang=en&before=951#feed", "rel": "next"} in Outline(html).all("a")
    last = words(shown(view(newest=False, feed=()), before="1").html)
    assert "There are no earlier lines." in last
    assert "Newest lines" in last


def test_a_debt_that_was_repaid_counts_for_its_owner():
    repaid = entry(
        1,
        FIFTH,
        EntryKind.ACCRUAL,
        NOW,
        Transfer("program:q-race", "debt:P000017", 400),
        Transfer("program:q-race", "wallet:P000017", 100),
    )
    assert change(repaid, "P000017") == 500
    assert change(repaid, "P000018") == 0


def test_a_goal_that_counts_only_some_wins_is_called_by_its_title():
    large = Question(question("deal.amount", FieldType.MONEY, "above", "EUR"), 500_000, "5000 EUR")
    some = replace(FIFTH, kpi=replace(WON, id="won_count#abc", tree=large))
    text = words(shown(view(steps=(replace(STEP, milestone=some),))).html)
    assert "Every fifth win, for 500 points, until 30 June 3 of 5" in text
    assert "more win" not in text.split("What your points were for")[0]


def test_a_program_that_ended_says_so():
    over = replace(PROGRAM, effective_to=date(2026, 4, 1))
    assert "This program has ended" in words(shown(view(programs=(over,))).html)
    assert "This program has ended" not in words(shown(view()).html)


def test_every_channel_says_how_it_stands_and_offers_what_can_be_done():
    made = Outline(shown(view()).html)
    text = re.sub(r"\s+", " ", made.text)
    assert "On. You agreed on 5 January 2026." in text
    assert "Stopped by you on 3 April 2026." in text
    assert "Off: you have not agreed to it." in text
    forms = made.all("form")
    assert len(forms) == 2
    assert all(form["method"] == "post" and str(form["action"]).startswith("../u/") for form in forms)
    assert [it["name"] for it in made.all("input")] == ["stop", "back", "undo", "back"]


def test_a_bounced_address_cannot_be_switched_on_from_the_page():
    bounced = Way(Channel.EMAIL, ASHA.email, True, None, Suppression(Channel.EMAIL, "hash", "bounce", NOW))
    made = Outline(shown(view(ways=(bounced,))).html)
    assert not made.all("form")
    assert "messages came back or were reported" in made.text


def test_the_page_reads_well_aloud():
    made = Outline(shown(view()).html)
    assert len(made.all("main")) == len(made.all("h1")) == len(made.all("header")) == len(made.all("footer")) == 1
    order = [tag for tag, _ in made.tags if re.fullmatch(r"h[1-6]", tag)]
    assert order[0] == "h1"
    assert all(int(later[1]) - int(earlier[1]) <= 1 for earlier, later in pairwise(order))
    ids = [attributes["id"] for _, attributes in made.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in made.tags if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)
    assert all(attributes.get("aria-labelledby") or attributes.get("aria-label") for attributes in made.all("nav"))


def test_every_text_of_the_pages_has_a_dutch_translation():
    from pathlib import Path

    from babel.messages.pofile import read_po

    from accolade import texts, web

    room, catalogue_file = Path(web.__file__).parent, Path(texts.__file__).parent / "locales/nl/LC_MESSAGES/accolade.po"
    with catalogue_file.open("rb") as stream:
        catalogue = read_po(stream, locale="nl")
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.string}
    source = "\n".join(path.read_text() for path in [*room.rglob("*.py"), *room.rglob("templates/**/*.html")])
    joined = re.sub(r'"\s*\n\s*"', "", source)
    used = set(re.findall(r'\bt\.[tn]\(\s*"((?:[^"\\]|\\.)*)"', joined)) | set(re.findall(r"\bt\.t\('([^']*)'\)", joined))
    assert len(used) > 60
    assert not used - known


def test_news_of_a_new_program_folds_its_rules_away_and_keeps_every_word():
    paragraph = "5 points for each won deal. " + "At most 1,000 points for one person in a month. " * 20
    news = Announcement("started", "2026-04-01", {"en": "Race", "nl": "Race"}, (paragraph, "It ends soon."))
    html = shown(view(news=(news,))).html
    assert paragraph.strip() in words(html)
    assert "What counts, for how long, and its limits" in words(html)
    assert "Wat er telt, hoe lang, en de grenzen" in words(shown(view(news=(news,)), lang="nl").html)
