"""Awards that wait for a person: `accolade approval` posts or refuses them, once, with who did it and why."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from tests.scenarios.closing import Closing, won
from tests.scenarios.running import BOB

from accolade import wiring
from accolade.flows.approvals import Approvals
from accolade.flows.waiting_awards import WaitingAwards
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Outstanding
from accolade.store.programs import Programs
from accolade.store.signatures import Signatures

BIG = """
  - id: big-win
    title: Big win
    kind: record
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 10%}
    approval_above: 200
    hold: 30 days
  - id: month
    title: A month's wins
    kind: kpi
    kpi: won_count
    period: month
    at_least: 2
    points: 700
    approval_above: 500
"""
NOW = datetime(2017, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def house(command):
    made = Closing(command.stack, BIG)
    made.command = command
    return made


def awaiting(house) -> dict[str, str]:
    return {row["award"].split("/")[1]: row["award"] for row in house.command.json("approval", "list", "--tenant", "acme")}


def test_what_is_more_than_the_program_lets_pass_waits_and_is_posted_once_when_approved(house):
    house.win(won("A", "2017-03-01", Amount="5000.0"), won("B", "2017-03-02", Amount="1000.0"), now=NOW)
    assert (house.wallet()["pending"], house.wallet()["available"]) == (100, 0)
    waiting = awaiting(house)
    assert set(waiting) == {"big-win", "month"}
    owed = len(house.deliveries())
    who = ("--as", "dana", "--tenant", "acme")
    done = house.command.json("approval", "approve", waiting["big-win"], "--reason", "Checked the contract", *who)
    assert done["posted"] == 500
    assert (house.wallet()["pending"], house.wallet()["available"]) == (600, 0), "its hold holds as for any other"
    done = house.command.json("approval", "approve", waiting["month"], "--reason", "Right", *who)
    assert house.wallet()["available"] == 700
    entry = house.entries()[-2]
    assert entry.actor == "person:dana"
    signed = list(Signatures(wiring.database()).list("acme"))[-1]
    assert signed.reason == "Checked the contract"
    assert entry.reason_hash == sha256(f"{signed.salt}|Checked the contract".encode()).hexdigest()
    assert "Checked" not in str(entry)
    assert len(house.deliveries()) == owed + 2
    assert {line["facts"]["reason"] for line in house.lines() if "reason" in line["facts"]} == {"approved"}
    house.command.run("approval", "approve", waiting["month"], "--reason", "Again", *who, status=1)
    assert "nothing waits" in house.command.said
    assert house.wallet()["available"] == 700
    assert awaiting(house) == {}
    house.win(won("A", "2017-03-01", at=9, StageName="Negotiation"), now=NOW)
    assert (house.wallet()["pending"], house.wallet()["available"]) == (100, 0), "what was approved goes back as any other"


def test_what_was_refused_is_not_asked_for_again_until_the_facts_ask_for_more(house):
    house.win(won("A", "2017-03-01", Amount="5000.0"), now=NOW)
    award = awaiting(house)["big-win"]
    house.command.run("approval", "refuse", award, "--as", "dana", "--reason", "A test deal", "--tenant", "acme")
    assert awaiting(house) == {}
    assert house.entries() == []
    house.win(won("A", "2017-03-01", at=5, Amount="5000.0", Name="Renamed"), now=NOW)
    assert awaiting(house) == {}
    house.win(won("A", "2017-03-01", at=9, Amount="9000.0"), now=NOW)
    (row,) = house.command.json("approval", "list", "--tenant", "acme")
    assert row["points"] == 400, "only what is beyond the 500 refused"
    (line,) = house.command.json("approval", "log", "--tenant", "acme")
    assert (line["by"], line["what"], line["reason"], line["points"]) == ("dana", "refused", "A test deal", 500)


def test_nobody_decides_about_their_own_award_and_everybody_says_who_and_why(house):
    house.win(won("A", "2017-03-01", Amount="5000.0"), now=NOW)
    award = awaiting(house)["big-win"]
    house.command.run("approval", "approve", award, "--as", "Asha", "--reason", "Mine", "--tenant", "acme", status=1)
    assert "own award" in house.command.said
    house.command.run("approval", "approve", award, "--as", "dana", "--reason", " ", "--tenant", "acme", status=1)
    house.command.run("approval", "approve", "no/such/thing", "--as", "dana", "--reason", "x", "--tenant", "acme", status=1)
    assert house.entries() == []


SUSPECT = """
  - id: any-win
    title: Any win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    guards: [{signal: back_dated_close, above: 3, effect: review}]
"""


def test_a_signal_sends_an_award_to_a_person_and_a_reopened_deal_takes_it_from_the_list(command):
    house = Closing(command.stack, SUSPECT)
    house.command = command
    house.win(won("A", "2017-03-01", SystemModstamp="2017-03-19T12:00:00.000Z"), now=NOW)
    (row,) = command.json("approval", "list", "--tenant", "acme")
    assert row["why"] == "back dated close"
    house.win(won("A", "2017-03-01", StageName="Negotiation", SystemModstamp="2017-03-19T13:00:00.000Z"), now=NOW)
    assert awaiting(house) == {}


def test_two_people_approving_at_once_post_once(house):
    house.win(won("A", "2017-03-01", BOB, Amount="5000.0"), now=NOW)
    here = wiring.database()
    award = awaiting(house)["big-win"]
    decisions = Decisions(here)
    out = wiring.outbox(lambda event, **fields: None)
    made = Approvals(
        WaitingAwards(Connections(here), decisions, Programs(here).rulebook),
        Outstanding(here),
        Signatures(here),
        lambda: "salt",
        out.route,
        out.hand_over,
    )
    commit, raced = decisions.commit, []

    def slow(*given, **named):
        if not raced:
            raced.append(1)
            house.command.run("approval", "approve", award, "--as", "eve", "--reason", "First", "--tenant", "acme")
        commit(*given, **named)

    decisions.commit = slow
    with pytest.raises(Exception, match="nothing waits"):
        made.approve("acme", award, by="dana", reason="Second", now=NOW)
    assert [it.actor for it in house.entries()] == ["person:eve"]
