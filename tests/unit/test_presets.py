"""Presets: each is valid and SMART as it stands, reads in both languages, and pays exactly what it says."""

from datetime import date, timedelta

import pytest
from tests.market import Market

from accolade.flows.publish import checked
from accolade.model.errors import Rejected
from accolade.programs.loading import load
from accolade.programs.preset_files import MADE_FOR, adapted, names, preset
from accolade.programs.words import program_sentences
from accolade.texts import texts

D = date.fromisoformat
SELLERS = {"asha": {"role": "sales", "team": "West", "started_on": D("2020-01-01")}} | {
    name: {"role": "sales", "team": "East", "started_on": D("2020-01-01")} for name in ("bob", "carol", "dan")
}
HELPERS = {name: {"role": "service", "team": "Desk"} for name in ("asha", "bob")}
MARKETEERS = {name: {"role": "marketing", "team": "Growth"} for name in ("asha", "bob")}
KEEPERS = {name: {"role": "success", "team": "Care"} for name in ("asha", "bob")}

WANTED = (
    *("close-rate", "upsell", "cross-sell", "gestation", "cycle-time", "customer-value", "acquisition-cost", "campaign-value"),
    *("subscriber-growth", "retention", "rfm-win-back", "first-response", "next-step", "persona-filled", "ticket-not-reopened"),
    *("hand-off", "crm-adoption", "data-quality", "new-hire-spiff", "winning-streak", "quarter-race", "quota-attainment"),
    *("improvement", "dealer-claims", "training", "referral", "adoption-survey", "complete-records"),
)


def market(name, people=SELLERS, *, starts=MADE_FOR, **more):
    return Market(load(adapted(preset(name), starts=starts), file=f"{name}.yaml"), people, **more)


def deal(it, id_, owner, closed, stage="won", amount="1000", days=20, **fields):
    on = D(closed)
    it.tell(
        "deal",
        id_,
        on,
        owner,
        stage=stage,
        amount=amount,
        currency="USD",
        close_date=on,
        created_on=on - timedelta(days),
        **fields,
    )


def test_there_is_one_for_every_practice() -> None:
    assert set(WANTED) <= set(names())


@pytest.mark.parametrize("name", names())
def test_it_is_valid_smart_and_documented_as_it_stands(name) -> None:
    it = preset(name)
    program = checked(it.text, file=f"{name}.yaml")
    assert (program.id, program.effective_from, program.budget is not None) == (name, MADE_FOR, True)
    assert all(len(words) > 8 for words in (it.department, it.what, it.whom, it.adapt, it.risks) if words != it.department)
    assert {"en", "nl"} == set(program.title)
    assert all(set(milestone.title) == {"en", "nl"} for milestone in program.milestones)


@pytest.mark.parametrize("name", names())
def test_its_rules_read_in_both_languages(name) -> None:
    program = load(preset(name).text, file=f"{name}.yaml")
    english, dutch = (program_sentences(program, texts(locale)) for locale in ("en", "nl"))
    assert len(english) == len(dutch) > len(program.milestones)
    assert not set(english) & set(dutch)
    assert "%(" not in " ".join(english + dutch)


@pytest.mark.parametrize("name", names())
def test_it_can_be_made_ones_own(name) -> None:
    text = adapted(
        preset(name), starts=D("2027-03-01"), id_="mine", currency="EUR", time_zone="Europe/Amsterdam", audience="everyone"
    )
    program = checked(text, file="mine.yaml")
    assert (program.id, program.currency, program.zone) == ("mine", "EUR", "Europe/Amsterdam")
    assert (program.effective_from, program.effective_to) == (D("2027-03-01"), D("2028-03-01"))
    assert "USD" not in text.replace("(", " ").split("milestones:")[1]
    assert text.count("\n") == preset(name).text.count("\n")


def test_there_is_no_preset_of_that_name() -> None:
    with pytest.raises(Rejected, match="accolade preset list shows all"):
        preset("../secrets")


def test_close_rate_pays_the_highest_step_that_is_reached() -> None:
    it = market("close-rate")
    for place in range(10):
        deal(it, f"a{place}", "asha", "2026-02-01", "won" if place < 6 else "lost")
        deal(it, f"b{place}", "bob", "2026-02-01", "won" if place < 4 else "lost")
    for place in range(9):
        deal(it, f"c{place}", "carol", "2026-02-01")
    assert it.earned(D("2026-02-01")) == {"asha": {"close-rate": 600}}


