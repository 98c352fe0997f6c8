"""Won, reopened, moved, changed, deleted: what is held follows what stands."""

from datetime import UTC, datetime, timedelta

from tests.playing import NOW, House, won

from accolade.model.ledger import EntryKind
from accolade.model.records import Record, RecordKey, Version
from accolade.seeing import references
from accolade.wallet.chain import fold


def test_a_won_deal_pays_its_milestones_and_says_so_once():
    house = House()
    house.tell("A", 1, stage="open", owner="asha")
    decision = house.tell("A", 2, **won())
    assert house.wallet().available == 60
    assert [entry.kind for entry in decision.entries] == [EntryKind.ACCRUAL, EntryKind.ACCRUAL]
    (delivery,) = decision.deliveries
    assert [line.points for line in delivery.lines] == [50, 10]
    assert delivery.balance == 60
    assert house.tell("A", 2, **won()) is None


def test_every_second_win_pays_once_per_two_and_names_the_count():
    house = House()
    for n in range(5):
        house.tell(f"D{n}", n, **won())
    awards = [entry for entry in house.entries if entry.cause.milestone == "every-second"]
    assert [entry.id.rsplit("#")[-1] for entry in awards] == ["1", "2"]
    assert house.wallet().available == 5 * 60 + 2 * 500
    line = next(line for it in house.deliveries for line in it.lines if line.milestone == "every-second")
    assert (line.facts["count"], line.facts["n"], line.facts["period"]) == (2, 2, "2017Q1@UTC")


def test_reopening_takes_the_points_back_and_winning_again_returns_them():
    house = House()
    house.tell("A", 1, **won())
    decision = house.tell("A", 2, stage="open")
    assert house.wallet().available == 0
    assert {entry.kind for entry in decision.entries} == {EntryKind.CLAWBACK}
    assert decision.deliveries[0].lines[0].facts["reason"] == "reopened"
    house.tell("A", 3, stage="won")
    assert house.wallet().available == 60
    assert len({entry.id for entry in house.entries}) == len(house.entries) == 6


def test_a_lost_deal_says_that_it_was_lost():
    house = House()
    house.tell("A", 1, **won())
    assert house.tell("A", 2, stage="lost").deliveries[0].lines[0].facts["reason"] == "lost"


def test_an_older_notification_that_arrives_last_changes_no_point():
    house = House()
    house.tell("A", 5, **won())
    house.tell("A", 2, stage="open", owner="asha")
    assert house.wallet().available == 60
    assert len(house.entries) == 2


def test_a_reassigned_deal_before_closing_moves_the_points_after_closing_it_does_not():
    house = House()
    house.tell("A", 1, **won())
    house.tell("A", 2, owner="bob")
    assert (house.wallet().available, house.wallet("P000002").available) == (60, 0)
    house.tell("A", 0, owner="bob")
    assert (house.wallet().available, house.wallet("P000002").available) == (60, 0)
    other = House()
    other.tell("B", 2, **won())
    other.tell("B", 1, owner="bob", stage="won")
    assert (other.wallet().available, other.wallet("P000002").available) == (0, 60)


def test_an_amount_changed_moves_only_what_depends_on_it():
    house = House()
    house.tell("A", 1, **won())
    decision = house.tell("A", 2, amount="3000")
    assert [sum(t.amount for t in entry.transfers) for entry in decision.entries] == [20]
    decision = house.tell("A", 3, amount="500")
    assert decision.deliveries[0].lines[0].facts["reason"] == "amount"
    assert house.wallet().available == 55


def test_a_deleted_deal_gives_everything_back_and_undeleted_returns_it():
    house = House()
    house.tell("A", 1, **won())
    house.tell("A", 2, deleted=True)
    assert house.wallet().available == 0
    house.tell("A", 3, deleted=False)
    assert house.wallet().available == 60


def test_what_was_spent_becomes_debt_up_to_the_limit_then_a_write_off_and_is_repaid_first():
    house = House()
    house.tell("A", 1, **won(amount="100000"))
    house.situation.wallets["P000001"] = fold_spent(house.wallet(), 900)
    house.tell("A", 2, stage="open")
    wallet = house.wallet()
    assert (wallet.available, wallet.debt) == (0, 300)
    lost = [entry for entry in house.entries if entry.kind is EntryKind.WRITEOFF]
    assert sum(t.amount for entry in lost for t in entry.transfers) == 600
    house.tell("A", 3, stage="won")
    wallet = house.wallet()
    assert (wallet.available, wallet.debt) == (150, 0)
    assert all(it.written_off == 0 for record in house.records.values() for it in record.awards.values())


def fold_spent(wallet, points):
    from dataclasses import replace

    return replace(wallet, available=wallet.available - points)


