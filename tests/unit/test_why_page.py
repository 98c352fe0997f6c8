"""The page of reasons, rendered: what was asked, what was seen, what would have done, in both languages."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from tests.unit.page_samples import ASHA, FAST, LINKS, NOW, TENANT, Outline, asking, explained, opened, shown, view, words
from tests.unit.why_samples import DAYS, DEAL, MISSED, NEAR, PAID, PROGRAM, RATE, SEEN

from accolade.flows.explanation import Step, Verdict
from accolade.model.fields import FieldType
from accolade.model.records import Holding
from accolade.programs.condition_tree import Test as Question
from accolade.programs.condition_tree import question
from accolade.programs.explaining import explain, nearest_miss
from accolade.texts import texts
from accolade.web.why_verdicts import verdict


def read(*awards, locale="en", **query):
    return words(explained(view(participant=replace(ASHA, locale=locale)), *awards, **query).html)


def test_what_was_given_shows_what_was_asked_and_how_the_points_came_about():
    text = read(PAID, line="1")
    assert "Closed in 10 days" in text
    assert "+75" in text
    assert "30 March 2026, Northwind renewal" in text
    assert "The number of days from creation to closing is below 14 met: it is 10" in text
    assert "The rule gives 50 points." in text
    assert "Times 1.5, because the type is renewal: 75 points." in text
    assert "Quarter race, version 3" in text
    assert "in force on 30 March 2026" in text
    assert "31 March 2026, 00:30, line 1" in text


def test_what_was_missed_says_by_how_much_and_what_would_have_done():
    text = read(MISSED, record="006B")
    assert (
        "Not earned: it asks that the number of days from creation to closing is below 14 (it was 16; missed by 3 days)" in text
    )
    assert "is below 14 not met: it is 16; missed by 3 days" in text
    assert "€2,000.00 short (one of these is enough)" in text
    assert "The type is not renewal not met: it is renewal" in text


def test_a_dutch_reader_reads_why_in_dutch():
    text = read(MISSED, locale="nl", record="006B")
    assert "Niet verdiend. Hiervoor moet gelden:" in text
    assert "het scheelde 3 dagen" in text
    assert "niet voldaan" in text
    assert "(een van deze is genoeg)" in text


def test_how_far_the_next_one_is():
    assert "1 win to go: 4 of 5." in read(NEAR, milestone="every-fifth-win")
    assert "Deal 4 4 March 2026" in read(NEAR, milestone="every-fifth-win")
    bars = Outline(explained(view(), NEAR, milestone="every-fifth-win").html).all("progress")
    assert [(bar["value"], bar["max"]) for bar in bars] == [("4", "5")]


def test_what_is_not_earned_yet_is_listed_the_nearest_first_with_links():
    html = explained(view(), MISSED, NEAR, PAID).html
    text = words(html)
    assert text.index("Every fifth win") < text.index("Fast win")
    links = [attributes["href"] for attributes in Outline(html).all("a") if "explain" in (attributes.get("href") or "")]
    assert any("milestone=every-fifth-win&lang=en" in link for link in links)
    assert any("record=salesforce%3Adeal%3A006B" in link for link in links)
    assert "There is nothing" not in text


def test_what_comes_next_is_not_said_twice_on_the_wallet():
    answer = opened(view(), MISSED, NEAR).answer(asking("w", LINKS.token(TENANT, ASHA, NOW)), now=NOW)
    missing = words(answer.html).split("Not earned yet")[1].split("How points are earned")[0]
    assert "Fast win" in missing
    assert "Every fifth win" not in missing


def test_an_alternative_that_was_not_needed_is_no_failure():
    rows = Outline(explained(view(), PAID, line="1").html).all("li")
    assert [row["class"] for row in rows if row.get("class")] == ["yes", "yes", "spare", "yes"]


def test_the_language_links_keep_what_was_asked():
    links = [it["href"] for it in Outline(explained(view(), MISSED, record="sf:deal:1", milestone="fast-win").html).all("a")]
    (dutch,) = [parse_qs(str(link).partition("?")[2]) for link in links if "lang=nl" in str(link)]
    assert dutch == {"lang": ["nl"], "milestone": ["fast-win"], "record": ["sf:deal:1"]}


def test_the_wallet_shows_what_is_nearest_and_leads_to_why():
    html = shown(view()).html
    assert "There is nothing that is nearly reached." in words(html)
    assert len([it for it in Outline(html).all("a") if re.match(r"\.\./explain/.*line=", it.get("href") or "")]) == 3


def test_json_says_the_same_in_the_names_of_the_rules():
    answer = explained(view(), MISSED, NEAR, RATE, record="006B", accept="application/json")
    first, second, third = json.loads(answer.html)["awards"]
    assert first["verdict"] == "not_met"
    assert first["conditions"]["truth"] == "false"
    assert first["conditions"]["all"][1] == {
        "field": "deal.cycle_days",
        "operator": "below",
        "operand": "14",
        "truth": "false",
        "value": "16",
        "missed_by": "3 days",
        "unknown": [],
        "why_unknown": None,
    }
    assert (second["measure"]["done"], second["measure"]["needed"]) == (4, 5)
    assert third["measure"]["value"] == "7/10"


@pytest.mark.parametrize("kind", list(Verdict))
@pytest.mark.parametrize("locale", ["en", "nl"])
def test_every_verdict_is_a_sentence_in_both_languages(kind, locale):
    for sample in (MISSED, PAID, NEAR):
        said = verdict(replace(sample, verdict=kind, detail="2026-01-01"), texts(locale), "UTC")
        assert said.endswith(".")
        assert "%(" not in said
        if locale == "nl":
            assert said != verdict(replace(sample, verdict=kind, detail="2026-01-01"), texts("en"), "UTC")


def test_every_step_is_a_sentence():
    at = datetime(2026, 5, 1, tzinfo=UTC)
    steps = (
        Step("signal", 20, "discount_depth", limit=20, score=30, seen={"count": 30}),
        Step("longer", 20, "stage_bouncing", limit=14, score=2),
        Step("review", 20, "split_under_threshold", score=2),
        Step("share", 14),
        Step("cap", 10, limit=1000),
        Step("hold", 10, "30 days", until=at),
        Step("gate", 10, "", DAYS),
        Step("approval", 10, limit=5),
        Step("times", 10, "2", DAYS, applied=False),
    )
    text = read(replace(PAID, steps=steps, verdict=Verdict.PENDING, holding=Holding(posted=10, lots=((1, 10),))), line="1")
    for said in (
        "So it gives 20 points at most.",
        "So the points are pending for at least 14 days.",
        "So a person looks at it first.",
        "Your share is 14 points.",
        "The limit of 1,000 points leaves 10 points.",
        "10 points are pending until 1 May 2026, 02:00.",
        "They are yours as soon as the number of days from creation to closing is below 14.",
        "More than 5 points needs a person's approval.",
    ):
        assert said in text
    assert "Times 2" not in text


def test_what_is_not_known_is_said_with_whose_turn_it_is():
    tree = Question(question("deal.amount", FieldType.MONEY, "at_least", "EUR"), 1_000_000, "10000 EUR")
    seen = {"deal.currency": "EUR"}
    why = replace(MISSED, verdict=Verdict.UNKNOWN, conditions=explain(tree, seen), nearest=nearest_miss(tree, seen))
    text = read(why, record="006B")
    assert "The amount is at least €10,000.00 not known: the amount is not known: the CRM has not sent it" in text


def test_who_is_in_a_roll_out_is_no_business_of_arithmetic():
    bucket = Question(question("participant.bucket.race", FieldType.INTEGER, "below"), 20, "20")
    seen = SEEN | {"participant.bucket.race": 77}
    why = replace(
        MISSED, verdict=Verdict.ROLLOUT, audience=explain(bucket, seen), conditions=None, nearest=nearest_miss(bucket, seen)
    )
    text = read(why, record="006B")
    assert "introduced step by step" in text
    assert "The program has begun for you not met" in text
    assert "77" not in text


def test_a_title_without_words_for_its_holes_falls_back_to_its_id():
    assert "Fast win" in read(replace(MISSED, record=replace(DEAL, days=None)), record="006B")
    assert FAST.id == "fast-win"
    assert PROGRAM.version == 3
