"""Disputes: somebody says that something is wrong; staff answer, and settle it by a correcting entry if it is so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from accolade.flows.approvals import is_called, signed_by
from accolade.model.deliveries import Announcement, Delivery, Line, delivery_id
from accolade.model.disputes import MAX_POINTS, MILESTONE, PROGRAM, TEXT_LIMIT, TRACE_LIMIT, Dispute, DisputeState, dispute_id
from accolade.model.errors import Conflict, Refused, Rejected
from accolade.model.ledger import Entry, Wallet
from accolade.model.participants import Participant, Tenant
from accolade.model.phrases import counted as n
from accolade.model.phrases import later as t
from accolade.model.times import iso, zone_of
from accolade.store.actions import Actions
from accolade.store.corrections import DAYS, Corrections
from accolade.store.database import Item
from accolade.store.disputes import Disputes
from accolade.store.erasing import GONE
from accolade.texts import LANGUAGES, texts
from accolade.texts.plain import readable
from accolade.wallet.adjusting import adjust

ATTEMPTS = 5
"""How often a settlement is made again that somebody else overtook."""

MOST_OPEN = 10
"""Open disputes of one person: whoever has more waits for an answer first."""


@dataclass(frozen=True, slots=True)
class About:
    """What a dispute is about: a line of the statement (its number, entry and words), a milestone, a record; the explanation
    as JSON."""

    line: int = 0
    entry: str = ""
    milestone: str = ""
    record: str = ""
    words: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What staff decide: the answer that the person reads, signed points of the correction (0: none), who, when. `behind`: who
    answers for `by`, if that is a key."""

    answer: str
    by: str
    now: datetime
    points: int = 0
    behind: str = ""

    @property
    def who(self) -> str:
        """The person whose act it is."""
        return self.behind or self.by