def test_a_moved_close_date_moves_the_contribution_not_the_award():
    house = House()
    house.tell("A", 1, **won())
    house.tell("B", 1, **won())
    assert house.wallet().available == 620
    house.tell("B", 2, close_date="2017-04-02")
    assert "race/every-second/P000001/2017Q1@UTC" not in house.levels()
    assert "race/share/P000001/sf:deal:B" in house.levels()


def test_what_was_closed_before_the_connection_started_counts_but_does_not_pay():
    house = House(since=datetime(2017, 3, 5, tzinfo=UTC))
    for n in range(3):
        house.tell(f"OLD{n}", n, **won(close_date="2017-03-04"))
    assert house.entries == []
    house.tell("NEW1", 5, **won())
    assert "race/every-second/P000001/2017Q1@UTC" in house.levels()
    house.tell("NEW2", 6, **won())
    assert house.levels()["race/every-second/P000001/2017Q1@UTC"] == 500


def test_what_is_old_when_it_arrives_pays_silently():
    from tests.playing import PROGRAM

    house = House(PROGRAM.replace("36500 days", "72 hours"))
    decision = house.tell("A", 1, **won(), now=NOW)
    assert decision.entries
    assert decision.deliveries == ()
    fresh = House(PROGRAM.replace("36500 days", "72 hours"))
    assert fresh.tell("A", 1, **won(), now=datetime(2017, 3, 1, 2, tzinfo=UTC) + timedelta(hours=71)).deliveries


def test_an_unknown_owner_waits_and_is_paid_once_known():
    house = House()
    decision = house.tell("A", 1, **won(owner="carol"))
    assert decision.record.waiting_for == "carol"
    assert decision.entries == ()
    house.situation.owners["carol"] = "P000002"
    decision = house.again("A")
    assert decision.record.waiting_for is None
    assert house.wallet("P000002").available == 60


def test_a_synchronized_copy_earns_nothing():
    house = House(source=False)
    house.tell("A", 1, **won())
    assert house.entries == []


def test_a_short_budget_parks_the_award_whole_and_later_ones_that_fit_still_post():
    house = House(budget=555)
    house.tell("A", 1, **won())
    decision = house.tell("B", 2, **won())
    assert [parking.points for parking in decision.parkings] == [500]
    assert house.wallet().available == 120
    assert house.situation.budgets["race"].spent == 120
    house.tell("B", 3, stage="open")
    assert house.parkings["race/every-second/P000001/2017Q1@UTC"] == 0


def test_another_currency_is_parked_for_a_person():
    house = House()
    decision = house.tell("A", 1, **won(currency="EUR"))
    assert [(it.program, it.milestone) for it in decision.problems] == [("race", "share")]
    assert house.wallet().available == 50


def test_the_books_of_all_this_fold_to_the_wallet():
    house = House()
    for n in range(6):
        house.tell(f"D{n}", n, **won())
    house.tell("D3", 9, stage="open")
    house.tell("D4", 9, deleted=True)
    wallet = house.wallet()
    folded = fold(type(wallet)("acme", "P000001"), house.entries)
    assert (folded.available, folded.debt, folded.head, folded.next_seq) == (
        wallet.available,
        wallet.debt,
        wallet.head,
        wallet.next_seq,
    )


LED = """
id: led
title: {en: Led}
effective: {from: 2017-01-01}
time_zone: UTC
point_value: 0.01 USD
silent_after: 3650 days
milestones:
  - {id: quick, title: Quick, kind: record, when: {field: deal.lead_cycle_days, at_most: 60}, points: 5}
"""


def test_a_cycle_across_the_conversion_is_counted_from_the_lead_that_a_deal_refers_to():
    house = House(LED)
    lead = RecordKey("acme", "sf", "lead", "L1")
    assert references(Record(RecordKey("acme", "sf", "deal", "A"), {"lead": (Version(1), "L1")}), house.situation.rulebook) == {
        lead
    }
    house.situation.related = {lead: Record(lead, {"created_on": (Version(1), "2017-01-20")})}
    house.tell("A", 1, **won(lead="L1"))
    house.tell("B", 2, **won(lead="L1", close_date="2017-03-31"))
    house.tell("C", 3, **won())
    assert {key.rpartition(":")[2]: points for key, points in house.levels().items()} == {"A": 5}


STREAK = """
id: led
title: {en: Led}
effective: {from: 2017-01-01, to: 2018-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 36500 days
milestones:
  - id: win
    title: A win
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: 50
  - id: three
    title: Three in a row
    kind: streak
    record: deal
    when: {field: deal.stage, is: won}
    n: 3
    period: quarter
    points: 300
"""


def test_the_progress_in_a_message_counts_the_deal_that_it_is_about():
    house = House(STREAK)
    house.tell("A", 1, **won())
    house.tell("B", 2, **won())
    assert [(it.done, it.needed) for delivery in house.deliveries for it in delivery.progress] == [(1, 3), (2, 3)]
