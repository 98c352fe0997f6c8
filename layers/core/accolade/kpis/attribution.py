"""Attribution: which campaign a won deal counts for, and what campaigns cost; for campaign value and campaign ROI."""

from collections.abc import Iterable

from accolade.kpis.port import Kpi, Moment, Option, Tally, Values, on_day
from accolade.kpis.shapes import whole


class Attributed(Kpi):
    """Moments of campaigns: won deals by their touches, on the day they closed; costs, on the day the campaign began.

    `model`: a deal counts for its first touch, its last, or for all of them in even parts that add up to its amount
    exactly. Where the touches of a deal are not numbered, it counts for the one campaign that the CRM names on the deal.
    """

    unit = "money"
    group = "marketing"
    natures = ("quantitative", "financial", "output", "outcome")
    earners = ("marketing",)
    record = "campaign_member"
    dated_by = "campaign_member.event_on"
    reads = (
        *("campaign_member.campaign", "campaign_member.touch", "campaign_member.touches", "deal.stage", "deal.amount"),
        *("deal.currency", "deal.close_date", "deal.campaign", "campaign.cost", "campaign.currency", "campaign.started_on"),
    )
    reads_money = True
    money: tuple[str, ...] = ("won", "cost")
    about = "campaign"
    options = {"model": Option("last", ("first", "last", "even"), "which of a deal's touches it counts for")}

    @property
    def records(self) -> tuple[str, ...]:
        return ("campaign_member", "campaign")

    def moments(self, values: Values) -> Iterable[Moment]:
        campaign = values.get("campaign_member.campaign")
        if campaign is not None:
            yield from self._touch(values, str(campaign))
        elif not any(name.startswith("campaign_member.") for name in values):
            on, cost = on_day(values, "campaign.started_on"), whole(values.get("campaign.cost"))
            if on and cost is not None:
                yield Moment(on, {"campaigns": 1, "cost": cost})

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get("campaigns", 0))

    def _touch(self, values: Values, campaign: str) -> Iterable[Moment]:
        on, amount = on_day(values, "deal.close_date"), whole(values.get("deal.amount"))
        if values.get("deal.currency") != values.get("campaign_member.currency"):
            return  # the amounts of deal and touch are only counted together in one currency
        place = _place(values, campaign)
        if on and amount is not None and place and values.get("deal.stage") == "won":
            touch, touches = place
            won = {"first": amount if touch == 1 else None, "last": amount if touch == touches else None}.get(
                self.chosen["model"], amount * touch // touches - amount * (touch - 1) // touches
            )
            if won is not None:
                yield Moment(on, {"touches": 1, "won": won}, campaign)


def _place(values: Values, campaign: str) -> tuple[int, int] | None:
    """Which touch of how many this is; the only one if nothing is numbered and the deal names this campaign."""
    touch, touches = whole(values.get("campaign_member.touch")), whole(values.get("campaign_member.touches"))
    if touch is not None and touches is not None:
        return (touch, touches) if 1 <= touch <= touches else None
    return (1, 1) if touch is touches is None and values.get("deal.campaign") == campaign else None
