"""Referrals: customers and colleagues that somebody brought in."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted, done


class Referral(Counted):
    """Activities of kind referral that are done; cancelled ones do not count."""

    name = "referral"
    title = "Referrals"
    group = "engagement"
    natures = ("quantitative", "input", "leading")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "activity"
    dated_by = "activity.event_on"
    reads = ("activity.kind", "activity.stage", "activity.done", "activity.happened_on")

    def counts(self, values: Values) -> bool:
        return done(values, "referral")


KPI = Referral
