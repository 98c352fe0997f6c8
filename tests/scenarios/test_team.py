"""A manager's pages: the team's standing, approvals from a link in a message, nominations from a budget with an end."""

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from tests.leaks import stands
from tests.scenarios.desk import CHEN, Desk, send

from accolade import wiring
from accolade.channels.email.letter import letter
from accolade.flows.asking_managers import award_id
from accolade.store.deliveries import Deliveries
from accolade.texts import texts


@pytest.fixture
def desk(linked):
    return Desk(linked)


def asked(desk):
    """What Maria was told after a minute."""
    wiring.maintainer(lambda *_, **__: None)(now=desk.house.now)
    found = Deliveries(wiring.database()).of_person("acme", desk.person("maria").number, 20)
    return [it for it in found if it.announcement and it.announcement.event == "approval"]


def test_a_manager_sees_their_own_reports_and_nobody_else(desk):
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1, owner=CHEN)
    maria = desk.signed_in("maria")
    maria.get("team/standing")
    assert maria.status == 200
    assert "Asha Patel" in maria.seen
    assert "Bob <b>Robb</b>" in maria.seen
    assert "1 more win for 500 points" in maria.seen
    assert not stands("Chen", maria.text)
    rows = list(csv.DictReader(StringIO(maria.get("team/standing/export"))))
    assert {row["id"]: row["available"] for row in rows} == {"asha": "50", "bob": "0"}


def test_whoever_leads_nobody_has_no_team(desk):
    chen = desk.signed_in("chen")
    for page in ("team/standing", "team/approvals", "team/nominate"):
        chen.get(page)
        assert chen.status == 404


def test_a_manager_is_told_once_and_the_link_leads_to_the_page_after_signing_in(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0", name="Big fish", days=60)
    (message,) = asked(desk)
    assert len(asked(desk)) == 1, "a minute later nobody is asked again"
    path = message.announcement.path
    assert path.startswith("team/approvals/")
    stranger = desk._browser()
    stranger.get(path)
    assert stranger.place.startswith("sign-in/person/acme?next=team/approvals/"), (
        "whoever has no link at hand is asked for an address"
    )
    maria = desk.signed_in("maria")
    maria.get(path)
    assert "5,000 points" in maria.seen
    assert "Big fish" in maria.seen
    maria.submit(act="approve", reason="She worked on it for a year")
    assert maria.place == "team/approvals?done=approved"
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 5000
    maria.get(path)
    assert "You approved it on" in maria.seen
    maria.get("team/approvals/nothingatall")
    assert "does not wait for you any more" in maria.seen
    assert "award.approved" in desk.did()


def test_what_the_message_says(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0")
    (message,) = asked(desk)
    tenant = desk.here.tenants.get("acme")
    link = f"{tenant.public_url}/{message.announcement.path}"
    said = letter(message, tenant=tenant, link=link, unsubscribe_link="https://x.example/u", texts=texts("en"))
    assert said["subject"] == "For your approval: Deal of the year"
    assert "5,000 points for somebody in your team." in said["text"]
    assert link in said["text"]
    assert not stands("Asha", said["text"] + said["html"]), "who it is about is shown after signing in"
    dutch = letter(message, tenant=tenant, link=link, unsubscribe_link="https://x.example/u", texts=texts("nl"))
    assert "wacht op je goedkeuring" in dutch["text"]


def test_what_waits_for_others_is_not_there(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0", owner=CHEN)
    assert asked(desk) == []
    held = next(desk.here.approvals.waiting("acme"))
    path = f"team/approvals/{award_id('acme', held.award)}"
    maria = desk.signed_in("maria")
    maria.get(path)
    assert "Chen" not in maria.seen
    send(maria, "team/nominate", path, act="approve", reason="x")
    assert maria.status == 404
    assert next(desk.here.approvals.waiting("acme")).award == held.award


def test_refusing_keeps_the_award_from_being_asked_again(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0", days=60)
    (message,) = asked(desk)
    maria = desk.signed_in("maria")
    maria.get(message.announcement.path)
    maria.submit(act="refuse", reason="")
    assert maria.status == 422
    maria.submit(act="refuse", reason="Not hers")
    desk.house.now += timedelta(minutes=1)
    assert len(asked(desk)) == 1
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 0
    maria.get("team/approvals")
    assert "Nothing waits for you" in maria.seen


def test_a_manager_nominates_out_of_a_budget_and_takes_it_back(desk):
    maria = desk.signed_in("maria")
    maria.get("team/nominate")
    assert "20,000 points left of 20,000" in maria.seen
    assert "A great colleague" in maria.seen
    assert not stands("Chen", maria.text)
    bob, chen = desk.person("bob").number, desk.person("chen").number
    maria.submit(who=bob, milestone="race/helpful", reason="")
    assert maria.status == 422
    maria.submit(who=chen, milestone="race/helpful", reason="Not my report")
    assert maria.status == 422
    maria.submit(who=bob, milestone="race/big-deal", reason="Not manual")
    assert maria.status == 422
    maria.submit(who=bob, milestone="race/helpful", reason="Stayed late for the <new> colleague")
    assert maria.place == "team/nominate?done=nominated"
    (made,) = desk.here.nominations("acme").list()
    assert (made.nominee, made.nominator, made.state) == (bob, desk.person("maria").number, "waits")
    maria.get("team/approvals")
    assert "Stayed late" not in maria.seen, "nobody approves what they nominated"
    send(maria, "team/nominate", "team/approvals", nomination=made.id, act="approve", reason="x")
    assert maria.status == 404
    maria.wait(seconds=5)
    send(maria, "team/nominate", "team/nominate", act="withdraw", nomination=made.id, reason="Taken back")
    assert next(desk.here.nominations("acme").list()).state == "withdrawn"
    assert {"nomination.made", "nomination.withdrawn"} <= desk.did()


def test_a_manager_sees_what_their_own_people_may_still_get_and_nobody_else_s_share(desk):
    for id_ in ("asha", "bob"):
        desk.house.people.update(replace(desk.person(id_), manager="maria", team="West" if id_ == "bob" else None))
    desk.house.people.update(replace(desk.person("chen"), manager="olga", team="East"))
    for points, whose in (
        (300, {"manager": "maria"}),
        (200, {"team": "West"}),
        (77, {"manager": "olga"}),
        (66, {"team": "East"}),
    ):
        desk.here.budget_shares.set("acme", points, program="race", **whose)
    desk.here.budget_shares.set("acme", 5000)
    maria = desk.signed_in("maria")
    maria.get("team/nominate")
    assert "your people : 300 points left of 300" in maria.seen
    assert "team West : 200 points left of 200" in maria.seen
    assert "The whole company : 5,000 points left of 5,000" in maria.seen
    assert "points left of 77" not in maria.seen
    assert "points left of 66" not in maria.seen
