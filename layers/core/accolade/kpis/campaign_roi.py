"""Campaign ROI: what campaigns brought in for each unit that they cost."""

from fractions import Fraction

from accolade.kpis.attribution import Attributed
from accolade.kpis.folds import ratio
from accolade.kpis.port import Tally


class CampaignRoi(Attributed):
    """(won amounts attributed to campaigns by `model` - cost) / cost. Undefined where the cost is unknown or 0."""

    name = "campaign_roi"
    title = "Return on campaigns"
    unit = "ratio"

    def value(self, tally: Tally) -> Fraction | None:
        cost = tally.sums.get("cost", 0)
        return ratio(tally.sums.get("won", 0) - cost, cost)


KPI = CampaignRoi
