"""Nominations: somebody is put forward for a manual milestone; once approved it pays as every record does, and is taken back
as every record is, when it is declined or withdrawn."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from accolade.flows.approvals import because, is_called, signed_by
from accolade.flows.batch import Batch
from accolade.flows.inbox import Step
from accolade.model.connections import INTERNAL
from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.participants import Participant
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t
from accolade.model.records import Facts, Origin, Record, RecordKey, Value, Version
from accolade.model.times import to_millis
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone, Program
from accolade.store.audit import Audit
from accolade.store.database import Item
from accolade.store.erasing import GONE
from accolade.store.signatures import Signature, Signatures

KIND = "nomination"
ATTEMPTS = 5
STATES = {"open": "waits", "won": "approved", "lost": "declined"}
_ENDS = {"approved": t("approved"), "declined": t("declined"), "withdrawn": t("withdrawn")}
"""What a nomination's stage means."""


@dataclass(frozen=True, slots=True)
class Nomination:
    """`milestone` is `program/milestone`, `nominee` a participant's number, `nominator` one or a name; `state` one of STATES'
    words, or withdrawn."""

    id: str
    milestone: str
    nominee: str
    nominator: str
    reason: str
    nominated_on: str
    state: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Nominations:
    """The nominations of one tenant. `batch(beside)` decides records of our own, writing `beside` in the same transaction."""

    tenant: str
    rulebook: Rulebook
    people: Sequence[Participant]
    audit: Audit
    signatures: Signatures
    batch: Callable[[Sequence[Item]], Batch]

    def list(self) -> Iterator[Nomination]:
        """All nominations, in the order of their ids (by an index, a moment behind)."""
        for record in self.audit.records(self.tenant, KIND):
            if record.key.connection == INTERNAL:
                yield _shown(record)

    def nominate(self, nominee: Participant, milestone: str, *, by: str, reason: str, now: datetime) -> Nomination:
        """Put somebody forward; the same again on the same day is the same nomination.

        Missing if no program in force has that manual milestone; Refused if `by` may not nominate for it.
        """
        by, reason = signed_by(by), because(reason)
        program, found = self._milestone(milestone, now)
        nominator = self._nominator(found, nominee, by)
        today = now.astimezone(ZoneInfo(program.zone)).date()
        named = nominator.number if nominator else by
        text = "|".join((nominee.number, milestone, named, reason, today.isoformat()))
        id_ = sha256(text.encode()).hexdigest()[:16]
        known = self._record(id_)
        if known.revision:
            return _shown(known)
        facts = {
            "milestone": milestone,
            "reason": reason,
            "stage": "open",
            "stage_name": STATES["open"],
            "nominated_on": today.isoformat(),
            "owner": nominee.number,
            "nominator": named,
        }
        return self._tell(id_, facts, Signature(now, by, "nominated", id_, reason))

    def approve(self, id_: str, *, by: str, reason: str, now: datetime) -> Nomination:
        """Let it pay, once. Refused if it was decided before, or by whoever is nominated or nominated."""
        known, by = self._known(id_), signed_by(by)
        if known.value("stage") != "open":
            raise Refused(_before(known), where=id_, mend=t("Nominate again"))
        for number in (known.value("owner"), known.value("nominator")):
            person = next((it for it in self.people if it.number == number), None)
            if by.casefold() == str(number).casefold() or (person and is_called(person, by)):
                raise Refused(
                    t("whoever is nominated or nominates does not approve"), where=id_, mend=t("Let somebody else do it")
                )
        return self._decide(known, "won", STATES["won"], by, reason, now)

    def decline(self, id_: str, *, by: str, reason: str, now: datetime) -> Nomination:
        """Say no; what it paid goes back. Refused if it was declined before."""
        return self._end(id_, STATES["lost"], by, reason, now)

    def withdraw(self, id_: str, *, by: str, reason: str, now: datetime) -> Nomination:
        """The nominator takes it back, and what it paid goes back. Refused for everybody else."""
        known = self._known(id_)
        number = str(known.value("nominator"))
        person = next((it for it in self.people if it.number == number), None)
        if not (is_called(person, by) if person else by.strip().casefold() == number.casefold()):
            raise Refused(t("only the nominator withdraws a nomination"), where=id_, mend=t("Decline it instead"))
        return self._end(id_, "withdrawn", by, reason, now)

    def forget(self, number: str, *, by: str, now: datetime) -> Sequence[str]:
        """Take away what was written about somebody, or by them, at their own request; the ids of those nominations."""
        mine = [it for it in self.list() if number in (it.nominee, it.nominator)]
        for it in mine:
            self._tell(it.id, {"reason": GONE}, Signature(now, signed_by(by), "nomination erased", it.id, GONE))
        return [it.id for it in mine]

    def _end(self, id_: str, state: str, by: str, reason: str, now: datetime) -> Nomination:
        known = self._known(id_)
        if known.value("stage") == "lost":
            raise Refused(_before(known), where=id_)
        return self._decide(known, "lost", state, signed_by(by), reason, now)

    def _decide(self, known: Record, stage: str, state: str, by: str, reason: str, now: datetime) -> Nomination:
        program = self.rulebook.versions(str(known.value("milestone")).partition("/")[0])
        zone = program[-1].zone if program else "UTC"
        today = now.astimezone(ZoneInfo(zone)).date()
        facts: dict[str, Value] = {"stage": stage, "stage_name": state, "decided_by": by}
        if known.value("decided_on") is None:
            facts["decided_on"] = today.isoformat()
        signature = Signature(now, by, f"nomination {state}", known.key.id, because(reason))
        return self._tell(known.key.id, facts, signature)

    def _tell(self, id_: str, facts: Mapping[str, Value], signature: Signature) -> Nomination:
        """Merge facts into the nomination and decide it, by the road of every record."""
        key = RecordKey(self.tenant, INTERNAL, KIND, id_)
        step = Step(key, Facts(key, Version(to_millis(signature.at), Origin.READ), facts))
        batch = self.batch([self.signatures.write(self.tenant, signature)])
        for _ in range(ATTEMPTS):
            done = batch.run([step], now=signature.at)
            for _, error in done.broken:
                raise error
            if not done.lost:
                return _shown(self._record(id_))
        raise Conflict(t("others are deciding about this person just now"), where=id_, mend=t("Try again"))

    def _milestone(self, text: str, now: datetime) -> tuple[Program, Milestone]:
        id_, _, name = text.partition("/")
        for program in self._in_force(id_, now):
            found = program.milestone(name)
            if found is not None and found.kind == "manual":
                return program, found
        known = sorted(
            f"{program.id}/{it.id}"
            for any_ in self.rulebook.program_ids()
            for program in self._in_force(any_, now)
            for it in program.milestones
            if it.kind == "manual"
        )
        mend = (
            t("There are %(names)s", names=", ".join(known)) if known else t("No program in force has a milestone of kind manual")
        )
        raise Missing(t("%(name)r is no milestone to nominate for", name=text[:80]), where="--milestone", mend=mend)

    def _in_force(self, id_: str, now: datetime) -> Iterable[Program]:
        for version in self.rulebook.versions(id_)[-1:]:
            found = self.rulebook.on(id_, now.astimezone(ZoneInfo(version.zone)).date())
            if found is not None and not found.ghost:
                yield found

    def _nominator(self, milestone: Milestone, nominee: Participant, by: str) -> Participant | None:
        """The participant who nominates; None for somebody of the company who is none. Refused if they may not."""
        found = next((it for it in self.people if it.active and is_called(it, by)), None)
        if is_called(nominee, by):
            raise Refused(t("nobody nominates themselves"), where="--by", mend=t("Let somebody else do it"))
        if milestone.nominators == "anyone" and found is None:
            raise Refused(t("%(by)r is no participant", by=by), where="--by", mend=t("Anyone may nominate who is a participant"))
        if milestone.nominators == "manager":
            manager = nominee.manager or ""
            if not manager or not (is_called(found, manager) if found else by.casefold() == manager.casefold()):
                whose = (
                    t("%(nominee)s's manager is %(manager)s", nominee=nominee.name, manager=manager)
                    if manager
                    else t("%(nominee)s has no manager", nominee=nominee.name)
                )
                raise Refused(t("only their manager nominates for this milestone"), where="--by", mend=whose)
        return found

    def _known(self, id_: str) -> Record:
        record = self._record(id_)
        if not record.revision:
            raise Missing(t("there is no such nomination"), where=id_, mend="accolade nomination list shows those there are")
        return record

    def _record(self, id_: str) -> Record:
        key = RecordKey(self.tenant, INTERNAL, KIND, id_)
        return self.audit.record(key) or Record(key)


def _before(known: Record) -> Phrase:
    state = _shown(known).state
    return t("the nomination was %(state)s before", state=_ENDS.get(state, state))


def _shown(record: Record) -> Nomination:
    def text(name: str) -> str:
        value: Any = record.value(name)
        return "" if value is None else str(value)

    return Nomination(
        record.key.id,
        text("milestone"),
        text("owner"),
        text("nominator"),
        text("reason"),
        text("nominated_on"),
        text("stage_name") or STATES.get(text("stage"), ""),
        text("decided_by"),
    )