def test_upsell_pays_for_each_thousand_more() -> None:
    it = market("upsell")
    deal(it, "a", "asha", "2026-02-01", sale_kind="upsell", upsell_amount="2500")
    deal(it, "b", "bob", "2026-02-01", sale_kind="repeat", upsell_amount="0")
    assert it.earned(D("2026-02-01")) == {"asha": {"upsell": 100}}


def test_cross_sell_pays_for_each_new_family() -> None:
    it = market("cross-sell")
    for place in range(2):
        deal(it, f"a{place}", "asha", "2026-02-01", sale_kind="cross_sell", new_family=True)
    deal(it, "b", "bob", "2026-02-01", sale_kind="cross_sell", new_family=False)
    assert it.earned(D("2026-02-01")) == {"asha": {"new-family": 400}}


def test_gestation_pays_for_stays_that_are_short() -> None:
    it = market("gestation")
    for owner, days in (("asha", 5), ("bob", 20)):
        for place in range(10):
            key = f"{owner}{place}"
            begun = D("2026-02-01")
            it.tell("deal", key, begun, owner, stage="open", stage_name="Demo", created_on=begun)
            it.tell("deal", key, begun + timedelta(days), stage="won", stage_name="Won", close_date=begun + timedelta(days))
            recent = D("2026-02-26") if owner == "asha" else D("2026-02-02")
            it.tell("deal", f"open{key}", recent, owner, stage="open", stage_name="Demo", created_on=recent)
    assert it.earned(D("2026-02-10")) == {"asha": {"flowing": 200, "few-stuck": 200}}


def test_cycle_time_pays_quick_deals_more_if_they_are_large_and_nothing_for_discount() -> None:
    it = market("cycle-time")
    deal(it, "a", "asha", "2026-02-01", days=30)
    deal(it, "b", "asha", "2026-02-01", days=10, amount="25000")
    deal(it, "c", "bob", "2026-02-01", days=31)
    deal(it, "d", "bob", "2026-02-01", days=5, discount="11")
    assert it.earned(D("2026-02-01")) == {"asha": {"quick-win": 300}}


def test_customer_value_pays_who_is_better_than_before() -> None:
    it = market("customer-value", KEEPERS)
    for owner, last in (("asha", "2000"), ("bob", "1000")):
        for quarter, amount in (("2026-01", "1000"), ("2026-04", "1000"), ("2026-07", last)):
            for day in ("01", "11"):
                deal(it, f"{owner}{quarter}{day}", owner, f"{quarter}-{day}", amount=amount, account=f"A{owner}")
    assert it.earned(D("2026-07-11")) == {"asha": {"run-rate-up": 500}}


def test_acquisition_cost_pays_the_team_in_equal_parts() -> None:
    it = market("acquisition-cost", MARKETEERS)
    it.tell("cost", "c", D("2026-01-10"), "asha", kind="marketing", amount="2000", currency="USD", on=D("2026-01-10"))
    for place in range(5):
        deal(it, f"d{place}", "bob", "2026-02-20", account=f"A{place}")
    assert it.earned(D("2026-02-20")) == {"asha": {"fair-cost": 1500}, "bob": {"fair-cost": 1500}}


def test_campaign_value_pays_what_is_worth_more_than_it_cost() -> None:
    it = market("campaign-value", MARKETEERS)
    for owner, amount in (("asha", "12000"), ("bob", "11999")):
        start = {"cost": "2000", "currency": "USD", "started_on": D("2026-01-10"), "created_on": D("2026-01-10")}
        it.tell("campaign", f"C{owner}", D("2026-01-10"), owner, stage="open", **start)
        deal(it, f"D{owner}", owner, "2026-02-20", amount=amount, campaign=f"C{owner}")
        touch = {
            "campaign": f"C{owner}",
            "deal": f"D{owner}",
            "touch": 1,
            "touches": 1,
            "stage": "won",
            "responded_on": D("2026-02-01"),
        }
        it.tell("campaign_member", f"M{owner}", D("2026-02-21"), owner, **touch)
    assert it.earned(D("2026-02-20")) == {"asha": {"campaign-value": 1000}}


