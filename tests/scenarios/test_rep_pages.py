"""Pages of whoever earns: the board of one's own team, the wallet and its language; and no form without the session's word."""

import pytest
from tests.leaks import stands
from tests.scenarios.earning import CHEN, Firm
from tests.scenarios.house import BOB


@pytest.fixture
def firm(linked):
    return Firm(linked)


def test_the_board_ranks_ones_own_team_and_nobody_else(firm):
    firm.earn(4, owner=BOB, first=20)
    firm.earn(2)
    firm.earn(6, owner=CHEN, first=40)
    browser = firm.signed_in()
    browser.get("me/board")
    assert "1 Bob Robb 1,200 4" in browser.seen
    assert "2 Asha Patel you 600 2" in browser.seen
    assert not stands("Chen", browser.text)
    assert browser.text.count('class="own"') == 1
    chen = firm.signed_in("chen")
    chen.get("me/board")
    assert not stands("Asha", chen.text)
    assert "1 Chen Wei you" in chen.seen
    dana = firm.signed_in("dana")
    dana.get("me/board")
    assert "You are in no team yet" in dana.seen
    assert not [name for name in ("Asha", "Bob", "Chen") if stands(name, dana.text)]


def test_an_empty_board_names_its_period_and_leads_to_the_last_one_with_points(firm):
    year = firm.house.now.year
    browser = firm.signed_in("chen")
    browser.get("me/board")
    assert f"Nobody in your team has earned points in {year} yet." in browser.seen
    assert "The last board with points" not in browser.seen
    firm.earn(2)
    firm.house.now = firm.house.now.replace(year=year + 2, day=1)
    later = firm.signed_in()
    later.get("me/board")
    assert f"Nobody in your team has earned points in {year + 2} yet." in later.seen
    assert f"The last board with points: {year}" in later.seen
    later.get("me/board?period=0&last=1")
    assert f"{year} is over. Back to {year + 2}" in later.seen
    assert "1 Asha Patel you 600 2" in later.seen
    chen = firm.signed_in("chen")
    chen.get("me/board?period=0&last=1")
    assert "Asha" not in chen.seen
    assert f"in {year + 2} yet" in chen.seen


def test_what_was_spent_does_not_move_anybody_on_the_board(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit()
    browser.get("me/board")
    assert "1 Asha Patel you 600 2" in browser.seen
    browser.get("me/board?period=99")
    assert browser.status == 404


def test_a_form_without_the_sessions_word_changes_nothing(firm):
    firm.earn()
    browser = firm.signed_in()
    for path, fields in (
        ("me/shop/bol", {"option": "1000:500", "key": "k"}),
        ("me/preferences", {"first": "email", "language": "nl"}),
        ("me/disputes/new", {"line": "1", "text": "x", "key": "k"}),
    ):
        browser.post(path, fields)
        assert browser.status == 403
        browser.post(path, fields | {"csrf": "guessed"})
        assert browser.status == 403
    assert (firm.mine(), firm.here.disputes.of_person("acme", "P000001")) == ([], [])


def test_the_language_that_was_asked_for_stays(firm):
    browser = firm.linked()
    browser.get("me/wallet?lang=nl")
    browser.get("me/shop")
    assert "Je hebt 0 punten." in browser.seen
    browser.get("me/shop?lang=en")
    browser.get("me/board")
    assert "Nobody in your team has earned points" in browser.seen


def test_the_wallet_of_a_session_is_that_of_the_link(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/wallet")
    assert "Wallet of Asha Patel 600 points" in browser.seen
    browser.get("me/explain?line=1")
    assert "Northwind renewal 1" in browser.seen
    bob = firm.signed_in("bob")
    bob.get("me/explain?line=1")
    assert bob.status == 404
