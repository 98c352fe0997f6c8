"""What a provider says of an order is read in words on the page of a redemption, with the provider's own word beside them."""

import pytest
from tests.scenarios.shopping import shop
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.providers.tremendous import PROGRESS, SAYS
from accolade.texts import texts
from accolade.web.desk.provider_notes import note
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site


@pytest.fixture
def firm(linked, monkeypatch):
    with shop(linked, monkeypatch) as made:
        yield made


@pytest.mark.parametrize(
    ("language", "words", "own"),
    [
        ("en", "Fulfilled The order is carried out.", "Tremendous says: EXECUTED"),
        ("nl", "Geleverd De bestelling is uitgevoerd.", "Tremendous zegt: EXECUTED"),
    ],
)
def test_the_page_says_in_words_what_the_provider_said(firm, language, words, own):
    done = firm.redeem("key-of-one")
    firm.work()
    here = wiring.house(firm.log)
    browser = Browser(Site(here, SessionVisitors(here), ROUTES, enter), now=firm.now)
    _, browser.cookies[STAFF] = here.sessions.begin("staff", "acme", "dana@acme.example", now=firm.now, roles=("admin",))
    browser.get(f"admin/redemptions/{done.id}?lang={language}")
    assert f"{words} {own}" in browser.seen


def test_every_state_that_we_know_has_its_words_and_a_new_one_stands_as_it_is():
    assert set(SAYS) == set(PROGRESS)
    t = texts("en")
    assert (note(t, "tremendous", "ON HOLD").words, note(t, "tremendous", "ON HOLD").own) == ("", "Tremendous says: ON HOLD")
    assert note(t, "stock", "EXECUTED").words == ""
    assert (note(t, "tremendous", "not there so far").words, note(t, "tremendous", "asked for").own) == ("Not there so far.", "")
