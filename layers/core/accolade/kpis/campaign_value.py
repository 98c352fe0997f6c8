"""Campaign value: what campaigns brought in, less what they cost."""

from accolade.kpis.attribution import Attributed
from accolade.kpis.port import Tally


class CampaignValue(Attributed):
    """Won amounts attributed to campaigns by `model` - cost of campaigns begun. Undefined where no cost is known."""

    name = "campaign_value"
    title = "Campaign value"

    def value(self, tally: Tally) -> int | None:
        return tally.sums.get("won", 0) - tally.sums.get("cost", 0) if self.sample(tally) else None


KPI = CampaignValue