def test_subscriber_growth_counts_who_is_still_there_after_30_days() -> None:
    it = market("subscriber-growth", MARKETEERS, starts=D("2025-07-01"))
    for owner, joined in (("asha", 2), ("bob", 0)):
        for place in range(20):
            on = D("2025-10-01")
            it.tell("contact", f"{owner}{place}", on, owner, created_on=on, opted_in_on=on, subscribed=True)
        for place in range(joined):
            on = D("2026-01-15")
            it.tell("contact", f"new{owner}{place}", on, owner, created_on=on, opted_in_on=on, subscribed=True)
    assert it.earned(D("2026-02-15")) == {"asha": {"subscribers": 500}}


def test_retention_pays_for_revenue_that_stays_and_grows() -> None:
    it = market("retention", KEEPERS, starts=D("2025-03-01"))
    for owner, more in (("asha", "16"), ("bob", "")):
        for place in range(3):
            on = D("2025-06-01")
            known = {"account": f"{owner}{place}", "mrr": "100", "currency": "USD", "started_on": on, "created_on": on}
            ended = {"ended_on": D("2026-02-01"), "stage": "lost"} if owner == "bob" and place == 0 else {"stage": "open"}
            it.tell("subscription", f"{owner}{place}", on, owner, **known, **ended)
        if more:
            on = D("2026-02-01")
            known = {"account": f"{owner}0", "mrr": more, "currency": "USD", "started_on": on, "created_on": on, "stage": "open"}
            it.tell("subscription", f"{owner}x", on, owner, **known)
    assert it.earned(D("2026-02-01")) == {"asha": {"retained": 600}}


def test_win_back_pays_for_accounts_that_were_at_risk() -> None:
    it = market("rfm-win-back")
    for name, segment in (("R", "At Risk"), ("L", "Loyal")):
        it.tell("account", name, D("2026-01-01"), "asha", rfm_segment=segment, created_on=D("2020-01-01"))
    deal(it, "a", "asha", "2026-02-01", account="R")
    deal(it, "b", "bob", "2026-02-01", account="L")
    assert it.earned(D("2026-02-01")) == {"asha": {"won-back": 300}}


def ticket(it, id_, owner, created="2026-02-02", *, answered=30, closed=""):
    minute = 60_000
    on = D(created)
    start = (on - date(1970, 1, 1)).days * 86_400_000
    fields = {"created_on": on, "created_at": start, "first_response_at": start + answered * minute}
    it.tell("ticket", id_, on, owner, stage="open", **fields)
    if closed:
        it.tell("ticket", id_, D(closed), stage="won", closed_on=D(closed))


def test_first_response_pays_quick_answers_up_to_ten_a_day_and_a_quick_month() -> None:
    it = market("first-response", HELPERS)
    for place in range(20):
        ticket(it, f"a{place}", "asha", answered=30)
        ticket(it, f"b{place}", "bob", answered=61)
    assert it.earned(D("2026-02-02")) == {"asha": {"quick-answer": 20, "quick-month": 200}}


def test_tickets_pay_while_they_stay_solved() -> None:
    it = market("ticket-not-reopened", HELPERS)
    for place in range(20):
        ticket(it, f"a{place}", "asha", closed="2026-02-03")
        ticket(it, f"b{place}", "bob", closed="2026-02-03")
    for place in range(2):
        it.tell("ticket", f"b{place}", D("2026-02-05"), stage="open")
    assert it.earned(D("2026-02-05")) == {
        "asha": {"stays-solved": 60, "few-reopened": 200},
        "bob": {"stays-solved": 54},
    }


def test_next_steps_pay_when_nearly_all_open_deals_have_one() -> None:
    it = market("next-step")
    for place in range(10):
        on = D("2026-02-02")
        said = {"stage": "open", "created_on": on}
        it.tell("deal", f"a{place}", on, "asha", **said, **({"next_step": "Call them"} if place else {}))
        it.tell("deal", f"b{place}", on, "bob", **said, **({"next_step": "Call them"} if place > 1 else {}))
    assert it.earned(D("2026-02-02")) == {"asha": {"next-step": 150}}


def test_personas_pay_when_nearly_all_new_contacts_have_one() -> None:
    it = market("persona-filled")
    for place in range(10):
        on = D("2026-02-02")
        it.tell("contact", f"a{place}", on, "asha", created_on=on, **({"persona": "Buyer"} if place else {}))
        it.tell("contact", f"b{place}", on, "bob", created_on=on, **({"persona": "Buyer"} if place > 1 else {}))
    assert it.earned(D("2026-02-02")) == {"asha": {"persona": 100}}


