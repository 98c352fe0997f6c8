"""Subscriber rate: how fast the circle of subscribers grows."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Kpi, Moment, Tally, Values, on_day

_PROOF = timedelta(days=30)
"""How long somebody has to stay before the subscription counts."""


class SubscriberRate(Kpi):
    """(confirmed opt-ins - unsubscribes) / subscribers at the start of the period; undefined where there were none.

    An opt-in counts on the 30th day after it, if the contact is still subscribed by then; who left before that never counts.
    """

    name = "subscriber_rate"
    title = "Subscriber growth"
    unit = "ratio"
    group = "marketing"
    natures = ("quantitative", "output", "leading", "directional")
    earners = ("marketing",)
    record = "contact"
    dated_by = "contact.opted_in_on"
    reads = ("contact.opted_in_on", "contact.opted_out_on", "contact.subscribed")
    folded = True
    looks_back = True

    def moments(self, values: Values) -> Iterable[Moment]:
        start, end = on_day(values, "contact.opted_in_on"), on_day(values, "contact.opted_out_on")
        if start is None or start > date.max - _PROOF:
            return
        left = end if end is not None and end >= start else None
        counts = start + _PROOF
        if left is None:
            if values.get("contact.subscribed") is not False:
                yield Moment(counts, {"opt_ins": 1})
        elif left > counts:
            yield Moment(counts, {"opt_ins": 1})
            yield Moment(left, {"unsubscribes": 1})

    def value(self, tally: Tally) -> Fraction | None:
        now = self.columns(tally)
        return ratio(now["opt_ins"] - now["unsubscribes"], max(0, now["start"]))

    def sample(self, tally: Tally) -> int:
        return max(0, self.columns(tally)["start"])

    def columns(self, tally: Tally) -> Mapping[str, int]:
        before = [it.parts for it in tally.facts if it.on < tally.start]
        within = [it.parts for it in tally.within()]
        return {
            "start": _sum(before, "opt_ins") - _sum(before, "unsubscribes"),
            "opt_ins": _sum(within, "opt_ins"),
            "unsubscribes": _sum(within, "unsubscribes"),
        }


def _sum(parts: Iterable[Mapping[str, int]], name: str) -> int:
    return sum(it.get(name, 0) for it in parts)


KPI = SubscriberRate
