"""Adoption and data: whether people work with the CRM, in time and completely; worked by hand."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from tests.counting import Q1, columns, worth

WEEK = (date(2018, 1, 1), date(2018, 1, 8))
"""Monday to Sunday."""
NOON = datetime(2018, 1, 2, 12, tzinfo=UTC)


def activity(day: int, **fields: object) -> dict[str, object]:
    """An activity of January 2018, written down on that day."""
    on = date(2018, 1, day)
    found: dict[str, object] = {"activity.kind": "call", "activity.created_on": on, "activity.happened_on": on}
    return found | {f"activity.{name}": value for name, value in fields.items()}


def logged(hours: float) -> dict[str, object]:
    return activity(2, happened_at=NOON, logged_at=NOON + timedelta(hours=hours))


def deal(**fields: object) -> dict[str, object]:
    found: dict[str, object] = {"created_on": date(2018, 1, 2), "stage": "open"}
    return {f"deal.{name}": value for name, value in (found | fields).items()}


def test_three_active_days_of_five_working_days():
    week = [activity(1), activity(1), activity(2), activity(5)]
    assert worth("adoption_activity", week, WEEK) == Fraction(3, 5)
    assert columns("adoption_activity", week, WEEK) == {"active_days": 3, "working_days": 5}


def test_a_sunday_counts_only_where_people_work_on_sundays():
    assert worth("adoption_activity", [activity(7)], WEEK) == 0
    assert worth("adoption_activity", [activity(6)], WEEK, week="6") == Fraction(1, 6)
    assert worth("adoption_activity", [activity(7)], WEEK, week="7") == Fraction(1, 7)


def test_working_days_are_counted_over_any_period():
    assert columns("adoption_activity", [], Q1)["working_days"] == 65
    assert columns("adoption_activity", [], (date(2018, 2, 1), date(2018, 3, 1)))["working_days"] == 20
    assert columns("adoption_activity", [], (date(2018, 1, 6), date(2018, 1, 8)))["working_days"] == 0


def test_without_working_days_there_is_no_share_of_them():
    assert worth("adoption_activity", [activity(6)], (date(2018, 1, 6), date(2018, 1, 8))) is None
    assert worth("adoption_activity", [activity(1)], (date.min, date.max)) is None


def test_a_cancelled_activity_makes_no_active_day():
    assert worth("adoption_activity", [activity(1, stage="lost")], WEEK) == 0


@pytest.mark.parametrize(
    ("hours", "credit"), [(-1, 1), (0, 1), (24, 1), (24.001, Fraction(1, 2)), (72, Fraction(1, 2)), (72.001, 0), (900, 0)]
)
def test_who_writes_down_at_once_gets_all_and_who_waits_for_three_days_nothing(hours, credit):
    assert worth("adoption_timeliness", [logged(hours)]) == credit


def test_timeliness_is_the_mean_of_the_credits():
    assert worth("adoption_timeliness", [logged(1), logged(30), logged(100)]) == Fraction(1, 2)
    assert worth("adoption_timeliness", [activity(2)]) is None


def test_three_of_four_required_fields_are_filled_in():
    deals = [deal(amount=100, next_step="call"), deal(amount=0, next_step="  ")]
    assert worth("adoption_completeness", deals, fields="amount, next_step") == Fraction(3, 4)
    assert columns("adoption_completeness", deals, fields="amount next_step") == {"records": 2, "required": 4, "filled": 3}


def test_a_field_hidden_from_a_role_is_not_asked_of_it():
    support = deal(amount=100) | {"participant.role": "Field support"}
    asked = {"fields": "amount margin", "hidden": "margin:field_support"}
    assert worth("adoption_completeness", [support], **asked) == 1
    assert worth("adoption_completeness", [support | {"participant.role": "rep"}], **asked) == Fraction(1, 2)
    assert worth("adoption_completeness", [support], fields="margin", hidden="margin") is None


def test_an_authors_own_field_may_be_required():
    assert worth("adoption_completeness", [deal(margin="12"), deal()], fields="margin") == Fraction(1, 2)


def test_each_type_has_fields_that_are_required_where_the_author_names_none():
    account = {"account.created_on": date(2018, 1, 2), "account.industry": "steel", "account.country": "NL"}
    assert worth("adoption_completeness", [account], of="account") == Fraction(2, 3)
    assert worth("adoption_completeness", [account]) is None


def test_half_of_what_was_due_was_done_by_then():
    done = [activity(3, due_on=date(2018, 1, 3)), activity(4, due_on=date(2018, 1, 3)), activity(4)]
    assert worth("on_time", done) == Fraction(1, 2)
    course = {"training.due_on": date(2018, 1, 9), "training.completed_on": date(2018, 1, 9)}
    assert worth("on_time", [course], of="training") == 1
    assert worth("on_time", [activity(4)]) is None


def test_merging_and_cleaning_counts_but_not_merging_ones_own_duplicate():
    kept = [activity(2, kind="merge"), activity(3, kind="cleanup", done=True), activity(3, kind="merge", own_record=False)]
    lost = [activity(2, kind="merge", own_record=True), activity(2), activity(3, kind="merge", stage="lost")]
    assert worth("data_vigilance", kept + lost) == 3


def test_what_is_only_planned_is_not_done():
    planned = [activity(2, kind="merge", done=False), activity(2, kind="cleanup", stage="open")]
    unknown = [activity(2, kind="merge", happened_on=None)]
    assert worth("data_vigilance", planned + unknown) == 0


def test_two_of_three_open_deals_say_what_comes_next():
    deals = [deal(next_step="visit"), deal(next_step_on=date(2018, 2, 1)), deal(next_step=""), deal(stage="won")]
    assert worth("next_step_set", deals) == Fraction(2, 3)
    assert worth("next_step_set", [deal(stage="lost")]) is None


def test_one_of_two_contacts_has_a_persona():
    known, unknown = (
        {"contact.created_on": date(2018, 1, 2), "contact.persona": "buyer"},
        {"contact.created_on": date(2018, 1, 2)},
    )
    assert worth("persona_filled", [known, unknown]) == Fraction(1, 2)
    assert worth("persona_filled", [{"lead.created_on": date(2018, 1, 2), "lead.persona": "user"}], of="lead") == 1


def test_a_deal_that_changed_hands_says_what_the_next_one_has_to_know():
    changed = {"owner_changes": 1, "owner_since": NOON}
    deals = [deal(**changed, handover_note="calls on Mondays"), deal(**changed), deal(owner_changes=0, owner_since=NOON)]
    assert worth("handoff_completeness", deals) == Fraction(1, 2)
    assert worth("handoff_completeness", deals, fields="handover_note, next_step") == 0
    assert worth("handoff_completeness", [deal()]) is None
