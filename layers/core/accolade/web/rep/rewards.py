"""My rewards: what became of each redemption in plain words, and the code, shown to its owner and nobody else."""

from dataclasses import replace
from typing import Any

from accolade.model.errors import Missing
from accolade.model.redemptions import Redemption, RedemptionState, Revealed
from accolade.model.times import parse_instant
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.moments import instant
from accolade.web.rendering import site_rendered
from accolade.web.rep.qr import qr_of
from accolade.web.rep.reward_words import UNDER_WAY, sentences, state_name, tone
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.wallet_words import reward_title

PER_PAGE = 20


def rewards(ask: Ask) -> PageAnswer:
    """`GET me/rewards`."""
    t, page = ask.t, _page(ask)
    found = ask.house.redeeming.redemptions.of_person(ask.tenant.id, ask.person.number)
    start = page * PER_PAGE
    rows = [_row(ask, it) for it in found[start : start + PER_PAGE]]
    older = f"?page={page + 1}" if len(found) > start + PER_PAGE else ""
    newer = "?page=0" if page else ""
    return site_rendered(
        ask, "rep/rewards.html", tab="rewards", title=t.t("My rewards"), rows=rows, newer=newer, older=older, first=not page
    )


def reward(ask: Ask) -> PageAnswer:
    """`GET me/rewards/{redemption}`: the state; asks again by itself while it is under way."""
    return _reward_page(ask, _own(ask), None)


def code(ask: Ask) -> PageAnswer:
    """`POST me/rewards/{redemption}`: the code itself, for this one view; who looked and when is written down first."""
    it = _own(ask)
    shown = ask.house.redeeming.redeemer.reveal(it, by=ask.who.name, now=ask.now)
    if not shown.link.startswith("https://"):
        shown = replace(shown, link="", code=shown.code or shown.link)  # what is no web address is never one to click
    return _reward_page(ask, _own(ask), shown)


def _reward_page(ask: Ask, it: Redemption, shown: Revealed | None) -> PageAnswer:
    t = ask.t
    return site_rendered(
        ask,
        "rep/reward.html",
        tab="rewards",
        title=reward_title(it, t),
        price=points(t, it.points, ask.tenant.unit),
        state=state_name(it.state, t),
        tone=tone(it.state),
        sentences=sentences(it, t),
        waiting=it.state in UNDER_WAY,
        ready=it.state is RedemptionState.FULFILLED,
        shown=shown,
        qr=qr_of(shown.link or shown.code) if shown else "",
        history=[_moment(ask, state_name(RedemptionState(state), t), at) for state, at, _ in it.history],
        looks=_looks(ask, it),
        may=ask.may(Scope.REDEEM),
        next=f"me/rewards/{it.id}",
        id=it.id,
    )


def _own(ask: Ask) -> Redemption:
    """The redemption, if it is theirs; Missing otherwise, whoever's it is."""
    return ask.house.redeeming.redeemer.own(ask.tenant.id, ask.person.number, ask.args["redemption"])


def _row(ask: Ask, it: Redemption) -> dict[str, Any]:
    t = ask.t
    return {
        "link": f"{ask.root}me/rewards/{it.id}",
        "title": reward_title(it, t),
        "state": state_name(it.state, t),
        "tone": tone(it.state),
        "price": points(t, it.points, ask.tenant.unit),
        "when": instant(t, it.created_at, ask.zone),
    }


def _moment(ask: Ask, what: str, at: str) -> dict[str, Any]:
    return {"what": what, "when": instant(ask.t, parse_instant(at), ask.zone)}


def _looks(ask: Ask, it: Redemption) -> list[dict[str, Any]]:
    """Who looked at the code: its owner, or somebody else of the company."""
    t: Texts = ask.t
    own, other = t.t("You looked at the code"), t.t("Somebody of the company looked at the code")
    return [_moment(ask, own if by == ask.person.number else other, at) for at, by in it.reveals]


def _page(ask: Ask) -> int:
    text = ask.value("page", limit=9)
    if text and not (text.isascii() and text.isdecimal()):
        raise Missing("there is no such page")
    return int(text or 0)


ROUTES = (
    Route("GET", "me/rewards", Scope.WALLET, rewards),
    Route("GET", "me/rewards/{redemption}", Scope.WALLET, reward),
    Route("POST", "me/rewards/{redemption}", Scope.REDEEM, code),
)
"""The pages of rewards."""
