"""What the daily comparison of providers' orders with redemptions came to, on the page of redemptions; and do it again now."""

from typing import Any

from accolade.store.comparing import DONE, Round
from accolade.texts.refusals import kept
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, noted, went
from accolade.web.desk.shop import provider_name
from accolade.web.site import Route
from accolade.web.visitors import Scope


def compared(ask: Ask) -> dict[str, Any]:
    """The newest round of each provider that was ever compared, for the page."""
    found = ask.house.redeeming.compare.store.progress(ask.tenant.id)
    return {
        "rounds": [_row(ask, it) for _, it in sorted(found.items()) if it.begun],
        "compares": ask.may(Scope.REDEMPTIONS_WRITE),
        "done": done_word(ask, {"compare": ask.t.t("They are compared within some minutes. What differs comes to the cases.")}),
    }


def compare(ask: Ask) -> PageAnswer:
    """Let all of them be compared again, by `maintain`."""
    names = ask.house.redeeming.ask_to_compare(ask.tenant.id)
    noted(ask, "orders.compared", "redemptions", after={"providers": names})
    return went(ask, "admin/redemptions", "compare")


def _row(ask: Ask, it: Round) -> dict[str, Any]:
    t = ask.t
    counts = (
        t.n("one order", "%(count)s orders", it.orders),
        t.n("one fulfilled redemption", "%(count)s fulfilled redemptions", it.redemptions),
        t.n("one difference", "%(count)s differences", it.differences) if it.differences else t.t("no difference"),
    )
    return {
        "name": provider_name(t, it.provider),
        "counts": f"{', '.join(counts)}.",
        "cut": it.cut,
        "problem": kept(t, it.problem),
        "when": moment(ask, it.ended_at) if it.step == DONE else "",
    }


ROUTES: tuple[Route, ...] = (Route("POST", "admin/redemptions", Scope.REDEMPTIONS_WRITE, compare),)
"""Beside those of the redemptions themselves."""
