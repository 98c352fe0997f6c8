"""What pages weigh with all they load, and that people who come at once have theirs (fifty of them: `make pages`)."""

import pytest
from tests.e2e.pages_report import MOST_BYTES, crowd, said, weights
from tests.e2e.rooms import Seen

pytestmark = pytest.mark.e2e

AT_ONCE = 8
"""The local cloud starts a function for each of them."""


def test_no_page_weighs_more_than_100_kilobytes_with_all_it_loads(seen: Seen) -> None:
    found = [it for role, pages in seen.found.items() for it in weights(seen.company, seen.entries[role], pages)]
    heaviest = max(found, key=lambda it: it.whole)
    print(f"\n{len(found)} pages; the heaviest is {heaviest.address} with {heaviest.whole:,} bytes")
    assert {it.address: it.whole for it in found if it.whole >= MOST_BYTES} == {}


@pytest.mark.parametrize("page", ["wallet", "board"])
def test_people_who_come_at_once_have_their_page(seen: Seen, page: str) -> None:
    address = seen.board if page == "board" else "me/wallet"
    waited = crowd(seen.company, seen.entries["rep"], address, AT_ONCE)
    print(f"\n{AT_ONCE} at once on the {page}: {said(waited)}")
    assert len(waited) == AT_ONCE  # each with its page: whoever has another answer ends the test
