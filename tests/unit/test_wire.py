"""Items in DynamoDB's typed form are those that boto3 writes and reads."""

from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from accolade.store.wire import from_wire, to_wire

NUMBERS = st.integers(-(10**38) + 1, 10**38 - 1) | st.decimals(-(10**12), 10**12, places=6)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
ITEMS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=6)


@given(ITEMS)
def test_what_is_written_reads_the_same_with_boto3(item):
    kept = {name: value for name, value in item.items() if value is not None and value != ""}
    assert {name: TypeDeserializer().deserialize(value) for name, value in to_wire(item).items()} == kept


@given(ITEMS)
def test_what_boto3_writes_is_read_as_it_was(item):
    assert from_wire({name: TypeSerializer().serialize(value) for name, value in item.items()}) == item


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("-0.50", Decimal("-0.5")), ("1E+3", 1000), ("12.000", 12)])
def test_whole_numbers_are_int_however_they_are_written(text, number):
    (found,) = from_wire({"n": {"N": text}}).values()
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize("value", [1.5, {1, 2}, b"bytes", object()])
def test_what_our_items_never_hold_is_refused(value):
    with pytest.raises(TypeError):
        to_wire({"value": value})


@pytest.mark.parametrize("value", [10**38 + 1, Decimal("NaN"), Decimal("Infinity"), Decimal("1." + "1" * 38)])
def test_a_number_that_dynamodb_would_refuse_or_round_is_refused(value):
    with pytest.raises(ValueError, match="number"):
        to_wire({"value": value})


def test_only_types_that_items_hold_are_read():
    with pytest.raises(TypeError):
        from_wire({"value": {"SS": ["a"]}})
