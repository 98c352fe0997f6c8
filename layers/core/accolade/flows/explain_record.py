"""Explaining a record: what each milestone made of it for one person, by the very functions that decide."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from accolade.decide import credited_users, project
from accolade.flows.explanation import Subject, Verdict, Why, capped_or_coming
from accolade.flows.explanation_steps import held_verdict, steps
from accolade.model.fields import RECORD_FIELDS
from accolade.model.reading import business_date, closing
from accolade.model.records import Holding, Record
from accolade.model.times import from_millis, iso
from accolade.programs import capping
from accolade.programs.condition_tree import Condition
from accolade.programs.explaining import answers, explain, nearest_miss, parted
from accolade.programs.rules import Milestone, Program
from accolade.seeing import seen_by
from accolade.situation import Projection, Situation, Wanted

NOTHING = Holding()

BUCKET = "participant.bucket."
"""How the fields begin that say whether a person is in the part of all participants for whom a program has begun."""


@dataclass
class Judged:
    """A record as the rules see it for one person: what it is worth, and what they looked at."""

    record: Record
    situation: Situation
    number: str
    projection: Projection = field(init=False)
    seen: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.projection = project(self.record, self.record, self.situation)
        self.seen = dict(seen_by(self.record, self.situation, self.number))

    @property
    def kind(self) -> str:
        """The record's canonical type."""
        return self.record.key.type

    @property
    def settled(self) -> bool:
        """Whether it has come to its end; a type without stages always has."""
        return closing(self.record) is not None or "stage" not in RECORD_FIELDS.get(self.kind, {})

    @property
    def copy(self) -> bool:
        """Whether it is another system's record, which earns nothing here."""
        found = self.situation.connection.map_for(record=self.kind)
        return found is None or not found.source

    @property
    def theirs(self) -> bool:
        """Whether the person earns by it, shares in it, or ever did: what is not theirs is not shown to them."""
        mine = {it.participant for it in (*self.record.contributions, *self.projection.record.contributions)}
        mine |= {key.split("/")[2] for key in (*self.record.awards, *self.projection.wanted)}
        return self.number in mine or self.number in self.earners.values()

    @property
    def earners(self) -> dict[str, str | None]:
        """Participant numbers by credit rule; None where the CRM's user is nobody here."""
        asked = self.situation.rulebook.asked(self.kind)
        users = {} if self.copy else credited_users(self.record, open_too=asked.open_too)
        return {credit: self.situation.owners.get(user) if user else None for credit, user in users.items()}

    def day(self, milestone: Milestone) -> date | None:
        """The day that decides for a milestone; None while it is open or has no date."""
        value = self.seen.get(milestone.dated_by) if milestone.dated_by else business_date(self.record) if self.settled else None
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None

    def holding(self, milestone: Milestone) -> Holding:
        """What is held of the milestone for this record: of a capped one, which is held by period, what the caps left it."""
        if not capping.capped(milestone):
            return self.record.awards.get(self.key(milestone), NOTHING)
        standing = self.situation.standings.get((self.number, self.period(milestone)))
        whole = standing.awards.get(self.key(milestone), NOTHING) if standing else NOTHING
        mine = self.granted(milestone)
        if not mine or not (whole.held or whole.shadow):
            return NOTHING
        return replace(whole, posted=mine, shadow=0) if whole.posted else replace(whole, shadow=mine if whole.shadow else 0)

    def period(self, milestone: Milestone) -> str:
        """The id of the period in which a capped milestone is held; empty for one that is held by record."""
        on = self.day(milestone)
        return capping.held_in(milestone).period_of(on).id if on and capping.capped(milestone) else ""

    def key(self, milestone: Milestone) -> str:
        """The award's key."""
        scope = self.period(milestone) or str(self.record.key)
        return f"{milestone.program}/{milestone.id}/{self.number}/{scope}"

    def wanted(self, milestone: Milestone) -> Wanted | None:
        """What the record earns by the milestone; None if nothing, or if it is held by period."""
        return self.projection.wanted.get(self.key(milestone))

    def granted(self, milestone: Milestone) -> int:
        """Points that the record got of a capped milestone, after its caps."""
        facts = self.situation.facts.get((self.number, self.period(milestone), capping.kpi_id(milestone)))
        record = str(self.record.key)
        return sum(it.points for it in capping.granted(milestone, facts.every if facts else ()) if it.fact.record == record)


