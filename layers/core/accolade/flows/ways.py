"""Where a stored delivery may go now: whom it is for, who sends it, and the route as consent and opt-outs stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accolade.flows.routing import Routed, code_route, route
from accolade.model.deliveries import CODE_LIFE, Delivery, staff_name
from accolade.model.errors import Missing
from accolade.model.participants import Channel, Participant, Suppression, Tenant
from accolade.model.phrases import later as t

SETTINGS_AGE = 6
"""Seconds after which every sender has read a tenant's settings anew."""


@dataclass(frozen=True, slots=True)
class Way:
    """A route with the people at its ends; `participant` is None if there is nobody of that number any more."""

    route: Routed
    tenant: Tenant
    participant: Participant | None


class Ways:
    """Finds the way of a delivery. `person` raises Missing; `suppression` reads the opt-out lists, each time anew."""

    def __init__(
        self,
        *,
        person: Callable[[str, str], Participant],
        tenant: Callable[[str], Tenant],
        suppression: Callable[[str, Channel, str], Suppression | None],
    ) -> None:
        self._person, self._tenant, self._suppression = person, tenant, suppression

    def way(self, delivery: Delivery, *, now: datetime, failed: Channel | None = None) -> Way:
        """The way now; `failed`: a channel that has just failed for good."""
        tenant = self._tenant(delivery.tenant)
        if delivery.for_staff:
            return self._to_staff(delivery, tenant, now, failed)
        try:
            participant = self._person(delivery.tenant, delivery.participant)
        except Missing:
            return Way(Routed(None, now, t("there is no such participant any more")), tenant, None)

        def suppressed(channel: Channel) -> bool:
            return self._suppression(delivery.tenant, channel, participant.address(channel) or "") is not None

        tried = (*delivery.tried, failed) if failed else delivery.tried
        if delivery.challenge:
            until = delivery.created_at + CODE_LIFE
            way = code_route(participant, tenant, delivery.channel, now=now, until=until, suppressed=suppressed, tried=tried)
        else:
            way = route(participant, tenant, now=now, suppressed=suppressed, tried=tried)
        return Way(way, tenant, participant)

    def _to_staff(self, delivery: Delivery, tenant: Tenant, now: datetime, failed: Channel | None) -> Way:
        """By e-mail, at any hour, to the address that stands in the settings now."""
        address = next((it for it in tenant.alerts if staff_name(tenant.id, it) == delivery.participant), None)
        if address is None:
            return Way(Routed(None, now, t("the address is not in the settings any more")), tenant, None)
        reader = Participant(tenant.id, "", delivery.participant, "", email=address, locale=tenant.alerts_locale)
        if failed or self._suppression(tenant.id, Channel.EMAIL, address):
            why = t("failed before") if failed else t("opted out or undeliverable")
            return Way(Routed(None, now, f"{Channel.EMAIL}: {why}"), tenant, reader)
        return Way(Routed(Channel.EMAIL, now, paused=Channel.EMAIL in tenant.paused), tenant, reader)
