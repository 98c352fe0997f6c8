"""Why a condition was or was not met, and what would have met it: the truth is the compiled predicate's, the change works."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from tests.unit.program_texts import asked
from tests.unit.test_random_conditions import VALUES, records, trees

from accolade.programs.compiling import compiled
from accolade.programs.conditions import parse
from accolade.programs.distances import Gap
from accolade.programs.explaining import Answer, Finding, Group, answers, applied, explain, nearest_miss
from accolade.programs.explaining_words import (
    change_words,
    gap_words,
    plain_gap,
    plain_miss,
    plain_missed,
    plain_unknown,
    plain_value,
    seen_words,
    unknown_words,
)
from accolade.texts import texts

EN, NL = texts("en"), texts("nl")


def tree_of(raw):
    where = asked()
    tree = parse(raw, where, ())
    assert tree is not None, where.findings.refuse().report()
    return tree


def kleene(finding: Finding) -> bool | None:
    """What a finding should come to by its own questions."""
    if isinstance(finding, Answer):
        return finding.truth
    inner = [kleene(part) for part in finding.parts]
    if finding.word == "not":
        return None if inner[0] is None else not inner[0]
    strong = finding.word == "any"
    return strong if strong in inner else None if None in inner else not strong


@given(trees, records)
def test_what_is_explained_is_what_is_decided(raw, record):
    tree = parse(raw, asked(), ())
    if tree is None:
        return
    finding = explain(tree, record)
    assert finding.truth is compiled(tree)(record)
    assert kleene(finding) is finding.truth
    for answer in answers(finding):
        assert (answer.truth is None) == bool(answer.unknown or answer.foreign)


@given(trees, records)
def test_the_change_that_is_named_would_have_done(raw, record):
    tree = parse(raw, asked(), ())
    if tree is None:
        return
    way = nearest_miss(tree, record)
    if compiled(tree)(record) is True:
        assert way == ()
        return
    changed = applied(way, record) if way else None
    if changed is not None:
        assert compiled(tree)(changed) is True
        assert len({change.field for change in way}) == len(way)


@given(trees, records)
def test_no_smaller_set_of_questions_would_have_done(raw, record):
    """Answering fewer of the tree's questions otherwise never makes it true (by brute force over small trees)."""
    tree = parse(raw, asked(), ())
    if tree is None or not (way := nearest_miss(tree, record)):
        return
    found = explain(tree, record)
    questions = list(answers(found))
    fields = sorted({answer.test.field for answer in questions})
    if len(fields) < len(questions):
        return  # two questions about one field cannot be answered each on its own
    for size in range(len({change.field for change in way})):
        for chosen in combinations(fields, size):
            assert not _could(found, set(chosen)), f"{chosen} would do, {way} is named"


def _could(finding: Finding, free: set[str]) -> bool:
    """Whether the finding can be true if the questions about these fields are answered at will, each on its own."""
    return True in _possible(finding, free)


def _possible(finding: Finding, free: set[str]) -> set[bool | None]:
    if isinstance(finding, Answer):
        return {True, False} if finding.test.field in free else {finding.truth}
    inner = [_possible(part, free) for part in finding.parts]
    if finding.word == "not":
        return {None if it is None else not it for it in inner[0]}
    strong = finding.word == "any"
    if any(strong in it for it in inner):
        others = {not strong} if all((not strong) in it for it in inner) else set()
        return {strong, *others}
    return {not strong} if all((not strong) in it for it in inner) else {None}


FAST = {"all": [{"field": "deal.stage", "is": "won"}, {"field": "deal.cycle_days", "below": 14}]}


def test_a_deal_won_two_days_late_was_missed_by_as_many_days_as_it_takes():
    won = {"deal.stage": "won", "deal.cycle_days": 16}
    (change,) = nearest_miss(tree_of(FAST), won)
    assert (change.field, change.needed, change.gap.amount, change.gap.unit, change.gap.short) == (
        "deal.cycle_days",
        13,
        3,
        "days",
        False,
    )
    at_most = tree_of({"field": "deal.cycle_days", "at_most": 14})
    assert nearest_miss(at_most, won)[0].gap.amount == 2


def test_an_amount_too_small_is_short_in_its_currency():
    tree = tree_of({"field": "deal.amount", "at_least": "10000 USD"})
    (change,) = nearest_miss(tree, {"deal.amount": 800_000, "deal.currency": "USD"})
    assert (change.gap.amount, change.gap.unit, change.gap.currency, change.gap.short) == (200_000, "money", "USD", True)


def test_what_is_not_known_is_named():
    tree = tree_of({"field": "deal.amount", "at_least": "10000 USD"})
    assert explain(tree, {"deal.currency": "USD"}).unknown == ("deal.amount",)
    assert explain(tree, {}).unknown == ("deal.amount", "deal.currency")
    foreign = explain(tree, {"deal.amount": 900_000, "deal.currency": "EUR"})
    assert (foreign.truth, foreign.unknown, foreign.foreign) == (None, (), "EUR")


def test_the_nearest_of_several_ways_is_named():
    raw = {
        "any": [
            {"all": [{"field": "deal.stage", "is": "won"}, {"field": "deal.seats", "at_least": 100}]},
            {"field": "deal.cycle_days", "below": 10},
            {"all": [{"field": "deal.stage", "is": "won"}, {"field": "deal.seats", "at_least": 20}]},
        ]
    }
    (change,) = nearest_miss(tree_of(raw), {"deal.stage": "won", "deal.seats": 19, "deal.cycle_days": 30})
    assert (change.field, change.needed) == ("deal.seats", 20)
    way = nearest_miss(tree_of(raw), {"deal.stage": "lost", "deal.seats": 19, "deal.cycle_days": 30})
    assert [(change.field, change.needed) for change in way] == [("deal.cycle_days", 9)]


