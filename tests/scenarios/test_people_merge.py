"""One person under two numbers is merged; somebody leaves; somebody is erased: the books stay whole."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.house import ASHA, BOB, House

from accolade import wiring
from accolade.flows.ledger_check import LedgerCheck
from accolade.flows.people import ParticipantImport
from accolade.flows.people_leaving import PeopleLeaving
from accolade.flows.people_merge import PeopleMerge
from accolade.model.errors import Refused
from accolade.model.participants import Participant
from accolade.store.actions import Actions
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.crm_users import plan
from accolade.store.erasing import GONE, Erasing
from accolade.store.merging import Merging


class User:
    def __init__(self, id_, name, email, active=True):
        self.id, self.name, self.email, self.active = id_, name, email, active


@pytest.fixture
def house(stack, monkeypatch):
    for name, value in stack.settings.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("LINK_SECRET_NAME", "links")
    stack.secrets.create_secret(Name="links", SecretString="a key of the test that is long enough")
    wiring.point_at({})
    made = House(stack)
    bob = Participant("acme", "asha-2", "", "Asha P.", email="asha.p@acme.example", identities={"salesforce": BOB})
    made.people.register("acme", [bob])
    made.again()
    return made


def merge(house) -> PeopleMerge:
    here = wiring.database()
    return PeopleMerge(house.people, Merging(here), Actions(here), end_sessions=lambda tenant, name: 0)


def leaving(house) -> PeopleLeaving:
    here = wiring.database()
    return PeopleLeaving(house.people, Erasing(here), Actions(here), end_sessions=lambda tenant, name: 2, forget=lambda *_: [])


def wallet(number):
    return Audit(wiring.database()).wallet("acme", number)


def books_are_right(house):
    here = wiring.database()
    checked = LedgerCheck(Audit(here), house.people, Budgets(here)).verify("acme")
    assert checked.problems == []


def test_points_and_crm_users_move_to_who_goes_on_and_both_chains_stay_whole(house):
    house.deal(1, "Closed Won", days=6)
    house.deal(2, "Closed Won", days=6, owner=BOB)
    house.deal(3, "Closed Won", days=6, owner=BOB)
    other = house.people.by_id("acme", "asha-2")
    had, moved = wallet(house.asha.number).available, wallet(other.number).available
    assert moved > 0
    found = merge(house).merge("acme", other.number, house.asha.number, by="dana@acme.example", reason="Twice", now=house.now)
    assert found.identities == {"salesforce": BOB}
    assert (wallet(other.number).available, wallet(house.asha.number).available) == (0, had + moved)
    books_are_right(house)
    house.again().deal(4, "Closed Won", days=60, owner=BOB)
    house.deal(5, "Closed Won", days=60, owner=BOB)
    assert wallet(other.number).available == 0, "what is won since counts for who goes on"
    assert wallet(house.asha.number).available > had + moved
    books_are_right(house)
    (action,) = [it for it in Actions(wiring.database()).list("acme") if it.what == "person.merged"]
    assert (action.by, action.on, action.reason) == ("dana@acme.example", other.number, "Twice")


def test_a_deal_that_is_reopened_after_the_merge_is_not_paid_twice(house):
    house.deal(2, "Closed Won", days=6, owner=BOB)
    house.deal(3, "Closed Won", days=6, owner=BOB)
    other = house.people.by_id("acme", "asha-2")
    merge(house).merge("acme", other.number, house.asha.number, by="dana", reason="Twice", now=house.now)
    total = wallet(house.asha.number).available
    house.again().deal(2, "Negotiation", days=6, owner=BOB, after=60)
    assert wallet(other.number).debt > 0, "what was taken back is owed, however low the program's limit is"
    assert merge(house).follow("acme", now=house.now + timedelta(minutes=1)) == 1
    assert merge(house).follow("acme", now=house.now + timedelta(minutes=2)) == 0
    assert wallet(other.number).debt == 0
    mine = wallet(house.asha.number)
    assert mine.available - mine.debt < total
    books_are_right(house)


def test_nobody_is_merged_with_themselves_or_twice(house):
    other = house.people.by_id("acme", "asha-2")
    with pytest.raises(Refused):
        merge(house).merge("acme", other.number, other.number, by="dana", reason="x", now=house.now)
    merge(house).merge("acme", other.number, house.asha.number, by="dana", reason="x", now=house.now)
    with pytest.raises(Refused, match="before"):
        merge(house).merge("acme", other.number, house.asha.number, by="dana", reason="x", now=house.now)


def test_the_crms_list_of_users_splits_nobody_again_and_brings_nobody_back(house):
    other = house.people.by_id("acme", "asha-2")
    merge(house).merge("acme", other.number, house.asha.number, by="dana", reason="x", now=house.now)
    users = [User(BOB, "Asha P.", "asha.p@acme.example"), User(ASHA, "Asha Patel", "asha@acme.example")]
    found = plan(list(house.people.list("acme")), users, tenant="acme", crm="salesforce")
    assert (found.created, found.linked, found.updated) == ((), (), ())
    leaving(house).leave("acme", house.asha.number, by="dana", reason="Left", now=house.now)
    found = plan(list(house.people.list("acme")), users, tenant="acme", crm="salesforce")
    assert not any(person.active for person in found.updated), "the CRM may still list them"


def test_a_leaver_keeps_the_points_and_can_come_back(house):
    house.deal(1, "Closed Won", days=6)
    before = wallet(house.asha.number)
    after = leaving(house).leave("acme", house.asha.number, by="dana", reason="Left", now=house.now)
    assert (after.active, wallet(house.asha.number)) == (False, before)
    again = leaving(house).come_back("acme", house.asha.number, by="dana", reason="Back", now=house.now)
    assert again.active
    assert {it.what for it in Actions(wiring.database()).list("acme")} == {"person.came_back", "person.left"}


def test_an_erased_person_is_a_number_with_points_and_no_replay_or_import_brings_them_back(house):
    house.deal(1, "Closed Won", days=6)
    before, number = wallet(house.asha.number), house.asha.number
    leaving(house).erase("acme", number, by="dana", reason="Privacy request 7", now=house.now)
    stone = house.people.by_number("acme", number)
    assert (stone.name, stone.email, stone.phone, stone.consents, stone.active) == (GONE, None, None, (), False)
    assert wallet(number) == before
    books_are_right(house)
    house.again().deal(1, "Closed Won", days=6, after=90, name="Told again")
    house.people.sync_users("acme", "salesforce", [User(ASHA, "Asha Patel", "asha@acme.example")])
    house.people.sync_users("acme", "salesforce", [User("0055e000000OthAAA", "Asha Patel", "asha@acme.example")])
    everybody = list(house.people.list("acme"))
    assert not [person for person in everybody if person.name == "Asha Patel"]
    text = (
        b"id,name,email\nasha,Asha Patel,asha@acme.example\nnew,New Person,new@acme.example\nother,Asha Patel,ASHA@acme.example\n"
    )
    done = ParticipantImport(house.people, lambda tenant, users: None).run(text, tenant="acme", now=house.now, partial=True)
    assert sorted(problem.line for problem in done.problems) == [2, 4]
    assert done.registered.created == 1
    with pytest.raises(Refused):
        leaving(house).come_back("acme", number, by="dana", reason="x", now=house.now)
    assert replace(stone, name="") != stone
    books_are_right(house)
