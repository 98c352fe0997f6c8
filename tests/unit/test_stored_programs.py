"""A stored program is read as it was published, without being built again, and built again where that would not be the same."""

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.program_texts import OWN
from tests.unit.test_random_conditions import records, trees

from accolade.programs import loading
from accolade.programs.loading import content, from_json, from_stored, load, to_json, to_stored
from accolade.programs.packing import Unstorable, packed
from accolade.programs.problems import Problems
from accolade.programs.rules import Milestone, Program
from accolade.programs.shapes import FORMAT, PREDICATES, SHAPES
from accolade.programs.unpacking import Stored

ROOT = Path(__file__).parents[2]
WRITTEN = [
    ROOT / "infra/local/demo/program.yaml",
    ROOT / "tests/unit/every_kind.yaml",
    *sorted((ROOT / "layers/core/accolade/programs/presets").glob("*.yaml")),
]

PROGRAM = {
    "id": "race",
    "title": {"en": "Race", "nl": "Race"},
    "effective": {"from": "2026-01-01"},
    "time_zone": "Europe/Amsterdam",
    "point_value": "0.01 USD",
    "audience": {"field": "participant.team", "in": ["West", "East"]},
}
WON = {"field": "deal.stage", "is": "won"}


def program(*milestones: dict) -> Program:
    named = [{"id": f"m{n}", "title": "A", "points": 5, "kind": "record", "when": WON} | it for n, it in enumerate(milestones)]
    return load(json.dumps(PROGRAM | {"milestones": named}, default=str), file="race.json", own=OWN)


def parts(value: object):
    """A program, and everything in it that has a form of its own."""
    yield value
    if type(value).__name__ in SHAPES or isinstance(value, Stored):
        for it in fields(value):  # type: ignore[arg-type] # shapes are dataclasses
            yield from parts(getattr(value, it.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from parts(one)


def predicates(value: object):
    """What it asks of records, in order."""
    for part in parts(value):
        if type(part).__name__ in SHAPES or isinstance(part, Stored):
            yield from (getattr(part, name) for name in PREDICATES if hasattr(part, name))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda it: it.stem)
def test_what_is_published_is_what_is_read(path) -> None:
    made = load(path.read_text(), file=path.name)
    text = to_json(made)
    again = from_json(text)
    assert again == made
    assert made == again
    assert to_json(again) == text
    assert all(type(it) is Stored for it in again.milestones), "the milestones were built again"
    assert from_stored(json.loads(json.dumps(to_stored(made)))) == made
    asked, asked_again = list(predicates(made)), list(predicates(from_json(text)))
    assert [it is None for it in asked] == [it is None for it in asked_again]
    for values in ({}, {"deal.stage": "won", "deal.currency": "USD", "deal.amount": 10**9, "deal.close_date": date(2026, 3, 1)}):
        assert [it and it(values) for it in asked] == [it and it(values) for it in asked_again]


@given(st.lists(trees, min_size=1, max_size=4), records)
def test_random_conditions_survive_being_stored(raws, values) -> None:
    try:
        made = program(*({"when": raw} for raw in raws))
    except Problems:
        return  # too deep
    again = from_json(to_json(made))
    assert again == made
    assert [it.holds(values) for it in again.milestones] == [it.holds(values) for it in made.milestones]


def test_equal_programs_are_stored_alike_to_the_byte() -> None:
    one, other = (
        program({}, {"points": {"per": "deal.amount", "rate": "0.5%"}}),
        program({}, {"points": {"rate": "0.5%", "per": "deal.amount"}}),
    )
    assert one == other
    assert to_json(one) == to_json(other)
    assert to_json(from_json(to_json(one))) == to_json(one) == to_json(from_stored(to_stored(one)))


def test_a_condition_that_many_milestones_share_is_stored_once() -> None:
    made = program(*({"when": {"all": [WON, {"field": "deal.cycle_days", "below": n}]}} for n in range(50)))
    kept = json.loads(to_json(made))["compiled"]
    assert len(kept["nodes"]) == 1 + 1 + 50 * 3  # the audience, the stage; a test and two groups for each
    assert kept["nodes"].count([0, ["t", "West", "East"], "West or East"]) == 1


def test_another_edition_of_the_code_builds_the_program_again() -> None:
    made = program({})
    stored = json.loads(to_json(made))
    stored["compiled"] = {"format": "0" * len(FORMAT), "milestones": "of another shape"}
    again = from_json(json.dumps(stored))
    assert again == made
    assert type(again.milestones[0]) is Milestone
    assert content(json.dumps(stored)) == content(to_json(made))


def test_what_has_no_stored_form_is_built_again() -> None:
    made = program({})
    odd = replace(made, milestones=(replace(made.milestones[0], judge=object()),))
    with pytest.raises(Unstorable):
        packed(odd)
    assert "compiled" not in json.loads(to_json(odd))
    assert from_json(to_json(odd)) == made


def test_a_compiled_form_that_is_too_long_is_left_out(monkeypatch) -> None:
    made = program({})
    monkeypatch.setattr(loading, "MOST_STORED", 700)
    assert "compiled" not in json.loads(to_json(made))
    assert from_json(to_json(made)) == made


def test_a_stored_milestone_is_like_any_other() -> None:
    made = program({"points": {"per": "deal.margin", "rate": Decimal("0.5")}}).milestones[0]
    again = from_json(to_json(program({"points": {"per": "deal.margin", "rate": Decimal("0.5")}}))).milestones[0]
    assert replace(again, id="other") == replace(made, id="other")
    assert replace(again, id="other") != again
    assert again != program({}).milestones[0]
    assert again.points_for(1, {"deal.margin": Decimal(7)}) == 4
    with pytest.raises(AttributeError):
        again.points = 5
    with pytest.raises(AttributeError):
        again.nothing  # noqa: B018 (to ask for it is what is tried)
