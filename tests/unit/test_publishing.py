"""Publishing: numbers, immutability, and when a change may take effect."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.program_texts import HEAD

from accolade.model.errors import Refused
from accolade.model.fields import FieldType
from accolade.programs.loading import load
from accolade.programs.publishing import publication
from accolade.programs.rules import Program

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIFTH = "  - {id: a, title: A, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}\n"


def program(start: str, *, version: int | None = None, points: int = 500) -> Program:
    text = (HEAD + FIFTH).replace("2026-01-01", start).replace("points: 500", f"points: {points}")
    return load(text + (f"version: {version}\n" if version else ""), file="p.yaml")


def test_a_first_version_may_begin_in_the_past_and_is_numbered() -> None:
    ready = publication(program("2020-01-01"), [], now=NOW)
    assert (ready.program.version, ready.unchanged) == (1, False)
    assert ready.warnings == ("The program has no budget: nothing limits what it pays.",)


def test_the_same_document_again_is_nothing_new() -> None:
    first = publication(program("2020-01-01"), [], now=NOW).program
    assert publication(program("2020-01-01"), [first], now=NOW).unchanged
    assert publication(program("2020-01-01", version=1), [first], now=NOW).unchanged


def test_a_published_version_never_changes() -> None:
    first = publication(program("2020-01-01"), [], now=NOW).program
    with pytest.raises(Refused, match="version 1 is published"):
        publication(program("2027-01-01", version=1, points=600), [first], now=NOW)
    with pytest.raises(Refused, match="version 5 does not follow version 1"):
        publication(program("2027-01-01", version=5, points=600), [first], now=NOW)


def test_a_replacement_begins_at_least_two_minutes_ahead_by_the_programs_clock() -> None:
    first = publication(program("2020-01-01"), [], now=NOW).program
    change = program("2026-03-02", points=600)
    midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert publication(change, [first], now=midnight - timedelta(minutes=2)).program.version == 2
    with pytest.raises(Refused, match="at least 2 minutes ahead"):
        publication(change, [first], now=midnight - timedelta(seconds=119))


def test_a_mapping_that_grows_changes_no_program() -> None:
    text = HEAD + "  - {id: a, title: A, kind: record, when: {field: deal.margin, above: 0.25}, points: 500}\n"
    first = publication(load(text, file="p.yaml", own={"deal": {"margin": FieldType.DECIMAL}}), [], now=NOW).program
    grown = {"deal": {"margin": FieldType.DECIMAL, "seats": FieldType.INTEGER}}
    assert publication(load(text, file="p.yaml", own=grown), [first], now=NOW).unchanged
