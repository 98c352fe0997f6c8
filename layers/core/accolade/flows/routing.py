"""Which channel a message takes and when: preference, address, consent, opt-out, pause, and the recipient's own clock."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.model.times import zone_of

_DAYS_AHEAD = 4
"""A clock change can swallow a day's opening, or a whole day; never four in a row."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The way a message takes: `channel` from `due_at` on; `channel` None: there is none, and `reason` says why.

    `paused`: the way is right, but the tenant sends nothing on it now; the message waits, it does not go elsewhere.
    """

    channel: Channel | None
    due_at: datetime
    reason: str = ""
    paused: bool = False


def route(
    participant: Participant,
    tenant: Tenant,
    *,
    now: datetime,
    suppressed: Callable[[Channel], bool] = lambda channel: False,
    tried: Collection[Channel] = (),
) -> Routed:
    """The first channel in the person's order of preference that may be used, and the first instant at which it may.

    `suppressed` is asked only for channels that pass everything else; `tried` are those that failed for good.
    """
    if not participant.active:
        return Routed(None, now, t("the participant is not active"))
    refusals = []
    for channel in participant.channels:
        refusal = _refusal(participant, channel, suppressed, tried)
        if not refusal:
            opening = next_opening(now, zone=participant.zone, hours=tenant.sending_hours)
            return Routed(channel, opening, paused=channel in tenant.paused)
        refusals.append(f"{channel}: {refusal}")
    return Routed(None, now, "; ".join(refusals) or t("the participant chose no channel"))


def code_route(
    participant: Participant,
    tenant: Tenant,
    channel: Channel | None,
    *,
    now: datetime,
    until: datetime,
    suppressed: Callable[[Channel], bool] = lambda channel: False,
    tried: Collection[Channel] = (),
) -> Routed:
    """The way of a one-time code: by the channel that its owner chose a moment ago, at any hour, or not at all.

    `until`: when it works no more. An address that has opted out gets none, whoever asks.
    """
    if channel is None or not participant.active:
        return Routed(None, now, t("the participant is not active"))
    if now >= until:
        return Routed(None, now, t("the code works no more"))
    refusal = t("failed before") if channel in tried else code_refusal(participant, channel, suppressed)
    return Routed(None if refusal else channel, now, f"{channel}: {refusal}" if refusal else "", channel in tenant.paused)


def code_refusal(participant: Participant, channel: Channel, suppressed: Callable[[Channel], bool]) -> str:
    """Why a one-time code may not go by the channel; empty if it may.

    By SMS only with a stored consent to SMS, or where there is no e-mail address: a number that came with an import may be
    old or another's, and e-mail does as well; but whoever has nothing else must be able to sign in, and asked for it.
    """
    if channel is Channel.WHATSAPP:
        return t("codes do not go by WhatsApp")
    if not participant.address(channel):
        return t("no address")
    if channel is Channel.SMS and participant.email and not participant.consents_to(channel):
        return t("no consent")
    return t("opted out or undeliverable") if suppressed(channel) else ""


def next_opening(now: datetime, *, zone: str, hours: tuple[int, int]) -> datetime:
    """`now` if the local clock stands within [from, to) hours, else the next instant at which it does, as UTC.

    Hours over midnight (20, 6) are one window; equal ones, and (0, 24), are the whole day.
    """
    local = now.astimezone(zone_of(zone))
    if _within(local, hours):
        return now
    for ahead in range(_DAYS_AHEAD):
        # fold=0: of an hour that comes twice the first one; of one that is skipped, the instant of the change.
        opening = datetime.combine(local.date() + timedelta(days=ahead), time(hours[0]), tzinfo=local.tzinfo).astimezone(UTC)
        if opening > now and _within(opening.astimezone(local.tzinfo), hours):
            return opening
    return now


def _within(local: datetime, hours: tuple[int, int]) -> bool:
    start, end = hours
    if start == end or (start, end) == (0, 24):
        return True
    return start <= local.hour < end if start < end else local.hour >= start or local.hour < end


def _refusal(
    participant: Participant, channel: Channel, suppressed: Callable[[Channel], bool], tried: Collection[Channel]
) -> str:
    """Why the channel may not be used; empty if it may."""
    if channel in tried:
        return t("failed before")
    if not participant.address(channel):
        return t("no address")
    if not participant.consents_to(channel):
        return t("no consent")
    return t("opted out or undeliverable") if suppressed(channel) else ""
