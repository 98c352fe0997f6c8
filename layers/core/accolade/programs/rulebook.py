"""The rulebook of a tenant: which version of which program judges a day or a period, without looking at every rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from accolade.kpis.port import Kpi
from accolade.model.relations import LED
from accolade.model.sales import NEAR_AMOUNTS, SALE_FIELDS
from accolade.programs.capping import by_period
from accolade.programs.catalogue import EVENT_DATE
from accolade.programs.condition_tree import fields
from accolade.programs.matching import Matcher
from accolade.programs.periods import Period, parse_period
from accolade.programs.rollout import buckets
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.programs.signals import asked_fields

_REMEMBERED = 20_000


class Rulebook:
    """All versions of a tenant's programs.

    The version that judges a day is the highest of those that have begun; it is in force if it has not ended, so a
    last version with an end retires the program. A period is judged by the version in force at its start or, if it
    began earlier, by the program's first one. Facts dated outside the program's days count for nothing.
    `shares`: the names of the shares of budgets that there are (`wallet.shares`).
    """

    def __init__(self, programs: Sequence[Program], shares: frozenset[str] = frozenset()) -> None:
        self.shares = shares
        programs = [_paying(program) for program in programs]
        self._versions: dict[str, list[Program]] = {}
        for program in sorted(programs, key=lambda it: (it.id, it.version)):
            self._versions.setdefault(program.id, []).append(program)
        self._numbered = {(it.id, it.version): it for it in programs}
        self._first = {id_: min(given, key=lambda it: (it.effective_from, -it.version)) for id_, given in self._versions.items()}
        self._rolled_out = tuple(it for it in programs if it.rollout_percent < 100)
        self._closes = any(not it.inline for program in programs for it in program.milestones)
        self._by_day: dict[tuple[str, date], Program | None] = {}
        self._matchers: dict[tuple[object, ...], Matcher[Milestone]] = {}
        self._matching: dict[tuple[str, date, str], Matcher[Milestone]] = {}
        self._money: dict[tuple[str, date, str], tuple[Milestone, ...]] = {}
        self._periods: dict[str, dict[str, tuple[Milestone, ...]]] = {}
        self._inline: dict[str, tuple[Milestone, ...]] = {}
        self._closing: dict[str, tuple[Milestone, ...]] = {}
        self._counted: dict[tuple[object, ...], Period | None] = {}
        self._past: set[str] = set()
        self._uses: dict[str, tuple[KpiUse, ...]] = {}
        self._asked: dict[str, Asked] = {}

    def program_ids(self) -> tuple[str, ...]:
        """The programs there are."""
        return tuple(self._versions)

    def versions(self, program_id: str) -> tuple[Program, ...]:
        """All versions of a program, oldest number first; empty if there is none."""
        return tuple(self._versions.get(program_id, ()))

    def version(self, program_id: str, number: int) -> Program | None:
        """One version of a program."""
        return self._numbered.get((program_id, number))

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

    def asked(self, record_type: str) -> "Asked":
        """What all rules together ask of a type of record, beyond its own fields."""
        if record_type not in self._asked:
            asked = self._asked[record_type] = _asked(record_type, self._numbered.values(), self.uses(record_type))
            asked.beside = bool(asked.prefixes - {record_type, "participant"})
        return self._asked[record_type]

    def record_milestones(self, record_type: str, on: date, dated_by: str = "") -> tuple[Milestone, ...]:
        """The milestones with an award a record, for that type and date (of the field `dated_by`, empty: the event's)."""
        return tuple(self.matcher(record_type, on, dated_by).rules)

    def matcher(self, record_type: str, on: date, dated_by: str = "") -> Matcher[Milestone]:
        """The same milestones, to be asked which of them hold."""
        asked = (record_type, on, dated_by)
        known = self._matching.get(asked)
        if known is None:
            _make_room(self._matching)
            known = self._matching[asked] = self._matcher(record_type, on, dated_by)
        return known

    def of_money(self, record_type: str, on: date, dated_by: str = "") -> tuple[Milestone, ...]:
        """Those of the same milestones that are worthless across currencies."""
        asked = (record_type, on, dated_by)
        known = self._money.get(asked)
        if known is None:
            _make_room(self._money)
            known = self._money[asked] = tuple(it for it in self.matcher(*asked).rules if it.reads_money)
        return known

    def _matcher(self, record_type: str, on: date, dated_by: str) -> Matcher[Milestone]:
        """One matcher for all days on which the same versions are in force."""
        force = tuple((it.id, it.version) for it in self.in_force(on))
        key = (record_type, dated_by, force)
        if key not in self._matchers:
            _make_room(self._matchers)
            found = [
                milestone
                for named in force
                for milestone in self._numbered[named].milestones
                if milestone.kpi is None and milestone.record == record_type and milestone.dated_by == dated_by
            ]
            self._matchers[key] = Matcher(found, lambda it: it.tree)
        return self._matchers[key]

    def buckets(self, number: str) -> Mapping[str, int]:
        """The hidden fields of a person that programs ask for which are rolled out to a part of all participants."""
        return buckets(self._rolled_out, number) if self._rolled_out else {}

    def uses(self, record_type: str) -> tuple[KpiUse, ...]:
        """The distinct KPIs, each in its calendar, that records of that type may contribute to under any version."""
        if record_type not in self._uses:
            found = {
                (use.id, use.calendar): use
                for program in self._numbered.values()
                for milestone in program.milestones
                for use in milestone.uses
                if record_type in use.kpi.records
            }
            self._uses[record_type] = tuple(found[key] for key in sorted(found, key=str))
        return self._uses[record_type]

    def counted(self, use: KpiUse, on: date) -> Period | None:
        """The period in which something on that day counts for the KPI; None if no program asks for it.

        What a program is compared with may lie before it begins; see `history`.
        """
        cut = use.calendar
        key = (use.id, on, cut.kind, cut.zone, cut.fiscal_start, cut.start, cut.end)  # quicker than asking the calendar's hash
        if key not in self._counted:
            _make_room(self._counted)
            period = cut.period_of(on)
            asking = self.period_milestones(use.id, period) if period else ()
            past = [it for it in asking if _looks_back(it)]
            self._past |= {use.id} if past else set()
            self._counted[key] = period if past or any(self.on(it.program, on) for it in asking) else None
        return self._counted[key]

    def history(self, use: KpiUse, on: date) -> bool:
        """Whether what happened that day is only what something is compared with: no program that reads it is in force."""
        if use.id not in self._past:
            return False
        period = self.counted(use, on)
        return not any(self.on(it.program, on) for it in (self.period_milestones(use.id, period) if period else ()))

    def period_milestones(self, kpi_id: str, period: Period) -> tuple[Milestone, ...]:
        """The milestones that read this KPI in this period, of the versions that judge the period."""
        return self._in_period(period).get(kpi_id, ())

    def milestones_in(self, period: Period) -> tuple[Milestone, ...]:
        """Every milestone that this period's standings decide."""
        found = (milestone for milestones in self._in_period(period).values() for milestone in milestones)
        return tuple({(it.program, it.id): it for it in found}.values())

    def closing_in(self, period_id: str) -> tuple[Milestone, ...]:
        """Those that are judged over everybody, or at close only: `maintain` settles them."""
        if period_id not in self._closing:
            _make_room(self._closing)
            self._closing[period_id] = tuple(it for it in self.milestones_in(parse_period(period_id)) if not it.inline)
        return self._closing[period_id]

    @property
    def closes(self) -> bool:
        """Whether there is any milestone that `maintain` settles."""
        return self._closes

    def inline_in(self, period_id: str) -> tuple[Milestone, ...]:
        """Those of them that each decision about a person settles; the others wait for `maintain`."""
        if period_id not in self._inline:
            _make_room(self._inline)
            self._inline[period_id] = tuple(it for it in self.milestones_in(parse_period(period_id)) if it.inline)
        return self._inline[period_id]

    def _in_period(self, period: Period) -> dict[str, tuple[Milestone, ...]]:
        if period.id not in self._periods:
            _make_room(self._periods)
            found: dict[str, list[Milestone]] = {}
            for program_id in self._versions:
                judge = self.for_period(program_id, period.start)
                for milestone in (by_period(it) for it in judge.milestones) if judge else ():
                    for use in milestone.uses if milestone.calendar == period.calendar else ():
                        found.setdefault(use.id, []).append(milestone)
            self._periods[period.id] = {kpi_id: tuple(milestones) for kpi_id, milestones in found.items()}
        return self._periods[period.id]


class Asked:
    """What the rules ask of a type of record beyond its own fields.

    `open_too`: records that have not come to their end count as well. `dates`: the fields that date record milestones
    (empty: the event's own date). `prefixes`: what is read of related records and people (`account`, `participant`).
    `names`: the fields by their full names. `users`: the record's own fields that hold people who share. `managers`, `teams`:
    whether those share. `beside`: whether any related record is read. `sales`: whether what a deal was to its account is
    asked, `near`: what was sold near it.
    """

    def __init__(self) -> None:
        self.open_too = False
        self.dates: set[str] = set()
        self.prefixes: set[str] = set()
        self.names: set[str] = set()
        self.users: set[str] = set()
        self.managers = self.teams = self.sales = self.near = self.beside = False

    def read(self, names: Iterable[str]) -> None:
        """Fields by their full names."""
        known = {name for name in names if name}
        self.names |= known
        self.prefixes |= {name.split(".")[0] for name in known}
        if known & SALE_FIELDS:
            self.sales, self.near = True, self.near or NEAR_AMOUNTS in known
            self.prefixes.add("product")
        if LED in known:
            self.prefixes.add("lead")


def _asked(record_type: str, programs: Iterable[Program], uses: Iterable[KpiUse]) -> Asked:
    asked = Asked()
    for program in programs:
        if any(it.scope != "participant" for it in program.caps):
            asked.prefixes.add("participant")
        for milestone in program.milestones:
            if milestone.kpi is None and milestone.record == record_type:
                _of_milestone(asked, milestone)
    for use in uses:
        own_days = type(use.kpi).moments is not Kpi.moments or use.kpi.dated_by != EVENT_DATE.get(record_type)
        asked.open_too |= own_days or use.kpi.open_too
        names = {*use.kpi.reads, *(fields(use.tree) if use.tree else ())}
        asked.read(names)
        asked.prefixes |= {"participant"} if use.subject != "person" else set()
    return asked


def _of_milestone(asked: Asked, milestone: Milestone) -> None:
    asked.dates.add(milestone.dated_by)
    asked.open_too |= bool(milestone.dated_by)
    trees = [it for it in (milestone.tree, milestone.hold.tree if milestone.hold else None) if it]
    trees += [it.tree for it in milestone.multipliers]
    asked.read({name for tree in trees for name in fields(tree)} | {milestone.points.per or ""})
    asked.read(asked_fields(milestone.guards))
    asked.users |= {it.to.partition(".")[2] for it in milestone.splits if "." in it.to}
    asked.managers |= any(it.to == "manager" for it in milestone.splits)
    asked.teams |= milestone.subject != "person" or any(it.to == "team" for it in milestone.splits)
    if asked.managers or asked.teams or any(it.scope != "participant" for it in milestone.caps):
        asked.prefixes.add("participant")


def _paying(program: Program) -> Program:
    """A program that pays only from a day on counts what came before as a baseline, in KPIs of its own."""
    day = program.pays_from
    if day is None:
        return program

    def paying(use: KpiUse) -> KpiUse:
        return replace(use, id=f"{use.id}.from{day:%Y%m%d}", pays_from=day)

    milestones = tuple(
        replace(it, kpi=paying(it.kpi) if it.kpi else None, tie_uses=tuple(map(paying, it.tie_uses))) for it in program.milestones
    )
    return replace(program, milestones=milestones)


def _looks_back(milestone: Milestone) -> bool:
    """Whether it is compared with what was before: that counts too, though it is not judged."""
    return milestone.improvement is not None or any(use.kpi.looks_back for use in milestone.uses)


def _make_room(memory: dict[Any, Any]) -> None:
    """Forget everything rather than grow without bound: a history of many years asks for many days."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
