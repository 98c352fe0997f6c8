"""Gaps: who misses which line by how much, the worst first, and which preset is for it."""

from fractions import Fraction

from accolade.analytics.gaps import PROBES, Seen, gaps
from accolade.kpis import kpi
from accolade.programs.preset_files import names


def seen(by, subject, value, sample=20):
    return Seen(by, subject, Fraction(value), sample)


def test_every_probe_asks_a_kpi_in_the_direction_that_it_has_and_names_a_preset() -> None:
    for probe in PROBES:
        measured = kpi(probe.kpi, probe.options)
        assert (measured.better == "higher") is probe.higher, probe.name
        assert probe.record in measured.records
        assert probe.preset in names()
    assert len({probe.name for probe in PROBES}) == len(PROBES)


def test_what_keeps_its_line_is_no_gap() -> None:
    assert gaps({"long cycles": [seen("all", "ALL", 45), seen("team", "West", 44)]}) == []
    assert gaps({}) == []


def test_the_worst_comes_first_with_its_worst_groups() -> None:
    first, second = gaps(
        {
            "long cycles": [
                seen("all", "ALL", 50),
                seen("team", "West", 60),
                seen("team", "East", 40),
                seen("role", "sales", 50),
            ],
            "no next step": [seen("all", "ALL", Fraction(1, 10))],
        }
    )
    assert (first.probe.name, first.severity) == ("no next step", Fraction(8, 9))
    assert (second.probe.preset, [it.subject for it in second.groups]) == ("cycle-time", ["West", "sales"])


def test_a_team_that_is_behind_is_a_gap_though_all_together_are_not() -> None:
    (gap,) = gaps({"long cycles": [seen("all", "ALL", 40), seen("team", "West", 90)]})
    assert (gap.groups[0].subject, gap.severity) == ("West", Fraction(1, 2))


def test_nobody_is_named_for_a_handful_of_records() -> None:
    assert gaps({"long cycles": [seen("all", "ALL", 90, sample=4), seen("team", "West", 90, sample=4)]}) == []


def test_slow_stages_and_missing_fields_are_named() -> None:
    day = 86_400
    (gap,) = gaps(
        {
            "slow stages": [
                seen("all", "ALL", 20 * day),
                seen("stage", "Demo", 10 * day),
                seen("stage", "Legal", 40 * day),
                seen("stage", "Offer", 15 * day),
            ]
        }
    )
    assert [it.subject for it in gap.details] == ["Legal", "Offer"]
