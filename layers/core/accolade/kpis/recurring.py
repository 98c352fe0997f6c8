"""Recurring revenue by account, from the subscriptions that begin and end; for retention and churn."""

from collections.abc import Iterable
from datetime import date, timedelta

from accolade.kpis.folds import by_about
from accolade.kpis.port import Kpi, Moment, Tally, Values, on_day
from accolade.kpis.shapes import whole


class Recurring(Kpi):
    """Moments of subscriptions: revenue a month from `started_on` on, gone on the day after `ended_on`."""

    unit = "ratio"
    group = "success"
    natures = ("quantitative", "financial", "outcome", "lagging")
    earners = ("success", "service", "sales", "dealer")
    record = "subscription"
    dated_by = "subscription.started_on"
    reads = (
        *("subscription.mrr", "subscription.currency", "subscription.account"),
        *("subscription.started_on", "subscription.ended_on"),
    )
    folded = True
    looks_back = True
    reads_money = True
    about = "account"

    def moments(self, values: Values) -> Iterable[Moment]:
        start, end = on_day(values, "subscription.started_on"), on_day(values, "subscription.ended_on")
        revenue, account = whole(values.get("subscription.mrr")), values.get("subscription.account")
        if start is None or not revenue or revenue < 0 or not account or (end is not None and end < start):
            return
        yield Moment(start, {"subscriptions": 1, "mrr": revenue}, str(account))
        if end is not None and end < date.max:
            yield Moment(end + timedelta(days=1), {"subscriptions": -1, "mrr": -revenue}, str(account))

    def sample(self, tally: Tally) -> int:
        return len(revenues(tally))


def revenues(tally: Tally) -> dict[str, tuple[int, int]]:
    """Account -> revenue a month when the period begins and after it, for the accounts that had some at the beginning.

    What happens on the first day of the period happens in it: a renewal on the day after an end is no loss.
    """
    found = {}
    for account, facts in by_about(tally.facts).items():
        before = sum(it.parts["mrr"] for it in facts if it.on < tally.start)
        if before > 0:
            found[account] = (before, before + sum(it.parts["mrr"] for it in facts if tally.start <= it.on < tally.end))
    return found
