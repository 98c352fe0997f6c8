"""The end of a redemption: its points are spent or come back, its owner is told, all in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accolade.catalog.states import moved
from accolade.model.deliveries import Announcement, Delivery, delivery_id, notice
from accolade.model.errors import Conflict, Missing, Retry
from accolade.model.ledger import Wallet
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.redemptions import PROGRAM, Redemption, RedemptionState
from accolade.model.times import zone_of
from accolade.store.database import Item
from accolade.store.redemptions import Redemptions
from accolade.wallet.spending import Act, Purchase, release, spend

ATTEMPTS = 5
"""How often it is decided again what somebody else overtook."""

READY, RETURNED, DECLINED = "ready", "returned", "declined"
"""What its owner is told: the card is there; it could not be delivered; it was not approved. Never a code or a link to it."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Ends redemptions. `person` raises Missing; `route` and `hand_over` as in `flows.outbox`; `pause(attempt)` waits."""

    redemptions: Redemptions
    person: Callable[[str, str], Participant]
    route: Callable[[Delivery, Participant, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    pause: Callable[[int], None]

    def fulfilled(self, it: Redemption, *, note: str, now: datetime, actor: str, **changes: Any) -> Redemption:
        """The card is there: the points are spent. Conflict if the redemption moved meanwhile."""
        ended = moved(it, RedemptionState.FULFILLED, now, note, due_at=None, parked="", **changes)
        return self._end(it, ended, READY, Act(now, actor), ())

    def failed(self, it: Redemption, *, why: str, now: datetime, actor: str, **changes: Any) -> Redemption:
        """It will certainly never be delivered: the points come back. Conflict if the redemption moved meanwhile."""
        known = it if it.state is RedemptionState.FAILED else moved(it, RedemptionState.FAILED, now, why, why=why, **changes)
        ended = moved(known, RedemptionState.RELEASED, now, t("points returned"), due_at=None, parked="")
        return self._end(it, ended, RETURNED, Act(now, actor), ())

    def released(
        self, it: Redemption, *, event: str, why: str, act: Act, beside: Sequence[Item] = (), **changes: Any
    ) -> Redemption:
        """A person stops it: the points come back. Conflict if the redemption moved meanwhile."""
        ended = moved(it, RedemptionState.RELEASED, act.at, why, why=why, due_at=None, parked="", **changes)
        return self._end(it, ended, event, act, beside)

    def _end(self, before: Redemption, after: Redemption, event: str, act: Act, beside: Sequence[Item]) -> Redemption:
        step = spend if after.state is RedemptionState.FULFILLED else release
        for attempt in range(ATTEMPTS):
            wallet = self.redemptions.wallet(before.tenant, before.participant)
            done = step(wallet, purchase_of(before), act)
            told = self._told(after, event, done.wallet, act.at)
            try:
                kept = self.redemptions.commit(
                    after, before=wallet, after=done.wallet, entry=done.entry, deliveries=told, beside=beside
                )
            except Conflict:
                if self.redemptions.get(before.tenant, before.id).revision != before.revision:
                    raise
                self.pause(attempt)
                continue
            self.hand_over(told, act.at)
            return kept
        raise Retry(t("this wallet is moved by many at once"), after=2, where=before.id)

    def _told(self, it: Redemption, event: str, wallet: Wallet, now: datetime) -> list[Delivery]:
        """What its owner is told, with its way; nothing if there is nobody of that number any more."""
        try:
            person = self.person(it.tenant, it.participant)
        except Missing:
            return []
        on = now.astimezone(zone_of(person.zone)).date().isoformat()
        delivery = notice(
            delivery_id("redemption", it.tenant, it.id, event),
            it.tenant,
            it.participant,
            now=now,
            program=PROGRAM,
            balance=wallet.available,
            debt=wallet.debt,
            announcement=Announcement(event, on, it.title),
        )
        return [self.route(delivery, person, now)]


def purchase_of(it: Redemption) -> Purchase:
    """What a redemption's entries are about."""
    return Purchase(it.id, it.item, it.provider, it.points)
