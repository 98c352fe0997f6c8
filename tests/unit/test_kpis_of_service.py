"""Service: how fast, how well and how lastingly questions are answered; worked by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.counting import Q1, columns, worth

CAME = datetime(2018, 2, 5, 9, 0, tzinfo=UTC)


def ticket(*, answered: float | None = None, closed: float | None = None, **fields: object) -> dict[str, object]:
    """A ticket of 5 February, 9:00, answered and closed so many minutes later."""
    found: dict[str, object] = {"ticket.created_at": CAME, "ticket.created_on": CAME.date(), "ticket.stage": "open"}
    if answered is not None:
        found["ticket.first_response_at"] = CAME + timedelta(minutes=answered)
    if closed is not None:
        end = CAME + timedelta(minutes=closed)
        found |= {"ticket.closed_at": end, "ticket.closed_on": end.date(), "ticket.stage": "won"}
    return found | {f"ticket.{name}": value for name, value in fields.items()}


def answer(kind: str, score: object, **fields: object) -> dict[str, object]:
    found = {"survey_response.kind": kind, "survey_response.score": score, "survey_response.answered_on": date(2018, 2, 1)}
    return found | {f"survey_response.{name}": value for name, value in fields.items()}


def test_half_of_the_tickets_were_answered_within_45_minutes():
    assert worth("response_time", [ticket(answered=30), ticket(answered=60)]) == 45 * 60
    assert worth("response_time", [ticket(answered=30), ticket(answered=60), ticket(answered=500)]) == 3600


def test_nine_of_ten_tickets_were_answered_within_nine_minutes():
    assert worth("response_time", [ticket(answered=n) for n in range(1, 11)], measure="p90") == 9 * 60


def test_a_ticket_that_nobody_answered_yet_or_that_was_answered_before_it_came_adds_nothing():
    assert worth("response_time", [ticket(), ticket(answered=-5)]) is None
    assert worth("response_time", [ticket(), ticket(answered=0)]) == 0


def test_leads_are_answered_too():
    lead = {"lead.created_at": CAME, "lead.created_on": CAME.date(), "lead.first_response_at": CAME + timedelta(minutes=55)}
    assert worth("response_time", [lead], of="lead") == 3300
    assert worth("response_time", [lead]) is None


def test_a_response_time_survives_the_change_of_clocks():
    """In Amsterdam the clocks went forward at 01:00 UTC on 25 March 2018: elapsed time does not care."""
    came = datetime(2018, 3, 25, 0, 30, tzinfo=UTC)
    late = {"created_at": came, "created_on": came.date(), "first_response_at": came + timedelta(hours=1)}
    assert worth("response_time", [ticket(**late)]) == 3600


def test_tickets_are_solved_in_two_hours_at_the_median():
    tickets = [ticket(closed=60), ticket(closed=120), ticket(closed=600)]
    assert worth("resolution_time", tickets) == 7200
    assert columns("resolution_time", tickets) == {"count": 3, "reopened": 0}


def test_a_ticket_closed_without_a_solution_is_not_resolved():
    assert worth("resolution_time", [ticket(closed=5, stage="lost")]) is None
    assert worth("resolution_time", [ticket(closed=5, stage="open")]) is None


def test_who_hurries_tickets_shut_has_no_resolution_time():
    tickets = [ticket(closed=10, reopened=1), *(ticket(closed=60) for _ in range(9))]
    assert worth("resolution_time", tickets) == 3600
    assert worth("resolution_time", tickets, reopened_at_most="10") == 3600
    assert worth("resolution_time", [*tickets, ticket(closed=10, reopenings=2)], reopened_at_most="10") is None


def test_one_of_four_closed_tickets_came_back():
    tickets = [ticket(closed=1), ticket(closed=1, stage="lost"), ticket(closed=1), ticket(stage="open", reopened=1)]
    assert worth("reopen_rate", tickets) == Fraction(1, 4)
    assert columns("reopen_rate", tickets) == {"closed": 4, "reopened": 1}
    assert worth("reopen_rate", [ticket(), ticket()]) is None


def test_the_crm_says_whether_a_service_level_was_kept():
    kept, broken = ticket(closed=10, sla_met=True), ticket(closed=10, sla_met=False)
    assert worth("sla", [kept, kept, broken]) == Fraction(2, 3)


def test_without_a_word_of_the_crm_the_due_time_decides():
    due = CAME + timedelta(minutes=60)
    assert worth("sla", [ticket(closed=60, due_at=due), ticket(closed=61, due_at=due)]) == Fraction(1, 2)
    assert worth("sla", [ticket(closed=60)]) is None


def test_an_open_ticket_has_not_kept_its_service_level_yet_but_may_have_broken_it():
    assert worth("sla", [ticket(sla_met=True)]) is None
    assert worth("sla", [ticket(sla_met=True), ticket(sla_met=False)]) == 0


def test_two_of_three_tickets_were_solved_with_one_answer():
    once, twice, back = ticket(closed=9, replies=1), ticket(closed=9, replies=2), ticket(closed=9, replies=1, reopened=1)
    assert worth("first_contact", [once, ticket(closed=9, replies=0), twice]) == Fraction(2, 3)
    assert worth("first_contact", [back]) == 0
    assert worth("first_contact", [ticket(closed=9), ticket(replies=1)]) is None


def test_four_answers_are_too_few_to_speak_of_satisfaction_and_five_are_enough():
    fours = [answer("csat", Decimal(4))] * 4
    assert worth("csat", fours) is None
    assert worth("csat", [*fours, answer("csat", Decimal(3))]) == Fraction(4, 5)


def test_satisfied_is_four_fifths_of_the_best_score_on_any_scale():
    ten = [answer("csat", score, scale=10) for score in (8, 9, 10, 7, 0)]
    assert worth("csat", ten) == Fraction(3, 5)
    assert worth("csat", [answer("csat", Decimal("3.9"))] * 5) == 0


@pytest.mark.parametrize("score", [None, 6, -1, "5"])
def test_a_score_that_cannot_be_is_no_answer(score):
    assert worth("csat", [answer("csat", 5)] * 4 + [answer("csat", score)]) is None


def test_two_promoters_and_one_detractor_of_five_make_twenty():
    assert worth("nps", [answer("nps", score) for score in (10, 9, 8, 7, 6)]) == 20
    assert worth("nps", [answer("nps", 0)] * 5) == -100
    assert worth("nps", [answer("nps", 10)] * 7) == 100
    assert worth("nps", [answer("nps", score) for score in (9, 9, 7, 7, 0, 8)]) == Fraction(50, 3)


def test_four_answers_make_no_promoter_score_and_neither_do_other_scales_or_questions():
    assert worth("nps", [answer("nps", 10)] * 4) is None
    assert worth("nps", [answer("nps", 5, scale=5)] * 6) is None
    assert worth("nps", [answer("csat", 5)] * 6) is None


def test_only_the_tickets_of_the_quarter_count():
    spring = date(2018, 4, 1)
    assert worth("response_time", [ticket(answered=9), ticket(answered=90, created_on=spring)], Q1) == 540
