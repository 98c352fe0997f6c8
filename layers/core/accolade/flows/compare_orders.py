"""Once a day every provider's orders are compared with redemptions, both ways; each difference becomes a case for a person.

A round reads the provider's list page by page and looks up each order's redemption; then it asks for every redemption that was
fulfilled and not in the list. It goes on where the run before stopped, and the same page again changes nothing: cases are named
by their cause, and points never move here. What we wait for and the provider knows is asked for now, as always.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from accolade import providers
from accolade.flows.order_differences import ORIGIN, Difference, about, differences, facts
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.provider_events import look_now
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Conflict, Missing, Rejected, Retry
from accolade.model.money import Money
from accolade.model.phrases import later as t
from accolade.model.phrases import shortened
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.providers import Listed, Order, Progress, Provider
from accolade.store.comparing import DONE, ORDERS, REDEMPTIONS, Comparing, Round
from accolade.store.redemptions import Redemptions, place_of

DAYS = 30
"""How far back a round looks: an order may be cancelled long after it was delivered."""

MOST_DAYS = 400

SECONDS = 8.0
"""How long one run of `maintain` works at this, all companies together."""

PAGES = 1_000
"""Pages of a provider's list in a round; whoever has more orders hears that the rest was not read."""

AT_ONCE = 50
"""Fulfilled redemptions between two stored positions."""

CASES = 100
"""New cases of a round: more of them have one reason, and the others come with the next rounds."""

WAIT = timedelta(minutes=15)
"""How soon a provider is asked again that did not answer."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One run at one account. `until` by the monotonic clock; `told`: what was found, as it is found."""

    account: ProviderAccount
    provider: Provider
    now: datetime
    until: float
    told: list[Difference] = field(default_factory=list)

    @property
    def shared(self) -> bool:
        return self.account.settings.get("shared", "").strip().lower() in ("yes", "true", "1")