def test_hand_offs_pay_whoever_takes_over_with_a_note() -> None:
    it = market("hand-off")
    for owner, note in (("asha", "Knows the buyer"), ("bob", "")):
        for place in range(3):
            it.tell("deal", f"{owner}{place}", D("2026-02-02"), "carol", stage="open", created_on=D("2026-02-01"))
            said = {"handover_note": note} if note else {}
            it.tell("deal", f"{owner}{place}", D("2026-02-05"), owner, **said)
    assert it.earned(D("2026-02-05")) == {"asha": {"hand-off": 150}}


def logged(it, id_, owner, day, *, late_hours=1, **fields):
    at = (day - date(1970, 1, 1)).days * 86_400_000 + 9 * 3_600_000
    said = {"stage": "won", "done": True, "happened_on": day, "created_on": day, "happened_at": at}
    it.tell("activity", id_, day, owner, **said, logged_at=at + late_hours * 3_600_000, **{"kind": "call"} | fields)


def test_adoption_asks_less_of_newcomers() -> None:
    people = SELLERS | {"new": {"role": "sales", "started_on": D("2026-01-20")}}
    it = market("crm-adoption", people)
    workdays = [D("2026-02-02") + timedelta(week * 7 + day) for week in range(4) for day in range(5)]
    for place, day in enumerate(workdays):
        logged(it, f"a{place}", "asha", day)
        if place % 2 == 0:
            logged(it, f"b{place}", "bob", day, late_hours=80)
            logged(it, f"n{place}", "new", day)
    assert it.earned(D("2026-02-02")) == {
        "asha": {"every-day": 100, "in-time": 100},
        "new": {"starting": 150, "in-time": 100},
    }


def test_data_quality_is_capped_a_day_and_pays_nothing_for_ones_own_duplicates() -> None:
    it = market("data-quality")
    for place in range(7):
        logged(it, f"a{place}", "asha", D("2026-02-02"), kind="merge", own_record=False)
    for place in range(3):
        logged(it, f"b{place}", "bob", D("2026-02-02"), kind="merge", own_record=True)
    logged(it, "c", "carol", D("2026-02-02"), kind="call")
    assert it.earned(D("2026-02-02")) == {"asha": {"tidied": 25}}


def test_newcomers_have_a_contest_of_their_own() -> None:
    it = market("new-hire-spiff", SELLERS | {"new": {"role": "sales", "started_on": D("2025-12-20")}})
    for owner in ("asha", "new"):
        for place, day in enumerate(("2026-01-10", "2026-02-11", "2026-02-12")):
            deal(it, f"{owner}{place}", owner, day)
    assert it.earned(D("2026-01-10")) == {"new": {"first-win": 500, "each-win": 200}}


def test_a_streak_pays_every_five_in_a_row_and_a_loss_breaks_it() -> None:
    it = market("winning-streak")
    for place in range(10):
        deal(it, f"a{place}", "asha", f"2026-02-{place + 1:02d}")
        deal(it, f"b{place}", "bob", f"2026-02-{place + 1:02d}", "lost" if place in (4, 8) else "won")
    assert it.earned(D("2026-02-01")) == {"asha": {"five-in-a-row": 800}}


def test_the_race_shares_its_pot_among_three() -> None:
    it = market("quarter-race")
    for place, (owner, amount) in enumerate((("asha", "500"), ("bob", "400"), ("carol", "300"), ("dan", "200"))):
        for half in range(2):
            deal(it, f"{place}{half}", owner, "2026-02-01", amount=amount)
    assert it.earned(D("2026-02-01")) == {"asha": {"podium": 3000}, "bob": {"podium": 1800}, "carol": {"podium": 1200}}


def test_quota_pays_by_how_much_of_ones_own_is_reached() -> None:
    quotas = {(name, "won_amount", "2026Q1@UTC"): 1_000_000 for name in ("asha", "bob")}
    it = market("quota-attainment", quotas=quotas)
    deal(it, "a", "asha", "2026-02-01", amount="10000")
    deal(it, "b", "bob", "2026-02-01", amount="7999.99")
    deal(it, "c", "carol", "2026-02-01", amount="50000")
    assert it.earned(D("2026-02-01")) == {"asha": {"attainment": 1500}}


