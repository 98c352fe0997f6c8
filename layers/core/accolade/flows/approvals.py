"""Approvals: an award that waits for a person is posted or refused, once, with who did it and why."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.decide import approve, refuse
from accolade.flows.waiting_awards import Waiting, WaitingAwards
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict, Missing, Refused, Rejected
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.situation import Decision, Situation
from accolade.store.outstanding import Held, Outstanding
from accolade.store.signatures import NAME_LIMIT, REASON_LIMIT, Signature, Signatures

ATTEMPTS = 5
"""How often a decision is made again that somebody else overtook."""

SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Approvals:
    """The awards of any tenant that wait. `salt()` gives a new random text; `route` and `hand_over` as in `flows.outbox`."""

    awards: WaitingAwards
    outstanding: Outstanding
    signatures: Signatures
    salt: Callable[[], str]
    route: Callable[[Delivery, Situation, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]

    def waiting(self, tenant: str) -> Iterator[Held]:
        """What waits for a person, oldest first."""
        return self.outstanding.approvals(tenant, limit=SHOWN)

    def approve(self, tenant: str, award: str, *, by: str, reason: str, now: datetime) -> Decision:
        """Post what awaits, or park it if the budget is short; the person is told.

        Missing if nothing awaits under that key; Refused if it is one's own award, or a cap has no room for any of it.
        """
        return self._decided(tenant, award, "approved", by, reason, now)

    def refuse(self, tenant: str, award: str, *, by: str, reason: str, now: datetime) -> Decision:
        """Keep what awaits from being posted, and from being asked for again for the same facts. Missing as for `approve`."""
        return self._decided(tenant, award, "refused", by, reason, now)

    def _decided(self, tenant: str, award: str, what: str, by: str, reason: str, now: datetime) -> Decision:
        for _ in range(ATTEMPTS):
            try:
                return self._try(tenant, award, what, signed_by(by), because(reason), now)
            except Conflict:
                continue  # the wallet or the standing moved meanwhile: decide upon what it is now
        raise Conflict(t("others are deciding about this person just now"), where=award, mend=t("Try again"))

    def _try(self, tenant: str, award: str, what: str, by: str, reason: str, now: datetime) -> Decision:
        held = self.outstanding.approval(tenant, award)
        if held is None:
            raise Missing(t("nothing waits under this key"), where=award, mend="accolade approval list shows what waits")
        found = self.awards.load(tenant, award, record=held.record, period=held.period, now=now)
        own = found.situation.participants.get(found.award.award.participant)
        if own is not None and is_called(own, by):
            raise Refused(t("nobody decides about their own award"), where=award, mend=t("Let somebody else do it"))
        signature = Signature(now, by, what, award, reason, held.points, self.salt())
        done = _decision(found, signature)
        if what == "approved" and not (done.entries or found.award.after.parked):
            raise Refused(t("the caps of the group have no room left"), where=award, mend=t("Raise the cap, or refuse it"))
        done = replace(done, deliveries=tuple(self.route(it, found.situation, now) for it in done.deliveries))
        beside = [self.signatures.write(tenant, signature)]
        self.awards.decisions.commit([done], found.situation, crm=found.connection.crm, beside=beside)
        self.hand_over(done.deliveries, now)
        return done


def _decision(found: Waiting, signature: Signature) -> Decision:
    it, holder, situation, at, now = found.award, found.holder, found.situation, found.at, signature.at
    if signature.what == "refused":
        return refuse(it, holder, situation, at=at, now=now, actor=signature.actor)
    hashed = signature.reason_hash
    return approve(it, holder, situation, at=at, now=now, actor=signature.actor, reason_hash=hashed)


def signed_by(name: str) -> str:
    """The name of whoever acts; Rejected if there is none."""
    if not name.strip() or len(name.strip()) > NAME_LIMIT:
        raise Rejected(t("the name of whoever decides is missing or too long"), where="--as", mend="Write --as NAME")
    return name.strip()


def because(reason: str) -> str:
    """The reason given; Rejected if there is none."""
    if not reason.strip() or len(reason.strip()) > REASON_LIMIT:
        raise Rejected(
            t("a reason has 1 to %(most)s characters", most=REASON_LIMIT), where="--reason", mend=t("Say why, for the audit")
        )
    return reason.strip()


def is_called(person: Participant, name: str) -> bool:
    """Whether a name is that of a participant: import id, number, name or e-mail address."""
    wanted = name.strip().casefold()
    return wanted in {it.casefold() for it in (person.id, person.number, person.name, person.email or "") if it}
