"""Survey: questions of the company that somebody answered, such as how the CRM is taken up."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted


class Survey(Counted):
    """Answers to surveys of kind custom, by whoever answered; what customers say (csat, nps, ces) does not count."""

    name = "survey"
    title = "Surveys answered"
    group = "engagement"
    natures = ("qualitative", "input", "leading", "practical")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "survey_response"
    dated_by = "survey_response.event_on"
    reads = ("survey_response.kind",)

    def counts(self, values: Values) -> bool:
        return values.get("survey_response.kind") == "custom"


KPI = Survey
