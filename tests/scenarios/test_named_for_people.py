"""What has a name is called by it: countries by the reader's language, goals by their titles."""

import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.earning import Firm

from accolade.texts import texts


@pytest.mark.parametrize(("language", "where"), [("en", "Belgium, Netherlands"), ("nl", "België, Nederland")])
def test_a_reader_of_the_shop_reads_countries_and_not_their_codes(linked, language, where):
    browser = Firm(linked).signed_in()
    browser.get(f"me/shop/bol?lang={language}")
    assert where in browser.seen
    browser.get(f"me/shop?lang={language}")
    for code, name in zip(("BE", "NL"), where.split(", "), strict=True):
        assert f'<option value="{code}">{name}</option>' in browser.text


def test_a_country_that_is_none_stands_as_it_is():
    assert texts("en").country("XQ") == "XQ"


@pytest.mark.parametrize(("language", "title"), [("en", "Every second win"), ("nl", "Elke tweede gewonnen deal")])
def test_the_words_of_a_program_stand_under_the_titles_of_its_goals(linked, language, title):
    browser = Desk(linked).staff()
    browser.get(f"admin/programs/race/words?lang={language}")
    assert f"{title} every-second" in browser.seen
    assert "{in_days}" not in browser.seen
