"""Programs in words: what a rep reads is what the rules do."""

from pathlib import Path

import pytest
from tests.unit.test_kinds import EVERY_KIND

from accolade.model.fields import DERIVED_FIELDS, RECORD_FIELDS
from accolade.programs.field_words import field_name
from accolade.programs.loading import load
from accolade.programs.preset_files import preset
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


TERMS = (
    "hold: {for: 90 days, until: {field: deal.invoice_paid, is: true}}, approval_above: 5000, notify: false, "
    "caps: [{points: 1000, per: participant, period: month, over: refuse}, {points: 9000, per: region}], "
    "splits: {owner: 70%, manager: 20%, team: 10%}, dated_by: deal.created_on, "
    "multipliers: [{times: 1.5, when: {field: participant.tenure_days, below: 90}}], "
    "guards: [{signal: back_dated_close, above: 3, effect: review}, {signal: discount_depth, effect: cap, points: 10}, "
    "{signal: stage_bouncing, effect: cap, points: 0}, {signal: closed_and_reopened, above: 1, effect: review}, "
    "{signal: split_under_threshold, effect: review}, {signal: period_end_pull_forward, effect: hold, days: 60 days}]"
)
PERIODS = ("day", "week", "month", "quarter", "half", "year", "month_445", "quarter_445", "lifetime")
EVERYTHING = [
    *EVERY_KIND.values(),
    f"{EVERY_KIND['record']}, {TERMS}",
    *(f"{EVERY_KIND['every']}, keep: once_reached, reached: day".replace("quarter", period) for period in PERIODS),
    *(
        f"{EVERY_KIND['every']}, subject: {who}, sharing: {how}"
        for who in ("team", "region", "company")
        for how in ("equal", "each")
    ),
    f"{EVERY_KIND['every']}, subject: team, sharing: by_kpi, closes_after: 0 days, hold: 10 days",
    *(EVERY_KIND["streak"].replace("n: 3", f"n: 3, of: {of}") for of in ("days", "weeks", "months")),
    EVERY_KIND["rank"].replace(
        "top: 3, pot: 1000, shares: [50%, 30%, 20%]", "top: 1, pot: 10, shares: [100%], ties: [won_count]"
    ),
    EVERY_KIND["improvement"].replace("by: 10%", "by: 0.05, min_sample: 5, where: {field: deal.type, is: new}"),
    EVERY_KIND["improvement"].replace("close_rate, by: 10%", "won_amount, by: 500 EUR"),
    EVERY_KIND["behaviour"].replace("per: day", "daily_cap: 3, guards: [{signal: own_duplicate_merged, effect: cap, points: 0}]"),
    EVERY_KIND["manual"].replace("manager", "anyone, when: {field: nomination.reason, is_set: true}"),
    EVERY_KIND["manual"].replace("manager", "admin"),
    "kind: kpi, kpi: response_time, below: 1 hour, min_sample: 5, period: month, points: 5, options: {measure: p90}",
    "kind: record, record: ticket, when: {all: [{field: ticket.stage, is: won}, {field: account.segment, is: A}]}, points: 5",
]
PROGRAM_TERMS = """\
audience: {field: participant.role, is: sales}
rollout: {percent: 20, teams: [West, East]}
caps: [{points: 5000, per: company, period: year}]
backlog: skip
"""


@pytest.mark.parametrize("extra", ["", PROGRAM_TERMS])
@pytest.mark.parametrize("milestone", EVERYTHING)
def test_every_kind_and_every_term_reads_in_both_languages_without_a_hole(milestone, extra) -> None:
    english, dutch = (sentences(milestone, locale=locale, extra=extra) for locale in ("en", "nl"))
    assert len(english) == len(dutch)
    for one, other in zip(english, dutch, strict=True):
        assert one != other
        for said in (one, other):
            assert said.endswith(".")
            assert said[0] == said[0].upper()
            assert not any(sign in said for sign in ("%(", "{", "None", "  ", "..", "Fraction", "bucket"))


def test_a_milestone_with_every_term_tells_all_of_them() -> None:
    said = sentences(f"{EVERY_KIND['record']}, {TERMS}")[0]
    assert said == (
        "50 points for each won deal. The date that counts is the day of creation. "
        "The points are split: 70% for the owner, 20% for the owner's manager and 10% for the owner's team, in equal parts. "
        "The points count 1.5 times if the number of days you have been here is below 90. "
        "At most 1,000 points for one person in a month; an award that does not fit whole is not paid. "
        "At most 9,000 points for one region in all; what is above that is not paid. "
        "The points are pending until the invoice is paid; if that is not so within 90 days, they go back. "
        "If it was marked as closed more than 3 days after its close date, a person looks at it first. "
        "If it is sold below the list price, at most 10 points are paid. "
        "If it went back to an earlier stage, nothing is paid. "
        "If it was closed and opened again more than 1 time, a person looks at it first. "
        "If another deal with the same account is made within a week of it, a person looks at it first. "
        "If it is closed in the last 5 days of the period, the points are pending for 60 days. "
        "Awards above 5,000 points are approved by a person first. No message is sent about it."
    )


def test_a_race_tells_its_prizes_and_what_breaks_a_tie() -> None:
    assert sentences(EVERY_KIND["rank"])[0] == (
        "The best 3 in a month, by a total of won amounts, share 1,000 points: 50%, 30% and 20%. "
        "If two are equal, what decides is who was there earlier and then the name. "
        "It is decided 3 days after the end of the period."
    )


@pytest.mark.parametrize("locale", ["en", "nl"])
def test_every_field_there_is_has_a_name_of_its_own(locale) -> None:
    for record, names in RECORD_FIELDS.items():
        for name in names | DERIVED_FIELDS.get(record, {}):
            said = field_name(f"{record}.{name}", texts(locale))
            assert "_" not in said
            if locale == "nl" and " " in field_name(f"{record}.{name}", texts("en")):
                assert said != field_name(f"{record}.{name}", texts("en")), name


def test_tiers_name_what_is_measured_once() -> None:
    said = program_sentences(load(preset("quota-attainment").text, file="quota.yaml"), texts("en"))[0]
    assert said.startswith(
        '500 points for an attainment of the quota for "Won amount" of at least 80%, 1,500 points for one of at least 100% '
        "or 2,500 points for one of at least 120% in a quarter; the highest that is reached counts."
    )


def test_at_most_nothing_is_nothing() -> None:
    said = program_sentences(load(preset("ticket-not-reopened").text, file="ticket.yaml"), texts("en"))[0]
    assert "the number of times it was reopened is 0" in said
