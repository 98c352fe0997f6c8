"""Fulfil one redemption: order it once, ask for it until its outcome is known, and then end it.

Every order of a redemption carries the same key, so a provider that gets it twice makes one card. Points come back only when
the provider says no to an order that cannot have another one behind it: after an order in doubt, its no counts once the
provider certainly has nothing and time has passed. Killed before or after any call, the next minute goes on where this one
stood: a claim whose worker vanished is a doubt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accolade.catalog.states import moved
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.redeem import order_of
from accolade.flows.settling import Settling
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Conflict, Missing, Rejected, Retry, UnknownOutcome
from accolade.model.messages import read_order
from accolade.model.money import Money
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.providers import Order, Placed, Progress, Provider
from accolade.store.catalog import Catalog
from accolade.store.redemptions import Redemptions

LEASE = timedelta(seconds=120)
"""How long a claim holds: longer than the function may run."""

EARLY = timedelta(seconds=5)
"""What is held may be ordered this much too early: clocks of two machines differ."""

GRACE = timedelta(minutes=15)
"""After an order in doubt, how long a provider may take until "there is none" means that it can be ordered again, where the
same key would be refused a second time. Where the same key gives the first order again, nobody has to wait."""

LAST_GRACE = timedelta(hours=24)
"""The same until "there is none", after a no, means that the points come back: nothing guards against a late card then."""

SOONEST, LATEST = timedelta(seconds=30), timedelta(hours=1)
"""How soon and how late a provider is asked again about what nobody knows."""

ACTOR = "accolade:fulfill"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one look, for the log: `event` is `fulfilled`, `pending`, `unknown`, `waiting`, `returned`, `parked` or
    `skipped`; never a code, a link or a name."""

    event: str
    redemption: str
    tenant: str = ""
    provider: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """One redemption with its provider, as this look found them."""

    it: Redemption
    account: ProviderAccount
    provider: Provider
    order: Order
    now: datetime


