"""Random questions about every field of every record type, with every operator, mean what the document says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from accolade.model.fields import FieldType
from accolade.programs.catalogue import CHOICES, EVENT_DATE, Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.conditions import ALLOWED, ORDER, Asked, parse
from accolade.programs.matching import Matcher
from accolade.programs.problems import Findings

ZONE = "America/New_York"
CATALOGUE = Catalogue()
FIRST = date(2026, 2, 26)
NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
words = st.sampled_from(["a", "b", "ab", "abc"])
days = st.integers(0, 6).map(lambda n: FIRST + timedelta(days=n))
instants = st.integers(0, 130).map(lambda n: datetime(2026, 2, 26, tzinfo=UTC) + timedelta(hours=n))
small, tenths = st.integers(-3, 3), st.decimals(-3, 3, places=1)

VALUES = {
    FieldType.INTEGER: small,
    FieldType.DECIMAL: tenths,
    FieldType.MONEY: small,
    FieldType.DATE: days,
    FieldType.INSTANT: instants,
    FieldType.BOOLEAN: st.booleans(),
}
WRITTEN = {
    FieldType.INTEGER: small,
    FieldType.DECIMAL: tenths,
    FieldType.MONEY: small.map(lambda minor: f"{Decimal(minor) / 100:f} USD"),
    FieldType.DATE: days.map(str),
    FieldType.INSTANT: instants.map(lambda it: it.astimezone(ZoneInfo(ZONE)).isoformat()),
    FieldType.BOOLEAN: st.booleans(),
}


def known(field: str, type_: FieldType) -> st.SearchStrategy:
    if type_ in VALUES:
        return VALUES[type_]
    return st.sampled_from(CHOICES[field]) if field in CHOICES else words


def read(written, type_: FieldType):
    """An operand as the field's values are held."""
    if type_ is FieldType.MONEY:
        return int(Decimal(written.removesuffix(" USD")) * 100)
    if type_ is FieldType.DATE:
        return date.fromisoformat(written)
    return datetime.fromisoformat(written) if type_ is FieldType.INSTANT else written


@st.composite
def questions(draw) -> tuple[str, dict, dict]:
    """(record type, one test, a record): half of the records know all that is asked."""
    record = draw(st.sampled_from(CATALOGUE.records))
    fields = CATALOGUE.fields(record)
    name = draw(st.sampled_from(sorted(fields)))
    type_ = fields[name]
    word = draw(st.sampled_from([it for it in ALLOWED[type_] if it != "within" or record in EVENT_DATE]))
    written = WRITTEN[type_] if type_ in WRITTEN else known(name, type_)
    values = {
        name: draw(known(name, type_) | st.none()),
        f"{name.partition('.')[0]}.currency": draw(st.sampled_from(["USD", "EUR"])),
    }
    if word == "within":
        operand = f"{draw(st.integers(0, 3))} {draw(st.sampled_from(['days', 'weeks', 'months', 'years']))}"
        event = EVENT_DATE[record]
        values.setdefault(event, draw(known(event, fields.get(event, FieldType.DATE)) | st.none()))
    elif word == "compares_to":
        others = sorted(it for it, other in fields.items() if other is type_ or {other, type_} <= set(NUMBERS))
        second = draw(st.sampled_from(others))
        values.setdefault(second, draw(known(second, fields[second]) | st.none()))
        factor = {"factor": draw(tenths)} if type_ not in (FieldType.DATE, FieldType.INSTANT) and draw(st.booleans()) else {}
        operand = {draw(st.sampled_from(["is", *ORDER])): second, **factor}
    elif word == "in":
        operand = draw(st.lists(written, min_size=1, max_size=3))
    elif word == "between":
        operand = sorted(draw(st.tuples(written, written)), key=lambda it: read(it, type_))
    else:
        operand = draw(st.booleans()) if word == "is_set" else draw(written)
    return record, {"field": name, word: operand}, {key: value for key, value in values.items() if value is not None}


def naive(raw: dict, record: str, values: dict) -> bool | None:
    name, (word, operand) = raw["field"], next((key, it) for key, it in raw.items() if key != "field")
    type_, value = CATALOGUE.fields(record)[name], values.get(name)
    if word == "is_set":
        return (value is not None) is operand
    if value is None or (type_ is FieldType.MONEY and values.get(f"{name.partition('.')[0]}.currency") != "USD"):
        return None
    if word == "within":
        on = values.get(EVENT_DATE[record])
        return None if on is None else naive_within(operand, local(value), local(on))
    if word == "compares_to":
        inner = next(key for key in operand if key != "factor")
        other = values.get(operand[inner])
        if other is None:
            return None
        if "factor" in operand:
            return naive_holds(inner, Fraction(value), Fraction(operand["factor"]) * Fraction(other))
        return naive_holds(inner, value, other)
    if word in ("in", "between"):
        bounds = [read(it, type_) for it in operand]
        return any(value == it for it in bounds) if word == "in" else bounds[0] <= value and value <= bounds[1]
    return naive_holds(word, value, read(operand, type_))


def naive_holds(word: str, value, bound) -> bool:
    return {
        "is": lambda: value == bound,
        "at_least": lambda: value >= bound,
        "above": lambda: value > bound,
        "at_most": lambda: value <= bound,
        "below": lambda: value < bound,
        "contains": lambda: value.find(bound) >= 0,
        "starts_with": lambda: value.find(bound) == 0,
    }[word]()


def naive_within(span: str, value: date, on: date) -> bool:
    count, unit = span.split()
    if unit in ("days", "weeks"):
        return abs((value - on).days) <= int(count) * (7 if unit == "weeks" else 1)
    months = int(count) * (12 if unit == "years" else 1)
    return moved(on, -months) <= value <= moved(on, months)


def moved(day: date, months: int) -> date:
    """The same day of another month; its last day where there is no such."""
    first = day.replace(day=1)
    for _ in range(abs(months)):
        first = (first + timedelta(days=31 if months > 0 else -1)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def local(value: date) -> date:
    return value.astimezone(ZoneInfo(ZONE)).date() if isinstance(value, datetime) else value


@given(questions())
def test_every_operator_on_every_field_of_every_record_type(asked) -> None:
    record, raw, values = asked
    findings = Findings("program.yaml")
    tree = parse(raw, Asked(CATALOGUE, record, "USD", ZONE, findings), ())
    assert tree is not None, findings.refuse().report()
    expected = naive(raw, record, values)
    assert compiled(tree)(values) is expected
    assert compiled(parse({"not": raw}, Asked(CATALOGUE, record, "USD", ZONE, findings), ()))(values) is (
        None if expected is None else not expected
    )
    assert Matcher([tree], lambda it: it).matching(values) == ([tree] if expected is True else [])
