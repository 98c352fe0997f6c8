"""Matching many rules at once gives exactly what asking each of them gives."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.program_texts import asked
from tests.unit.test_random_conditions import records, trees

from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition
from accolade.programs.conditions import parse
from accolade.programs.matching import Matcher


def tree_of(raw: object) -> Condition | None:
    return parse(raw, asked(), ())


def matcher(*raws: object) -> Matcher[int]:
    """Rules named by their position; None is always true."""
    trees_ = [None if raw is None else tree_of(raw) for raw in raws]
    assert all(tree is not None for tree, raw in zip(trees_, raws, strict=True) if raw is not None)
    return Matcher(range(len(raws)), trees_.__getitem__)


conjunctions = st.lists(trees, min_size=1, max_size=5).map(lambda it: {"all": it}) | trees
rulebooks = st.lists(conjunctions | st.none(), max_size=12)


@given(rulebooks, st.lists(records, min_size=1, max_size=4))
def test_the_index_gives_what_asking_each_rule_gives(raws, events) -> None:
    found = [(n, tree_of(raw) if raw is not None else None) for n, raw in enumerate(raws)]
    rules = [(n, tree) for n, tree in found if tree is not None or raws[n] is None]
    index = Matcher(rules, lambda it: it[1])
    for values in events:
        assert index.matching(values) == [it for it in rules if it[1] is None or compiled(it[1])(values) is True]


@pytest.mark.parametrize("rules", [1, 63, 64, 65, 200, 1000])
def test_however_many_rules_hold_they_come_in_their_order(rules) -> None:
    index = matcher(*({"field": "deal.cycle_days", "at_least": n // 3} for n in range(rules)))
    for days in (-1, 0, 5, 20, 21, 22, rules // 3, rules):
        expected = [n for n in range(rules) if days >= n // 3]
        assert index.matching({"deal.cycle_days": days}) == expected


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        ("at_least", lambda value, bound: value >= bound),
        ("above", lambda value, bound: value > bound),
        ("at_most", lambda value, bound: value <= bound),
        ("below", lambda value, bound: value < bound),
        ("is", lambda value, bound: value == bound),
    ],
)
def test_bounds_are_kept_to_the_unit(word, holds) -> None:
    index = matcher(*({"field": "deal.margin", word: Decimal(n) / 10} for n in range(40)))
    for tenths in range(-1, 41):
        value = Decimal(tenths) / 10
        assert index.matching({"deal.margin": value}) == [n for n in range(40) if holds(value, Decimal(n) / 10)]
    assert index.matching({}) == []


def test_amounts_of_another_currency_match_nothing() -> None:
    index = matcher({"field": "deal.amount", "above": "1 USD"}, {"field": "deal.amount", "is_set": True}, None)
    assert index.matching({"deal.amount": 500, "deal.currency": "USD"}) == [0, 1, 2]
    assert index.matching({"deal.amount": 500, "deal.currency": "EUR"}) == [1, 2]
    assert index.matching({"deal.amount": 500}) == [1, 2]
    assert index.matching({"deal.currency": "USD"}) == [2]


def test_two_questions_of_one_field_both_count() -> None:
    index = matcher(
        {"all": [{"field": "deal.cycle_days", "above": 3}, {"field": "deal.cycle_days", "above": 5}]},
        {"all": [{"field": "deal.cycle_days", "between": [1, 9]}, {"field": "deal.cycle_days", "at_most": 4}]},
        {"all": [{"field": "deal.cycle_days", "at_most": 4}, {"field": "deal.cycle_days", "between": [1, 9]}]},
        {"all": [{"field": "deal.stage", "in": ["won", "lost"]}, {"field": "deal.stage", "is": "lost"}]},
    )
    assert index.matching({"deal.cycle_days": 4}) == [1, 2]
    assert index.matching({"deal.cycle_days": 5}) == []
    assert index.matching({"deal.cycle_days": 6}) == [0]
    assert index.matching({"deal.cycle_days": 0}) == []
    assert index.matching({"deal.stage": "lost"}) == [3]
    assert index.matching({"deal.stage": "won"}) == []


def test_a_value_of_another_type_than_the_rules_know_is_unknown() -> None:
    raws = (
        {"field": "deal.cycle_days", "above": 3},
        {"field": "deal.created_on", "below": "2026-01-01"},
        {"not": {"field": "deal.cycle_days", "above": 3}},
        {"field": "deal.cycle_days", "between": [1, 9]},
        {"field": "deal.type", "is": "new"},
    )
    values = {"deal.cycle_days": "soon", "deal.created_on": 20250101, "deal.type": ["new"]}
    assert matcher(*raws).matching(values) == []
    assert [compiled(tree_of(raw))(values) for raw in raws[:4]] == [None] * 4
    assert matcher(*raws).matching({"deal.cycle_days": 2, "deal.created_on": date(2025, 1, 1), "deal.type": "new"}) == [
        1,
        2,
        3,
        4,
    ]


def test_no_rules_match_nothing() -> None:
    assert matcher().matching({"deal.stage": "won"}) == []
