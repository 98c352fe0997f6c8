"""What providers tell of their own accord: never believed, only a reason to ask for the redemption that it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accolade import providers
from accolade.catalog.states import moved
from accolade.flows.order_differences import ORIGIN, about, facts
from accolade.flows.provider_accounts import ProviderAccounts
from accolade.flows.redeem import order_of
from accolade.model.errors import Conflict, Forged, Missing
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.providers import Progress, Provider
from accolade.store.redemptions import Redemptions

MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an event, for the log: `event` is `heard` or `ignored`."""

    event: str
    tenant: str
    provider: str
    id: str = ""
    name: str = ""
    redemption: str = ""


@dataclass(frozen=True, slots=True)
class ProviderEvents:
    """Takes webhooks of any tenant's account. `secret` reads the vault, `enqueue` puts a hint on the Orders queue, `person`
    raises Missing, `park` puts a case before a person (see `store.parked`)."""

    redemptions: Redemptions
    accounts: ProviderAccounts
    secret: Callable[[str], str]
    enqueue: Callable[[Redemption], None]
    person: Callable[[str, str], Participant]
    park: Callable[..., None]

    def __call__(self, tenant: str, name: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Heard:
        """One webhook of a tenant's account; header names in lower case.

        Forged for a bad signature, an unknown tenant or account, too much of a body (one constant answer for all); Rejected if
        it is not what the provider sends; Retry if it cannot be looked into now: let the provider send it again.
        """
        if name not in providers.names() or len(body) > MAX_BODY_BYTES:
            raise Forged("this is no webhook of a provider", where="provider")
        try:
            account = self.accounts.settings(tenant, name)
        except Missing as error:
            raise Forged("this is no webhook of a provider", where="provider") from error
        if not account.webhook_secret:
            raise Forged("this account takes no webhooks", where="provider")
        adapter = providers.adapter(name)
        adapter.verify(headers, body, self.secret(account.webhook_secret))
        event = adapter.read_event(body)
        key = self.accounts(account).key_of(event)
        it = self.redemptions.find(tenant, key) if key else None
        if it is None or it.provider != name:
            return Heard("ignored", tenant, name, event.id, event.name)
        if it.state is RedemptionState.FULFILLED:
            self._still_there(it, self.accounts(account), now)
        else:
            self._look_now(it, now)
        return Heard("heard", tenant, name, event.id, event.name, it.id)

    def _still_there(self, it: Redemption, provider: Provider, now: datetime) -> None:
        """A card that was delivered and is cancelled since is a case for a person: its points are spent."""
        placed = provider.find(order_of(it, self.person(it.tenant, it.participant)))
        if placed is not None and placed.progress is Progress.FAILED:
            found = about(it, "cancelled")
            self.park(
                it.tenant,
                id_=found.id,
                connection="",
                crm=it.provider,
                reason=found.reason,
                where=found.where,
                mend=found.mend,
                content=[facts(it.provider, None, it)],
                now=now,
                origin=ORIGIN,
            )

    def _look_now(self, it: Redemption, now: datetime) -> None:
        look_now(self.redemptions, self.enqueue, it, t("the provider told of it"), now=now)


def look_now(redemptions: Redemptions, enqueue: Callable[[Redemption], None], it: Redemption, why: str, *, now: datetime) -> bool:
    """Let a redemption be asked for now, if an answer is awaited and nobody is asking at this moment; whether it is."""
    pending = it.state is RedemptionState.UNKNOWN or (it.state is RedemptionState.ORDERED and it.order)
    if not pending or it.due_at is None or it.due_at <= now:
        return False
    try:
        enqueue(redemptions.put(moved(it, it.state, now, why, due_at=now)))
    except Conflict:
        return False
    return True