def record_awards(judged: Judged, *, milestone: str = "") -> Iterator[Why]:
    """Every record milestone for that type of record, or the one of that id: held, waiting or not there, and why."""
    for program, rule in _rules(judged, milestone):
        yield explain_one(judged, program, rule)


def uncounted(judged: Judged, *, milestone: str = "") -> Iterator[Why]:
    """The period milestones for that type of record that it adds nothing to, though it has come to its end, and why not."""
    on, book = business_date(judged.record), judged.situation.rulebook
    if on is None or not judged.settled or judged.copy or judged.record.deleted:
        return
    for program in book.in_force(on):
        for rule in program.milestones:
            use = rule.kpi
            if use is None or milestone not in ("", rule.id) or judged.kind not in use.kpi.records:
                continue
            if judged.earners.get(use.credit) == judged.number and not list(use.moments(judged.seen)):
                audience, own = parted(use.tree, program.audience_tree)
                verdict, detail = _conditions(judged, audience, own) or (Verdict.UNCOUNTED, "")
                missed = audience if verdict is Verdict.AUDIENCE else own
                yield Why(
                    program,
                    rule,
                    use.calendar.period_of(on).id,
                    verdict,
                    record=subject(judged, on),
                    audience=explain(audience, judged.seen) if audience else None,
                    conditions=explain(own, judged.seen) if own else None,
                    nearest=nearest_miss(missed, judged.seen) if missed and verdict in _CONDITIONAL else (),
                    detail=detail,
                )


def explain_one(judged: Judged, program: Program, milestone: Milestone) -> Why:
    """One record milestone for the record."""
    audience, own = parted(milestone.tree, program.audience_tree)
    verdict, detail = _verdict(judged, program, milestone, audience, own)
    holding, want = judged.holding(milestone), judged.wanted(milestone)
    due = judged.granted(milestone) if capping.capped(milestone) else want.points if want else 0
    missed = audience if verdict is Verdict.AUDIENCE else own
    why = Why(
        program,
        milestone,
        judged.period(milestone) or str(judged.record.key),
        verdict,
        holding,
        due,
        subject(judged, judged.day(milestone)),
        audience=explain(audience, judged.seen) if audience else None,
        conditions=explain(own, judged.seen) if own else None,
        nearest=nearest_miss(missed, judged.seen) if missed and verdict in _CONDITIONAL else (),
        detail=detail,
    )
    return replace(why, steps=steps(why, judged.record, judged.seen, want)) if due or holding.held or holding.shadow else why


def subject(judged: Judged, on: date | None) -> Subject:
    """The record as an explanation names it."""
    record, closed = judged.record, closing(judged.record)
    days = judged.seen.get(f"{judged.kind}.cycle_days")
    notes = {}
    if closed:
        notes[f"{judged.kind}.stage"] = f"since {iso(from_millis(closed.at))}"
    if days is not None and record.value("created_on"):
        end = record.value("close_date") or record.value("closed_on") or on
        notes[f"{judged.kind}.cycle_days"] = f"created {record.value('created_on')}, closed {end}"
    return Subject(
        str(record.key),
        judged.kind,
        str(record.value("name") or ""),
        on or business_date(record),
        days if isinstance(days, int) else None,
        str(record.value("stage") or ""),
        notes,
    )


