"""CSAT: the share of customers who were satisfied."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Share, scored


class Csat(Share):
    """satisfied / answers, where satisfied is at least four fifths of the best score (4 of 5). Undefined under 5 answers."""

    name = "csat"
    title = "Customer satisfaction"
    group = "service"
    natures = ("qualitative", "outcome", "lagging")
    earners = ("service", "success", "sales", "dealer", "training")
    record = "survey_response"
    dated_by = "survey_response.event_on"
    reads = ("survey_response.kind", "survey_response.score", "survey_response.scale")
    part = "satisfied"
    whole = "answers"
    least = 5

    def verdict(self, values: Values) -> bool | None:
        known = scored(values, "csat", best=5)
        return None if known is None else known[0] * 5 >= known[1] * 4


KPI = Csat