@dataclass(frozen=True, slots=True)
class CompareOrders:
    """The comparison of all accounts. `enqueue` puts a hint on the Orders queue, `park_once` is `store.parked`'s."""

    redemptions: Redemptions
    accounts: ProviderAccounts
    store: Comparing
    enqueue: Callable[[Redemption], None]
    park_once: Callable[..., bool]
    monotonic: Callable[[], float]
    log: Callable[..., None]

    def __call__(self, tenants: Iterable[str], *, now: datetime) -> int:
        """What a day owes, as far as it goes in some seconds; how many new cases there are."""
        until, news = self.monotonic() + SECONDS, 0
        for tenant in tenants:
            known = self.store.progress(tenant)
            for name in providers.names():
                if self.monotonic() >= until:
                    return news
                progress = known.get(name, Round(name))
                if _owed(progress, now):
                    news += self._go_on(tenant, progress, now, until)
        return news

    def run(self, tenant: str, name: str, *, days: int = DAYS, now: datetime) -> tuple[Round, list[Difference]]:
        """A round from the beginning to its end, for the command: how it ended and all that it found.

        Missing if there is no such account, Rejected if it cannot be connected, Retry if the provider does not answer (then
        `maintain` goes on), Conflict if somebody else compares it just now.
        """
        if not 1 <= days <= MOST_DAYS:
            raise Rejected(
                t("%(days)s is not a number of days", days=days), where="--days", mend=t("Use 1 to %(most)s", most=MOST_DAYS)
            )
        account = self.accounts.settings(tenant, name)
        progress = self._begun(tenant, self.store.progress(tenant).get(name, Round(name)), now, days)
        run = _Run(account, self.accounts(account), now, float("inf"))
        return self._on(run, progress), run.told

    def ask_for(self, tenant: str, name: str) -> None:
        """Let `maintain` do it again within minutes; what is under way goes on."""
        progress = self.store.progress(tenant).get(name, Round(name))
        with suppress(Conflict):  # then somebody is at it just now
            day = "" if progress.step == DONE else progress.day
            self.store.move(tenant, replace(progress, day=day, again_at=None, problem=""))

    def _go_on(self, tenant: str, progress: Round, now: datetime, until: float) -> int:
        """As far as the time goes; how many new cases."""
        try:
            account = self.accounts.settings(tenant, progress.provider)
        except Missing:  # no account: nothing is owed today
            with suppress(Conflict):
                self.store.move(tenant, replace(progress, day=now.date().isoformat(), step=DONE, problem=""))
            return 0
        try:
            if progress.step == DONE:
                progress = self._begun(tenant, progress, now, DAYS)
            return self._on(_Run(account, self.accounts(account), now, until), progress).news - progress.news
        except Conflict:
            self.log("compare_waits", tenant=tenant, provider=progress.provider, reason="another run is at it")
        except (Retry, Rejected) as error:
            self._waits(tenant, progress.provider, error, now)
        return 0

    def _waits(self, tenant: str, name: str, error: Retry | Rejected, now: datetime) -> None:
        """Why it does not go on is kept where people look; it is tried again later."""
        self.log("compare_waits", tenant=tenant, provider=name, reason=str(error))
        after = max(WAIT, timedelta(seconds=error.after if isinstance(error, Retry) else 3_600))
        with suppress(Conflict, Retry):
            progress = self.store.progress(tenant).get(name, Round(name))
            self.store.move(tenant, replace(progress, problem=shortened(error.what, 200), again_at=now + after))

    def _begun(self, tenant: str, progress: Round, now: datetime, days: int) -> Round:
        fresh = Round(progress.provider, now.date().isoformat(), ORDERS, progress.begun + 1, revision=progress.revision)
        return self.store.move(tenant, replace(fresh, since=now - timedelta(days=days), until=now))

    def _on(self, run: _Run, progress: Round) -> Round:
        while progress.step == ORDERS and self.monotonic() < run.until:
            progress = self._page(run, progress)
        if progress.step == REDEMPTIONS:
            right = set(self.store.kept(run.account.tenant, progress))
            while progress.step == REDEMPTIONS and self.monotonic() < run.until:
                progress = self._fulfilled(run, progress, right)
        return progress

    def _page(self, run: _Run, progress: Round) -> Round:
        """One page of the provider's list."""
        tenant, name = run.account.tenant, run.account.name
        page = run.provider.orders(progress.since, progress.until, place=progress.place)
        known = self.redemptions.many(tenant, [it.key for it in page.listed])
        right = set()
        for listed in page.listed:
            it = known.get(listed.key)
            progress = self._noted(run, progress, differences(name, listed, it, shared=run.shared), listed, it)
            if it is None or it.provider != name:
                continue
            if it.state is RedemptionState.FULFILLED:
                right |= _said(listed, it)
            elif look_now(self.redemptions, self.enqueue, it, t("it is in the provider's list"), now=run.now):
                progress = replace(progress, settled=progress.settled + 1)
        self.store.keep(tenant, progress, right, now=run.now)
        over = not page.further or progress.pages + 1 >= PAGES
        after = replace(progress, place="" if over else page.further, pages=progress.pages + 1, problem="", again_at=None)
        after = replace(after, orders=progress.orders + len(page.listed), cut=bool(page.further) and over)
        return self.store.move(tenant, replace(after, step=REDEMPTIONS if over else ORDERS))

    def _fulfilled(self, run: _Run, progress: Round, right: set[str]) -> Round:
        """Redemptions that were fulfilled in the period: the provider is asked for those that its list did not have."""
        tenant, place = run.account.tenant, progress.place
        found, further = self.redemptions.ended(
            tenant, RedemptionState.FULFILLED, since=progress.since, until=progress.until, after=place, limit=AT_ONCE
        )
        for it in sorted(found, key=place_of):
            if self.monotonic() >= run.until:
                return self.store.move(tenant, replace(progress, place=place))
            if it.provider == run.account.name:
                progress = replace(progress, redemptions=progress.redemptions + 1, problem="", again_at=None)
                progress = progress if it.id in right else self._asked(run, progress, it)
            place = place_of(it)
        if further:
            return self.store.move(tenant, replace(progress, place=further))
        return self._ended(run, progress)

    def _asked(self, run: _Run, progress: Round, it: Redemption) -> Round:
        """One redemption by its key, of which the list said nothing, or not enough."""
        placed = run.provider.find(Order(it.id, it.item, it.product, Money(it.value, it.currency), "", "en"))
        if placed is None:
            return self._noted(run, progress, [about(it, "missing")], None, it)
        minor, currency = (placed.value.minor, placed.value.currency) if placed.value else (None, "")
        listed = Listed(it.id, placed.order, placed.reward, placed.progress, minor, currency)
        return self._noted(run, progress, differences(run.account.name, listed, it, shared=run.shared), listed, it)

    def _noted(self, run: _Run, progress: Round, found: list[Difference], listed: Listed | None, it: Redemption | None) -> Round:
        """Each difference as a case, if there is none of it yet."""
        tenant, name = run.account.tenant, run.account.name
        for one in found:
            run.told.append(one)
            progress = replace(progress, differences=progress.differences + 1)
            if progress.news >= CASES:
                continue
            texts = {"reason": one.reason, "where": one.where, "mend": one.mend, "origin": ORIGIN}
            if self.park_once(tenant, id_=one.id, crm=name, content=[facts(name, listed, it)], now=run.now, **texts):
                progress = replace(progress, news=progress.news + 1)
                self.log("difference", tenant=tenant, provider=name, case=one.id, redemption=it.id if it else "")
        return progress

    def _ended(self, run: _Run, progress: Round) -> Round:
        tenant, name = run.account.tenant, run.account.name
        done = self.store.move(tenant, replace(progress, step=DONE, place="", problem="", again_at=None, ended_at=run.now))
        counts = {"orders": done.orders, "redemptions": done.redemptions, "differences": done.differences, "cases": done.news}
        self.log("orders_compared", tenant=tenant, provider=name, **counts, settled=done.settled, cut=done.cut)
        return done


def _said(listed: Listed, it: Redemption) -> set[str]:
    """The redemption of which the list says all there is to say, so that the provider need not be asked for it."""
    whole = listed.minor is not None or listed.progress is Progress.FAILED
    return {it.id} if whole and it.order in ("", listed.order) else set()


def _owed(progress: Round, now: datetime) -> bool:
    """Whether something is to be done now: today's round, or the rest of one that is not over."""
    if progress.again_at is not None and now < progress.again_at:
        return False
    return progress.step != DONE or progress.day != now.date().isoformat()
