"""Program documents: what is accepted, what each refusal says, and that no document hurts."""

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.program_texts import HEAD, milestone, problems

from accolade.model.fields import FieldType
from accolade.programs.loading import from_json, from_stored, load, numbered, to_json, to_stored

DEMO = Path(__file__).parents[2] / "infra" / "local" / "demo" / "program.yaml"

Q_RACE = (
    HEAD
    + """\
  - {id: every-fifth-win, title: Fifth win, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
  - {id: hunter, title: Hunter, kind: kpi, kpi: won_amount, at_least: 100000 USD, period: year, points: 2000}
  - id: fast-win
    title: Fast win
    kind: record
    when:
      all:
        - {field: deal.stage, is: won}
        - {field: deal.stgae, below: 14}
    # five percent of what?


    points: 5%
"""
)


# --- what is accepted ---------------------------------------------------------------------------------------------


def test_the_demos_program_says_what_it_says() -> None:
    program = load(DEMO.read_text(), file="program.yaml")
    assert [it.id for it in program.milestones] == ["every-fifth-win", "first-big-deal", "fast-win"]
    assert (program.id, program.version, program.currency, program.zone) == ("q-race", 1, "USD", "America/New_York")
    assert (program.effective_from, program.effective_to) == (date(2017, 1, 1), None)
    assert program.point_value == Fraction(1, 100)
    assert 0.3 <= (583 * 500 + 20 * 1000 + 1061 * 50) / (program.budget or 1) <= 0.6
    assert all(set(it.title) == {"en", "nl"} for it in (program, *program.milestones))


def test_what_is_left_out_has_a_default() -> None:
    program = load(milestone("id: a, title: A, kind: every, kpi: won_count, n: 5, period: quarter, points: 500"), file="p.yaml")
    assert program.silent_after == timedelta(hours=72)
    assert program.budget is None
    assert program.unit == "points"
    assert program.milestones[0].credit == "owner_at_closing"
    assert program.milestones[0].evaluate == "live"


def test_json_is_the_same_document() -> None:
    document = {
        "id": "q-race",
        "title": "Race",
        "effective": {"from": "2026-01-01"},
        "time_zone": "UTC",
        "point_value": "0.01 USD",
        "milestones": [
            {
                "id": "a",
                "title": "A",
                "kind": "kpi",
                "kpi": "close_rate",
                "at_least": 0.7,
                "min_sample": 20,
                "period": "month",
                "points": 5,
            }
        ],
    }
    text = json.dumps(document, indent=1)
    program = load(text, file="q-race.json")
    assert program.milestones[0].threshold is not None
    assert program.milestones[0].threshold.low == Fraction(7, 10)
    assert program == load(text.replace("{", "{ ", 1), file="q-race.yaml")
    refused = problems(text.replace("close_rate", "close_rat"), file="q-race.json")
    assert refused.report().startswith("q-race.json:14  milestones[0].kpi   close_rat is not a KPI. Did you mean close_rate?\n")


def test_a_program_survives_being_stored() -> None:
    own = {"deal": {"margin": FieldType.DECIMAL}}
    text = milestone(
        "id: a, title: A, kind: record, points: {per: deal.amount, rate: 0.5%, cap: 100}, when: {field: deal.margin, above: 0.25}"
    )
    program = load(text, file="p.yaml", own=own)
    for again in (from_json(to_json(program)), from_stored(json.loads(json.dumps(to_stored(program))))):
        assert again == program
        assert to_json(again) == to_json(program)
        assert again.milestones[0].holds({"deal.margin": Fraction(1, 3)}) is True
        assert again.milestones[0].points == program.milestones[0].points
    assert numbered(program, 4).version == numbered(program, 4).milestones[0].version == 4


def test_norway_is_not_false_and_dates_are_not_times() -> None:
    text = HEAD.replace("milestones:", "audience: {field: participant.country, in: [NL, NO, on, 'yes']}\nmilestones:")
    program = load(text + "  - {id: a, title: A, kind: every, kpi: won_count, n: 5, period: quarter, points: 5}\n", file="p.yaml")
    assert program.audience is not None
    assert program.audience({"participant.country": "NO"}) is True


# --- what refusals say --------------------------------------------------------------------------------------------


def test_problems_read_as_a_person_would_write_them() -> None:
    assert problems(Q_RACE).report() == (
        "q-race.yaml:15  milestones[2].when.all[1].field   deal.stgae is not a field of deal. Did you mean deal.stage?\n"
        'q-race.yaml:19  milestones[2].points              "5%" needs a field to be a percentage of, '
        "for example {per: deal.amount, rate: 5%}\n"
        "2 problems; nothing was done."
    )


