"""Whatever an author writes under whatever key: the answer is a program or a list of problems, never a crash."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_kinds import EVERY_KIND, HEAD, program

from accolade.programs.document import MilestonePart
from accolade.programs.loading import load
from accolade.programs.problems import Problems
from accolade.programs.words import program_sentences
from accolade.texts import texts

WORDS = (
    "won",
    "deal",
    "team",
    "quarter",
    "30 days",
    "10%",
    "5 USD",
    "once_reached",
    "at_close",
    "close_rate",
    "",
    "\u202e",
    "x" * 300,
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(WORDS),
)
keys = st.sampled_from(
    ("points", "per", "period", "times", "when", "field", "is", "signal", "effect", "for", "until", "from", "to", "of")
)
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=6
)
names = st.sampled_from(sorted(MilestonePart.model_fields))
DOCUMENTS = {name: program(text).document for name, text in EVERY_KIND.items()}


def answered(document: dict) -> list[str]:
    """What the author is told: the rules of the program in Dutch, or each problem with its way out."""
    try:
        return list(program_sentences(load(json.dumps(document), file="p.json"), texts("nl")))
    except Problems as refused:
        return [line for line in refused.report().splitlines() if line]


def readable(lines: list[str]) -> bool:
    """Whether something is said, and each line of it can be read."""
    return bool(lines) and all(3 < len(line) < 600 for line in lines)


@given(st.sampled_from(sorted(DOCUMENTS)), st.dictionaries(names, anything, min_size=1, max_size=3))
def test_whatever_a_milestone_says_it_is_a_program_or_a_list_of_problems(name, more) -> None:
    document = json.loads(json.dumps(DOCUMENTS[name]))
    document["milestones"][0] |= more
    assert readable(answered(document))


@given(st.sampled_from(("audience", "rollout", "caps", "backlog", "budget", "fiscal_year_start", "time_zone", "unit")), anything)
def test_whatever_a_program_says_beside_them_too(key, value) -> None:
    assert readable(answered(json.loads(json.dumps(DOCUMENTS["every"])) | {key: value}))


@pytest.mark.parametrize("kind", ["record", "every", "kpi", "streak", "rank", "improvement", "behaviour", "manual"])
def test_a_kind_with_nothing_else_says_what_is_missing(kind) -> None:
    with pytest.raises(Problems) as refused:
        load(f"{HEAD}milestones:\n  - {{id: a, title: T, kind: {kind}}}\n", file="p.yaml")
    assert "is missing: a milestone of kind" in refused.value.report()
