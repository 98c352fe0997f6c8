"""What a provider has and what we have about one order, side by side: each difference is a case, named by its cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from accolade.model.money import Money
from accolade.model.phrases import later as t
from accolade.model.redemptions import Redemption, RedemptionState, participant_of
from accolade.providers import Listed, Progress

ORIGIN = "provider"
"""The origin of such cases: there is no notification that could be decided again."""

_GIVEN_BACK = (RedemptionState.RELEASED, RedemptionState.FAILED)


@dataclass(frozen=True, slots=True)
class Difference:
    """`id` is made from the cause, so that the same difference is the same case on every day; `reason`, `where`, `mend` as of
    a case. Whatever it is, no points move by themselves."""

    id: str
    reason: str
    where: str
    mend: str


def differences(name: str, listed: Listed, it: Redemption | None, *, shared: bool) -> list[Difference]:
    """What is wrong about an order of a provider's list; `it`: the redemption of its key, None if there is none; `shared`:
    others may order from the account too. What is still under way is never wrong."""
    if it is None or it.provider != name:
        return [] if shared or listed.progress is Progress.FAILED else [_outside(name, listed, it)]
    if it.state is RedemptionState.FULFILLED:
        return list(_fulfilled(it, listed))
    if listed.progress is Progress.FAILED:
        return []
    if it.state in _GIVEN_BACK:
        return [about(it, "given-back")]
    if it.state is RedemptionState.AWAITING:
        return [about(it, "unasked")]
    return []


def about(it: Redemption, kind: str) -> Difference:
    """A difference of one of the kinds that a redemption has once at most: `cancelled`, `missing`, `given-back`, `unasked`."""
    reason, mend = _KINDS[kind]
    return Difference(f"{kind}-{it.id}", reason, _where(it), mend)


_KINDS = {
    "cancelled": (
        t("a reward that was delivered has been cancelled at the provider"),
        t("Find out why; give the points back by a correction if the person has nothing from it"),
    ),
    "missing": (
        t("the points are spent, and the provider has no such order"),
        t("Ask the provider for the order; give the points back by a correction if the person has nothing from it"),
    ),
    "given-back": (
        t("the provider has a reward whose points were given back"),
        t("Cancel it at the provider; if the person has it already, settle that with them"),
    ),
    "unasked": (
        t("the provider has a reward for a redemption that nobody has approved"),
        t("Find out who ordered it, and refuse or approve the redemption"),
    ),
}
"""Kind -> what is wrong, and how to mend it."""


def facts(name: str, listed: Listed | None, it: Redemption | None) -> Mapping[str, Any]:
    """Both sides as a person may read them: no code, no link, nobody's name."""
    found: dict[str, Any] = {"provider": name}
    if listed is not None:
        value = _shown(listed.minor, listed.currency)
        there = {"order": listed.order, "key": listed.key, "progress": listed.progress.value, "value": value}
        found["there"] = there | {"placed_at": listed.placed_at}
    if it is not None:
        value = _shown(it.value, it.currency)
        here = {"redemption": it.id, "participant": it.participant, "item": it.item, "state": it.state.value}
        found["here"] = here | {"value": value, "points": it.points, "order": it.order}
    return found


def _fulfilled(it: Redemption, listed: Listed) -> Iterator[Difference]:
    """A redemption whose points are spent, and an order under its key."""
    known = (it.order or listed.order, it.reward or listed.reward) == (listed.order, listed.reward or it.reward)
    if listed.progress is Progress.FAILED:
        if known:
            yield about(it, "cancelled")
        return
    if not known:
        yield Difference(
            f"second-{it.id}-{_short(listed.order, listed.reward)}",
            t("under the key of this redemption the provider has another reward than the one we know"),
            _where(it),
            t("Look at both at the provider, and cancel the one that nobody should have"),
        )
    if not it.accepted and not _same_value(it, listed):
        has, had = _amount(listed.minor, listed.currency), _amount(it.value, it.currency)
        yield Difference(
            f"value-{it.id}-{listed.minor}{listed.currency}",
            t("the provider's reward is worth %(has)s, the redemption was for %(had)s", has=has, had=had),
            _where(it),
            t("Settle the difference with the provider or with the person"),
        )
    if listed.wrong:
        yield Difference(f"wrong-{it.id}", listed.wrong, _where(it), t("Take it out there, before it is given away again"))


def _same_value(it: Redemption, listed: Listed) -> bool:
    return listed.minor in (None, it.value) and listed.currency in ("", it.currency)


def _outside(name: str, listed: Listed, it: Redemption | None) -> Difference:
    id_ = f"outside-{name}-{_short(listed.key, listed.order)}"
    where = t("order %(order)s at %(name)s", order=listed.order, name=name)
    if it is not None:
        reason = t("%(name)s has an order whose redemption is delivered by %(other)s", name=name, other=it.provider)
        where = t("order %(order)s at %(name)s, redemption %(redemption)s", order=listed.order, name=name, redemption=it.id)
        return Difference(id_, reason, where, t("Find out who ordered it, and cancel it there"))
    if participant_of(listed.key):
        reason = t("%(name)s has an order under a key like ours, and there is no such redemption", name=name)
        mend = t("If another company or stack of yours orders from this account, mark it as shared; if not, a redemption is lost")
        return Difference(id_, reason, where, mend)
    mend = t("Find out who ordered it; if others may order from this account, mark it as shared")
    return Difference(id_, t("%(name)s has an order that is no redemption", name=name), where, mend)


def _where(it: Redemption) -> str:
    return t("redemption %(redemption)s", redemption=it.id)


def _short(*parts: str) -> str:
    """Parts of somebody else's choice as a part of an id of ours."""
    return sha256("\n".join(parts).encode()).hexdigest()[:20]


def _amount(minor: int | None, currency: str) -> object:
    """An amount within a sentence."""
    return t("a value that it does not say") if minor is None else Money(minor, currency) if currency else _shown(minor, "")


def _shown(minor: int | None, currency: str) -> str:
    return "a value that it does not say" if minor is None else str(Money(minor, currency))
