"""What a KPI is worth, in words."""

from fractions import Fraction

import pytest

from accolade.programs.amount_words import amount_words
from accolade.texts import texts

EN, NL = texts("en"), texts("nl")


@pytest.mark.parametrize(
    ("value", "unit", "english", "dutch"),
    [
        (3600, "seconds", "1 hour", "1 uur"),
        (5400, "seconds", "1.5 hours", "1,5 uur"),
        (6000, "seconds", "100 minutes", "100 minuten"),
        (259_200, "seconds", "3 days", "3 dagen"),
        (Fraction(7201, 2), "seconds", "3,601 seconds", "3.601 seconden"),
        (0, "seconds", "0 seconds", "0 seconden"),
        (1, "days", "1 day", "1 dag"),
        (Fraction(29, 2), "days", "14.5 days", "14,5 dagen"),
        (Fraction(7, 10), "ratio", "70%", "70%"),
        (1_200_000, "number", "1,200,000", "1.200.000"),
        (Fraction(50, 3), "number", "16.67", "16,67"),
        (-20, "number", "-20", "-20"),
        (5, "deals", "5", "5"),
    ],
)
def test_an_amount_reads_in_its_unit(value, unit, english, dutch):
    assert amount_words(value, unit, EN) == english
    assert amount_words(value, unit, NL) == dutch


def test_money_reads_in_major_units_rounded_half_up():
    assert amount_words(Fraction(12_345, 2), "money", EN, currency="EUR") == "€61.73"
    assert amount_words(5000, "money_per_day", EN, currency="EUR") == "€50.00 a day"
    assert amount_words(5000, "money_per_day", NL, currency="EUR") == "€\xa050,00 per dag"
