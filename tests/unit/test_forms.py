"""Numbers as people type them into forms: with separators of thousands, and never a hundred times what was meant."""

import pytest

from accolade.texts import texts
from accolade.web.forms import FormState


def typed(text: str) -> FormState:
    return FormState(texts("en"), {"points": (text,)})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1250", 1250),
        (" 1,250 ", 1250),
        ("1.250", 1250),
        ("1 250", 1250),
        ("1\u00a0250", 1250),
        ("1'250'000", 1_250_000),
        ("0", 0),
        ("+5", 5),
    ],
)
def test_a_whole_number_may_have_its_thousands_apart(text, number):
    form = typed(text)
    assert form.whole("points", most=10_000_000) == number
    assert form.good


@pytest.mark.parametrize(
    "text", ["12.50", "12,50", "1,25", "1250.0", "1.2.3", "12 50", "1e3", "x", "1,250,", "\u0661", "-1", "9" * 16]
)
def test_what_is_no_whole_number_is_refused_and_not_guessed(text):
    form = typed(text)
    assert form.whole("points", most=10_000_000) is None
    assert form.error("points").startswith("Write a whole number from 0")
