"""Gaps: what holds people up, told by KPIs that fall short of a line, by team and role, with the preset that addresses it.

Pure: what was measured comes in, what is wrong with it comes out, the worst first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

HOUR, DAY = 3_600, 86_400

LEAST = 5
"""Records that a figure rests on at least, before anybody is named."""

NAMED = 3
"""Groups, stages or fields that are named of each gap."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that a gap may answer: the KPI with its options, in its unit the `line` that it should keep, whether higher is
    better, and the preset for those who do not. `detail`: what of it is named beside teams and roles: stages or fields.
    `needs`: fields of which the history has to have one, for what is not exported is no gap of anybody."""

    name: str
    says: str
    kpi: str
    record: str
    line: Fraction
    preset: str
    options: Mapping[str, str] = field(default_factory=dict)
    higher: bool = True
    detail: str = ""
    needs: tuple[str, ...] = ()

    def kept(self, value: Fraction) -> bool:
        """Whether a value is on the good side of the line."""
        return value >= self.line if self.higher else value <= self.line

    def miss(self, value: Fraction) -> Fraction:
        """By how much of the line a value misses it; 0 if it does not."""
        return Fraction(0) if self.kept(value) else abs(value - self.line) / self.line


PROBES = (
    Probe("slow replies to tickets", "half of the first answers take longer", "response_time", "ticket", Fraction(HOUR),
          "first-response", higher=False),
    Probe("slow replies to leads", "half of the first answers take longer", "response_time", "lead", Fraction(HOUR),
          "first-response", {"of": "lead"}, higher=False),
    Probe("deals that are stuck", "open deals that rest longer than nine of ten did", "gestation", "deal", Fraction(1, 10),
          "gestation", {"measure": "stuck"}, higher=False),
    Probe("slow stages", "half of all stays in a stage last longer", "gestation", "deal", Fraction(14 * DAY), "gestation",
          {"measure": "median"}, higher=False, detail="stage"),
    Probe("long cycles", "half of the won deals took longer", "cycle_time", "deal", Fraction(45), "cycle-time", higher=False),
    Probe("missing fields", "required fields that are filled in", "adoption_completeness", "deal", Fraction(9, 10),
          "complete-records", detail="field"),
    Probe("no next step", "open deals with a next step", "next_step_set", "deal", Fraction(9, 10), "next-step",
          needs=("next_step", "next_step_on")),
    Probe("unknown personas", "new contacts with a persona", "persona_filled", "contact", Fraction(9, 10), "persona-filled",
          needs=("persona",)),
    Probe("hand-offs without a note", "complete hand-offs", "handoff_completeness", "deal", Fraction(19, 20), "hand-off",
          needs=("handover_note",)),
    Probe("reopened tickets", "closed tickets that were reopened", "reopen_rate", "ticket", Fraction(1, 20),
          "ticket-not-reopened", higher=False),
    Probe("late entries", "activities written down in time", "adoption_timeliness", "activity", Fraction(9, 10), "crm-adoption"),
    Probe("unhappy customers", "answers that are satisfied", "csat", "survey_response", Fraction(9, 10), "satisfaction"),
    Probe("lapsed customers", "customers without a purchase for 90 days", "lapsed", "deal", Fraction(1, 4), "rfm-win-back",
          higher=False),
)  # fmt: skip
"""What is looked at, each where the history has its records."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure: `by` (`all`, `team`, `role`, `stage`, `field`), of whom or what, and over how many records."""

    by: str
    subject: str
    value: Fraction
    sample: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A probe that somebody misses: everybody together, the worst teams and roles, and what of it is worst."""

    probe: Probe
    overall: Seen | None
    groups: tuple[Seen, ...]
    details: tuple[Seen, ...]
    severity: Fraction


def gaps(measured: Mapping[str, Iterable[Seen]]) -> list[Gap]:
    """The gaps in what was measured by probe name, the worst first: by how far all together, else the worst group, miss."""
    found = []
    for probe in PROBES:
        seen = [it for it in measured.get(probe.name, ()) if it.sample >= LEAST]
        overall = next((it for it in seen if it.by == "all"), None)
        missing = _worst(probe, [it for it in seen if it.by in ("team", "role")])
        if overall is not None and probe.kept(overall.value) and not missing:
            continue
        if overall is None and not missing:
            continue
        severity = max([probe.miss(overall.value) if overall else Fraction(0), *(probe.miss(it.value) / 2 for it in missing)])
        found.append(Gap(probe, overall, missing, _worst(probe, [it for it in seen if it.by == probe.detail]), severity))
    return sorted(found, key=lambda it: (-it.severity, it.probe.name))


def _worst(probe: Probe, seen: list[Seen]) -> tuple[Seen, ...]:
    missing = [it for it in seen if not probe.kept(it.value)]
    return tuple(sorted(missing, key=lambda it: (-probe.miss(it.value), it.by, it.subject))[:NAMED])
