"""Pausing: messages of a channel wait until it is resumed; points go on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accolade.flows.due import resume_now
from accolade.model.participants import Channel
from accolade.store.deliveries import Deliveries
from accolade.store.tenants import Tenants

Paused = tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Pausing:
    """Pauses and resumes. `enqueue(channel, delivery id, delay in seconds)` puts a message on its queue."""

    tenants: Tenants
    deliveries: Deliveries
    enqueue: Callable[..., None]

    def pause(self, tenant: str, channel: Channel) -> tuple[Paused, Paused]:
        """Let a channel's messages wait; gives what was paused before, and what is now."""
        before = self.tenants.get(tenant).paused
        return before, self.tenants.pause(tenant, (channel,)).paused

    def resume(self, tenant: str, channel: Channel, *, now: datetime) -> tuple[Paused, Paused]:
        """Send again, what waited at once; gives what was paused before, and what is now."""
        before = self.tenants.get(tenant).paused
        after = self.tenants.resume(tenant, (channel,)).paused
        resume_now(self.deliveries, self.enqueue, tenant, (channel,), now)
        return before, after