def _rules(judged: Judged, milestone: str) -> Iterator[tuple[Program, Milestone]]:
    """Each milestone once, in the version in force on the day that decides, else in the newest version that has it."""
    book = judged.situation.rulebook
    for program_id in book.program_ids():
        found: dict[str, tuple[Program, Milestone]] = {}
        for version in book.versions(program_id):
            for rule in version.milestones:
                if rule.kpi is None and rule.record == judged.kind and milestone in ("", rule.id):
                    on = judged.day(rule)
                    force = book.on(program_id, on) if on else None
                    known = found.get(rule.id)
                    if known is None or force is version or known[0] is not force:
                        found[rule.id] = (version, rule)
        yield from found.values()


_CONDITIONAL = (Verdict.AUDIENCE, Verdict.NOT_MET, Verdict.UNKNOWN)

Found = tuple[Verdict, str]


def _verdict(judged: Judged, program: Program, milestone: Milestone, audience: Condition | None, own: Condition | None) -> Found:
    """What became of it: the first reason in the order in which a decision would have met it."""
    holding = judged.holding(milestone)
    if holding.held or holding.shadow:
        return held_verdict(holding), ""
    return (
        _unjudged(judged, milestone)
        or _out_of_force(judged, program, milestone)
        or _not_theirs(judged, milestone)
        or _conditions(judged, audience, own)
        or _worthless(judged, program, milestone)
    )


def _unjudged(judged: Judged, milestone: Milestone) -> Found | None:
    if judged.record.deleted:
        return Verdict.DELETED, ""
    if judged.copy:
        return Verdict.COPY, ""
    if not milestone.dated_by and not judged.settled:
        return Verdict.OPEN, ""
    return None if judged.day(milestone) else (Verdict.UNDATED, milestone.dated_by)


def _out_of_force(judged: Judged, program: Program, milestone: Milestone) -> Found | None:
    on, book = judged.day(milestone), judged.situation.rulebook
    force = book.on(program.id, on) if on else None
    if on is None or force is program:
        since = judged.situation.connection.since.date()
        begin = max(since, program.pays_from or since)
        return (Verdict.BACKLOG, begin.isoformat()) if on and on < begin else None
    if force is not None:
        return Verdict.VERSION, str(force.version)
    first = min(it.effective_from for it in book.versions(program.id))
    return (Verdict.BEFORE, first.isoformat()) if on < first else (Verdict.AFTER, str(program.effective_to or ""))


def _not_theirs(judged: Judged, milestone: Milestone) -> Found | None:
    if judged.wanted(milestone) or (capping.capped(milestone) and judged.granted(milestone)):
        return None  # theirs, or a share of it
    who = judged.earners.get(milestone.credit)
    if who is None:
        return Verdict.OWNER, judged.projection.record.waiting_for or ""
    shares = milestone.splits or milestone.subject != "person"
    return None if who == judged.number or shares else (Verdict.OTHER, who)


def _conditions(judged: Judged, audience: Condition | None, own: Condition | None) -> Found | None:
    finding = explain(audience, judged.seen) if audience is not None else None
    if finding is not None and finding.truth is not True:
        asked = {it.test.field for it in answers(finding) if it.truth is not True}
        return (Verdict.ROLLOUT if any(name.startswith(BUCKET) for name in asked) else Verdict.AUDIENCE), ""
    truth = explain(own, judged.seen).truth if own is not None else True
    if truth is None:
        return Verdict.UNKNOWN, ""
    return None if truth else (Verdict.NOT_MET, "")


def _worthless(judged: Judged, program: Program, milestone: Milestone) -> Found:
    """Its conditions are met, and still there is nothing: a foreign currency, an unknown field, no whole point, a cap."""
    stated = judged.seen.get(f"{judged.kind}.currency")
    if milestone.reads_money and stated != program.currency:
        return Verdict.CURRENCY, str(stated or "")
    points = milestone.points.of(judged.seen)
    if points is None:
        return Verdict.UNKNOWN, milestone.points.per or ""
    return (capped_or_coming(program, milestone), "") if points else (Verdict.WORTHLESS, "")
