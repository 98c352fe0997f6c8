"""What a person does about a redemption that does not get on: try it again, take what came as it is, or stop it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accolade.catalog.states import moved
from accolade.flows.approvals import because, is_called, signed_by
from accolade.flows.fulfill import GRACE
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.redeem import order_of
from accolade.flows.settling import RETURNED, Settling
from accolade.model.errors import Refused
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.redemptions import STATE_WORDS, Redemption, RedemptionState
from accolade.providers import Progress
from accolade.store.redemptions import Redemptions
from accolade.store.signatures import Signature, Signatures
from accolade.wallet.spending import Act

_CANCEL = "Cancel it at the provider first, or accept it: accolade redemption retry --as-it-is"


@dataclass(frozen=True, slots=True)
class RedemptionCare:
    """Signed by whoever does it, with a reason. Fields as of `flows.redeem.Redeemer`."""

    redemptions: Redemptions
    accounts: ProviderAccounts
    settling: Settling
    person: Callable[[str, str], Participant]
    signatures: Signatures
    salt: Callable[[], str]
    enqueue: Callable[[Redemption], None]

    def retry(self, tenant: str, id_: str, *, by: str, reason: str, now: datetime, as_it_is: bool = False) -> Redemption:
        """Look at it again now. `as_it_is`: whatever value the provider delivered counts as delivered. Refused if it ended."""
        it, signature = self._signed(tenant, id_, "accepted" if as_it_is else "retried", by, reason, now)
        if it.due_at is None and not it.parked:
            raise Refused(t("nothing is to be tried: it is %(state)s", state=STATE_WORDS[it.state]), where=id_)
        note = t("accepted by %(by)s", by=signature.by) if as_it_is else t("retried by %(by)s", by=signature.by)
        again = moved(it, it.state, now, note, parked="", due_at=now, accepted=it.accepted or as_it_is)
        written, operation = self.redemptions.write(again)
        self.redemptions.transact([operation, self.signatures.write(tenant, signature)])
        self.enqueue(written)
        return written

    def release(self, tenant: str, id_: str, *, by: str, reason: str, now: datetime) -> Redemption:
        """Give the points back, if the provider certainly has nothing; the owner is told. Refused otherwise."""
        it, signature = self._signed(tenant, id_, "released", by, reason, now)
        if it.state is RedemptionState.UNKNOWN:
            self._must_be_absent(it, now)
        elif it.state is not RedemptionState.HELD:
            raise Refused(t("it cannot be stopped now: it is %(state)s", state=STATE_WORDS[it.state]), where=id_)
        act = Act(now, signature.actor, signature.reason_hash)
        beside = [self.signatures.write(tenant, signature)]
        return self.settling.released(it, event=RETURNED, why=t("it was stopped"), act=act, beside=beside)

    def _signed(self, tenant: str, id_: str, what: str, by: str, reason: str, now: datetime) -> tuple[Redemption, Signature]:
        name, why = signed_by(by), because(reason)
        it = self.redemptions.get(tenant, id_)
        if is_called(self.person(tenant, it.participant), name):
            raise Refused(t("nobody decides about their own redemption"), where=id_, mend=t("Let somebody else do it"))
        return it, Signature(now, name, what, id_, why, it.points, self.salt())

    def _must_be_absent(self, it: Redemption, now: datetime) -> None:
        provider = self.accounts(self.accounts.settings(it.tenant, it.provider))
        found = provider.find(order_of(it, self.person(it.tenant, it.participant)))
        if found is not None and found.progress is not Progress.FAILED:
            raise Refused(t("the provider has this order"), where=it.id, mend=_CANCEL)
        if found is None and it.doubted_at is not None and now - it.doubted_at < GRACE:
            raise Refused(t("the provider may still get this order"), where=it.id, mend=t("Wait a quarter of an hour"))