def test_improvement_compares_with_ones_own_past() -> None:
    it = market("improvement")
    for quarter, month in enumerate(("01", "04", "07", "10")):
        for place in range(10):
            won = place < (6 if quarter == 3 else 5)
            deal(it, f"a{quarter}{place}", "asha", f"2026-{month}-10", "won" if won else "lost")
            deal(it, f"b{quarter}{place}", "bob", f"2026-{month}-10", "won" if place < 8 else "lost")
    assert it.earned(D("2026-10-10")) == {"asha": {"better": 600}}


def test_dealers_earn_by_approved_claims() -> None:
    it = market("dealer-claims", {"asha": {"kind": "dealer"}, "bob": {"role": "sales"}})
    for place in range(11):
        on = D("2026-02-02")
        it.tell("claim", f"a{place}", on, "asha", stage="won" if place else "lost", submitted_on=on, decided_on=on, created_on=on)
        it.tell("claim", f"b{place}", on, "bob", stage="won", submitted_on=on, decided_on=on, created_on=on)
    assert it.earned(D("2026-02-02")) == {"asha": {"approved": 200, "ten-claims": 250}}


def test_training_pays_when_it_is_passed_in_time() -> None:
    it = market("training")
    for owner, done in (("asha", "2026-02-10"), ("bob", "2026-02-11")):
        fields = {
            "assigned_on": D("2026-02-01"),
            "due_on": D("2026-02-10"),
            "completed_on": D(done),
            "created_on": D("2026-02-01"),
        }
        it.tell("training", owner, D(done), owner, stage="won", course="Pricing", **fields)
    assert it.earned(D("2026-02-10")) == {"asha": {"passed": 50}}


def test_referrals_pay_each_and_every_fifth() -> None:
    it = market("referral")
    for place in range(5):
        logged(it, f"a{place}", "asha", D("2026-02-02"), kind="referral")
    logged(it, "b", "bob", D("2026-02-02"), kind="meeting")
    assert it.earned(D("2026-02-02")) == {"asha": {"referral": 250, "fifth-referral": 300}}


def test_a_survey_pays_once_a_day() -> None:
    it = market("adoption-survey")
    for place in range(2):
        it.tell("survey_response", f"a{place}", D("2026-02-02"), "asha", kind="custom", answered_on=D("2026-02-02"), score="3")
    it.tell("survey_response", "b", D("2026-02-02"), "bob", kind="csat", answered_on=D("2026-02-02"), score="5")
    assert it.earned(D("2026-02-02")) == {"asha": {"answered": 20}}


def test_a_large_deal_is_shared_by_the_team() -> None:
    it = market("team-win")
    deal(it, "a", "bob", "2026-02-01", amount="50000")
    deal(it, "b", "asha", "2026-02-01", amount="49999.99")
    assert it.earned(D("2026-02-01")) == {"bob": {"large-deal": 334}, "carol": {"large-deal": 333}, "dan": {"large-deal": 333}}


def test_happy_customers_pay() -> None:
    it = market("satisfaction", HELPERS)
    for place in range(10):
        said = {"kind": "csat", "scale": "5", "answered_on": D("2026-02-02")}
        it.tell("survey_response", f"a{place}", D("2026-02-02"), "asha", score="5" if place else "1", **said)
        it.tell("survey_response", f"b{place}", D("2026-02-02"), "bob", score="5" if place > 1 else "1", **said)
    assert it.earned(D("2026-02-02")) == {"asha": {"satisfied": 400}}


def test_thanks_pay_when_somebody_approved_them() -> None:
    it = market("recognition")
    for owner, stage in (("asha", "won"), ("bob", "lost"), ("carol", "open")):
        said = {"milestone": "recognition/thanks", "nominated_on": D("2026-02-01"), "decided_on": D("2026-02-02")}
        it.tell("nomination", owner, D("2026-02-02"), owner, stage=stage, nominator="dan", **said)
    assert it.earned(D("2026-02-02")) == {"asha": {"thanks": 100}}


def test_complete_records_pay_when_nearly_all_fields_are_filled_in() -> None:
    it = market("complete-records")
    for place in range(5):
        on = D("2026-02-02")
        said = {
            "stage": "open",
            "created_on": on,
            "amount": "5",
            "close_date": D("2026-03-01"),
            "next_step": "Call",
            "type": "New",
        }
        it.tell("deal", f"a{place}", on, "asha", **said, account="A")
        it.tell("deal", f"b{place}", on, "bob", **said)
    assert it.earned(D("2026-02-02")) == {"asha": {"complete": 100}}
