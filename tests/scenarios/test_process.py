"""process on moto: notifications become entries, wallets, deliveries and queue messages, once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.playing import PROGRAM
from tests.scenarios.running import BOB, CAROL, Running, deal, person
from tests.scenarios.stack import LambdaContext, function

from accolade import wiring
from accolade.model.ledger import Wallet
from accolade.model.times import iso
from accolade.programs.loading import load
from accolade.store.parked import Parked
from accolade.store.programs import Programs
from accolade.wallet.chain import fold


@pytest.fixture
def house(stack):
    return Running(stack)


def test_a_won_deal_is_paid_and_its_message_is_on_the_queue(house):
    house.put(deal(at=1, stage="Negotiation"), deal(at=2))
    house.work()
    assert [entry.cause.milestone for entry in house.entries()] == ["fast-win", "share"]
    assert house.wallet()["available"] == 60
    (delivery,) = house.deliveries()
    assert house.stack.messages("email") == [{"kind": "send", "v": 1, "delivery": delivery["pk"].split("#")[1]}]


def test_the_same_notification_again_writes_nothing(house):
    house.put(deal())
    house.work()
    before = house.state(), house.entries(), house.deliveries()
    house.put(deal())
    house.put(deal(at=0, stage="Negotiation", Amount="900.0"))
    house.put(deal())
    house.work()
    after = house.state(), house.entries(), house.deliveries()
    key = ("RECORD#acme#sf#deal#" + deal()["fields"]["Id"], "RECORD")
    assert after[1:] == before[1:]
    assert {k: v for k, v in after[0].items() if k != key} == {k: v for k, v in before[0].items() if k != key}


def test_one_bad_notification_is_parked_and_its_siblings_are_paid(house):
    house.put(*[deal(f"N{n}") for n in range(24)], deal("BAD", Amount="NaN"))
    house.work()
    assert len([e for e in house.entries() if e.cause.milestone == "fast-win"]) == 24
    (case,) = Parked(wiring.database()).list("acme")
    assert "NaN" in case.reason or "NaN" in case.where


def test_a_batch_gives_the_same_entries_as_one_by_one(stack):
    story = [deal(f"N{n % 7}", at=n, stage="Closed Won" if n % 3 else "Negotiation") for n in range(30)]
    house = Running(stack)
    house.put(*story)
    house.work()
    together = [(e.id, e.transfers, e.at) for e in house.entries()]
    for table in ("state_table", "ledger_table", "deliveries_table"):
        for item in stack.dynamodb.scan(TableName=stack.settings[table])["Items"]:
            stack.dynamodb.delete_item(TableName=stack.settings[table], Key={"pk": item["pk"], "sk": item["sk"]})
    wiring.point_at({})
    alone = Running(stack)
    for notification in story:
        alone.put(notification)
        alone.work()
    assert sorted((e.id, e.transfers, e.at) for e in alone.entries()) == sorted(together)
    assert house.entries()


def test_forty_deals_of_one_person_in_one_batch_chain_without_a_gap(house):
    for start in range(0, 40, 10):
        house.put(*[deal(f"N{n}", at=n) for n in range(start, start + 10)])
    house.work()
    entries = house.entries()
    assert [entry.seq for entry in entries] == list(range(1, 101))
    folded = fold(Wallet("acme", "P000001"), entries)
    wallet = house.wallet()
    assert (folded.available, folded.head) == (wallet["available"], wallet["head"]) == (40 * 60 + 20 * 500, folded.head)
    assert all(a.previous_hash for a in entries[1:])


def test_a_deal_of_somebody_unknown_waits_until_they_are_imported(house):
    house.put(deal(owner=CAROL))
    house.work()
    assert house.entries() == []
    house.people.register("acme", [person("carol", CAROL)])
    function("maintain").handler({}, LambdaContext())
    house.work()
    assert [entry.cause.participant for entry in house.entries()] == ["P000003", "P000003"]
    assert not [key for key in house.state() if key[0].startswith("WAITING#")]


def test_a_short_budget_parks_and_a_top_up_resumes_by_event_time(stack):

    from accolade.store.budgets import Budgets

    house = Running(stack, program=PROGRAM + "budget: {points: 600}\n")
    house.put(*[deal(f"N{n}", at=n) for n in range(1, 9)])
    house.work()
    maintain = function("maintain").handler
    assert house.wallet()["available"] == 600, "what fits still posts"
    maintain({}, LambdaContext())
    assert house.wallet()["available"] == 600
    Budgets(wiring.database()).top_up("acme", "race", 620)
    maintain({}, LambdaContext())
    assert Budgets(wiring.database()).get("acme", "race").spent == 1220
    resumed = [it.id.split("/P000001/")[0] for it in house.entries()][-5:]
    assert resumed == ["race/fast-win", "race/fast-win", "race/every-second", "race/share", "race/share"], "by event time"
    Budgets(wiring.database()).top_up("acme", "race", 2000)
    maintain({}, LambdaContext())
    maintain({}, LambdaContext())
    assert house.wallet()["available"] == 8 * 60 + 4 * 500
    assert not [key for key in house.state() if key[1].startswith("AWARDPARKED#")]
    assert Budgets(wiring.database()).get("acme", "race").spent == 2480


def test_a_reassigned_open_deal_pays_its_owner_at_closing(house):
    house.put(deal(at=1, stage="Negotiation"), deal(at=2, stage="Negotiation", owner=BOB), deal(at=3, owner=BOB))
    house.work()
    assert {entry.cause.participant for entry in house.entries()} == {"P000002"}


def test_another_currency_waits_for_a_person_with_its_reason(stack):
    house = Running(stack)
    house.put(deal(CurrencyIsoCode="EUR"))
    house.work()
    (case,) = Parked(wiring.database()).list("acme")
    assert "EUR" in case.reason
    assert "share" in case.where


def test_a_message_of_nobody_goes_to_the_dead_letters_alone(house):
    answer = house.process(
        {"Records": [{"messageId": "x", "body": '{"kind":"other"}'}, {"messageId": "y", "body": json.dumps({"no": 1})}]},
        LambdaContext(),
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "x"}, {"itemIdentifier": "y"}]}


def test_entries_say_when_they_were_earned(house):
    house.put(deal(at=5))
    house.work()
    assert {iso(entry.at) for entry in house.entries()} == {"2017-03-11T12:00:05.000Z"}


def test_a_deal_that_moves_more_awards_than_a_transaction_takes_is_settled_in_several(stack):
    many = "\n".join(
        f"  - {{id: m{n:02d}, title: M{n}, kind: record, record: deal, when: {{field: deal.stage, is: won}}, points: 1}}"
        for n in range(95)
    )
    head = PROGRAM.split("milestones:")[0]
    house = Running(stack, program=f"{head}milestones:\n{many}\n")
    house.put(deal("A", at=1), deal("B", at=2))
    house.work()
    assert house.wallet()["available"] == 190
    assert [entry.seq for entry in house.entries()] == list(range(1, 191))
    house.put(deal("A", at=3, stage="Negotiation"))
    house.work()
    assert house.wallet()["available"] == 95
    record = house.state()["RECORD#acme#sf#deal#" + deal("A")["fields"]["Id"], "RECORD"]
    assert '"u"' not in record["body"], "nobody is left unsettled"


def test_a_queue_that_takes_nothing_loses_no_message(house):
    url = wiring.settings().email_queue_url
    house.stack.sqs.delete_queue(QueueUrl=url)
    house.put(deal())
    assert house.work() == [{"batchItemFailures": []}]
    assert house.wallet()["available"] == 60
    (delivery,) = house.deliveries()
    assert delivery["due_pk"].startswith("DUE#"), "maintain finds it"


LATE = PROGRAM.replace("id: race", "id: late").replace("2017-01-01", "2017-01-02")


def test_a_program_that_comes_late_judges_what_is_known_whenever_it_was_stored(house):
    house.put(deal("A"))
    house.work()
    published = datetime.now(UTC)
    Programs(wiring.database()).publish("acme", load(LATE, file="late.yaml"), title="Late", now=published)
    house.put(deal("B", at=2))
    house.work()
    assert {entry.cause.program for entry in house.entries()} == {"race"}, "this worker still holds the former rules"
    maintain = function("maintain")
    wiring.point_at({})
    run = maintain.run
    run(now=published + timedelta(seconds=20))
    assert house.stack.messages("inbox") == [], "too early: a function could still hold the former rules"
    run(now=published + timedelta(seconds=50))
    run(now=published + timedelta(seconds=110))
    house.process = function("process").handler
    house.work()
    late = [entry for entry in house.entries() if entry.cause.program == "late"]
    assert {entry.cause.record for entry in late if entry.cause.milestone == "fast-win"} == {
        f"sf:deal:{deal(name)['fields']['Id']}" for name in "AB"
    }
    assert house.wallet()["available"] == 2 * (2 * 60 + 500)
