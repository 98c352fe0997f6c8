"""Random conditions mean what a naive interpreter of the document says."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.program_texts import asked

from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, AnyOf, Condition, Not
from accolade.programs.condition_words import condition_words
from accolade.programs.conditions import parse
from accolade.texts import texts

VALUES = {
    "deal.stage": st.sampled_from(["open", "won", "lost"]),
    "deal.amount": st.integers(-300, 300),
    "deal.list_price": st.integers(-300, 300),
    "deal.currency": st.sampled_from(["USD", "EUR"]),
    "deal.cycle_days": st.integers(-3, 3),
    "deal.seats": st.integers(-3, 3),
    "deal.margin": st.decimals(-3, 3, places=1),
    "deal.renewal": st.booleans(),
    "deal.type": st.sampled_from(["new", "renewal", ""]),
    "deal.created_on": st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    "deal.close_date": st.dates(date(2026, 1, 1), date(2026, 1, 5)),
}
records = st.fixed_dictionaries({}, optional={name: values | st.none() for name, values in VALUES.items()})
days = st.dates(date(2026, 1, 1), date(2026, 1, 5)).map(str)
amounts = st.integers(-300, 300).map(lambda minor: f"{Decimal(minor) / 100:f} USD")
small = st.integers(-3, 3)
compare = st.sampled_from(["is", "at_least", "above", "at_most", "below"])


def _leaf(field: str, operands: st.SearchStrategy) -> st.SearchStrategy:
    single = st.builds(lambda word, operand: {"field": field, word: operand}, compare, operands)
    known = st.booleans().map(lambda wanted: {"field": field, "is_set": wanted})
    return single | known


leaves = st.one_of(
    st.sampled_from(["open", "won", "lost"]).map(lambda it: {"field": "deal.stage", "is": it}),
    st.lists(st.sampled_from(["new", "renewal"]), min_size=1).map(lambda it: {"field": "deal.type", "in": it}),
    st.sampled_from(["new", "re", "al"]).map(lambda it: {"field": "deal.type", "contains": it}),
    st.sampled_from(["new", "re", "al"]).map(lambda it: {"field": "deal.type", "starts_with": it}),
    st.booleans().map(lambda it: {"field": "deal.renewal", "is": it}),
    _leaf("deal.amount", amounts),
    _leaf("deal.cycle_days", small),
    _leaf("deal.margin", st.decimals(-3, 3, places=1)),
    _leaf("deal.created_on", days),
    st.tuples(small, small).map(lambda it: {"field": "deal.cycle_days", "between": sorted(it)}),
    st.integers(0, 4).map(lambda it: {"field": "deal.created_on", "within": f"{it} days"}),
    st.builds(
        lambda word, factor: {"field": "deal.amount", "compares_to": {word: "deal.list_price", "factor": factor}},
        compare,
        st.decimals(-2, 2, places=1),
    ),
    st.builds(lambda word: {"field": "deal.cycle_days", "compares_to": {word: "deal.seats"}}, compare),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda it: {"not": it}),
        st.lists(inner, min_size=1, max_size=3).map(lambda it: {"all": it}),
        st.lists(inner, min_size=1, max_size=3).map(lambda it: {"any": it}),
    ),
    max_leaves=8,
)


def naive(raw: dict, record: dict) -> bool | None:
    """The same language, read straight from the document, as plainly as possible."""
    if "not" in raw:
        inner = naive(raw["not"], record)
        return None if inner is None else not inner
    for word, strong in (("all", False), ("any", True)):
        if word in raw:
            answers = [naive(part, record) for part in raw[word]]
            return strong if strong in answers else None if None in answers else not strong
    field = raw["field"]
    word, operand = next((key, value) for key, value in raw.items() if key != "field")
    value = record.get(field)
    if word == "is_set":
        return (value is not None) == operand
    if field == "deal.amount" and record.get("deal.currency") != "USD":
        return None
    if value is None:
        return None
    return naive_test(word, value, operand, record)


def naive_test(word: str, value, operand, record: dict) -> bool | None:
    if word == "within":
        closed = record.get("deal.close_date")
        return None if closed is None else abs((closed - value).days) <= int(operand.split()[0])
    if word == "compares_to":
        inner = next(key for key in operand if key != "factor")
        other = record.get(operand[inner])
        return None if other is None else naive_test(inner, Fraction(value), Fraction(operand.get("factor", 1)) * other, record)
    if isinstance(operand, str) and operand.endswith(" USD"):
        operand = int(Decimal(operand[:-4]) * 100)
    if isinstance(value, date):
        operand = date.fromisoformat(operand)
    return {
        "is": lambda: value == operand,
        "in": lambda: value in operand,
        "contains": lambda: operand in value,
        "starts_with": lambda: value[: len(operand)] == operand,
        "at_least": lambda: value >= operand,
        "above": lambda: value > operand,
        "at_most": lambda: value <= operand,
        "below": lambda: value < operand,
        "between": lambda: operand[0] <= value <= operand[1],
    }[word]()


def _depth(tree: Condition) -> int:
    match tree:
        case All(parts) | AnyOf(parts):
            return 1 + max(map(_depth, parts))
        case Not(part):
            return 1 + _depth(part)
    return 1


@given(trees, records)
def test_random_conditions_equal_a_naive_interpreter(raw, record) -> None:
    where = asked()
    tree = parse(raw, where, ())
    if tree is None:
        assert "deeper than 8" in where.findings.refuse().report()
        return
    assert _depth(tree) <= 8
    assert compiled(tree)(record) is naive(raw, record)
    assert condition_words(tree, texts("nl"))
