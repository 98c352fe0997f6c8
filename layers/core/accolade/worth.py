"""What a record is worth as it stands: its contributions to KPIs, and the record awards it earns."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from accolade.kpis.port import Moment, on_day
from accolade.model.connections import FieldMap
from accolade.model.fields import RECORD_FIELDS
from accolade.model.phrases import later as t
from accolade.model.reading import Closing, business_date, closing
from accolade.model.records import Contribution, Facts, Record, Value
from accolade.model.times import to_millis
from accolade.programs import capping, signals
from accolade.programs.periods import midnight
from accolade.programs.rulebook import Asked, Rulebook
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.programs.shares import shared
from accolade.seeing import Dated, Sight
from accolade.situation import Problem, Projection, Situation, Wanted
from accolade.wallet.awards import VESTED

DAY = 86_400_000
"""Milliseconds."""

People = Mapping[str, Mapping[str, Value]]
"""What is frozen with a record, as `Record.people`."""

Credits = Mapping[str, str | None]
"""Who earns by a record, by credit rule, as CRM user ids."""


def credited_users(record: Record, *, open_too: bool = False) -> Credits:
    """Who earns by this record: the owner at its closing, and the owner now.

    Empty for one that is deleted or has no business date; while it is open it has only an owner, who earns if rules ask
    for open records too. A type without stages has no closing: its owner earns.
    """
    if record.deleted or not (open_too or business_date(record)):
        return {}
    return _credited(record, closing(record), open_too=open_too)


def _credited(record: Record, closed: Closing | None, *, open_too: bool) -> Credits:
    """Who earns by a record that counts, if its stage does."""
    owner = record.value("owner")
    now = str(owner) if owner else None
    if closed is not None:
        return {"owner_at_closing": closed.owner, "current_owner": now}
    if not open_too and "stage" in RECORD_FIELDS.get(record.key.type, {}):
        return {}
    return {"owner_at_closing": now, "current_owner": now}


def users_of(record: Record, rulebook: Rulebook) -> set[str]:
    """Every CRM user that a decision about this record may ask for: who earns, and who shares."""
    asked = rulebook.asked(record.key.type)
    credited = credited_users(record, open_too=asked.open_too)
    if not credited:
        return set()
    sharing = {str(user) for name in asked.users if (user := record.value(name))}
    return {user for user in credited.values() if user} | sharing


def project(before: Record, merged: Record, situation: Situation, *, facts: Facts | None = None) -> Projection:
    """What the merged record is worth now, by the rules in force on the dates of what happened."""
    kind, rulebook = merged.key.type, situation.rulebook
    field_map = situation.connection.map_for(record=kind)
    asked = rulebook.asked(kind)
    source = field_map is not None and field_map.source
    closed, on = closing(merged), business_date(merged)
    counts = source and (asked.open_too or on is not None) and not merged.deleted
    users = _credited(merged, closed, open_too=asked.open_too) if counts else {}
    numbers = {credit: situation.owners.get(user) if user else None for credit, user in users.items()}
    unknown = users.get("owner_at_closing") if users and not numbers["owner_at_closing"] else None
    worth = None
    contributions: tuple[Contribution, ...] = ()
    if field_map is not None and any(numbers.values()):
        worth = _Worth(Sight(merged, field_map, situation, asked, Dated(closed, on)), situation, numbers, asked)
        found = worth.contributions()
        contributions = tuple(found if len(found) < 2 else sorted(found, key=_place))
    people = worth.sight.people if worth else _sold(merged, field_map, situation, asked) if source else merged.people
    return Projection(
        before,
        _worthy(merged, contributions, unknown, people),
        closed,
        worth.wanted if worth else {},
        tuple(dict.fromkeys(worth.problems)) if worth else (),
        facts.version.at if facts else merged.version,
        facts.notification_ids if facts else (),
        again=facts is None,
    )


def _worthy(merged: Record, contributions: tuple[Contribution, ...], unknown: str | None, people: People) -> Record:
    """The record with what it is worth; the very same where that is nothing, as it was before."""
    if people is merged.people and contributions == merged.contributions and unknown == merged.waiting_for:
        return merged
    return Record(
        merged.key,
        merged.fields,
        merged.history,
        merged.deletion,
        contributions,
        merged.awards,
        unknown,
        merged.unsettled,
        people,
        merged.history_cut,
        merged.complete,
        merged.revision,
    )


def _sold(record: Record, field_map: FieldMap | None, situation: Situation, asked: Asked) -> People:
    """What is remembered of a record by which nobody earns: a deal was a sale to its account, whoever owns it."""
    if field_map is None or not asked.sales or record.key.type != "deal":
        return record.people
    return Sight(record, field_map, situation, asked).people


def _place(it: Contribution) -> tuple[str, str, str, str, str]:
    return it.participant, it.period, it.kpi, it.on, it.about


class _Worth:
    """One record under the rules of its dates; `numbers`: who earns, by credit rule."""

    def __init__(self, sight: Sight, situation: Situation, numbers: Credits, asked: Asked) -> None:
        self.wanted: dict[str, Wanted] = {}
        self.problems: list[Problem] = []
        self.sight, record = sight, sight.record
        self._record, self._situation, self._numbers, self._asked = record, situation, numbers, asked
        self._rulebook, self._kind = situation.rulebook, record.key.type
        self._since = situation.connection.since.date()
        self._currency: object = self.sight.plain.get(f"{self._kind}.currency")

    def contributions(self) -> list[Contribution]:
        """What the record adds to each KPI that a program in force reads, and the points of capped milestones."""
        found: list[Contribution] = []
        moments: dict[tuple[str, str], list[Moment]] = {}
        for use in self._rulebook.uses(self._kind):
            number = self._numbers.get(use.credit)
            if number is None:
                continue
            if use.reads_money and use.currency != self._currency:
                self._park_use(use, number)
                continue
            known = moments.get((use.id, number))
            if known is None:
                known = moments[use.id, number] = list(use.moments(self.sight.of(number)))
            for moment in known:
                period = self._rulebook.counted(use, moment.on) if moment.parts else None
                if period is not None:
                    found.append(self._counted(use, number, period.id, moment))
        self._find_record_awards(found)
        return _added(found) if len(found) > 1 else found

    def _counted(self, use: KpiUse, number: str, period: str, moment: Moment) -> Contribution:
        """Parts of a team's or region's KPI are kept apart by where the person was at event time."""
        id_ = use.id
        if use.subject in ("team", "region"):
            id_ = f"{id_}={self.sight.of(number).get(f'participant.{use.subject}') or ''}"
        backlog = moment.on < self._since or (use.pays_from is not None and moment.on < use.pays_from)
        backlog = backlog or self._rulebook.history(use, moment.on)
        if use.folded:
            return Contribution(number, period, id_, moment.parts, backlog, moment.on.isoformat(), moment.about)
        return Contribution(number, period, id_, moment.parts, backlog)

    def _find_record_awards(self, found: list[Contribution]) -> None:
        """Which record milestones hold, and what they are worth to whom."""
        numbers = sorted({it for it in self._numbers.values() if it})
        for dated_by in self._asked.dates:
            on = on_day(self.sight.plain, dated_by) if dated_by else self.sight.on if self.sight.settled else None
            if on is None or on < self._since:
                continue
            matcher = self._rulebook.matcher(self._kind, on, dated_by)
            for number in numbers:
                for milestone in matcher.matching(self.sight.of(number)):
                    if self._numbers.get(milestone.credit) == number:
                        self._award(milestone, number, on, found)
            for milestone in self._rulebook.of_money(self._kind, on, dated_by):
                if self._numbers.get(milestone.credit):
                    self._park_foreign(milestone)

    def _award(self, milestone: Milestone, number: str, on: date, found: list[Contribution]) -> None:
        program = self._rulebook.version(milestone.program, milestone.version)
        seen = self.sight.of(number)
        points = milestone.points.of(seen)
        if program is None or not points or (milestone.reads_money and program.currency != self._currency):
            return
        if program.pays_from is not None and on < program.pays_from:
            return
        points = milestone.multiplied(points, seen) if milestone.multipliers else points
        watched = signals.effects(milestone.guards, seen, self._record) if milestone.guards else None
        if watched and watched.cap is not None:
            points = min(points, watched.cap)
        for who, share in self._recipients(milestone, number, points):
            if capping.capped(milestone):
                period = capping.held_in(milestone).period_of(on).id
                found.append(Contribution(who, period, capping.kpi_id(milestone), {"points": share}, False, on.isoformat(), ""))
            elif share:
                key = f"{milestone.program}/{milestone.id}/{who}/{self._record.key}"
                self.wanted[key] = self._held(milestone, program, who, share, on, watched)

    def _held(
        self, milestone: Milestone, program: Program, who: str, points: int, on: date, watched: signals.Effects | None
    ) -> Wanted:
        due, gate, until = VESTED, True, 0
        hold, days = milestone.hold, milestone.hold.days if milestone.hold else None
        longer = watched.days if watched else 0
        if hold is not None or longer:
            start = self.sight.closed.at if self.sight.closed else to_millis(midnight(on, program.zone))
            due = start + max(days or 0, longer) * DAY
            if hold is not None and hold.until is not None:
                gate = hold.until(self.sight.of(who)) is True
                due, until = (VESTED, 0) if gate and not longer else (0, start + (days or 0) * DAY)
        review = watched.review if watched else ""
        if milestone.approval_above is not None and points > milestone.approval_above:
            review = review or "above"
        return Wanted(milestone, who, points, due, gate, until, review, nodes(milestone, program, who, self.sight.of(who), on))

    def _recipients(self, milestone: Milestone, number: str, points: int) -> list[tuple[str, int]]:
        """Who gets how much of a record award; the shares sum exactly. Who is not there, or not known, leaves a share unpaid."""
        if milestone.subject != "person":
            members = self.sight.roster(number, milestone.subject)
            if milestone.sharing == "each":
                return [(it, points) for it in members]
            return list(shared(points, dict.fromkeys(members, 1)).items())
        if not milestone.splits:
            return [(number, points)]
        parts = shared(points, {it.to: it.share for it in milestone.splits})
        found: dict[str, int] = {}
        for split in milestone.splits:
            for who, share in self._sharing(split.to, number, parts[split.to]):
                found[who] = found.get(who, 0) + share
        return sorted(found.items())

    def _sharing(self, to: str, number: str, points: int) -> list[tuple[str, int]]:
        if to == "owner":
            return [(number, points)]
        if to == "team":
            return list(shared(points, dict.fromkeys(self.sight.roster(number, "team"), 1)).items())
        if to == "manager":
            manager = self.sight.of(number).get("participant.manager")
            who = self._situation.by_id.get(str(manager)) if manager else None
        else:
            user = self._record.value(to.partition(".")[2])
            who = self._situation.owners.get(str(user)) if user else None
        return [(who, points)] if who else []

    def _park_use(self, use: KpiUse, number: str) -> None:
        for moment in use.moments(self.sight.of(number)):
            period = self._rulebook.counted(use, moment.on)
            for milestone in self._rulebook.period_milestones(use.id, period) if period else ():
                self._park(milestone.program, milestone.id)

    def _park_foreign(self, milestone: Milestone) -> None:
        program = self._rulebook.version(milestone.program, milestone.version)
        if program is not None and program.currency != self._currency:
            self._park(program.id, milestone.id)

    def _park(self, program: str, milestone: str) -> None:
        self.problems.append(Problem(program, milestone, foreign(str(self._currency))))


def foreign(currency: str) -> str:
    """Why an amount counts for nothing, in words."""
    return t("its amount is in %(currency)s, which is not the program's currency, and no rate is known", currency=currency)


def nodes(milestone: Milestone, program: Program, who: str, seen: Mapping[str, object], on: date) -> tuple[str, ...]:
    """The caps that bind beyond the milestone and the person: budget nodes `program/milestone or */scope:name/period=points`.

    They are taken in the order of posting, as budgets are: `trim` to what is left.
    """
    if not (milestone.caps or program.caps):
        return ()
    found = []
    for place, caps in ((milestone.id, milestone.caps), ("*", program.caps)):
        for cap in caps:
            if cap.scope != "participant" or place == "*":
                name = who if cap.scope == "participant" else seen.get(f"participant.{cap.scope}") or ""
                period = cap.calendar.period_of(on).id if cap.calendar else "lifetime"
                found.append(f"{program.id}/{place}/{cap.scope}:{name}/{period}={cap.points}")
    return tuple(found)


def _added(found: list[Contribution]) -> list[Contribution]:
    """Contributions of one record to the same KPI, person, period, day and subject are one."""
    sums: dict[tuple[object, ...], Contribution] = {}
    for it in found:
        key = (it.participant, it.period, it.kpi, it.baseline, it.on, it.about)
        known = sums.get(key)
        if known is not None:
            names = dict.fromkeys([*known.parts, *it.parts])
            it = replace(known, parts={name: known.parts.get(name, 0) + it.parts.get(name, 0) for name in names})
        sums[key] = it
    return list(sums.values())