@dataclass(frozen=True, slots=True)
class Fulfiller:
    """Works off the Orders queue. `person` raises Missing."""

    redemptions: Redemptions
    catalog: Catalog
    accounts: ProviderAccounts
    settling: Settling
    person: Callable[[str, str], Participant]

    def __call__(self, body: str, *, now: datetime) -> Told:
        """One queue message (`FulfillRedemption`) at `now`. Retry: bring it again; a bad message: ValueError."""
        message = read_order(body)
        it = self.redemptions.find(message.tenant, message.redemption)
        if it is None:
            return Told("skipped", message.redemption, message.tenant, note="there is no such redemption")
        return self.look(it, now=now)

    def look(self, it: Redemption, *, now: datetime) -> Told:
        """What has to be done about a redemption now, if anything has."""
        early = EARLY if it.state is RedemptionState.HELD else timedelta()
        if it.due_at is None or it.due_at > now + early:
            return _told("skipped", it, it.state.value)
        try:
            if it.state is RedemptionState.FAILED:
                return _told("returned", self.settling.failed(it, why=it.why, now=now, actor=ACTOR), it.why)
            case = self._case(it, now)
            return self._order(case) if it.state is RedemptionState.HELD else self._ask(case)
        except Conflict:
            return _told("skipped", it, "somebody else was faster")
        except (Missing, Rejected) as error:
            # The account is gone or wrong, and no order is under way: it waits for a person to mend that.
            return self._later(it, now, LATEST, error.said, "waiting")

    def _case(self, it: Redemption, now: datetime) -> _Case:
        account = self.accounts.settings(it.tenant, it.provider)
        order = order_of(it, self.person(it.tenant, it.participant))
        return _Case(it, account, self.accounts(account), order, now)

    def _order(self, case: _Case) -> Told:
        """Take a turn, claim, order once."""
        it, now = case.it, case.now
        wait = self.catalog.take_turn(case.account, now=now)
        if wait:
            return self._later(it, now, timedelta(seconds=wait), t("the provider is asked as often as it may be"), "waiting")
        note = t("order %(count)s", count=str(it.attempts + 1))
        claim = moved(it, RedemptionState.ORDERED, now, note, attempts=it.attempts + 1, due_at=now + LEASE, order="")
        claimed = self.redemptions.put(claim)
        try:
            placed = case.provider.order(case.order, now=now)
        except Retry as error:
            return self._not_now(claimed, now, error)
        except Rejected as error:
            return self._never(claimed, now, error)
        except UnknownOutcome as error:
            return self._in_doubt(claimed, now, error.what)
        return self._settle(claimed, placed, now)

    def _ask(self, case: _Case) -> Told:
        """Claim, and ask for the order by our key."""
        it, now = case.it, case.now
        if it.state is RedemptionState.ORDERED and not it.order:
            # The worker vanished between its claim and its answer: whether it had ordered, nobody knows.
            doubt: dict[str, Any] = {"doubts": it.doubts + 1, "doubted_at": it.updated_at}
            claim = moved(it, RedemptionState.UNKNOWN, now, t("the worker did not come back"), due_at=now + LEASE, **doubt)
        else:
            claim = moved(it, it.state, now, t("asked for"), due_at=now + LEASE)
        claimed = self.redemptions.put(claim)
        try:
            placed = case.provider.find(case.order)
        except (Retry, Rejected, UnknownOutcome) as error:
            return self._later(claimed, now, _patience(claimed, now), error.what, "unknown")
        if placed is not None:
            return self._settle(claimed, placed, now)
        return self._absent(_Case(claimed, case.account, case.provider, case.order, now))

    def _absent(self, case: _Case) -> Told:
        """The provider has none at this moment: whether that is for good depends on what went before."""
        it, now = case.it, case.now
        since = now - (it.doubted_at or it.updated_at)
        if it.order:
            return self._park(it, now, t("the provider does not have the order any more"))
        if it.refusal:
            if since >= LAST_GRACE:
                return _told("returned", self.settling.failed(it, why=it.refusal, now=now, actor=ACTOR), it.refusal)
            return self._later(it, now, _patience(it, now), t("refused, and not there so far"), "unknown")
        if case.provider.replay == "replay" or since >= GRACE:
            return self._order(case)
        return self._later(it, now, _patience(it, now), t("not there so far"), "unknown")

    def _settle(self, it: Redemption, placed: Placed, now: datetime) -> Told:
        """What the provider has is looked at before it counts."""
        ids = {"order": placed.order[:100], "reward": placed.reward[:100]}
        if placed.progress is Progress.FAILED:
            why = t("the provider could not deliver it")
            return _told("returned", self.settling.failed(it, why=why, now=now, actor=ACTOR, **ids), placed.note)
        silent = placed.value is None and placed.progress is Progress.PENDING
        if placed.value != Money(it.value, it.currency) and not silent and not it.accepted:
            return self._park(it, now, _for_another(placed.value), **ids)
        if placed.progress is Progress.PENDING:
            pending = moved(it, RedemptionState.ORDERED, now, placed.note, due_at=now + _patience(it, now), **ids)
            return _told("pending", self.redemptions.put(pending), placed.note)
        return _told("fulfilled", self.settling.fulfilled(it, note=placed.note, now=now, actor=ACTOR, **ids), placed.note)

    def _not_now(self, it: Redemption, now: datetime, error: Retry) -> Told:
        """This order was certainly not taken; one before it may have been."""
        wait = min(timedelta(seconds=error.after * 2 ** min(it.attempts - 1, 6)), LATEST)
        state = RedemptionState.UNKNOWN if it.doubts else RedemptionState.HELD
        kept = self.redemptions.put(moved(it, state, now, error.what, due_at=now + wait))
        return _told("waiting", kept, error.what)

    def _never(self, it: Redemption, now: datetime, error: Rejected) -> Told:
        """This order was certainly not taken and never will be; after an earlier one in doubt that is not the end."""
        if not it.doubts:
            return _told("returned", self.settling.failed(it, why=error.what, now=now, actor=ACTOR), error.what)
        refused = moved(it, RedemptionState.UNKNOWN, now, error.what, refusal=error.what, due_at=now + SOONEST)
        return _told("unknown", self.redemptions.put(refused), error.what)

    def _in_doubt(self, it: Redemption, now: datetime, what: str) -> Told:
        doubt: dict[str, Any] = {"doubts": it.doubts + 1, "doubted_at": now}
        kept = self.redemptions.put(moved(it, RedemptionState.UNKNOWN, now, what, due_at=now + SOONEST, **doubt))
        return _told("unknown", kept, what)

    def _park(self, it: Redemption, now: datetime, what: str, **changes: Any) -> Told:
        """A person has to look; the points stay held."""
        parked = moved(it, RedemptionState.UNKNOWN, now, what, parked=what, due_at=None, **changes)
        return _told("parked", self.redemptions.put(parked), what)

    def _later(self, it: Redemption, now: datetime, wait: timedelta, note: str, event: str) -> Told:
        return _told(event, self.redemptions.put(moved(it, it.state, now, note, due_at=now + wait)), note)


def _patience(it: Redemption, now: datetime) -> timedelta:
    """How long until it is asked again: the longer it takes, the longer."""
    return max(SOONEST, min((now - (it.doubted_at or it.created_at)) / 2, LATEST))


def _told(event: str, it: Redemption, note: str = "") -> Told:
    return Told(event, it.id, it.tenant, it.provider, note[:160])


def _for_another(value: Money | None) -> str:
    if value is None:
        return t("the provider's order is for a value that it does not say")
    amount = f"{value.minor} {value.currency}"
    return t("the provider's order is for %(amount)s (minor units)", amount=amount)