WRONG = [
    ("id: q-race", "id: Q Race", "q-race.yaml:1  id   Q Race is not an id. Use 1 to 48 lower-case letters, digits and hyphens"),
    ("time_zone: Europe/Amsterdam", "", "the program does not say in whose time its days and quarters are"),
    ("effective: {from: 2026-01-01}", "", "the program does not say when it starts: write effective: {from: 2026-01-01}"),
    ("point_value: 0.01 USD", "", "the program does not say what a point is worth"),
    ("Europe/Amsterdam", "Europe/Amsterdm", "Europe/Amsterdm is not a time zone. Did you mean Europe/Amsterdam?"),
    ("{from: 2026-01-01}", "{from: 2026-13-01}", "effective.from   from is a date; 2026-13-01 is not. Write it like 2026-03-30"),
    ("{from: 2026-01-01}", "{from: 2026-01-02, to: 2026-01-01}", "the program would end before it begins"),
    ("{from: 2026-01-01}", "{form: 2026-01-01}", "form is not part of effective. Did you mean from?"),
    ("0.01 USD", "a penny", "a penny is not what a point is worth. Write it like 0.01 USD"),
    ("0.01 USD", "0 USD", "0 USD is not what a point is worth"),
    ("0.01 USD", "0.01 USD\ncurrency: EUR", "a point is worth USD, the program counts in EUR. Use one"),
    ("0.01 USD", "0.01 USD\nbugdet: {points: 5}", "bugdet is not part of a program. Did you mean budget?"),
    ("0.01 USD", "0.01 USD\nbudget: {points: -5}", "budget.points   points -5 is not above 0. Write it like points: 500"),
    ("0.01 USD", "0.01 USD\nsilent_after: soon", "soon is not a duration. Write it like 72h or 3 days"),
    ("0.01 USD", "0.01 USD\naudience: {field: participant.rle, is: x}", "Did you mean participant.role?"),
    ("title: Race", "title: ''", "title"),
    ("title: A,", "title: 'closed in {dys}',", "the title has a hole that messages cannot fill. Use count, nth,"),
    ("kind: every", "kind: evry", "milestones[0].kind   evry is not a kind of milestone. Did you mean every?"),
    ("kpi: won_count", "kpi: won_cuont", "milestones[0].kpi   won_cuont is not a KPI. Did you mean won_count?"),
    ("period: quarter", "period: quater", "milestones[0].period   quater is not a period. Did you mean quarter?"),
    ("period: quarter", "credit: owner_at_closng, period: quarter", "Did you mean owner_at_closing?"),
    ("n: 5, ", "", "milestones[0].n   n is missing: a milestone of kind every needs kpi, n, period"),
    ("n: 5", "n: 0", "n must be at least 1. Write it like n: 5"),
    ("n: 5", "n: 5 USD", "n is a number; 5 USD is not"),
    ("n: 5", "n: 5, at_least: 5", "at_least is not for milestones of kind every. They take kpi, n, period, where"),
    ("points: 500", "pionts: 500", "pionts is not part of a milestone. Did you mean points?"),
    ("points: 500", "points: 0", "points 0 is not a whole number from 1 to 1,000,000,000"),
    ("points: 500", "points: 1.5", "points 1.5 is not a whole number"),
    ("points: 500", "points: lots", "points lots is not a whole number"),
    ("points: 500", "points: {per: deal.amount, rate: 1%}", "points per unit of a field belong to one record. Use kind record"),
    ("kpi: won_count", "kpi: close_rate", "close_rate cannot be counted in steps. Use kind kpi with a threshold"),
    ("kpi: won_count", "kpi: won_amount", "n is money; 5 is not an amount with its currency. Write it like 5 USD"),
    ("kind: every", "kind: kpi", "n is not for milestones of kind kpi"),
    ("kind: every, n: 5", "kind: kpi", "the milestone names no threshold. Write one of at_least, above, at_most, below, between"),
    ("kind: every, n: 5", "kind: kpi, at_least: 5, above: 3", "the milestone names 2 thresholds (at_least, above)"),
    ("kind: every, n: 5", "kind: kpi, at_most: 5", "this threshold is also kept by doing nothing. Say how many records it takes"),
    (
        "kind: every, n: 5, kpi: won_count",
        "kind: kpi, at_least: 70, kpi: close_rate",
        "70 is not a share between 0 and 1. Write it like 70%",
    ),
    ("kind: every, n: 5, kpi: won_count", "kind: record", "when is missing: a milestone of kind record needs when"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_mistake_is_named_with_its_mending(old, new, said) -> None:
    good = HEAD.replace("{en: Quarter race, nl: Kwartaalrace}", "Race")
    good += "  - {id: a, title: A, kind: every, n: 5, kpi: won_count, period: quarter, points: 500}\n"
    load(good, file="q-race.yaml")
    assert old in good
    assert said in problems(good.replace(old, new, 1)).report()


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("{per: deal.amout, rate: 1%}", "deal.amout is not a field that can be counted. Did you mean deal.amount?"),
        ("{per: deal.stage, rate: 1%}", "deal.stage is not a field that can be counted"),
        ("{per: deal.amount}", "points per unit need either a rate, or every and points"),
        ("{per: deal.amount, every: 100}", "100 is not an amount with its currency. Write it like 100 USD"),
        ("{per: deal.amount, every: 0 USD}", "0 USD is not a step"),
        ("{per: deal.amount, rate: 1%, cap: 10, floor: 20}", "the cap (10) is below the floor (20). Raise the cap"),
        ("{per: deal.amount, rate: 1%, cpa: 10}", "cpa is not part of points. Did you mean cap?"),
        ("{per: deal.amount, rate: -1%}", "-1% is not a rate"),
    ],
)
def test_points_per_unit_are_checked_against_the_field(points, said) -> None:
    text = milestone(f"id: a, title: A, kind: record, when: {{field: deal.stage, is: won}}, points: {points}")
    assert said in problems(text).report()


def test_all_problems_come_at_once_and_in_the_order_of_the_file() -> None:
    text = HEAD.replace("0.01 USD", "nothing").replace("Amsterdam", "Amsterdm")
    text += "  - {id: a, title: A, kind: every, kpi: won_cuont, n: five, period: quater, points: many}\n"
    text += "  - {id: a, title: B, kind: recrod, points: 5}\n"
    refused = problems(text)
    assert [it.line for it in refused.problems] == sorted(it.line for it in refused.problems)
    assert [it.path for it in refused.problems] == [
        "time_zone",
        "point_value",
        "milestones[0].kpi",
        "milestones[0].period",
        "milestones[0].points",
        "milestones[1].id",
        "milestones[1].kind",
    ]
