"""Conditions: what can be asked, what it means when something is unknown, and what authors are told."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from tests.unit.program_texts import asked

from accolade.model.fields import FieldType
from accolade.programs.catalogue import Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, fingerprint
from accolade.programs.condition_words import condition_words
from accolade.programs.conditions import Asked, parse
from accolade.programs.problems import Findings
from accolade.texts import texts


def tree_of(raw: object, record: str | None = "deal") -> Condition:
    where = asked(record)
    tree = parse(raw, where, ("when",))
    assert tree is not None, where.findings.refuse().report()
    return tree


def holds(raw: object, **values: object) -> bool | None:
    return compiled(tree_of(raw))({name.replace("__", "."): value for name, value in values.items()})


def complaint(raw: object, record: str | None = "deal") -> str:
    where = asked(record)
    assert parse(raw, where, ("when",)) is None
    return " | ".join(f"{it.path}: {it.message}" for it in where.findings.refuse().problems)


# --- three-valued logic -------------------------------------------------------------------------------------------

KLEENE = (True, None, False)


def _unknown(name: str) -> dict:
    return {"field": f"deal.{name}", "is": True}


@pytest.mark.parametrize(("a", "b"), list(product(KLEENE, KLEENE)))
def test_all_any_and_not_follow_the_truth_table(a, b) -> None:
    own = {"deal": {"a": FieldType.BOOLEAN, "b": FieldType.BOOLEAN}}
    values = {f"deal.{name}": value for name, value in (("a", a), ("b", b)) if value is not None}

    def answer(raw: object) -> bool | None:
        tree = parse(raw, Asked(Catalogue(own), "deal", "USD", "UTC", Findings("x")), ())
        assert tree is not None
        return compiled(tree)(values)

    rank = {False: 0, None: 1, True: 2}
    both = min(a, b, key=rank.__getitem__)
    either = max(a, b, key=rank.__getitem__)
    assert answer({"all": [_unknown("a"), _unknown("b")]}) is both
    assert answer({"any": [_unknown("a"), _unknown("b")]}) is either
    assert answer({"not": _unknown("a")}) is {True: False, False: True, None: None}[a]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_groups_of_any_size_follow_the_truth_table(size) -> None:
    """As a model: false < unknown < true; all is the least, any the greatest; also within each other, and turned around."""
    names = "abcde"[:size]
    own = {"deal": dict.fromkeys(names, FieldType.BOOLEAN)}
    rank, asked_ = {False: 0, None: 1, True: 2}, [_unknown(name) for name in names]

    def made(raw: object):
        tree = parse(raw, Asked(Catalogue(own), "deal", "USD", "UTC", Findings("x")), ())
        assert tree is not None
        return compiled(tree)

    least_of = [
        made({"all": asked_}),
        made({"all": [asked_[0], {"all": asked_}, {"any": asked_}]}),
        made({"not": {"any": [{"not": it} for it in asked_]}}),
    ]
    most_of = [made({"any": asked_}), made({"any": [{"any": asked_}, {"all": asked_}, asked_[-1]]})]
    for truths in product(KLEENE, repeat=size):
        values = {f"deal.{name}": truth for name, truth in zip(names, truths, strict=True) if truth is not None}
        least, most = min(truths, key=rank.__getitem__), max(truths, key=rank.__getitem__)
        assert [it(values) for it in least_of] == [least] * 3
        assert [it(values) for it in most_of] == [most] * 2


def test_a_missing_amount_is_not_below_anything() -> None:
    assert holds({"field": "deal.amount", "below": "5 USD"}, deal__currency="USD") is None
    assert holds({"not": {"field": "deal.amount", "below": "5 USD"}}, deal__currency="USD") is None


def test_an_amount_in_another_currency_cannot_be_compared() -> None:
    big = {"field": "deal.amount", "above": "5000 USD"}
    assert holds(big, deal__amount=600_000, deal__currency="USD") is True
    assert holds(big, deal__amount=500_000, deal__currency="USD") is False
    assert holds(big, deal__amount=600_000, deal__currency="EUR") is None
    assert holds(big, deal__amount=600_000) is None


def test_whether_something_is_known_is_always_known() -> None:
    assert holds({"field": "deal.type", "is_set": True}) is False
    assert holds({"field": "deal.type", "is_set": False}) is True
    assert holds({"field": "deal.type", "is_set": True}, deal__type="new") is True


# --- operators ----------------------------------------------------------------------------------------------------

DAY = date(2026, 3, 30)


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ({"field": "deal.stage", "is": "won"}, "won", True),
        ({"field": "deal.stage", "in": ["won", "lost"]}, "open", False),
        ({"field": "deal.cycle_days", "below": 14}, 14, False),
        ({"field": "deal.cycle_days", "below": 14}, 13, True),
        ({"field": "deal.cycle_days", "at_most": 14}, 14, True),
        ({"field": "deal.cycle_days", "above": 14}, 14, False),
        ({"field": "deal.cycle_days", "at_least": 14}, 14, True),
        ({"field": "deal.cycle_days", "between": [3, 5]}, 5, True),
        ({"field": "deal.cycle_days", "between": [3, 5]}, 6, False),
        ({"field": "deal.margin", "at_least": Decimal("0.30")}, Decimal("0.3"), True),
        ({"field": "deal.margin", "at_least": "0.30"}, Decimal("0.29"), False),
        ({"field": "deal.renewal", "is": False}, False, True),
        ({"field": "deal.name", "contains": "renewal"}, "Northwind renewal", True),
        ({"field": "deal.name", "starts_with": "renewal"}, "Northwind renewal", False),
        ({"field": "deal.created_on", "at_least": "2026-03-30"}, DAY, True),
        ({"field": "deal.created_on", "between": ["2026-03-01", "2026-03-29"]}, DAY, False),
        ({"field": "deal.signed_at", "below": "2026-03-30T10:00:00+02:00"}, datetime(2026, 3, 30, 7, 59, tzinfo=UTC), True),
        ({"field": "participant.tenure_days", "below": 90}, 90, False),
    ],
)
def test_an_operator_asks_what_it_says(test, value, expected) -> None:
    assert compiled(tree_of(test))({test["field"]: value}) is expected
    assert compiled(tree_of(test))({}) is None


@pytest.mark.parametrize(
    ("span", "created", "expected"),
    [
        ("30 days", date(2026, 2, 28), True),
        ("30 days", date(2026, 2, 27), False),
        ("1 month", date(2026, 2, 28), True),
        ("1 month", date(2026, 2, 27), False),
        ("2 weeks", date(2026, 4, 13), True),
        ("1 year", date(2025, 3, 30), True),
        ("1 year", date(2025, 3, 29), False),
        ("9999 years", date(1, 1, 1), True),
    ],
)
def test_within_counts_calendar_time_from_the_deals_date(span, created, expected) -> None:
    test = {"field": "deal.created_on", "within": span}
    assert holds(test, deal__created_on=created, deal__close_date=DAY) is expected
    assert holds(test, deal__created_on=created) is None


def test_within_takes_an_instant_by_the_programs_clock() -> None:
    test = {"field": "deal.signed_at", "within": "1 day"}
    late = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the 29th in Amsterdam, where summer time has begun that night
    assert holds(test, deal__signed_at=late, deal__close_date=DAY) is False
    assert holds(test, deal__signed_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC), deal__close_date=DAY) is True


def test_a_field_compares_to_a_multiple_of_another() -> None:
    test = {"field": "deal.amount", "compares_to": {"at_least": "deal.list_price", "factor": "90%"}}
    known = {"deal__list_price": 1001, "deal__currency": "USD"}
    assert holds(test, deal__amount=901, **known) is True
    assert holds(test, deal__amount=900, **known) is False
    assert holds(test, deal__currency="USD", deal__amount=900) is None
    assert holds({"field": "deal.created_on", "compares_to": {"below": "deal.close_date"}}, deal__created_on=DAY) is None


# --- what authors are told ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"field": "deal.stgae", "is": "won"}, "when.field: deal.stgae is not a field of deal. Did you mean deal.stage?"),
        (
            {"field": "del.stage", "is": "won"},
            "when.field: del.stage is not a field of deal or participant. Did you mean deal.stage?",
        ),
        (
            {"field": "participant.rol", "is": "x"},
            "participant.rol is not a field of participant. Did you mean participant.role?",
        ),
        ({"field": "deal.stage", "is": "Won"}, "when.is: deal.stage is never Won. Did you mean won?"),
        (
            {"field": "deal.stage", "at_least": "won"},
            "deal.stage is a choice and cannot be asked at_least. Use one of is, in, is_set",
        ),
        ({"field": "deal.cycle_days", "belo": 14}, "when.belo: belo is not something that can be asked. Did you mean below?"),
        ({"field": "deal.cycle_days"}, "the test of deal.cycle_days asks nothing. Name one operator; join tests with all"),
        ({"field": "deal.cycle_days", "above": 1, "below": 9}, "asks 2 things at once"),
        ({"field": "deal.cycle_days", "below": "soon"}, "deal.cycle_days is a number; soon is not. Write it like 14 or 0.5"),
        ({"field": "deal.cycle_days", "below": True}, "deal.cycle_days is a number; true is not"),
        ({"field": "deal.cycle_days", "below": Decimal("1.5")}, "deal.cycle_days is a whole number; 1.5 is not"),
        (
            {"field": "deal.amount", "above": 5000},
            "deal.amount is money; 5000 is not an amount with its currency. Write it like 5000 USD",
        ),
        ({"field": "deal.amount", "above": "5000 EUR"}, "5000 EUR is not in the program's currency, USD"),
        ({"field": "deal.amount", "above": "5.005 USD"}, "5.005 USD is more exact than USD is. Use at most 2 decimals"),
        ({"field": "deal.created_on", "above": "2026-02-30"}, "deal.created_on is a date; 2026-02-30 is not"),
        ({"field": "deal.signed_at", "above": "2026-02-20"}, "deal.signed_at is a point in time; 2026-02-20 is not"),
        ({"field": "deal.created_on", "within": "a while"}, "within a while is not a length of time. Write it like 30 days"),
        ({"field": "deal.cycle_days", "between": [5, 3]}, "deal.cycle_days between 5 and 3 can never be true"),
        ({"field": "deal.cycle_days", "between": 5}, "deal.cycle_days between needs two values"),
        ({"field": "deal.stage", "in": "won"}, "deal.stage in needs a list"),
        ({"field": "deal.type", "is": 5}, 'deal.type is text; 5 is not. Write it in quotes: "5"'),
        ({"field": "deal.type", "is_set": "maybe"}, "deal.type is_set is either true or false; maybe is neither"),
        ({"field": "deal.amount", "compares_to": "deal.margin"}, "deal.amount compares_to needs an operator and a field"),
        ({"field": "deal.amount", "compares_to": {"above": "deal.margin"}}, "deal.amount is money and deal.margin is a number"),
        ({"field": "deal.amount", "compares_to": {"above": "deal.lst_price"}}, "Did you mean deal.list_price?"),
        ({"al": [{"field": "deal.stage", "is": "won"}]}, "when: al is not part of a condition. Did you mean all?"),
        ({"all": []}, "when.all: all needs a list of at least one condition"),
        ({"all": [], "any": []}, "all stands alone in its braces"),
        ("deal.stage == 'won'", "deal.stage == 'won' is not a condition"),
        ({"eval": "__import__('os')"}, "the condition names no field"),
        ({"field": ["deal.stage"], "is": "won"}, "is not a field of deal or participant"),
        (
            {"all": [{"any": [{"not": {"field": "deal.nme", "is": "x"}}]}]},
            "when.all[0].any[0].not.field: deal.nme is not a field of deal",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_write_instead(raw, said) -> None:
    assert said in complaint(raw)


def test_an_audience_is_about_people_only() -> None:
    assert tree_of({"field": "participant.team", "is": "Central"}, None)
    assert "deal.stage is not a field of participant" in complaint({"field": "deal.stage", "is": "won"}, None)


def test_a_condition_is_at_most_8_deep_and_has_at_most_200_parts() -> None:
    def nested(levels: int) -> dict:
        return {"not": nested(levels - 1)} if levels > 1 else {"field": "deal.stage", "is": "won"}

    assert tree_of(nested(8))
    assert "deeper than 8 levels" in complaint(nested(9))
    tests = [{"field": "deal.stage", "is": "won"}] * 199
    assert tree_of({"all": tests})
    assert complaint({"all": [*tests, *tests]}) == "when: the condition has more than 200 parts. Split the milestone"


def test_every_problem_is_named_at_once() -> None:
    raw = {
        "all": [
            {"field": "deal.stgae", "is": "won"},
            {"field": "deal.cycle_days", "belo": 1},
            {"field": "deal.amount", "above": 1},
        ]
    }
    assert complaint(raw).count("when.all[") == 3


def test_equal_questions_have_equal_fingerprints() -> None:
    def mark(raw: object) -> str:
        return fingerprint(tree_of(raw))

    assert mark({"field": "deal.amount", "above": "5000 USD"}) == mark({"above": "5000.00 USD", "field": "deal.amount"})
    assert mark({"field": "deal.amount", "above": "5000 USD"}) != mark({"field": "deal.amount", "at_least": "5000 USD"})
    assert mark({"field": "deal.type", "is": "1"}) != mark({"field": "deal.type", "is": "2"})
    assert mark({"field": "deal.cycle_days", "between": [1, 2]}) != mark({"field": "deal.cycle_days", "in": [1, 2]})


def test_a_tree_says_what_it_asks() -> None:
    tree = tree_of({"all": [{"field": "deal.amount", "above": "5000 USD"}, {"not": {"field": "deal.type", "is": "renewal"}}]})
    assert tree.describe() == "(deal.amount above 5000 USD and not deal.type is renewal)"
    assert condition_words(tree, texts("en")) == "the amount is above $5,000.00 and the type is not renewal"
