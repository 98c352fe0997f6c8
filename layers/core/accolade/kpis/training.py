"""Training: courses that somebody completed."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted


class Training(Counted):
    """Trainings completed: passed, or ended well where nothing is said about passing; failed and lapsed ones do not count."""

    name = "training"
    title = "Trainings completed"
    group = "training"
    natures = ("quantitative", "input", "leading", "practical")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "training"
    dated_by = "training.completed_on"
    reads = ("training.stage", "training.passed")

    def counts(self, values: Values) -> bool:
        passed = values.get("training.passed")
        return passed is True if isinstance(passed, bool) else values.get("training.stage") == "won"


KPI = Training
