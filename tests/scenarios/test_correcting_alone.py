"""What one of the staff may correct alone is a limit over thirty days and over all people, not one for each correction."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.contract.api_world import World
from tests.scenarios.at_once import PEOPLE, all_look_first, at_once
from tests.scenarios.desk import Desk, send
from tests.scenarios.earning import Firm

from accolade.flows.disputes import About, Told
from accolade.flows.ledger_check import LedgerCheck
from accolade.model.disputes import Dispute, DisputeState
from accolade.model.errors import Refused
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.corrections import DAYS, Corrections
from accolade.texts import texts

STAFF, OTHER = "maria@acme.example", "finn@acme.example"


class Office(Firm):
    """A company whose staff may correct 100 points alone; Asha has 600 points."""

    def __init__(self, stack: Any) -> None:
        super().__init__(stack)
        self.earn()
        self.tenant = replace(self.tenant, adjust_alone_up_to=100)
        self.here.tenants.put(replace(self.here.tenants.get("acme"), adjust_alone_up_to=100))
        self.now, self.asked = self.house.now, 0

    def question(self, who: str = "asha") -> Dispute:
        self.asked += 1
        return self.here.disputes.open(self.person(who), f"Question {self.asked}", About(), key=str(self.asked), now=self.now)

    def settle(self, points: int, *, by: str = STAFF, who: str = "asha", **more: Any) -> Dispute:
        told = Told("You are right.", by, self.now, points, **more)
        return self.here.disputes.settle(self.tenant, self.question(who).id, told)

    def confirm(self, it: Dispute, by: str, **more: Any) -> Dispute:
        return self.here.disputes.confirm(self.tenant, it.id, by=by, now=self.now, **more)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def sound(self) -> bool:
        db = self.here.db
        return LedgerCheck(Audit(db), self.people, Budgets(db)).verify("acme").problems == []


@pytest.fixture
def office(linked):
    return Office(linked)


def test_many_small_corrections_are_one_large_one(office):
    assert [office.settle(40).state for _ in range(2)] == ["settled", "settled"]
    third = office.settle(21)
    assert (third.state, third.alone) == (DisputeState.PROPOSED, 80)
    assert office.points() == 680
    assert office.settle(20).state is DisputeState.SETTLED
    assert office.settle(1).state is DisputeState.PROPOSED
    assert office.points() == 700
    assert office.sound()


def test_all_people_count_together(office):
    office.settle(60)
    it = office.settle(60, who="bob")
    assert it.state is DisputeState.PROPOSED
    assert (office.points(), office.points("bob")) == (660, 0)


def test_what_is_given_and_what_is_taken_do_not_cancel_out(office):
    office.settle(60)
    office.settle(-40)
    assert office.settle(1).state is DisputeState.PROPOSED


def test_each_of_the_staff_has_their_own_limit(office):
    office.settle(100)
    assert office.settle(100, by=OTHER).state is DisputeState.SETTLED
    assert office.settle(1, by=OTHER).state is DisputeState.PROPOSED


def test_a_name_in_other_letters_is_the_same_person(office):
    office.settle(100)
    for name in (STAFF.upper(), f"  {STAFF} "):
        assert office.settle(1, by=name).state is DisputeState.PROPOSED


def test_after_thirty_days_it_counts_no_more(office):
    office.settle(100)
    office.later(days=DAYS)
    assert office.settle(1).state is DisputeState.PROPOSED
    office.later(days=1)
    assert office.settle(100).state is DisputeState.SETTLED
    assert office.points() == 800


def test_what_two_people_agreed_on_counts_against_neither(office):
    it = office.settle(5_000)
    office.confirm(it, OTHER)
    assert office.points() == 5_600
    for name in (STAFF, OTHER):
        assert office.settle(100, by=name).state is DisputeState.SETTLED


def test_whoever_proposed_cannot_agree_and_is_told_what_why_and_who_can(office):
    office.settle(90)
    it = office.settle(20)
    with pytest.raises(Refused) as error:
        office.confirm(it, STAFF.upper())
    assert error.value.what == "more than 100 points in 30 days take two people"
    assert error.value.mend == "Let another admin, or somebody of support, agree to it; or correct fewer"
    said = texts("nl").t(error.value.what)
    assert said == "voor meer dan 100 punten in 30 dagen zijn twee mensen nodig"
    office.confirm(it, OTHER)
    assert office.points() == 710


def test_a_correction_that_was_refused_counts_for_nothing(office):
    with pytest.raises(Refused, match="fewer points"):
        office.settle(-100, who="bob")
    assert office.settle(100).state is DisputeState.SETTLED


def test_a_key_is_whoever_made_it(office):
    """Otherwise somebody had as many limits as keys, and could agree to what they proposed."""
    office.settle(100)
    assert office.settle(1, by="key:finance", behind=STAFF).state is DisputeState.PROPOSED
    mine = office.settle(50)
    with pytest.raises(Refused, match="two people"):
        office.confirm(mine, "key:finance", behind=STAFF)
    keys = office.settle(50, by="key:finance", behind=STAFF)
    with pytest.raises(Refused, match="two people"):
        office.confirm(keys, STAFF)
    assert office.confirm(keys, "key:other", behind=OTHER).state is DisputeState.SETTLED


def test_nobody_answers_their_own_question_by_a_key(office):
    with pytest.raises(Refused, match="their own"):
        office.settle(1, by="key:mine", behind="asha@acme.example")


def test_two_corrections_at_once_are_counted_one_after_the_other(office, monkeypatch):
    store = office.here.disputes.store
    read, moves = store.wallet, iter([True])

    def meanwhile(tenant: str, number: str) -> Any:
        if next(moves, False):  # the other one comes in after the limit was looked at
            assert office.settle(60, who="bob").state is DisputeState.SETTLED
        return read(tenant, number)

    monkeypatch.setattr(store, "wallet", meanwhile)
    it = office.settle(60)
    assert (it.state, it.alone) == (DisputeState.PROPOSED, 60)
    assert (office.points(), office.points("bob")) == (600, 60)
    assert office.sound()


def test_eight_at_once_never_correct_more_than_the_limit(office, monkeypatch):
    counted = all_look_first(office.here.disputes.corrections.of)
    monkeypatch.setattr(Corrections, "of", lambda self, tenant, who: counted(tenant, who))
    monkeypatch.setattr("accolade.flows.disputes.ATTEMPTS", 20)

    def settle(it: Dispute) -> str:
        told = Told("You are right.", STAFF, office.now, 30)
        return office.here.disputes.settle(office.tenant, it.id, told).state.value

    outcomes = at_once(settle, [office.question("asha" if number % 2 else "bob") for number in range(PEOPLE)])
    assert outcomes == ["proposed"] * 5 + ["settled"] * 3
    assert office.points() + office.points("bob") == 690
    assert office.sound()


def test_a_limit_of_nothing_takes_two_people_for_every_point(office):
    office.tenant = replace(office.tenant, adjust_alone_up_to=0)
    assert office.settle(1).state is DisputeState.PROPOSED


def test_a_smaller_limit_holds_at_once(office):
    office.settle(50)
    office.tenant = replace(office.tenant, adjust_alone_up_to=40)
    assert office.settle(1).state is DisputeState.PROPOSED


# ---- the page


@pytest.fixture
def desk(linked):
    made = Desk(linked)
    made.here.tenants.put(replace(made.here.tenants.get("acme"), adjust_alone_up_to=100))
    return made


def page_of(desk: Desk, key: str) -> str:
    it = desk.here.disputes.open(desk.person("asha"), f"About {key}", About(), key=key, now=desk.house.now)
    return f"admin/disputes/{it.id}"


def test_the_page_says_how_much_is_left_why_it_waits_and_who_can(desk):
    browser = desk.staff("support", name=STAFF)
    first, second = page_of(desk, "first"), page_of(desk, "second")
    browser.get(first)
    assert "You can still correct 100 points alone: one person may correct 100 points in 30 days" in browser.seen
    send(browser, first, first, act="settle", answer="Yes", way="give", points="80")
    assert "the correction is posted" in browser.seen
    browser.get(second)
    assert "You can still correct 20 points alone" in browser.seen
    assert "and you corrected 80 points." in browser.seen
    send(browser, second, second, act="settle", answer="Yes", way="give", points="21")
    assert "with all that you corrected alone in the last 30 days it is more than one person may." in browser.seen
    assert "Another admin, or somebody of support, can agree to it." in browser.seen
    browser.get(second)
    why = f"With 80 points that {STAFF} corrected alone in the last 30 days this is more than 100 points, which one person may."
    assert why in browser.seen
    assert "You proposed it: another admin, or somebody of support, has to agree." in browser.seen
    assert "Agree and post it" not in browser.seen
    send(browser, second, second, act="confirm")
    assert browser.status == 422
    assert "More than 100 points in 30 days take two people." in browser.seen
    other = desk.staff("admin", name=OTHER)
    other.get(second)
    assert why in other.seen
    assert "Look at it, and agree if it is right." in other.seen
    send(other, second, second, act="confirm")
    assert "the correction is posted" in other.seen


def test_a_single_large_correction_says_so_too(desk):
    browser = desk.staff("support", name=STAFF)
    page = page_of(desk, "large")
    send(browser, page, page, act="settle", answer="Yes", way="give", points="101")
    browser.get(page)
    assert "This is more than 100 points, which one person may correct alone in 30 days." in browser.seen


def test_the_settings_say_what_the_limit_is_of(desk):
    seen = desk.staff("admin").get("admin/settings")
    assert "All their corrections of 30 days together" in re.sub(r"\s+", " ", seen)
    assert str(DAYS) == "30"


def test_over_the_api_a_key_is_whoever_made_it(linked):
    world = World(linked)
    house = world.house
    house.tenants.put(replace(house.tenants.get("acme"), adjust_alone_up_to=10))
    made = [
        house.keyring.add("acme", name, scopes=["cases", "cases:write"], now=world.now, by=by)[1]
        for name, by in (("one", STAFF), ("two", STAFF), ("three", OTHER))
    ]
    one, two, three = ({"Authorization": f"Bearer {text}"} for text in made)

    def asked(key: str) -> str:
        person = house.people.by_id("acme", world.ids["acme"]["person"])
        it = house.disputes.open(person, "Wrong", About(), key=key, now=world.now)
        return f"/api/v1/disputes/{it.id}"

    first, second = asked("a"), asked("b")
    answer = {"answer": "You are right", "points": 6}
    assert world.ask(None, "POST", f"{first}/answer", body=answer, headers=one)[2]["state"] == "settled"
    assert world.ask(None, "POST", f"{second}/answer", body=answer, headers=two)[2]["state"] == "proposed"
    status, _, problem = world.ask(None, "POST", f"{second}/confirm", headers=one)
    assert status == 403
    assert problem["detail"].startswith("more than 10 points in 30 days take two people. Let another admin,")
    assert world.ask(None, "POST", f"{second}/confirm", headers=three)[2]["state"] == "settled"


def test_a_key_that_makes_a_key_does_not_hide_who_made_it(linked):
    world = World(linked)
    keyring, scopes = world.house.keyring, ["keys:write", "cases"]
    text = keyring.add("acme", "one", scopes=scopes, now=world.now, by=STAFF)[1]
    body = {"name": "two", "scopes": ["cases"], "days": 9}
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "key-of-a-key"}
    made = world.ask(None, "POST", "/api/v1/keys", body=body, headers=headers)[2]
    assert next(it for it in keyring.list("acme") if it.id == made["key"]["id"]).made_by == STAFF
