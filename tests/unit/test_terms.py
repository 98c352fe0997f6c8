"""Terms of milestones: what every kind may have, and what each refusal says."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.unit.test_kinds import EVERY_KIND, HEAD, one, program

from accolade.programs.loading import load
from accolade.programs.problems import Problems

RECORD, EVERY, KPI = EVERY_KIND["record"], EVERY_KIND["every"], EVERY_KIND["kpi"]


def refused(milestone: str, *, extra: str = "") -> str:
    with pytest.raises(Problems) as problems:
        load(f"{HEAD}{extra}milestones:\n  - {{id: a, title: T, {milestone}}}\n", file="p.yaml")
    return problems.value.report()


# --- what is accepted ---------------------------------------------------------------------------------------------


def test_points_may_wait_for_days_or_for_a_gate() -> None:
    assert (hold := one(f"{RECORD}, hold: 4 weeks").hold) is not None
    assert (hold.days, hold.until) == (28, None)
    gated = one(f"{RECORD}, hold: {{for: 90 days, until: {{field: deal.invoice_paid, is: true}}}}").hold
    assert gated is not None
    assert gated.until is not None
    assert (gated.days, gated.until({"deal.invoice_paid": True}), gated.until({})) == (90, True, None)


def test_a_cap_without_a_period_binds_in_the_milestones_own_or_for_ever() -> None:
    caps = "caps: [{points: 1000}, {points: 9000, per: team, period: year, over: refuse}]"
    record, every = one(f"{RECORD}, {caps}"), one(f"{EVERY}, {caps}")
    assert [(it.points, it.scope, it.over) for it in record.caps] == [(1000, "participant", "trim"), (9000, "team", "refuse")]
    assert [it.calendar.kind if it.calendar else None for it in record.caps] == [None, "year"]
    assert [it.calendar.kind if it.calendar else None for it in every.caps] == ["quarter", "year"]


def test_shares_are_exact_and_in_one_order_however_they_are_written() -> None:
    first = one(f"{RECORD}, splits: {{owner: 66.6%, team: 13.3%, manager: 20.1%}}")
    assert [(it.to, it.share) for it in first.splits] == [
        ("owner", Fraction(666, 1000)),
        ("manager", Fraction(201, 1000)),
        ("team", Fraction(133, 1000)),
    ]
    assert first == one(f"{RECORD}, splits: {{team: 13.3%, manager: 20.1%, owner: 66.6%}}")


def test_multipliers_ask_about_the_record_and_the_person() -> None:
    ask = "multipliers: [{times: 1.5, when: {field: participant.tenure_days, below: 90}}, "
    milestone = one(f"{RECORD}, {ask}{{times: 2, when: {{field: deal.type, is: new}}}}]")
    assert milestone.reads_participant
    assert milestone.multiplied(5, {"participant.tenure_days": 89}) == 8
    assert milestone.multiplied(5, {"participant.tenure_days": 90, "deal.type": "new"}) == 10
    assert milestone.multiplied(5, {"participant.tenure_days": 1, "deal.type": "new"}) == 15
    assert milestone.multiplied(5, {}) == 5


def test_an_at_close_milestone_waits_for_what_comes_late() -> None:
    assert one(f"{KPI}, evaluate: at_close").closes_after == timedelta(days=3)
    assert one(f"{KPI}, evaluate: at_close, closes_after: 10 days").closes_after == timedelta(days=10)


def test_a_contest_has_its_own_days() -> None:
    milestone = one(EVERY.replace("period: quarter", "period: {from: 2026-03-01, to: 2026-03-15}"))
    assert milestone.calendar is not None
    assert milestone.calendar.period_of(date(2026, 3, 14)).id == "2026-03-01--2026-03-15@Europe.Amsterdam"
    assert milestone.calendar.period_of(date(2026, 3, 15)).calendar != milestone.calendar


def test_a_kpis_options_and_subject_make_it_another_number() -> None:
    ids = [
        it.kpi.id
        for text in ("", ", options: {of: closed}", ", options: {of: opened}", ", subject: team")
        if (it := one(f"{KPI}{text}")).kpi
    ]
    assert ids == ["close_rate", "close_rate", "close_rate.of=opened", "close_rate~team"]


def test_a_condition_of_a_kpi_over_several_types_is_asked_of_the_first_only() -> None:
    milestone = one(
        "kind: kpi, kpi: cac, at_most: 500 USD, min_sample: 3, period: quarter, subject: company, points: 5, "
        "where: {field: deal.type, is: new}"
    )
    assert milestone.kpi is not None
    assert milestone.kpi.where is not None
    assert milestone.kpi.where({"deal.currency": "USD", "deal.type": "new"}) is True
    assert milestone.kpi.where({"deal.currency": "USD", "deal.type": "renewal"}) is False
    assert milestone.kpi.where({"cost.currency": "USD"}) is True


def test_thresholds_are_written_in_the_kpis_own_unit() -> None:
    quick = one("kind: kpi, kpi: response_time, below: 90 minutes, min_sample: 5, period: month, points: 5")
    short = one("kind: kpi, kpi: cycle_time, below: 2 weeks, min_sample: 5, period: month, points: 5")
    more = one("kind: kpi, kpi: retention, at_least: 110%, min_sample: 5, period: quarter, points: 5, subject: team")
    assert quick.threshold is not None
    assert short.threshold is not None
    assert more.threshold is not None
    assert (quick.threshold.high, short.threshold.high, more.threshold.low) == (5400, 14, Fraction(11, 10))


def test_a_programs_own_caps_bind_all_its_milestones_together() -> None:
    built = program(RECORD, extra="caps: [{points: 5000, per: participant, period: month, over: trim}]\nbacklog: skip\n")
    assert [(it.points, it.calendar.kind if it.calendar else "") for it in built.caps] == [(5000, "month")]
    assert built.document["backlog"] == "skip"


# --- what is refused, and how it is mended ------------------------------------------------------------------------

REFUSED = [
    (f"{RECORD}, hold: soon", "hold   soon is not a number of days from 1 to 3,650. Write it like 30 days"),
    (f"{RECORD}, hold: {{until: {{field: deal.invoice_paid, is: true}}}}", "the gate has no limit, so its points could wait"),
    (f"{RECORD}, hold: {{for: 90 days, untl: x}}", "untl is not part of a hold. Did you mean until?"),
    (
        f"{EVERY}, hold: {{for: 9 days, until: {{field: deal.invoice_paid, is: true}}}}",
        "deal.invoice_paid is not a field of part",
    ),
    (f"{RECORD}, caps: [{{per: team}}]", "the cap does not say at how many points"),
    (f"{RECORD}, caps: [{{points: 5, per: participnt}}]", "participnt is not whom a cap binds. Did you mean participant?"),
    (f"{RECORD}, caps: {{points: 5}}", "caps is a list"),
    (f"{EVERY}, caps: [{{points: 5, period: month}}]", "an award of a quarter cannot be cut by the month"),
    (f"{RECORD}, splits: {{owner: 70%, manager: 20%}}", "the shares sum to 90%, not to 100%. Change one of them"),
    (f"{RECORD}, splits: {{owner: 70%, mangaer: 30%}}", "mangaer is nobody who can share. Did you mean manager?"),
    (f"{RECORD}, splits: {{owner: 100%, manager: 0%}}", "0% is not a share between 0% and 100%"),
    (f"{EVERY}, splits: {{owner: 70%, manager: 30%}}", "a record has people who share, a period has none. Write subject: team"),
    (f"{RECORD}, subject: team, splits: {{owner: 70%, manager: 30%}}", "either split by name or shared by a team"),
    (f"{RECORD}, multipliers: [{{times: 0, when: {{field: deal.type, is: new}}}}]", "0 is not a factor between 0 and 100"),
    (f"{RECORD}, multipliers: [{{times: 2}}]", "the multiplier does not say when it counts"),
    (f"{EVERY}, multipliers: [{{times: 2, when: {{field: deal.type, is: new}}}}]", "deal.type is not a field of participant"),
    (f"{RECORD}, guards: [{{signal: back_dated_clos, effect: review}}]", "Did you mean back_dated_close?"),
    (f"{RECORD}, guards: [{{signal: own_duplicate_merged}}]", "own_duplicate_merged says nothing about records of type deal"),
    (f"{RECORD}, guards: [{{signal: discount_depth, effect: cap}}]", "a guard that caps says points"),
    (f"{RECORD}, guards: [{{signal: discount_depth, effect: review, days: 3 days}}]", "days is for guards that hold"),
    (f"{RECORD}, guards: [{{signal: discount_depth, period: month}}]", "period is for the signal period_end_pull_forward"),
    (f"{EVERY}, guards: [{{signal: discount_depth}}]", "guards watch the record of an award"),
    (f"{RECORD}, approval_above: lots", "approval_above lots is not a whole number from 0"),
    (f"{RECORD}, notify: 'yes'", "notify is true or false; yes is neither"),
    (f"{RECORD}, dated_by: deal.clos_date", "deal.clos_date is not a date of deal. Did you mean deal.close_date?"),
    (f"{RECORD}, evaluate: at_close", "an award a record has no period that could close"),
    (f"{RECORD}, keep: once_reached", "a milestone of kind record has none"),
    (f"{EVERY}, reached: day", "reached says when a goal is looked at that is then kept. Write keep: once_reached"),
    (f"{EVERY}, sharing: each", "one person has nobody to share with. Write subject: team"),
    (f"{KPI}, subject: team, sharing: by_kpi", "what each added can only be told of sums and counts"),
    (f"{EVERY}, subject: tem", "tem is not whom a milestone rewards. Did you mean team?"),
    (f"{KPI}, evaluate: live, closes_after: 2 days", "a milestone that is evaluated live does not wait for its close"),
    (KPI.replace("close_rate", "lead_velocity, evaluate: live"), "lead_velocity compares with the time before"),
    (KPI.replace("close_rate, at_least: 70%", "cac, at_most: 5 USD"), "cac rewards teams and companies, not a person"),
    (KPI.replace("close_rate", "close_rate, quota: true"), "a quota is a number to reach, and close_rate is none"),
    (
        KPI.replace("close_rate", "close_rate, options: {off: opened}"),
        "off is not part of the options of close_rate. Did you mean of",
    ),
    (
        KPI.replace("close_rate", "close_rate, options: {of: lost}"),
        "option 'of' of close_rate is one of closed, opened, pipeline; 'lost' is not",
    ),
    (EVERY.replace("won_count", "won_count, options: {of: x}"), "won_count has no options"),
    (EVERY.replace("period: quarter", "period: {from: 2026-03-01}"), "Write the window like {from: 2026-03-01, to: 2026-03-15}"),
    (EVERY.replace("period: quarter", "period: {from: 2026-03-02, to: 2026-03-02}"), "the window would end before it begins"),
    (
        EVERY_KIND["tiers"].replace("120%, points: 3000", "120%, points: 900"),
        "each tier is harder than the one before and is worth",
    ),
    (
        EVERY_KIND["tiers"].replace("at_least: 120%", "above: 120%"),
        "tiers of one milestone ask the same way. Use at_least in each",
    ),
    (EVERY_KIND["tiers"] + ", points: 5", "the tiers say already what each of them pays. Leave points out"),
    (EVERY_KIND["tiers"].replace("80%", "80"), "80 is not a share of a quota. Write it like at_least: 100%"),
    (EVERY_KIND["rank"].replace("20%", "30%"), "the shares sum to 110%, not to 100%"),
    (EVERY_KIND["rank"].replace(", shares: [50%, 30%, 20%]", ""), "the pot does not say how it is shared"),
    (EVERY_KIND["rank"].replace("top: 3", "top: 2"), "shares names 3 places, and the rank has 2"),
    (EVERY_KIND["rank"] + ", prizes: [5, 4, 3]", "a rank has either a pot with shares, or prizes by place"),
    (EVERY_KIND["rank"] + ", evaluate: live", "a milestone of kind rank is evaluated at close. Leave evaluate out"),
    (EVERY_KIND["rank"] + ", points: 5", "points is not for a rank, whose places say what they get"),
    (EVERY_KIND["rank"] + ", ties: [earlyer]", "earlyer is not what breaks a tie. Did you mean earlier?"),
    (EVERY_KIND["rank"] + ", ties: [name, share]", "names are never equal, so there is nothing left to share"),
    (EVERY_KIND["rank"] + ", ties: [reopen_rate]", "reopen_rate is about other records"),
    (EVERY_KIND["improvement"] + ", evaluate: live", "a milestone of kind improvement is evaluated at close"),
    (EVERY_KIND["improvement"].replace("over: 3", "over: 1"), "over 1 is not a whole number from 2 to 24"),
    (EVERY_KIND["improvement"].replace("by: 10%, ", ""), "the milestone does not say how much better is better. Write by: 10%"),
    (EVERY_KIND["improvement"].replace("quarter", "lifetime"), "there is no period before a lifetime"),
    (EVERY_KIND["pace"] + ", by: 10%", "an improvement is either of a period or of single records"),
    (
        EVERY_KIND["pace"].replace("deal", "contact").replace("contact.stage, is: won", "contact.source, is: x"),
        "contact.cycle_days",
    ),
    (EVERY_KIND["streak"].replace("n: 3", "n: 1"), "n 1 is not a whole number from 2 to 1,000"),
    (EVERY_KIND["streak"] + ", of: days, once: twice", "once is true or false; twice is neither"),
    (EVERY_KIND["behaviour"] + ", daily_cap: 3", "per: day is at most one award a day already"),
    (EVERY_KIND["behaviour"].replace("per: day", "daily_cap: 0"), "daily_cap 0 is not a whole number from 1 to 1,000"),
    (EVERY_KIND["manual"].replace("manager", "managr"), "managr is not who may nominate. Did you mean manager?"),
    (EVERY.replace(", points: 500", ""), "the milestone does not say what it pays. Write points: 100"),
    (f"{EVERY}, top: 3", "top is not for milestones of kind every"),
]


@pytest.mark.parametrize(("milestone", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_with_its_mending(milestone, said) -> None:
    report = refused(milestone)
    assert said in report
    assert report.startswith("p.yaml:7  milestones[0]")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("rollout: {percent: 0}", "rollout.percent   percent 0 is not a whole number from 1 to 100"),
        ("rollout: {prcent: 5}", "prcent is not part of a rollout. Did you mean percent?"),
        ("rollout: {teams: West}", "teams is a list; West is not"),
        ("backlog: some", "backlog cannot be some"),
        ("caps: [{points: -1}]", "caps[0].points   points -1 is not a whole number"),
    ],
)
def test_terms_of_the_program_are_checked_too(extra, said) -> None:
    assert said in refused(RECORD, extra=f"{extra}\n")
