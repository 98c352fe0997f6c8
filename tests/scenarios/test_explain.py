"""Why somebody has points or has not: deals go in by `process`, the command and the wallet's page say what decided."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.house import BOB, House, plain

from accolade import wiring
from accolade.flows.explain import Asked, Explainer
from accolade.flows.explanation import Explanation, Verdict, Why
from accolade.flows.explanation_json import as_json
from accolade.model.participants import Participant
from accolade.programs.loading import load
from accolade.store.audit import Audit
from accolade.store.closes import Closes
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants
from accolade.store.views import Views

PROGRAM = """
id: race
title: {en: Quarter race, nl: Kwartaalrace}
effective: {from: 2017-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
debt_limit: 300
milestones:
  - id: every-fifth
    title: {en: Every fifth win, nl: Elke vijfde gewonnen deal}
    kind: every
    kpi: won_count
    n: 5
    period: year
    points: 500
  - id: fast-win
    title: {en: "closed in {in_days}", nl: "gesloten in {in_days}"}
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, at_most: 14}]}
    points: 50
  - id: large
    title: {en: A large deal, nl: Een grote deal}
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.amount, at_least: 10000 USD}]}
    points: 200
  - id: rate
    title: {en: A good close rate, nl: Een goed slagingspercentage}
    kind: kpi
    kpi: close_rate
    period: year
    at_least: 70%
    min_sample: 2
    points: 300
