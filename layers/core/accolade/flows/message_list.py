"""Lists of messages: those of a person, of a day, or those that wait for somebody, by channel and state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from accolade.model.deliveries import Delivery, DeliveryState
from accolade.store.deliveries import Deliveries, place_of


@dataclass(frozen=True, slots=True)
class Listed:
    """Which messages: empty or None stands for any. Without person and day: of those that wait (state `parked`), or of today."""

    person: str = ""
    channel: str = ""
    state: str = ""
    day: date | None = None


def matching(
    deliveries: Deliveries, tenant: str, wanted: Listed, *, now: datetime, before: str = "", limit: int
) -> Iterator[Delivery]:
    """The messages that fit, newest first, among so many that are read at most; `before`: those after that place of the list."""
    for it in _source(deliveries, tenant, wanted, now, before, limit):
        known = it.tenant == tenant and (not before or place_of(it) < before)
        if known and wanted.channel in ("", it.channel) and wanted.state in ("", it.state.value):
            yield it


def _source(deliveries: Deliveries, tenant: str, wanted: Listed, now: datetime, before: str, limit: int) -> Iterable[Delivery]:
    day = wanted.day
    if wanted.person:
        upto = datetime.combine(day, time.max, UTC) if day else None
        found = deliveries.of_person(tenant, wanted.person, limit, upto=upto)
        return (it for it in found if day is None or it.created_at.date() == day)
    if wanted.state == DeliveryState.PARKED.value and day is None:
        return sorted(deliveries.parked(tenant, limit), key=place_of, reverse=True)
    return deliveries.of_day(tenant, day or now.date(), before=before, limit=limit)
