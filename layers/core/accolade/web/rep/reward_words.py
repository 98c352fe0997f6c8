"""A redemption's state in plain words: what it means for its owner, and what comes next."""

from accolade.model.redemptions import Redemption, RedemptionState
from accolade.texts import Texts
from accolade.texts.plain import plain
from accolade.texts.refusals import kept

UNDER_WAY = (RedemptionState.HELD, RedemptionState.ORDERED, RedemptionState.UNKNOWN)
"""States that end by themselves, usually soon."""

_TONES = {
    RedemptionState.FULFILLED: "good",
    RedemptionState.FAILED: "bad",
    RedemptionState.RELEASED: "bad",
    RedemptionState.AWAITING: "warn",
    RedemptionState.UNKNOWN: "warn",
}


def state_name(state: RedemptionState, t: Texts) -> str:
    """The state in a word or two."""
    return {
        RedemptionState.AWAITING: t.t("Waits for approval"),
        RedemptionState.HELD: t.t("Is being ordered"),
        RedemptionState.ORDERED: t.t("Ordered"),
        RedemptionState.UNKNOWN: t.t("Being looked up"),
        RedemptionState.FULFILLED: t.t("Ready"),
        RedemptionState.FAILED: t.t("Not delivered"),
        RedemptionState.RELEASED: t.t("Points are back"),
    }[state]


def tone(state: RedemptionState) -> str:
    """The colour of its mark, by name."""
    return _TONES.get(state, "")


def sentences(it: Redemption, t: Texts) -> list[str]:
    """What it means, and what comes next."""
    said = {
        RedemptionState.AWAITING: [
            t.t("Somebody of the company has to approve this first. You get a message when they have decided."),
            t.t("Until then your points are kept for it."),
        ],
        RedemptionState.HELD: [t.t("It is ordered now. That usually takes less than a minute; this page shows it by itself.")],
        RedemptionState.ORDERED: [t.t("It is ordered. As soon as it is there, this page shows it by itself.")],
        RedemptionState.UNKNOWN: [
            t.t("The shop has not answered yet whether it has your order. We ask until we know; you pay once at most."),
            t.t("You can close this page: a message tells you when it is ready."),
        ],
        RedemptionState.FULFILLED: [t.t("It is yours. The code is shown to you alone, as often as you need it.")],
        RedemptionState.FAILED: [t.t("It could not be delivered. Your points are on their way back.")],
        RedemptionState.RELEASED: [t.t("It was not delivered, and all its points are back in your wallet.")],
    }[it.state]
    if it.why and it.state in (RedemptionState.AWAITING, RedemptionState.FAILED, RedemptionState.RELEASED):
        said.append(t.t("The reason: %(why)s.", why=plain(kept(t, it.why), limit=200).rstrip(".")))
    return said