"""


@pytest.fixture
def house(linked):
    return House(linked, PROGRAM)


def explained(house: House, *, person: Participant | None = None, scans: bool = True, **asked) -> Explanation:
    """What the command (`scans`) or the page would be told."""
    here = wiring.database()
    explainer = Explainer(
        connections=Connections(here),
        decisions=Decisions(here),
        views=Views(here),
        closes=Closes(here),
        rulebook=Programs(here).rulebook,
        records=Audit(here).records if scans else None,
    )
    found = explainer.explain(person or house.asha, Asked(**asked), now=house.now)
    json.dumps(as_json(found))
    return found


def one(house: House, milestone: str, record: str = "", **more) -> Why:
    found = [it for it in explained(house, milestone=milestone, record=record, **more).awards if it.milestone.id == milestone]
    assert len(found) == 1
    return found[0]


def deal(number: int) -> str:
    return f"0065e00000{number:05d}AAA"


def test_a_deal_won_two_days_too_late_says_so(house):
    house.deal(1, "Closed Won", days=16)
    why = one(house, "fast-win", deal(1))
    assert why.verdict is Verdict.NOT_MET
    (change,) = why.nearest
    assert (change.field, change.gap.amount, change.gap.unit) == ("deal.cycle_days", 2, "days")
    truths = {part.test.field: part.truth for part in why.conditions.parts}
    assert truths == {"deal.stage": True, "deal.cycle_days": False}


def test_an_award_shows_its_conditions_its_version_and_its_entry(house):
    house.deal(1, "Closed Won", name="Northwind")
    why = one(house, "fast-win", deal(1))
    assert (why.verdict, why.holding.posted, why.due, why.program.version) == (Verdict.PAID, 50, 50, 1)
    assert [entry.id for entry in why.entries] == [f"race/fast-win/{house.asha.number}/sf:deal:{deal(1)}#1"]
    assert why.record.name == "Northwind"
    assert [(step.kind, step.points) for step in why.steps] == [("points", 50)]


def test_a_small_deal_says_how_much_is_missing_and_an_unknown_amount_that_nobody_sent_it(house):
    house.deal(1, "Closed Won", Amount="8000.0")
    (change,) = one(house, "large", deal(1)).nearest
    assert (change.gap.amount, change.gap.currency, change.gap.short) == (200_000, "USD", True)
    house.deal(2, "Closed Won", Amount=None)
    why = one(house, "large", deal(2))
    assert why.verdict is Verdict.UNKNOWN
    assert why.nearest[0].answer.unknown == ("deal.amount",)


def test_a_foreign_currency_an_open_deal_and_a_deleted_one_say_so(house):
    house.deal(1, "Closed Won", Amount="20000.0", CurrencyIsoCode="EUR")
    house.deal(2, "Negotiation")
    assert one(house, "large", deal(1)).verdict in (Verdict.UNKNOWN, Verdict.CURRENCY)
    assert one(house, "fast-win", deal(2)).verdict is Verdict.OPEN


def test_wins_to_go_and_the_deals_that_count_are_shown(house):
    for number in range(1, 5):
        house.deal(number, "Closed Won", name=f"Deal {number}", after=number)
    why = one(house, "every-fifth")
    assert (why.verdict, why.measure.done, why.measure.needed, why.measure.value) == (Verdict.SHORT, 4, 5, 4)
    assert sorted(it.name for it in why.measure.records) == ["Deal 1", "Deal 2", "Deal 3", "Deal 4"]
    house.deal(5, "Closed Won", after=5)
    why = one(house, "every-fifth")
    assert (why.verdict, why.holding.posted, len(why.entries)) == (Verdict.PAID, 500, 1)


def test_a_close_rate_below_its_line_says_how_far(house):
    house.deal(1, "Closed Won")
    assert one(house, "rate").verdict is Verdict.SAMPLE
    house.deal(2, "Closed Lost")
    why = one(house, "rate")
    assert (why.verdict, why.measure.done, why.measure.needed) == (Verdict.SHORT, 50, 70)
    assert dict(why.measure.parts) == {"closed": 2, "won": 1, "lost": 1}


def test_points_that_went_back_keep_both_entries_and_say_what_is_missing_now(house):
    house.deal(1, "Closed Won")
    house.deal(1, "Negotiation", after=5)
    why = one(house, "fast-win", deal(1))
    assert (why.verdict, why.holding.posted) == (Verdict.OPEN, 0)
    assert [entry.kind.value for entry in why.entries] == ["accrual", "clawback"]


def test_a_deal_of_somebody_else_is_explained_by_the_command_and_hidden_from_the_page(house):
    house.people.register("acme", [Participant("acme", "bob", "", "Bob", identities={"salesforce": BOB})])
    bob = house.people.by_id("acme", "bob")
    house.deal(1, "Closed Won", owner=BOB, name="Secret deal of Bob")
    why = one(house, "fast-win", deal(1))
    assert (why.verdict, why.detail) == (Verdict.OTHER, bob.number)
    assert explained(house, scans=False, milestone="fast-win", record=deal(1)).awards == ()
    assert one(house, "fast-win", deal(1), person=bob, scans=False).verdict is Verdict.PAID


def test_a_deal_whose_owner_nobody_knows_waits_for_them(house):
    house.deal(1, "Closed Won", owner=BOB)
    why = one(house, "fast-win", deal(1))
    assert (why.verdict, why.detail) == (Verdict.OWNER, BOB)


def test_a_deal_from_before_the_program_names_the_day_it_began(house):
    house.deal(1, "Closed Won", CloseDate="2016-06-01", CreatedDate="2016-05-30T00:00:00.000Z")
    why = one(house, "fast-win", deal(1))
    assert (why.verdict, why.detail) == (Verdict.BEFORE, "2017-01-01")


def test_the_nearest_of_what_is_missing_comes_first(house):
    for number in range(1, 5):
        house.deal(number, "Closed Won", days=40, Amount="100.0", after=number)
    missing = explained(house).missing
    assert (missing[0].milestone.id, missing[0].share.limit_denominator(100)) == ("every-fifth", pytest.approx(0.2))


def test_the_page_explains_a_line_and_links_from_the_wallet(house):
    house.deal(1, "Closed Won", name="Northwind")
    token = house.links.token(house.tenant, house.asha, house.now)
    wallet = house.ask("w", token)
    assert f'href="../explain/{token}?line=1&amp;lang=en"' in wallet["body"]
    answer = house.ask("explain", token, query={"line": "1"})
    assert answer["statusCode"] == 200
    text = plain(answer)
    assert "Closed in 6 days +50" in text
    assert "You have 50 points for it." in text
    assert "The number of days from creation to closing is at most 14 met: it is 6" in text
    assert "Quarter race, version 1" in text
    assert "What else it could have given" in text
    assert "A large deal : Northwind" in text
    assert "(it was $1,000.00; $9,000.00 short)" in text
    dutch = plain(house.ask("explain", token, query={"line": "1", "lang": "nl"}))
    assert "Je hebt er 50 punten voor." in dutch


def test_the_page_says_what_is_missing_and_answers_programs_in_json(house):
    house.deal(1, "Closed Won", days=16, name="Northwind")
    house.deal(2, "Closed Won", name="Paid", after=2)
    token = house.links.token(house.tenant, house.asha, house.now)
    text = plain(house.ask("explain", token, query={"milestone": "fast-win", "record": f"sf:deal:{deal(1)}"}))
    assert "(it was 16; missed by 2 days)" in text
    answer = house.ask("explain", token, query={"record": deal(1)}, accept="application/json")
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "no-store"
    found = {award["milestone"]: award for award in json.loads(answer["body"])["awards"]}
    assert found["fast-win"]["verdict"] == "not_met"
    assert found["fast-win"]["nearest"][0]["missed_by"] == "2 days"
    assert found["every-fifth"]["measure"]["value"] == 2
    everything = plain(house.ask("explain", token))
    assert "What is not earned yet" in everything
    assert "3 wins to go: 2 of 5." in everything


@pytest.mark.parametrize(
    "query",
    [
        {"line": "9"},
        {"line": "9" * 30},
        {"line": "x"},
        {"record": "sf:deal:nothing"},
        {"record": "sf:deal:" + "x" * 5000},
        {"record": "::"},
        {"milestone": "no-such-goal"},
        {"milestone": "<script>", "record": "'--"},
    ],
)
def test_what_is_not_there_opens_nothing(house, query):
    house.deal(1, "Closed Won", name="Northwind", days=16)
    house.deal(2, "Closed Won", after=1)
    token = house.links.token(house.tenant, house.asha, house.now)
    answer = house.ask("explain", token, query=query)
    assert answer["statusCode"] == 404
    assert "script" not in answer["body"].replace("subscript", "")


def test_a_rep_reads_no_other_reps_reasons(house):
    house.people.register("acme", [Participant("acme", "bob", "", "Bob", identities={"salesforce": BOB})])
    bob = house.people.by_id("acme", "bob")
    house.deal(1, "Closed Won", name="Secret deal of Asha")
    token = house.links.token(house.tenant, bob, house.now)
    for query in ({"line": "1"}, {"record": deal(1)}, {"record": f"sf:deal:{deal(1)}", "milestone": "fast-win"}):
        for accept in ("text/html", "application/json"):
            answer = house.ask("explain", token, query=query, accept=accept)
            assert answer["statusCode"] == 404
            assert "Secret" not in answer["body"]
    assert "Secret" not in house.ask("explain", token)["body"]


def test_only_a_good_wallet_link_opens_the_reasons(house):
    house.deal(1, "Closed Won")
    good = house.links.token(house.tenant, house.asha, house.now)
    expired = house.links.token(house.tenant, house.asha, house.now - timedelta(days=91))
    nobody = house.links.token(house.tenant, replace(house.asha, number="P000099"), house.now)
    other = house.links.token(Tenants(wiring.database()).ensure("other", name="Other"), house.asha, house.now)
    for token in ("", good[:-1], expired, nobody, other, house.unsubscribe_token()):
        answer = house.ask("explain", token, query={"line": "1"})
        assert answer["statusCode"] == 404
    assert house.ask("explain", good, method="POST", query={"line": "1"})["statusCode"] == 404


RICH = """
id: rich
title: {en: Rich rules}
effective: {from: 2017-01-01}
audience: {field: participant.team, is: West}
time_zone: UTC
currency: USD
point_value: 0.01 USD
debt_limit: 300
budget: {points: 100000}
milestones:
  - id: share
    title: A share
    kind: record
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 10%}
    multipliers: [{times: 1.5, when: {field: deal.cycle_days, below: 10}}]
    hold: 30 days
  - id: capped
    title: Capped
    kind: record
    when: {field: deal.stage, is: won}
    points: 60
    caps: [{points: 100, per: participant, period: year, over: trim}]
  - id: looked-at
    title: Looked at
    kind: record
    when: {field: deal.stage, is: won}
    points: 500
    approval_above: 400
  - id: first
    title: The first
    kind: rank
    kpi: won_count
    period: year
    top: 1
    pot: 1000
    shares: [100%]
  - id: lots
    title: Lots
    kind: kpi
    kpi: won_amount
    period: year
    at_least: 5000 USD
    points: 100
