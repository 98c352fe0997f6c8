"""The rulebook of a tenant: which version of which program judges a day or a period, without looking at every rule."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accolade.programs.periods import Period
from accolade.programs.rules import KpiUse, Milestone, Program

_REMEMBERED = 20_000


class Rulebook:
    """All versions of a tenant's programs.

    The version that judges a day is the highest of those that have begun; it is in force if it has not ended, so a
    last version with an end retires the program. A period is judged by the version in force at its start or, if it
    began earlier, by the program's first one. Facts dated outside the program's days count for nothing.
    """

    def __init__(self, programs: Sequence[Program]) -> None:
        self._versions: dict[str, list[Program]] = {}
        for program in sorted(programs, key=lambda it: (it.id, it.version)):
            self._versions.setdefault(program.id, []).append(program)
        self._first = {id_: min(given, key=lambda it: (it.effective_from, -it.version)) for id_, given in self._versions.items()}
        self._by_day: dict[tuple[str, date], Program | None] = {}
        self._uses: dict[tuple[str, date], tuple[KpiUse, ...]] = {}
        self._records: dict[tuple[str, date], tuple[Milestone, ...]] = {}
        self._periods: dict[str, dict[str, tuple[Milestone, ...]]] = {}

    def program_ids(self) -> tuple[str, ...]:
        """The programs there are."""
        return tuple(self._versions)

    def versions(self, program_id: str) -> tuple[Program, ...]:
        """All versions of a program, oldest number first; empty if there is none."""
        return tuple(self._versions.get(program_id, ()))

    def version(self, program_id: str, number: int) -> Program | None:
        """One version of a program."""
        return next((it for it in self._versions.get(program_id, ()) if it.version == number), None)

    def on(self, program_id: str, day: date) -> Program | None:
        """The version in force on a business date; None before the program, after it, or if there is none."""
        key = (program_id, day)
        if key not in self._by_day:
            _make_room(self._by_day)
            begun = [it for it in self._versions.get(program_id, ()) if it.effective_from <= day]
            newest = begun[-1] if begun else None
            over = newest is None or (newest.effective_to is not None and day >= newest.effective_to)
            self._by_day[key] = None if over else newest
        return self._by_day[key]

    def in_force(self, day: date) -> list[Program]:
        """The version in force of each program on a business date."""
        return [found for id_ in self._versions if (found := self.on(id_, day))]

    def for_period(self, program_id: str, period_start: date) -> Program | None:
        """The version that judges a period beginning on that day; None if the program was over by then."""
        first = self._first.get(program_id)
        if first is not None and period_start < first.effective_from:
            return first
        return self.on(program_id, period_start)

    def record_milestones(self, record_type: str, on: date) -> tuple[Milestone, ...]:
        """The milestones of kind record for that type of record and business date."""
        key = (record_type, on)
        if key not in self._records:
            _make_room(self._records)
            self._records[key] = tuple(
                milestone
                for program in self.in_force(on)
                for milestone in program.milestones
                if milestone.kpi is None and milestone.record == record_type
            )
        return self._records[key]

    def kpi_uses(self, record_type: str, on: date) -> tuple[KpiUse, ...]:
        """The distinct KPIs that a record of that type and business date contributes to, each in `calendar.period_of(on)`."""
        key = (record_type, on)
        if key not in self._uses:
            _make_room(self._uses)
            self._uses[key] = tuple(self._find_uses(record_type, on).values())
        return self._uses[key]

    def period_milestones(self, kpi_id: str, period: Period) -> tuple[Milestone, ...]:
        """The milestones that read this KPI in this period, of the versions that judge the period."""
        return self._in_period(period).get(kpi_id, ())

    def milestones_in(self, period: Period) -> tuple[Milestone, ...]:
        """Every milestone that this period's standing decides."""
        return tuple(milestone for milestones in self._in_period(period).values() for milestone in milestones)

    def _find_uses(self, record_type: str, on: date) -> dict[tuple[str, str], KpiUse]:
        uses: dict[tuple[str, str], KpiUse] = {}
        for program in self.in_force(on):
            for calendar in {it.calendar for version in self._versions[program.id] for it in version.milestones if it.calendar}:
                period = calendar.period_of(on)
                for kpi_id, milestones in self._in_period(period).items():
                    use = milestones[0].kpi
                    if use and use.record == record_type and any(it.program == program.id for it in milestones):
                        uses.setdefault((kpi_id, period.id), use)
        return dict(sorted(uses.items()))

    def _in_period(self, period: Period) -> dict[str, tuple[Milestone, ...]]:
        if period.id not in self._periods:
            _make_room(self._periods)
            found: dict[str, list[Milestone]] = {}
            for program_id in self._versions:
                judge = self.for_period(program_id, period.start)
                for milestone in judge.milestones if judge else ():
                    if milestone.kpi and milestone.calendar == period.calendar:
                        found.setdefault(milestone.kpi.id, []).append(milestone)
            self._periods[period.id] = {kpi_id: tuple(milestones) for kpi_id, milestones in found.items()}
        return self._periods[period.id]


def _make_room(memory: dict[Any, Any]) -> None:
    """Forget everything rather than grow without bound: a history of many years asks for many days."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
