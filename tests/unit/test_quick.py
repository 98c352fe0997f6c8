"""Frozen dataclasses that are quick to make are the same in every other way."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from accolade.model.quick import quick
from accolade.model.records import Facts, Record, RecordKey, Version


def test_what_is_quickly_made_is_still_frozen_and_compared_by_what_it_holds() -> None:
    key = RecordKey("default", "sf", "deal", "006")

    with pytest.raises(FrozenInstanceError):
        key.id = "007"  # type: ignore[misc] # that is what is tried
    assert type(key) is RecordKey
    assert key == RecordKey("default", "sf", id="006", type="deal") != replace(key, id="007")
    assert hash(key) == hash(copy.deepcopy(key)) == hash(pickle.loads(pickle.dumps(key)))  # noqa: S301 (our own)
    assert repr(key) == "RecordKey(tenant='default', connection='sf', type='deal', id='006')"
    assert [it.name for it in fields(key)] == ["tenant", "connection", "type", "id"]


def test_defaults_are_made_anew_for_each() -> None:
    one, other = (Facts(RecordKey("default", "sf", "deal", id_), Version(1), {}) for id_ in ("1", "2"))

    assert one.history == other.history == {}
    assert one.history is not other.history
    assert Record(one.key).value("amount") is None


def test_a_field_too_many_or_too_few_is_refused() -> None:
    with pytest.raises(TypeError):
        RecordKey("default", "sf", "deal")  # type: ignore[call-arg] # that is what is tried
    with pytest.raises(TypeError):
        RecordKey("default", "sf", "deal", "006", "more")  # type: ignore[call-arg] # that is what is tried


def test_a_class_that_is_made_otherwise_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Computed:
        name: str
        length: int = field(init=False, default=0)

    with pytest.raises(ValueError, match="Computed does more"):
        quick(Computed)