@dataclass(frozen=True, slots=True)
class DisputeDesk:
    """The disputes of any tenant. `person(tenant, number)` gives a participant, `salt()` a new random text; `route` and
    `hand_over` as in `flows.outbox`. Every act of staff is in the audit log, in the transaction of the act itself."""

    store: Disputes
    actions: Actions
    corrections: Corrections
    person: Callable[[str, str], Participant]
    salt: Callable[[], str]
    route: Callable[[Delivery, Participant, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]

    def open(self, person: Participant, text: str, about: About, *, key: str, now: datetime) -> Dispute:
        """Keep what somebody says is wrong; the same `key` again gives the same dispute.

        Rejected without a text or for too long a one, Refused if too many of theirs are open.
        """
        id_ = dispute_id(person.tenant, person.number, key)
        known = self.store.find(person.tenant, id_)
        if known is not None:
            return known
        text = _written(text)
        if sum(it.open for it in self.store.of_person(person.tenant, person.number)) >= MOST_OPEN:
            raise Refused(
                t("%(most)s of your questions wait for an answer", most=MOST_OPEN), mend=t("Wait for an answer, then ask again")
            )
        return self.store.put(_opened(id_, person, text, about, now))

    def of_person(self, tenant: str, number: str) -> list[Dispute]:
        """All disputes of a person, the newest first."""
        return self.store.of_person(tenant, number)

    def forget(self, tenant: str, number: str) -> int:
        """Take away what somebody wrote and was answered, at their own request; how many questions that were."""
        mine = self.store.of_person(tenant, number)
        for it in mine:
            self.store.put(replace(it, text=GONE, about="", trace="", answer=GONE if it.answer else ""))
        return len(mine)

    def get(self, tenant: str, id_: str) -> Dispute:
        """The dispute as it stands; Missing if there is none."""
        return self.store.get(tenant, id_)

    def in_state(self, tenant: str, state: DisputeState, *, limit: int, after: str = "") -> list[Dispute]:
        """At most `limit` disputes in a state, oldest move first; `after`: `store.disputes.place_of` the last one."""
        return self.store.in_state(tenant, state, limit=limit, after=after)

    def answer(self, tenant: Tenant, id_: str, told: Told) -> Dispute:
        """Answer without a correction; the person is told. Refused if it was answered, or is their own."""
        dispute, person = self._opened_for(tenant, id_, told.by, told.behind)
        done = _moved(
            dispute, DisputeState.ANSWERED, told, answer=_written(told.answer), points=0, proposed_by="", behind="", alone=0
        )
        delivery = self.route(_news(done, person, told.now), person, told.now)
        written = self.store.put(done, deliveries=[delivery], beside=[self._signed("dispute.answered", dispute, done, told)])
        self.hand_over([delivery], told.now)
        return written

    def settle(self, tenant: Tenant, id_: str, told: Told) -> Dispute:
        """Answer with a correction: posted at once, or proposed to a second person, if it is more than the tenant lets one
        person correct alone, together with all that they corrected alone in the days before (`store.corrections.DAYS`).

        Refused if the wallet has too little for it, if it was settled before, or is their own.
        """
        dispute, person = self._opened_for(tenant, id_, told.by, told.behind)
        if not 0 < abs(told.points) <= MAX_POINTS:
            raise Rejected(t("a correction is of 1 to %(most)s points, given or taken", most=MAX_POINTS), where="points")
        answer, salt = _written(told.answer), self.salt()
        done = replace(dispute, answer=answer, points=told.points, salt=salt, proposed_by=told.by, behind=told.behind)
        for _ in range(ATTEMPTS):
            corrected = self.corrections.of(tenant.id, told.who)
            had = corrected.points(told.now)
            if had + abs(told.points) > tenant.adjust_alone_up_to:
                return self._propose(dispute, replace(done, alone=had), told)
            try:
                counted = self.corrections.write(corrected, told.points, now=told.now)
                return self._try(done, person, told, [counted])
            except Conflict:
                self._as_it_was(dispute)
        raise _overtaken(dispute)

    def alone(self, tenant: Tenant, who: str, *, now: datetime) -> int:
        """How many points somebody corrected alone in the days that count."""
        return self.corrections.of(tenant.id, who).points(now)

    def confirm(self, tenant: Tenant, id_: str, *, by: str, now: datetime, behind: str = "") -> Dispute:
        """Post a proposed correction. Refused for whoever proposed it: a second person must agree. `behind` as in `Told`."""
        dispute, person = self._opened_for(tenant, id_, by, behind)
        if dispute.state is not DisputeState.PROPOSED:
            raise Refused(t("no correction waits for a second person"), where=id_)
        proposers = {it.casefold() for it in (dispute.proposed_by, dispute.behind) if it}
        if proposers & {by.strip().casefold(), behind.casefold()}:
            raise Refused(
                n(
                    "more than %(count)s point in %(days)s days takes two people",
                    "more than %(count)s points in %(days)s days take two people",
                    tenant.adjust_alone_up_to,
                    days=DAYS,
                ),
                where=id_,
                mend=t("Let another admin, or somebody of support, agree to it; or correct fewer"),
            )
        told = Told(dispute.answer, by, now, dispute.points, behind)
        for _ in range(ATTEMPTS):
            try:
                return self._try(dispute, person, told, ())
            except Conflict:
                self._as_it_was(dispute)
        raise _overtaken(dispute)

    def send_back(self, tenant: Tenant, id_: str, *, by: str, reason: str, now: datetime) -> Dispute:
        """Take a proposed correction back: the dispute is open again. Refused if none is proposed."""
        dispute, _ = self._opened_for(tenant, id_, by)
        if dispute.state is not DisputeState.PROPOSED:
            raise Refused(t("no correction waits for a second person"), where=id_)
        told = Told(_written(reason), by, now)
        back = _moved(dispute, DisputeState.OPEN, told, answer="", points=0, proposed_by="", behind="", alone=0, salt="")
        return self.store.put(back, beside=[self._signed("dispute.sent_back", dispute, back, told)])

    def _opened_for(self, tenant: Tenant, id_: str, by: str, behind: str = "") -> tuple[Dispute, Participant]:
        """An open dispute and whose it is. Refused if it is not open any more, or their own."""
        dispute = self.store.get(tenant.id, id_)
        person = self.person(tenant.id, dispute.participant)
        if is_called(person, signed_by(by)) or (behind and is_called(person, behind)):
            raise Refused(t("nobody answers their own question"), where=id_, mend=t("Let somebody else do it"))
        if not dispute.open:
            raise Refused(t("this was answered before"), where=id_, mend=t("Load the page again"))
        return dispute, person

    def _propose(self, dispute: Dispute, done: Dispute, told: Told) -> Dispute:
        """Let it wait for a second person. Refused if the wallet could not bear the correction now."""
        wallet = self.store.wallet(done.tenant, done.participant)
        adjust(wallet, done.points, dispute=done.id, at=told.now, actor=told.by, reason_hash="")
        proposed = _moved(done, DisputeState.PROPOSED, told)
        return self.store.put(proposed, beside=[self._signed("dispute.proposed", dispute, proposed, told)])

    def _as_it_was(self, dispute: Dispute) -> None:
        """Conflict if it was the dispute itself that moved, and not the wallet or what is counted beside it."""
        if self.store.get(dispute.tenant, dispute.id).revision != dispute.revision:
            raise _overtaken(dispute)

    def _try(self, dispute: Dispute, person: Participant, told: Told, beside: Sequence[Item]) -> Dispute:
        """Post the correction once, with the message and its line in the audit log, and `beside`; Conflict if anything moved."""
        done = _moved(dispute, DisputeState.SETTLED, told, decided_by=told.by)
        before = self.store.wallet(done.tenant, done.participant)
        hashed = sha256(f"{done.salt}|{done.answer}".encode()).hexdigest()
        spent = adjust(before, done.points, dispute=done.id, at=told.now, actor=f"person:{told.by}", reason_hash=hashed)
        delivery = self.route(_correction(spent.entry, spent.wallet, done, told.now), person, told.now)
        signed = self._signed("dispute.settled", dispute, done, told)
        written = self.store.commit(
            done, before=before, after=spent.wallet, entry=spent.entry, deliveries=[delivery], beside=[signed, *beside]
        )
        self.hand_over([delivery], told.now)
        return written

    def _signed(self, what: str, before: Dispute, after: Dispute, told: Told) -> Item:
        return self.actions.write(
            after.tenant,
            at=told.now,
            by=told.by,
            what=what,
            on=f"dispute:{after.id}",
            before={"state": before.state.value, "points": before.points},
            after={"state": after.state.value, "points": after.points},
            reason=told.answer,
        )


def _overtaken(dispute: Dispute) -> Conflict:
    return Conflict(t("others are deciding about this person just now"), where=dispute.id, mend=t("Try again"))


def _opened(id_: str, person: Participant, text: str, about: About, now: datetime) -> Dispute:
    return Dispute(
        id_,
        person.tenant,
        person.number,
        text,
        now,
        now,
        line=about.line,
        entry=about.entry,
        milestone=about.milestone,
        record=about.record,
        about=about.words[:400],
        trace=about.trace if len(about.trace) <= TRACE_LIMIT else "",
        history=((DisputeState.OPEN.value, iso(now), person.number),),
    )


def _written(text: str) -> str:
    if len(text.strip()) <= TEXT_LIMIT:
        text = readable(text, limit=TEXT_LIMIT)
    if not text or len(text) > TEXT_LIMIT:
        raise Rejected(
            t("the text has 1 to %(most)s characters", most=TEXT_LIMIT), where="text", mend=t("Say it in your own words")
        )
    return text


def _moved(dispute: Dispute, to: DisputeState, told: Told, **changes: Any) -> Dispute:
    rows = (*dispute.history, (to.value, iso(told.now), told.by))[-40:]
    return replace(dispute, state=to, history=rows, updated_at=told.now, **changes)


def _correction(entry: Entry, wallet: Wallet, dispute: Dispute, now: datetime) -> Delivery:
    """The message about a correction, as about every entry."""
    title = {language: texts(language).t("correction after your question") for language in LANGUAGES}
    line = Line(entry.id, dispute.points, entry.kind.value, MILESTONE, "record", title, {})
    id_ = delivery_id(dispute.tenant, entry.id)
    return Delivery(
        id_, dispute.tenant, dispute.participant, PROGRAM, None, "", (line,), wallet.available, now, now, debt=wallet.debt
    )


def _news(dispute: Dispute, person: Participant, now: datetime) -> Delivery:
    """The message that there is an answer; the answer itself stands on their page alone."""
    t = texts(person.locale)
    said = (t.t("The answer stands on your page, under your questions."),)
    asked_on = dispute.opened_at.astimezone(zone_of(person.zone)).date()
    news = Announcement("answered", asked_on.isoformat(), {}, said)
    id_ = delivery_id(dispute.tenant, "dispute", dispute.id, str(dispute.revision))
    return Delivery(id_, dispute.tenant, dispute.participant, PROGRAM, None, "", (), 0, now, now, announcement=news)
