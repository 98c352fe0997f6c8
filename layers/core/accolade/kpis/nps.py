"""NPS: promoters less detractors, from -100 to 100."""

from fractions import Fraction

from accolade.kpis.port import Kpi, Parts, Tally, Values
from accolade.kpis.shapes import scored


class Nps(Kpi):
    """100 x (promoters - detractors) / answers: 9 and 10 promote, 0 to 6 detract. Undefined under 5 answers."""

    name = "nps"
    title = "Net promoter score"
    unit = "number"
    group = "success"
    natures = ("qualitative", "outcome", "directional", "lagging")
    earners = ("success", "service", "sales", "marketing", "dealer")
    record = "survey_response"
    dated_by = "survey_response.event_on"
    reads = ("survey_response.kind", "survey_response.score", "survey_response.scale")

    def parts(self, values: Values) -> Parts:
        known = scored(values, "nps", best=10)
        if known is None or known[1] != 10:
            return {}
        score = known[0]
        return {"answers": 1, **({"promoters": 1} if score >= 9 else {"detractors": 1} if score <= 6 else {})}

    def value(self, tally: Tally) -> Fraction | None:
        if self.sample(tally) < 5:
            return None
        return Fraction(100 * (tally.sums.get("promoters", 0) - tally.sums.get("detractors", 0)), self.sample(tally))

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get("answers", 0))


KPI = Nps
