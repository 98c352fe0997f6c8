"""Programs in words: what a rep reads is what the rules do."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from accolade.programs.loading import load
from accolade.programs.words import program_sentences
from accolade.texts import texts

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "infra" / "local" / "demo" / "program.yaml"

HEAD = """\
id: race
title: Race
effective: {from: 2026-01-01, to: 2027-01-01}
time_zone: Europe/Amsterdam
point_value: 0.005 EUR
"""


def sentences(milestone: str, *, locale: str = "en", extra: str = "") -> list[str]:
    program = load(f"{HEAD}{extra}milestones:\n  - {{id: a, title: A, {milestone}}}\n", file="p.yaml")
    return program_sentences(program, texts(locale))


def test_the_demos_rules_read_as_sentences() -> None:
    assert program_sentences(load(DEMO.read_text(), file="program.yaml"), texts("en")) == [
        "500 points for every 5 won deals in a quarter.",
        "1,000 points for the first won deal, counted over all time, counting only deals where the amount is above $5,000.00.",
        "50 points for each won deal where the number of days from creation to closing is below 14.",
        "It counts deals closed from 1 January 2017 on.",
        "A deal counts for whoever owned it when it was closed.",
        "All awards together are limited to 800,000 points; what does not fit waits until there is room.",
        "One point is worth 0.01 USD.",
        "If a deal no longer counts, because it is reopened, lost, changed or deleted, its points are taken back.",
        "What is not in the wallet by then is owed, up to 5,000 points, and paid back by later awards.",
    ]


def test_they_read_in_dutch_with_dutch_numbers() -> None:
    dutch = program_sentences(load(DEMO.read_text(), file="program.yaml"), texts("nl"))
    assert dutch[0] == "500 punten voor elke 5 gewonnen deals in een kwartaal."
    assert "Alle beloningen samen zijn begrensd op 800.000 punten; wat niet past, wacht tot er ruimte is." in dutch
    assert "Eén punt is 0,01 USD waard." in dutch


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        (
            "kind: kpi, kpi: close_rate, at_least: 66.5%, min_sample: 20, period: year, points: 900",
            "900 points for a close rate of at least 66.5% over at least 20 deals in a year.",
        ),
        (
            "kind: every, kpi: won_amount, n: 10000 EUR, period: month, points: 1",
            "1 point for every €10,000.00 of a total of won amounts in a month.",
        ),
        (
            "kind: kpi, kpi: closed_count, between: [3, 5], period: month, points: 20",
            "20 points for a number of closed deals between 3 and 5 in a month.",
        ),
        ("kind: record, when: {field: deal.stage, is: won}, points: 20", "20 points for each won deal."),
        (
            "kind: record, when: {all: [{field: deal.stage, is: lost}, {field: deal.type, in: [new, upsell]}]}, points: 20",
            "20 points for each lost deal where the type is new or upsell.",
        ),
        (
            "kind: record, when: {field: deal.stage, is: won}, points: {per: deal.amount, rate: 1%, floor: 10, cap: 1000}",
            "1 point for each €100.00 of the amount, for each won deal, in whole points, "
            "at least 10 points, at most 1,000 points.",
        ),
        (
            "kind: record, when: {field: deal.stage, is: won}, points: {per: deal.amount, rate: 3%}",
            "3 points for each €100.00 of the amount, for each won deal, in whole points.",
        ),
        (
            "kind: record, when: {any: [{field: deal.created_on, within: 2 weeks}, "
            "{not: {field: deal.type, is_set: true}}]}, points: 5",
            "5 points for each deal where the day of creation is within 2 weeks of the deal's date "
            "or it is not so that the type is known.",
        ),
    ],
)
def test_a_milestone_is_told_as_it_is_judged(milestone, said) -> None:
    assert sentences(milestone)[0] == said


WON = "kind: record, when: {field: deal.stage, is: won}, points: 20"


def test_the_frame_tells_dates_audience_credit_and_silence() -> None:
    said = sentences(f"{WON}, credit: current_owner", extra="audience: {field: participant.team, is: Central}\ndebt_limit: 0\n")
    assert said == [
        "20 points for each won deal.",
        "It counts deals closed from 1 January 2026 to 31 December 2026, both days included.",
        "It is for you if your team is Central.",
        "A deal counts for whoever owns it now.",
        "One point is worth 0.005 EUR.",
        "If a deal no longer counts, because it is reopened, lost, changed or deleted, its points are taken back.",
        "What we hear of more than 72 hours late is paid without a message.",
    ]


def test_words_that_an_author_typed_cannot_become_links() -> None:
    said = sentences("kind: record, when: {field: deal.type, is: evil.example/x}, points: 20")[0]
    assert "evil.example" not in said


def test_no_sentence_is_left_in_english() -> None:
    catalogue = read_po((ROOT / "layers/core/accolade/texts/locales/nl/LC_MESSAGES/accolade.po").open("rb"), locale="nl")
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.string}
    for name in ("words.py", "condition_words.py"):
        source = (ROOT / "layers/core/accolade/programs" / name).read_text()
        asked = {part.split('"')[0] for part in source.replace("texts.n(\n", "texts.n(").split('texts.t("')[1:]}
        asked |= {part.split('"')[0] for part in source.split('texts.n("')[1:]}
        assert len(asked) > 15
        assert asked <= known
