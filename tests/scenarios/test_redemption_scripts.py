"""Whatever a provider does, three times in a row: at most one card, and the points are spent for it or come back."""

from datetime import timedelta
from itertools import product

import pytest
from tests.scenarios.shopping import shop

from accolade.model.redemptions import RedemptionState

STEPS = ("ok", "timeout_before", "timeout_after", "500_after", "reject")
PLACED = ("ok", "timeout_after", "500_after")


@pytest.fixture(params=["replay", "unique"])
def open_shop(request, linked, monkeypatch):
    with shop(linked, monkeypatch, unique=request.param == "unique") as made:
        yield made


def until_it_ends(it, here):
    for minutes in (*[1] * 4, *[10] * 12, *[600] * 4):
        here.work()
        if here.stands(it).state in (RedemptionState.FULFILLED, RedemptionState.RELEASED):
            return here.stands(it)
        here.now += timedelta(minutes=minutes)
    return here.stands(it)


@pytest.mark.parametrize("first", STEPS)
def test_after_any_three_answers_there_is_one_card_that_is_paid_or_none_that_is_not(open_shop, first):
    here = open_shop
    for second, third in product(STEPS, STEPS):
        script = (first, second, third)
        had = here.wallet().available
        here.stand_in.fault(*script)
        it = here.redeem("-".join(script))
        assert here.wallet().available == had - it.points
        ended = until_it_ends(it, here)
        here.stand_in._faults.clear()  # steps that nobody came to
        cards = here.stand_in.cards(it.id)
        # the first step that decides: what is there afterwards, or a no with nothing before it
        decided = next((step for step in script if step in PLACED or step == "reject"), "ok")
        assert cards == (decided != "reject"), script
        assert ended.state is (RedemptionState.FULFILLED if cards else RedemptionState.RELEASED), (script, ended)
        assert here.wallet().available == (had - it.points if cards else had), script
        assert here.wallet().held == 0
        here.sound()
    here.verified()
