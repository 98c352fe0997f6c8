"""Engagement: what people bring in, learn, answer, publish and claim; worked by hand."""

from datetime import date

import pytest
from tests.counting import Q1, worth

from accolade import kpis
from accolade.kpis import Moment

DAY = date(2018, 2, 1)


def of(record: str, /, **fields: object) -> dict[str, object]:
    return {f"{record}.{name}": value for name, value in fields.items()}


@pytest.mark.parametrize("kind", ["referral", "review", "content"])
def test_what_was_done_counts_and_what_was_planned_or_cancelled_does_not(kind):
    activities = [{"happened_on": DAY}, {"happened_on": DAY, "stage": "won"}, {"happened_on": DAY, "done": True}]
    others = [{"happened_on": DAY, "stage": "lost"}, {"due_on": DAY, "stage": "open"}, {"due_on": DAY}]
    assert worth(kind, [of("activity", kind=kind, **it) for it in activities + others]) == 3
    assert worth(kind, [of("activity", kind="call", happened_on=DAY)]) == 0


def test_a_training_counts_once_it_is_passed():
    passed, ended = of("training", completed_on=DAY, passed=True), of("training", completed_on=DAY, stage="won")
    failed, running = of("training", completed_on=DAY, passed=False), of("training", assigned_on=DAY, stage="open")
    assert worth("training", [passed, ended, failed, running]) == 2


def test_a_training_that_the_crm_ended_without_a_pass_is_not_passed():
    assert worth("training", [of("training", completed_on=DAY, stage="won", passed=False)]) == 0


def test_only_answers_to_our_own_surveys_count_as_answers_of_ours():
    asked = [of("survey_response", kind=kind, answered_on=DAY) for kind in ("custom", "custom", "csat", "nps", "ces")]
    assert worth("survey", asked) == 2


def test_a_claim_counts_when_it_is_approved_in_the_period_it_was_submitted_in():
    claims = [of("claim", submitted_on=DAY, decided_on=date(2018, 5, 1), stage=it) for it in ("won", "won", "lost", "open")]
    assert worth("claims", claims, Q1) == 2


def test_money_counts_on_the_day_it_comes_in():
    paid = of("invoice", amount=120_00, currency="EUR", issued_on=date(2017, 12, 1), paid_on=DAY, stage="won")
    assert list(kpis.kpi("invoices_paid").moments(paid)) == [Moment(DAY, {"paid": 1, "amount": 120_00})]
    assert worth("invoices_paid", [paid, paid | {"invoice.stage": "open"}, paid | {"invoice.amount": None}]) == 120_00
    assert worth("invoices_paid", [paid | {"invoice.paid_on": None}]) == 0
