"""Judged again, or beside other records, a deal takes nothing that others have earned."""

from datetime import datetime

import pytest
from tests.scenarios.closing import Closing
from tests.scenarios.running import deal

from accolade import wiring
from accolade.model.messages import Reevaluate

WON = "when: {field: deal.stage, is: won}"
FOUR_WEEKS = f"""
  - id: four-weeks
    title: Four weeks in a row
    kind: streak
    record: deal
    {WON}
    of: weeks
    n: 4
    period: lifetime
    points: 200
"""
BUSY_DAY = f"""
  - id: busy-day
    title: A busy day
    kind: behaviour
    record: deal
    {WON}
    per: day
    points: 2
"""
CLOSED = """
  - id: closed
    title: Every closed deal
    kind: every
    kpi: closed_count
    n: 1
    period: lifetime
    points: 1
"""
WEST_TWICE = "    multipliers: [{times: 2, when: {field: participant.team, is: West}}]\n"
NOW = datetime.fromisoformat("2017-03-20T12:00:00+00:00")


def again(house: Closing, name: str) -> None:
    """The rules ask for a deal to be decided once more as it stands."""
    record = f"deal:{deal(name)['fields']['Id']}"
    wiring.queue("inbox").send([Reevaluate(tenant="acme", connection="sf", records=[record], cause="test").to_json()])
    house.arrive(NOW)


@pytest.mark.parametrize("stage", ["Closed Lost", "Prospecting", "Closed Won"])
def test_judging_a_deal_again_takes_nothing_of_what_others_have_earned(stack, stage):
    house = Closing(stack, FOUR_WEEKS + BUSY_DAY)
    house.win(deal("1"), deal("2", at=2), now=NOW)
    house.win(deal("3", at=3, stage=stage), now=NOW)
    before = house.entries()
    assert house.available() == {"asha": 2}
    for name in ("3", "1", "3"):
        again(house, name)
    assert house.entries() == before


def test_a_lost_deal_takes_no_award_whose_points_are_multiplied(stack):
    house = Closing(stack, CLOSED + BUSY_DAY + WEST_TWICE)
    house.win(deal("1"), now=NOW)
    assert house.available() == {"asha": 5}
    house.win(deal("2", at=2, stage="Closed Lost"), now=NOW)
    assert house.available() == {"asha": 6}