def test_what_no_deal_could_meet_has_no_nearest_miss():
    tree = tree_of({"all": [{"field": "deal.seats", "above": 5}, {"field": "deal.seats", "below": 5}]})
    assert nearest_miss(tree, {"deal.seats": 5}) == ()


def test_two_bounds_of_one_field_are_one_change():
    tree = tree_of({"all": [{"field": "deal.seats", "at_least": 5}, {"field": "deal.seats", "at_least": 9}]})
    (change,) = nearest_miss(tree, {"deal.seats": 3})
    assert change.needed == 9


@pytest.mark.parametrize(
    ("raw", "values", "needed"),
    [
        ({"field": "deal.margin", "above": "3.5"}, {"deal.margin": Decimal("3.5")}, Decimal("3.6")),
        ({"field": "deal.seats", "between": [5, 9]}, {"deal.seats": 12}, 9),
        ({"not": {"field": "deal.seats", "between": [5, 9]}}, {"deal.seats": 8}, 10),
        ({"field": "deal.type", "in": ["new", "renewal"]}, {"deal.type": "other"}, "new"),
        ({"not": {"field": "deal.renewal", "is": True}}, {"deal.renewal": True}, False),
        (
            {"field": "deal.created_on", "within": "1 month"},
            {"deal.created_on": date(2026, 1, 1), "deal.close_date": date(2026, 3, 31)},
            date(2026, 2, 28),
        ),
        (
            {"field": "deal.signed_at", "within": "1 day"},
            {"deal.signed_at": datetime(2026, 3, 1, tzinfo=UTC), "deal.close_date": date(2026, 3, 31)},
            datetime(2026, 3, 29, 22, tzinfo=UTC),
        ),
        (
            {"field": "deal.amount", "compares_to": {"at_least": "deal.list_price", "factor": "0.9"}},
            {"deal.amount": 100, "deal.list_price": 333, "deal.currency": "USD"},
            300,
        ),
        ({"field": "deal.created_on", "above": "9999-12-31"}, {"deal.created_on": date(2026, 1, 1)}, None),
    ],
)
def test_the_nearest_value_that_does(raw, values, needed):
    way = nearest_miss(tree_of(raw), values)
    assert (way[0].needed if way else None) == needed


def test_groups_tell_their_own_truth():
    finding = explain(tree_of({"any": [FAST, {"not": {"field": "deal.seats", "is_set": True}}]}), {"deal.stage": "won"})
    assert isinstance(finding, Group)
    assert [finding.word, finding.truth, *((part.word, part.truth) for part in finding.parts)] == [
        "any",
        True,
        ("all", None),
        ("not", True),
    ]
    assert set(VALUES) >= {answer.test.field for answer in answers(finding)}


def test_a_miss_is_said_as_a_colleague_would():
    late = nearest_miss(tree_of(FAST), {"deal.stage": "won", "deal.cycle_days": 16})[0]
    assert plain_miss(late) == "deal.cycle_days below 14 (it is 16, missed by 3 days)"
    assert change_words(late, EN) == ("the number of days from creation to closing is below 14 (it was 16; missed by 3 days)")
    assert "16; het scheelde 3 dagen" in change_words(late, NL)
    small = tree_of({"field": "deal.amount", "at_least": "10000 USD"})
    short = nearest_miss(small, {"deal.amount": 800_000, "deal.currency": "USD"})[0]
    assert plain_miss(short) == "deal.amount at_least 10000 USD (it is 8,000 USD, 2,000 USD short)"
    assert "it was $8,000.00; $2,000.00 short" in change_words(short, EN)
    dear = tree_of({"field": "deal.amount", "below": "100 USD"})
    assert plain_missed(nearest_miss(dear, {"deal.amount": 10_050, "deal.currency": "USD"})[0].gap) == "0.51 USD too much"


def test_what_nobody_sent_is_said_so():
    small = tree_of({"field": "deal.amount", "at_least": "10000 USD"})
    unknown = explain(small, {"deal.currency": "USD"})
    assert plain_unknown(unknown) == "deal.amount is not known: the CRM has not sent it"
    assert unknown_words(unknown, EN) == "the amount is not known: the CRM has not sent it"
    assert seen_words(unknown, EN) == ""
    foreign = explain(small, {"deal.amount": 900_000, "deal.currency": "EUR"})
    assert plain_unknown(foreign) == "deal.currency is EUR, the rule counts in USD"
    assert unknown_words(foreign, EN) == "the amount is in EUR, and this rule counts in USD"
    assert seen_words(foreign, EN) == "€9,000.00"
    tenure = explain(tree_of({"field": "participant.tenure_days", "below": 90}), {})
    assert plain_unknown(tenure) == "participant.tenure_days is not known: no import has said it"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("59", "59 seconds"), ("0.5", "1 second"), ("119", "119 seconds"), ("7200", "2 hours"), ("172801", "3 days")],
)
def test_lengths_of_time_are_rounded_up_to_what_one_can_grasp(seconds, words):
    distance = Gap(Fraction(seconds), "seconds", True, Fraction(1))
    assert plain_gap(distance) == words
    assert gap_words(distance, EN) == words


@given(trees, records)
def test_every_finding_can_be_said_in_both_languages(raw, record):
    tree = parse(raw, asked(), ())
    if tree is None:
        return
    for change in nearest_miss(tree, record):
        assert plain_miss(change)
        assert change_words(change, NL)
        assert "%(" not in change_words(change, EN)
    for answer in answers(explain(tree, record)):
        assert plain_value(answer)
        assert bool(unknown_words(answer, NL)) is (answer.truth is None) is bool(plain_unknown(answer))