"""


@pytest.fixture
def rich(house):
    from accolade.programs.loading import load

    programs = Programs(wiring.database())
    programs.publish("acme", load(RICH, file="rich.yaml"), title="Rich rules", now=house.now)
    house.people.update(replace(house.asha, team="West"))
    house.asha = house.people.by_id("acme", "asha")
    wiring.point_at({})
    return House.again(house)


def test_holds_caps_multipliers_and_approvals_are_shown_step_by_step(rich):
    rich.deal(1, "Closed Won", Amount="1000.0")
    rich.deal(2, "Closed Won", after=1, Amount="1000.0")
    share = one(rich, "share", deal(1))
    assert (share.verdict, share.holding.posted, share.holding.pending) == (Verdict.PENDING, 150, 150)
    assert [(step.kind, step.points, step.applied) for step in share.steps] == [
        ("points", 100, True),
        ("times", 150, True),
        ("hold", 150, True),
    ]
    capped = one(rich, "capped", deal(2))
    assert (capped.verdict, capped.due) == (Verdict.PAID, 40)
    assert [(step.kind, step.points) for step in capped.steps] == [("points", 60), ("cap", 40)]
    assert one(rich, "looked-at", deal(1)).verdict is Verdict.AWAITING
    token = rich.links.token(rich.tenant, rich.asha, rich.now)
    text = plain(rich.ask("explain", token, query={"record": deal(1), "milestone": "share"}))
    assert "Times 1.5, because the number of days from creation to closing is below 10: 150 points." in text
    assert "150 points are pending until" in text
    everything = plain(rich.ask("explain", token, query={"record": deal(1)}))
    assert "What else it gave" in everything
    assert "500 points wait for a person who has to approve them." in everything


def test_what_a_program_that_has_just_come_will_give_is_on_its_way(house):
    house.deal(1, "Closed Won")
    late = RICH.replace("id: rich", "id: late").replace("audience: {field: participant.team, is: West}\n", "audience: everyone\n")
    Programs(wiring.database()).publish("acme", load(late, file="late.yaml"), title="Late", now=house.now)
    wiring.point_at({})
    share = next(it for it in explained(house, milestone="share").awards if it.milestone.id == "share")
    assert (share.verdict, share.due, share.held) == (Verdict.COMING, 150, False)
    assert "150 points are due, and come within two minutes." in plain(
        house.again().ask("explain", house.links.token(house.tenant, house.asha, house.now), query={"milestone": "share"})
    )


def test_what_is_judged_at_the_end_says_when_and_what_is_short_says_how_much(rich):
    rich.deal(1, "Closed Won", Amount="1000.0")
    assert one(rich, "first").verdict is Verdict.CLOSING
    lots = one(rich, "lots")
    assert (lots.verdict, lots.measure.done, lots.measure.needed) == (Verdict.SHORT, 100_000, 500_000)


def test_who_is_not_in_the_audience_is_told_which_question_decided(rich):
    rich.people.update(replace(rich.asha, team="East"))
    rich.asha = rich.people.by_id("acme", "asha")
    rich.deal(1, "Closed Won", Amount="1000.0")
    why = one(rich, "looked-at", deal(1))
    assert why.verdict is Verdict.AUDIENCE
    assert (why.audience.test.field, why.audience.seen) == ("participant.team", "East")
    assert one(rich, "lots", deal(1)).verdict is Verdict.AUDIENCE
