"""Redeem: points become a redemption that holds them; a person approves or refuses it; its owner looks at the card."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.catalog import tax
from accolade.catalog.offers import Left, Offer, offers, price
from accolade.catalog.states import looked_at, moved
from accolade.flows.approvals import because, is_called, signed_by
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.settling import ATTEMPTS, DECLINED, Settling, purchase_of
from accolade.model.catalog import Item, Option, Rate
from accolade.model.errors import Conflict, Missing, Refused, Rejected, Retry
from accolade.model.money import Money
from accolade.model.participants import Participant, Tenant
from accolade.model.phrases import later as t
from accolade.model.redemptions import STATE_WORDS, Redemption, RedemptionState, Revealed, redemption_id
from accolade.model.times import iso
from accolade.providers import Order
from accolade.store.catalog import Catalog
from accolade.store.redemptions import Redemptions
from accolade.store.signatures import Signature, Signatures
from accolade.store.stock import Stock
from accolade.wallet.spending import Act, hold

KEY_LIMIT = 200
SHOWN = 500

ABOVE = t("it is more than is given without a word of approval")
TAX_FORM = t("the year's rewards reach the value from which a tax form has to be on file, and there is none")
"""Why a redemption waits for a person."""


@dataclass(frozen=True, slots=True)
class Redeemer:
    """Redemptions of any tenant. `person` raises Missing; `tenant` gives settings; `enqueue` puts a hint on the Orders queue,
    and a lost one costs a minute; `salt()` gives a new random text."""

    redemptions: Redemptions
    catalog: Catalog
    accounts: ProviderAccounts
    settling: Settling
    person: Callable[[str, str], Participant]
    tenant: Callable[[str], Tenant]
    signatures: Signatures
    salt: Callable[[], str]
    enqueue: Callable[[Redemption], None]
    stock: Stock

    def offers(
        self, tenant: str, participant: str, *, category: str = "", currency: str = "", affordable: bool = False
    ) -> list[Offer]:
        """What a participant (by number) sees in the shop, by category and id."""
        available = self.redemptions.wallet(tenant, participant).available
        items, person = self.catalog.list(tenant), self.person(tenant, participant)
        left = self.left(tenant, items)
        return offers(items, person, available, left=left, category=category, currency=currency, affordable=affordable)

    def left(self, tenant: str, items: Iterable[Item]) -> Left:
        """What is left of those of the items that are counted: one query, or none."""
        counted = [it.id for it in items if it.counted]
        return self.stock.left(tenant, counted[0] if len(counted) == 1 else "") if counted else {}

    def redeem(
        self,
        tenant: str,
        participant: str,
        item_id: str,
        option: int,
        idempotency_key: str,
        *,
        now: datetime,
        actor: str,
        points: int | None = None,
    ) -> Redemption:
        """Hold the price of an item's option (its face value in minor units) for a participant (by number).

        The same key with the same content is the same redemption, however often; with other content: Conflict. `points`: the
        price that the person saw, if it matters that it is still so. Missing: no such item for this person. Refused: not
        enough points, no such value, sold out, another price, no rate. Rejected: a bad key. Retry: too busy, nothing was held.
        """
        if not 1 <= len(idempotency_key) <= KEY_LIMIT:
            raise Rejected(t("an idempotency key has 1 to %(most)s characters", most=KEY_LIMIT), where="idempotency key")
        id_ = redemption_id(tenant, participant, idempotency_key)
        for attempt in range(ATTEMPTS):
            known = self.redemptions.find(tenant, id_)
            if known is not None:
                return _same(known, item_id, option)
            person, item = self.person(tenant, participant), self.catalog.find(tenant, item_id)
            wanted = self._wanted(id_, person, item, option, points, now, actor)
            try:
                held = self._hold(wanted, person, Act(now, actor))
            except Conflict:
                self.settling.pause(attempt)
                continue
            if held.state is RedemptionState.HELD:
                self.enqueue(held)
            return held
        raise Retry(t("this wallet is moved by many at once"), after=2, mend=t("Try again"))

    def approve(self, tenant: str, id_: str, *, by: str, reason: str, now: datetime) -> Redemption:
        """Let an awaiting redemption be ordered. Missing; Refused if it does not wait, or is one's own."""
        it, signature = self._decided(tenant, id_, "approved", by, reason, now)
        approved = moved(it, RedemptionState.HELD, now, t("approved by %(by)s", by=signature.by), due_at=now, why="")
        written, operation = self.redemptions.write(approved)
        self.redemptions.transact([operation, self.signatures.write(tenant, signature)])
        self.enqueue(written)
        return written

    def refuse(self, tenant: str, id_: str, *, by: str, reason: str, now: datetime) -> Redemption:
        """Give the points of an awaiting redemption back; its owner is told. Errors as for `approve`."""
        it, signature = self._decided(tenant, id_, "refused", by, reason, now)
        act = Act(now, signature.actor, signature.reason_hash)
        beside = [self.signatures.write(tenant, signature)]
        return self.settling.released(it, event=DECLINED, why=t("it was not approved"), act=act, beside=beside)

    def waiting(self, tenant: str) -> list[Redemption]:
        """What waits for a person's approval, oldest first."""
        return self.redemptions.in_state(tenant, RedemptionState.AWAITING, limit=SHOWN)

    def of_person(self, tenant: str, participant: str, *, limit: int = 50) -> list[Redemption]:
        """The newest redemptions of a participant (by number)."""
        return self.redemptions.of_person(tenant, participant)[:limit]

    def own(self, tenant: str, participant: str, id_: str) -> Redemption:
        """A participant's own redemption; Missing if it is somebody else's or there is none."""
        found = self.redemptions.find(tenant, id_)
        if found is None or found.participant != participant:
            raise Missing(t("there is no such reward of yours"), where="redemption")
        return found

    def reveal(self, redemption: Redemption, *, by: str, now: datetime) -> Revealed:
        """The link or code of a fulfilled redemption, for one view; who looked and when is written down first.

        Refused if it is not fulfilled. Retry if the provider or KMS does not answer now. Never log, store or send the answer.
        """
        if redemption.state is not RedemptionState.FULFILLED:
            raise Refused(t("this reward is not ready"), where=redemption.id, mend=t("You get a message when it is"))
        account = self.accounts.settings(redemption.tenant, redemption.provider)
        provider, person = self.accounts(account), self.person(redemption.tenant, redemption.participant)
        self._look(redemption, by, now)
        return provider.reveal(order_of(redemption, person), redemption.reward)

    def _wanted(
        self, id_: str, person: Participant, item: Item | None, value: int, points: int | None, now: datetime, actor: str
    ) -> Redemption:
        """The redemption as it would be; the errors of `redeem` where it cannot be."""
        if not person.active:
            raise Refused(t("this account is closed"), mend=t("Ask your administrator"))
        bought = price(item, person, value)
        assert item is not None  # noqa: S101 (price has looked)
        if points is not None and points != bought.points:
            raise Refused(t("the price has changed"), where=item.id, mend=t("Look at the new price, and decide again"))
        self._can_be_ordered(item, bought)
        taxed, rate = self._taxed(person, Money(bought.value, item.currency))
        held = _fresh(id_, person, item, bought, now, actor)
        return replace(held, taxed=taxed, rate=str(rate.rate) if rate else "", rate_at=rate.at if rate else None)

    def _can_be_ordered(self, item: Item, bought: Option) -> None:
        if item.counted and not self.stock.has(item.tenant, item.id, bought.value):
            raise Refused(t("this is sold out"), where=item.id, mend=t("Choose another value, or look again later"))
        try:
            self.accounts.settings(item.tenant, item.provider)
        except Rejected as error:
            raise Refused(t("this cannot be ordered at the moment"), where=item.id, mend=t("Ask your administrator")) from error

    def _taxed(self, person: Participant, value: Money) -> tuple[int | None, Rate | None]:
        """The value in minor units of USD where a threshold applies, and the rate it took."""
        if not tax.applies_to(person):
            return None, None
        rate = None if value.currency == "USD" else self.catalog.rate(person.tenant, value.currency, "USD")
        return tax.in_usd(value, rate), rate

    def _hold(self, wanted: Redemption, person: Participant, act: Act) -> Redemption:
        # The wallet first: what is read after it can be older than the decision only if the commit fails.
        wallet = self.redemptions.wallet(wanted.tenant, wanted.participant)
        why = self._reason_to_wait(wanted, person)
        if why:
            row = (RedemptionState.AWAITING.value, iso(act.at), why)
            wanted = replace(wanted, state=RedemptionState.AWAITING, why=why, due_at=None, history=(row,))
        done = hold(wallet, purchase_of(wanted), act)
        return self.redemptions.commit(wanted, before=wallet, after=done.wallet, entry=done.entry)

    def _reason_to_wait(self, wanted: Redemption, person: Participant) -> str:
        limit = self.tenant(wanted.tenant).approve_redemptions_above
        if limit is not None and wanted.points > limit:
            return ABOVE
        if wanted.taxed is None:
            return ""
        return TAX_FORM if tax.crosses(wanted, self.redemptions.of_person(wanted.tenant, person.number), person) else ""

    def _decided(self, tenant: str, id_: str, what: str, by: str, reason: str, now: datetime) -> tuple[Redemption, Signature]:
        name, why = signed_by(by), because(reason)
        it = self.redemptions.get(tenant, id_)
        if it.state is not RedemptionState.AWAITING:
            raise Refused(t("it does not wait for approval any more: it is %(state)s", state=STATE_WORDS[it.state]), where=id_)
        if is_called(self.person(tenant, it.participant), name):
            raise Refused(t("nobody decides about their own redemption"), where=id_, mend=t("Let somebody else do it"))
        return it, Signature(now, name, what, id_, why, it.points, self.salt())

    def _look(self, redemption: Redemption, by: str, now: datetime) -> None:
        for attempt in range(ATTEMPTS):
            stands = self.redemptions.get(redemption.tenant, redemption.id)
            try:
                self.redemptions.put(looked_at(stands, now, by))
            except Conflict:
                self.settling.pause(attempt)
                continue
            return
        raise Retry(t("many look at this at once"), after=1, where=redemption.id)


def order_of(it: Redemption, person: Participant) -> Order:
    """What the provider is asked for: the same for the same redemption, as long as its owner's name is the same."""
    return Order(it.id, it.item, it.product, Money(it.value, it.currency), person.name, person.locale[:2] or "en")


def _same(known: Redemption, item_id: str, value: int) -> Redemption:
    if (known.item, known.value) != (item_id, value):
        mend = t("Use a new key for another redemption")
        raise Conflict(t("this key was used for something else"), where="idempotency key", mend=mend)
    return known


def _fresh(id_: str, person: Participant, item: Item, option: Option, now: datetime, actor: str) -> Redemption:
    return Redemption(
        id=id_,
        tenant=person.tenant,
        participant=person.number,
        item=item.id,
        provider=item.provider,
        title=item.title,
        value=option.value,
        currency=item.currency,
        points=option.points,
        state=RedemptionState.HELD,
        created_at=now,
        updated_at=now,
        product=item.product,
        due_at=now,
        kind=person.kind or "",
        country=person.country or "",
        actor=actor,
        history=((RedemptionState.HELD.value, iso(now), ""),),
    )
